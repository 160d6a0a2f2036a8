#include "tests/property/made_case.hpp"

#include "tests/property/procedure_maker.hpp"

#include <stdexcept>

namespace property {

Case make_case(std::uint64_t seed, Language language) {
  Draw draw{seed};
  ProcedurePlan procedure;
  WorldPlan world;
  procedure.value_decimals = draw.of(std::vector<int>{2, 2, 4, 6, 18});
  world.decimals_max = procedure.value_decimals;
  world.wide_values = draw.percent(15);
  world.records = draw.between(10, 90);
  const bool whole = language == Language::whole || (language == Language::any && draw.percent(70));
  procedure.whole_language = procedure.buys = world.whole_language = whole;
  if (whole) world.wide_values = false;
  Case made;
  made.seed = seed;
  made.documents = make_rules(procedure, draw);
  made.rules = oracle::read_rules(made.documents);
  made.world = make_world(made.rules, world, draw);
  try {
    made.engine.emplace(made.world, made.documents);
  } catch (const std::runtime_error& refused) {
    const std::string why = refused.what();
    INFO("seed " << seed);
    if (why.find("width_unprovable") == std::string::npos) FAIL(why);
  }
  return made;
}

std::string all_of(const std::vector<std::string>& documents) {
  std::string text;
  for (const std::string& document : documents) text += document + "\n";
  return text;
}

}  // namespace property

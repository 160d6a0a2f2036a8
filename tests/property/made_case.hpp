// A case of a property test: rules, a world and the engine with that world in it, made out of a
// number. Runs bodies over many of them, and prints the seed of the one that fails.
#pragma once

#include "tests/catch.hpp"
#include "tests/oracle/engine_of.hpp"
#include "tests/oracle/rules.hpp"
#include "tests/property/draw.hpp"
#include "tests/property/world_maker.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace property {

// Which procedures and records are made: those of one line at a time, all that there is, or now
// these and now those.
enum class Language { plain, whole, any };

struct Case {
  std::uint64_t seed = 0;
  std::vector<std::string> documents;
  oracle::Rules rules;
  oracle::World world;
  std::optional<oracle::Engine>
      engine;  // none: the width of this procedure can't be proved over these records
};

Case make_case(std::uint64_t seed, Language language);

std::string all_of(const std::vector<std::string>& documents);

// The first case has the seed itself, so that the seed of a failed case makes it again.
inline std::uint64_t case_seed(std::uint64_t seed, std::size_t number) {
  return number == 0 ? seed : Draw{seed + number}.next();
}

template <class Body>
void each_case(std::uint64_t default_seed, std::size_t default_count, Language language,
               const Body& body) {
  const std::uint64_t seed = seed_or(default_seed);
  const std::size_t count = cases_or(default_count);
  std::size_t refused = 0;
  for (std::size_t i = 0; i < count; ++i) {
    Case made = make_case(case_seed(seed, i), language);
    INFO("NETTO_SEED=" << made.seed << " NETTO_CASES=1");
    INFO(all_of(made.documents));
    if (!made.engine) {
      ++refused;
      continue;
    }
    body(made);
  }
  WARN("seed " << seed << ": " << count << " cases, " << refused << " of them beyond 256 bits");
  REQUIRE((count == 1 || refused * 4 < count));
}

}  // namespace property

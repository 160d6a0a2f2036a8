// What an explained run tells of records that a step could apply.
#include "tests/catch.hpp"
#include "tests/engine/support/price_fixture.hpp"

#include <map>

using engine::price::Cap;
using engine::price::Loss;
using fixture::ask_for;
using fixture::price;
using oracle::World;

namespace {

namespace price_of = engine::price;
using Documents = std::vector<std::string>;

// A list price of 10 a unit, then everything that `types` names, by article and in the order of
// rank, as `apply` says.
std::string rules(const std::string& apply, const std::string& members = "") {
  return fixture::rules_of(
      R"({"step": "price", "find": {"type": "price", "required": true, "accesses": [{"keys": ["article"]}]}},
         {"step": "gross", "amount": "price * quantity"},
         {"step": "shipping", "phase": "aggregate", "of": "order", "amount": "5"},
         {"step": "net", "phase": "aggregate", )" +
          members +
          R"( "find": {"accesses": [{"type": "off", "keys": ["article"]}, {"type": "off_unit", "keys": ["article"]},
              {"type": "cheaper", "keys": ["article"]}, {"type": "buy", "keys": ["article"]}, {"type": "shipped", "keys": ["article"]},
              {"type": "from_order", "keys": ["article"]}], "choose": ["rank"], "tie": "report", "inputs": {"left": "running"}},
          "apply": {"on": "gross", "over": "order", "charges": ["shipping"])" +
          apply + R"(}, "round": [{"decimals": 2, "mode": "half_up"}]})",
      R"("price": "price", "unit_price": "price", "line_amount": "net")");
}

std::string document(const std::string& apply, const std::string& members = "") {
  std::string text = rules(apply, members);
  const std::string types = R"("condition_types": {)";
  text.insert(
      text.find(types) + types.size(),
      R"("off": {"value": "percent", "calculation": "percent", "inputs": ["left"], "parameters": ["max_units", "unit_step"]},
                 "off_unit": {"value": "amount", "calculation": "per_unit", "inputs": ["left"]},
                 "cheaper": {"value": "price", "calculation": "new_price", "inputs": ["left"]},
                 "buy": {"value": "percent", "calculation": "buy_get", "inputs": ["left"], "parameters": ["buy", "get", "groups"]},
                 "shipped": {"value": "amount", "calculation": "charge_amount", "charge": "shipping", "inputs": ["left"]},
                 "from_order": {"value": "amount", "calculation": "order_amount", "inputs": ["left"]}, )");
  return text;
}

int next_rank = 0;

oracle::RecordRow record(const std::string& type, const std::string& key,
                         const std::string& value) {
  auto made = price(key, value);
  made.type = type;
  made.rank = ++next_rank;
  if (type == "off" || type == "buy") made.currency.clear();
  return made;
}

struct Told {
  std::map<std::string, Loss> losses;
  std::map<std::string, std::vector<std::string>> cuts;  // "6 instead of 8"
  std::vector<std::pair<std::string, Cap>> caps;
  std::string amount;
};

std::string shortest(const price_of::Amount& amount) {
  return engine::base::to_string_short({amount.mantissa, amount.decimals});
}

// Of the first line, which asks for so many.
Told explain(const std::vector<oracle::RecordRow>& records, const std::string& rules_text,
             const std::string& quantity = "10") {
  World world = fixture::shop();
  world.records = {price("list", "10")};
  world.records.insert(world.records.end(), records.begin(), records.end());
  const oracle::Engine engine{world, Documents{rules_text}};
  const auto answer = engine.answer(ask_for("A", quantity), engine::quote::Detail::explained);
  const auto& step = answer.traces.at(0).steps.back();
  const auto label = [&](std::uint32_t number) {
    return std::string{
        engine.snapshot().record_label(engine.snapshot().conditions().record(number))};
  };
  Told told;
  for (const auto& candidate : step.candidates)
    told.losses[label(candidate.record)] = candidate.loss;
  for (const auto& cut : step.cuts) {
    told.cuts[label(cut.record)].push_back(shortest(cut.amount) + " instead of " +
                                           shortest(cut.instead_of));
    told.caps.emplace_back(label(cut.record), cut.cap);
  }
  told.amount = shortest(step.amount);
  CHECK_FALSE(step.exact_held);  // made of parts, each rounded by itself
  return told;
}

using Losses = std::map<std::string, Loss>;
using Caps = std::vector<std::pair<std::string, Cap>>;

}  // namespace

TEST_CASE("explain: an exclusive record leaves only itself", "[engine][apply]") {
  auto alone = record("off", "alone", "10");
  alone.flags_set = {"exclusive"};
  auto unmet = record("off", "unmet", "5");
  unmet.when = "quantity > 100";
  const auto told = explain({record("off", "other", "20"), alone, unmet}, document(""));
  CHECK(told.losses ==
        Losses{{"other", Loss::excluded}, {"alone", Loss::won}, {"unmet", Loss::condition}});
  CHECK(told.amount == "90");
}

TEST_CASE("explain: a record that does not stack leaves only the first", "[engine][apply]") {
  auto stacks = record("off", "stacks", "20");
  stacks.flags_set = {"stackable"};
  const auto told = explain({stacks, record("off", "not", "10")},
                            document(R"(, "only_first_unless_stackable": true)"));
  CHECK(told.losses == Losses{{"stacks", Loss::won}, {"not", Loss::excluded}});
}

TEST_CASE("explain: behind a record that says stop", "[engine][apply]") {
  auto idle = record("off", "idle", "0");
  idle.flags_set = {"stop"};
  auto stops = record("off", "stops", "20");
  stops.flags_set = {"stop"};
  const auto told = explain({idle, stops, record("off", "behind", "10")}, document(""));
  CHECK(told.losses ==
        Losses{{"idle", Loss::no_effect}, {"stops", Loss::won}, {"behind", Loss::stopped}});
}

TEST_CASE("explain: a step that takes one record only", "[engine][apply]") {
  const std::vector<oracle::RecordRow> both{record("off", "first", "10"),
                                            record("off", "more", "20")};
  CHECK(explain(both, document(R"(, "combine": "first")")).losses ==
        Losses{{"first", Loss::won}, {"more", Loss::not_taken}});
  CHECK(explain(both, document(R"(, "combine": "best")")).losses ==
        Losses{{"first", Loss::not_taken}, {"more", Loss::won}});
}

TEST_CASE("explain: a condition that an earlier record unmakes", "[engine][apply]") {
  const auto before = record("off", "before", "20");
  auto large = record("off", "large", "10");
  large.when = "left >= 100";
  const auto told = explain({before, large}, document(""));
  CHECK(told.losses == Losses{{"before", Loss::won}, {"large", Loss::no_longer_met}});
}

TEST_CASE("explain: a floor cuts a record, and leaves the next one nothing", "[engine][apply]") {
  const auto told = explain({record("off", "a", "30"), record("off", "b", "10")},
                            document(R"(, "floor": "80", "base": "original")"));
  CHECK(told.losses == Losses{{"a", Loss::won}, {"b", Loss::limit_reached}});
  CHECK(told.cuts.at("a") == std::vector<std::string>{"20 instead of 30"});
  CHECK(told.cuts.at("b") == std::vector<std::string>{"0 instead of 10"});
  CHECK(told.caps == Caps{{"a", Cap::floor}, {"b", Cap::floor}});
  CHECK(told.amount == "80");
}

TEST_CASE("explain: units that a record does not count", "[engine][apply]") {
  auto some = record("off", "some", "50");
  some.parameters = {{"max_units", "7"}, {"unit_step", "3"}};
  const auto told = explain({some}, document(""));
  CHECK(told.cuts.at("some") == std::vector<std::string>{"35 instead of 50", "30 instead of 35"});
  CHECK(told.caps == Caps{{"some", Cap::max_units}, {"some", Cap::unit_step}});
  CHECK(told.amount == "70");
  some.parameters = {{"max_units", "0"}};
  CHECK(explain({some}, document("")).losses == Losses{{"some", Loss::limit_reached}});
  some.parameters = {{"max_units", "10"}};
  CHECK(explain({some}, document("")).cuts.empty());
}

TEST_CASE("explain: an amount a unit takes no more than the units are worth", "[engine][apply]") {
  const auto told = explain({record("off_unit", "u", "12.5")}, document(""));
  CHECK(told.cuts.at("u") == std::vector<std::string>{"100 instead of 125"});
  CHECK(told.caps == Caps{{"u", Cap::worth}});
  CHECK(told.amount == "0");
}

TEST_CASE("explain: a price that is not lower changes nothing", "[engine][apply]") {
  const auto told =
      explain({record("cheaper", "dear", "11")}, document(R"(, "price_if_lower": true)"));
  CHECK(told.losses == Losses{{"dear", Loss::no_effect}});
}

TEST_CASE("explain: groups of a buy x get y, and units that another one used", "[engine][apply]") {
  auto two = record("buy", "two", "100");
  two.parameters = {{"buy", "2"}, {"get", "1"}, {"groups", "2"}};
  const auto told = explain({two}, document(""));  // of ten units three groups of three
  CHECK(told.cuts.at("two") == std::vector<std::string>{"20 instead of 30"});
  CHECK(told.caps == Caps{{"two", Cap::groups}});
  auto next = record("buy", "next", "100");
  next.parameters = {{"buy", "1"}, {"get", "1"}};
  const auto both = explain({two, next}, document(R"(, "base": "original")"));
  CHECK(both.losses == Losses{{"two", Loss::won}, {"next", Loss::won}});
  REQUIRE(both.cuts.at("next").size() == 1);
  CHECK(both.caps.back() == std::pair<std::string, Cap>{"next", Cap::pool});
}

TEST_CASE("explain: a charge gives no more than there is of it", "[engine][apply]") {
  const auto told =
      explain({record("shipped", "s", "8"), record("shipped", "t", "1")}, document(""));
  CHECK(told.losses == Losses{{"s", Loss::won}, {"t", Loss::limit_reached}});
  CHECK(told.cuts.at("s") == std::vector<std::string>{"5 instead of 8"});
  CHECK(told.caps == Caps{{"s", Cap::charge}, {"t", Cap::charge}});
}

TEST_CASE("explain: a share of an order's amount that a floor keeps off", "[engine][apply]") {
  const auto told = explain({record("from_order", "o", "130")}, document(R"(, "floor": "10")"));
  CHECK(told.cuts.at("o") == std::vector<std::string>{"90 instead of 130"});
  CHECK(told.caps == Caps{{"o", Cap::floor}});
  CHECK(told.amount == "10");
}

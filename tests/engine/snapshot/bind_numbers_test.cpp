// Numbers that records carry, where the condition types of one step have different ones: what a
// name means follows the record's own type.
#include "tests/engine/support/price_fixture.hpp"

using fixture::answer_of;
using fixture::ask_for;
using fixture::price;

namespace {

oracle::RecordRow applied(const std::string& type, const std::string& value,
                          const oracle::Pairs& numbers) {
  oracle::RecordRow record = price(type, value);
  record.type = type;
  record.currency.clear();
  record.parameters = numbers;
  return record;
}

// Prices by two types and what comes off by two others, each with numbers of its own.
std::string rules_with(const std::string& then) {
  return R"({"procedure": "p", "condition_types": {
      "price": {"value": "price", "parameters": ["cost", "freight"]},
      "offer": {"value": "price", "parameters": ["freight"]},
      "off": {"value": "percent", "calculation": "percent", "parameters": ["max_units"]},
      "cut": {"value": "price", "calculation": "new_price", "parameters": ["unit_step", "max_units"]},
      "bundle": {"value": "percent", "calculation": "buy_get", "parameters": ["get", "buy"]}},
    "steps": [
      {"step": "price", "find": {"required": true, "search": "first", "accesses": [
        {"type": "offer", "keys": ["article"]}, {"type": "price", "keys": ["article"]}]}},
      )" +
         then + R"(],
    "answer": {"price": "price", "unit_price": "price", "line_amount": "x"}})";
}

std::string amount(std::vector<oracle::RecordRow> records, const std::string& then,
                   const std::string& quantity = "1") {
  oracle::World world = fixture::shop();
  world.records = std::move(records);
  return answer_of(world, {rules_with(then)}, ask_for("A", quantity)).line_amount;
}

// What comes off by records of both types.
const std::string apply = R"json({"step": "x", "find": {"choose": ["access"], "accesses": [
    {"type": "off", "keys": ["article"]}, {"type": "cut", "keys": ["article"]},
    {"type": "bundle", "keys": ["article"]}]},
  "apply": {"on": "round(extended(price), 2, 'half_up')"},
  "round": [{"decimals": 2, "mode": "half_up"}]})json";

}  // namespace

TEST_CASE("numbers: a step over types with different numbers reads each by the record's own type",
          "[engine][snapshot]") {
  auto offer = price("O", "9");
  offer.type = "offer";
  offer.parameters = {{"freight", "2"}};
  auto list = price("L", "10");
  list.parameters = {{"cost", "7"}, {"freight", "3"}};
  const std::string freight = R"({"step": "x", "amount": "price.freight"})";
  CHECK(amount({list}, freight) == "3");
  CHECK(amount({offer, list}, freight) == "2");
  // A type that lacks a number is like a record that leaves it out.
  const std::string cost = R"({"step": "x", "amount": "has(price.cost) ? price.cost : 0.5"})";
  CHECK(amount({list}, cost) == "7");
  CHECK(amount({offer, list}, cost) == "0.5");
}

TEST_CASE("numbers: a percent for some units and a bundle stand in one step",
          "[engine][snapshot]") {
  const auto off = applied("off", "50", {{"max_units", "2"}});
  const auto bundle = applied("bundle", "100", {{"buy", "2"}, {"get", "1"}});
  const auto list = price("L", "10");
  CHECK(amount({list, off}, apply, "6") == "50");             // half of 2 units
  CHECK(amount({list, bundle}, apply, "6") == "40");          // 2 of 6 units
  CHECK(amount({list, off, bundle}, apply, "6") == "33.33");  // 2 of 6 units of what is left
}

TEST_CASE("numbers: a record's own condition means the number of its own type",
          "[engine][snapshot]") {
  const auto list = price("L", "10");
  auto bundle = applied("bundle", "100", {{"buy", "2"}, {"get", "1"}});
  bundle.when = "buy + get <= quantity && buy == 2 && get == 1";
  CHECK(amount({list, bundle}, apply, "3") == "20");
  auto off = applied("off", "50", {{"max_units", "2"}});
  off.when = "has(max_units) && max_units == 2";
  CHECK(amount({list, off, bundle}, apply, "2") == "10");
}

TEST_CASE("numbers: a new price is for some units, and the others keep theirs",
          "[engine][snapshot]") {
  const auto list = price("L", "10");
  const auto with = [&](const oracle::Pairs& numbers, const std::string& quantity) {
    auto cut = applied("cut", "7", numbers);
    cut.currency = "EUR";
    return amount({list, cut}, apply, quantity);
  };
  CHECK(with({}, "6") == "42");
  CHECK(with({{"max_units", "4"}}, "6") == "48");  // 4 at 7, 2 at 10
  CHECK(with({{"max_units", "4"}}, "4") == "28");
  CHECK(with({{"max_units", "0"}}, "6") == "60");
  CHECK(with({{"unit_step", "4"}}, "6") == "48");
  CHECK(with({{"unit_step", "4"}}, "3.5") == "35");
  CHECK(with({{"unit_step", "0.5"}, {"max_units", "1.75"}}, "2") == "15.5");  // 1.5 at 7
}

// What the checker says of prices beside costs, rates, agreements and nothing: each kind where it
// has to be told, and one step beside it where it must not.
#include "tests/rules/checker_fixture.hpp"

using oracle::day;
using rules::CheckReport;
using rules::FindingKind;
using tests::checked;
using tests::record;
using tests::rules_by;

namespace {

const std::string by_rank = rules_by(R"(["highest_threshold", "newest_start"])");

// With a condition type of costs, read by nobody but the checker.
std::string rules_with_cost() {
  return fixture::rules_of(
      R"({"step": "cost", "statistical": true, "find": {"type": "cost", "choose": ["rank"],
            "tie": "report", "accesses": [{"keys": ["article"]}]}},
         {"step": "price", "find": {"type": "price", "choose": ["rank"], "tie": "report",
            "accesses": [{"keys": ["customer_group", "article"]}, {"keys": ["article"]}]}})",
      R"("price": "price", "unit_price": "price", "line_amount": "price")", R"("title": "t")");
}

std::string with_cost_type(std::string rules) {
  const std::string types = R"("condition_types": {)";
  rules.insert(rules.find(types) + types.size(), R"("cost": {"value": "price"}, )");
  return rules;
}

oracle::World world_with_cost(const std::string& price, const std::string& cost) {
  auto world = fixture::shop();
  world.records = {fixture::price("X", price), fixture::price("C", cost)};
  world.records[1].type = "cost";
  return world;
}

CheckReport checked_costs(const oracle::World& world) {
  rules::CheckOptions options;
  options.cost_type = "cost";
  return checked(world, with_cost_type(rules_with_cost()), options);
}

std::string rules_converting(const std::string& members) {
  return fixture::rules_of(
      R"({"step": "price", "find": {"type": "price", "choose": ["rank"], "tie": "report",
            "currencies": "any", "accesses": [{"keys": ["article"]}]}})",
      R"("price": "price", "unit_price": "price", "line_amount": "price")", members);
}

}  // namespace

TEST_CASE("checker: a price below its cost", "[rules][checker]") {
  auto world = world_with_cost("9.99", "10");
  SECTION("for everybody") {}
  SECTION("for a group of customers") {
    world.records[0].keys = {{"customer_group", "top"}, {"article", "A"}};
  }
  SECTION("for a hundred, beside a cost for one") {
    world.records[0].value = "999.99";
    world.records[0].price_unit = 100;
  }
  SECTION("in the base unit, told and untold") { world.records[0].unit = "PCE"; }
  SECTION("on one common day") {
    world.records[0].validity.to = day(2026, 1, 2);
    world.records[1].validity.from = day(2026, 1, 1);
  }
  SECTION("in a tier of its own scale") {
    world.records[0].value = "";
    world.records[0].scale = "12; 9.99 from 10";
  }
  const CheckReport report = checked_costs(world);
  CHECK(report.total(FindingKind::below_cost) == 1);
  const std::string text = tests::text_of(report, FindingKind::below_cost);
  INFO(text);
  CHECK(text.find("is below the cost C (10 EUR)") != std::string::npos);
  CHECK(checked(world, with_cost_type(rules_with_cost())).total(FindingKind::below_cost) == 0);
}

TEST_CASE("checker: a price that is not below a cost", "[rules][checker]") {
  auto world = world_with_cost("9.99", "10");
  SECTION("as high as the cost") { world.records[0].value = "10"; }
  SECTION("in another currency") { world.records[0].currency = "JPY"; }
  SECTION("in another unit") { world.records[0].unit = "BOX"; }
  SECTION("on no common day") {
    world.records[0].validity.to = world.records[1].validity.from = day(2026, 1, 1);
  }
  SECTION("of another article") { world.records[1].keys = {{"article", "B"}}; }
  SECTION("a cost of larger quantities only") { world.records[1].from_quantity = "5"; }
  SECTION("in no tier of its own scale") {
    world.records[0].value = "";
    world.records[0].scale = "12; 10 from 10";
  }
  CHECK(checked_costs(world).total(FindingKind::below_cost) == 0);
}

TEST_CASE("checker: a price of zero in a scale, and one with a flat amount", "[rules][checker]") {
  auto world = fixture::shop();
  world.records = {fixture::price("X", "")};
  world.records[0].scale = "12; 0 from 10";
  const CheckReport report = checked(world, by_rank);
  CHECK(report.total(FindingKind::zero_price) == 1);
  CHECK(tests::text_of(report, FindingKind::zero_price) == "price X, tier 2, is a price of zero");
  world.records[0].scale = "12; 0 + 100 from 10";
  CHECK(checked(world, by_rank).total(FindingKind::zero_price) == 0);
}

TEST_CASE("checker: free goods may cost nothing", "[rules][checker]") {
  auto world = fixture::shop();
  world.records = {fixture::price("X", "10"), fixture::price("G", "0")};
  world.records[1].type = "gift";
  const auto zeros = [&](const char* calculation) {
    const auto report =
        checked(world, R"({"procedure": "p", "condition_types": {"price": {"value": "price"},
      "gift": {"value": "price", "calculation": ")" +
                           std::string{calculation} + R"("}},
      "steps": [
        {"step": "price", "find": {"type": "price", "required": true, "accesses": [{"keys": ["article"]}]}},
        {"step": "left", "find": {"type": "gift", "accesses": [{"keys": ["article"]}]},
         "apply": {"on": "price"}, "round": [{"decimals": 2, "mode": "half_up"}]}],
      "answer": {"price": "price", "unit_price": "left", "line_amount": "left"}})");
    return report.total(FindingKind::zero_price);
  };
  CHECK(zeros("free_goods") == 0);
  CHECK(zeros("new_price") == 1);
}

TEST_CASE("checker: a currency that no rate leads from", "[rules][checker]") {
  auto world = fixture::shop();
  world.currencies.push_back({"USD", 2});
  world.records = {fixture::price("X", "10")};
  world.records[0].currency = "JPY";
  CheckReport report = checked(world, rules_converting(""));
  CHECK(report.total(FindingKind::currency_without_rate) == 1);
  CHECK(tests::text_of(report, FindingKind::currency_without_rate) ==
        "step 'price': no exchange rate leads from JPY (1 record) to EUR (2 customers)");
  SECTION("a rate there and one back") {
    world.rates = {{"JPY", "EUR", "", "0.006"}};
    CHECK(checked(world, rules_converting("")).total(FindingKind::currency_without_rate) == 0);
    world.rates = {{"EUR", "JPY", "", "160"}};
    CHECK(checked(world, rules_converting("")).total(FindingKind::currency_without_rate) == 0);
  }
  SECTION("through a third currency, where the procedure says so") {
    world.rates = {{"JPY", "USD", "", "0.007"}, {"USD", "EUR", "", "0.9"}};
    CHECK(checked(world, rules_converting("")).total(FindingKind::currency_without_rate) == 1);
    const auto through = rules_converting(R"("exchange_rates": {"through": "USD"})");
    CHECK(checked(world, through).total(FindingKind::currency_without_rate) == 0);
  }
  SECTION("of another kind than the procedure's") {
    world.rates = {{"JPY", "EUR", "budget", "0.006"}};
    CHECK(checked(world, rules_converting("")).total(FindingKind::currency_without_rate) == 1);
    const auto budget = rules_converting(R"("exchange_rates": {"kind": "budget"})");
    CHECK(checked(world, budget).total(FindingKind::currency_without_rate) == 0);
  }
  SECTION("a step that takes the question's currency only") {
    CHECK(checked(world, by_rank).total(FindingKind::currency_without_rate) == 0);
  }
}

TEST_CASE("checker: prices beyond the dates of their agreement, to the day", "[rules][checker]") {
  auto world = fixture::shop();
  world.records = {fixture::price("X", "10")};
  world.records[0].agreement = "F";
  REQUIRE(world.documents[1].code == "F");
  world.documents[1].validity = {day(2026, 1, 1), day(2027, 1, 1)};
  world.records[0].validity = {day(2026, 1, 1), day(2027, 1, 1)};
  const auto counted = [&] {
    const CheckReport report = checked(world, by_rank);
    return std::pair{report.total(FindingKind::price_precedes_agreement),
                     report.total(FindingKind::price_outlives_agreement)};
  };
  using Counts = std::pair<std::uint64_t, std::uint64_t>;
  CHECK(counted() == Counts{0, 0});
  world.records[0].validity.to = day(2027, 1, 2);
  CHECK(counted() == Counts{0, 1});
  CHECK(tests::text_of(checked(world, by_rank), FindingKind::price_outlives_agreement) ==
        "the price (X) holds to 2027-01-01, the agreement to 2026-12-31; the price's own dates "
        "decide");
  world.records[0].validity = {day(2025, 12, 31), oracle::open_end};
  CHECK(counted() == Counts{1, 1});
  world.records[0].validity = {oracle::open_start, day(2027, 1, 1)};
  CHECK(counted() == Counts{1, 0});
  world.records[0].agreement = "";  // of none
  CHECK(counted() == Counts{0, 0});
}

TEST_CASE("checker: an article on several agreements, and what decides", "[rules][checker]") {
  auto world = fixture::shop();
  world.records = {fixture::price("X", "10"), fixture::price("Y", "11")};
  world.records[0].agreement = "F";
  world.records[1].agreement = "FC";
  world.records[1].validity.from = day(2026, 1, 1);
  SECTION("told, with the comparator") {
    const CheckReport report = checked(world, by_rank);
    CHECK(report.total(FindingKind::several_agreements) == 1);
    const auto* finding = tests::first(report, FindingKind::several_agreements);
    REQUIRE(finding != nullptr);
    CHECK(finding->article == "A");
    CHECK(finding->document == "F and FC");
    CHECK(finding->text ==
          "is on several agreements at once; where none is named, 'newest_start' decides among "
          "prices for everybody");
  }
  const auto none = [&] {
    return checked(world, by_rank).total(FindingKind::several_agreements) == 0;
  };
  SECTION("one after the other") {
    world.records[0].validity.to = day(2026, 1, 1);
    CHECK(none());
  }
  SECTION("in two currencies") {
    world.records[0].currency = "JPY";
    CHECK(none());
  }
  SECTION("twice on the same") {
    world.records[0].agreement = "FC";
    CHECK(none());
  }
  SECTION("of customers who share none") {
    world.records[0].agreement = "FD";
    CHECK(none());
  }
}

TEST_CASE("checker: agreements for two customers don't meet, those for one and everybody do",
          "[rules][checker]") {
  auto world = fixture::shop();
  world.customers.push_back({"E", "", "EUR", {}, {}, {}});
  world.records = {record("X", {{"customer", "D"}, {"article", "A"}}, "10"),
                   record("Y", {{"customer", "E"}, {"article", "A"}}, "11")};
  world.records[0].agreement = "F";
  world.documents.push_back({"agreement", "G", "", {}, 0, false, {}});
  world.records[1].agreement = "G";
  const std::string rules = fixture::price_rules(R"("choose": ["rank"], "tie": "report",
    "accesses": [{"keys": ["customer", "article"], "parents": true}, {"keys": ["article"]}])");
  const auto several = [&] { return checked(world, rules).total(FindingKind::several_agreements); };
  CHECK(several() == 0);
  world.records[1].keys = {{"customer", "C"}, {"article", "A"}};  // C is D's parent
  CHECK(several() == 1);
  world.records[1].keys = {{"article", "A"}};
  CHECK(several() == 1);
}

// Price lists that are based on lists: what is found in the list above where the list itself has
// nothing, and what decides between the two.
#include "engine/snapshot/snapshot.hpp"
#include "rules/checker.hpp"

#include "tests/engine/support/price_fixture.hpp"

using fixture::answer_of;
using fixture::ask_for;
using oracle::day;

namespace {

// Shop, based on trade, based on base; the customer has the first.
oracle::World world() {
  oracle::World made = fixture::shop();
  made.documents.clear();
  for (const auto& [code, above] : {std::pair{"BASE", ""}, {"TRADE", "BASE"}, {"SHOP", "TRADE"}}) {
    oracle::DocumentRow& list = made.documents.emplace_back();
    list.code = code;
    list.currency = "EUR";
    list.based_on = above;
  }
  made.customers = {{"C", "", "EUR", {}, {"SHOP"}, {}}};
  return made;
}

oracle::RecordRow in(const std::string& list, const std::string& value) {
  oracle::RecordRow record = fixture::price(list, value);
  record.keys = {{"price_list", list}, {"article", "A"}};
  return record;
}

std::string based_on_rules(const std::string& access,
                           const std::string& choose = R"(["rank", "nearest"])") {
  return fixture::price_rules(R"("search": "first", "choose": )" + choose +
                              R"(, "accesses": [{"keys": ["price_list", "article"])" + access +
                              "}]");
}

const std::string based_on = R"(, "based_on": true)";

}  // namespace

TEST_CASE("based on: the nearest list that has a price gives it", "[engine][quote]") {
  auto shop = world();
  const auto source = [&](const std::string& access, const std::string& choose) {
    const auto line = answer_of(shop, {based_on_rules(access, choose)}, ask_for("A"));
    return line.outcome == "priced" ? line.source : line.outcome;
  };
  const std::string nearest = R"(["rank", "nearest"])";
  shop.records = {in("BASE", "10")};
  CHECK(source("", nearest) == "no_price");
  CHECK(source(based_on, nearest) == "BASE / BASE");
  shop.records.push_back(in("TRADE", "11"));
  CHECK(source(based_on, nearest) == "TRADE / TRADE");
  CHECK(source(based_on, R"(["lowest_value"])") == "BASE / BASE");
  shop.records.push_back(in("SHOP", "12"));
  CHECK(source(based_on, nearest) == "SHOP / SHOP");
  CHECK(source(based_on, R"(["rank"])") == "ambiguous");  // all by one assignment, with its rank
}

TEST_CASE("based on: each list holds within its own days, and those of the way to it",
          "[engine][quote]") {
  auto shop = world();
  shop.records = {in("BASE", "10"), in("TRADE", "11")};
  auto ask = ask_for("A");
  const auto line = [&] { return answer_of(shop, {based_on_rules(based_on)}, ask); };
  shop.documents[1].validity.to = day(2026, 6, 16);  // TRADE
  ask.date = day(2026, 6, 15);
  CHECK(line().source == "TRADE / TRADE");
  CHECK(line().valid_until == "2026-06-16");
  ask.date = day(2026, 6, 16);
  CHECK(line().outcome.starts_with("no_price"));  // the way to BASE leads over TRADE
  shop.documents[1].validity = {};
  shop.documents[0].validity.from = day(2026, 6, 17);  // BASE
  shop.records = {in("BASE", "10")};
  CHECK(line().outcome.starts_with("no_price"));
  ask.date = day(2026, 6, 17);
  CHECK(line().source == "BASE / BASE");
}

TEST_CASE("based on: a list that the rules name stands on lists, too", "[engine][quote]") {
  auto shop = world();
  shop.customers[0].price_lists.clear();
  shop.records = {in("BASE", "10")};
  CHECK(answer_of(shop, {based_on_rules(based_on + R"(, "constants": {"price_list": "SHOP"})")},
                  ask_for("A"))
            .source == "BASE / BASE");
}

TEST_CASE("based on: the checker knows the way, and what decides", "[engine][quote]") {
  auto shop = world();
  shop.records = {in("BASE", "10"), in("SHOP", "12")};
  const auto ties = [&](const std::string& access, const std::string& choose) {
    const oracle::Engine engine{shop, std::vector<std::string>{based_on_rules(access, choose)}};
    return rules::check(engine.snapshot()).total(rules::FindingKind::tie);
  };
  CHECK(ties(based_on, R"(["rank"])") == 1);
  CHECK(ties(based_on, R"(["rank", "nearest"])") == 0);
  CHECK(ties("", R"(["rank"])") == 0);
}

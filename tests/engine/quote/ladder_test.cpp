#include "engine/quote/ladder.hpp"

#include "engine/base/limits.hpp"

#include "tests/catch.hpp"
#include "tests/engine/support/price_fixture.hpp"

using fixture::ask_for;
using fixture::price;
using oracle::World;

namespace {

namespace quote = engine::quote;
using Documents = std::vector<std::string>;

const std::string by_article =
    R"("accesses": [{"keys": ["article"]}], "choose": ["highest_threshold"])";

oracle::RecordRow from(const std::string& key, const std::string& value,
                       const std::string& quantity) {
  auto record = price(key, value);
  record.from_quantity = quantity;
  return record;
}

quote::Ladder ladder_of(const World& world, const std::string& rules, const oracle::Ask& ask) {
  const oracle::Engine engine{world, Documents{rules}};
  const auto question = engine.question(ask);
  if (!question) FAIL(question.error().where << ": " << question.error().detail);
  engine::price::Scratch scratch;
  std::vector<quote::Ladder> ladders;
  quote::ladders(engine.snapshot(), *question, scratch, ladders);
  REQUIRE(ladders.size() == ask.lines.size());
  return ladders.front();
}

// "1: 10; 12: 9.50": unit prices, or outcomes where there is none.
std::string text_of(const quote::Ladder& ladder) {
  std::string text;
  for (const quote::LadderTier& tier : ladder.tiers) {
    text += (text.empty() ? "" : "; ") + engine::base::to_string_short(tier.from.decimal()) + ": ";
    if (tier.line.outcome == engine::model::Outcome::priced) {
      text += engine::base::to_string_short(
          {tier.line.unit_price.mantissa, tier.line.unit_price.decimals});
    } else {
      text += outcome_name(tier.line.outcome);
    }
  }
  return text;
}

std::string ladder_text(const World& world, const std::string& find, const oracle::Ask& ask) {
  return text_of(ladder_of(world, fixture::price_rules(find), ask));
}

World with(const std::vector<oracle::RecordRow>& records) {
  World world = fixture::shop();
  world.records = records;
  return world;
}

}  // namespace

TEST_CASE("ladder: every threshold is a tier, whatever quantity the line asks for",
          "[engine][ladder]") {
  const World world = with({from("a", "10", "1"), from("b", "9.5", "12"), from("c", "8", "100")});
  for (const char* quantity : {"1", "50", "1000", "0.5"})
    CHECK(ladder_text(world, by_article, ask_for("A", quantity)) == "1: 10; 12: 9.5; 100: 8");
}

TEST_CASE("ladder: a line without a record from the start has its outcome as first tier",
          "[engine][ladder]") {
  CHECK(ladder_text(with({from("a", "10", "5")}), by_article, ask_for("A")) ==
        "1: no_price; 5: 10");
  CHECK(ladder_text(with({}), by_article, ask_for("A")) == "1: no_price");
}

TEST_CASE("ladder: above the end of a window the next smallest quantity is a tier",
          "[engine][ladder]") {
  auto window = from("w", "7", "10");
  window.to_quantity = "20";
  CHECK(ladder_text(with({from("a", "10", "0"), window}), by_article, ask_for("A")) ==
        "1: 10; 10: 7; 20.000001: 10");
}

TEST_CASE("ladder: records that only another quantity meets are found on the way",
          "[engine][ladder]") {
  auto special = from("special", "6", "50");
  special.keys = {{"customer", "C"}, {"article", "A"}};
  auto end = special;
  end.key = "end";
  end.to_quantity = "80";
  const World world = with({end, from("a", "10", "0"), from("b", "9", "20"), from("c", "5", "70")});
  const std::string first =
      R"("accesses": [{"keys": ["customer", "article"]}, {"keys": ["article"]}], "choose": ["highest_threshold"])";
  // At 60 the search never comes to the general prices.
  CHECK(ladder_text(world, first, ask_for("A", "60")) == "1: 10; 20: 9; 50: 6; 80.000001: 5");
}

TEST_CASE("ladder: quantities are told in the unit ordered", "[engine][ladder]") {
  const World world = with({from("a", "10", "0"), from("b", "9", "100")});
  CHECK(ladder_text(world, by_article, ask_for("A", "1", "BOX")) == "1: 10; 8.333334: 9");
  CHECK(ladder_text(world, by_article, ask_for("A", "1", "THD")) == "1: 10; 300: 9");
  auto box = from("box", "100", "3");
  box.unit = "BOX";
  CHECK(ladder_text(with({from("a", "10", "0"), box}), by_article, ask_for("A", "1", "BOX")) ==
        "1: 10; 3: 100");
}

TEST_CASE("ladder: less than one unit is told where other records price it", "[engine][ladder]") {
  CHECK(ladder_text(with({from("a", "10", "0"), from("b", "9", "0.5")}), by_article,
                    ask_for("A")) == "0.000001: 10; 0.5: 9");
  CHECK(ladder_text(with({from("b", "9", "0.5")}), by_article, ask_for("A")) == "1: 9");
}

TEST_CASE("ladder: tiers of a record's own scale", "[engine][ladder]") {
  auto record = price("s", "");
  record.scale = "10 to 5; 8 to 20";
  CHECK(ladder_text(with({record}), by_article, ask_for("A")) ==
        "1: 10; 5.000001: 8; 20.000001: no_price");
  record.scale = "10; 9 from 10; 9 from 20";
  const auto ladder = ladder_of(with({record}), fixture::price_rules(by_article), ask_for("A"));
  CHECK(text_of(ladder) == "1: 10; 10: 9; 20: 9");
  CHECK(ladder.tiers.back().acting.front().tier == 2);
}

TEST_CASE("ladder: numbers that conditions compare the quantity with", "[engine][ladder]") {
  auto more = price("more", "7");
  more.when = "quantity > 5";
  more.rank = -1;
  const std::string ranked = R"("accesses": [{"keys": ["article"]}], "choose": ["rank"])";
  CHECK(ladder_text(with({price("a", "10"), more}), ranked, ask_for("A")) == "1: 10; 5.000001: 7");
  more.when = "base_quantity >= 100";
  CHECK(ladder_text(with({price("a", "10"), more}), ranked, ask_for("A", "1", "BOX")) ==
        "1: 10; 8.333334: 7");
  const std::string guarded = fixture::rules_of(
      R"({"step": "price", "find": {"type": "price", "required": true, )" + by_article + R"(}},
         {"step": "least", "when": "quantity < 4", "guard": {"then": "refuse", "reason": "below_minimum_quantity"}})",
      R"("price": "price", "unit_price": "price", "line_amount": "price")");
  CHECK(text_of(ladder_of(with({price("a", "10")}), guarded, ask_for("A"))) == "1: refused; 4: 10");
}

TEST_CASE("ladder: a discount's tier is one of the line, with the record that acts",
          "[engine][ladder]") {
  auto discount = price("d", "5");
  discount.type = "discount";
  discount.currency.clear();
  discount.from_quantity = "10";
  const std::string rules = fixture::rules_of(
      R"({"step": "price", "find": {"type": "price", "required": true, )" + by_article + R"(}},
         {"step": "offer", "find": {"type": "discount", "accesses": [{"keys": ["article"]}]}},
         {"step": "net", "amount": "price * quantity - price * quantity * offer.rate"})",
      R"("price": "price", "unit_price": "price", "line_amount": "net")");
  const auto ladder = ladder_of(with({price("a", "10"), discount}), rules, ask_for("A"));
  CHECK(text_of(ladder) == "1: 10; 10: 10");
  CHECK(ladder.tiers.front().acting.size() == 1);
  CHECK(ladder.tiers.back().acting.size() == 2);
}

TEST_CASE("ladder: of a return by the quantity without its sign", "[engine][ladder]") {
  const std::string rules = fixture::rules_of(
      R"({"step": "price", "find": {"type": "price", "required": true, )" + by_article + R"(}},
         {"step": "gross", "amount": "price * quantity"})",
      R"("price": "price", "unit_price": "price", "line_amount": "gross")",
      R"("quantity": {"returns": ["return"]})");
  auto ask = ask_for("A", "-2");
  ask.fields = {{"document_kind", "return"}};
  const auto ladder = ladder_of(with({from("a", "10", "0"), from("b", "9", "12")}), rules, ask);
  CHECK(text_of(ladder) == "1: 10; 12: 9");
  CHECK(oracle::rational(ladder.tiers.back().line.line_amount) == -108);
}

TEST_CASE("ladder: a line that can't be asked has none; what follows the limit is said to be left",
          "[engine][ladder]") {
  CHECK(ladder_of(with({}), fixture::price_rules(by_article), ask_for("none")).tiers.empty());
  std::vector<oracle::RecordRow> many;
  for (int i = 1; i <= 300; ++i)
    many.push_back(from("r" + std::to_string(i), std::to_string(1000 - i), std::to_string(i)));
  const auto ladder = ladder_of(with(many), fixture::price_rules(by_article), ask_for("A"));
  constexpr std::int64_t told = engine::base::limits::ladder_quantities - 1;  // one is below 1
  CHECK(ladder.tiers.size() == told);
  CHECK(ladder.complete_below == engine::base::Quantity::whole(told + 1));
}

TEST_CASE("ladder: it holds until the first of its records starts or ends", "[engine][ladder]") {
  auto later = from("later", "8", "100");
  later.validity.from = oracle::day(2026, 8, 1);
  auto ends = from("ends", "9", "10");
  ends.validity.to = oracle::day(2026, 9, 1);
  const auto ladder = ladder_of(with({from("a", "10", "0"), ends, later}),
                                fixture::price_rules(by_article), ask_for("A"));
  CHECK(text_of(ladder) == "1: 10; 10: 9");
  CHECK(engine::base::to_string(ladder.valid_until) == "2026-08-01");
}

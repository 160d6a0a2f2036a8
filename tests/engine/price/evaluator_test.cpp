// What becomes of a line: every outcome provoked, how long answers hold, and what a waterfall says
// of the losers.
#include "engine/price/evaluator.hpp"

#include "engine/base/limits.hpp"

#include "tests/engine/support/price_fixture.hpp"

#include <algorithm>
#include <map>

using engine::model::Outcome;
using engine::price::Loss;
using engine::quote::Detail;
using fixture::answer_of;
using fixture::ask_for;
using fixture::price;
using oracle::day;
using oracle::World;

namespace {

using Documents = std::vector<std::string>;

const std::string by_article = R"("accesses": [{"keys": ["article"]}])";

World with(std::vector<oracle::RecordRow> records) {
  World world = fixture::shop();
  world.records = std::move(records);
  return world;
}

std::string outcome(const World& world, const std::string& rules, const oracle::Ask& ask) {
  return answer_of(world, {rules}, ask).outcome;
}

oracle::Ask on_agreement(const std::string& agreement) {
  auto ask = ask_for("A");
  ask.lines[0].agreement = agreement;
  return ask;
}

// A procedure whose line amount is a formula over the price found.
std::string formula_rules(const std::string& formula, const std::string& members = "",
                          const std::string& rounding = "") {
  return fixture::rules_of(
      R"({"step": "price", "find": {"type": "price", "required": true, )" + by_article +
          R"(}}, {"step": "x", "amount": ")" + formula + "\"" + rounding + "}",
      R"("price": "price", "unit_price": "price", "line_amount": "x", "components": {"x": "x"}, "totals": ["x"])",
      members);
}

}  // namespace

TEST_CASE("outcome: a line that can't be asked says why, and does not look further",
          "[engine][price]") {
  const World world = with({price("p", "10")});
  const std::string rules = fixture::price_rules(by_article);
  CHECK(outcome(world, rules, ask_for("A")) == "priced");
  CHECK(outcome(world, rules, ask_for("X")) == "unknown_article");
  CHECK(outcome(world, rules, ask_for("")) == "unknown_article");
  CHECK(outcome(world, rules, ask_for("A", "1", "CRATE")) == "unknown_unit");
  CHECK(outcome(world, rules, ask_for("B", "1", "PCE")) == "unknown_unit");
  CHECK(outcome(world, rules, on_agreement("??")) == "unknown_agreement");
  CHECK(outcome(world, rules, on_agreement("L")) == "unknown_agreement");  // a list is no agreement
  CHECK(outcome(world, rules, on_agreement("FD")) == "agreement_not_allowed");
  CHECK(outcome(world, rules, on_agreement("FC")) == "priced");
  auto all_wrong = ask_for("X", "abc", "CRATE");
  all_wrong.lines[0].agreement = "??";
  CHECK(outcome(world, rules, all_wrong) == "unknown_article");
}

TEST_CASE("outcome: quantities are numbers of six decimals within the procedure's bounds",
          "[engine][price]") {
  const World world = with({price("p", "10")});
  const auto of = [&](const std::string& quantity, const std::string& members = "",
                      const std::string& kind = "") {
    auto ask = ask_for("A", quantity);
    if (!kind.empty()) ask.fields = {{"document_kind", kind}};
    return outcome(world, formula_rules("price * quantity", members), ask);
  };
  for (const char* quantity : {"1", "0.000001", "1.5", "1000000000", "1.0000000", "+2", "007"})
    CHECK(of(quantity) == "priced");
  for (const char* quantity :
       {"", "abc", "1,5", "1e3", "0.0000001", "1.0000001", "999999999999.0000001"})
    CHECK(of(quantity) == "bad_quantity");
  for (const char* quantity : {"1000000000.000001", "99999999999999999999999999999999999999",
                               "999999999999999999999999999999999999999999", "-1000000001"}) {
    CHECK(of(quantity) == "quantity_out_of_range");
  }
  for (const char* quantity : {"0", "0.000", "-0"}) {
    CHECK(of(quantity) == "zero_quantity");
    CHECK(of(quantity, R"("quantity": {"zero_allowed": true})") == "priced");
  }
  CHECK(of("12.5", R"("quantity": {"maximum": "12.5"})") == "priced");
  CHECK(of("12.500001", R"("quantity": {"maximum": "12.5"})") == "quantity_out_of_range");
  const std::string returns = R"("quantity": {"returns": ["return", "credit"], "maximum": 100})";
  CHECK(of("-1") == "negative_quantity");
  CHECK(of("-1", returns) == "negative_quantity");
  CHECK(of("-1", returns, "order") == "negative_quantity");
  CHECK(of("-1", returns, "return") == "priced");
  CHECK(of("-1", returns, "credit") == "priced");
  CHECK(of("-100.000001", returns, "return") == "quantity_out_of_range");
}

TEST_CASE(
    "outcome: no record, a request, no agreement's record and a tie are four different things",
    "[engine][price]") {
  CHECK(outcome(with({}), fixture::price_rules(by_article), ask_for("A")) == "no_price");
  auto on_request = price("p", "0");
  on_request.flags_set = {"price_on_request"};
  CHECK(outcome(with({on_request}), fixture::price_rules(by_article), ask_for("A")) ==
        "price_on_request");
  const std::string asked =
      R"("accesses": [{"keys": ["article"], "agreement": "asked", "exclusive": true}, {"keys": ["article"], "agreement": "none"}])";
  CHECK(outcome(with({price("p", "10")}), fixture::price_rules(asked), on_agreement("F")) ==
        "not_on_agreement");
  CHECK(outcome(with({price("p", "10")}), fixture::price_rules(asked), ask_for("A")) == "priced");
  CHECK(outcome(with({price("a", "10"), price("b", "11")}), fixture::price_rules(by_article),
                ask_for("A")) == "ambiguous");
  const std::string zero = fixture::price_rules(by_article);
  CHECK(answer_of(with({price("p", "0")}), {zero}, ask_for("A")).unit_price ==
        "0");  // zero is a price
}

TEST_CASE("outcome: a step that need not find anything has nothing, and the line a price",
          "[engine][price]") {
  const std::string rules = fixture::rules_of(
      R"({"step": "price", "find": {"type": "price", "accesses": [{"keys": ["article"]}]}}, {"step": "x", "amount": "price.found ? price : 7"})",
      R"("price": "price", "unit_price": "x", "line_amount": "x")");
  const auto line = answer_of(with({}), {rules}, ask_for("A"));
  CHECK(line.outcome == "priced");
  CHECK(line.unit_price == "7");
  CHECK(line.source == "none");
  CHECK(line.unit.empty());
}

TEST_CASE("outcome: a divisor of zero closes its line, in an amount and in a condition",
          "[engine][price]") {
  const World world = with({price("p", "10")});
  CHECK(outcome(world, formula_rules("round(price / (quantity - 1), 2, 'half_up')"),
                ask_for("A", "1")) == "division_by_zero");
  CHECK(answer_of(world, {formula_rules("round(price / (quantity - 1), 2, 'half_up')")},
                  ask_for("A", "3"))
            .line_amount == "5");
  const std::string condition = R"("when": "round(1 / (quantity - 1), 2, 'up') > 0")";
  const std::string rules = fixture::rules_of(
      R"({"step": "price", "find": {"type": "price", "required": true, )" + by_article +
          R"(}}, {"step": "x", "amount": "price", )" + condition + "}",
      R"("price": "price", "unit_price": "price", "line_amount": "x")");
  CHECK(outcome(world, rules, ask_for("A", "1")) == "division_by_zero");
  CHECK(answer_of(world, {rules}, ask_for("A", "3")).line_amount == "10");
}

TEST_CASE("outcome: a division that the formula guards against does no harm", "[engine][price]") {
  const World world = with({price("p", "10")});
  const auto amount = [&](const std::string& formula, const char* quantity) {
    const auto line = answer_of(world, {formula_rules(formula)}, ask_for("A", quantity));
    return line.outcome == "priced" ? line.line_amount : line.outcome;
  };
  const std::string guarded = "quantity == 1 ? 0 : round(price / (quantity - 1), 2, 'half_up')";
  CHECK(amount(guarded, "1") == "0");
  CHECK(amount(guarded, "3") == "5");
  CHECK(amount("quantity != 1 && round(price / (quantity - 1), 0, 'up') > 0 ? 2 : 3", "1") == "3");
  CHECK(amount("round(price / (quantity - 1), 0, 'up') > 0 && quantity != 1 ? 2 : 3", "1") == "3");
  CHECK(amount("quantity == 1 || round(price / (quantity - 1), 0, 'up') > 0 ? 2 : 3", "1") == "2");
  CHECK(amount("quantity == 2 || round(price / (quantity - 1), 0, 'up') > 0 ? 2 : 3", "1") ==
        "division_by_zero");
  CHECK(amount("quantity == 1 ? round(price / (quantity - 1), 2, 'up') : 0", "1") ==
        "division_by_zero");
}

TEST_CASE("outcome: an amount that an answer can't hold is told, and spoils no other line",
          "[engine][price]") {
  World world = with({price("p", "99999999999999999999999999999999999999"), price("q", "10")});
  world.records[1].keys = {{"article", "B"}};
  auto ask = ask_for("A", "1000000000");
  ask.lines.push_back({"B", "2", "", "", {}});
  const std::string rules = formula_rules("price * quantity");
  const oracle::Engine engine{world, Documents{rules}};
  const auto answer = engine.answer(ask);
  CHECK(answer.priced.lines[0].outcome == Outcome::amount_out_of_range);
  CHECK(answer.priced.lines[1].outcome == Outcome::priced);
  CHECK(oracle::rational(answer.priced.totals[0]) == 20);
  CHECK(oracle::rational(answer.priced.totals[1]) == 20);
}

TEST_CASE(
    "outcome: the largest amount that an answer holds leaves room for the sum of ten thousand "
    "lines",
    "[engine][price]") {
  // 2^127 / 10,000 is 17014118346046923173168730371588410.5...
  const World fits = with({price("p", "17014118346046923173168730371588410")});
  CHECK(outcome(fits, fixture::price_rules(by_article), ask_for("A")) == "priced");
  const World too_large = with({price("p", "17014118346046923173168730371588411")});
  CHECK(outcome(too_large, fixture::price_rules(by_article), ask_for("A")) ==
        "amount_out_of_range");
  const oracle::Engine engine{fits, Documents{fixture::price_rules(by_article)}};
  auto ask = ask_for("A");
  ask.lines.resize(engine::base::limits::lines_per_question, ask.lines[0]);
  const auto answer = engine.answer(ask);
  CHECK(oracle::rational(answer.priced.totals[0]) ==
        oracle::number("170141183460469231731687303715884100000"));
}

TEST_CASE("formula: one formula gives one answer in 64, 128 and 256 bits", "[engine][price]") {
  const std::string formula =
      "round((price + 0.05) * quantity, 2, 'half_even') - round(price / 7, 4, 'down') + min(price, "
      "3) * max(-price, -4) + "
      "(price > 9 && !(price == 11) ? round(extended(price), 3, 'half_down') : -1)";
  // Other records, which no line finds, make the binder choose the width.
  for (const char* other : {"1", "100000000", "99999999999999999999"}) {
    World world = with({price("p", "10.55"), price("w", other)});
    world.records[1].keys = {{"article", "B"}};
    CHECK(answer_of(world, {formula_rules(formula)}, ask_for("A", "3")).line_amount == "49.9429");
    CHECK(answer_of(world, {formula_rules(formula)}, ask_for("A", "0.5", "BOX")).line_amount ==
          "55.0929");
  }
}

TEST_CASE("formula: a wide step on the way to small amounts serves narrow steps behind it",
          "[engine][price]") {
  const World world = with({price("p", "10.000000000000000001")});
  const std::string rules = fixture::rules_of(
      R"({"step": "price", "find": {"type": "price", "required": true, "accesses": [{"keys": ["article"]}]}},
         {"step": "net", "amount": "price * price * price", "round": [{"decimals": 2, "mode": "half_up"}]},
         {"step": "fee", "when": "net > 999", "amount": "net + 1"})",
      R"("price": "price", "unit_price": "net", "line_amount": "fee")");
  CHECK(answer_of(world, {rules}, ask_for("A")).line_amount == "1001");
}

TEST_CASE(
    "price: unit and price unit are told as the record has them; the amount follows from both",
    "[engine][price]") {
  auto per_hundred = price("p", "250");
  per_hundred.price_unit = 100;
  const std::string rules = formula_rules("round(extended(price), 4, 'half_up')");
  const auto pieces = answer_of(with({per_hundred}), {rules}, ask_for("A", "30"));
  CHECK(pieces.unit == "PCE");
  CHECK(pieces.price_unit == 100);
  CHECK(pieces.line_amount == "75");
  const auto boxes = answer_of(with({per_hundred}), {rules}, ask_for("A", "3", "BOX"));
  CHECK(boxes.unit == "PCE");  // the price stays one of pieces
  CHECK(boxes.line_amount == "90");
  auto by_box = price("p", "28");
  by_box.unit = "BOX";
  const auto bound = answer_of(with({by_box}), {rules}, ask_for("A", "3", "BOX"));
  CHECK(bound.unit == "BOX");
  CHECK(bound.line_amount == "84");
  CHECK(answer_of(with({by_box}), {rules}, ask_for("A", "36")).outcome ==
        "no_price");  // a box's price is not for pieces
  CHECK(answer_of(with({price("p", "10")}), {rules}, ask_for("A", "1", "THD")).line_amount ==
        "3.3333");
}

TEST_CASE("scales: thresholds and windows count in the record's unit, at the border and beside it",
          "[engine][price]") {
  auto from_twelve = price("p", "10");
  from_twelve.from_quantity = "12";
  const std::string rules = fixture::price_rules(by_article);
  const World world = with({from_twelve});
  CHECK(outcome(world, rules, ask_for("A", "11.999999")) == "no_price");
  CHECK(outcome(world, rules, ask_for("A", "12")) == "priced");
  CHECK(outcome(world, rules, ask_for("A", "1", "BOX")) == "priced");  // 12 pieces
  CHECK(outcome(world, rules, ask_for("A", "0.999999", "BOX")) == "no_price");
  CHECK(outcome(world, rules, ask_for("A", "36", "THD")) == "priced");  // exactly 12
  CHECK(outcome(world, rules, ask_for("A", "35.999999", "THD")) == "no_price");
  auto up_to = price("p", "10");
  up_to.to_quantity = "12";
  CHECK(outcome(with({up_to}), rules, ask_for("A", "12")) == "priced");
  CHECK(outcome(with({up_to}), rules, ask_for("A", "12.000001")) == "no_price");
  CHECK(outcome(with({up_to}), rules, ask_for("A", "36.000001", "THD")) == "no_price");
  auto boxes = price("p", "10");
  boxes.unit = "BOX";
  boxes.from_quantity = "2";
  CHECK(outcome(with({boxes}), rules, ask_for("A", "2", "BOX")) == "priced");
  CHECK(outcome(with({boxes}), rules, ask_for("A", "1.999999", "BOX")) == "no_price");
}

TEST_CASE("scales: a return reads its scale by the absolute quantity", "[engine][price]") {
  auto from_twelve = price("p", "10");
  from_twelve.from_quantity = "12";
  auto ask = ask_for("A", "-12");
  ask.fields = {{"document_kind", "return"}};
  const std::string rules =
      formula_rules("price * quantity", R"("quantity": {"returns": "return"})");
  CHECK(answer_of(with({from_twelve}), {rules}, ask).line_amount == "-120");
  ask.lines[0].quantity = "-11";
  CHECK(outcome(with({from_twelve}), rules, ask) == "no_price");
}

TEST_CASE("groups: ancestors are looked at or not, on the article's side as on the customer's",
          "[engine][price]") {
  auto by_top_groups = price("p", "10");
  by_top_groups.keys = {{"article_group", "G1"}};
  for (const auto& [switch_text, expected] :
       {std::pair{"true", "priced"}, std::pair{"false", "no_price"}}) {
    const std::string rules = fixture::price_rules(
        std::string{R"("accesses": [{"keys": ["article_group"], "ancestors": )"} + switch_text +
        "}]");
    CHECK(outcome(with({by_top_groups}), rules, ask_for("A")) == expected);
  }
  by_top_groups.keys = {{"customer_group", "top"}, {"article", "A"}};
  for (const auto& [switch_text, expected] :
       {std::pair{"true", "priced"}, std::pair{"false", "no_price"}}) {
    const std::string rules = fixture::price_rules(
        std::string{R"("accesses": [{"keys": ["customer_group", "article"], "ancestors": )"} +
        switch_text + "}]");
    CHECK(outcome(with({by_top_groups}), rules, ask_for("A")) == expected);
  }
}

TEST_CASE(
    "valid until: the end of the record, the start of a rival, the end of the list; nothing else",
    "[engine][price]") {
  const auto until = [](const World& world, const std::string& find = by_article) {
    return answer_of(
               world,
               {fixture::price_rules(find + R"(, "choose": ["newest_start", "lowest_value"])")},
               ask_for("A"))
        .valid_until;
  };
  auto open = price("open", "10");
  CHECK(until(with({open})).empty());
  auto ending = open;
  ending.validity.to = day(2026, 7, 1);
  CHECK(until(with({ending})) == "2026-07-01");
  auto rival = price("rival", "12");
  rival.validity.from = day(2026, 6, 20) + 30;
  CHECK(until(with({ending, rival})) == "2026-06-20T00:30");
  auto past = price("past", "12");
  past.validity.to = day(2026, 6, 15);
  CHECK(until(with({open, past})).empty());  // over is over
  auto other_currency = rival;
  other_currency.currency = "JPY";
  auto other_quantity = price("far", "12");
  other_quantity.validity.from = day(2026, 6, 18);
  other_quantity.from_quantity = "2";
  CHECK(until(with({open, other_currency, other_quantity}))
            .empty());                                // neither will ever apply to this line
  CHECK(until(with({rival})) == "2026-06-20T00:30");  // no price yet, but then
  auto group = price("group", "1");
  group.keys = {{"article_group", "G2"}};
  group.validity.from = day(2026, 6, 17);
  const std::string first = R"("accesses": [{"keys": ["article"]}, {"keys": ["article_group"]}])";
  CHECK(until(with({open, group}), first).empty());  // its access is not reached
  CHECK(until(with({rival, group}), first) == "2026-06-17");
}

TEST_CASE("valid until: a list's own validity and its assignment's both bound its records",
          "[engine][price]") {
  World world = fixture::shop();
  auto in_list = price("l", "10");
  in_list.keys = {{"price_list", "L"}, {"article", "A"}};
  world.records = {in_list};
  const std::string find = R"("accesses": [{"keys": ["price_list", "article"]}])";
  const auto line = [&] { return answer_of(world, {fixture::price_rules(find)}, ask_for("A")); };
  CHECK(line().valid_until.empty());
  world.documents[0].validity.to = day(2026, 9, 1);
  CHECK(line().valid_until == "2026-09-01");
  world.customers[0].price_lists.clear();
  world.assignments = {{"L", "C", "", {}, {day(2026, 6, 15), day(2026, 8, 1)}}};
  CHECK(line().outcome == "priced");
  CHECK(line().valid_until == "2026-08-01");
  world.assignments[0].validity.from = day(2026, 6, 15) + 1;
  CHECK(line().outcome == "no_price");
  CHECK(line().valid_until == "2026-06-15T00:01");
  world.documents[0].validity.from = day(2026, 8, 1);  // begins as the assignment ends: never
  CHECK(line().valid_until.empty());
}

TEST_CASE("valid until: a list that the rules name keeps its validity and rank",
          "[engine][price]") {
  World world = fixture::shop();
  world.documents.push_back(
      {"price_list", "M", "EUR", {day(2026, 1, 1), day(2026, 7, 1)}, -1, false, {}});
  for (const char* list : {"L", "M"}) {
    auto record = price(list, "10");
    record.keys = {{"price_list", list}, {"article", "A"}};
    record.value += list[0] == 'L' ? "" : "0";
    world.records.push_back(record);
  }
  const std::string find =
      R"("accesses": [{"keys": ["price_list", "article"], "constants": {"price_list": ["L", "M"]}}], "choose": ["rank"])";
  const auto at = [&](oracle::Minutes date) {
    auto ask = ask_for("A");
    ask.date = date;
    return answer_of(world, {fixture::price_rules(find)}, ask);
  };
  CHECK(at(day(2026, 6, 30)).source == "M / M");
  CHECK(at(day(2026, 6, 30)).valid_until == "2026-07-01");
  CHECK(at(day(2026, 7, 1)).source == "L / L");
  CHECK(at(day(2025, 12, 31)).valid_until == "2026-01-01");
}

TEST_CASE("explain: every record looked at says why it lost", "[engine][price]") {
  World world = fixture::shop();
  const auto lost = [&](const char* key, Loss, const auto& change) {
    auto record = price(key, "11");
    change(record);
    world.records.push_back(record);
  };
  world.records.push_back(price("winner", "10"));
  lost("validity", Loss::validity, [](auto& r) { r.validity.to = day(2026, 6, 15); });
  lost("currency", Loss::currency, [](auto& r) { r.currency = "JPY"; });
  lost("unit", Loss::unit, [](auto& r) { r.unit = "BOX"; });
  lost("threshold", Loss::threshold, [](auto& r) { r.from_quantity = "5"; });
  lost("window", Loss::window, [](auto& r) { r.to_quantity = "0.5"; });
  lost("agreement", Loss::agreement, [](auto& r) { r.agreement = "FD"; });
  lost("comparator", Loss::comparator, [](auto& r) { r.rank = 3; });
  const oracle::Engine engine{
      world, Documents{fixture::price_rules(by_article + R"(, "choose": ["rank"])")}};
  const auto answer = engine.answer(ask_for("A"), Detail::explained);
  const auto& step = answer.traces.at(0).steps.at(0);
  std::map<std::string, Loss> losses;
  for (const auto& candidate : step.candidates) {
    losses[engine.snapshot().record_label(
        engine.snapshot().conditions().record(candidate.record))] = candidate.loss;
  }
  const std::map<std::string, Loss> expected{
      {"winner", Loss::won},          {"validity", Loss::validity},    {"currency", Loss::currency},
      {"unit", Loss::unit},           {"threshold", Loss::threshold},  {"window", Loss::window},
      {"agreement", Loss::agreement}, {"comparator", Loss::comparator}};
  CHECK(losses == expected);
  CHECK(step.record == answer.priced.lines[0].record);
}

TEST_CASE("explain: a refused tie names both records as tied, and no winner", "[engine][price]") {
  const oracle::Engine engine{with({price("a", "10"), price("b", "11")}),
                              Documents{fixture::price_rules(by_article)}};
  const auto answer = engine.answer(ask_for("A"), Detail::explained);
  CHECK(answer.priced.lines[0].outcome == Outcome::ambiguous);
  const auto& step = answer.traces.at(0).steps.at(0);
  CHECK(std::ranges::count(step.candidates, Loss::tie, &engine::price::CandidateTrace::loss) == 2);
  CHECK(step.record == engine::price::no_record);
}

TEST_CASE("explain: an amount of more than 38 digits is said not to be held, never told as zero",
          "[engine][price]") {
  const std::string wide = "99999999999999999999999999999999999999";
  const std::string rules = fixture::rules_of(
      R"({"step": "price", "find": {"type": "price", "required": true, "accesses": [{"keys": ["article"]}]}},
         {"step": "square", "amount": "price * price", "statistical": true},
         {"step": "long", "amount": "price * 0.00000000000000000000000000000000000100", "statistical": true})",
      R"("price": "price", "unit_price": "price", "line_amount": "price")");
  World world = with({price("p", wide), price("q", "10")});
  world.records[1].keys = {{"article", "B"}};
  const oracle::Engine engine{world, Documents{rules}};
  auto ask = ask_for("A");
  ask.lines.push_back({"B", "1", "", "", {}});
  const auto answer = engine.answer(ask, Detail::explained);
  CHECK_FALSE(answer.traces[0].steps[1].amount_held);
  CHECK_FALSE(answer.traces[0].steps[1].exact_held);
  CHECK(answer.traces[1].steps[1].amount_held);
  CHECK(oracle::rational(answer.traces[1].steps[1].amount) == 100);
  CHECK(answer.traces[1].steps[2].exact_held);  // many zeros behind the point are dropped first
}

TEST_CASE(
    "explain: a skipped step is told as such, and a closed line has no step behind the one that "
    "closed it",
    "[engine][price]") {
  const std::string rules = fixture::rules_of(
      R"({"step": "price", "find": {"type": "price", "required": true, "accesses": [{"keys": ["article"]}]}},
         {"step": "extra", "when": "price > 10", "amount": "1"}, {"step": "total", "amount": "price + extra"})",
      R"("price": "price", "unit_price": "price", "line_amount": "total")");
  const oracle::Engine engine{with({price("p", "10")}), Documents{rules}};
  auto ask = ask_for("A");
  ask.lines.push_back({"B", "1", "", "", {}});
  ask.lines.push_back({"X", "1", "", "", {}});
  const auto answer = engine.answer(ask, Detail::explained);
  REQUIRE(answer.traces[0].steps.size() == 3);
  CHECK(answer.traces[0].steps[1].skipped);
  CHECK_FALSE(answer.traces[0].steps[2].skipped);
  CHECK(answer.traces[1].steps.size() == 1);
  CHECK(answer.traces[2].steps.empty());
}

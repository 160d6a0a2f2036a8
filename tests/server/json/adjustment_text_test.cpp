// Answers with what promotions, charges and guards leave: written from amounts that are given here,
// whatever the evaluator makes of the procedure.
#include "server/json/adjustment_text.hpp"

#include "server/json/answer_text.hpp"

#include "tests/engine/support/price_fixture.hpp"

using engine::model::Outcome;
using engine::model::Reason;
using engine::price::no_line;
using engine::price::no_record;

namespace {

const std::string rules = fixture::rules_of(
    R"({"step": "price", "find": {"type": "price", "required": true,
        "accesses": [{"keys": ["article"]}]}},
       {"step": "shipping", "phase": "aggregate", "of": "order", "amount": "4.90"})",
    R"("price": "price", "unit_price": "price", "line_amount": "price",
       "order": {"shipping": "shipping"})");

// Two lines of the small shop, answered as the test says.
struct Answering {
  oracle::Engine engine;
  server::json::QuoteBody body;
  engine::quote::Question question;
  engine::quote::Answer answer;

  Answering() : engine{world(), std::vector<std::string>{rules}} {
    body.request.customer = "C";
    body.availability = false;
    for (int i = 0; i < 2; ++i) {
      body.request.lines.push_back({"A", "1", "", "", {}, {}});
      body.line_ids.emplace_back();
    }
    auto resolved = engine::quote::resolve(engine.snapshot(), body.request,
                                           engine::base::CivilMinutes{oracle::day(2026, 6, 1)});
    REQUIRE(resolved);
    question = *std::move(resolved);
    answer.priced.lines.resize(2);
    for (auto& line : answer.priced.lines) {
      line.unit_price = {1000, 2};
      line.line_amount = {1000, 2};
    }
    answer.priced.totals.push_back({2000, 2});
    answer.priced.order.push_back({490, 2});
  }

  static oracle::World world() {
    oracle::World made = fixture::shop();
    made.records = {fixture::price("p1", "10")};
    made.records[0].promotion = "P";
    return made;
  }

  std::string text() {
    std::string out;
    server::json::write_quote({engine.snapshot(), body, question, answer}, out);
    return out;
  }

  bool says(const std::string& part) {
    const auto written = text();
    INFO(written);
    return written.find(part) != std::string::npos;
  }
};

const std::string of_record =
    R"("type":"price","document":{"kind":"promotion","code":"P"},"record":"p1")";

}  // namespace

TEST_CASE("answer: what has nothing to tell is left out; amounts of the order are named",
          "[server]") {
  Answering answering;
  const auto text = answering.text();
  for (const char* name : {"adjustments", "notes", "free_lines", "order_adjustments", "reason"})
    CHECK(text.find(name) == std::string::npos);
  CHECK(answering.says(R"("totals":{"line_amount":"20.00"},"order":{"shipping":"4.90"}})"));
}

TEST_CASE("answer: a refused line has the reason, as a sentence and as a code", "[server]") {
  Answering answering;
  auto& line = answering.answer.priced.lines[1];
  line.outcome = Outcome::refused;
  line.reason = Reason::below_floor;
  CHECK(
      answering.says(R"("outcome":"refused","reason":"The price is below the lowest one allowed.",)"
                     R"("reason_code":"below_floor"})"));
  line.outcome = Outcome::no_price;
  CHECK_FALSE(answering.says("reason_code"));
}

TEST_CASE("answer: notes stand in the order of their codes", "[server]") {
  Answering answering;
  answering.answer.priced.lines[0].notes = static_cast<std::uint16_t>(
      reason_bit(Reason::lower_general_price) | reason_bit(Reason::margin_too_low));
  CHECK(answering.says(R"("notes":["margin_too_low","lower_general_price"])"));
}

TEST_CASE("answer: adjustments stand with their line in the order in which they were made",
          "[server]") {
  Answering answering;
  answering.answer.priced.adjustments = {{0, 0, 1, 0, {150, 2}},
                                         {0, 0, no_line, 0, {490, 2}},
                                         {0, no_record, 1, 0, {-25, 2}},
                                         {0, 0, 0, 0, {100, 2}}};
  CHECK(answering.says(R"("adjustments":[{"step":"price",)" + of_record +
                       R"(,"amount":"1.50"},{"step":"price","amount":"-0.25"}])"));
  CHECK(answering.says(R"("adjustments":[{"step":"price",)" + of_record + R"(,"amount":"1.00"}])"));
  CHECK(answering.says(R"("order_adjustments":[{"step":"price",)" + of_record +
                       R"(,"amount":"4.90"}])"));
}

TEST_CASE("answer: free lines say what, how many, at what price, and what earned them",
          "[server]") {
  Answering answering;
  const auto article = answering.engine.snapshot().find_article("A");
  REQUIRE(article);
  answering.answer.priced.free_lines = {
      {0, 0, 1, *article, engine::base::Quantity::whole(3), {0, 2}},
      {0, no_record, no_line, *article, engine::base::Quantity::from_mantissa(500'000), {199, 2}}};
  CHECK(answering.says(
      R"("free_lines":[{"article":"A","quantity":"3","unit":"PCE","unit_price":"0.00","earned_by":2,)"
      R"("step":"price",)" +
      of_record +
      R"(},{"article":"A","quantity":"0.5","unit":"PCE","unit_price":"1.99","step":"price"}])"));
}

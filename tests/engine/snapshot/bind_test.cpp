// Widths are proved, not hoped for: each border from the last number that fits to the first that
// does not.
#include "engine/snapshot/bind.hpp"

#include "engine/snapshot/type_bound.hpp"
#include "rules/rule_book.hpp"

#include "tests/catch.hpp"

namespace snapshot = engine::snapshot;
using engine::base::BigInt;
using engine::base::Width;

namespace {

class NoCodes final : public snapshot::CodeResolver {
 public:
  std::vector<std::uint32_t> ids(engine::model::FieldId,
                                 const std::vector<std::string>&) const override {
    return {};
  }
};

// A procedure with the type "price" (bound 0), the percent "rate" (bound 1) and the steps that a
// test gives.
struct Bound {
  std::shared_ptr<const engine::rule::RuleSet> rules;
  engine::base::Result<snapshot::BoundProcedure> result{engine::base::Fault{}};
};

Bound bound_steps(const std::string& steps, const std::vector<snapshot::TypeBound>& bounds,
                  const std::string& maximum = "1000000000") {
  const std::string text =
      R"({"procedure": "p", "condition_types": {"price": {"value": "price"}, "rate": {"value": "percent"}},
    "parameters": {"tiny": {"type": "decimal", "value": "0.0000000000000000000001"}},
    "quantity": {"maximum": )" +
      maximum + R"(},
    "steps": [{"step": "price", "find": {"type": "price", "accesses": [{"keys": ["article"]}], "required": true}},
              {"step": "rate", "find": {"type": "rate", "accesses": [{"keys": []}]}})" +
      (steps.empty() ? "" : ", ") + steps + R"(],
    "answer": {"price": "price", "unit_price": "price", "line_amount": "price"}})";
  engine::model::Schema schema;
  const std::vector<rules::RuleDocument> documents{{"p.json", text}};
  auto compiled = rules::compile(documents, schema);
  for (const auto& fault : compiled.faults) FAIL(fault.where << ": " << fault.detail);
  Bound bound;
  bound.rules = compiled.rules;
  snapshot::DataBounds data;
  data.types = bounds;
  data.fields.resize(schema.field_count());
  snapshot::RecordTexts texts;
  texts.of_type.resize(schema.type_count());
  texts.has_more.resize(schema.type_count(), false);
  bound.result =
      snapshot::bind_procedure(compiled.rules->procedures[0], schema, data, texts, NoCodes{});
  return bound;
}

snapshot::TypeBound bound_of(int decimals, const BigInt& magnitude) {
  snapshot::TypeBound bound;
  bound.decimals = static_cast<std::uint8_t>(decimals);
  bound.magnitude = magnitude;
  return bound;
}

BigInt two_to(unsigned exponent) { return BigInt{1} << exponent; }

// The third step's.
snapshot::BoundFormula formula(const Bound& bound) {
  if (!bound.result) FAIL(bound.result.error().where << ": " << bound.result.error().detail);
  return bound.result.value().steps.at(2).amount;
}

std::string amount(const std::string& text) {
  return R"({"step": "x", "amount": ")" + text + "\"}";
}

}  // namespace

TEST_CASE("bind: a record's own value takes 64, 128 or 256 bits, each to its last number",
          "[engine][snapshot]") {
  const auto width = [](const BigInt& magnitude) {
    const Bound bound = bound_steps("", {bound_of(0, magnitude), bound_of(0, 0)});
    REQUIRE(bound.result);
    return bound.result.value().steps[0].amount.width;
  };
  CHECK(width(0) == Width::bits64);
  CHECK(width(two_to(63) - 1) == Width::bits64);
  CHECK(width(two_to(63)) == Width::bits128);
  CHECK(width(two_to(127) - 1) == Width::bits128);
  CHECK(width(two_to(127)) == Width::bits256);
  CHECK(width(two_to(254) - 1) == Width::bits256);
  CHECK_FALSE(bound_steps("", {bound_of(0, two_to(254)), bound_of(0, 0)}).result);
}

TEST_CASE("bind: an intermediate product decides, not the rounded result", "[engine][snapshot]") {
  const auto product = formula(bound_steps(amount("round(price * price, 0, 'half_up')"),
                                           {bound_of(6, 2'000'000'000), bound_of(0, 0)}));
  CHECK(product.width == Width::bits64);  // 4 * 10^18 at 12 decimals
  CHECK(product.decimals == 0);
  const auto wider = formula(bound_steps(amount("round(price * price, 0, 'half_up')"),
                                         {bound_of(6, 4'000'000'000), bound_of(0, 0)}));
  CHECK(wider.width == Width::bits128);
}

TEST_CASE("bind: the largest quantity is part of the proof", "[engine][snapshot]") {
  CHECK(
      formula(bound_steps(amount("price * quantity"), {bound_of(0, 9223), bound_of(0, 0)})).width ==
      Width::bits64);
  CHECK(
      formula(bound_steps(amount("price * quantity"), {bound_of(0, 9224), bound_of(0, 0)})).width ==
      Width::bits128);
  CHECK(formula(bound_steps(amount("price * quantity"), {bound_of(0, 9'223'000), bound_of(0, 0)},
                            "1000000"))
            .width == Width::bits64);
}

TEST_CASE("bind: powers of ten are part of the proof, even beside a value that is always zero",
          "[engine][snapshot]") {
  // No record yet: the price's bound is 0, but it is brought to 22 decimals.
  CHECK(formula(bound_steps(amount("price + tiny"), {bound_of(0, 0), bound_of(0, 0)})).width ==
        Width::bits128);
  // One digit at 22 decimals, rounded to 2: the divisor has 21 digits.
  CHECK(formula(bound_steps(amount("round(tiny, 2, 'half_up')"), {bound_of(0, 0), bound_of(0, 0)}))
            .width == Width::bits128);
  CHECK(formula(bound_steps(amount("round(rate.rate * rate.rate * rate.rate, 2, 'half_up')"),
                            {bound_of(0, 0), bound_of(18, 1)}))
            .width == Width::bits256);
  CHECK(formula(bound_steps(amount("round(0 / 0.0000000000000000001, 2, 'half_up')"),
                            {bound_of(0, 0), bound_of(0, 0)}))
            .width == Width::bits128);
  CHECK(formula(bound_steps(amount("price > 1 ? price : tiny"), {bound_of(0, 0), bound_of(0, 0)}))
            .width == Width::bits128);
}

TEST_CASE("bind: decimals follow the arithmetic", "[engine][snapshot]") {
  const std::vector<snapshot::TypeBound> bounds{bound_of(4, 10'000'000), bound_of(3, 1000)};
  const auto decimals = [&](const std::string& text) {
    return static_cast<int>(formula(bound_steps(amount(text), bounds)).decimals);
  };
  CHECK(decimals("price + 1") == 4);
  CHECK(decimals("price - rate.rate") == 4);
  CHECK(decimals("price * rate.rate") == 7);
  CHECK(decimals("price * quantity") == 10);
  CHECK(decimals("-price") == 4);
  CHECK(decimals("min(1.5, rate.rate)") == 3);
  CHECK(decimals("round(price * rate.rate, 2, 'up')") == 2);
  CHECK(decimals("round(price, 6, 'up')") == 6);
  CHECK(decimals("round(price / quantity, 5, 'up')") == 5);
  CHECK(decimals("round(extended(price), 3, 'up')") == 3);
  CHECK(decimals("rate.found ? price : rate.rate") == 4);
  CHECK(decimals("quantity") == 6);
}

TEST_CASE(
    "bind: a step's own roundings are the last instructions, and both amounts keep their decimals",
    "[engine][snapshot]") {
  const std::string step =
      R"({"step": "x", "amount": "price * rate.rate", "round": [{"decimals": 4, "mode": "half_up"}, {"decimals": 2, "mode": "down"}]},
    {"step": "y", "amount": "x.exact - x"})";
  const Bound bound = bound_steps(step, {bound_of(2, 100'000), bound_of(3, 1000)});
  const auto x = formula(bound);
  CHECK(x.exact_length == 3);
  CHECK(x.code.size() == 5);
  CHECK(x.exact_decimals == 5);
  CHECK(x.decimals == 2);
  CHECK(bound.result.value().steps[2].exact_needed);
  CHECK_FALSE(bound.result.value().steps[3].exact_needed);
  CHECK(bound.result.value().steps[3].amount.decimals == 5);
}

TEST_CASE("bind: what can't be proved is refused, with the step's name", "[engine][snapshot]") {
  const auto refusal = [](const std::string& text, const snapshot::TypeBound& price) {
    const Bound bound = bound_steps(amount(text), {price, bound_of(18, 1)});
    REQUIRE_FALSE(bound.result);
    CHECK(bound.result.error().where == "p: step x");
    CHECK(bound.result.error().code == engine::base::FaultCode::width_unprovable);
    return bound.result.error().detail;
  };
  CHECK(refusal("price * price * price", bound_of(0, two_to(100))).find("256 bits") !=
        std::string::npos);
  CHECK(refusal("rate.rate * rate.rate * rate.rate * rate.rate", bound_of(0, 1))
            .find("60 decimals") != std::string::npos);
  CHECK_FALSE(refusal("round(extended(price * price), 2, 'up')", bound_of(0, two_to(110))).empty());
  CHECK_FALSE(refusal("price + tiny * tiny", bound_of(0, two_to(120))).empty());
}

TEST_CASE(
    "bind: a formula that needs more values at once than the stack has is refused by that name",
    "[engine][snapshot]") {
  std::string text = "1";
  for (int i = 0; i < 15; ++i) text = "1 + (" + text + ")";
  CHECK(bound_steps(amount(text), {bound_of(0, 1), bound_of(0, 0)}).result);  // 16 values
  const Bound deep = bound_steps(amount("1 + (" + text + ")"), {bound_of(0, 1), bound_of(0, 0)});
  REQUIRE_FALSE(deep.result);
  CHECK(deep.result.error().code == engine::base::FaultCode::too_deep);
  CHECK(deep.result.error().detail.find("16") != std::string::npos);
}

TEST_CASE("bind: steps run by phase, in the order written within one", "[engine][snapshot]") {
  const Bound bound = bound_steps(
      R"({"step": "a", "amount": "1"}, {"step": "b", "amount": "a", "phase": "tax"}, {"step": "c", "amount": "b", "phase": "tax"})",
      {bound_of(0, 1), bound_of(0, 0)});
  REQUIRE(bound.result);
  CHECK(bound.result.value().order == std::vector<std::uint16_t>{0, 1, 2, 3, 4});
  CHECK(bound.result.value().access_count == 2);
}

// Steps that apply records, spread amounts, guard, or are of the order; and what of them the answer
// names.
#include "rules/rule_book.hpp"

#include "tests/catch.hpp"
#include "tests/rules/procedure_text.hpp"

#include <string>

using engine::rule::Op;
using tests::fault;

namespace {

const std::string head =
    R"json({"procedure": "p", "fields": {"weight": {"side": "article", "value": "decimal"}, "due": {}, "limit": {"side": "party"}},
  "condition_types": {"price": {"value": "price"}, "off": {"value": "percent", "calculation": "percent"},
    "order_off": {"value": "amount", "calculation": "order_amount", "inputs": ["left"]},
    "freight_off": {"value": "percent", "calculation": "charge_percent", "charge": "freight"}})json";
const std::string price =
    R"({"step": "price", "find": {"type": "price", "accesses": [{"keys": ["article"]}], "required": true}},
       {"step": "amount", "amount": "price * quantity"})";
const std::string freight =
    R"(, {"step": "freight", "phase": "aggregate", "of": "order", "amount": "lines.sum(l, l.amount) > 50 ? 0 : 5"})";
const std::string answer = R"("price": "price", "unit_price": "price", "line_amount": "amount")";
const std::string to_cents = R"("round": [{"decimals": 2, "mode": "half_up"}])";

std::string document(const std::string& steps, const std::string& members = "",
                     const std::string& shape = answer) {
  return head + members + R"(, "steps": [)" + price + steps + R"(], "answer": {)" + shape + "}}";
}

// A step x after price and amount, in the phase aggregate.
std::string step(const std::string& members) {
  return fault(document(R"(, {"step": "x", "phase": "aggregate", )" + members + "}"));
}

// One that applies records of these accesses to the amount, after the freight.
std::string applying(const std::string& accesses, const std::string& members,
                     const std::string& find = "") {
  return fault(
      document(freight + R"(, {"step": "x", "phase": "aggregate", "find": {"accesses": [)" +
               accesses + "]" + find + R"(}, "apply": {)" + members + "}, " + to_cents + "}"));
}

const std::string off = R"({"type": "off", "keys": ["article"]})";
const std::string at_x = " at file_0.json#/steps/2";
const std::string at_apply = " at file_0.json#/steps/3";

std::string spreading(const std::string& members) {
  return step(R"("spread": {)" + members + "}, " + to_cents);
}

}  // namespace

TEST_CASE("rules: a step that applies records says to what, and how they share it", "[rules]") {
  const auto made = tests::compiled({document(
      freight + R"json(, {"step": "off", "phase": "aggregate", "when": "amount > 0",
      "find": {"accesses": [{"type": "order_off", "keys": []}, {"type": "freight_off", "keys": []}, {"type": "off", "keys": ["article"]}],
               "choose": ["rank"], "inputs": {"left": "lines.sum(l, l.running)"}},
      "apply": {"on": "amount", "units": "base_quantity", "floor": "weight", "over": "order", "combine": "best", "base": "original",
                "only_first_unless_stackable": true, "price_if_lower": true, "charges": ["freight"],
                "spread": {"weight": "running * 2", "leftover": "in_order", "redistribute": false}}, )json" +
      to_cents +
      R"json(}, {"step": "net", "phase": "document", "amount": "off.found ? off : amount"},
      {"step": "to_pay", "phase": "tax", "of": "order", "amount": "lines.sum(l, l.net) + lines.max(l, l.off.freight)"})json")});
  for (const auto& each : made.faults) FAIL(each.where << ": " << each.detail);
  const auto& p = made.rules->procedures[0];
  const engine::rule::Apply& apply = p.steps[3].apply.value();
  CHECK(apply.base[0].op == Op::step_amount);
  CHECK(apply.units[0].op == Op::base_quantity);
  CHECK(apply.floor[0].op == Op::field_number);
  CHECK(apply.over == engine::rule::ApplyOver::order);
  CHECK(apply.combine == engine::rule::Combine::best);
  CHECK(apply.on_original);
  CHECK(apply.only_first_unless_stackable);
  CHECK(apply.price_if_lower);
  CHECK(apply.charges == std::vector<std::uint16_t>{2});
  CHECK(apply.spread.weight[0].op == Op::running);
  CHECK(apply.spread.leftover == engine::rule::Leftover::in_order);
  CHECK_FALSE(apply.spread.redistribute);
  CHECK(p.steps[3].rounding.size() == 1);
  CHECK(p.steps[3].amount.empty());
  CHECK(p.steps[2].of_order);
  const auto left = p.steps[3].find->inputs[0].value[0];
  REQUIRE(left.op == Op::aggregate);
  CHECK(p.aggregates[left.index].running);
}

TEST_CASE("rules: a step that spreads an amount, and one that guards", "[rules]") {
  const auto made = tests::compiled({document(
      freight +
      R"json(, {"step": "share", "phase": "document", "spread": {"total": "freight", "weight": "amount"}, )json" +
      to_cents +
      R"json(}, {"step": "tax", "phase": "tax", "spread": {"total": "round(lines.sum(l, l.amount) * amount, 2, 'up')",
        "by": "amount", "weight": "amount", "leftover": "last_line", "redistribute": false}, )json" +
      to_cents +
      R"(}, {"step": "low", "phase": "tax", "when": "amount < 1", "guard": {"then": "note", "reason": "below_floor"}},
      {"step": "few", "phase": "tax", "of": "order", "when": "lines.count(l, true) < 2", "guard": {}})")});
  for (const auto& each : made.faults) FAIL(each.where << ": " << each.detail);
  const auto& steps = made.rules->procedures[0].steps;
  const engine::rule::Spread& share = steps[3].spread.value();
  CHECK(share.total[0].op == Op::step_amount);
  CHECK_FALSE(share.by);
  CHECK(share.rule.leftover == engine::rule::Leftover::largest_remainder);
  CHECK(share.rule.redistribute);
  CHECK(steps[4].spread->by == 1);
  CHECK(steps[4].spread->rule.leftover == engine::rule::Leftover::last_line);
  CHECK_FALSE(steps[4].spread->rule.redistribute);
  CHECK(steps[5].guard->action == engine::rule::GuardAction::note);
  CHECK(steps[5].guard->reason == engine::model::Reason::below_floor);
  CHECK(steps[6].guard->action == engine::rule::GuardAction::refuse);
  CHECK(steps[6].guard->reason == engine::model::Reason::refused);
}

TEST_CASE("rules: what a step is decides which other parts it can have", "[rules]") {
  CHECK(step(R"("amount": "1", "of": "basket")") == "bad_document" + at_x + "/of");
  CHECK(step(R"("when": "true", "guard": {}, "amount": "1")") == "bad_document" + at_x + "/amount");
  CHECK(step(R"("when": "true", "guard": {}, "round": [])") == "bad_document" + at_x + "/round");
  CHECK(step(R"("guard": {})") == "missing_value" + at_x);
  CHECK(step(R"("when": "true", "guard": {"then": "stop"})") ==
        "bad_document" + at_x + "/guard/then");
  CHECK(step(R"("when": "true", "guard": {"reason": "none"})") ==
        "bad_document" + at_x + "/guard/reason");
  CHECK(step(R"("when": "true", "guard": {"why": "x"})") == "bad_document" + at_x + "/guard/why");
  CHECK(step(R"("when": "true", "guard": [])") == "bad_document" + at_x + "/guard");
  CHECK(step(R"("apply": {"on": "amount"}, )" + to_cents) == "missing_value" + at_x);
  CHECK(step(R"("find": {"accesses": [)" + off +
             R"(]}, "apply": {"on": "amount"}, "amount": "1", )" + to_cents) ==
        "bad_document" + at_x + "/amount");
  CHECK(step(R"("find": {"accesses": [)" + off + R"(]}, "apply": {"on": "amount"})") ==
        "missing_value" + at_x);  // no rounding
  CHECK(
      step(
          R"("find": {"accesses": [)" + off +
          R"(]}, "apply": {"on": "amount"}, "round": [{"decimals": 4, "mode": "up"}, {"decimals": 2, "mode": "up"}])") ==
      "missing_value" + at_x);
  CHECK(
      step(
          R"("of": "order", "find": {"accesses": [{"type": "off", "keys": []}]}, "apply": {"on": "1"}, )" +
          to_cents) == "bad_document" + at_x + "/of");
  CHECK(step(R"("of": "order", "spread": {"total": "1", "weight": "1"}, )" + to_cents) ==
        "bad_document" + at_x + "/of");
  CHECK(step(R"("spread": {"total": "1", "weight": "amount"}, "amount": "1", )" + to_cents) ==
        "bad_document" + at_x + "/amount");
  CHECK(step(R"("spread": {"total": "1", "weight": "amount"})") == "missing_value" + at_x);
}

TEST_CASE("rules: applying records: faults", "[rules]") {
  CHECK(applying(off, R"("on": "amount")").empty());
  CHECK(applying(off, "") == "missing_value" + at_apply + "/apply");
  CHECK(applying(off, R"("on": "amount", "to": "x")") == "bad_document" + at_apply + "/apply/to");
  CHECK(applying(off, R"("on": "running")") == "bad_expression" + at_apply + "/apply/on");
  CHECK(applying(off, R"("on": "amount", "floor": "running")") ==
        "bad_expression" + at_apply + "/apply/floor");
  CHECK(applying(off, R"("on": "amount > 1")") == "bad_expression" + at_apply + "/apply/on");
  CHECK(applying(off, R"("on": "amount", "over": "basket")") ==
        "bad_document" + at_apply + "/apply/over");
  CHECK(applying(off, R"("on": "amount", "combine": "sum")") ==
        "bad_document" + at_apply + "/apply/combine");
  CHECK(applying(off, R"("on": "amount", "base": "list")") ==
        "bad_document" + at_apply + "/apply/base");
  CHECK(applying(off, R"("on": "amount", "spread": {})") ==
        "bad_document" + at_apply + "/apply/spread");
  CHECK(applying(off, R"("on": "amount", "charges": ["freight"])") ==
        "bad_document" + at_apply + "/apply/charges");
  const std::string over = R"("on": "amount", "over": "order")";
  CHECK(applying(off, over + R"(, "charges": ["amount"])") ==
        "bad_document" + at_apply + "/apply/charges/0");
  CHECK(applying(off, over + R"(, "charges": ["x"])") ==
        "bad_document" + at_apply + "/apply/charges/0");
  CHECK(applying(off, over + R"(, "charges": ["freight", "freight"])") ==
        "contradicting_values" + at_apply + "/apply/charges/1");
  CHECK(applying(off, over + R"(, "spread": {"by": "x"})") ==
        "bad_document" + at_apply + "/apply/spread/by");
  CHECK(applying(off, over + R"(, "spread": {"leftover": "nobody"})") ==
        "bad_document" + at_apply + "/apply/spread/leftover");
  CHECK(applying(R"({"type": "price", "keys": []})", R"("on": "amount")") ==
        "bad_document" + at_apply + "/find/accesses/0");
  const std::string order_off = R"({"type": "order_off", "keys": []})";
  const std::string left = R"(, "inputs": {"left": "running"})";
  CHECK(applying(order_off, R"("on": "amount")", left) == "bad_document" + at_apply + "/apply");
  CHECK(applying(order_off, over, left).empty());
  CHECK(applying(R"({"type": "freight_off", "keys": []})", over) ==
        "missing_value" + at_apply + "/apply");
  CHECK(applying(off, over, R"(, "required": true)") ==
        "bad_document" + at_apply + "/find/required");
  CHECK(applying(off, over, R"(, "search": "first", "find_next": ["rank"])") ==
        "bad_document" + at_apply + "/find/find_next");
  CHECK(applying(off, over, R"(, "currencies": "any")") ==
        "bad_document" + at_apply + "/find/currencies");
  CHECK(applying(off, over, R"(, "below_lowest": "quantity > 0")") ==
        "bad_document" + at_apply + "/find/below_lowest");
  CHECK(applying(R"({"type": "off", "keys": [], "agreement": "asked", "exclusive": true})", over) ==
        "bad_document" + at_apply + "/find");
  CHECK(applying(R"({"type": "off", "keys": ["price_list"]})", over, R"(, "search": "merge")") ==
        "bad_document" + at_apply + "/find/search");
  const std::string in_line = R"(, {"step": "x", "find": {"accesses": [)" + off +
                              R"(]}, "apply": {"on": "amount", "over": "order"}, )" + to_cents +
                              "}";
  CHECK(fault(document(in_line)) == "bad_document at file_0.json#/steps/2/apply/over");
}

TEST_CASE("rules: spreading an amount: faults", "[rules]") {
  CHECK(spreading(R"("total": "10", "weight": "amount")").empty());
  CHECK(spreading(R"("weight": "amount")") == "missing_value" + at_x + "/spread");
  CHECK(spreading(R"("total": "10")") == "missing_value" + at_x + "/spread");
  CHECK(spreading(R"("total": "amount", "weight": "amount")") ==
        "bad_expression" + at_x + "/spread/total");
  CHECK(spreading(R"("total": "amount", "by": "amount", "weight": "amount")").empty());
  CHECK(spreading(R"("total": "price", "by": "amount", "weight": "amount")") ==
        "bad_expression" + at_x + "/spread/total");
  CHECK(spreading(R"("total": "1", "by": "colour", "weight": "amount")") ==
        "bad_document" + at_x + "/spread/by");
  CHECK(spreading(R"("total": "1", "weight": "running")") ==
        "bad_expression" + at_x + "/spread/weight");
  CHECK(spreading(R"("total": "1", "weight": "1", "leftover": "largest")") ==
        "bad_document" + at_x + "/spread/leftover");
  CHECK(spreading(R"("total": "1", "weight": "1", "redistribute": 1)") ==
        "bad_document" + at_x + "/spread/redistribute");
  CHECK(
      fault(document(
          freight +
          R"(, {"step": "x", "phase": "aggregate", "spread": {"total": "1", "by": "freight", "weight": "1"}, )" +
          to_cents + "}")) == "bad_document at file_0.json#/steps/3/spread/by");
  CHECK(fault(document(R"(, {"step": "x", "spread": {"total": "1", "weight": "1"}, )" + to_cents +
                       "}")) == "bad_document" + at_x + "/spread");
}

TEST_CASE("rules: sums over lines need steps of earlier phases", "[rules]") {
  CHECK(step(R"json("amount": "lines.sum(l, l.amount)")json").empty());
  CHECK(fault(document(R"json(, {"step": "x", "amount": "lines.sum(l, l.amount)"})json")) ==
        "bad_expression" + at_x + "/amount");
  CHECK(
      fault(
          document(
              freight +
              R"json(, {"step": "x", "phase": "aggregate", "amount": "lines.sum(l, freight)"})json"))
          .empty());
  CHECK(step(R"("of": "order", "amount": "amount")") == "bad_expression" + at_x + "/amount");
  CHECK(step(R"("of": "order", "amount": "weight")") == "bad_expression" + at_x + "/amount");
  CHECK(step(R"("of": "order", "when": "quantity > 1", "amount": "1")") ==
        "bad_expression" + at_x + "/when");
}

TEST_CASE("rules: the answer of an order", "[rules]") {
  const auto shaped = [](const std::string& shape) {
    return fault(document(
        freight + R"(, {"step": "low", "phase": "document", "when": "amount < 1", "guard": {}})",
        "", shape));
  };
  const std::string there = " at file_0.json#/answer";
  CHECK(
      shaped(answer + R"(, "order": {"shipping": "freight"}, "components": {"freight": "freight"})")
          .empty());
  CHECK(shaped(answer + R"(, "order": {"amount": "amount"})") ==
        "bad_document" + there + "/order/amount");
  CHECK(shaped(answer + R"(, "order": {"shipping": "x"})") ==
        "bad_document" + there + "/order/shipping");
  CHECK(shaped(answer + R"(, "order": {"": "freight"})") == "bad_text" + there + "/order/");
  CHECK(shaped(answer + R"(, "order": [])") == "bad_document" + there + "/order");
  CHECK(shaped(answer + R"(, "components": {"low": "low"})") ==
        "bad_document" + there + "/components/low");
  CHECK(shaped(answer + R"(, "components": {"freight": "freight"}, "totals": ["freight"])") ==
        "bad_document" + there + "/totals/0");
  CHECK(shaped(R"("price": "price", "unit_price": "price", "line_amount": "freight")") ==
        "bad_document" + there + "/line_amount");
}

TEST_CASE("rules: the deciding date and exchange rates", "[rules]") {
  const auto made = tests::compiled({document(
      "", R"(, "deciding_date": "due", "exchange_rates": {"kind": "monthly", "through": "EUR"})")});
  REQUIRE(made.faults.empty());
  CHECK(made.rules->procedures[0].deciding_date == "due");
  CHECK(made.rules->procedures[0].rate_kind == "monthly");
  CHECK(made.rules->procedures[0].rate_currency == "EUR");
  for (const char* wrong : {"colour", "weight", "limit", "article", "currency", "customer"}) {
    CHECK(fault(document("", R"(, "deciding_date": ")" + std::string{wrong} + "\"")) ==
          "unknown_field at file_0.json#/deciding_date");
  }
  CHECK(fault(document("", R"(, "deciding_date": "")")) == "missing_value at file_0.json#");
  CHECK(fault(document("", R"(, "exchange_rates": {"from": "EUR"})")) ==
        "bad_document at file_0.json#/exchange_rates/from");
  CHECK(fault(document("", R"(, "exchange_rates": {"kind": 5})")) ==
        "bad_document at file_0.json#/exchange_rates/kind");
}

#include "tests/rules/expression_scope.hpp"

#include "tests/catch.hpp"

#include <map>

namespace tests {

namespace model = engine::model;
namespace rule = engine::rule;
using rule::Op;

namespace {

rule::Step step(const char* name, rule::Phase phase) {
  rule::Step made;
  made.name = name;
  made.phase = phase;
  return made;
}

void find(rule::Step& step, model::Schema& schema, const std::vector<const char*>& types) {
  step.find.emplace();
  for (const char* type : types) {
    auto table = schema.declare_table(*schema.find_type(type), {model::Schema::article});
    REQUIRE(table);
    step.find->accesses.emplace_back().table = *table;
  }
}

const std::map<Op, std::string> words{
    {Op::quantity, "quantity"}, {Op::base_quantity, "base_quantity"},
    {Op::running, "running"},   {Op::add, "+"},
    {Op::subtract, "-"},        {Op::multiply, "*"},
    {Op::negate, "neg"},        {Op::minimum, "min"},
    {Op::maximum, "max"},       {Op::less, "<"},
    {Op::less_equal, "<="},     {Op::equal, "=="},
    {Op::not_equal, "!="},      {Op::logical_and, "&&"},
    {Op::logical_or, "||"},     {Op::logical_not, "!"},
    {Op::select, "?"}};

std::string list(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ",") + item;
  return "(" + text + ")";
}

std::string number_list(const rule::Instruction& i) {
  std::vector<std::string> items;
  items.reserve(i.list.size());
  for (const auto& each : i.list) items.push_back(to_string(each));
  return list(items) + " per " + to_string(i.constant);
}

std::string load_word(const rule::Instruction& i, const Scope& given) {
  const bool of_step = i.step < given.steps.size();
  const std::string step = of_step ? given.steps[i.step].name : "record";
  const std::string field = i.field.is_none() ? "" : given.schema.field(i.field).name;
  const std::string index = std::to_string(i.index);
  static constexpr std::array<const char*, 3> tests{"starts", "ends", "contains"};
  switch (i.op) {
    case Op::constant:
      return to_string(i.constant);
    case Op::step_amount:
      return step;
    case Op::step_exact:
      return step + ".exact";
    case Op::record_value:
      return step + ".value";
    case Op::record_found:
      return step + ".found";
    case Op::record_flag:
      return step + "." + given.schema.flag_name(i.flag);
    case Op::record_parameter:
      return step + ".number" + index;
    case Op::record_has_parameter:
      return step + ".has" + index;
    case Op::field_among:
      return field + list(i.codes);
    case Op::field_test:
      return field + "." + tests[static_cast<std::size_t>(i.test)] + list(i.codes);
    case Op::field_given:
      return field + ".given";
    case Op::field_number:
      return field;
    case Op::input:
      return "input" + index;
    case Op::aggregate:
      return "#" + index;
    case Op::charge_left:
      return step + ".left" + index;
    default:
      return words.at(i.op);
  }
}

std::string word(const rule::Instruction& i, const Scope& given) {
  const std::string mode{engine::base::rounding_name(i.mode)};
  const std::string rounding = std::to_string(i.decimals) + " " + mode;
  if (i.op == Op::round) return "round(" + rounding + ")";
  if (i.op == Op::divide_round) return "divide(" + rounding + ")";
  const std::string step = i.step < given.steps.size() ? given.steps[i.step].name : "";
  if (i.op == Op::extend_round) return "extend(" + step + " " + rounding + ")";
  if (i.op == Op::unit_round) return "unit(" + step + " " + rounding + ")";
  if (i.op == Op::scale_round) return "scale(" + step + " " + rounding + ")";
  if (i.op == Op::convert_round) return "convert(" + step + " " + rounding + ")";
  if (i.op == Op::ending) return "ending" + number_list(i) + " " + mode;
  return load_word(i, given);
}

}  // namespace

Scope::Scope() {
  using Side = model::FieldSide;
  using Value = model::FieldValue;
  REQUIRE(schema.declare_field("brand", Side::article, model::Domain::text));
  REQUIRE(schema.declare_field("weight", Side::article, model::Domain::text, Value::number));
  REQUIRE(schema.declare_field("heavy", Side::article, model::Domain::text, Value::truth));
  REQUIRE(schema.declare_field("tier", Side::question, model::Domain::text));
  REQUIRE(schema.declare_field("limit", Side::party, model::Domain::text, Value::number));
  const auto declare = [this](const char* name, std::vector<std::string> numbers) {
    model::ConditionType type;
    type.name = name;
    type.parameters = std::move(numbers);
    type.inputs = {"paid", "spent"};
    REQUIRE(schema.declare_type(type));
  };
  declare("price", {"cost", "margin"});
  declare("offer", {"margin"});
  declare("short", {"cost"});
  parameters = {{"share", engine::base::Decimal{60, 2}},
                {"four", engine::base::Decimal{40, 1}},
                {"strict", true},
                {"mode", std::string{"half_even"}},
                {"groups", rules::Texts{"A", "B"}},
                {"nobody", rules::Texts{}},
                {"endings", rules::Decimals{{99, 2}, {49, 2}}}};
  using rule::Phase;
  steps = {step("price", Phase::line),
           step("rate", Phase::line),
           step("net", Phase::line),
           step("shipping", Phase::aggregate),
           step("promotions", Phase::aggregate),
           step("low", Phase::aggregate),
           step("mixed", Phase::document)};
  find(steps[0], schema, {"price", "short"});
  steps[0].find->required = true;
  find(steps[1], schema, {"short"});
  steps[3].of_order = true;
  find(steps[4], schema, {"price"});
  steps[4].apply.emplace().charges = {3};
  steps[5].guard.emplace();
  find(steps[6], schema, {"price", "offer"});
  scope.schema = &schema;
  scope.parameters = &parameters;
  scope.steps = &steps;
  scope.aggregates = &aggregates;
  scope.phase = rule::Phase::document;
}

std::string program(const rule::Formula& code, const Scope& given) {
  std::string all;
  for (const rule::Instruction& i : code) all += (all.empty() ? "" : " ") + word(i, given);
  return all;
}

std::string program(const std::string& text, ExpressionType type, Scope& given) {
  const auto compiled = rules::compile_expression(text, type, given.scope);
  INFO(text);
  if (!compiled) FAIL(compiled.error().detail);
  return program(*compiled, given);
}

std::string program(const std::string& text, ExpressionType type) {
  Scope given;
  return program(text, type, given);
}

std::string condition(const std::string& text) { return program(text, ExpressionType::truth); }

Refusal refusal(const std::string& text, ExpressionType type, Scope& given) {
  const auto compiled = rules::compile_expression(text, type, given.scope);
  INFO(text);
  REQUIRE_FALSE(compiled);
  CHECK(compiled.error().code == engine::base::FaultCode::bad_expression);
  const std::string& detail = compiled.error().detail;
  const auto first = detail.find('\n');
  const auto second = detail.find('\n', first + 1);
  REQUIRE(second != std::string::npos);
  CHECK(detail.substr(first + 5, second - first - 5) == text);
  return {detail.substr(0, first), detail.size() - second - 6};
}

Refusal refusal(const std::string& text, ExpressionType type) {
  Scope given;
  return refusal(text, type, given);
}

void check_mistakes(const std::vector<Mistake>& mistakes, ExpressionType type, Scope& given) {
  for (const Mistake& mistake : mistakes) {
    const Refusal told = refusal(mistake.text, type, given);
    INFO(mistake.text << ": " << told.why);
    CHECK(told.why.find(mistake.why) != std::string::npos);
    CHECK(told.caret == mistake.caret);
  }
}

}  // namespace tests

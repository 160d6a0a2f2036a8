#include "rules/procedure_draft.hpp"

#include "engine/base/limits.hpp"

#include <algorithm>

namespace rules {

namespace rule = engine::rule;
using engine::base::FaultCode;

ExpressionScope ProcedureDraft::scope_of(const rule::Step& step) const {
  ExpressionScope scope;
  scope.subject = step.of_order ? Subject::order : Subject::line;
  scope.schema = &schema;
  scope.parameters = &parameters;
  scope.steps = &made.steps;
  scope.phase = step.phase;
  return scope;
}

rule::Formula ProcedureDraft::formula(const Json& object, std::string_view name,
                                      ExpressionType wanted, ExpressionScope scope) {
  const Json* text = object.find(name);
  return text == nullptr ? rule::Formula{} : expression(*text, wanted, scope);
}

rule::Formula ProcedureDraft::expression(const Json& text, ExpressionType wanted,
                                         ExpressionScope scope) {
  if (!text.is(Json::Kind::string)) {
    reader.fault(text, FaultCode::bad_document, "an expression is a text");
    return {};
  }
  scope.aggregates = &made.aggregates;
  auto compiled = compile_expression(text.text(), wanted, scope);
  if (compiled) return *std::move(compiled);
  reader.fault(text, compiled.error());
  return {};
}

std::optional<std::uint16_t> ProcedureDraft::earlier_step(const Json& at, std::string_view name) {
  const auto found = std::ranges::find(made.steps, name, &rule::Step::name);
  if (found != made.steps.end()) return static_cast<std::uint16_t>(found - made.steps.begin());
  reader.fault(at, FaultCode::bad_document, "'" + std::string{name} + "' is no step before this");
  return std::nullopt;
}

std::optional<rule::RoundTo> ProcedureDraft::rounding(const Json& item) {
  if (!reader.members(item, {"decimals", "mode"})) return std::nullopt;
  const auto decimals = reader.whole(item, "decimals", 0, engine::base::limits::value_decimals);
  const auto mode = engine::base::rounding_from(reader.text(item, "mode"));
  if (!mode) {
    reader.fault(item, FaultCode::bad_document,
                 "a rounding names its mode: half_up, half_even, half_down, up or down");
  }
  if (item.find("decimals") == nullptr)
    reader.fault(item, FaultCode::missing_value, "'decimals' is missing");
  if (!decimals || !mode) return std::nullopt;
  return rule::RoundTo{static_cast<std::uint8_t>(*decimals), *mode};
}

}  // namespace rules

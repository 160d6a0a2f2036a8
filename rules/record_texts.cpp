#include "rules/record_texts.hpp"

#include "rules/expression.hpp"

namespace rules {

using engine::base::Result;
using engine::model::CompiledText;
using engine::model::ConditionType;
using engine::model::Schema;
using engine::model::TextUse;

Result<std::shared_ptr<const CompiledText>> RecordTexts::compile(std::string_view text, TextUse use,
                                                                 const Schema& schema,
                                                                 const ConditionType* type) const {
  ExpressionScope scope;
  scope.subject = Subject::record;
  scope.schema = &schema;
  scope.type = type;
  const auto wanted = use == TextUse::condition ? ExpressionType::truth : ExpressionType::decimal;
  auto made = std::make_shared<engine::rule::RecordFormula>();
  scope.inputs = &made->inputs;
  scope.aggregates = &made->aggregates;
  auto code = compile_expression(text, wanted, scope);
  if (!code) return code.error();
  made->code = *std::move(code);
  return std::shared_ptr<const CompiledText>{std::move(made)};
}

}  // namespace rules

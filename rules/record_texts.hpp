// RecordTexts: compiles the conditions and formulas that stand in records and documents. They may
// name fields, the quantity, and of their condition type the inputs and the numbers that the record
// carries, and sum these over the lines; nothing of a procedure, since several may find the record.
// A document's text may name inputs of any condition type; where a step does not say what one is,
// it is missing. Stateless: any thread.
#pragma once

#include "engine/model/record_text.hpp"

namespace rules {

class RecordTexts final : public engine::model::RecordTextCompiler {
 public:
  // The compiled text is an engine::rule::RecordFormula.
  engine::base::Result<std::shared_ptr<const engine::model::CompiledText>> compile(
      std::string_view text, engine::model::TextUse use, const engine::model::Schema& schema,
      const engine::model::ConditionType* type) const override;
};

}  // namespace rules

// What a part of an expression is, while it is compiled. Numbers and truths have left code behind;
// texts and lists have not, since only comparing them gives a value. Used by expression_*.cpp only.
#pragma once

#include "engine/model/ids.hpp"
#include "engine/rule/formula.hpp"
#include "rules/expression.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace rules {

struct Operand {
  ExpressionType type = ExpressionType::decimal;
  std::optional<engine::model::FieldId> field = {};  // of a text that only the line knows
  Texts texts = {};                                  // of a constant text (one), or a list of them
  Decimals decimals = {};                            // of a list of numbers
};

inline engine::rule::Instruction instruction(engine::rule::Op op) {
  engine::rule::Instruction made;
  made.op = op;
  return made;
}

inline engine::rule::Instruction constant_of(const engine::base::Decimal& value) {
  engine::rule::Instruction made;
  made.constant = value;
  return made;
}

inline engine::rule::Instruction truth_of(bool value) { return constant_of({value ? 1 : 0, 0}); }

}  // namespace rules

// Expressions: formulas and conditions as people write them, in a subset of the Common Expression
// Language (CEL), compiled to a rule::Formula. Values are exact decimals and truth; an integer
// literal is a decimal. Differences from CEL: decimals instead of double; division only as round(a
// / b, decimals, mode); no other type enters a formula.
//   literals 12, 0.60, true, false     + - * ( )      < <= > >= == !=     && || !     condition ? a
//   : b round(x, 4, 'half_up')  min(a, b)  max(a, b)  extended(price [, step]) inside round
//   quantity      name of a parameter      name of an earlier step: its amount
//   step.exact  step.value (or step.rate)  step.found  step.<flag>
// A wrong expression is a bad_expression Fault whose detail shows the text with a caret under the
// place.
#pragma once

#include "engine/base/result.hpp"
#include "engine/model/schema.hpp"
#include "engine/rule/procedure.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rules {

enum class ExpressionType { decimal, truth };

// What names mean where the expression stands.
struct ExpressionScope {
  const std::vector<engine::rule::Step>* steps =
      nullptr;  // those before it; only these may be referred to
  const std::map<std::string, engine::base::Decimal>* parameters = nullptr;
  const engine::model::Schema* schema = nullptr;
  bool own_step_found = false;  // the last of `steps` is the expression's own: its record may be
                                // referred to, not its amount
};

engine::base::Result<engine::rule::Formula> compile_expression(std::string_view text,
                                                               ExpressionType wanted,
                                                               const ExpressionScope& scope);

}  // namespace rules

// What names mean in an expression: the quantity, parameters, earlier steps and what they found,
// fields; in a record's own text the inputs of its condition type and its own numbers. Every "no"
// is a bad_expression Fault with a caret under the name. Used by expression_*.cpp only.
#pragma once

#include "rules/expression.hpp"
#include "rules/expression_lexer.hpp"
#include "rules/expression_operand.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace rules {

class ExpressionNames {
 public:
  ExpressionNames(std::string_view text, const ExpressionScope& scope)
      : text_{text}, scope_{scope} {}

  // Between these, names are those of each line of the order, with `variable.` before them or not.
  engine::base::Result<void> enter_lines(const Token& variable);

  void leave_lines() { variable_.reset(); }

  bool within_lines() const { return variable_.has_value(); }

  // Appends the load of what the word stands for, where it is a number or a truth.
  engine::base::Result<Operand> load(const Token& word, engine::rule::Formula& code) const;
  // Of has(word): whether there is such a value.
  engine::base::Result<engine::rule::Instruction> presence(const Token& word) const;
  // The step named, whose record's unit, scale or currency counts.
  engine::base::Result<std::uint16_t> step_with_record(const Token& word) const;
  // One whose scales are read with the quantity of the line.
  engine::base::Result<std::uint16_t> step_with_own_scale(const Token& word) const;
  // The first step that must find a record; `at` is where no step was named.
  engine::base::Result<std::uint16_t> required_step(const Token& at) const;

  // Whether the expression is about one line here, which has a quantity.
  bool of_one_line() const { return scope_.subject != Subject::order || within_lines(); }

  // Null where there is no parameter of this name.
  const Constant* parameter(std::string_view name) const;

 private:
  using Load = engine::base::Result<engine::rule::Instruction>;
  using Loaded = engine::base::Result<Operand>;

  engine::base::Fault fault(const Token& word, const std::string& why) const {
    return expression_fault(text_, word.at, why);
  }

  std::string_view plain_name(const Token& word) const;
  Loaded push(Load load, ExpressionType type, engine::rule::Formula& code) const;
  Load quantity(const Token& word, engine::rule::Op op) const;
  Load running(const Token& word) const;
  Loaded parameter_value(const Constant& value, engine::rule::Formula& code) const;
  Loaded field(const Token& word, engine::model::FieldId id, engine::rule::Formula& code) const;
  Loaded step_result(const Token& word, std::string_view name, engine::rule::Formula& code) const;
  Loaded found_result(const Token& word, std::uint16_t number, std::string_view result,
                      engine::rule::Formula& code) const;
  Loaded applied_result(const Token& word, std::uint16_t number, std::string_view result,
                        engine::rule::Formula& code) const;
  engine::base::Result<void> check_reach(const Token& word, std::uint16_t step) const;
  Load number_of_record(const Token& word, std::uint16_t step, std::string_view name) const;
  std::optional<std::uint16_t> find_step(std::string_view name) const;
  bool is_input(std::string_view name) const;
  std::uint16_t input_number(std::string_view name) const;
  std::optional<std::uint16_t> own_number(std::string_view name) const;
  bool is_own(std::uint16_t step) const;
  engine::base::Fault unknown(const Token& word, std::string_view name) const;

  std::string_view text_;
  const ExpressionScope& scope_;
  std::optional<std::string> variable_;  // of lines.sum(variable, ...)
};

}  // namespace rules

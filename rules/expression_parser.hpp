// The grammar of expressions, by recursive descent: every function leaves the code of what it read
// and returns what that is. Used by expression_*.cpp only:
//   expression_parser.cpp      operators and literals
//   expression_comparison.cpp  ==, != and in: of numbers, truths, texts and lists
//   expression_functions.cpp   what is called: round, min, has, lines.sum ...
#pragma once

#include "engine/base/limits.hpp"
#include "rules/expression_lexer.hpp"
#include "rules/expression_names.hpp"
#include "rules/expression_operand.hpp"

#include <string>
#include <string_view>

namespace rules {

class ExpressionParser {
 public:
  ExpressionParser(std::string_view text, const ExpressionScope& scope)
      : text_{text}, lexer_{text}, scope_{scope}, names_{text, scope} {}

  engine::base::Result<engine::rule::Formula> parse(ExpressionType wanted);

 private:
  using Done = engine::base::Result<void>;
  using Parsed = engine::base::Result<Operand>;
  using Instruction = engine::rule::Instruction;
  using Op = engine::rule::Op;

  struct BinaryOperator {
    std::string_view symbol;
    Op op;
    ExpressionType operands;
    ExpressionType result;
    bool swapped = false;  // a > b is b < a
  };

  // Where an operand stands: in the text, and its code.
  struct Place {
    std::size_t at = 0;
    std::size_t begin = 0;
  };

  static const std::vector<std::vector<BinaryOperator>> levels;  // loosest first

  // Operators and literals
  engine::base::Fault fault(const std::string& why) const {
    return expression_fault(text_, token_.at, why);
  }

  Place here() const { return {token_.at, code_.size()}; }

  Done advance();
  bool at_symbol(std::string_view symbol) const;
  Done expect(std::string_view symbol);
  Done require(ExpressionType type, ExpressionType wanted, std::size_t at) const;
  Done check_length() const;
  Done deeper();
  Parsed conditional();
  Parsed branches(ExpressionType condition, std::size_t at);
  const BinaryOperator* operator_at(std::size_t level) const;
  Parsed binary(std::size_t level);
  Parsed operations(std::size_t level, Operand left, Place place);
  Parsed unary();
  Parsed primary();
  Parsed parenthesis();
  Parsed number();
  Parsed text();
  Parsed list();
  Done list_item(Operand& list);
  Parsed truth(bool value);
  Parsed name();

  // Comparisons
  Done check_left(const BinaryOperator& op, const Operand& left, std::size_t at) const;
  Parsed combine(const BinaryOperator& op, const Operand& left, const Operand& right,
                 Place left_place, Place right_place);
  Parsed equality(const BinaryOperator& op, const Operand& left, const Operand& right,
                  Place right_place);
  Parsed text_equality(bool equal, const Operand& left, const Operand& right, Place right_place);
  Parsed membership(const Operand& left, const Operand& right, Place left_place, Place right_place);
  Done number_membership(const Decimals& list, std::size_t begin);
  void push_among(engine::model::FieldId field, const Texts& codes);
  Parsed method();

  // Functions
  bool at_function() const;
  Parsed function();
  Done open();
  Parsed extreme(Op op);
  Parsed absolute();
  Parsed presence();
  Parsed round();
  Parsed round_to();
  Parsed ending();
  Parsed over_lines();
  Done decimal_argument();
  Done rounded_argument(Instruction& rounding);
  Done rest_of_argument(Operand product, Place place);
  Done rounding_arguments(Instruction& rounding);
  Done decimals_argument(Instruction& rounding);
  Done mode_argument(Instruction& rounding);
  Done record_argument(Instruction& rounding);
  Done record_step(Instruction& rounding);
  Done endings_argument(Instruction& ending);
  Done base_argument(Instruction& ending);
  Done ending_mode(Instruction& ending);
  Done repeat(std::size_t begin, std::size_t end);
  std::uint16_t aggregate_number(engine::rule::Aggregate aggregate);
  engine::base::Result<std::string> constant_text(const std::string& wanted);

  std::string_view text_;
  Lexer lexer_;
  const ExpressionScope& scope_;
  ExpressionNames names_;
  Token token_;
  engine::rule::Formula code_;
  std::size_t nesting_ = 0;
};

}  // namespace rules

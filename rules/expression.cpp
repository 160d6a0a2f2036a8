#include "rules/expression.hpp"

#include "engine/base/limits.hpp"
#include "rules/expression_lexer.hpp"

#include <algorithm>
#include <optional>

namespace rules {

namespace limits = engine::base::limits;
using engine::base::Decimal;
using engine::base::Fault;
using engine::base::Result;
using engine::rule::Formula;
using engine::rule::Instruction;
using engine::rule::Op;
using Type = ExpressionType;

namespace {

struct BinaryOperator {
  std::string_view symbol;
  Op op;
  Type operands;
  Type result;
  bool swapped = false;  // a > b is b < a
};

// Loosest first; operators of a level associate to the left.
const std::vector<std::vector<BinaryOperator>> levels{
    {{"||", Op::logical_or, Type::truth, Type::truth}},
    {{"&&", Op::logical_and, Type::truth, Type::truth}},
    {{"==", Op::equal, Type::decimal, Type::truth},
     {"!=", Op::not_equal, Type::decimal, Type::truth},
     {"<=", Op::less_equal, Type::decimal, Type::truth},
     {">=", Op::less_equal, Type::decimal, Type::truth, true},
     {"<", Op::less, Type::decimal, Type::truth},
     {">", Op::less, Type::decimal, Type::truth, true}},
    {{"+", Op::add, Type::decimal, Type::decimal},
     {"-", Op::subtract, Type::decimal, Type::decimal}},
    {{"*", Op::multiply, Type::decimal, Type::decimal}},
};

Instruction make(Op op) {
  Instruction instruction;
  instruction.op = op;
  return instruction;
}

// Recursive descent; every function leaves the code of what it read and returns its type.
class Parser {
 public:
  Parser(std::string_view text, const ExpressionScope& scope)
      : text_{text}, lexer_{text}, scope_{scope} {}

  Result<Formula> parse(Type wanted) {
    if (auto ok = advance(); !ok) return ok.error();
    auto type = conditional();
    if (!type) return type.error();
    if (token_.kind != Token::Kind::end) return fault("the expression should end here");
    if (*type != wanted) {
      return expression_fault(text_, 0,
                              wanted == Type::truth
                                  ? "this is a number; a condition is true or false"
                                  : "this is true or false; a number is wanted");
    }
    if (code_.size() > limits::formula_length)
      return expression_fault(text_, 0, "this is too long");
    return std::move(code_);
  }

 private:
  using Parsed = Result<Type>;

  Fault fault(const std::string& why) const { return expression_fault(text_, token_.at, why); }

  Result<void> advance() {
    auto token = lexer_.next();
    if (!token) return token.error();
    token_ = *token;
    return {};
  }

  bool at_symbol(std::string_view symbol) const {
    return token_.kind == Token::Kind::symbol && token_.text == symbol;
  }

  Result<void> expect(std::string_view symbol) {
    if (!at_symbol(symbol)) return fault("'" + std::string{symbol} + "' is missing here");
    return advance();
  }

  Result<void> require(Type type, Type wanted, std::size_t at) const {
    if (type == wanted) return {};
    return expression_fault(
        text_, at,
        wanted == Type::truth ? "true or false is wanted here" : "a number is wanted here");
  }

  Parsed conditional() {
    if (++nesting_ > limits::expression_nesting) return fault("this is nested too deeply");
    const std::size_t at = token_.at;
    auto type = binary(0);
    if (type && at_symbol("?")) type = branches(*type, at);
    --nesting_;
    return type;
  }

  Parsed branches(Type condition, std::size_t at) {
    if (auto ok = require(condition, Type::truth, at); !ok) return ok.error();
    if (auto ok = advance(); !ok) return ok.error();
    auto then = conditional();
    if (!then) return then;
    if (auto ok = expect(":"); !ok) return ok.error();
    const std::size_t otherwise_at = token_.at;
    auto otherwise = conditional();
    if (!otherwise) return otherwise;
    if (auto ok = require(*otherwise, *then, otherwise_at); !ok) return ok.error();
    code_.push_back(make(Op::select));
    return *then;
  }

  const BinaryOperator* operator_at(std::size_t level) const {
    if (token_.kind != Token::Kind::symbol) return nullptr;
    const auto found = std::ranges::find(levels[level], token_.text, &BinaryOperator::symbol);
    return found == levels[level].end() ? nullptr : &*found;
  }

  Parsed binary(std::size_t level) {
    if (level == levels.size()) return unary();
    const std::size_t at = token_.at;
    const std::size_t begin = code_.size();
    auto type = binary(level + 1);
    return type ? operations(level, *type, at, begin) : type;
  }

  // The operators of a level that follow an operand: it starts at the byte `at`, its code at
  // `begin`.
  Parsed operations(std::size_t level, Type type, std::size_t at, std::size_t begin) {
    while (const BinaryOperator* op = operator_at(level)) {
      if (auto ok = require(type, op->operands, at); !ok) return ok.error();
      if (auto ok = advance(); !ok) return ok.error();
      const std::size_t right_at = token_.at;
      const std::size_t right_begin = code_.size();
      auto right = binary(level + 1);
      if (!right) return right;
      if (auto ok = require(*right, op->operands, right_at); !ok) return ok.error();
      const auto from = code_.begin() + static_cast<std::ptrdiff_t>(begin);
      if (op->swapped)
        std::rotate(from, code_.begin() + static_cast<std::ptrdiff_t>(right_begin), code_.end());
      code_.push_back(make(op->op));
      type = op->result;
    }
    return type;
  }

  Parsed unary() {
    const bool minus = at_symbol("-");
    if (!minus && !at_symbol("!")) return primary();
    if (++nesting_ > limits::expression_nesting) return fault("this is nested too deeply");
    if (auto ok = advance(); !ok) return ok.error();
    const std::size_t at = token_.at;
    auto type = unary();
    --nesting_;
    if (!type) return type;
    if (auto ok = require(*type, minus ? Type::decimal : Type::truth, at); !ok) return ok.error();
    code_.push_back(make(minus ? Op::negate : Op::logical_not));
    return type;
  }

  Parsed primary() {
    if (token_.kind == Token::Kind::number) return number();
    if (token_.kind == Token::Kind::name) return name();
    if (at_symbol("/"))
      return fault("a division stands directly inside round(a / b, decimals, mode)");
    if (!at_symbol("(")) return fault("a number, a name or '(' is wanted here");
    if (auto ok = advance(); !ok) return ok.error();
    auto type = conditional();
    if (!type) return type;
    if (auto ok = expect(")"); !ok) return ok.error();
    return type;
  }

  Parsed number() {
    auto value = engine::base::parse_decimal(token_.text);
    if (!value) return fault(value.error().detail);
    return constant(*value);
  }

  Parsed constant(const Decimal& value) {
    Instruction push = make(Op::constant);
    push.constant = value;
    code_.push_back(push);
    if (auto ok = advance(); !ok) return ok.error();
    return Type::decimal;
  }

  Parsed name() {
    const Token word = token_;
    if (word.text == "true" || word.text == "false") {
      auto type = constant(Decimal{word.text == "true" ? 1 : 0, 0});
      return type ? Parsed{Type::truth} : type;
    }
    if (word.text == "round") return round();
    if (word.text == "min") return extreme(Op::minimum);
    if (word.text == "max") return extreme(Op::maximum);
    if (word.text == "extended")
      return fault("extended(...) stands directly inside round(...), since it can need a division");
    if (word.text == "quantity") {
      code_.push_back(make(Op::quantity));
      if (auto ok = advance(); !ok) return ok.error();
      return Type::decimal;
    }
    const auto parameter = scope_.parameters->find(std::string{word.text});
    if (parameter != scope_.parameters->end()) return constant(parameter->second);
    return step_result(word);
  }

  Parsed step_result(const Token& word) {
    const std::size_t dot = word.text.find('.');
    const std::string_view step_name = word.text.substr(0, dot);
    const auto& steps = *scope_.steps;
    const auto step = std::ranges::find(steps, step_name, &engine::rule::Step::name);
    if (step == steps.end()) {
      return fault("'" + std::string{step_name} + "' is no parameter and no earlier step");
    }
    const auto number = static_cast<std::uint16_t>(step - steps.begin());
    if (dot != std::string_view::npos && dot + 1 == word.text.size()) {
      return fault(
          "a step has exact, value, rate, found and the declared flags; nothing stands behind this "
          "point");
    }
    const bool own = scope_.own_step_found && number + 1U == steps.size();
    const std::string_view result =
        dot == std::string_view::npos ? std::string_view{} : word.text.substr(dot + 1);
    if (own && (result.empty() || result == "exact"))
      return fault("a step can't refer to its own amount");
    return push_result(*step, number, result);
  }

  Parsed push_result(const engine::rule::Step& step, std::uint16_t number,
                     std::string_view result) {
    Instruction push;
    push.step = number;
    Type type = Type::decimal;
    if (result.empty()) {
      push.op = Op::step_amount;
    } else if (result == "exact") {
      push.op = Op::step_exact;
    } else if (!step.find) {
      return fault("step '" + step.name + "' looks for no record, so it has no '" +
                   std::string{result} + "'");
    } else if (result == "value" || result == "rate") {
      push.op = Op::record_value;
    } else if (result == "found") {
      push.op = Op::record_found;
      type = Type::truth;
    } else {
      const auto flag = scope_.schema->find_flag(result);
      if (!flag)
        return fault("a step has exact, value, rate, found and the declared flags; '" +
                     std::string{result} + "' is none of them");
      push.op = Op::record_flag;
      push.flag = *flag;
      type = Type::truth;
    }
    code_.push_back(push);
    if (auto ok = advance(); !ok) return ok.error();
    return type;
  }

  Parsed extreme(Op op) {
    if (auto ok = advance(); !ok) return ok.error();
    if (auto ok = expect("("); !ok) return ok.error();
    if (auto ok = decimal_argument(); !ok) return ok.error();
    if (auto ok = expect(","); !ok) return ok.error();
    if (auto ok = decimal_argument(); !ok) return ok.error();
    if (auto ok = expect(")"); !ok) return ok.error();
    code_.push_back(make(op));
    return Type::decimal;
  }

  Result<void> decimal_argument() {
    const std::size_t at = token_.at;
    auto type = conditional();
    if (!type) return type.error();
    return require(*type, Type::decimal, at);
  }

  // round(x, n, mode), round(a / b, n, mode), round(extended(x, step), n, mode)
  Parsed round() {
    if (++nesting_ > limits::expression_nesting) return fault("this is nested too deeply");
    if (auto ok = advance(); !ok) return ok.error();
    if (auto ok = expect("("); !ok) return ok.error();
    Instruction rounding = make(Op::round);
    if (token_.kind == Token::Kind::name && token_.text == "extended") {
      rounding.op = Op::extend_round;
      if (auto ok = extended(rounding); !ok) return ok.error();
    } else {
      if (auto ok = rounded_argument(rounding); !ok) return ok.error();
    }
    if (auto ok = rounding_arguments(rounding); !ok) return ok.error();
    --nesting_;
    code_.push_back(rounding);
    return Type::decimal;
  }

  // A product over one factor is a division; what else follows a product makes it the first operand
  // of an expression. So precedence stays CEL's: round(a + b / c, ...) and round(a / b * c, ...)
  // are refused, not misread.
  Result<void> rounded_argument(Instruction& rounding) {
    const std::size_t at = token_.at;
    const std::size_t begin = code_.size();
    auto product = binary(levels.size() - 1);
    if (!product) return product.error();
    if (!at_symbol("/")) {
      if (auto ok = rest_of_argument(*product, at, begin); !ok) return ok;
      if (at_symbol("/"))
        return fault("put what is divided in parentheses: round((a + b) / c, ...)");
      return {};
    }
    rounding.op = Op::divide_round;
    if (auto ok = require(*product, Type::decimal, at); !ok) return ok;
    if (auto ok = advance(); !ok) return ok;
    const std::size_t divisor_at = token_.at;
    auto divisor = unary();
    if (!divisor) return divisor.error();
    if (!at_symbol(","))
      return fault(
          "one division at a time: put the divisor in parentheses, round(a / (b * c), ...)");
    return require(*divisor, Type::decimal, divisor_at);
  }

  Result<void> rest_of_argument(Type product, std::size_t at, std::size_t begin) {
    Parsed type = product;
    for (std::size_t level = levels.size() - 1; type && level > 0; --level)
      type = operations(level - 1, *type, at, begin);
    if (type && at_symbol("?")) type = branches(*type, at);
    if (!type) return type.error();
    return require(*type, Type::decimal, at);
  }

  Result<void> rounding_arguments(Instruction& rounding) {
    if (auto ok = expect(","); !ok) return ok;
    if (token_.kind != Token::Kind::number || token_.text.size() > 2)
      return fault("the number of decimals is wanted here");
    const auto decimals = engine::base::parse_decimal(token_.text);
    if (!decimals || decimals->decimals != 0 || decimals->mantissa > limits::value_decimals) {
      return fault("0 to " + std::to_string(limits::value_decimals) + " decimals can be kept");
    }
    rounding.decimals = static_cast<std::uint8_t>(decimals->mantissa);
    if (auto ok = advance(); !ok) return ok;
    if (auto ok = expect(","); !ok) return ok;
    const auto mode = engine::base::rounding_from(token_.text);
    if (token_.kind != Token::Kind::string || !mode) {
      return fault("a mode is wanted here: 'half_up', 'half_even', 'half_down', 'up' or 'down'");
    }
    rounding.mode = *mode;
    if (auto ok = advance(); !ok) return ok;
    return expect(")");
  }

  Result<void> extended(Instruction& rounding) {
    if (auto ok = advance(); !ok) return ok;
    if (auto ok = expect("("); !ok) return ok;
    if (auto ok = decimal_argument(); !ok) return ok;
    std::optional<std::uint16_t> step;
    const auto& steps = *scope_.steps;
    if (at_symbol(",")) {
      if (auto ok = advance(); !ok) return ok;
      const auto named = std::ranges::find(steps, token_.text, &engine::rule::Step::name);
      if (named == steps.end() || !named->find)
        return fault("a step that finds a price is wanted here");
      step = static_cast<std::uint16_t>(named - steps.begin());
      if (auto ok = advance(); !ok) return ok;
    } else {
      const auto first =
          std::ranges::find_if(steps, [](const auto& s) { return s.find && s.find->required; });
      if (first == steps.end())
        return fault(
            "no earlier step is required to find a price; name the step whose unit counts");
      step = static_cast<std::uint16_t>(first - steps.begin());
    }
    rounding.step = *step;
    return expect(")");
  }

  std::string_view text_;
  Lexer lexer_;
  const ExpressionScope& scope_;
  Token token_;
  Formula code_;
  std::size_t nesting_ = 0;
};

}  // namespace

Result<Formula> compile_expression(std::string_view text, ExpressionType wanted,
                                   const ExpressionScope& scope) {
  if (text.size() > limits::text_length)
    return expression_fault(text.substr(0, 60), 0, "this is too long");
  return Parser{text, scope}.parse(wanted);
}

}  // namespace rules

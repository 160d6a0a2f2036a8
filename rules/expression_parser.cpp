#include "rules/expression_parser.hpp"

#include <algorithm>

namespace rules {

namespace limits = engine::base::limits;
using engine::base::Decimal;
using engine::base::Result;
using engine::rule::Formula;
using Type = ExpressionType;

// `in` has no instruction of its own: field_among stands for it here.
const std::vector<std::vector<ExpressionParser::BinaryOperator>> ExpressionParser::levels{
    {{"||", Op::logical_or, Type::truth, Type::truth}},
    {{"&&", Op::logical_and, Type::truth, Type::truth}},
    {{"==", Op::equal, Type::decimal, Type::truth},
     {"!=", Op::not_equal, Type::decimal, Type::truth},
     {"in", Op::field_among, Type::text, Type::truth},
     {"<=", Op::less_equal, Type::decimal, Type::truth},
     {">=", Op::less_equal, Type::decimal, Type::truth, true},
     {"<", Op::less, Type::decimal, Type::truth},
     {">", Op::less, Type::decimal, Type::truth, true}},
    {{"+", Op::add, Type::decimal, Type::decimal},
     {"-", Op::subtract, Type::decimal, Type::decimal}},
    {{"*", Op::multiply, Type::decimal, Type::decimal}},
};

namespace {

std::string wanted_text(Type type) {
  switch (type) {
    case Type::decimal:
      return "a number";
    case Type::truth:
      return "true or false";
    case Type::text:
      return "a text";
    case Type::texts:
      return "a list of texts";
    case Type::decimals:
      break;
  }
  return "a list of numbers";
}

}  // namespace

Result<Formula> ExpressionParser::parse(Type wanted) {
  if (auto ok = advance(); !ok) return ok.error();
  auto read = conditional();
  if (!read) return read.error();
  if (at_symbol("/"))
    return fault("a division says how it is rounded: round(a / b, decimals, 'half_up')");
  if (token_.kind != Token::Kind::end) return fault("the expression should end here");
  if (read->type != wanted) {
    return expression_fault(
        text_, 0,
        "this is " + wanted_text(read->type) +
            (wanted == Type::truth ? "; a condition is true or false" : "; a number is wanted"));
  }
  if (auto ok = check_length(); !ok) return ok.error();
  return std::move(code_);
}

Result<void> ExpressionParser::advance() {
  auto token = lexer_.next();
  if (!token) return token.error();
  token_ = *token;
  return {};
}

bool ExpressionParser::at_symbol(std::string_view symbol) const {
  return token_.kind == Token::Kind::symbol && token_.text == symbol;
}

Result<void> ExpressionParser::expect(std::string_view symbol) {
  if (!at_symbol(symbol)) return fault("'" + std::string{symbol} + "' is missing here");
  return advance();
}

Result<void> ExpressionParser::require(Type type, Type wanted, std::size_t at) const {
  if (type == wanted) return {};
  return expression_fault(text_, at, wanted_text(wanted) + " is wanted here");
}

Result<void> ExpressionParser::check_length() const {
  if (code_.size() <= limits::formula_length) return {};
  return expression_fault(text_, 0, "this is too long");
}

Result<void> ExpressionParser::deeper() {
  if (++nesting_ > limits::expression_nesting) return fault("this is nested too deeply");
  return {};
}

Result<Operand> ExpressionParser::conditional() {
  if (auto ok = deeper(); !ok) return ok.error();
  const std::size_t at = token_.at;
  auto read = binary(0);
  if (read && at_symbol("?")) read = branches(read->type, at);
  --nesting_;
  return read;
}

Result<Operand> ExpressionParser::branches(Type condition, std::size_t at) {
  if (auto ok = require(condition, Type::truth, at); !ok) return ok.error();
  if (auto ok = advance(); !ok) return ok.error();
  const std::size_t then_at = token_.at;
  auto then = conditional();
  if (!then) return then;
  if (then->type != Type::decimal && then->type != Type::truth)
    return expression_fault(text_, then_at, "texts and lists are only compared, not chosen");
  if (auto ok = expect(":"); !ok) return ok.error();
  const std::size_t otherwise_at = token_.at;
  auto otherwise = conditional();
  if (!otherwise) return otherwise;
  if (auto ok = require(otherwise->type, then->type, otherwise_at); !ok) return ok.error();
  code_.push_back(instruction(Op::select));
  return *then;
}

const ExpressionParser::BinaryOperator* ExpressionParser::operator_at(std::size_t level) const {
  const bool word = token_.kind == Token::Kind::name && token_.text == "in";
  if (token_.kind != Token::Kind::symbol && !word) return nullptr;
  const auto found = std::ranges::find(levels[level], token_.text, &BinaryOperator::symbol);
  return found == levels[level].end() ? nullptr : &*found;
}

Result<Operand> ExpressionParser::binary(std::size_t level) {
  if (level == levels.size()) return unary();
  const Place place = here();
  auto left = binary(level + 1);
  return left ? operations(level, *std::move(left), place) : left;
}

// The operators of a level that follow an operand.
Result<Operand> ExpressionParser::operations(std::size_t level, Operand left, Place place) {
  while (const BinaryOperator* op = operator_at(level)) {
    if (auto ok = check_left(*op, left, place.at); !ok) return ok.error();
    if (auto ok = advance(); !ok) return ok.error();
    const Place right_place = here();
    auto right = binary(level + 1);
    if (!right) return right;
    auto result = combine(*op, left, *right, place, right_place);
    if (!result) return result;
    left = *std::move(result);
  }
  return left;
}

Result<Operand> ExpressionParser::unary() {
  const bool minus = at_symbol("-");
  if (!minus && !at_symbol("!")) return primary();
  if (auto ok = deeper(); !ok) return ok.error();
  if (auto ok = advance(); !ok) return ok.error();
  const std::size_t at = token_.at;
  auto read = unary();
  --nesting_;
  if (!read) return read;
  if (auto ok = require(read->type, minus ? Type::decimal : Type::truth, at); !ok)
    return ok.error();
  code_.push_back(instruction(minus ? Op::negate : Op::logical_not));
  return read;
}

Result<Operand> ExpressionParser::primary() {
  if (token_.kind == Token::Kind::number) return number();
  if (token_.kind == Token::Kind::string) return text();
  if (token_.kind == Token::Kind::name) return name();
  if (at_symbol("[")) return list();
  if (at_symbol("/"))
    return fault("a division stands directly inside round(a / b, decimals, mode)");
  if (!at_symbol("(")) return fault("a number, a name or '(' is wanted here");
  return parenthesis();
}

Result<Operand> ExpressionParser::parenthesis() {
  if (auto ok = advance(); !ok) return ok.error();
  auto read = conditional();
  if (!read) return read;
  if (auto ok = expect(")"); !ok) return ok.error();
  return read;
}

Result<Operand> ExpressionParser::number() {
  auto value = engine::base::parse_decimal(token_.text);
  if (!value) return fault(value.error().detail);
  code_.push_back(constant_of(*value));
  if (auto ok = advance(); !ok) return ok.error();
  return Operand{Type::decimal};
}

Result<Operand> ExpressionParser::text() {
  Operand read{Type::text, std::nullopt, {std::string{token_.text}}};
  if (auto ok = advance(); !ok) return ok.error();
  return read;
}

Result<Operand> ExpressionParser::list() {
  Operand read{Type::texts};
  do {
    if (auto ok = advance(); !ok) return ok.error();
    if (auto ok = list_item(read); !ok) return ok.error();
  } while (at_symbol(","));
  if (auto ok = expect("]"); !ok) return ok.error();
  return read;
}

// The first item says whether the list is one of texts or of numbers.
Result<void> ExpressionParser::list_item(Operand& list) {
  const Place place = here();
  const bool first = list.texts.empty() && list.decimals.empty();
  auto item = unary();
  if (!item) return item.error();
  if (item->type == Type::text && !item->field && (first || list.type == Type::texts)) {
    list.texts.push_back(item->texts.front());
    return {};
  }
  const std::size_t length = code_.size() - place.begin;
  const bool negative = length == 2 && code_.back().op == Op::negate;
  const bool constant = item->type == Type::decimal && (length == 1 || negative) &&
                        code_[place.begin].op == Op::constant;
  if (!constant || (!first && list.type == Type::texts)) {
    return expression_fault(text_, place.at,
                            "a list holds texts in quotes, or numbers, and not both");
  }
  list.type = Type::decimals;
  Decimal value = code_[place.begin].constant;
  if (negative) value.mantissa = -value.mantissa;
  list.decimals.push_back(value);
  code_.resize(place.begin);
  return {};
}

Result<Operand> ExpressionParser::truth(bool value) {
  code_.push_back(truth_of(value));
  if (auto ok = advance(); !ok) return ok.error();
  return Operand{Type::truth};
}

Result<Operand> ExpressionParser::name() {
  if (token_.text == "true" || token_.text == "false") return truth(token_.text == "true");
  if (at_function()) return function();
  const std::size_t point = token_.text.rfind('.');
  const std::string_view last =
      point == std::string_view::npos ? std::string_view{} : token_.text.substr(point + 1);
  if (std::ranges::find(methods_of_texts, last) != methods_of_texts.end()) return method();
  auto read = names_.load(token_, code_);
  if (!read) return read;
  if (auto ok = advance(); !ok) return ok.error();
  return read;
}

Result<Formula> compile_expression(std::string_view text, Type wanted,
                                   const ExpressionScope& scope) {
  if (text.size() > limits::text_length)
    return expression_fault(text.substr(0, 60), 0, "this is too long");
  return ExpressionParser{text, scope}.parse(wanted);
}

}  // namespace rules

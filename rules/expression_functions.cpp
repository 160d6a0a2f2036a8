#include "rules/expression_parser.hpp"

#include <algorithm>

namespace rules {

namespace limits = engine::base::limits;
using engine::base::Decimal;
using engine::base::Result;
using engine::base::Rounding;
using engine::rule::Aggregate;
using engine::rule::AggregateKind;
using engine::rule::Formula;
using Type = ExpressionType;

namespace {

bool same(const engine::rule::Instruction& a, const engine::rule::Instruction& b) {
  return a.op == b.op && a.decimals == b.decimals && a.mode == b.mode && a.test == b.test &&
         a.step == b.step && a.index == b.index && a.flag == b.flag && a.field == b.field &&
         a.constant == b.constant && a.codes == b.codes && a.list == b.list;
}

bool same_aggregate(const Aggregate& a, const Aggregate& b) {
  return a.kind == b.kind && std::ranges::equal(a.of, b.of, same);
}

bool is_whole(const Decimal& value, int most) {
  const auto whole = engine::base::mantissa_at(value, 0);
  return whole && *whole >= 0 && *whole <= most;
}

bool is_less(const Decimal& a, const Decimal& b) {
  const int decimals = std::max(a.decimals, b.decimals);
  const auto x = engine::base::mantissa_at(a, decimals);
  const auto y = engine::base::mantissa_at(b, decimals);
  return x && y && *x < *y;
}

}  // namespace

bool ExpressionParser::at_function() const {
  static constexpr std::array<std::string_view, 11> functions{
      "round", "round_to", "ending",   "min",       "max",   "abs",
      "has",   "extended", "per_unit", "converted", "scaled"};
  return token_.text.starts_with("lines.") || token_.text == "lines" ||
         std::ranges::find(functions, token_.text) != functions.end();
}

Result<Operand> ExpressionParser::function() {
  if (token_.text.starts_with("lines")) return over_lines();
  if (token_.text == "round") return round();
  if (token_.text == "round_to") return round_to();
  if (token_.text == "ending") return ending();
  if (token_.text == "min") return extreme(Op::minimum);
  if (token_.text == "max") return extreme(Op::maximum);
  if (token_.text == "abs") return absolute();
  if (token_.text == "has") return presence();
  return fault(std::string{token_.text} +
               "(...) stands directly inside round(...), since it can need a division");
}

// The function's name and its parenthesis.
Result<void> ExpressionParser::open() {
  if (auto ok = advance(); !ok) return ok;
  return expect("(");
}

Result<Operand> ExpressionParser::extreme(Op op) {
  if (auto ok = open(); !ok) return ok.error();
  if (auto ok = decimal_argument(); !ok) return ok.error();
  if (auto ok = expect(","); !ok) return ok.error();
  if (auto ok = decimal_argument(); !ok) return ok.error();
  if (auto ok = expect(")"); !ok) return ok.error();
  code_.push_back(instruction(op));
  return Operand{Type::decimal};
}

// abs(x) is max(x, -x).
Result<Operand> ExpressionParser::absolute() {
  const std::size_t begin = code_.size();
  if (auto ok = open(); !ok) return ok.error();
  if (auto ok = decimal_argument(); !ok) return ok.error();
  if (auto ok = expect(")"); !ok) return ok.error();
  if (auto ok = repeat(begin, code_.size()); !ok) return ok.error();
  code_.push_back(instruction(Op::negate));
  code_.push_back(instruction(Op::maximum));
  return Operand{Type::decimal};
}

// Appends a part of the code once more.
Result<void> ExpressionParser::repeat(std::size_t begin, std::size_t end) {
  const auto at = [this](std::size_t i) { return code_.begin() + static_cast<std::ptrdiff_t>(i); };
  const Formula part{at(begin), at(end)};
  code_.insert(code_.end(), part.begin(), part.end());
  return check_length();
}

Result<Operand> ExpressionParser::presence() {
  if (auto ok = open(); !ok) return ok.error();
  if (token_.kind != Token::Kind::name) return fault("the name of a field is wanted here");
  auto asked = names_.presence(token_);
  if (!asked) return asked.error();
  code_.push_back(*std::move(asked));
  if (auto ok = advance(); !ok) return ok.error();
  if (auto ok = expect(")"); !ok) return ok.error();
  return Operand{Type::truth};
}

Result<void> ExpressionParser::decimal_argument() {
  const std::size_t at = token_.at;
  auto read = conditional();
  if (!read) return read.error();
  return require(read->type, Type::decimal, at);
}

// round(x, n, mode), round(a / b, n, mode), round(extended(x, step), n, mode) and the like
Result<Operand> ExpressionParser::round() {
  if (auto ok = deeper(); !ok) return ok.error();
  if (auto ok = open(); !ok) return ok.error();
  Instruction rounding = instruction(Op::round);
  const bool named = token_.kind == Token::Kind::name;
  if (named && token_.text == "extended") rounding.op = Op::extend_round;
  if (named && token_.text == "per_unit") rounding.op = Op::unit_round;
  if (named && token_.text == "scaled") rounding.op = Op::scale_round;
  if (named && token_.text == "converted") rounding.op = Op::convert_round;
  auto ok = rounding.op == Op::round ? rounded_argument(rounding) : record_argument(rounding);
  if (!ok) return ok.error();
  if (ok = rounding_arguments(rounding); !ok) return ok.error();
  if (ok = expect(")"); !ok) return ok.error();
  --nesting_;
  code_.push_back(rounding);
  return Operand{Type::decimal};
}

// A product over one factor is a division; what else follows a product makes it the first operand
// of an expression. So precedence stays CEL's: round(a + b / c, ...) and round(a / b * c, ...)
// are refused, not misread.
Result<void> ExpressionParser::rounded_argument(Instruction& rounding) {
  const Place place = here();
  auto product = binary(levels.size() - 1);
  if (!product) return product.error();
  if (!at_symbol("/")) {
    if (auto ok = rest_of_argument(*std::move(product), place); !ok) return ok;
    if (at_symbol("/")) return fault("put what is divided in parentheses: round((a + b) / c, ...)");
    return {};
  }
  rounding.op = Op::divide_round;
  if (auto ok = require(product->type, Type::decimal, place.at); !ok) return ok;
  if (auto ok = advance(); !ok) return ok;
  const std::size_t divisor_at = token_.at;
  auto divisor = unary();
  if (!divisor) return divisor.error();
  if (!at_symbol(",")) {
    return fault("one division at a time: put the divisor in parentheses, round(a / (b * c), ...)");
  }
  return require(divisor->type, Type::decimal, divisor_at);
}

Result<void> ExpressionParser::rest_of_argument(Operand product, Place place) {
  Parsed read = std::move(product);
  for (std::size_t level = levels.size() - 1; read && level > 0; --level)
    read = operations(level - 1, *std::move(read), place);
  if (read && at_symbol("?")) read = branches(read->type, place.at);
  if (!read) return read.error();
  return require(read->type, Type::decimal, place.at);
}

// ", decimals, mode"
Result<void> ExpressionParser::rounding_arguments(Instruction& rounding) {
  if (auto ok = expect(","); !ok) return ok;
  if (auto ok = decimals_argument(rounding); !ok) return ok;
  if (auto ok = expect(","); !ok) return ok;
  return mode_argument(rounding);
}

Result<void> ExpressionParser::decimals_argument(Instruction& rounding) {
  Decimal wanted;
  const Constant* parameter =
      token_.kind == Token::Kind::name ? names_.parameter(token_.text) : nullptr;
  const Decimal* number = parameter == nullptr ? nullptr : std::get_if<Decimal>(parameter);
  if (token_.kind == Token::Kind::number && token_.text.size() <= 2) {
    const auto parsed = engine::base::parse_decimal(token_.text);
    if (!parsed) return fault(parsed.error().detail);
    wanted = *parsed;
  } else if (number != nullptr) {
    wanted = *number;
  } else {
    return fault("the number of decimals is wanted here");
  }
  if (!is_whole(wanted, limits::value_decimals))
    return fault("0 to " + std::to_string(limits::value_decimals) + " decimals can be kept");
  rounding.decimals = static_cast<std::uint8_t>(*engine::base::mantissa_at(wanted, 0));
  return advance();
}

Result<void> ExpressionParser::mode_argument(Instruction& rounding) {
  const std::string why =
      "a mode is wanted here: 'half_up', 'half_even', 'half_down', 'up' or 'down'";
  const std::size_t at = token_.at;
  const auto name = constant_text(why);
  if (!name) return name.error();
  const auto mode = engine::base::rounding_from(*name);
  if (!mode) return expression_fault(text_, at, why);
  rounding.mode = *mode;
  return {};
}

// A text in quotes, or the name of a parameter that is one.
Result<std::string> ExpressionParser::constant_text(const std::string& wanted) {
  std::string text{token_.text};
  if (token_.kind == Token::Kind::name) {
    const Constant* parameter = names_.parameter(token_.text);
    if (parameter == nullptr || !std::holds_alternative<std::string>(*parameter))
      return fault(wanted);
    text = std::get<std::string>(*parameter);
  } else if (token_.kind != Token::Kind::string) {
    return fault(wanted);
  }
  if (auto ok = advance(); !ok) return ok.error();
  return text;
}

// extended(x [, step]), per_unit(x [, step]), converted(x, step), scaled(step)
Result<void> ExpressionParser::record_argument(Instruction& rounding) {
  if (rounding.op != Op::convert_round && !names_.of_one_line())
    return fault("an order has no quantity; sum what the lines have: lines.sum(l, ...)");
  if (auto ok = open(); !ok) return ok;
  if (rounding.op == Op::scale_round) {
    if (auto ok = record_step(rounding); !ok) return ok;
    return expect(")");
  }
  if (auto ok = decimal_argument(); !ok) return ok;
  if (at_symbol(",")) {
    if (auto ok = advance(); !ok) return ok;
    if (auto ok = record_step(rounding); !ok) return ok;
    return expect(")");
  }
  if (rounding.op == Op::convert_round)
    return fault("the step whose record says the currency is wanted here: converted(x, step)");
  const auto first = names_.required_step(token_);
  if (!first) return first.error();
  rounding.step = *first;
  return expect(")");
}

Result<void> ExpressionParser::record_step(Instruction& rounding) {
  const auto step = rounding.op == Op::scale_round ? names_.step_with_own_scale(token_)
                                                   : names_.step_with_record(token_);
  if (!step) return step.error();
  rounding.step = *step;
  return advance();
}

// round_to(x, multiple, mode) is round(x / multiple, 0, mode) * multiple.
Result<Operand> ExpressionParser::round_to() {
  if (auto ok = open(); !ok) return ok.error();
  if (auto ok = decimal_argument(); !ok) return ok.error();
  if (auto ok = expect(","); !ok) return ok.error();
  const Place multiple = here();
  if (auto ok = decimal_argument(); !ok) return ok.error();
  const std::size_t end = code_.size();
  if (end == multiple.begin + 1 && code_.back().op == Op::constant &&
      code_.back().constant.mantissa <= 0)
    return expression_fault(text_, multiple.at, "a multiple above 0 is wanted here");
  Instruction rounding = instruction(Op::divide_round);
  if (auto ok = expect(","); !ok) return ok.error();
  if (auto ok = mode_argument(rounding); !ok) return ok.error();
  if (auto ok = expect(")"); !ok) return ok.error();
  code_.push_back(rounding);
  if (auto ok = repeat(multiple.begin, end); !ok) return ok.error();
  code_.push_back(instruction(Op::multiply));
  return Operand{Type::decimal};
}

// ending(x, [0.49, 0.99], 1, 'nearest')
Result<Operand> ExpressionParser::ending() {
  if (auto ok = open(); !ok) return ok.error();
  if (auto ok = decimal_argument(); !ok) return ok.error();
  Instruction made = instruction(Op::ending);
  if (auto ok = expect(","); !ok) return ok.error();
  const std::size_t list_at = token_.at;
  if (auto ok = endings_argument(made); !ok) return ok.error();
  if (auto ok = expect(","); !ok) return ok.error();
  if (auto ok = base_argument(made); !ok) return ok.error();
  for (const Decimal& each : made.list) {
    if (is_less(each, {0, 0}) || !is_less(each, made.constant))
      return expression_fault(text_, list_at, "endings are 0 or more, and less than their base");
    made.decimals = std::max(made.decimals, each.decimals);
  }
  made.decimals = std::max(made.decimals, made.constant.decimals);
  if (auto ok = expect(","); !ok) return ok.error();
  if (auto ok = ending_mode(made); !ok) return ok.error();
  if (auto ok = expect(")"); !ok) return ok.error();
  code_.push_back(std::move(made));
  return Operand{Type::decimal};
}

Result<void> ExpressionParser::endings_argument(Instruction& ending) {
  const Place place = here();
  auto list = conditional();
  if (!list) return list.error();
  if (list->type != Type::decimals || list->decimals.empty())
    return expression_fault(text_, place.at, "a list of numbers is wanted here: [0.49, 0.99]");
  ending.list = std::move(list->decimals);
  std::ranges::sort(ending.list, is_less);
  const auto again = std::ranges::unique(ending.list);
  ending.list.erase(again.begin(), again.end());
  return {};
}

Result<void> ExpressionParser::base_argument(Instruction& ending) {
  const Place place = here();
  auto base = conditional();
  if (!base) return base.error();
  const bool constant = base->type == Type::decimal && code_.size() == place.begin + 1 &&
                        code_.back().op == Op::constant && code_.back().constant.mantissa > 0;
  if (!constant) {
    return expression_fault(text_, place.at,
                            "a number above 0 is wanted here: 1 for endings of every unit");
  }
  ending.constant = code_.back().constant;
  code_.pop_back();
  return {};
}

Result<void> ExpressionParser::ending_mode(Instruction& ending) {
  const std::string why = "'nearest', 'up' or 'down' is wanted here";
  const std::size_t at = token_.at;
  const auto name = constant_text(why);
  if (!name) return name.error();
  if (*name != "nearest" && *name != "up" && *name != "down")
    return expression_fault(text_, at, why);
  ending.mode = *name == "up" ? Rounding::up : *name == "down" ? Rounding::down : Rounding::half_up;
  return {};
}

// lines.sum(l, expression) and the like: a number of the order.
Result<Operand> ExpressionParser::over_lines() {
  const std::string_view called = token_.text.substr(std::min<std::size_t>(token_.text.size(), 6));
  const auto function = std::ranges::find(functions_of_lines, called);
  if (function == functions_of_lines.end())
    return fault("lines have sum, count, exists, all, min and max: lines.sum(l, l.amount)");
  if (names_.within_lines()) return fault("sums over lines do not stand in one another");
  Aggregate made;
  made.kind = static_cast<AggregateKind>(function - functions_of_lines.begin());
  if (auto ok = open(); !ok) return ok.error();
  if (auto ok = names_.enter_lines(token_); !ok) return ok.error();
  if (auto ok = advance(); !ok) return ok.error();
  if (auto ok = expect(","); !ok) return ok.error();
  const bool truth = made.kind == AggregateKind::count || made.kind == AggregateKind::exists ||
                     made.kind == AggregateKind::all;
  const std::size_t at = token_.at;
  std::swap(made.of, code_);
  auto read = conditional();
  std::swap(made.of, code_);
  names_.leave_lines();
  if (!read) return read.error();
  if (auto ok = require(read->type, truth ? Type::truth : Type::decimal, at); !ok)
    return ok.error();
  if (made.of.size() > limits::formula_length)
    return expression_fault(text_, at, "this is too long");
  if (auto ok = expect(")"); !ok) return ok.error();
  const bool counted = made.kind != AggregateKind::exists && made.kind != AggregateKind::all;
  code_.push_back(instruction(Op::aggregate));
  code_.back().index = aggregate_number(std::move(made));
  return Operand{counted ? Type::decimal : Type::truth};
}

// Its place among the procedure's; identical ones are one.
std::uint16_t ExpressionParser::aggregate_number(Aggregate aggregate) {
  aggregate.running = std::ranges::any_of(
      aggregate.of, [](const Instruction& each) { return each.op == Op::running; });
  auto& all = *scope_.aggregates;
  const auto known = std::ranges::find_if(
      all, [&](const Aggregate& each) { return same_aggregate(each, aggregate); });
  const auto number = static_cast<std::uint16_t>(known - all.begin());
  if (known == all.end()) all.push_back(std::move(aggregate));
  return number;
}

}  // namespace rules

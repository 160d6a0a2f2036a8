#include "rules/expression_parser.hpp"

#include <algorithm>

namespace rules {

using engine::base::Result;
using engine::model::FieldId;
using engine::rule::Formula;
using engine::rule::TextTest;
using Type = ExpressionType;

Result<void> ExpressionParser::check_left(const BinaryOperator& op, const Operand& left,
                                          std::size_t at) const {
  const bool list = left.type == Type::texts || left.type == Type::decimals;
  if (op.op == Op::equal || op.op == Op::not_equal) {
    if (!list) return {};
    return expression_fault(text_, at, "a list stands behind in: country in ['SE', 'NO']");
  }
  if (op.op != Op::field_among) return require(left.type, op.operands, at);
  if (left.type == Type::text || left.type == Type::decimal) return {};
  return expression_fault(text_, at, "a text or a number is wanted here");
}

Result<Operand> ExpressionParser::combine(const BinaryOperator& op, const Operand& left,
                                          const Operand& right, Place left_place,
                                          Place right_place) {
  if (op.op == Op::field_among) return membership(left, right, left_place, right_place);
  if (op.op == Op::equal || op.op == Op::not_equal) return equality(op, left, right, right_place);
  if (auto ok = require(right.type, op.operands, right_place.at); !ok) return ok.error();
  if (op.swapped) {
    const auto from = code_.begin();
    std::rotate(from + static_cast<std::ptrdiff_t>(left_place.begin),
                from + static_cast<std::ptrdiff_t>(right_place.begin), code_.end());
  }
  code_.push_back(instruction(op.op));
  return Operand{op.result};
}

Result<Operand> ExpressionParser::equality(const BinaryOperator& op, const Operand& left,
                                           const Operand& right, Place right_place) {
  if (auto ok = require(right.type, left.type, right_place.at); !ok) return ok.error();
  if (left.type == Type::text) return text_equality(op.op == Op::equal, left, right, right_place);
  code_.push_back(instruction(op.op));
  return Operand{Type::truth};
}

// A field may have several values, and none: it equals a text where one of them does, and differs
// where it has some and none does.
Result<Operand> ExpressionParser::text_equality(bool equal, const Operand& left,
                                                const Operand& right, Place right_place) {
  if (left.field && right.field) {
    return expression_fault(text_, right_place.at,
                            "a field is compared with a text, not with another field");
  }
  if (!left.field && !right.field) {
    code_.push_back(truth_of((left.texts == right.texts) == equal));
    return Operand{Type::truth};
  }
  const FieldId field = left.field ? *left.field : *right.field;
  if (!equal) {
    code_.push_back(instruction(Op::field_given));
    code_.back().field = field;
  }
  push_among(field, left.field ? right.texts : left.texts);
  if (!equal) {
    code_.push_back(instruction(Op::logical_not));
    code_.push_back(instruction(Op::logical_and));
  }
  return Operand{Type::truth};
}

void ExpressionParser::push_among(FieldId field, const Texts& codes) {
  code_.push_back(instruction(Op::field_among));
  code_.back().field = field;
  code_.back().codes = codes;
}

Result<Operand> ExpressionParser::membership(const Operand& left, const Operand& right,
                                             Place left_place, Place right_place) {
  const Type wanted = left.type == Type::text ? Type::texts : Type::decimals;
  if (auto ok = require(right.type, wanted, right_place.at); !ok) return ok.error();
  if (left.type == Type::decimal) {
    if (auto ok = number_membership(right.decimals, left_place.begin); !ok) return ok.error();
  } else if (left.field && !right.texts.empty()) {
    push_among(*left.field, right.texts);
  } else {
    code_.push_back(truth_of(!left.field && std::ranges::find(right.texts, left.texts.front()) !=
                                                right.texts.end()));
  }
  return Operand{Type::truth};
}

// x in [a, b] is x == a || x == b.
Result<void> ExpressionParser::number_membership(const Decimals& list, std::size_t begin) {
  const Formula value{code_.begin() + static_cast<std::ptrdiff_t>(begin), code_.end()};
  code_.resize(begin);
  if (list.empty()) code_.push_back(truth_of(false));
  for (std::size_t i = 0; i < list.size(); ++i) {
    code_.insert(code_.end(), value.begin(), value.end());
    code_.push_back(constant_of(list[i]));
    code_.push_back(instruction(Op::equal));
    if (i > 0) code_.push_back(instruction(Op::logical_or));
    if (auto ok = check_length(); !ok) return ok;
  }
  return {};
}

// field.startsWith('x')
Result<Operand> ExpressionParser::method() {
  const std::size_t point = token_.text.rfind('.');
  const std::string_view name = token_.text.substr(point + 1);
  Token subject = token_;
  subject.text = token_.text.substr(0, point);
  const auto test =
      static_cast<TextTest>(std::ranges::find(methods_of_texts, name) - methods_of_texts.begin());
  const auto tested = names_.load(subject, code_);
  if (!tested) return tested.error();
  if (auto ok = require(tested->type, Type::text, subject.at); !ok) return ok.error();
  if (auto ok = open(); !ok) return ok.error();
  const auto part = constant_text("a text in quotes is wanted here");
  if (!part) return part.error();
  if (auto ok = expect(")"); !ok) return ok.error();
  if (tested->field) {
    code_.push_back(instruction(Op::field_test));
    code_.back().field = *tested->field;
    code_.back().test = test;
    code_.back().codes = {*part};
    return Operand{Type::truth};
  }
  const std::string& text = tested->texts.front();
  const bool passes = test == TextTest::starts_with ? text.starts_with(*part)
                      : test == TextTest::ends_with ? text.ends_with(*part)
                                                    : text.find(*part) != std::string::npos;
  code_.push_back(truth_of(passes));
  return Operand{Type::truth};
}

}  // namespace rules

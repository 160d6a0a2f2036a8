// What the tests of expressions share: a procedure's scope to compile in, a program printed as
// words, and a refusal with the place of its caret. Only for tests.
#pragma once

#include "rules/expression.hpp"

#include <string>
#include <vector>

namespace tests {

using rules::ExpressionType;

// Steps: price (finds, required), rate (finds), net (an amount) of each line; shipping, of the
// order; promotions, which applies records and may act on shipping; low, a guard; mixed, which
// finds records of two types. The expressions stand in a step of the phase `document`.
struct Scope {
  engine::model::Schema schema;
  rules::Parameters parameters;
  std::vector<engine::rule::Step> steps;
  std::vector<engine::rule::Aggregate> aggregates;
  rules::ExpressionScope scope;

  Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
};

// The program as words, in the order they run; sums over lines are numbered, #0, #1 ...
std::string program(const engine::rule::Formula& code, const Scope& given);
// Compiled in the scope of a line, or of what is given.
std::string program(const std::string& text, ExpressionType type = ExpressionType::decimal);
std::string program(const std::string& text, ExpressionType type, Scope& given);
std::string condition(const std::string& text);

struct Refusal {
  std::string why;
  std::size_t caret = 0;
};

// Why the text is refused, and where; the test fails where it is not.
Refusal refusal(const std::string& text, ExpressionType type = ExpressionType::decimal);
Refusal refusal(const std::string& text, ExpressionType type, Scope& given);

struct Mistake {
  const char* text;
  std::size_t caret;
  const char* why;  // a part of the reason
};

void check_mistakes(const std::vector<Mistake>& mistakes, ExpressionType type, Scope& given);

}  // namespace tests

// The oracle's own reading of the expression language: it walks the text and computes as it goes,
// with rationals. The branch of a condition that is not taken, and the side of && or || that can't
// change the result, is read but not computed, as CEL has it: what is wrong in there does no harm.
// Text must be an expression that the rules accept.
#pragma once

#include "tests/oracle/numbers.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

namespace oracle {

// True and false are 1 and 0.
class Names {
 public:
  virtual ~Names() = default;
  // "quantity", "step", "step.exact", "step.value", "step.found", "step.discountable", a parameter.
  virtual Rational named(std::string_view name) const = 0;
  // A price times the quantity, by unit and price unit of the record of `step`; empty: the first
  // required step.
  virtual Rational extended(const Rational& price, std::string_view step) const = 0;
};

struct DivisionByZero : std::runtime_error {
  DivisionByZero() : std::runtime_error("division by zero") {}
};

// Throws DivisionByZero, or std::invalid_argument for text that is no expression.
Rational evaluate(std::string_view text, const Names& names);

}  // namespace oracle

// What an expression comes to, by walking its tree with rationals. A value may be unknown: a number
// that is missing, a division by zero, a rate that nobody has told. A comparison with a missing
// number is false; everything else that needs an unknown is unknown, except what a condition does
// not take, and the side of && or || that can't change the result, as CEL has it.
#pragma once

#include "tests/oracle/numbers.hpp"
#include "tests/oracle/syntax.hpp"
#include "tests/oracle/world.hpp"

#include <optional>
#include <string>
#include <vector>

namespace oracle {

struct Unknown {
  bool divided_by_zero = false;
  bool no_rate = false;
  bool missing = false;

  bool any() const { return divided_by_zero || no_rate || missing; }

  void add(const Unknown& other) {
    divided_by_zero = divided_by_zero || other.divided_by_zero;
    no_rate = no_rate || other.no_rate;
    missing = missing || other.missing;
  }
};

// A line whose result is unknown has this outcome.
std::string outcome_of(const Unknown& unknown);

// True and false are 1 and 0.
struct Value {
  Rational number = 0;
  Unknown unknown = {};
};

class Names {
 public:
  virtual ~Names() = default;
  // A number or truth: "quantity", "step", "step.exact", "step.found", a parameter, a field.
  virtual Value named(const std::string& name) const = 0;
  // What a name that is a text stands for: a field's values, of which there may be none, or the
  // texts of a parameter. Nothing where the name is no text.
  virtual std::optional<Texts> texts(const std::string& name) const = 0;
  // The numbers of a parameter that is a list of them.
  virtual std::optional<std::vector<Rational>> numbers(const std::string& name) const = 0;
  virtual bool given(const std::string& name) const = 0;
  // "extended", "per_unit", "scaled", "converted": by the record of `step`; empty: of the first
  // step that is required. Not rounded.
  virtual Value by_record(const std::string& function, const Value& of,
                          const std::string& step) const = 0;
  // "lines.sum" and the like; names in `of` may begin with `variable` and a point.
  virtual Value over_lines(const std::string& function, const Node& of,
                           const std::string& variable) const = 0;
};

Value evaluate(const Node& node, const Names& names, const std::string& variable = {});

inline Value evaluate(const std::string& text, const Names& names) {
  return evaluate(syntax_of(text), names);
}

}  // namespace oracle

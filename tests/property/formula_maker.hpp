// Makes expressions out of a number: numbers and truths over what may be named where they stand. A
// formula comes with an upper bound of its decimals, so that a text can be kept within what the
// binder takes.
#pragma once

#include "tests/property/draw.hpp"

#include <string>
#include <vector>

namespace property {

using Texts = std::vector<std::string>;

inline std::string in_quotes(const std::string& text) { return "\"" + text + "\""; }

std::string listed(const Texts& items);

struct Formula {
  std::string text;
  int decimals = 0;
};

// What later expressions may name of a step.
struct StepMade {
  std::string name;
  std::string kind = {};  // of the records it finds; empty: none
  int value_decimals = 0;
  int exact_decimals = 0;
  int decimals = 0;
  int phase = 0;
  bool of_order = false;
  bool applies = false;
  Texts charges = {};
  Texts numbers = {"extra"};   // that its records may carry
  bool reads_quantity = true;  // its scales, and nothing else
};

// Where an expression stands.
struct Where {
  bool of_order = false;  // about the order: what belongs to a line stands inside sums only
  int phase = 0;
  bool in_lines = false;  // within lines.sum and the like
  bool running = false;
  bool running_sums = false;  // sums over what is left of the lines, too
};

// The engine sums over lines when a run of steps begins, not when the step's turn comes; so that only
// steps with a run of their own are given sums, until it does.
inline constexpr bool sums_in_line_steps = true;
// `scaled` takes the tier of the quantity, whatever basis the step reads its scales with.
inline constexpr bool scales_by_basis = false;

class FormulaMaker {
 public:
  // `whole_language`: fields, sums over lines and functions of records, too.
  FormulaMaker(Draw& draw, bool whole_language) : draw_{draw}, whole_{whole_language} {}

  std::vector<StepMade>& steps() { return steps_; }

  const std::vector<StepMade>& steps() const { return steps_; }

  Formula number(int depth, const Where& where);
  Formula leaf(const Where& where);
  std::string truth(int depth, const Where& where);

  std::string mode() { return draw_.of(Texts{"half_up", "half_even", "half_down", "up", "down"}); }

  static std::string in_parentheses(const Formula& formula);

 private:
  Formula of_step(const Where& where);
  Formula field_number(const Where& where);
  Formula over_lines(const Where& where);
  Formula function(const Formula& a, const Where& where);
  Formula by_record(const Formula& a, const Where& where);
  Formula divided(const Formula& a, const Formula& b, const Where& where);
  std::string rounding(int& decimals);
  std::string about_record(const Where& where);
  std::string about_field(const Where& where);
  std::string lines_truth(const Where& where);
  std::vector<const StepMade*> reached(const Where& where) const;

  Draw& draw_;
  bool whole_;
  std::vector<StepMade> steps_;
};

}  // namespace property

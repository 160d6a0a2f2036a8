// What is known of an order while its steps run: the lines that are in order, what each step has
// left on them, and what steps of the order have left for all.
#pragma once

#include "tests/oracle/numbers.hpp"
#include "tests/oracle/rules.hpp"
#include "tests/oracle/said.hpp"
#include "tests/oracle/world.hpp"

#include <map>
#include <string>
#include <vector>

namespace oracle {

// A line whose article, unit, quantity and agreement are in order; of an order as a whole, one
// without article.
struct OpenLine {
  const World& world;
  const Rules& rules;
  const Ask& ask;
  const CustomerRow& customer;
  std::string currency;
  const ArticleRow& article;
  std::string unit;       // the base unit's code where none was asked for
  Rational content = 1;   // base units in one of `unit`
  Rational quantity = 0;  // in `unit`
  std::string agreement;  // named; empty
  Minutes date = 0;
  const Pairs* own_fields = nullptr;  // that the line gives itself
};

struct LineState {
  OpenLine open;
  std::size_t number = 0;  // of the question
  LineSaid* said = nullptr;
  std::map<std::string, StepSaid> results = {};  // by step

  bool counts = true;  // it had a price when the step began: for sums in the step's own formulas

  bool is_priced() const { return said->outcome == "priced"; }
};

// What is left of the lines' amounts within a step that applies records.
using Running = std::map<const LineState*, Rational>;

struct OrderState {
  const World& world;
  const Rules& rules;
  const ProcedureRule& procedure;
  LineState whole;  // the order itself: results of its own steps
  std::vector<LineState> lines;
  bool line_scope = false;
  std::map<std::string, std::map<std::string, Rational>> charges =
      {};  // step, charge: what is left
};

inline const StepRule& step_named(const ProcedureRule& procedure, const std::string& name) {
  for (const StepRule& step : procedure.steps) {
    if (step.name == name) return step;
  }
  throw std::invalid_argument("no step '" + name + "'");
}

}  // namespace oracle

// What the oracle answers, as plain text and numbers.
#pragma once

#include "tests/oracle/numbers.hpp"
#include "tests/oracle/world.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace oracle {

struct StepSaid {
  std::string name;
  bool skipped = false;
  const RecordRow* record = nullptr;  // of the oracle's world
  Rational value;                     // of the record on this line
  Rational exact;                     // before the step's rounding
  Rational amount;
};

struct StandingSaid {
  std::string set;  // of bands; empty: nothing is shown
  std::string band;
  bool covers = false;
  Minutes expected = open_end;
};

// What a record took off a line, or off a charge of the order.
struct AdjustmentSaid {
  std::string step;
  const RecordRow* record = nullptr;
  std::optional<std::size_t> line;
  std::string charge;  // where there is no line
  Rational amount;
};

struct FreeLineSaid {
  std::string step;
  const RecordRow* record = nullptr;
  std::size_t line = 0;
  std::string article;
  Rational quantity;
  Rational unit_price;
};

struct LineSaid {
  std::string outcome;
  std::string reason = "none";  // where it is refused
  std::set<std::string> notes;
  Rational unit_price;
  Rational price_unit = 1;
  std::string unit;
  Rational line_amount;
  std::vector<Rational> components;
  const RecordRow* source = nullptr;
  Minutes valid_until = open_end;
  // In a step that applies records, one whose condition is not met may bound the answer or not: its
  // turn may come. The answer holds at least until the moment above, and at most until this one.
  Minutes valid_until_most = open_end;
  StandingSaid availability;
  std::vector<StepSaid> steps;  // those that ran, or were skipped, before the line was settled
};

struct Said {
  std::string fault;  // "no_procedure", "unknown_customer", "missing_currency" ...: nothing else is
                      // said then
  std::string procedure;
  std::vector<LineSaid> lines;
  std::vector<Rational> order;  // named amounts of the order
  std::vector<AdjustmentSaid> adjustments;
  std::vector<FreeLineSaid> free_lines;
};

}  // namespace oracle

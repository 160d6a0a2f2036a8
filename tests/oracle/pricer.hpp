// The slow oracle: answers questions from a World by straight loops over all of its records, with
// rationals. It knows no index, no plan, no width and no snapshot; it was written from what prices
// and availability are to mean, and is what the engine is held against. A question costs about a
// millisecond a line in a world of a hundred records.
#pragma once

#include "tests/oracle/numbers.hpp"
#include "tests/oracle/rules.hpp"
#include "tests/oracle/world.hpp"

#include <string>
#include <vector>

namespace oracle {

struct StepSaid {
  std::string name;
  bool skipped = false;
  const RecordRow* record = nullptr;  // of the oracle's world
  Rational exact;                     // before the step's rounding
  Rational amount;
};

struct StandingSaid {
  std::string set;  // of bands; empty: nothing is shown
  std::string band;
  bool covers = false;
  Minutes expected = open_end;
};

struct LineSaid {
  std::string outcome;
  Rational unit_price;
  Rational price_unit = 1;
  std::string unit;
  Rational line_amount;
  std::vector<Rational> components;
  const RecordRow* source = nullptr;
  Minutes valid_until = open_end;
  StandingSaid availability;
  std::vector<StepSaid> steps;  // those that ran, or were skipped, before the line was settled
};

struct Said {
  std::string fault;  // "no_procedure", "unknown_customer", "missing_currency" ...: nothing else is
                      // said then
  std::string procedure;
  std::vector<LineSaid> lines;
};

class Pricer {
 public:
  // World and rules must outlive the pricer.
  Pricer(const World& world, const Rules& rules) : world_{world}, rules_{rules} {}

  Said answer(const Ask& ask) const;

 private:
  const World& world_;
  const Rules& rules_;
};

}  // namespace oracle

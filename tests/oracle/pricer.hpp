// The slow oracle: answers questions from a World by straight loops over all of its records, with
// rationals. It knows no index, no plan, no width and no snapshot; it was written from what prices
// and availability are to mean, and is what the engine is held against. A question costs about a
// millisecond a line in a world of a hundred records.
#pragma once

#include "tests/oracle/rules.hpp"
#include "tests/oracle/said.hpp"
#include "tests/oracle/world.hpp"

namespace oracle {

enum class Scope { order, line };

class Pricer {
 public:
  // World and rules must outlive the pricer.
  Pricer(const World& world, const Rules& rules) : world_{world}, rules_{rules} {}

  // With Scope::line each line stands for itself, as in a price list.
  Said answer(const Ask& ask, Scope scope = Scope::order) const;

 private:
  const World& world_;
  const Rules& rules_;
};

}  // namespace oracle

// What a bound procedure is, seen by price lists: whether its answer comes of nothing but records
// that are plain numbers and of 64-bit formulas over them, and then which of its steps a list has to
// run. Decided by what the steps are, never by their names; a procedure that is more than that is
// priced by the evaluator. Steps that a list leaves out can neither change its prices nor leave a
// line without one: they close no line, and every amount of the answer that comes of them is proved
// to fit. Pure; any thread; some microseconds.
#pragma once

#include "engine/base/fixed.hpp"
#include "engine/snapshot/bind.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace engine::price {

struct BulkStep {
  std::uint16_t number = 0;
  bool finds = false;
  bool computes = false;   // its amount is asked for
  bool is_value = false;   // ... and is the value of the record that it finds
  bool same_when = false;  // it runs on the lines on which the step before it runs
};

struct BulkProcedure {
  std::vector<BulkStep> steps;  // in the order in which they run
  std::vector<bool> is_value;   // by number of the step
  // Amounts by number of the step: up to its own rounding, and that. Constants are brought to the
  // decimals that they are needed with.
  std::vector<std::vector<snapshot::BoundInstruction>> exact;
  std::vector<std::vector<snapshot::BoundInstruction>> rounding;
};

// Nothing where the evaluator has to price the list. `quantity` is that of every line. Where it is
// asked how long prices hold, every step that finds something has its say.
std::optional<BulkProcedure> bulk_procedure(const snapshot::BoundProcedure& procedure,
                                            base::Quantity quantity, bool asks_until);

}  // namespace engine::price

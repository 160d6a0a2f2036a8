// Runs a bound formula over the lines of a block: each instruction is one loop over a column of up
// to 64 values, in the width proved for the formula. Pure arithmetic on a stack of columns; no
// branch on data but in roundings.
#pragma once

#include "engine/price/find.hpp"
#include "engine/price/scratch.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <cstdint>

namespace engine::price {

struct FormulaInput {
  const snapshot::Snapshot* snapshot = nullptr;
  const snapshot::BoundProcedure* procedure = nullptr;
  const Columns* columns = nullptr;
  BlockView block;
  std::uint64_t open = 0;   // lines to compute; the others get 0
  bool keep_exact = false;  // store amounts before rounding, too
};

// Runs the step's amount and its rounding, and stores both in the step's columns. Returns the lines
// whose divisor was 0.
std::uint64_t run_amount(const FormulaInput& input, const snapshot::BoundStep& step,
                         StepColumns& to, BlockScratch& scratch);

struct ConditionLines {
  std::uint64_t met = 0;  // where the formula is true (not 0)
  std::uint64_t divided_by_zero = 0;
};

ConditionLines run_condition(const FormulaInput& input, const snapshot::BoundFormula& formula,
                             BlockScratch& scratch);

// A step's amount for one line of the question, as 128 bits; nothing where they do not hold it.
bool amount_at(const AmountColumn& column, std::size_t line, base::Int128& amount);

}  // namespace engine::price

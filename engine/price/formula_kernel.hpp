// Runs a bound formula over the lines of a block: each instruction is one loop over a column of up
// to 64 values, in the width proved for the formula. Pure arithmetic on a stack of columns; no
// branch on data but in roundings.
#pragma once

#include "engine/price/find.hpp"
#include "engine/price/scratch.hpp"
#include "engine/price/unknown.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <cstdint>

namespace engine::price {

struct FormulaInput {
  const snapshot::Snapshot* snapshot = nullptr;
  const snapshot::BoundProcedure* procedure = nullptr;
  const Header* header = nullptr;
  const Columns* columns = nullptr;
  BlockView block;
  std::uint64_t open = 0;   // lines to compute; the others get 0
  bool keep_exact = false;  // store amounts before rounding, too
  bool line_scope = false;  // each line stands for itself: an aggregate is that of the line
  const InputColumns* inputs = nullptr;     // for records' own texts
  const model::RecordExtra* own = nullptr;  // the record whose text this is
  const std::vector<AggregateValue>* own_aggregates = nullptr;
  const Running* running = nullptr;  // within an apply step
};

// Runs the step's amount and its rounding, and stores both in the step's columns.
Unknown run_amount(const FormulaInput& input, const snapshot::BoundStep& step, StepColumns& to,
                   BlockScratch& scratch);

struct ConditionLines {
  std::uint64_t met = 0;  // where the formula is true (not 0)
  Unknown unknown{};
};

ConditionLines run_condition(const FormulaInput& input, const snapshot::BoundFormula& formula,
                             BlockScratch& scratch);

// Runs a formula that is no step's amount, and stores the block's results in `to`.
Unknown run_column(const FormulaInput& input, const snapshot::BoundFormula& formula,
                   AmountColumn& to, BlockScratch& scratch);

// The same into a column of the block's own, from its first place on.
Unknown run_cell(const FormulaInput& input, const snapshot::BoundFormula& formula, AmountColumn& to,
                 BlockScratch& scratch);

// A step's amount for one line of the question, as 128 bits; nothing where they do not hold it.
bool amount_at(const AmountColumn& column, std::size_t line, base::Int128& amount);

// The same in the widest form; always there.
base::Int256 widest_at(const AmountColumn& column, std::size_t line);

}  // namespace engine::price

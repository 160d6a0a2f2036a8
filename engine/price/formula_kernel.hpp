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

// Lines whose result can't be told.
struct Unknown {  // without initializers: the kernel keeps a stack of them, most of it unused
  std::uint64_t divided_by_zero;
  std::uint64_t missing;  // a number that the article or question does not have
  std::uint64_t no_rate;

  std::uint64_t any() const { return divided_by_zero | missing | no_rate; }

  Unknown only(std::uint64_t lines) const {
    return {divided_by_zero & lines, missing & lines, no_rate & lines};
  }

  Unknown& operator|=(const Unknown& other) {
    divided_by_zero |= other.divided_by_zero;
    missing |= other.missing;
    no_rate |= other.no_rate;
    return *this;
  }
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

// What becomes of a line whose result is unknown; priced where it is not.
inline model::Outcome outcome_of(const Unknown& unknown) {
  if (unknown.divided_by_zero != 0) return model::Outcome::division_by_zero;
  if (unknown.no_rate != 0) return model::Outcome::no_exchange_rate;
  return unknown.missing != 0 ? model::Outcome::missing_value : model::Outcome::priced;
}

// A step's amount for one line of the question, as 128 bits; nothing where they do not hold it.
bool amount_at(const AmountColumn& column, std::size_t line, base::Int128& amount);

// The same in the widest form; always there.
base::Int256 widest_at(const AmountColumn& column, std::size_t line);

}  // namespace engine::price

// The lines of one block that are still to be priced, and what all blocks of a question share. A
// line whose price can't be told is closed with its outcome, and no later step sees it. Not for use
// outside engine/price.
#pragma once

#include "engine/price/find.hpp"
#include "engine/price/formula_kernel.hpp"
#include "engine/price/priced.hpp"
#include "engine/price/scratch.hpp"

#include <algorithm>
#include <bit>
#include <span>

namespace engine::price::detail {

using model::Outcome;

constexpr std::uint64_t bit(std::uint32_t line) { return std::uint64_t{1} << line; }

struct RunContext {
  const snapshot::Snapshot* snapshot = nullptr;
  const snapshot::BoundProcedure* procedure = nullptr;
  const Header* header = nullptr;
  std::span<const Line> lines;
  PlanView plan = {};
  Columns* columns = nullptr;
  PricedLines* out = nullptr;
  const RunContext* order = nullptr;  // where `lines` is one that stands for the whole order
  bool line_scope = false;
  std::uint64_t run = 0;   // tells this evaluation from others of the same scratch
  bool explained = false;  // amounts before rounding are kept, too
};

class OpenLines {
 public:
  explicit OpenLines(const RunContext& context) : context_{context} {}

  // Moves to the block that starts at `offset`.
  void start(std::size_t offset) {
    block_ = BlockView{
        context_.lines.data() + offset,
        static_cast<std::uint32_t>(std::min(block_lines, context_.lines.size() - offset)), offset};
    open_ = 0;
    for (std::uint32_t i = 0; i < block_.count; ++i) {
      if (context_.out->lines[offset + i].outcome == Outcome::priced) open_ |= bit(i);
    }
  }

  const RunContext& context() const { return context_; }

  const BlockView& block() const { return block_; }

  std::uint64_t open() const { return open_; }

  PricedLine& result(std::uint32_t line) const { return context_.out->lines[block_.offset + line]; }

  void close(std::uint64_t lines, Outcome outcome) {
    for (std::uint64_t rest = lines & open_; rest != 0; rest &= rest - 1)
      result(static_cast<std::uint32_t>(std::countr_zero(rest))).outcome = outcome;
    open_ &= ~lines;
  }

  void close(const Unknown& unknown) {
    if (unknown.any() == 0) return;
    close(unknown.divided_by_zero, Outcome::division_by_zero);
    close(unknown.no_rate, Outcome::no_exchange_rate);
    close(unknown.missing, Outcome::missing_value);
  }

  // For formulas over `lines` of the block.
  FormulaInput input(std::uint64_t lines, const Running* running) const {
    FormulaInput made;
    made.snapshot = context_.snapshot;
    made.procedure = context_.procedure;
    made.header = context_.header;
    made.columns = context_.columns;
    made.block = block_;
    made.open = lines;
    made.line_scope = context_.line_scope;
    made.running = running;
    return made;
  }

 private:
  const RunContext& context_;
  BlockView block_;
  std::uint64_t open_ = 0;
};

}  // namespace engine::price::detail

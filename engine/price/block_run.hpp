// Runs the steps of a segment over one block of up to 64 lines: conditions, searches, amounts,
// guards. Header only, since it is compiled once for each finder and trace. Not for use outside
// engine/price.
#pragma once

#include "engine/price/block_apply.hpp"
#include "engine/price/block_search.hpp"

#include <algorithm>
#include <bit>

namespace engine::price::detail {

template <class Finder, class Trace>
class BlockRun {
 public:
  BlockRun(const RunContext& context, BlockScratch& scratch, Finder& finder, Trace& trace)
      : context_{context},
        procedure_{*context.procedure},
        scratch_{scratch},
        trace_{trace},
        lines_{context},
        search_{lines_, scratch, finder, trace},
        apply_{lines_, scratch, search_} {}

  void run(std::span<const std::uint16_t> steps, std::size_t offset) {
    start(offset);
    if constexpr (!Trace::enabled) prefetch_next(offset);
    for (const std::uint16_t step : steps) run_step(step);
  }

  // Moves to the block that starts at `offset`.
  void start(std::size_t offset) {
    lines_.start(offset);
    input_ = lines_.input(0, nullptr);
    if constexpr (Trace::enabled) trace_.at(offset);
  }

  void run_step(std::uint16_t number) {
    const snapshot::BoundStep& step = procedure_.steps[number];
    const std::uint64_t active = active_lines(step, number);
    if (step.guards) return guard(*step.rule->guard, number, active);
    find(step, number, active);
    finish_step(step, number, active);
  }

  // Lines where the step runs; a line whose condition can't be told is closed.
  std::uint64_t active_lines(const snapshot::BoundStep& step, std::uint16_t number) {
    std::uint64_t active = lines_.open();
    if (step.when.code.empty()) {
      if constexpr (Trace::enabled)
        trace_.begin_step(number, lines_.block(), lines_.open(), active);
      return active;
    }
    input_.open = active;
    const ConditionLines condition = run_condition(input_, step.when, scratch_);
    active &= condition.met & ~condition.unknown.any();
    if constexpr (Trace::enabled) trace_.begin_step(number, lines_.block(), lines_.open(), active);
    lines_.close(condition.unknown);
    return active;
  }

  // The step's records, found or applied. `active` as active_lines gave it.
  void find(const snapshot::BoundStep& step, std::uint16_t number, std::uint64_t active) {
    if (step.applies) return apply_.run(step, number, active);
    if (!step.finds) return;
    search_.begin(step, number, active, nullptr);
    search_.find_winners();
  }

  void finish_step(const snapshot::BoundStep& step, std::uint16_t number, std::uint64_t active) {
    StepColumns& to = context_.columns->steps[number];
    if (!step.applies && !step.spread) {
      input_.open = active & lines_.open();
      input_.keep_exact = step.exact_needed || context_.explained;
      lines_.close(run_amount(input_, step, to, scratch_));
    }
    if constexpr (Trace::enabled) {
      if (step.applies) settle_applied(active);
      const std::uint64_t shown = step.applies ? lines_.open() : active & lines_.open();
      trace_.end_step(step, to, lines_.block(), shown);
    }
  }

  OpenLines& lines() { return lines_; }

  BlockSearch<Finder, Trace>& search() { return search_; }

 private:
  void prefetch_next(std::size_t offset) {
    const auto lines = context_.lines;
    if (offset + block_lines >= lines.size()) return;
    const auto rest = lines.subspan(offset + block_lines);
    prefetch_articles(*context_.snapshot, rest.first(std::min(block_lines, rest.size())));
  }

  void guard(const rule::Guard& guard, std::uint16_t number, std::uint64_t active) {
    for (std::uint64_t rest = active; rest != 0; rest &= rest - 1) {
      PricedLine& line = lines_.result(static_cast<std::uint32_t>(std::countr_zero(rest)));
      if (guard.action == rule::GuardAction::note) {
        line.notes =
            static_cast<std::uint16_t>(line.notes | 1U << static_cast<unsigned>(guard.reason));
      } else {
        line.reason = guard.reason;
      }
    }
    if (guard.action == rule::GuardAction::refuse) lines_.close(active, Outcome::refused);
    finish_step(procedure_.steps[number], number, 0);
  }

  void settle_applied(std::uint64_t lines) {
    for (std::uint64_t rest = lines; rest != 0; rest &= rest - 1)
      trace_.settle_applied(static_cast<std::uint8_t>(std::countr_zero(rest)));
  }

  const RunContext& context_;
  const snapshot::BoundProcedure& procedure_;
  BlockScratch& scratch_;
  Trace& trace_;
  OpenLines lines_;
  FormulaInput input_;  // of the block; which lines are computed changes from step to step
  BlockSearch<Finder, Trace> search_;
  BlockApply<Finder, Trace> apply_;
};

}  // namespace engine::price::detail

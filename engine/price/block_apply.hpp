// A step that applies records to each line of a block by itself; and the amounts that a step over
// the whole order starts from. Header only, like the search. Not for use outside engine/price.
#pragma once

#include "engine/price/apply.hpp"
#include "engine/price/block_search.hpp"

#include <algorithm>

namespace engine::price::detail {

// Makes room for all lines of the question; it never shrinks.
inline void make_room(ApplyState& state, std::size_t lines) {
  if (state.original.size() >= lines) return;
  state.original.resize(lines);
  state.running.amounts.resize(lines);
  state.floors.resize(lines);
  state.units.resize(lines);
  state.pool.resize(lines);
}

// Base, units and floor of a block's lines. Lines on which the step does not run keep their base.
class StartingAmounts {
 public:
  StartingAmounts(OpenLines& lines, BlockScratch& scratch, const snapshot::BoundApply& apply)
      : lines_{lines}, block_{lines.block()}, scratch_{scratch}, apply_{apply} {}

  void take(std::uint64_t active, ApplyState& state) {
    state.unit_decimals =
        apply_.units.code.empty() ? base::Quantity::decimals : apply_.units.decimals;
    for (std::uint32_t i = 0; i < block_.count; ++i) {
      const std::size_t line = block_.offset + i;
      state.units[line] = std::abs(block_.lines[i].quantity.mantissa());
      state.floors[line] = 0;
      state.original[line] = state.running.amounts[line] = 0;
    }
    each(apply_.base, lines_.open(), [&](std::uint32_t i, const base::Int256& value) {
      const bool fits = is_applicable(value);
      const std::size_t line = block_.offset + i;
      state.original[line] = state.running.amounts[line] =
          fits ? static_cast<base::Int128>(value) : 0;
      if (!fits) lines_.close(bit(i), Outcome::amount_out_of_range);
    });
    if (!apply_.units.code.empty()) {
      each(apply_.units, active, [&](std::uint32_t i, const base::Int256& value) {
        state.units[block_.offset + i] = value < 0 ? base::Int256{-value} : value;
      });
    }
    if (!apply_.floor.code.empty()) {
      each(apply_.floor, active, [&](std::uint32_t i, const base::Int256& value) {
        const base::Int256 most = base::Int256{base::int128_max} / 4;
        state.floors[block_.offset + i] =
            static_cast<base::Int128>(std::clamp(value, base::Int256{-most}, most));
      });
    }
    for (std::uint32_t i = 0; i < block_.count; ++i) {
      const std::size_t line = block_.offset + i;
      // A line on which the step does not run has no units to give.
      const bool runs = (active & bit(i)) != 0;
      state.pool[line] =
          runs ? static_cast<base::Int128>(base::Int256{
                     state.units[line] / base::pow10<base::Int256>(state.unit_decimals)})
               : 0;
    }
  }

 private:
  template <class Take>
  void each(const snapshot::BoundFormula& formula, std::uint64_t lines, const Take& take) {
    AmountColumn column;
    column.resize(formula.width, block_lines);
    lines_.close(run_cell(lines_.input(lines & lines_.open(), nullptr), formula, column, scratch_));
    for (std::uint32_t i = 0; i < block_.count; ++i) {
      if ((lines & lines_.open() & bit(i)) != 0) take(i, widest_at(column, i));
    }
  }

  OpenLines& lines_;
  const BlockView& block_;
  BlockScratch& scratch_;
  const snapshot::BoundApply& apply_;
};

template <class Finder, class Trace>
class BlockApply {
 public:
  using Search = BlockSearch<Finder, Trace>;

  BlockApply(OpenLines& lines, BlockScratch& scratch, Search& search)
      : lines_{lines},
        context_{lines.context()},
        block_{lines.block()},
        scratch_{scratch},
        search_{search} {}

  void run(const snapshot::BoundStep& step, std::uint16_t number, std::uint64_t active) {
    step_ = &step;
    number_ = number;
    StepColumns& to = context_.columns->steps[number];
    std::fill_n(to.winner.data() + block_.offset, block_.count, no_record);
    ApplyState& state = scratch_.applied;
    make_room(state, context_.lines.size());
    state.charges.clear();
    StartingAmounts{lines_, scratch_, *step.apply}.take(active, state);
    search_.begin(step, number, active & lines_.open(), &state.running);
    each_line(search_.find_applicable(), [&](std::uint8_t line, std::span<Candidate> candidates) {
      if ((lines_.open() & bit(line)) != 0) apply_to_line(line, candidates, state);
    });
    for (std::uint32_t i = 0; i < block_.count; ++i)
      to.amount.wide[block_.offset + i] = state.running.amounts[block_.offset + i];
  }

 private:
  void apply_to_line(std::uint8_t line, std::span<Candidate> candidates, ApplyState& state) {
    const typename Search::LineValues values{search_, line};
    const ChoiceContext context{context_.snapshot, context_.plan.parts, &*step_->rule->find,
                                nullptr,           &block_.lines[line], &values};
    sort_candidates(context, candidates);
    const auto at = static_cast<std::uint32_t>(block_.offset + line);
    std::vector<Deal> deals;
    for (const Candidate& candidate : candidates) {
      const auto is_known = [&](const Deal& deal) {  // reached in two ways
        return deal.candidate.record == candidate.record;
      };
      if (std::ranges::none_of(deals, is_known)) deals.push_back({candidate, {at}});
    }
    auto& winners = context_.columns->steps[number_].winner;
    Applier::Hooks hooks;
    hooks.basis_of = [&](const Candidate& candidate, std::size_t) {
      return search_.fit().basis_of(candidate.record, candidate.position, line);
    };
    hooks.refresh = [&] { refresh_inputs(line, state.running); };
    hooks.weight_of = [&](std::size_t of) { return base::Int256{state.running.amounts[of]}; };
    hooks.are_tied = [&](const Deal& a, const Deal& b) {
      return tied(context, a.candidate, b.candidate);
    };
    hooks.listener = search_.deal_listener();
    PricedLines& out = *context_.out;
    const ApplyOutput output{&out.lines, &scratch_.adjustments, &scratch_.free_lines};
    Applier applier{search_.records(), number_, state, output, hooks};
    applier.run(deals, [&](std::size_t of, std::uint32_t record) {
      if (winners[of] == no_record) winners[of] = record;
    });
    search_.tell_ties(applier.tied());
    const Outcome outcome = out.lines[at].outcome;
    if (outcome != Outcome::priced) lines_.close(bit(line), outcome);
  }

  // The inputs of one line of the block, after something was taken off it.
  void refresh_inputs(std::uint32_t line, const Running& running) {
    InputColumns& inputs = context_.columns->steps[number_].inputs;
    FormulaInput one = lines_.input(1, &running);
    one.block = BlockView{block_.lines + line, 1, block_.offset + line};
    for (std::size_t i = 0; i < step_->inputs.size(); ++i) {
      const Unknown now = run_column(one, step_->inputs[i].value, inputs.values[i], scratch_);
      Unknown& unknown = inputs.unknown[i][block_.offset / block_lines];
      unknown = unknown.only(~bit(line));
      unknown |= now.up(line);
    }
    scratch_.text_aggregates.clear();
  }

  OpenLines& lines_;
  const RunContext& context_;
  const BlockView& block_;
  BlockScratch& scratch_;
  Search& search_;
  const snapshot::BoundStep* step_ = nullptr;
  std::uint16_t number_ = 0;
};

}  // namespace engine::price::detail

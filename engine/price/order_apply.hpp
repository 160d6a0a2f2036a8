// A step that applies records over all lines of the order together, and over its charges. Not for
// use outside engine/price.
#pragma once

#include "engine/price/counted_sums.hpp"
#include "engine/price/order_pass.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace engine::price::detail {

template <class Trace>
class OrderApply {
 public:
  OrderApply(OrderPass<Trace>& pass, const snapshot::BoundStep& step, std::uint16_t number,
             const std::vector<std::uint16_t>& running_sums)
      : pass_{pass},
        context_{pass.context},
        step_{step},
        number_{number},
        running_sums_{running_sums},
        state_{pass.scratch.applied} {}

  void run() {
    make_room(state_, context_.lines.size());
    state_.charges.assign(step_.rule->apply->charges.size(), 0);
    const std::vector<std::uint64_t> active = pass_.active_lines(step_, number_);
    std::size_t at = 0;
    pass_.each_block([&](auto& block) {
      StartingAmounts{block.lines(), pass_.scratch, *step_.apply}.take(active[at++], state_);
    });
    StepColumns& to = context_.columns->steps[number_];
    std::fill(to.winner.begin(), to.winner.end(), no_record);
    if (!context_.line_scope && take_charges()) apply(active);
    for (std::size_t line = 0; line < context_.lines.size(); ++line)
      to.amount.wide[line] = state_.running.amounts[line];
    to.charges = state_.charges;
    if constexpr (Trace::enabled) pass_.finish_step(step_, number_, active);
  }

 private:
  // Charges at the decimals of the step. False where one does not fit: then no line has a price.
  bool take_charges() {
    const auto& charges = step_.rule->apply->charges;
    for (std::size_t i = 0; i < charges.size() && !context_.lines.empty(); ++i) {
      const AmountColumn& column = context_.columns->steps[charges[i]].amount;
      const int missing =
          step_.apply->decimals - context_.procedure->steps[charges[i]].amount.decimals;
      const base::Int256 value = widest_at(column, 0);
      const base::Int256 at_decimals =
          missing >= 0 ? base::Int256{value * base::pow10<base::Int256>(missing)}
                       : base::round_quotient<base::Int256>(
                             value, base::pow10<base::Int256>(-missing), step_.apply->mode);
      if (!is_applicable(at_decimals)) {
        for (PricedLine& line : context_.out->lines) {
          if (line.outcome == Outcome::priced) line.outcome = Outcome::amount_out_of_range;
        }
        return false;
      }
      state_.charges[i] = static_cast<base::Int128>(at_decimals);
    }
    state_.original_charges = state_.charges;
    return true;
  }

  void apply(const std::vector<std::uint64_t>& active) {
    const bool counts = step_.rule->find->counted != rule::CountedOver::line;
    refresh();
    if (counts) {
      sums_.emplace(context_, step_).count(pass_, number_, active, &state_.running);
      refresh();
    }
    const std::vector<Deal> deals = deals_of(active);
    const RecordContext records = pass_.records(step_, number_, &state_.running);
    Applier::Hooks hooks;
    hooks.basis_of = [&](const Candidate& candidate, std::size_t line) {
      return basis_of(candidate, line);
    };
    hooks.refresh = [&] { refresh(); };
    hooks.weight_of = [&](std::size_t line) { return weight_of(line); };
    hooks.runs_on = [&active](std::size_t line) {
      return (active[line / block_lines] >> (line % block_lines) & 1U) != 0;
    };
    hooks.are_tied = [&](const Deal& a, const Deal& b) {
      const Values values{*this, a.lines.front()};
      return tied(choice_context(a.lines.front(), values), a.candidate, b.candidate);
    };
    if constexpr (Trace::enabled) hooks.listener = &pass_.trace;
    PricedLines& out = *context_.out;
    const ApplyOutput output{&out.lines, &out.adjustments, &out.free_lines};
    auto& winners = context_.columns->steps[number_].winner;
    Applier applier{records, number_, state_, output, hooks};
    applier.run(deals, [&](std::size_t line, std::uint32_t record) {
      if (winners[line] == no_record) winners[line] = record;
    });
    if constexpr (Trace::enabled) {
      for (const Deal* deal : applier.tied()) {
        for (const std::uint32_t line : deal->lines) pass_.trace.tied(line, deal->candidate.record);
      }
    }
  }

  // Sums of what is left, then the inputs of the records' own texts.
  void refresh() {
    pass_.aggregates.clear();
    const RecordContext records = pass_.records(step_, number_, &state_.running);
    const auto& aggregates = context_.procedure->aggregates;
    for (const std::uint16_t number : running_sums_) {
      if (!aggregates[number].running) continue;
      context_.columns->aggregates[number] =
          aggregate_over(records, aggregates[number], {0, context_.lines.size()});
    }
    InputColumns& inputs = context_.columns->steps[number_].inputs;
    if (step_.inputs.empty()) return;
    pass_.each_block([&](auto& block) {
      const FormulaInput input = block.lines().input(block.lines().open(), &state_.running);
      for (std::size_t i = 0; i < step_.inputs.size(); ++i) {
        inputs.unknown[i][input.block.offset / block_lines] =
            run_column(input, step_.inputs[i].value, inputs.values[i], pass_.scratch);
      }
    });
  }

  base::Int256 weight_of(std::size_t line) {
    if (step_.apply->weight.code.empty()) return base::Int256{state_.running.amounts[line]};
    const auto [weight, unknown] = pass_.cell(step_.apply->weight, line, nullptr, &state_.running);
    if (unknown.any() != 0) context_.out->lines[line].outcome = outcome_of(unknown);
    return weight;
  }

  ScaleBasis basis_of(const Candidate& candidate, std::size_t line) {
    if (sums_) return sums_->basis_of(candidate.record, candidate.position, line);
    if (!step_.basis.code.empty()) {
      return basis_from(pass_.cell(step_.basis, line, nullptr, &state_.running).first,
                        step_.basis.decimals);
    }
    const auto& index = context_.snapshot->conditions();
    return quantity_basis(*context_.snapshot, index.terms(index.record(candidate.record)),
                          context_.lines[line]);
  }

  // What records are worth to comparators, on one line.
  class Values final : public CandidateValues {
   public:
    Values(OrderApply& apply, std::size_t line) : apply_{apply}, line_{line} {}

    base::Int256 value_of(const Candidate& candidate) const override {
      const RecordContext records =
          apply_.pass_.records(apply_.step_, apply_.number_, &apply_.state_.running);
      return value_on(records, candidate.record, line_, apply_.basis_of(candidate, line_)).value;
    }

    int decimals() const override { return apply_.step_.value_decimals; }

    // Records in other currencies are not applied.
    std::optional<snapshot::RateFactor> rate_from(model::CurrencyId currency) const override {
      if (currency != apply_.context_.header->currency) return std::nullopt;
      return snapshot::RateFactor{};
    }

   private:
    OrderApply& apply_;
    std::size_t line_;
  };

  ChoiceContext choice_context(std::size_t line, const Values& values) const {
    return {context_.snapshot, context_.plan.parts,   &*step_.rule->find,
            nullptr,           &context_.lines[line], &values};
  }

  // The records that fit some line, with those lines, in the order of the comparators. A record
  // that lines reach in several ways stands where the best one puts it.
  std::vector<Deal> deals_of(const std::vector<std::uint64_t>& active) {
    std::map<std::uint32_t, Deal> by_record;
    std::size_t at = 0;
    pass_.each_block([&](auto& block) {
      auto& search = block.search();
      search.count_by(sums_ ? &*sums_ : nullptr);
      search.begin(step_, number_, active[at++] & block.lines().open(), &state_.running);
      const std::span<Candidate> all = search.find_applicable();
      for (const Candidate& found : std::vector<Candidate>{all.begin(), all.end()}) {
        const auto line = static_cast<std::uint32_t>(block.lines().block().offset + found.line);
        Deal& deal = by_record.try_emplace(found.record, Deal{found, {}}).first->second;
        if (deal.lines.empty() || deal.lines.back() != line) deal.lines.push_back(line);
        const Values values{*this, line};
        if (comes_before(choice_context(line, values), found, deal.candidate))
          deal.candidate = found;
      }
    });
    std::vector<Candidate> order;
    for (const auto& [record, deal] : by_record) order.push_back(deal.candidate);
    if (order.empty()) return {};
    const std::size_t line = by_record.at(order.front().record).lines.front();
    const Values values{*this, line};
    sort_candidates(choice_context(line, values), order);
    std::vector<Deal> deals;
    for (const Candidate& candidate : order)
      deals.push_back(std::move(by_record.at(candidate.record)));
    return deals;
  }

  OrderPass<Trace>& pass_;
  const RunContext& context_;
  const snapshot::BoundStep& step_;
  std::uint16_t number_;
  const std::vector<std::uint16_t>& running_sums_;
  ApplyState& state_;
  std::optional<CountedSums> sums_;
};

}  // namespace engine::price::detail

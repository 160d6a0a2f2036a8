// Steps that see the whole order at once: amounts of the order, spreads, records applied over the
// order, searches whose scales count over several lines. One thread, all lines. Header only, since
// it is compiled once for each trace. Not for use outside engine/price.
#pragma once

#include "engine/price/block_run.hpp"
#include "engine/price/spread.hpp"

#include <algorithm>
#include <map>

namespace engine::price::detail {

template <class Trace>
class OrderRun {
 public:
  using Block = BlockRun<HashFinder, Trace>;

  OrderRun(const RunContext& context, BlockScratch& scratch, Trace& trace)
      : context_{context}, scratch_{scratch}, trace_{trace} {}

  void run(std::uint16_t number) {
    const snapshot::BoundStep& step = context_.procedure->steps[number];
    if (step.rule->of_order) return run_of_order(step, number);
    if (step.spread) return run_spread(step, number);
    if (step.apply && step.rule->apply->over == rule::ApplyOver::order)
      return run_apply(step, number);
    if (step.rule->find && step.rule->find->counted != rule::CountedOver::line)
      return run_counted(step, number);
    each_block([&](Block& block) { block.run_step(number); });
  }

 private:
  template <class Body>
  void each_block(const Body& body) {
    for (std::size_t offset = 0; offset < context_.lines.size(); offset += block_lines) {
      HashFinder finder;
      Block block{context_, scratch_, finder, trace_};
      block.running_ = running_;
      block.start(offset);
      body(block);
    }
  }

  bool is_priced(std::size_t line) const {
    return context_.out->lines[line].outcome == Outcome::priced;
  }

  RecordContext records(const snapshot::BoundStep& step, std::uint16_t number) {
    RecordContext made;
    made.snapshot = context_.snapshot;
    made.procedure = context_.procedure;
    made.step = &step;
    made.header = context_.header;
    made.lines = context_.lines;
    made.priced = context_.out;
    made.columns = context_.columns;
    made.inputs = &context_.columns->steps[number].inputs;
    made.scratch = &scratch_;
    made.aggregates = &aggregates_;
    made.line_scope = context_.line_scope;
    return made;
  }

  // One amount, worked out on a line without an article and the same on all lines.
  void run_of_order(const snapshot::BoundStep& step, std::uint16_t number) {
    if (context_.lines.empty()) return;
    Line line;
    line.date = context_.lines.front().date;
    PricedLines out;
    out.lines.resize(1);
    RunContext one = context_;
    one.lines = {&line, 1};
    one.out = &out;
    HashFinder finder;
    NoTrace trace;
    BlockRun<HashFinder, NoTrace> block{one, scratch_, finder, trace};
    block.start(0);
    if (!context_.line_scope) block.run_step(number);
    StepColumns& columns = context_.columns->steps[number];
    const PricedLine& made = out.lines.front();
    for (std::size_t i = 0; i < context_.lines.size(); ++i) {
      copy_first(columns, i);
      PricedLine& to = context_.out->lines[i];
      to.notes = static_cast<std::uint16_t>(to.notes | made.notes);
      to.valid_until = std::min(to.valid_until, made.valid_until);
      if (made.outcome == Outcome::priced || to.outcome != Outcome::priced) continue;
      to.outcome = made.outcome;
      to.reason = made.reason;
    }
    trace_whole(step, number);
  }

  static void copy_first(StepColumns& columns, std::size_t line) {
    const auto copy = [line](auto& values) {
      if (line < values.size()) values[line] = values.front();
    };
    for (AmountColumn* column : {&columns.amount, &columns.exact}) {
      copy(column->narrow);
      copy(column->wide);
      copy(column->widest);
    }
    copy(columns.winner);
    copy(columns.value);
  }

  void trace_whole(const snapshot::BoundStep& step, std::uint16_t number) {
    if constexpr (Trace::enabled) {
      each_block([&](Block& block) {
        trace_.begin_step(number, block.block(), block.open(), block.open());
        trace_.end_step(step, context_.columns->steps[number], block.block(), block.open());
      });
    }
  }

  // ---- spreads -----------------------------------------------------------------------------------

  void run_spread(const snapshot::BoundStep& step, std::uint16_t number) {
    auto& shares = context_.columns->steps[number].amount.wide;
    std::fill(shares.begin(), shares.end(), 0);
    std::vector<std::uint64_t> active;
    each_block([&](Block& block) { active.push_back(block.active_lines(step, number)); });
    std::map<base::Int256, std::vector<std::uint32_t>> groups;
    for (std::uint32_t line = 0; line < context_.lines.size(); ++line) {
      if (!is_priced(line) || (active[line / block_lines] >> (line % block_lines) & 1U) == 0)
        continue;
      const auto by = step.rule->spread->by;
      groups[by ? widest_at(context_.columns->steps[*by].amount, line) : base::Int256{0}].push_back(
          line);
    }
    if (!context_.line_scope) {
      for (const auto& [value, lines] : groups) spread_group(step, number, lines);
    }
    if constexpr (Trace::enabled) {
      std::size_t at = 0;
      each_block([&](Block& block) { block.finish_step(step, number, active[at++]); });
    }
  }

  void spread_group(const snapshot::BoundStep& step, std::uint16_t number,
                    const std::vector<std::uint32_t>& lines) {
    RecordContext context = records(step, number);
    std::vector<std::uint8_t> group(context_.lines.size(), 0);
    for (const std::uint32_t line : lines) group[line] = 1;
    if (step.rule->spread->by) context.group = &group;
    std::vector<AggregateValue> sums;
    for (const auto& aggregate : context_.procedure->aggregates)
      sums.push_back(aggregate.running ? AggregateValue{}
                                       : aggregate_over(context, aggregate, nullptr));
    const auto [total, unknown] = cell(step.spread->total, lines.front(), &sums);
    if (unknown.any() != 0 || total > base::Int256{base::int128_max} ||
        total < -base::Int256{base::int128_max}) {
      const Outcome outcome =
          unknown.any() != 0 ? outcome_of(unknown) : Outcome::amount_out_of_range;
      for (const std::uint32_t line : lines) context_.out->lines[line].outcome = outcome;
      return;
    }
    std::vector<base::Int256> weights;
    for (const std::uint32_t line : lines) {
      weights.push_back(step.spread->weight.code.empty()
                            ? base::Int256{1}
                            : cell(step.spread->weight, line, nullptr).first);
    }
    const auto shares =
        spread(static_cast<base::Int128>(total), weights, {}, step.rule->spread->rule);
    auto& column = context_.columns->steps[number].amount.wide;
    for (std::size_t i = 0; i < lines.size(); ++i) column[lines[i]] = shares[i];
  }

  std::pair<base::Int256, Unknown> cell(const snapshot::BoundFormula& formula, std::size_t line,
                                        const std::vector<AggregateValue>* sums) {
    FormulaInput input;
    input.snapshot = context_.snapshot;
    input.procedure = context_.procedure;
    input.header = context_.header;
    input.columns = context_.columns;
    input.block = BlockView{context_.lines.data() + line, 1, line};
    input.open = 1;
    input.line_scope = context_.line_scope;
    input.own_aggregates = sums;
    input.running = running_;
    AmountColumn column;
    column.resize(formula.width, 1);
    const Unknown unknown = run_cell(input, formula, column, scratch_);
    return {widest_at(column, 0), unknown};
  }

  // ---- records applied over the order ------------------------------------------------------------

  void run_apply(const snapshot::BoundStep& step, std::uint16_t number) {
    ApplyState& state = scratch_.applied;
    prepare_state(step, state);
    running_ = &state.running;
    std::vector<std::uint64_t> active;
    each_block([&](Block& block) {
      active.push_back(block.active_lines(step, number));
      block.close(block.take_amounts(step, active.back(), state));
    });
    take_charges(step, number, state);
    for (std::size_t line = 0; line < context_.lines.size(); ++line) {
      state.pool[line] = static_cast<base::Int128>(
          base::Int256{state.units[line] / base::pow10<base::Int256>(state.unit_decimals)});
    }
    StepColumns& to = context_.columns->steps[number];
    std::fill(to.winner.begin(), to.winner.end(), no_record);
    refresh(step, number);
    if (!context_.line_scope) apply_deals(step, number, active, state);
    for (std::size_t line = 0; line < context_.lines.size(); ++line)
      to.amount.wide[line] = state.running.amounts[line];
    to.charges = state.charges;
    if constexpr (Trace::enabled) {
      std::size_t at = 0;
      each_block([&](Block& block) { block.finish_step(step, number, active[at++]); });
    }
    running_ = nullptr;
  }

  void prepare_state(const snapshot::BoundStep& step, ApplyState& state) {
    const std::size_t lines = context_.lines.size();
    state.original.assign(lines, 0);
    state.running.amounts.assign(lines, 0);
    state.floors.assign(lines, 0);
    state.units.assign(lines, 0);
    state.pool.assign(lines, 0);
    state.charges.assign(step.rule->apply->charges.size(), 0);
  }

  // Charges at the decimals of the step.
  void take_charges(const snapshot::BoundStep& step, std::uint16_t number, ApplyState& state) {
    static_cast<void>(number);
    for (std::size_t i = 0; i < state.charges.size() && !context_.lines.empty(); ++i) {
      const std::uint16_t charge = step.rule->apply->charges[i];
      const AmountColumn& column = context_.columns->steps[charge].amount;
      const int missing = step.apply->decimals - context_.procedure->steps[charge].amount.decimals;
      const base::Int256 value = widest_at(column, 0);
      const base::Int256 at_decimals =
          missing >= 0 ? base::Int256{value * base::pow10<base::Int256>(missing)}
                       : base::round_quotient<base::Int256>(
                             value, base::pow10<base::Int256>(-missing), step.apply->mode);
      state.charges[i] = static_cast<base::Int128>(at_decimals);
    }
    state.original_charges = state.charges;
  }

  // Sums of what is left, then the inputs of the records' own texts.
  void refresh(const snapshot::BoundStep& step, std::uint16_t number) {
    aggregates_.clear();
    RecordContext context = records(step, number);
    context.running = running_;
    for (std::size_t i = 0; i < context_.procedure->aggregates.size(); ++i) {
      if (context_.procedure->aggregates[i].running && is_used(i))
        context_.columns->aggregates[i] =
            aggregate_over(context, context_.procedure->aggregates[i], nullptr);
    }
    InputColumns& inputs = context_.columns->steps[number].inputs;
    each_block([&](Block& block) { block.refresh_all(step, inputs, running_); });
  }

  bool is_used(std::size_t aggregate) const {
    return std::ranges::find(used_, aggregate) != used_.end();
  }

  void apply_deals(const snapshot::BoundStep& step, std::uint16_t number,
                   const std::vector<std::uint64_t>& active, ApplyState& state) {
    std::vector<Deal> deals = gather(step, number, active);
    RecordContext context = records(step, number);
    context.running = running_;
    Applier::Hooks hooks;
    hooks.basis_of = [&](const Candidate& candidate, std::size_t line) {
      return basis_of(step, candidate, line);
    };
    hooks.refresh = [&] { refresh(step, number); };
    hooks.weight_of = [&](std::size_t line) {
      if (step.apply->weight.code.empty()) return base::Int256{state.running.amounts[line]};
      return cell(step.apply->weight, line, nullptr).first;
    };
    PricedLines& out = *context_.out;
    const ApplyOutput output{&out.lines, &out.adjustments, &out.free_lines};
    auto& winners = context_.columns->steps[number].winner;
    Applier applier{context, number, state, output, hooks};
    applier.run(std::move(deals), [&](std::size_t line, std::uint32_t record) {
      if (winners[line] == no_record) winners[line] = record;
    });
  }

  ScaleBasis basis_of(const snapshot::BoundStep& step, const Candidate& candidate,
                      std::size_t line) {
    if (!step.basis.code.empty())
      return basis_from(cell(step.basis, line, nullptr).first, step.basis.decimals);
    const auto& index = context_.snapshot->conditions();
    return quantity_basis(*context_.snapshot, index.terms(index.record(candidate.record)),
                          context_.lines[line]);
  }

  // The records that fit some line, conditions aside, in the order of the comparators.
  std::vector<Deal> gather(const snapshot::BoundStep& step, std::uint16_t number,
                           const std::vector<std::uint64_t>& active) {
    std::map<std::uint32_t, Deal> by_record;
    std::size_t at = 0;
    each_block([&](Block& block) {
      for (const Candidate& found :
           block.gather(step, number, active[at] & block.open(), false, nullptr)) {
        Deal& deal = by_record.try_emplace(found.record, Deal{found, {}}).first->second;
        const auto line = static_cast<std::uint32_t>(block.block().offset + found.line);
        if (deal.lines.empty() || deal.lines.back() != line) deal.lines.push_back(line);
      }
      ++at;
    });
    std::vector<Candidate> order;
    for (const auto& [record, deal] : by_record) order.push_back(deal.candidate);
    if (order.empty()) return {};
    const Line& line = context_.lines[by_record.at(order.front().record).lines.front()];
    const ChoiceContext context{context_.snapshot, context_.plan, &*step.rule->find,
                                nullptr,           &line,         nullptr};
    sort_candidates(context, order);
    std::vector<Deal> deals;
    for (const Candidate& candidate : order)
      deals.push_back(std::move(by_record.at(candidate.record)));
    return deals;
  }

  // ---- scales counted over lines -----------------------------------------------------------------

  class Sums final : public CountedBasis {
   public:
    ScaleBasis basis_of(std::uint32_t record, std::uint32_t position, std::size_t) const override {
      const auto found = sums.find(key_of(record, position));
      if (found == sums.end()) return {};
      return basis_from(found->second, decimals);
    }

    std::uint32_t key_of(std::uint32_t record, std::uint32_t position) const {
      switch (over) {
        case rule::CountedOver::record:
          return record;
        case rule::CountedOver::key:
          return position;
        case rule::CountedOver::document:
          return snapshot->conditions().record(record).document.raw();
        default:
          return 0;
      }
    }

    const snapshot::Snapshot* snapshot = nullptr;
    rule::CountedOver over = rule::CountedOver::order;
    int decimals = base::Quantity::decimals;
    std::map<std::uint32_t, base::Int256> sums;
  };

  void run_counted(const snapshot::BoundStep& step, std::uint16_t number) {
    Sums sums;
    sums.snapshot = context_.snapshot;
    sums.over = step.rule->find->counted;
    std::vector<std::uint64_t> active;
    each_block([&](Block& block) {
      active.push_back(block.active_lines(step, number));
      block.ignore_thresholds(true);
      std::map<std::pair<std::uint32_t, std::uint32_t>, bool> seen;  // key, line: counts once
      for (const Candidate& found :
           block.gather(step, number, active.back() & block.open(), true, &sums)) {
        const std::uint32_t key = sums.key_of(found.record, found.position);
        if (!seen.try_emplace({key, found.line}, true).second) continue;
        const auto [value, decimals] = counted_of(step, block.block().offset + found.line);
        sums.decimals = decimals;
        sums.sums[key] += value;
      }
    });
    std::size_t at = 0;
    each_block([&](Block& block) {
      const std::uint64_t lines = active[at++] & block.open();
      block.find_counted(step, number, lines, sums);
      block.finish_step(step, number, lines);
    });
  }

  // What a line adds: its basis, or the quantity in base units.
  std::pair<base::Int256, int> counted_of(const snapshot::BoundStep& step, std::size_t line) {
    if (!step.basis.code.empty())
      return {cell(step.basis, line, nullptr).first, step.basis.decimals};
    const Line& ordered = context_.lines[line];
    constexpr int finer = 6;
    const base::Int256 quantity = base::Int256{ordered.quantity.mantissa()} * ordered.numerator *
                                  base::pow10<base::Int256>(finer);
    return {base::round_quotient<base::Int256>(quantity, base::Int256{ordered.denominator},
                                               base::Rounding::half_up),
            base::Quantity::decimals + finer};
  }

 public:
  // The aggregates that the segment needs; running ones are those of its apply step.
  void use(const std::vector<std::uint16_t>& aggregates) {
    used_.assign(aggregates.begin(), aggregates.end());
  }

 private:
  const RunContext& context_;
  BlockScratch& scratch_;
  Trace& trace_;
  TextAggregates aggregates_;
  const Running* running_ = nullptr;
  std::vector<std::size_t> used_;
};

}  // namespace engine::price::detail

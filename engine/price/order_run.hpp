// Steps that see the whole order at once: amounts of the order, spreads, records applied over the
// order, searches whose scales count over several lines. One thread, all lines. Header only, since
// it is compiled once for each trace. Not for use outside engine/price.
#pragma once

#include "engine/price/counted_sums.hpp"
#include "engine/price/order_apply.hpp"
#include "engine/price/order_pass.hpp"
#include "engine/price/order_spread.hpp"

#include <algorithm>

namespace engine::price::detail {

template <class Trace>
class OrderRun {
 public:
  // `aggregates` are those that the segment needs; running ones are those of its apply step.
  OrderRun(const RunContext& context, const std::vector<std::uint16_t>& aggregates,
           BlockScratch& scratch, Trace& trace)
      : context_{context}, aggregates_{aggregates}, pass_{context, scratch, trace} {}

  void run(std::uint16_t number) {
    const snapshot::BoundStep& step = context_.procedure->steps[number];
    if (step.rule->of_order) return run_of_order(number);
    if (step.spread) return OrderSpread<Trace>{pass_, step, number}.run();
    if (step.apply && step.rule->apply->over == rule::ApplyOver::order)
      return OrderApply<Trace>{pass_, step, number, aggregates_}.run();
    if (step.rule->find && step.rule->find->counted != rule::CountedOver::line)
      return run_counted(step, number);
    if (step.sums_over_lines && step.finds && !step.applies) return run_summed(step, number);
    pass_.each_block([&](auto& block) { block.run_step(number); });
  }

 private:
  // One amount, worked out on a line without an article and the same on all lines.
  void run_of_order(std::uint16_t number) {
    if (context_.lines.empty()) return;
    Line line;
    line.date = context_.header->date;
    PricedLines out;
    out.lines.resize(1);
    RunContext one = context_;
    one.lines = {&line, 1};
    one.out = &out;
    one.order = &context_;
    if constexpr (Trace::enabled) {
      std::vector<LineTrace> traces(1);
      WaterfallTrace trace{traces};
      run_once(one, number, trace);
      if (traces.front().steps.empty()) {  // in line scope
        StepTrace& skipped = traces.front().steps.emplace_back();
        skipped.step = number;
        skipped.skipped = true;
      }
      for (std::size_t i = 0; i < context_.lines.size(); ++i) {
        if (pass_.is_priced(i)) pass_.trace.add(i, traces.front().steps.front());
      }
    } else {
      NoTrace trace;
      run_once(one, number, trace);
    }
    StepColumns& columns = context_.columns->steps[number];
    const std::size_t lines = context_.lines.size();
    copy_first(columns.amount, lines);
    copy_first(columns.exact, lines);
    fill_with_first(columns.winner, lines);
    fill_with_first(columns.value, lines);
    share(out.lines.front());
  }

  template <class OneTrace>
  void run_once(const RunContext& one, std::uint16_t number, OneTrace& trace) {
    if (context_.line_scope) return clear_first(context_.columns->steps[number]);
    HashFinder finder;
    BlockRun<HashFinder, OneTrace> block{one, pass_.scratch, finder, trace};
    block.start(0);
    block.run_step(number);
  }

  // What the order came to holds for every line that still has a price.
  void share(const PricedLine& order) {
    for (PricedLine& line : context_.out->lines) {
      if (line.outcome != Outcome::priced) continue;
      line.notes = static_cast<std::uint16_t>(line.notes | order.notes);
      line.valid_until = std::min(line.valid_until, order.valid_until);
      line.outcome = order.outcome;
      line.reason = order.reason;
    }
  }

  static void clear_first(StepColumns& columns) {
    const auto clear = [](auto& values, const auto& nothing) {
      if (!values.empty()) values.front() = nothing;
    };
    for (AmountColumn* column : {&columns.amount, &columns.exact}) {
      clear(column->narrow, 0);
      clear(column->wide, 0);
      clear(column->widest, 0);
    }
    clear(columns.winner, no_record);
    clear(columns.value, 0);
  }

  // Conditions of records with sums over the lines see the order as it was when the search began.
  void run_summed(const snapshot::BoundStep& step, std::uint16_t number) {
    const std::vector<std::uint64_t> active = pass_.active_lines(step, number);
    std::size_t at = 0;
    pass_.each_block([&](auto& block) {
      block.search().begin(step, number, active[at++] & block.lines().open(), nullptr);
    });
    take_sums(step, number);
    at = 0;
    pass_.each_block([&](auto& block) {
      const std::uint64_t lines = active[at++] & block.lines().open();
      block.search().keep_sums();
      block.find(step, number, lines);
      block.finish_step(step, number, lines);
    });
  }

  void take_sums(const snapshot::BoundStep& step, std::uint16_t number) {
    TextAggregates& sums = pass_.scratch.text_aggregates;
    sums.clear();
    if (context_.line_scope) return;  // each line has its own
    const RecordContext records =
        record_context(context_, step, number, pass_.scratch, sums, nullptr);
    for (std::uint32_t text = 0; text < step.texts.size(); ++text) take_aggregates(records, text);
  }

  void run_counted(const snapshot::BoundStep& step, std::uint16_t number) {
    const std::vector<std::uint64_t> active = pass_.active_lines(step, number);
    CountedSums sums{context_, step};
    sums.count(pass_, number, active, step.applies ? starting_amounts(step, active) : nullptr);
    std::size_t at = 0;
    pass_.each_block([&](auto& block) {
      const std::uint64_t lines = active[at++] & block.lines().open();
      block.search().count_by(&sums);
      block.find(step, number, lines);
      block.finish_step(step, number, lines);
    });
  }

  // What is left of the lines before any record acts.
  const Running* starting_amounts(const snapshot::BoundStep& step,
                                  const std::vector<std::uint64_t>& active) {
    ApplyState& state = pass_.scratch.applied;
    make_room(state, context_.lines.size());
    std::size_t at = 0;
    pass_.each_block([&](auto& block) {
      StartingAmounts{block.lines(), pass_.scratch, *step.apply}.take(active[at++], state);
    });
    return &state.running;
  }

  const RunContext& context_;
  const std::vector<std::uint16_t>& aggregates_;
  OrderPass<Trace> pass_;
};

}  // namespace engine::price::detail

// What steps over the whole order share: all lines block after block on one thread, and formulas on
// a single line. Header only, since it is compiled once for each trace. Not for use outside
// engine/price.
#pragma once

#include "engine/price/block_run.hpp"

#include <utility>
#include <vector>

namespace engine::price::detail {

template <class Trace>
struct OrderPass {
  using Block = BlockRun<HashFinder, Trace>;

  template <class Body>
  void each_block(const Body& body) {
    for (std::size_t offset = 0; offset < context.lines.size(); offset += block_lines) {
      HashFinder finder;
      Block block{context, scratch, finder, trace};
      block.start(offset);
      body(block);
    }
  }

  // The lines where the step runs, by block.
  std::vector<std::uint64_t> active_lines(const snapshot::BoundStep& step, std::uint16_t number) {
    std::vector<std::uint64_t> active;
    each_block([&](Block& block) { active.push_back(block.active_lines(step, number)); });
    return active;
  }

  void finish_step(const snapshot::BoundStep& step, std::uint16_t number,
                   const std::vector<std::uint64_t>& active) {
    std::size_t at = 0;
    each_block([&](Block& block) { block.finish_step(step, number, active[at++]); });
  }

  bool is_priced(std::size_t line) const {
    return context.out->lines[line].outcome == Outcome::priced;
  }

  RecordContext records(const snapshot::BoundStep& step, std::uint16_t number,
                        const Running* running) {
    return record_context(context, step, number, scratch, aggregates, running);
  }

  // A formula on one line. `sums` stand in for the aggregates of the procedure; may be null.
  std::pair<base::Int256, Unknown> cell(const snapshot::BoundFormula& formula, std::size_t line,
                                        const std::vector<AggregateValue>* sums,
                                        const Running* running) {
    return value_on_line(formula, BlockView{context.lines.data() + line, 1, line}, sums, running);
  }

  // A formula of the order, or of a group of lines: fields are the question's own; steps are read
  // on one of the lines, on which what they share stands.
  std::pair<base::Int256, Unknown> shared_cell(const snapshot::BoundFormula& formula,
                                               std::size_t line,
                                               const std::vector<AggregateValue>* sums) {
    Line order;
    order.date = context.header->date;
    return value_on_line(formula, BlockView{&order, 1, line}, sums, nullptr);
  }

  std::pair<base::Int256, Unknown> value_on_line(const snapshot::BoundFormula& formula,
                                                 const BlockView& line,
                                                 const std::vector<AggregateValue>* sums,
                                                 const Running* running) {
    FormulaInput input;
    input.snapshot = context.snapshot;
    input.procedure = context.procedure;
    input.header = context.header;
    input.columns = context.columns;
    input.block = line;
    input.open = 1;
    input.line_scope = context.line_scope;
    input.own_aggregates = sums;
    input.running = running;
    AmountColumn column;
    column.resize(formula.width, 1);
    const Unknown unknown = run_cell(input, formula, column, scratch);
    return {widest_at(column, 0), unknown};
  }

  const RunContext& context;
  BlockScratch& scratch;
  Trace& trace;
  TextAggregates aggregates = {};  // of records' own texts
};

}  // namespace engine::price::detail

#include "engine/price/evaluator.hpp"

#include "engine/base/limits.hpp"
#include "engine/base/parallel.hpp"
#include "engine/price/block_run.hpp"
#include "engine/price/order_run.hpp"
#include "engine/price/take_answer.hpp"

#include <algorithm>

namespace engine::price {

namespace limits = base::limits;
using detail::BlockRun;
using detail::OrderRun;
using detail::RunContext;
using snapshot::BoundProcedure;
using snapshot::BoundStep;
using snapshot::Segment;

namespace {

void size_inputs(const BoundStep& step, std::size_t lines, InputColumns& inputs) {
  if (inputs.values.size() < step.inputs.size()) {
    inputs.values.resize(step.inputs.size());
    inputs.unknown.resize(step.inputs.size());
  }
  for (std::size_t i = 0; i < step.inputs.size(); ++i) {
    inputs.values[i].resize(step.inputs[i].value.width, lines);
    inputs.unknown[i].assign((lines + block_lines - 1) / block_lines, Unknown{});
  }
}

void size_aggregates(const BoundProcedure& procedure, std::size_t lines, bool line_scope,
                     Columns& columns) {
  columns.aggregates.assign(procedure.aggregates.size(), {});
  if (!line_scope) return;
  InputColumns& own = columns.line_aggregates;
  own.values.resize(procedure.aggregates.size());
  own.unknown.resize(procedure.aggregates.size());
  for (std::size_t i = 0; i < procedure.aggregates.size(); ++i) {
    own.values[i].resize(procedure.aggregates[i].of.width, lines);
    own.unknown[i].assign((lines + block_lines - 1) / block_lines, Unknown{});
  }
}

void size_columns(const BoundProcedure& procedure, std::size_t lines, bool all_exact,
                  Columns& columns) {
  if (columns.steps.size() < procedure.steps.size()) columns.steps.resize(procedure.steps.size());
  StepColumns* column = columns.steps.data();
  for (const BoundStep& step : procedure.steps) {
    StepColumns& to = *column++;
    to.amount.resize(step.amount.width, lines);
    if (step.exact_needed || all_exact) to.exact.resize(step.amount.width, lines);
    if (step.finds && to.winner.size() < lines) to.winner.resize(lines);
    if (step.has_more && to.value.size() < lines) to.value.resize(lines);
    if (step.apply) to.charges.assign(step.rule->apply->charges.size(), 0);
    if (!step.inputs.empty()) size_inputs(step, lines, to.inputs);
  }
}

void start(const Task& task, const BoundProcedure& procedure, PricedLines& out) {
  out.lines.assign(task.lines.size(), PricedLine{});
  PricedLine* to = out.lines.data();
  for (const Line& line : task.lines) (to++)->outcome = line.outcome;
  out.components.assign(task.lines.size() * procedure.rule->answer.components.size(), Amount{});
  out.order.clear();
  out.adjustments.clear();
  out.free_lines.clear();
}

// Adjustments that workers noted for the blocks of a segment, in the order of steps and lines.
void collect(Scratch& scratch, PricedLines& out) {
  const auto first_adjustment = static_cast<std::ptrdiff_t>(out.adjustments.size());
  const auto first_free = static_cast<std::ptrdiff_t>(out.free_lines.size());
  for (BlockScratch& worker : scratch.blocks) {
    out.adjustments.insert(out.adjustments.end(), worker.adjustments.begin(),
                           worker.adjustments.end());
    out.free_lines.insert(out.free_lines.end(), worker.free_lines.begin(), worker.free_lines.end());
    worker.adjustments.clear();
    worker.free_lines.clear();
  }
  if (out.adjustments.empty() && out.free_lines.empty()) return;
  const auto by_line = [](const auto& a, const auto& b) {
    return a.step != b.step ? a.step < b.step : a.line < b.line;
  };
  std::stable_sort(out.adjustments.begin() + first_adjustment, out.adjustments.end(), by_line);
  std::stable_sort(out.free_lines.begin() + first_free, out.free_lines.end(), by_line);
}

RunContext context_of(const Task& task, const PlanView& plan, Scratch& scratch, PricedLines& out) {
  RunContext context;
  context.snapshot = task.snapshot;
  context.procedure = &task.snapshot->procedures()[task.procedure];
  context.header = task.header;
  context.lines = task.lines;
  context.plan = plan;
  context.columns = &scratch.columns;
  context.out = &out;
  context.line_scope = task.line_scope;
  context.run = ++scratch.run;
  return context;
}

void compute_aggregates(const RunContext& context, const Segment& segment, BlockScratch& scratch) {
  RecordContext records;
  records.snapshot = context.snapshot;
  records.procedure = context.procedure;
  records.header = context.header;
  records.lines = context.lines;
  records.priced = context.out;
  records.summed_lines = context.lines;
  records.summed_priced = context.out;
  records.columns = context.columns;
  records.scratch = &scratch;
  records.line_scope = context.line_scope;
  for (const std::uint16_t number : segment.aggregates) {
    const snapshot::BoundAggregate& aggregate = context.procedure->aggregates[number];
    if (aggregate.running) continue;  // its apply step does that
    if (context.line_scope) {
      column_over(records, number, context.columns->line_aggregates);
    } else {
      context.columns->aggregates[number] =
          aggregate_over(records, aggregate, {0, context.lines.size()});
    }
  }
}

std::span<const std::uint16_t> steps_of(const BoundProcedure& procedure, const Segment& segment) {
  return std::span{procedure.order}.subspan(segment.begin,
                                            static_cast<std::size_t>(segment.end - segment.begin));
}

template <class Trace>
void run_serial(const RunContext& context, const Segment& segment, Scratch& scratch, Trace& trace) {
  OrderRun<Trace> run{context, segment.aggregates, scratch.blocks.front(), trace};
  for (const std::uint16_t step : steps_of(*context.procedure, segment)) run.run(step);
}

template <class Finder, class Trace>
void evaluate_here(const Task& task, const PlanView& plan, Scratch& scratch, Finder& finder,
                   Trace& trace, PricedLines& out) {
  if (scratch.blocks.empty()) scratch.blocks.resize(1);
  RunContext context = context_of(task, plan, scratch, out);
  context.explained = Trace::enabled;
  for (const Segment& segment : context.procedure->segments) {
    if (!segment.aggregates.empty()) compute_aggregates(context, segment, scratch.blocks.front());
    if (segment.serial) {
      run_serial(context, segment, scratch, trace);
    } else {
      BlockRun<Finder, Trace> run{context, scratch.blocks.front(), finder, trace};
      for (std::size_t offset = 0; offset < task.lines.size(); offset += block_lines)
        run.run(steps_of(*context.procedure, segment), offset);
    }
    collect(scratch, out);
  }
  take_answer(task, scratch.columns, out);
}

void evaluate_parallel(const Task& task, const PlanView& plan, Scratch& scratch, PricedLines& out) {
  if (scratch.blocks.size() < base::worker_count()) scratch.blocks.resize(base::worker_count());
  const RunContext context = context_of(task, plan, scratch, out);
  const std::size_t blocks = (task.lines.size() + block_lines - 1) / block_lines;
  constexpr std::size_t blocks_grain = 4;
  NoTrace none;
  for (const Segment& segment : context.procedure->segments) {
    if (!segment.aggregates.empty()) compute_aggregates(context, segment, scratch.blocks.front());
    if (segment.serial) {
      run_serial(context, segment, scratch, none);
    } else {
      const auto steps = steps_of(*context.procedure, segment);
      base::parallel_for(
          blocks, blocks_grain, [&](std::size_t begin, std::size_t end, std::size_t worker) {
            HashFinder finder;
            NoTrace trace;
            BlockRun<HashFinder, NoTrace> run{context, scratch.blocks[worker], finder, trace};
            for (std::size_t block = begin; block < end; ++block)
              run.run(steps, block * block_lines);
          });
    }
    collect(scratch, out);
  }
  take_answer(task, scratch.columns, out);
}

void prepare(const Task& task, bool explained, Scratch& scratch, PricedLines& out) {
  ENSURE(task.lines.size() <= limits::lines_per_question);
  const BoundProcedure& procedure = task.snapshot->procedures()[task.procedure];
  size_columns(procedure, task.lines.size(), explained, scratch.columns);
  size_aggregates(procedure, task.lines.size(), task.line_scope, scratch.columns);
  start(task, procedure, out);
}

}  // namespace

void evaluate(const Task& task, Scratch& scratch, PricedLines& out) {
  task.snapshot->customer_plans().prefetch(task.procedure, task.header->customer);
  prefetch_articles(*task.snapshot, task.lines.first(std::min(block_lines, task.lines.size())));
  prepare(task, false, scratch, out);
  const PlanView plan = plan_of(*task.snapshot, task.procedure, *task.header, scratch.plan);
  if (task.lines.size() >= limits::lines_parallel_from)
    return evaluate_parallel(task, plan, scratch, out);
  HashFinder finder;
  if (task.lines.size() <= limits::lines_few) {
    const auto& procedure = task.snapshot->procedures()[task.procedure];
    finder.seek(*task.snapshot, procedure, plan, task.lines);
  }
  NoTrace trace;
  evaluate_here(task, plan, scratch, finder, trace, out);
}

void explain(const Task& task, Scratch& scratch, PricedLines& out, std::vector<LineTrace>& traces) {
  prepare(task, true, scratch, out);
  make_plan(*task.snapshot, task.snapshot->procedures()[task.procedure], *task.header,
            scratch.plan);
  traces.assign(task.lines.size(), LineTrace{});
  HashFinder finder;
  WaterfallTrace trace{traces};
  evaluate_here(task, scratch.plan.view(), scratch, finder, trace, out);
}

void plan_for_run(const Task& task, Scratch& scratch) {
  make_plan(*task.snapshot, task.snapshot->procedures()[task.procedure], *task.header,
            scratch.plan);
}

void evaluate_run(const Task& task, Scratch& scratch, PricedLines& out) {
  Task alone = task;
  alone.line_scope = true;
  prepare(alone, false, scratch, out);
  RunFinder finder;
  NoTrace trace;
  evaluate_here(alone, scratch.plan.view(), scratch, finder, trace, out);
}

}  // namespace engine::price

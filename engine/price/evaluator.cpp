#include "engine/price/evaluator.hpp"

#include "engine/base/parallel.hpp"
#include "engine/price/choose.hpp"
#include "engine/price/find.hpp"
#include "engine/price/formula_kernel.hpp"
#include "engine/price/trace.hpp"

#include <algorithm>
#include <bit>

namespace engine::price {

namespace limits = base::limits;
using model::ConditionRecord;
using model::Outcome;
using model::Terms;
using snapshot::BoundProcedure;
using snapshot::BoundStep;
using snapshot::ConditionIndex;
using snapshot::Snapshot;

namespace {

constexpr std::uint64_t bit(std::uint32_t line) { return std::uint64_t{1} << line; }

constexpr std::uint64_t lines_mask(std::uint32_t count) {
  return count == block_lines ? ~std::uint64_t{0} : bit(count) - 1;
}

// Runs the steps of one phase over one block.
template <class Finder, class Trace>
class BlockRun {
 public:
  BlockRun(const Task& task, const Plan& plan, Columns& columns, PricedLines& out,
           BlockScratch& scratch, Finder& finder, Trace& trace)
      : snapshot_{*task.snapshot},
        index_{snapshot_.conditions()},
        procedure_{snapshot_.procedures()[task.procedure]},
        header_{*task.header},
        lines_{task.lines},
        plan_{plan},
        columns_{columns},
        out_{out},
        scratch_{scratch},
        finder_{finder},
        trace_{trace} {}

  void run(std::span<const std::uint16_t> steps, std::size_t offset) {
    block_ = BlockView{lines_.data() + offset,
                       static_cast<std::uint32_t>(std::min(block_lines, lines_.size() - offset)),
                       offset};
    open_ = 0;
    for (std::uint32_t i = 0; i < block_.count; ++i) {
      if (out_.lines[offset + i].outcome == Outcome::priced) open_ |= bit(i);
    }
    if constexpr (!Trace::enabled) prefetch_articles();
    for (const std::uint16_t step : steps) run_step(step);
  }

 private:
  void prefetch_articles() {
    for (std::uint64_t rest = open_; rest != 0; rest &= rest - 1) {
      const auto line = static_cast<std::uint32_t>(std::countr_zero(rest));
      __builtin_prefetch(index_.signature_address(block_.lines[line].article.raw()));
    }
  }

  void run_step(std::uint16_t number) {
    const BoundStep& step = procedure_.steps[number];
    std::uint64_t active = open_;
    FormulaInput input{&snapshot_, &procedure_, &columns_,
                       block_,     active,      step.exact_needed || Trace::enabled};
    if (!step.when.code.empty()) {
      const ConditionLines condition = run_condition(input, step.when, scratch_);
      active &= condition.met & ~condition.divided_by_zero;
      if constexpr (Trace::enabled) trace_.begin_step(number, block_, open_, active);
      close(condition.divided_by_zero, Outcome::division_by_zero);
    } else if constexpr (Trace::enabled) {
      trace_.begin_step(number, block_, open_, active);
    }
    if (step.rule->find) find_winners(step, number, active);
    input.open = active & open_;
    StepColumns& to = columns_.steps[number];
    close(run_amount(input, step, to, scratch_), Outcome::division_by_zero);
    if constexpr (Trace::enabled) trace_.end_step(step, to, block_, input.open);
  }

  void close(std::uint64_t lines, Outcome outcome) {
    for (std::uint64_t rest = lines & open_; rest != 0; rest &= rest - 1) {
      result(static_cast<std::uint32_t>(std::countr_zero(rest))).outcome = outcome;
    }
    open_ &= ~lines;
  }

  PricedLine& result(std::uint32_t line) { return out_.lines[block_.offset + line]; }

  void find_winners(const BoundStep& step, std::uint16_t number, std::uint64_t active) {
    std::uint32_t* winners = columns_.steps[number].winner.data() + block_.offset;
    std::fill_n(winners, block_.count, no_record);
    const auto& accesses = step.accesses;
    std::uint64_t searching = active;
    std::uint64_t shut = 0;  // by an exclusive agreement that has no record
    for (std::size_t begin = 0; begin < accesses.size() && searching != 0;) {
      std::size_t end = begin + 1;
      while (end < accesses.size() && accesses[end].rule->level == accesses[begin].rule->level)
        ++end;
      scratch_.candidates.clear();
      for (std::size_t i = begin; i < end; ++i) find_candidates(step, number, i, searching);
      if (end - begin > 1) std::ranges::sort(scratch_.candidates, {}, &Candidate::line);
      const std::uint64_t found = choose_winners(step, winners);
      searching &= ~found;
      shut |= searching & exclusive_lines(step, begin, end);
      searching &= ~shut;
      begin = end;
    }
    if (!step.rule->find->required) return;
    close(shut, Outcome::not_on_agreement);
    close(searching, Outcome::no_price);
    close_on_request(winners, active);
  }

  std::uint64_t exclusive_lines(const BoundStep& step, std::size_t begin, std::size_t end) const {
    bool exclusive = false;
    for (std::size_t i = begin; i < end; ++i) exclusive |= step.accesses[i].rule->exclusive;
    std::uint64_t lines = 0;
    for (std::uint32_t i = 0; exclusive && i < block_.count; ++i) {
      if (!block_.lines[i].agreement.is_none()) lines |= bit(i);
    }
    return lines;
  }

  void close_on_request(const std::uint32_t* winners, std::uint64_t active) {
    std::uint64_t on_request = 0;
    for (std::uint64_t rest = active & open_; rest != 0; rest &= rest - 1) {
      const auto line = static_cast<std::uint32_t>(std::countr_zero(rest));
      const Terms& terms = index_.terms(index_.record(winners[line]));
      if ((terms.flags & model::flag_bit(model::Schema::price_on_request)) != 0)
        on_request |= bit(line);
    }
    close(on_request, Outcome::price_on_request);
  }

  void find_candidates(const BoundStep& step, std::uint16_t number, std::size_t access,
                       std::uint64_t searching) {
    const rule::Access& rule = *step.accesses[access].rule;
    const AccessPlan& plan = plan_.accesses[plan_.first_access[number] + access];
    if (rule.agreement == rule::AgreementUse::asked) searching &= lines_with_agreement();
    if (searching == 0 || plan.begin == plan.end) return;
    finder_.find(snapshot_, plan_, plan, index_.table(rule.table), block_, searching, scratch_);
    for (const Hit& hit : scratch_.hits) {
      __builtin_prefetch(&index_.record(index_.records_of(hit.position).begin));
    }
    for (const Hit& hit : scratch_.hits) {
      if (hit.distance > 0 && !rule.group_ancestors)
        continue;  // by an ancestor of the article's groups
      scan(hit, rule, static_cast<std::uint16_t>(access));
    }
  }

  std::uint64_t lines_with_agreement() const {
    std::uint64_t lines = 0;
    for (std::uint32_t i = 0; i < block_.count; ++i) {
      if (!block_.lines[i].agreement.is_none()) lines |= bit(i);
    }
    return lines;
  }

  // All records of a key against everything that can rule them out. Time comes last: a record that
  // fits but for its validity decides how long the answer holds.
  void scan(const Hit& hit, const rule::Access& rule, std::uint16_t access) {
    const Line& line = block_.lines[hit.line];
    const PlanPart& part = plan_.parts[hit.part];
    const snapshot::KeyRange records = index_.records_of(hit.position);
    for (std::uint32_t number = records.begin; number < records.end; ++number) {
      const ConditionRecord& record = index_.record(number);
      const Terms& terms = index_.terms(record);
      Loss loss = rule_out(record, terms, line, rule);
      if (loss == Loss::won && !in_time(record, part, hit.line)) loss = Loss::validity;
      if constexpr (Trace::enabled) trace_.candidate(hit.line, number, access, loss);
      if (loss != Loss::won) continue;
      scratch_.candidates.push_back({number, hit.part, access,
                                     static_cast<std::uint16_t>(part.distance + hit.distance),
                                     hit.line});
    }
  }

  Loss rule_out(const ConditionRecord& record, const Terms& terms, const Line& line,
                const rule::Access& rule) const {
    if (!terms.currency.is_none() && terms.currency != header_.currency) return Loss::currency;
    const bool bound =
        !terms.unit.is_none() && terms.unit != snapshot_.articles().base_units[line.article.raw()];
    if (bound && terms.unit != line.unit) return Loss::unit;
    if (!reached(record.threshold, line, bound)) return Loss::threshold;
    if (terms.has_window && !within(index_.extra(record).window_to, line, bound))
      return Loss::window;
    if (rule.agreement == rule::AgreementUse::any && record.document.is_none()) return Loss::won;
    return agreement_fits(record.document, line, rule) ? Loss::won : Loss::agreement;
  }

  bool agreement_fits(model::DocumentId document, const Line& line,
                      const rule::Access& rule) const {
    if (rule.agreement == rule::AgreementUse::asked && document != line.agreement) return false;
    if (document.is_none()) return rule.agreement != rule::AgreementUse::allowed;
    if (rule.agreement == rule::AgreementUse::allowed && !snapshot_.is_agreement(document))
      return false;
    if (rule.agreement == rule::AgreementUse::none && snapshot_.is_agreement(document))
      return false;
    return snapshot_.may_use(document, header_.customer);
  }

  // Scales count in the record's unit: the unit ordered where it is bound to that, else base units.
  // A return's scale is read by its absolute quantity.
  static bool reached(base::Quantity threshold, const Line& line, bool bound) {
    const std::int64_t quantity = std::abs(line.quantity.mantissa());
    if (bound || line.numerator == line.denominator) return threshold.mantissa() <= quantity;
    return static_cast<base::Int128>(threshold.mantissa()) * line.denominator <=
           static_cast<base::Int128>(quantity) * line.numerator;
  }

  static bool within(base::Quantity window_to, const Line& line, bool bound) {
    const std::int64_t quantity = std::abs(line.quantity.mantissa());
    if (bound || line.numerator == line.denominator) return quantity <= window_to.mantissa();
    return static_cast<base::Int128>(quantity) * line.numerator <=
           static_cast<base::Int128>(window_to.mantissa()) * line.denominator;
  }

  bool in_time(const ConditionRecord& record, const PlanPart& part, std::uint8_t line_number) {
    const base::CivilMinutes at = block_.lines[line_number].date;
    base::CivilMinutes& until = result(line_number).valid_until;
    const base::CivilMinutes from = std::max(record.valid_from, part.validity.from);
    const base::CivilMinutes to = std::min(record.valid_to, part.validity.to);
    if (at < from) {
      if (from < to) until = std::min(until, from);
      return false;
    }
    if (at >= to) return false;
    until = std::min(until, to);
    return true;
  }

  std::uint64_t choose_winners(const BoundStep& step, std::uint32_t* winners) {
    std::uint64_t found = 0;
    std::uint64_t ambiguous = 0;
    const std::span<Candidate> all{scratch_.candidates};
    for (std::size_t begin = 0; begin < all.size();) {
      std::size_t end = begin + 1;
      const std::uint8_t line = all[begin].line;
      while (end < all.size() && all[end].line == line) ++end;
      found |= bit(line);
      if (end - begin == 1) {
        winners[line] = all[begin].record;
      } else if (choose_winner(step, line, all.subspan(begin, end - begin), winners)) {
        ambiguous |= bit(line);
      }
      begin = end;
    }
    close(ambiguous, Outcome::ambiguous);
    return found;
  }

  bool choose_winner(const BoundStep& step, std::uint8_t line, std::span<Candidate> candidates,
                     std::uint32_t* winners) {
    const ChoiceContext context{&snapshot_, &plan_, &*step.rule->find, &block_.lines[line]};
    LossListener* listener = nullptr;
    if constexpr (Trace::enabled) listener = trace_.listener(line);
    const Chosen chosen = choose(context, candidates, listener);
    winners[line] = chosen.ambiguous ? no_record : chosen.record;
    return chosen.ambiguous;
  }

  const Snapshot& snapshot_;
  const ConditionIndex& index_;
  const BoundProcedure& procedure_;
  const Header& header_;
  std::span<const Line> lines_;
  const Plan& plan_;
  Columns& columns_;
  PricedLines& out_;
  BlockScratch& scratch_;
  Finder& finder_;
  Trace& trace_;
  BlockView block_;
  std::uint64_t open_ = 0;
};

void size_columns(const BoundProcedure& procedure, std::size_t lines, bool all_exact,
                  Columns& columns) {
  if (columns.steps.size() < procedure.steps.size()) columns.steps.resize(procedure.steps.size());
  for (std::size_t i = 0; i < procedure.steps.size(); ++i) {
    const BoundStep& step = procedure.steps[i];
    StepColumns& to = columns.steps[i];
    to.amount.resize(step.amount.width, lines);
    if (step.exact_needed || all_exact) to.exact.resize(step.amount.width, lines);
    if (step.rule->find && to.winner.size() < lines) to.winner.resize(lines);
  }
}

void start(const Task& task, const BoundProcedure& procedure, PricedLines& out) {
  out.lines.assign(task.lines.size(), PricedLine{});
  for (std::size_t i = 0; i < task.lines.size(); ++i) out.lines[i].outcome = task.lines[i].outcome;
  out.components.assign(task.lines.size() * procedure.rule->answer.components.size(), Amount{});
}

// The largest amount an answer holds: so that the sum over any number of lines still fits 128 bits.
constexpr base::Int128 amount_max =
    base::int128_max / static_cast<base::Int128>(limits::lines_per_question);

// Hands a step's amount of every priced line to `take(line, amount)`, column by column: the width
// is looked at once.
template <class Take>
void read_amounts(const BoundStep& step, const AmountColumn& column, PricedLines& out,
                  const Take& take) {
  const std::uint8_t decimals = step.amount.decimals;
  for (std::size_t line = 0; line < out.lines.size(); ++line) {
    if (out.lines[line].outcome != Outcome::priced) continue;
    Amount amount{0, decimals};
    if (column.width == base::Width::bits64) {
      amount.mantissa = column.narrow[line];
    } else if (!amount_at(column, line, amount.mantissa) || amount.mantissa > amount_max ||
               amount.mantissa < -amount_max) {
      out.lines[line].outcome = Outcome::amount_out_of_range;
    }
    take(line, amount);
  }
}

// Which record gave the price, and in which unit it is.
void name_source(const Task& task, const BoundProcedure& procedure, const Columns& columns,
                 std::size_t line, PricedLine& to) {
  to.record = columns.steps[procedure.rule->answer.price_step].winner[line];
  if (to.record == no_record) return;
  const Terms& terms =
      task.snapshot->conditions().terms(task.snapshot->conditions().record(to.record));
  to.unit = terms.unit.is_none()
                ? task.snapshot->articles().base_units[task.lines[line].article.raw()]
                : terms.unit;
  to.price_unit = terms.price_unit;
}

// Takes the answer out of the columns.
void take_answer(const Task& task, const BoundProcedure& procedure, const Columns& columns,
                 PricedLines& out) {
  const rule::AnswerShape& shape = procedure.rule->answer;
  const auto read = [&](std::uint16_t step, const auto& take) {
    read_amounts(procedure.steps[step], columns.steps[step].amount, out, take);
  };
  read(shape.unit_price,
       [&](std::size_t line, const Amount& amount) { out.lines[line].unit_price = amount; });
  read(shape.line_amount,
       [&](std::size_t line, const Amount& amount) { out.lines[line].line_amount = amount; });
  const std::size_t components = shape.components.size();
  for (std::size_t i = 0; i < components; ++i) {
    read(shape.components[i].step, [&](std::size_t line, const Amount& amount) {
      out.components[line * components + i] = amount;
    });
  }
  for (std::size_t line = 0; line < out.lines.size(); ++line) {
    if (out.lines[line].outcome == Outcome::priced)
      name_source(task, procedure, columns, line, out.lines[line]);
  }
}

// Sums over priced lines. All amounts of a step have the step's decimals and lie within amount_max,
// so sums are exact.
void sum_up(const BoundProcedure& procedure, PricedLines& out) {
  const rule::AnswerShape& shape = procedure.rule->answer;
  const std::size_t components = shape.components.size();
  out.totals.assign(1 + shape.totals.size(), Amount{});
  out.totals[0].decimals = procedure.steps[shape.line_amount].amount.decimals;
  for (std::size_t i = 0; i < shape.totals.size(); ++i) {
    out.totals[i + 1].decimals =
        procedure.steps[shape.components[shape.totals[i]].step].amount.decimals;
  }
  for (std::size_t line = 0; line < out.lines.size(); ++line) {
    if (out.lines[line].outcome != Outcome::priced) continue;
    out.totals[0].mantissa += out.lines[line].line_amount.mantissa;
    for (std::size_t i = 0; i < shape.totals.size(); ++i) {
      out.totals[i + 1].mantissa += out.components[line * components + shape.totals[i]].mantissa;
    }
  }
}

// Steps of equal phase, in order.
template <class Body>
void each_phase(const BoundProcedure& procedure, const Body& body) {
  const std::span<const std::uint16_t> order{procedure.order};
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    const auto phase_of = [&](std::size_t i) { return procedure.rule->steps[order[i]].phase; };
    while (end < order.size() && phase_of(end) == phase_of(begin)) ++end;
    body(order.subspan(begin, end - begin));
    begin = end;
  }
}

void finish(const Task& task, const BoundProcedure& procedure, const Columns& columns,
            PricedLines& out) {
  take_answer(task, procedure, columns, out);
  sum_up(procedure, out);
}

template <class Finder, class Trace>
void evaluate_here(const Task& task, Scratch& scratch, Finder& finder, Trace& trace,
                   PricedLines& out) {
  const BoundProcedure& procedure = task.snapshot->procedures()[task.procedure];
  if (scratch.blocks.empty()) scratch.blocks.resize(1);
  BlockRun<Finder, Trace> run{task,   scratch.plan, scratch.columns, out, scratch.blocks.front(),
                              finder, trace};
  each_phase(procedure, [&](std::span<const std::uint16_t> steps) {
    for (std::size_t offset = 0; offset < task.lines.size(); offset += block_lines)
      run.run(steps, offset);
  });
  finish(task, procedure, scratch.columns, out);
}

void evaluate_parallel(const Task& task, Scratch& scratch, PricedLines& out) {
  const BoundProcedure& procedure = task.snapshot->procedures()[task.procedure];
  if (scratch.blocks.size() < base::worker_count()) scratch.blocks.resize(base::worker_count());
  const std::size_t blocks = (task.lines.size() + block_lines - 1) / block_lines;
  constexpr std::size_t blocks_grain = 4;
  each_phase(procedure, [&](std::span<const std::uint16_t> steps) {
    base::parallel_for(
        blocks, blocks_grain, [&](std::size_t begin, std::size_t end, std::size_t worker) {
          HashFinder finder;
          NoTrace trace;
          BlockRun<HashFinder, NoTrace> run{
              task, scratch.plan, scratch.columns, out, scratch.blocks[worker], finder, trace};
          for (std::size_t block = begin; block < end; ++block) run.run(steps, block * block_lines);
        });
  });
  finish(task, procedure, scratch.columns, out);
}

void prepare(const Task& task, bool explained, Scratch& scratch, PricedLines& out) {
  ENSURE(task.lines.size() <= limits::lines_per_question);
  const BoundProcedure& procedure = task.snapshot->procedures()[task.procedure];
  size_columns(procedure, task.lines.size(), explained, scratch.columns);
  start(task, procedure, out);
}

}  // namespace

void evaluate(const Task& task, Scratch& scratch, PricedLines& out) {
  prepare(task, false, scratch, out);
  make_plan(*task.snapshot, task.snapshot->procedures()[task.procedure], *task.header,
            scratch.plan);
  if (task.lines.size() >= limits::lines_parallel_from)
    return evaluate_parallel(task, scratch, out);
  HashFinder finder;
  NoTrace trace;
  evaluate_here(task, scratch, finder, trace, out);
}

void explain(const Task& task, Scratch& scratch, PricedLines& out, std::vector<LineTrace>& traces) {
  prepare(task, true, scratch, out);
  make_plan(*task.snapshot, task.snapshot->procedures()[task.procedure], *task.header,
            scratch.plan);
  traces.assign(task.lines.size(), LineTrace{});
  HashFinder finder;
  WaterfallTrace trace{traces};
  evaluate_here(task, scratch, finder, trace, out);
}

void plan_for_run(const Task& task, Scratch& scratch) {
  make_plan(*task.snapshot, task.snapshot->procedures()[task.procedure], *task.header,
            scratch.plan);
}

void evaluate_run(const Task& task, Scratch& scratch, PricedLines& out) {
  prepare(task, false, scratch, out);
  RunFinder finder;
  NoTrace trace;
  evaluate_here(task, scratch, finder, trace, out);
}

}  // namespace engine::price

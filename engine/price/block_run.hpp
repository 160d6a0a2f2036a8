// Runs the steps of a segment over one block of up to 64 lines: conditions, searches, amounts.
// Header only, since it is compiled once for each finder and trace. Not for use outside
// engine/price.
#pragma once

#include "engine/price/apply.hpp"
#include "engine/price/choose.hpp"
#include "engine/price/find.hpp"
#include "engine/price/formula_kernel.hpp"
#include "engine/price/merge.hpp"
#include "engine/price/record_values.hpp"
#include "engine/price/trace.hpp"

#include <algorithm>
#include <bit>

namespace engine::price {

struct Task;

namespace detail {

using model::Outcome;

constexpr std::uint64_t bit(std::uint32_t line) { return std::uint64_t{1} << line; }

// What all blocks of a question share.
struct RunContext {
  const snapshot::Snapshot* snapshot = nullptr;
  const snapshot::BoundProcedure* procedure = nullptr;
  const Header* header = nullptr;
  std::span<const Line> lines;
  const Plan* plan = nullptr;
  Columns* columns = nullptr;
  PricedLines* out = nullptr;
  bool line_scope = false;
};

// How scales are read in a step whose quantities are counted over several lines: the counted basis
// of a candidate, instead of the line's own.
class CountedBasis {
 public:
  virtual ~CountedBasis() = default;
  virtual ScaleBasis basis_of(std::uint32_t record, std::uint32_t position,
                              std::size_t line) const = 0;
};

template <class Trace>
class OrderRun;

template <class Finder, class Trace>
class BlockRun {
 public:
  BlockRun(const RunContext& context, BlockScratch& scratch, Finder& finder, Trace& trace)
      : context_{context},
        snapshot_{*context.snapshot},
        index_{snapshot_.conditions()},
        procedure_{*context.procedure},
        header_{*context.header},
        plan_{*context.plan},
        columns_{*context.columns},
        out_{*context.out},
        scratch_{scratch},
        finder_{finder},
        trace_{trace} {}

  void run(std::span<const std::uint16_t> steps, std::size_t offset) {
    start(offset);
    if constexpr (!Trace::enabled) prefetch_articles();
    for (const std::uint16_t step : steps) run_step(step);
  }

  // Moves to the block that starts at `offset`.
  void start(std::size_t offset) {
    block_ = BlockView{
        context_.lines.data() + offset,
        static_cast<std::uint32_t>(std::min(block_lines, context_.lines.size() - offset)), offset};
    open_ = 0;
    if constexpr (Trace::enabled) trace_.at(offset);
    for (std::uint32_t i = 0; i < block_.count; ++i) {
      if (out_.lines[offset + i].outcome == Outcome::priced) open_ |= bit(i);
    }
  }

  void run_step(std::uint16_t number) {
    const snapshot::BoundStep& step = procedure_.steps[number];
    const std::uint64_t active = active_lines(step, number);
    if (step.guards) return guard(*step.rule->guard, number, active);
    if (step.applies) {
      apply_records(step, number, active);
    } else if (step.finds) {
      find_winners(step, number, active);
    }
    finish_step(step, number, active);
  }

  // Lines where the step runs; a line whose condition can't be told is closed.
  std::uint64_t active_lines(const snapshot::BoundStep& step, std::uint16_t number) {
    std::uint64_t active = open_;
    if (step.when.code.empty()) {
      if constexpr (Trace::enabled) trace_.begin_step(number, block_, open_, active);
      return active;
    }
    const ConditionLines condition = run_condition(input(active), step.when, scratch_);
    active &= condition.met & ~condition.unknown.any();
    if constexpr (Trace::enabled) trace_.begin_step(number, block_, open_, active);
    close(condition.unknown);
    return active;
  }

  void finish_step(const snapshot::BoundStep& step, std::uint16_t number, std::uint64_t active) {
    StepColumns& to = columns_.steps[number];
    if (!step.applies && !step.spread) {
      FormulaInput amount = input(active & open_);
      amount.keep_exact = step.exact_needed || Trace::enabled;
      close(run_amount(amount, step, to, scratch_));
    }
    if constexpr (Trace::enabled) {
      if (step.applies) mark_applied(number, active & open_);
      trace_.end_step(step, to, block_, active & open_);
    }
  }

  void mark_applied(std::uint16_t number, std::uint64_t lines) {
    for (std::uint64_t rest = lines; rest != 0; rest &= rest - 1) {
      const auto line = static_cast<std::uint32_t>(std::countr_zero(rest));
      const std::size_t at = block_.offset + line;
      trace_.keep_applied(static_cast<std::uint8_t>(line), [&](std::uint32_t record) {
        const auto of_line = [&](const auto& one) {
          return one.step == number && one.record == record &&
                 (one.line == at || one.line == no_line);
        };
        return std::ranges::any_of(out_.adjustments, of_line) ||
               std::ranges::any_of(scratch_.adjustments, of_line) ||
               std::ranges::any_of(out_.free_lines, of_line) ||
               std::ranges::any_of(scratch_.free_lines, of_line);
      });
    }
  }

  // Candidates of a step, all of its lines: for steps that run over the whole order.
  std::span<Candidate> gather(const snapshot::BoundStep& step, std::uint16_t number,
                              std::uint64_t active, bool test_conditions,
                              const CountedBasis* counted) {
    counted_ = counted;
    test_conditions_ = test_conditions;
    prepare_records(step, number, active);
    scratch_.candidates.clear();
    for (std::size_t i = 0; i < step.accesses.size(); ++i) find_candidates(step, number, i, active);
    std::ranges::sort(scratch_.candidates, {}, &Candidate::line);
    counted_ = nullptr;
    test_conditions_ = true;
    return scratch_.candidates;
  }

  void find_counted(const snapshot::BoundStep& step, std::uint16_t number, std::uint64_t active,
                    const CountedBasis& counted) {
    counted_ = &counted;
    if (step.apply) {
      apply_records(step, number, active);
    } else {
      find_winners(step, number, active);
    }
    counted_ = nullptr;
  }

  void ignore_thresholds(bool ignore) { ignore_thresholds_ = ignore; }

  const BlockView& block() const { return block_; }

  std::uint64_t open() const { return open_; }

  void close(std::uint64_t lines, Outcome outcome) {
    for (std::uint64_t rest = lines & open_; rest != 0; rest &= rest - 1) {
      result(static_cast<std::uint32_t>(std::countr_zero(rest))).outcome = outcome;
    }
    open_ &= ~lines;
  }

  void close(const Unknown& unknown) {
    if (unknown.any() == 0) return;
    close(unknown.divided_by_zero, Outcome::division_by_zero);
    close(unknown.no_rate, Outcome::no_exchange_rate);
    close(unknown.missing, Outcome::missing_value);
  }

 private:
  friend class OrderRun<Trace>;

  void prefetch_articles() {
    for (std::uint64_t rest = open_; rest != 0; rest &= rest - 1) {
      const auto line = static_cast<std::uint32_t>(std::countr_zero(rest));
      __builtin_prefetch(index_.signature_address(block_.lines[line].article.raw()));
    }
  }

  FormulaInput input(std::uint64_t open) const {
    FormulaInput made;
    made.snapshot = &snapshot_;
    made.procedure = &procedure_;
    made.header = &header_;
    made.columns = &columns_;
    made.block = block_;
    made.open = open;
    made.line_scope = context_.line_scope;
    made.running = running_;
    return made;
  }

  void guard(const rule::Guard& guard, std::uint16_t number, std::uint64_t active) {
    for (std::uint64_t rest = active; rest != 0; rest &= rest - 1) {
      PricedLine& line = result(static_cast<std::uint32_t>(std::countr_zero(rest)));
      if (guard.action == rule::GuardAction::note) {
        line.notes =
            static_cast<std::uint16_t>(line.notes | 1U << static_cast<unsigned>(guard.reason));
      } else {
        line.reason = guard.reason;
      }
    }
    if (guard.action == rule::GuardAction::refuse) close(active, Outcome::refused);
    finish_step(procedure_.steps[number], number, 0);
  }

  PricedLine& result(std::uint32_t line) { return out_.lines[block_.offset + line]; }

  RecordContext records(const snapshot::BoundStep& step, std::uint16_t number) {
    RecordContext made;
    made.snapshot = &snapshot_;
    made.procedure = &procedure_;
    made.step = &step;
    made.header = &header_;
    made.lines = context_.lines;
    made.priced = &out_;
    made.columns = &columns_;
    made.inputs = &columns_.steps[number].inputs;
    made.scratch = &scratch_;
    made.aggregates = &aggregates_;
    made.line_scope = context_.line_scope;
    made.running = running_;
    return made;
  }

  // Inputs of the records' own texts, the basis of scales.
  void prepare_records(const snapshot::BoundStep& step, std::uint16_t number,
                       std::uint64_t active) {
    is_plain_ = step.is_plain && counted_ == nullptr && !ignore_thresholds_;
    if (is_plain_) return;
    records_ = records(step, number);
    aggregates_.clear();
    by_basis_ = step.has_more || counted_ != nullptr || !step.basis.code.empty() ||
                step.rule->find->any_unit;
    InputColumns& inputs = columns_.steps[number].inputs;
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
      const Unknown unknown =
          run_column(input(active), step.inputs[i].value, inputs.values[i], scratch_);
      inputs.missing[i][block_.offset / block_lines] = unknown.any();
    }
    if (step.basis.code.empty()) return;
    basis_.resize(step.basis.width, block_lines);
    close(run_cell(input(active), step.basis, basis_, scratch_));
  }

  void find_winners(const snapshot::BoundStep& step, std::uint16_t number, std::uint64_t active) {
    std::uint32_t* winners = columns_.steps[number].winner.data() + block_.offset;
    std::fill_n(winners, block_.count, no_record);
    prepare_records(step, number, active);
    std::uint64_t searching = active & open_;
    const std::uint64_t shut = search(step, number, searching, winners);
    if (!step.below_lowest.code.empty()) take_lowest(step, number, searching & ~shut, winners);
    if (step.has_more) take_values(step, number, winners, active & open_);
    if (!step.rule->find->required) return;
    close(shut, Outcome::not_on_agreement);
    close(lines_without(winners, active), Outcome::no_price);
    close_on_request(winners, active);
  }

  std::uint64_t lines_without(const std::uint32_t* winners, std::uint64_t active) const {
    std::uint64_t lines = 0;
    for (std::uint64_t rest = active & open_; rest != 0; rest &= rest - 1) {
      const auto line = static_cast<std::uint32_t>(std::countr_zero(rest));
      if (winners[line] == no_record) lines |= bit(line);
    }
    return lines;
  }

  // Level by level. Returns the lines that an exclusive agreement without a record shuts.
  std::uint64_t search(const snapshot::BoundStep& step, std::uint16_t number,
                       std::uint64_t& searching, std::uint32_t* winners) {
    const auto& accesses = step.accesses;
    std::uint64_t shut = 0;
    scratch_.kept.clear();
    for (std::size_t begin = 0; begin < accesses.size() && searching != 0;) {
      std::size_t end = begin + 1;
      while (end < accesses.size() && accesses[end].rule->level == accesses[begin].rule->level)
        ++end;
      scratch_.candidates.clear();
      for (std::size_t i = begin; i < end; ++i) find_candidates(step, number, i, searching);
      if (end - begin > 1) std::ranges::sort(scratch_.candidates, {}, &Candidate::line);
      if (!is_plain_ && step.rule->find->merge) merge_lists(step);
      const std::uint64_t found = choose_winners(step, winners);
      searching &= ~found;
      shut |= searching & exclusive_lines(step, begin, end);
      searching &= ~shut;
      begin = end;
    }
    if (!scratch_.kept.empty()) choose_among_kept(step, winners);
    return shut;
  }

  std::uint64_t exclusive_lines(const snapshot::BoundStep& step, std::size_t begin,
                                std::size_t end) const {
    bool exclusive = false;
    for (std::size_t i = begin; i < end; ++i) exclusive |= step.accesses[i].rule->exclusive;
    return exclusive ? lines_with_agreement() : 0;
  }

  void close_on_request(const std::uint32_t* winners, std::uint64_t active) {
    std::uint64_t on_request = 0;
    for (std::uint64_t rest = active & open_; rest != 0; rest &= rest - 1) {
      const auto line = static_cast<std::uint32_t>(std::countr_zero(rest));
      const model::Terms& terms = index_.terms(index_.record(winners[line]));
      if ((terms.flags & model::flag_bit(model::Schema::price_on_request)) != 0)
        on_request |= bit(line);
    }
    close(on_request, Outcome::price_on_request);
  }

  void find_candidates(const snapshot::BoundStep& step, std::uint16_t number, std::size_t access,
                       std::uint64_t searching) {
    const rule::Access& rule = *step.accesses[access].rule;
    if (rule.agreement == rule::AgreementUse::asked) searching &= lines_with_agreement();
    for (std::size_t fields = 0; fields < header_.fields.size(); ++fields) {
      const std::uint64_t lines =
          header_.fields.size() == 1 ? searching : searching & lines_of(fields);
      const AccessPlan& plan = plan_.of(fields, number, access);
      if (lines == 0 || plan.begin == plan.end) continue;
      finder_.find(snapshot_, plan_, plan, index_.table(rule.table), block_, lines, scratch_);
      for (const Hit& hit : scratch_.hits) {
        __builtin_prefetch(&index_.record(index_.records_of(hit.position).begin));
      }
      for (const Hit& hit : scratch_.hits) {
        if (hit.distance > 0 && !rule.group_ancestors)
          continue;  // by an ancestor of the article's groups
        scan(hit, step, rule, static_cast<std::uint16_t>(access));
      }
    }
    if (header_.fields.size() > 1) std::ranges::sort(scratch_.candidates, {}, &Candidate::line);
  }

  std::uint64_t lines_of(std::size_t fields) const {
    std::uint64_t lines = 0;
    for (std::uint32_t i = 0; i < block_.count; ++i) {
      if (block_.lines[i].fields == fields) lines |= bit(i);
    }
    return lines;
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
  void scan(const Hit& hit, const snapshot::BoundStep& step, const rule::Access& rule,
            std::uint16_t access) {
    const Line& line = block_.lines[hit.line];
    const PlanPart& part = plan_.parts[hit.part];
    const snapshot::KeyRange found = index_.records_of(hit.position);
    for (std::uint32_t number = found.begin; number < found.end; ++number) {
      const model::ConditionRecord& record = index_.record(number);
      const model::Terms& terms = index_.terms(record);
      Loss loss = is_plain_                ? rule_out_plain(record, terms, line)
                  : step.rule->find->merge ? Loss::won
                                           : rule_out(step, number, hit, line);
      if (loss == Loss::won && !agreement_use_fits(record.document, line, rule))
        loss = Loss::agreement;
      if (!is_plain_ && loss == Loss::won && line.date < record.valid_to && test_conditions_ &&
          needs_conditions(step, record, terms) &&
          !meets_conditions(records_, number, block_.offset + hit.line))
        loss = Loss::condition;
      if (loss == Loss::won && !in_time(record, part, hit.line)) loss = Loss::validity;
      if constexpr (Trace::enabled) trace_.candidate(hit.line, number, access, loss);
      if (loss != Loss::won) continue;
      scratch_.candidates.push_back({number, hit.part, hit.position, access,
                                     static_cast<std::uint16_t>(part.distance + hit.distance),
                                     hit.line});
    }
  }

  bool needs_conditions(const snapshot::BoundStep& step, const model::ConditionRecord& record,
                        const model::Terms& terms) const {
    return !step.texts.empty() && (terms.has_more || !record.document.is_none());
  }

  // Currency, unit, scale of a record that is no more than a number.
  Loss rule_out_plain(const model::ConditionRecord& record, const model::Terms& terms,
                      const Line& line) const {
    if (!terms.currency.is_none() && terms.currency != header_.currency) return Loss::currency;
    const bool bound = !terms.unit.is_none() && !line.article.is_none() &&
                       terms.unit != snapshot_.articles().base_units[line.article.raw()];
    if (bound && terms.unit != line.unit) return Loss::unit;
    if (!reached(record.threshold, line, bound)) return Loss::threshold;
    if (terms.has_window && !within(index_.extra(record).window_to, line, bound))
      return Loss::window;
    return Loss::won;
  }

  // The same of any record.
  Loss rule_out(const snapshot::BoundStep& step, std::uint32_t number, const Hit& hit,
                const Line& line) const {
    const model::ConditionRecord& record = index_.record(number);
    const model::Terms& terms = index_.terms(record);
    const rule::Find& find = *step.rule->find;
    if (!terms.currency.is_none() && terms.currency != header_.currency &&
        !(find.any_currency && has_rate(terms.currency, line)))
      return Loss::currency;
    const bool bound = !terms.unit.is_none() && !line.article.is_none() &&
                       terms.unit != snapshot_.articles().base_units[line.article.raw()];
    if (bound && terms.unit != line.unit && !(find.any_unit && is_unit_of(line, terms.unit)))
      return Loss::unit;
    if (by_basis_) return rule_out_by_basis(step, number, hit);
    if (ignore_thresholds_) return Loss::won;
    if (!reached(record.threshold, line, bound)) return Loss::threshold;
    if (terms.has_window && !within(index_.extra(record).window_to, line, bound))
      return Loss::window;
    return Loss::won;
  }

  Loss rule_out_by_basis(const snapshot::BoundStep& step, std::uint32_t number,
                         const Hit& hit) const {
    if (ignore_thresholds_) return Loss::won;
    const model::ConditionRecord& record = index_.record(number);
    const model::Terms& terms = index_.terms(record);
    const ScaleBasis basis = basis_of(step, number, hit.position, hit.line);
    if (!basis.reaches(record.threshold)) return Loss::threshold;
    if (terms.has_window && !basis.is_within(index_.extra(record).window_to)) return Loss::window;
    const model::RecordExtra* extra = index_.find_extra(number);
    if (extra == nullptr || extra->scale == model::nothing_there) return Loss::won;
    const model::Scale& scale = snapshot_.scales()[extra->scale];
    if (reached_tier(scale, basis)) return Loss::won;
    return scale.upper_bounds ? Loss::window : Loss::threshold;
  }

  // What the scales of a record are read with on a line.
  ScaleBasis basis_of(const snapshot::BoundStep& step, std::uint32_t number, std::uint32_t position,
                      std::uint32_t line) const {
    if (counted_ != nullptr) return counted_->basis_of(number, position, block_.offset + line);
    if (step.basis.code.empty()) {
      return quantity_basis(snapshot_, index_.terms(index_.record(number)), block_.lines[line]);
    }
    return basis_from(widest_at(basis_, line), step.basis.decimals);
  }

  bool has_rate(model::CurrencyId from, const Line& line) const {
    return snapshot_.rates()
        .find(from, header_.currency, procedure_.rate_kind, procedure_.rate_currency, line.date)
        .has_value();
  }

  bool is_unit_of(const Line& line, model::UnitId unit) const {
    return std::ranges::find(snapshot_.articles().units[line.article.raw()], unit,
                             &model::ArticleUnit::unit) !=
           snapshot_.articles().units[line.article.raw()].end();
  }

  bool agreement_use_fits(model::DocumentId document, const Line& line,
                          const rule::Access& rule) const {
    if (rule.agreement == rule::AgreementUse::any && document.is_none()) return true;
    return agreement_fits(document, line, rule);
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

  bool in_time(const model::ConditionRecord& record, const PlanPart& part,
               std::uint8_t line_number) {
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

  // What candidates of a line are worth where their number alone does not say it.
  class LineValues final : public CandidateValues {
   public:
    LineValues(const BlockRun& run, const snapshot::BoundStep& step, std::uint32_t line)
        : run_{run}, step_{step}, line_{line} {}

    base::Int256 value_of(const Candidate& candidate) const override {
      return value_on(run_.records_, candidate.record, run_.block_.offset + line_,
                      run_.basis_of(step_, candidate.record, candidate.position, line_))
          .value;
    }

    int decimals() const override { return step_.value_decimals; }

    std::optional<snapshot::RateFactor> rate_from(model::CurrencyId currency) const override {
      return run_.snapshot_.rates().find(currency, run_.header_.currency, run_.procedure_.rate_kind,
                                         run_.procedure_.rate_currency,
                                         run_.block_.lines[line_].date);
    }

   private:
    const BlockRun& run_;
    const snapshot::BoundStep& step_;
    std::uint32_t line_;
  };

  // Calls `body(line, candidates)` for each line that has candidates, which stand by line.
  template <class Body>
  void each_line(std::span<Candidate> all, const Body& body) {
    for (std::size_t begin = 0; begin < all.size();) {
      std::size_t end = begin + 1;
      const std::uint8_t line = all[begin].line;
      while (end < all.size() && all[end].line == line) ++end;
      body(line, all.subspan(begin, end - begin));
      begin = end;
    }
  }

  // Lists merged slot by slot; what is left of them then meets currency, unit and scale.
  void merge_lists(const snapshot::BoundStep& step) {
    std::vector<Candidate> left;
    each_line(scratch_.candidates, [&](std::uint8_t line, std::span<Candidate> candidates) {
      for (const Candidate& merged : merge(snapshot_, plan_, candidates)) {
        const Hit hit{merged.part, merged.position, 0, line};
        const Loss loss = rule_out(step, merged.record, hit, block_.lines[line]);
        if constexpr (Trace::enabled) {
          if (loss != Loss::won) trace_.listener(line)->lost(merged.record, loss, {});
        }
        if (loss == Loss::won) left.push_back(merged);
      }
    });
    scratch_.candidates = std::move(left);
  }

  std::uint64_t choose_winners(const snapshot::BoundStep& step, std::uint32_t* winners) {
    std::uint64_t found = 0;
    std::uint64_t ambiguous = 0;
    each_line(scratch_.candidates, [&](std::uint8_t line, std::span<Candidate> candidates) {
      Candidate winner = candidates.front();
      bool is_ambiguous = false;
      if (candidates.size() > 1)
        is_ambiguous = choose_winner(step, line, candidates, choices_, winner);
      winners[line] = is_ambiguous ? no_record : winner.record;
      if (is_ambiguous) ambiguous |= bit(line);
      if (!is_ambiguous && looks_further(step, winner)) {
        scratch_.kept.push_back(winner);
      } else {
        found |= bit(line);
      }
    });
    close(ambiguous, Outcome::ambiguous);
    return found;
  }

  bool looks_further(const snapshot::BoundStep& step, const Candidate& winner) {
    if (step.rule->find->find_next.empty()) return false;
    scratch_.kept.reserve(scratch_.kept.size() + 1);
    const auto flag = model::flag_bit(model::Schema::find_next);
    if ((index_.terms(index_.record(winner.record)).flags & flag) != 0) return true;
    const bool earlier = std::ranges::any_of(
        scratch_.kept, [&](const Candidate& kept) { return kept.line == winner.line; });
    if (earlier) scratch_.kept.push_back(winner);
    return false;
  }

  void choose_among_kept(const snapshot::BoundStep& step, std::uint32_t* winners) {
    std::ranges::sort(scratch_.kept, {}, &Candidate::line);
    std::uint64_t ambiguous = 0;
    each_line(scratch_.kept, [&](std::uint8_t line, std::span<Candidate> candidates) {
      Candidate winner = candidates.front();
      if (candidates.size() > 1 &&
          choose_winner(step, line, candidates, &step.rule->find->find_next, winner)) {
        ambiguous |= bit(line);
        winners[line] = no_record;
        return;
      }
      winners[line] = winner.record;
    });
    close(ambiguous, Outcome::ambiguous);
  }

  bool choose_winner(const snapshot::BoundStep& step, std::uint8_t line,
                     std::span<Candidate> candidates, const std::vector<rule::Choice>* choices,
                     Candidate& winner) {
    const LineValues values{*this, step, line};
    const bool computed = step.has_more || step.rule->find->any_currency;
    const ChoiceContext context{&snapshot_,          &plan_,
                                &*step.rule->find,   choices,
                                &block_.lines[line], computed ? &values : nullptr};
    LossListener* listener = nullptr;
    if constexpr (Trace::enabled) listener = trace_.listener(line);
    const Chosen chosen = choose(context, candidates, listener);
    winner = chosen.candidate;
    return chosen.ambiguous;
  }

  // Lines below the lowest threshold of every record take the lowest one, where the step says so.
  void take_lowest(const snapshot::BoundStep& step, std::uint16_t number, std::uint64_t searching,
                   std::uint32_t* winners) {
    if (searching == 0) return;
    const ConditionLines below = run_condition(input(searching), step.below_lowest, scratch_);
    close(below.unknown);
    std::uint64_t lines = searching & below.met & open_;
    if (lines == 0) return;
    std::vector<rule::Choice> lowest_first{{rule::Comparator::lowest_threshold, {}}};
    const auto& own = step.rule->find->choose;
    lowest_first.insert(lowest_first.end(), own.begin(), own.end());
    ignore_thresholds_ = true;
    choices_ = &lowest_first;
    prepare_records(step, number, lines);
    search(step, number, lines, winners);
    ignore_thresholds_ = false;
    choices_ = nullptr;
  }

  // What the winners' values are on their lines.
  void take_values(const snapshot::BoundStep& step, std::uint16_t number,
                   const std::uint32_t* winners, std::uint64_t active) {
    auto& values = columns_.steps[number].value;
    for (std::uint32_t line = 0; line < block_.count; ++line) {
      values[block_.offset + line] = 0;
      if (winners[line] == no_record || (active >> line & 1U) == 0) continue;
      const std::uint32_t position = index_.key_of_record(winners[line]);
      const RecordValue value = value_on(records_, winners[line], block_.offset + line,
                                         basis_of(step, winners[line], position, line));
      values[block_.offset + line] = value.value;
      if (value.outcome != Outcome::priced) close(bit(line), value.outcome);
    }
  }

  // A step that applies records to each line by itself.
  void apply_records(const snapshot::BoundStep& step, std::uint16_t number, std::uint64_t active) {
    StepColumns& to = columns_.steps[number];
    std::fill_n(to.winner.data() + block_.offset, block_.count, no_record);
    ApplyState& state = scratch_.applied;
    state.original.resize(context_.lines.size());
    state.running.amounts.resize(context_.lines.size());
    state.floors.resize(context_.lines.size());
    state.units.resize(context_.lines.size());
    Unknown unknown = take_amounts(step, active, state);
    close(unknown);
    prepare_running(state);
    prepare_records(step, number, active & open_);
    if (step.rule->apply->over == rule::ApplyOver::line) {
      test_conditions_ = false;  // each is tested when its turn comes
      search_all(step, number, active & open_);
      test_conditions_ = true;
      each_line(scratch_.candidates, [&](std::uint8_t line, std::span<Candidate> candidates) {
        apply_to_line(step, number, line, candidates, state);
      });
    }
    running_ = nullptr;
    for (std::uint32_t i = 0; i < block_.count; ++i)
      to.amount.wide[block_.offset + i] = state.running.amounts[block_.offset + i];
  }

  // Base, units and floor of the block's lines.
  Unknown take_amounts(const snapshot::BoundStep& step, std::uint64_t active, ApplyState& state) {
    const snapshot::BoundApply& apply = *step.apply;
    AmountColumn column;
    const auto each = [&](const snapshot::BoundFormula& formula, const auto& take) {
      column.resize(formula.width, block_lines);
      const Unknown unknown = run_cell(input(active & open_), formula, column, scratch_);
      for (std::uint32_t i = 0; i < block_.count; ++i)
        take(block_.offset + i, widest_at(column, i));
      return unknown;
    };
    state.unit_decimals =
        apply.units.code.empty() ? base::Quantity::decimals : apply.units.decimals;
    for (std::uint32_t i = 0; i < block_.count; ++i) {
      const std::size_t line = block_.offset + i;
      state.units[line] = std::abs(block_.lines[i].quantity.mantissa());
      state.floors[line] = 0;
    }
    Unknown unknown = each(apply.base, [&](std::size_t line, const base::Int256& value) {
      const bool fits =
          value < base::Int256{base::int128_max} && value > -base::Int256{base::int128_max};
      const base::Int128 amount = fits ? static_cast<base::Int128>(value) : base::int128_max;
      state.original[line] = state.running.amounts[line] = is_applicable(amount) ? amount : 0;
      if (!is_applicable(amount))
        close(bit(static_cast<std::uint32_t>(line - block_.offset)), Outcome::amount_out_of_range);
    });
    if (!apply.units.code.empty()) {
      unknown |= each(apply.units, [&](std::size_t line, const base::Int256& value) {
        state.units[line] = value < 0 ? base::Int256{-value} : value;
      });
    }
    if (!apply.floor.code.empty()) {
      unknown |= each(apply.floor, [&](std::size_t line, const base::Int256& value) {
        const base::Int256 most = base::Int256{base::int128_max} / 4;
        state.floors[line] =
            static_cast<base::Int128>(std::clamp(value, base::Int256{-most}, most));
      });
    }
    return unknown;
  }

  // From here on `running` is what the state says.
  void prepare_running(const ApplyState& state) { running_ = &state.running; }

  // Candidates of all of the step's accesses, by line; level by level where it has levels.
  void search_all(const snapshot::BoundStep& step, std::uint16_t number, std::uint64_t searching) {
    const auto& accesses = step.accesses;
    std::vector<Candidate> all;
    for (std::size_t begin = 0; begin < accesses.size() && searching != 0;) {
      std::size_t end = begin + 1;
      while (end < accesses.size() && accesses[end].rule->level == accesses[begin].rule->level)
        ++end;
      scratch_.candidates.clear();
      for (std::size_t i = begin; i < end; ++i) find_candidates(step, number, i, searching);
      for (const Candidate& candidate : scratch_.candidates) searching &= ~bit(candidate.line);
      all.insert(all.end(), scratch_.candidates.begin(), scratch_.candidates.end());
      begin = end;
    }
    std::ranges::sort(all, {}, &Candidate::line);
    scratch_.candidates = std::move(all);
  }

  void apply_to_line(const snapshot::BoundStep& step, std::uint16_t number, std::uint8_t line,
                     std::span<Candidate> candidates, ApplyState& state) {
    const LineValues values{*this, step, line};
    const ChoiceContext context{&snapshot_,          &plan_, &*step.rule->find, nullptr,
                                &block_.lines[line], &values};
    const bool tied = sort_candidates(context, candidates);
    const rule::Find& find = *step.rule->find;
    if (tied && step.rule->apply->combine == rule::Combine::first &&
        find.tie == rule::TiePolicy::refuse) {
      close(bit(line), Outcome::ambiguous);
      return;
    }
    const std::size_t at = block_.offset + line;
    std::vector<Deal> deals;
    for (const Candidate& candidate : candidates)
      deals.push_back({candidate, {static_cast<std::uint32_t>(at)}});
    auto& winners = columns_.steps[number].winner;
    Applier::Hooks hooks;
    hooks.basis_of = [&](const Candidate& candidate, std::size_t) {
      return basis_of(step, candidate.record, candidate.position, line);
    };
    hooks.refresh = [&] { refresh_inputs(step, number, line); };
    hooks.weight_of = [&](std::size_t of) { return base::Int256{state.running.amounts[of]}; };
    if (state.pool.size() < context_.lines.size()) state.pool.resize(context_.lines.size());
    state.pool[at] = static_cast<base::Int128>(
        base::Int256{state.units[at] / base::pow10<base::Int256>(state.unit_decimals)});
    const ApplyOutput output{&out_.lines, &scratch_.adjustments, &scratch_.free_lines};
    Applier applier{records_, number, state, output, hooks};
    applier.run(std::move(deals), [&](std::size_t of, std::uint32_t record) {
      if (winners[of] == no_record) winners[of] = record;
    });
  }

  void refresh_all(const snapshot::BoundStep& step, InputColumns& inputs, const Running* running) {
    running_ = running;
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
      const Unknown unknown =
          run_column(input(open_), step.inputs[i].value, inputs.values[i], scratch_);
      inputs.missing[i][block_.offset / block_lines] = unknown.any();
    }
    running_ = nullptr;
  }

  // The inputs of one line of the block, after something was taken off it.
  void refresh_inputs(const snapshot::BoundStep& step, std::uint16_t number, std::uint32_t line) {
    InputColumns& inputs = columns_.steps[number].inputs;
    FormulaInput one = input(1);
    one.block = BlockView{block_.lines + line, 1, block_.offset + line};
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
      const Unknown unknown = run_column(one, step.inputs[i].value, inputs.values[i], scratch_);
      std::uint64_t& missing = inputs.missing[i][block_.offset / block_lines];
      missing &= ~bit(line);
      if (unknown.any() != 0) missing |= bit(line);
    }
    aggregates_.clear();
  }

  const RunContext& context_;
  const snapshot::Snapshot& snapshot_;
  const snapshot::ConditionIndex& index_;
  const snapshot::BoundProcedure& procedure_;
  const Header& header_;
  const Plan& plan_;
  Columns& columns_;
  PricedLines& out_;
  BlockScratch& scratch_;
  Finder& finder_;
  Trace& trace_;
  BlockView block_;
  std::uint64_t open_ = 0;
  RecordContext records_;
  TextAggregates& aggregates_ = scratch_.text_aggregates;
  const Running* running_ = nullptr;
  AmountColumn& basis_ = scratch_.basis;  // of the block
  const CountedBasis* counted_ = nullptr;
  bool test_conditions_ = true;
  bool ignore_thresholds_ = false;
  bool is_plain_ = true;
  bool by_basis_ = false;  // scales are read with more than the ordered quantity
  const std::vector<rule::Choice>* choices_ = nullptr;  // instead of the step's own
};

}  // namespace detail

}  // namespace engine::price

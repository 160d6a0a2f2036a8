// What the search of a step looks through: the records under the keys that the finder hits for the
// lines of a block, each against everything that can rule it out. What is left are the candidates
// among which block_search.hpp chooses. Header only, since it is compiled once for each finder and
// trace. Not for use outside engine/price.
#pragma once

#include "engine/price/open_lines.hpp"
#include "engine/price/record_fit.hpp"
#include "engine/price/record_values.hpp"
#include "engine/price/trace.hpp"

#include <algorithm>
#include <bit>
#include <vector>

namespace engine::price::detail {

// What a step's records are tested and valued with.
inline RecordContext record_context(const RunContext& context, const snapshot::BoundStep& step,
                                    std::uint16_t number, BlockScratch& scratch,
                                    TextAggregates& aggregates, const Running* running) {
  RecordContext made;
  made.snapshot = context.snapshot;
  made.procedure = context.procedure;
  made.step = &step;
  made.header = context.header;
  made.lines = context.lines;
  made.priced = context.out;
  made.summed_lines = context.lines;
  made.summed_priced = context.out;
  made.columns = context.columns;
  made.inputs = &context.columns->steps[number].inputs;
  made.scratch = &scratch;
  made.aggregates = &aggregates;
  made.line_scope = context.line_scope;
  made.running = running;
  if (context.order == nullptr) return made;
  made.summed_lines = context.order->lines;
  made.summed_priced = context.order->out;
  return made;
}

// What an input of an order step is, it is on every line that its records' sums run over.
inline void share_inputs(const snapshot::BoundStep& step, std::size_t lines, InputColumns& inputs) {
  for (std::size_t i = 0; i < step.inputs.size(); ++i) {
    copy_first(inputs.values[i], lines);
    const Unknown first = inputs.unknown[i].front().only(1);
    const auto all = [](std::uint64_t one) { return one != 0 ? ~std::uint64_t{0} : 0; };
    std::ranges::fill(inputs.unknown[i],
                      Unknown{all(first.divided_by_zero), all(first.missing), all(first.no_rate)});
  }
}

template <class Finder, class Trace>
class BlockScan {
 public:
  BlockScan(OpenLines& lines, BlockScratch& scratch, Finder& finder, Trace& trace)
      : lines_{lines},
        context_{lines.context()},
        snapshot_{*context_.snapshot},
        index_{snapshot_.conditions()},
        header_{*context_.header},
        plan_{context_.plan},
        columns_{*context_.columns},
        scratch_{scratch},
        finder_{finder},
        trace_{trace},
        block_{lines.block()},
        fit_{lines, scratch.basis} {}

  // Scales are read with what this says, instead of with the line's own basis; null: with that.
  void count_by(const CountedBasis* counted) { counted_ = counted; }

  // The sums of the records' own texts have been taken for all lines, before any of them was closed.
  void keep_sums() { sums_taken_ = true; }

  // Whether records' own conditions are tested; they are unless this says no.
  void test_conditions(bool tested) { tests_conditions_ = tested; }

  // Whether the trace is told nothing.
  void be_quiet(bool quiet) { quiet_ = quiet; }

  void begin(const snapshot::BoundStep& step, std::uint16_t number, std::uint64_t active,
             const Running* running) {
    step_ = &step;
    number_ = number;
    running_ = running;
    active_ = active;
    prepare(ScaleBounds::all);
  }

  // Inputs of the records' own texts, the basis of scales.
  void prepare(ScaleBounds bounds) {
    is_plain_ = step_->is_plain && counted_ == nullptr && bounds == ScaleBounds::all;
    filters_ = !step_->texts.empty() && !snapshot_.condition_filter().empty();
    if (is_plain_) return;
    records_ =
        record_context(context_, *step_, number_, scratch_, scratch_.text_aggregates, running_);
    if (!sums_taken_) scratch_.text_aggregates.clear();
    fit_.start(*step_, counted_, bounds);
    InputColumns& inputs = columns_.steps[number_].inputs;
    const FormulaInput input = lines_.input(active_, running_);
    const FormulaInput summed = lines_.input(lines_.open(), running_);  // sums run over all lines
    for (std::size_t i = 0; i < step_->inputs.size(); ++i) {
      inputs.unknown[i][block_.offset / block_lines] =
          run_column(summed, step_->inputs[i].value, inputs.values[i], scratch_);
    }
    if (context_.order != nullptr) share_inputs(*step_, context_.order->lines.size(), inputs);
    if (step_->basis.code.empty()) return;
    scratch_.basis.resize(step_->basis.width, block_lines);
    lines_.close(run_cell(input, step_->basis, scratch_.basis, scratch_));
  }

  // Adds what the access finds for these lines to the scratch's candidates.
  void find(std::size_t access, std::uint64_t searching) {
    if (header_.fields.size() == 1 && plan_.of(0, *step_, access).is_empty()) return;
    const rule::Access& rule = *step_->accesses[access].rule;
    if (rule.agreement == rule::AgreementUse::asked) searching &= lines_with_agreement();
    for (std::size_t fields = 0; fields < header_.fields.size(); ++fields) {
      const std::uint64_t lines =
          header_.fields.size() == 1 ? searching : searching & lines_of(fields);
      const AccessPlan& plan = plan_.of(fields, *step_, access);
      if (lines == 0 || plan.is_empty()) continue;
      const snapshot::TableInfo& table = index_.table(rule.table);
      finder_.find(snapshot_, plan_, plan, table, block_, lines, scratch_);
      if (index_.has_changes()) lay_changes(snapshot_, plan_, plan, table, block_, lines, scratch_);
      for (const Hit& hit : scratch_.hits) {
        __builtin_prefetch(&index_.record(index_.records_of(hit.position).begin));
      }
      for (const Hit& hit : scratch_.hits) {
        if (hit.distance > 0 && !rule.group_ancestors)
          continue;  // by an ancestor of the article's groups
        scan(hit, rule, static_cast<std::uint16_t>(access));
      }
    }
    if (header_.fields.size() > 1)
      std::ranges::sort(scratch_.candidates.all(), {}, &Candidate::line);
  }

  std::uint64_t lines_with_agreement() const {
    std::uint64_t lines = 0;
    for (std::uint32_t i = 0; i < block_.count; ++i) {
      if (!block_.lines[i].agreement.is_none()) lines |= bit(i);
    }
    return lines;
  }

  // Whether a record in another currency can be converted.
  Loss rule_out_by_rate(const model::Terms& terms, std::uint8_t line) {
    if (!fit_.is_foreign(terms)) return Loss::won;
    base::CivilMinutes& until = lines_.result(line).valid_until;
    return fit_.convertible(terms, block_.lines[line], until) ? Loss::won : Loss::currency;
  }

  bool is_plain() const { return is_plain_; }

  const RecordContext& records() const { return records_; }

  const RecordFit& fit() const { return fit_; }

 private:
  std::uint64_t lines_of(std::size_t fields) const {
    std::uint64_t lines = 0;
    for (std::uint32_t i = 0; i < block_.count; ++i) {
      if (block_.lines[i].fields == fields) lines |= bit(i);
    }
    return lines;
  }

  // All records of a key, or those of them whose conditions can be true.
  void scan(const Hit& hit, const rule::Access& rule, std::uint16_t access) {
    const auto* key = filters_ ? snapshot_.condition_filter().find(hit.position) : nullptr;
    const snapshot::KeyRange found = index_.records_of(hit.position);
    if (key == nullptr) return scan_all(found, hit, rule, access);
    if constexpr (!Trace::enabled) {
      each_possible(*key, hit, [&](std::uint32_t number) { consider(number, hit, rule, access); });
    } else {
      std::vector<std::uint32_t> possible;
      each_possible(*key, hit, [&](std::uint32_t number) { possible.push_back(number); });
      std::ranges::sort(possible);
      for (std::uint32_t number = found.begin; number < found.end; ++number) {
        if (std::ranges::binary_search(possible, number)) {
          consider(number, hit, rule, access);
        } else if (!quiet_) {
          trace_.candidate(hit.line, number, access, Loss::condition);
        }
      }
    }
  }

  void scan_all(snapshot::KeyRange found, const Hit& hit, const rule::Access& rule,
                std::uint16_t access) {
    if constexpr (!Trace::enabled) {
      if (is_plain_) return scan_plain(found, hit, rule, access);
    }
    const model::ConditionRecord* best = nullptr;
    if (is_plain_ && step_->highest_threshold_wins) best = highest_fitting(found, hit, rule);
    for (std::uint32_t number = found.begin; number < found.end; ++number) {
      bounds_answer_ = best == nullptr || !is_beaten(index_.record(number), *best);
      consider(number, hit, rule, access);
    }
    bounds_answer_ = true;
  }

  // Records that are a number each, from the highest threshold down. Those that a higher one beats
  // whatever their values are need no second look - and while it holds, they don't say how long the
  // answer does.
  void scan_plain(snapshot::KeyRange found, const Hit& hit, const rule::Access& rule,
                  std::uint16_t access) {
    const Line& line = block_.lines[hit.line];
    const PlanPart& part = plan_.parts[hit.part];
    const model::ConditionRecord* const records = &index_.record(0);
    // Where the line's unit is worth one base unit, thresholds of either are compared with the same
    // number: most records fall here, before anything else is looked at.
    const std::int64_t ordered =
        line.numerator == line.denominator ? std::abs(line.quantity.mantissa()) : INT64_MAX;
    const bool compared = line.numerator == line.denominator;
    base::CivilMinutes& until = lines_.result(hit.line).valid_until;
    const model::ConditionRecord* best = nullptr;
    scratch_.candidates.make_room(found.size());
    for (std::uint32_t number = found.end; number-- > found.begin;) {
      const model::ConditionRecord& record = records[number];
      if (record.threshold.mantissa() > ordered) continue;
      if (best != nullptr && is_beaten(record, *best)) continue;
      if (record.terms != fitting_terms_ || !compared) {
        const model::Terms& terms = index_.terms(record);
        if (fit_.rule_out_plain(record, terms, line) != Loss::won) continue;
        if (RecordFit::fits_all_lines(terms)) fitting_terms_ = record.terms;
      }
      const bool is_free = rule.agreement == rule::AgreementUse::any && record.document.is_none();
      if (!is_free && !fit_.agreement_fits(record.document, line, rule)) continue;
      if (rule_out_by_time(line.date, validity_of(record, part), until) != Loss::won) continue;
      scratch_.candidates.add({number, hit.part, hit.position, access,
                               static_cast<std::uint16_t>(part.distance + hit.distance), hit.line});
      if (best == nullptr && step_->highest_threshold_wins) best = &record;
    }
  }

  static bool is_beaten(const model::ConditionRecord& record, const model::ConditionRecord& best) {
    return record.threshold < best.threshold && record.terms == best.terms &&
           record.document == best.document;
  }

  // The record that scan_plain would take first.
  const model::ConditionRecord* highest_fitting(snapshot::KeyRange found, const Hit& hit,
                                                const rule::Access& rule) const {
    const Line& line = block_.lines[hit.line];
    for (std::uint32_t number = found.end; number-- > found.begin;) {
      const model::ConditionRecord& record = index_.record(number);
      if (fit_.rule_out_plain(record, index_.terms(record), line) == Loss::won &&
          fit_.agreement_fits(record.document, line, rule) &&
          validity_of(record, plan_.parts[hit.part]).contains(line.date))
        return &record;
    }
    return nullptr;
  }

  // Records of a filtered key whose conditions can be true for the line's article and the customer.
  template <class Take>
  void each_possible(const snapshot::ConditionFilter::Key& key, const Hit& hit, const Take& take) {
    const auto& filter = snapshot_.condition_filter();
    const Line& line = block_.lines[hit.line];
    for (const std::uint32_t number : filter.plain(key)) take(number);
    PartyConditions& party = party_conditions(line);
    const std::uint64_t* own = filter.bits(key);
    const std::uint64_t* of_article =
        line.article.is_none() ? nullptr : filter.article_bits(line.article.raw()) + key.word;
    const auto entries = filter.entries(key);
    auto entry = entries.begin();
    for (std::uint32_t i = 0; i < key.words; ++i) {
      const std::uint32_t word = key.word + i;
      std::uint64_t left = own[i] & (of_article == nullptr ? ~std::uint64_t{0} : of_article[i]) &
                           (party.met[word] | ~party.known[word]);
      for (; left != 0; left &= left - 1) {
        const std::uint32_t condition =
            word * 64 + static_cast<std::uint32_t>(std::countr_zero(left));
        if (!can_be_met(condition, party, hit.line)) continue;
        entry = std::lower_bound(
            entry, entries.end(), condition,
            [](const auto& one, std::uint32_t wanted) { return one.condition < wanted; });
        for (; entry != entries.end() && entry->condition == condition; ++entry)
          take(entry->record);
      }
    }
  }

  PartyConditions& party_conditions(const Line& line) {
    PartyConditions& party = scratch_.party_conditions[{number_, line.fields}];
    if (party.run != context_.run) {
      const std::size_t words = snapshot_.condition_filter().condition_words();
      party.run = context_.run;
      party.known.assign(words, 0);
      party.met.assign(words, 0);
    }
    return party;
  }

  // Whether what the condition says of the customer and the question is true, or can't be told.
  bool can_be_met(std::uint32_t condition, PartyConditions& party, std::uint32_t line) {
    const std::uint64_t own = std::uint64_t{1} << (condition % 64);
    if ((party.known[condition / 64] & own) != 0) return (party.met[condition / 64] & own) != 0;
    const auto& formula = step_->texts[snapshot_.condition_filter().text_of(condition)].party;
    bool met = true;
    if (!formula.code.empty()) {
      FormulaInput input = lines_.input(1, nullptr);
      input.block = BlockView{block_.lines + line, 1, block_.offset + line};
      const ConditionLines tested = run_condition(input, formula, scratch_);
      met = tested.met != 0 || tested.unknown.any() != 0;
    }
    party.known[condition / 64] |= own;
    if (met) party.met[condition / 64] |= own;
    return met;
  }

  // A record against everything that can rule it out. Time comes last: one that fits but for its
  // validity decides how long the answer holds.
  void consider(std::uint32_t number, const Hit& hit, const rule::Access& rule,
                std::uint16_t access) {
    const Line& line = block_.lines[hit.line];
    const PlanPart& part = plan_.parts[hit.part];
    const model::ConditionRecord& record = index_.record(number);
    const model::Terms& terms = index_.terms(record);
    Loss loss = is_plain_                  ? fit_.rule_out_plain(record, terms, line)
                : step_->rule->find->merge ? Loss::won
                                           : fit_.rule_out(number, hit);
    if (loss == Loss::won && !fit_.agreement_fits(record.document, line, rule))
      loss = Loss::agreement;
    if (loss == Loss::won)
      loss = is_plain_ ? rule_out_by_time(record, part, hit.line)
                       : rule_out_by_condition(number, part, hit.line);
    if constexpr (Trace::enabled) {
      if (!quiet_) trace_.candidate(hit.line, number, access, loss);
    }
    if (loss != Loss::won) return;
    scratch_.candidates.make_room(1);
    scratch_.candidates.add({number, hit.part, hit.position, access,
                             static_cast<std::uint16_t>(part.distance + hit.distance), hit.line});
  }

  [[gnu::always_inline]] base::Validity validity_of(const model::ConditionRecord& record,
                                                    const PlanPart& part) const {
    base::Validity validity{std::max(record.valid_from, part.validity.from),
                            std::min(record.valid_to, part.validity.to)};
    if (!record.document.is_none() && snapshot_.is_dated_promotion(record.document)) {
      const base::Validity& promotion = snapshot_.documents()[record.document.raw()].validity;
      validity.from = std::max(validity.from, promotion.from);
      validity.to = std::min(validity.to, promotion.to);
    }
    return validity;
  }

  // `until`: how long the answer holds.
  [[gnu::always_inline]] static Loss rule_out_by_time(base::CivilMinutes at,
                                                      const base::Validity& validity,
                                                      base::CivilMinutes& until) {
    if (at < validity.from) {
      if (validity.from < validity.to) until = std::min(until, validity.from);
      return Loss::validity;
    }
    if (at >= validity.to) return Loss::validity;
    until = std::min(until, validity.to);
    return Loss::won;
  }

  Loss rule_out_by_time(const model::ConditionRecord& record, const PlanPart& part,
                        std::uint8_t line) {
    base::CivilMinutes nobody_asks = base::CivilMinutes::latest();
    return rule_out_by_time(block_.lines[line].date, validity_of(record, part),
                            bounds_answer_ ? lines_.result(line).valid_until : nobody_asks);
  }

  // Condition, time, exchange rate. A condition that can't be told closes the line, if the record
  // is valid now.
  Loss rule_out_by_condition(std::uint32_t number, const PlanPart& part, std::uint8_t line) {
    const model::ConditionRecord& record = index_.record(number);
    const model::Terms& terms = index_.terms(record);
    const base::CivilMinutes at = block_.lines[line].date;
    const base::Validity validity = validity_of(record, part);
    if (at >= validity.to) return Loss::validity;
    if (tests_conditions_ && !step_->texts.empty() &&
        (terms.has_more || !record.document.is_none())) {
      const Met met = meets_conditions(records_, number, block_.offset + line);
      const bool known = met.outcome == Outcome::priced;
      if (!known && at >= validity.from) lines_.close(bit(line), met.outcome);
      if (known ? !met.met : at >= validity.from) return Loss::condition;
    }
    const Loss loss = rule_out_by_time(record, part, line);
    if (loss != Loss::won || step_->rule->find->merge) return loss;
    return rule_out_by_rate(terms, line);
  }

  OpenLines& lines_;
  const RunContext& context_;
  const snapshot::Snapshot& snapshot_;
  const snapshot::ConditionIndex& index_;
  const Header& header_;
  const PlanView& plan_;
  Columns& columns_;
  BlockScratch& scratch_;
  Finder& finder_;
  Trace& trace_;
  const BlockView& block_;
  RecordFit fit_;
  RecordContext records_;
  const snapshot::BoundStep* step_ = nullptr;
  std::uint16_t number_ = 0;
  std::uint64_t active_ = 0;
  const Running* running_ = nullptr;
  const CountedBasis* counted_ = nullptr;
  // Terms that were found to fit this question on whatever line, thresholds apart: most records
  // share them with the one before.
  std::uint32_t fitting_terms_ = UINT32_MAX;
  bool is_plain_ = true;
  bool filters_ = false;
  bool tests_conditions_ = true;
  bool quiet_ = false;
  bool bounds_answer_ = true;  // the record's start or end may change the answer
  bool sums_taken_ = false;
};

}  // namespace engine::price::detail

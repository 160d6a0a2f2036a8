// The search of a step over one block of up to 64 lines: which records each line has to choose
// from, and which of them win. Header only, since it is compiled once for each finder and trace.
// Not for use outside engine/price.
#pragma once

#include "engine/price/apply.hpp"
#include "engine/price/choose.hpp"
#include "engine/price/merge.hpp"
#include "engine/price/open_lines.hpp"
#include "engine/price/record_fit.hpp"
#include "engine/price/record_values.hpp"
#include "engine/price/trace.hpp"

#include <algorithm>
#include <bit>

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

template <class Finder, class Trace>
class BlockSearch {
 public:
  BlockSearch(OpenLines& lines, BlockScratch& scratch, Finder& finder, Trace& trace)
      : lines_{lines},
        context_{lines.context()},
        snapshot_{*context_.snapshot},
        index_{snapshot_.conditions()},
        header_{*context_.header},
        plan_{*context_.plan},
        columns_{*context_.columns},
        scratch_{scratch},
        finder_{finder},
        trace_{trace},
        block_{lines.block()},
        fit_{lines, scratch.basis} {}

  // Scales are read with what this says, instead of with the line's own basis; null: with that.
  void count_by(const CountedBasis* counted) { counted_ = counted; }

  void begin(const snapshot::BoundStep& step, std::uint16_t number, std::uint64_t active,
             const Running* running) {
    step_ = &step;
    number_ = number;
    running_ = running;
    active_ = active;
    prepare(ScaleBounds::all);
  }

  const RecordContext& records() const { return records_; }

  // The sums of the records' own texts have been taken for all lines, before any of them was closed.
  void keep_sums() { sums_taken_ = true; }

  const RecordFit& fit() const { return fit_; }

  // Deals that a step could not choose between.
  void tell_ties(const std::vector<const Deal*>& tied) {
    if constexpr (Trace::enabled) {
      for (const Deal* deal : tied) {
        for (const std::uint32_t line : deal->lines) trace_.tied(line, deal->candidate.record);
      }
    } else {
      static_cast<void>(tied);
    }
  }

  // The winners of the active lines, into the step's columns. Lines without one are closed where
  // the step requires a record.
  void find_winners() {
    std::uint32_t* winners = columns_.steps[number_].winner.data() + block_.offset;
    std::fill_n(winners, block_.count, no_record);
    std::uint64_t searching = active_ & lines_.open();
    const std::uint64_t shut = search_levels(searching, winners);
    if (!step_->below_lowest.code.empty())
      take_lowest(searching & ~shut & lines_without(winners), winners);
    if (step_->has_more) take_values(winners);
    if (!step_->rule->find->required) return;
    lines_.close(shut, Outcome::not_on_agreement);
    lines_.close(lines_without(winners), Outcome::no_price);
    close_on_request(winners);
  }

  // All candidates of the active lines, by line, for a step that applies them: their conditions are
  // left to be tested when their turn comes - but where the step searches level by level: there a
  // level counts only if a candidate's condition is met now.
  std::span<Candidate> find_applicable() {
    const auto& accesses = step_->accesses;
    tests_conditions_ = accesses.front().rule->level != accesses.back().rule->level;
    std::uint64_t searching = active_ & lines_.open();
    std::vector<Candidate> all;
    for (std::size_t begin = 0; begin < accesses.size() && searching != 0;) {
      const std::size_t end = end_of_level(begin);
      scratch_.candidates.clear();
      for (std::size_t i = begin; i < end; ++i) find_candidates(i, searching);
      for (const Candidate& candidate : scratch_.candidates) searching &= ~bit(candidate.line);
      all.insert(all.end(), scratch_.candidates.begin(), scratch_.candidates.end());
      begin = end;
    }
    std::ranges::stable_sort(all, {}, &Candidate::line);
    scratch_.candidates = std::move(all);
    tests_conditions_ = true;
    return scratch_.candidates;
  }

  // All candidates of the active lines whatever their scales, by line: for counting. No trace is
  // told. To be followed by begin().
  std::span<Candidate> find_countable() {
    prepare(ScaleBounds::none);
    quiet_ = true;
    scratch_.candidates.clear();
    for (std::size_t i = 0; i < step_->accesses.size(); ++i)
      find_candidates(i, active_ & lines_.open());
    std::ranges::stable_sort(scratch_.candidates, {}, &Candidate::line);
    quiet_ = false;
    return scratch_.candidates;
  }

  // What candidates of a line are worth where their number alone does not say it.
  class LineValues final : public CandidateValues {
   public:
    LineValues(const BlockSearch& search, std::uint32_t line) : search_{search}, line_{line} {}

    base::Int256 value_of(const Candidate& candidate) const override {
      return value_on(search_.records_, candidate.record, search_.block_.offset + line_,
                      search_.fit_.basis_of(candidate.record, candidate.position, line_))
          .value;
    }

    int decimals() const override { return search_.step_->value_decimals; }

    std::optional<snapshot::RateFactor> rate_from(model::CurrencyId currency) const override {
      const auto& procedure = *search_.context_.procedure;
      return search_.snapshot_.rates().find(currency, search_.header_.currency, procedure.rate_kind,
                                            procedure.rate_currency,
                                            search_.block_.lines[line_].date);
    }

   private:
    const BlockSearch& search_;
    std::uint32_t line_;
  };

 private:
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

  std::size_t end_of_level(std::size_t begin) const {
    const auto& accesses = step_->accesses;
    std::size_t end = begin + 1;
    while (end < accesses.size() && accesses[end].rule->level == accesses[begin].rule->level) ++end;
    return end;
  }

  std::uint64_t lines_without(const std::uint32_t* winners) const {
    std::uint64_t lines = 0;
    for (std::uint64_t rest = active_ & lines_.open(); rest != 0; rest &= rest - 1) {
      const auto line = static_cast<std::uint32_t>(std::countr_zero(rest));
      if (winners[line] == no_record) lines |= bit(line);
    }
    return lines;
  }

  // Level by level. Returns the lines that an exclusive agreement without a record shuts.
  std::uint64_t search_levels(std::uint64_t& searching, std::uint32_t* winners) {
    std::uint64_t shut = 0;
    scratch_.kept.clear();
    for (std::size_t begin = 0; begin < step_->accesses.size() && searching != 0;) {
      const std::size_t end = end_of_level(begin);
      scratch_.candidates.clear();
      for (std::size_t i = begin; i < end; ++i) find_candidates(i, searching);
      if (end - begin > 1) std::ranges::sort(scratch_.candidates, {}, &Candidate::line);
      if (!is_plain_ && step_->rule->find->merge) merge_lists();
      std::uint64_t matched = 0;
      for (const Candidate& candidate : scratch_.candidates) matched |= bit(candidate.line);
      searching &= ~choose_winners(winners) & lines_.open();
      const std::uint64_t ended = searching & ~matched & exclusive_lines(begin, end);
      searching &= ~ended;
      shut |= ended & ~kept_lines();
      begin = end;
    }
    if (!scratch_.kept.empty()) choose_among_kept(winners);
    return shut;
  }

  // Lines with a winner that let the search go on.
  std::uint64_t kept_lines() const {
    std::uint64_t lines = 0;
    for (const Candidate& kept : scratch_.kept) lines |= bit(kept.line);
    return lines;
  }

  std::uint64_t exclusive_lines(std::size_t begin, std::size_t end) const {
    bool exclusive = false;
    for (std::size_t i = begin; i < end; ++i) exclusive |= step_->accesses[i].rule->exclusive;
    return exclusive ? lines_with_agreement() : 0;
  }

  void close_on_request(const std::uint32_t* winners) {
    std::uint64_t on_request = 0;
    for (std::uint64_t rest = active_ & lines_.open(); rest != 0; rest &= rest - 1) {
      const auto line = static_cast<std::uint32_t>(std::countr_zero(rest));
      const model::Terms& terms = index_.terms(index_.record(winners[line]));
      if ((terms.flags & model::flag_bit(model::Schema::price_on_request)) != 0)
        on_request |= bit(line);
    }
    lines_.close(on_request, Outcome::price_on_request);
  }

  void find_candidates(std::size_t access, std::uint64_t searching) {
    const rule::Access& rule = *step_->accesses[access].rule;
    if (rule.agreement == rule::AgreementUse::asked) searching &= lines_with_agreement();
    for (std::size_t fields = 0; fields < header_.fields.size(); ++fields) {
      const std::uint64_t lines =
          header_.fields.size() == 1 ? searching : searching & lines_of(fields);
      const AccessPlan& plan = plan_.of(fields, number_, access);
      if (lines == 0 || plan.begin == plan.end) continue;
      finder_.find(snapshot_, plan_, plan, index_.table(rule.table), block_, lines, scratch_);
      for (const Hit& hit : scratch_.hits) {
        __builtin_prefetch(&index_.record(index_.records_of(hit.position).begin));
      }
      for (const Hit& hit : scratch_.hits) {
        if (hit.distance > 0 && !rule.group_ancestors)
          continue;  // by an ancestor of the article's groups
        scan(hit, rule, static_cast<std::uint16_t>(access));
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

  // All records of a key, or those of them whose conditions can be true.
  void scan(const Hit& hit, const rule::Access& rule, std::uint16_t access) {
    const auto* key = filters_ ? snapshot_.condition_filter().find(hit.position) : nullptr;
    const snapshot::KeyRange found = index_.records_of(hit.position);
    if (key == nullptr) {
      for (std::uint32_t number = found.begin; number < found.end; ++number)
        consider(number, hit, rule, access);
      return;
    }
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
    scratch_.candidates.push_back({number, hit.part, hit.position, access,
                                   static_cast<std::uint16_t>(part.distance + hit.distance),
                                   hit.line});
  }

  base::Validity validity_of(const model::ConditionRecord& record, const PlanPart& part) const {
    base::Validity validity{std::max(record.valid_from, part.validity.from),
                            std::min(record.valid_to, part.validity.to)};
    if (!record.document.is_none() && snapshot_.is_dated_promotion(record.document)) {
      const base::Validity& promotion = snapshot_.documents()[record.document.raw()].validity;
      validity.from = std::max(validity.from, promotion.from);
      validity.to = std::min(validity.to, promotion.to);
    }
    return validity;
  }

  Loss rule_out_by_time(const model::ConditionRecord& record, const PlanPart& part,
                        std::uint8_t line) {
    const base::Validity validity = validity_of(record, part);
    const base::CivilMinutes at = block_.lines[line].date;
    base::CivilMinutes& until = lines_.result(line).valid_until;
    if (at < validity.from) {
      if (validity.from < validity.to) until = std::min(until, validity.from);
      return Loss::validity;
    }
    if (at >= validity.to) return Loss::validity;
    until = std::min(until, validity.to);
    return Loss::won;
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

  Loss rule_out_by_rate(const model::Terms& terms, std::uint8_t line) {
    if (!fit_.is_foreign(terms)) return Loss::won;
    base::CivilMinutes& until = lines_.result(line).valid_until;
    return fit_.convertible(terms, block_.lines[line], until) ? Loss::won : Loss::currency;
  }

  // Lists merged slot by slot; what is left of them then meets currency, unit and scale.
  void merge_lists() {
    std::vector<Candidate> left;
    each_line(scratch_.candidates, [&](std::uint8_t line, std::span<Candidate> candidates) {
      for (const Candidate& merged : merge(snapshot_, plan_, candidates)) {
        const Hit hit{merged.part, merged.position, 0, line};
        Loss loss = fit_.rule_out(merged.record, hit);
        if (loss == Loss::won)
          loss = rule_out_by_rate(index_.terms(index_.record(merged.record)), line);
        if constexpr (Trace::enabled) {
          if (loss != Loss::won) trace_.listener(line)->lost(merged.record, loss, {});
        }
        if (loss == Loss::won) left.push_back(merged);
      }
    });
    scratch_.candidates = std::move(left);
  }

  std::uint64_t choose_winners(std::uint32_t* winners) {
    std::uint64_t found = 0;
    std::uint64_t ambiguous = 0;
    each_line(scratch_.candidates, [&](std::uint8_t line, std::span<Candidate> candidates) {
      Candidate winner = candidates.front();
      bool is_ambiguous = false;
      if (candidates.size() > 1) is_ambiguous = choose_winner(line, candidates, choices_, winner);
      winners[line] = is_ambiguous ? no_record : winner.record;
      if (is_ambiguous) ambiguous |= bit(line);
      if (!is_ambiguous && looks_further(winner)) {
        scratch_.kept.push_back(winner);
      } else {
        found |= bit(line);
      }
    });
    lines_.close(ambiguous, Outcome::ambiguous);
    return found;
  }

  bool looks_further(const Candidate& winner) {
    if (step_->rule->find->find_next.empty()) return false;
    const auto flag = model::flag_bit(model::Schema::find_next);
    if ((index_.terms(index_.record(winner.record)).flags & flag) != 0) return true;
    const bool earlier = std::ranges::any_of(
        scratch_.kept, [&](const Candidate& kept) { return kept.line == winner.line; });
    if (earlier) scratch_.kept.push_back(winner);
    return false;
  }

  void choose_among_kept(std::uint32_t* winners) {
    std::ranges::sort(scratch_.kept, {}, &Candidate::line);
    std::uint64_t ambiguous = 0;
    each_line(scratch_.kept, [&](std::uint8_t line, std::span<Candidate> candidates) {
      Candidate winner = candidates.front();
      if (candidates.size() > 1 &&
          choose_winner(line, candidates, &step_->rule->find->find_next, winner)) {
        ambiguous |= bit(line);
        winners[line] = no_record;
        return;
      }
      winners[line] = winner.record;
    });
    lines_.close(ambiguous, Outcome::ambiguous);
  }

  bool choose_winner(std::uint8_t line, std::span<Candidate> candidates,
                     const std::vector<rule::Choice>* choices, Candidate& winner) {
    const LineValues values{*this, line};
    const bool computed = step_->has_more || step_->rule->find->any_currency;
    const ChoiceContext context{&snapshot_,          &plan_,
                                &*step_->rule->find, choices,
                                &block_.lines[line], computed ? &values : nullptr};
    LossListener* listener = nullptr;
    if constexpr (Trace::enabled) listener = trace_.listener(line);
    const Chosen chosen = choose(context, candidates, listener);
    winner = chosen.candidate;
    return chosen.ambiguous;
  }

  // Lines below the lowest threshold of every record take the lowest one, where the step says so.
  void take_lowest(std::uint64_t searching, std::uint32_t* winners) {
    searching &= lines_.open();
    if (searching == 0) return;
    const ConditionLines below =
        run_condition(lines_.input(searching, running_), step_->below_lowest, scratch_);
    lines_.close(below.unknown);
    std::uint64_t lines = searching & below.met & lines_.open();
    if (lines == 0) return;
    std::vector<rule::Choice> lowest_first{{rule::Comparator::lowest_threshold, {}}};
    const auto& own = step_->rule->find->choose;
    lowest_first.insert(lowest_first.end(), own.begin(), own.end());
    choices_ = &lowest_first;
    if constexpr (Trace::enabled) {
      for (std::uint64_t rest = lines; rest != 0; rest &= rest - 1)
        trace_.look_again(static_cast<std::size_t>(std::countr_zero(rest)));
    }
    prepare(ScaleBounds::upper);
    search_levels(lines, winners);
    choices_ = nullptr;
    prepare(ScaleBounds::all);
  }

  // What the winners' values are on their lines.
  void take_values(const std::uint32_t* winners) {
    auto& values = columns_.steps[number_].value;
    const std::uint64_t open = active_ & lines_.open();
    for (std::uint32_t line = 0; line < block_.count; ++line) {
      values[block_.offset + line] = 0;
      if (winners[line] == no_record || (open >> line & 1U) == 0) continue;
      const std::uint32_t position = index_.key_of_record(winners[line]);
      const RecordValue value = value_on(records_, winners[line], block_.offset + line,
                                         fit_.basis_of(winners[line], position, line));
      values[block_.offset + line] = value.value;
      if (value.outcome != Outcome::priced) lines_.close(bit(line), value.outcome);
    }
  }

  OpenLines& lines_;
  const RunContext& context_;
  const snapshot::Snapshot& snapshot_;
  const snapshot::ConditionIndex& index_;
  const Header& header_;
  const Plan& plan_;
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
  bool is_plain_ = true;
  bool filters_ = false;
  bool tests_conditions_ = true;
  bool quiet_ = false;
  bool sums_taken_ = false;
  const std::vector<rule::Choice>* choices_ = nullptr;  // instead of the step's own
};

}  // namespace engine::price::detail

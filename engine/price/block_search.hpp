// The search of a step over one block of up to 64 lines: level by level, which of the candidates
// that block_scan.hpp leaves win. Header only, since it is compiled once for each finder and trace.
// Not for use outside engine/price.
#pragma once

#include "engine/price/apply.hpp"
#include "engine/price/block_scan.hpp"
#include "engine/price/by_line.hpp"
#include "engine/price/choose.hpp"
#include "engine/price/merge.hpp"

#include <algorithm>
#include <bit>

namespace engine::price::detail {

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
        columns_{*context_.columns},
        scratch_{scratch},
        trace_{trace},
        block_{lines.block()},
        scan_{lines, scratch, finder, trace} {}

  void count_by(const CountedBasis* counted) { scan_.count_by(counted); }

  void keep_sums() { scan_.keep_sums(); }

  void begin(const snapshot::BoundStep& step, std::uint16_t number, std::uint64_t active,
             const Running* running) {
    step_ = &step;
    number_ = number;
    running_ = running;
    active_ = active;
    scan_.begin(step, number, active, running);
  }

  const RecordContext& records() const { return scan_.records(); }

  const RecordFit& fit() const { return scan_.fit(); }

  // Who is told what becomes of deals; null in a plain run.
  DealListener* deal_listener() {
    if constexpr (Trace::enabled) {
      return &trace_;
    } else {
      return nullptr;
    }
  }

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
    scan_.test_conditions(accesses.front().rule->level != accesses.back().rule->level);
    std::uint64_t searching = active_ & lines_.open();
    std::vector<Candidate> all;
    for (std::size_t begin = 0; begin < accesses.size() && searching != 0;) {
      const std::size_t end = end_of_level(begin);
      scratch_.candidates.clear();
      for (std::size_t i = begin; i < end; ++i) scan_.find(i, searching);
      for (const Candidate& candidate : scratch_.candidates) searching &= ~bit(candidate.line);
      all.insert(all.end(), scratch_.candidates.begin(), scratch_.candidates.end());
      begin = end;
    }
    std::ranges::stable_sort(all, {}, &Candidate::line);
    scratch_.candidates.take(all);
    scan_.test_conditions(true);
    return scratch_.candidates.all();
  }

  // All candidates of the active lines whatever their scales, by line: for counting. No trace is
  // told. To be followed by begin().
  std::span<Candidate> find_countable() {
    scan_.prepare(ScaleBounds::none);
    scan_.be_quiet(true);
    scratch_.candidates.clear();
    for (std::size_t i = 0; i < step_->accesses.size(); ++i) scan_.find(i, active_ & lines_.open());
    std::ranges::stable_sort(scratch_.candidates.all(), {}, &Candidate::line);
    scan_.be_quiet(false);
    return scratch_.candidates.all();
  }

  // What candidates of a line are worth where their number alone does not say it.
  class LineValues final : public CandidateValues {
   public:
    LineValues(const BlockSearch& search, std::uint32_t line) : search_{search}, line_{line} {}

    base::Int256 value_of(const Candidate& candidate) const override {
      return value_on(search_.records(), candidate.record, search_.block_.offset + line_,
                      search_.fit().basis_of(candidate.record, candidate.position, line_))
          .value;
    }

    int decimals() const override { return search_.step_->value_decimals; }

    std::optional<snapshot::RateFactor> rate_from(model::CurrencyId currency) const override {
      const auto& procedure = *search_.context_.procedure;
      return search_.snapshot_.rates().find(currency, search_.context_.header->currency,
                                            procedure.rate_kind, procedure.rate_currency,
                                            search_.block_.lines[line_].date);
    }

   private:
    const BlockSearch& search_;
    std::uint32_t line_;
  };

 private:
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
      for (std::size_t i = begin; i < end; ++i) scan_.find(i, searching);
      std::uint64_t matched = 0;
      if (!scratch_.candidates.empty()) {
        if (end - begin > 1) order_by_line(scratch_.candidates, scratch_.spare_candidates);
        if (!scan_.is_plain() && step_->rule->find->merge) merge_lists();
        for (const Candidate& candidate : scratch_.candidates) matched |= bit(candidate.line);
        searching &= ~choose_winners(winners);
      }
      searching &= lines_.open();
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
    return exclusive ? scan_.lines_with_agreement() : 0;
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

  // Lists merged slot by slot; what is left of them then meets currency, unit and scale.
  void merge_lists() {
    std::vector<Candidate> left;
    each_line(scratch_.candidates.all(), [&](std::uint8_t line, std::span<Candidate> candidates) {
      for (const Candidate& merged : merge(snapshot_, context_.plan, candidates)) {
        const Hit hit{merged.part, merged.position, 0, line};
        Loss loss = scan_.fit().rule_out(merged.record, hit);
        if (loss == Loss::won)
          loss = scan_.rule_out_by_rate(index_.terms(index_.record(merged.record)), line);
        if constexpr (Trace::enabled) {
          if (loss != Loss::won) trace_.listener(line)->lost(merged.record, loss, {});
        }
        if (loss == Loss::won) left.push_back(merged);
      }
    });
    scratch_.candidates.take(left);
  }

  std::uint64_t choose_winners(std::uint32_t* winners) {
    std::uint64_t found = 0;
    std::uint64_t ambiguous = 0;
    each_line(scratch_.candidates.all(), [&](std::uint8_t line, std::span<Candidate> candidates) {
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
    const bool named = number_ == context_.procedure->rule->answer.price_step;
    const ChoiceContext context{&snapshot_, context_.plan.parts, &*step_->rule->find,
                                choices,    &block_.lines[line], computed ? &values : nullptr,
                                named};
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
    scan_.prepare(ScaleBounds::upper);
    search_levels(lines, winners);
    choices_ = nullptr;
    scan_.prepare(ScaleBounds::all);
  }

  // What the winners' values are on their lines.
  void take_values(const std::uint32_t* winners) {
    auto& values = columns_.steps[number_].value;
    const std::uint64_t open = active_ & lines_.open();
    for (std::uint32_t line = 0; line < block_.count; ++line) {
      values[block_.offset + line] = 0;
      if (winners[line] == no_record || (open >> line & 1U) == 0) continue;
      const std::uint32_t position = index_.key_of_record(winners[line]);
      const RecordValue value = value_on(records(), winners[line], block_.offset + line,
                                         fit().basis_of(winners[line], position, line));
      values[block_.offset + line] = value.value;
      if (value.outcome != Outcome::priced) lines_.close(bit(line), value.outcome);
    }
  }

  OpenLines& lines_;
  const RunContext& context_;
  const snapshot::Snapshot& snapshot_;
  const snapshot::ConditionIndex& index_;
  Columns& columns_;
  BlockScratch& scratch_;
  Trace& trace_;
  const BlockView& block_;
  BlockScan<Finder, Trace> scan_;
  const snapshot::BoundStep* step_ = nullptr;
  std::uint16_t number_ = 0;
  std::uint64_t active_ = 0;
  const Running* running_ = nullptr;
  const std::vector<rule::Choice>* choices_ = nullptr;  // instead of the step's own
};

}  // namespace engine::price::detail

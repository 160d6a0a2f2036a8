// What an explained run tells of the records that a step could apply: which of them acted, why the
// others did not, and what kept one that acted from all that it would do.
#include "engine/price/apply.hpp"
#include "engine/price/choose.hpp"

#include <algorithm>

namespace engine::price {

using base::Int128;

void Applier::remember_met(const Deal& deal, const std::vector<std::uint32_t>& lines) {
  for (const std::uint32_t line : lines) met_when_begun_.emplace(line, deal.candidate.record);
}

// Of a line on which the conditions are not met now.
void Applier::tell_unmet(const Deal& deal, std::uint32_t line) {
  const bool closed = (*out_.lines)[line].outcome != model::Outcome::priced;
  const bool met_before = met_when_begun_.contains({line, deal.candidate.record});
  told_->not_applied(line, deal.candidate.record,
                     closed       ? Loss::line_closed
                     : met_before ? Loss::no_longer_met
                                  : Loss::condition);
}

// Of a group that does not get its turn.
void Applier::tell_lost(const Group& group, Loss why) {
  if (told_ == nullptr) return;
  for (const Deal* deal : group.deals) {
    for (const std::uint32_t line : deal->lines) {
      if (met_when_begun_.contains({line, deal->candidate.record})) {
        told_->not_applied(line, deal->candidate.record, why);
      } else {
        tell_unmet(*deal, line);
      }
    }
  }
}

void Applier::tell_effects(const Deal& deal, const Effects& effects) {
  const std::uint32_t record = deal.candidate.record;
  std::vector<std::uint32_t> acted = effects.gives_units;
  bool on_charge = false;
  for (const Effect& effect : effects.on) {
    if (effect.line == no_line) on_charge = true;
    acted.push_back(effect.line);
  }
  std::ranges::sort(acted);
  using LineCut = std::pair<std::uint32_t, Cut>;
  std::ranges::stable_sort(cuts_, {}, &LineCut::first);
  for (const std::uint32_t line : deal.lines) {
    if (!std::ranges::binary_search(effects.lines, line)) {
      tell_unmet(deal, line);
      continue;
    }
    bool left_nothing = false;
    for (const auto& [of, cut] : std::ranges::equal_range(cuts_, line, {}, &LineCut::first)) {
      told_->cut(line, cut);
      left_nothing = cut.amount.mantissa == 0;
    }
    if (on_charge || std::ranges::binary_search(acted, line)) {
      told_->applied(line, record);
    } else {
      told_->not_applied(line, record, left_nothing ? Loss::limit_reached : Loss::no_effect);
    }
  }
  cuts_.clear();
}

// Amounts of lines are without sign here, and told with it.
void Applier::note_cut(const Deal& deal, std::uint32_t line, Cap cap, Int128 instead_of,
                       Int128 amount) {
  if (told_ == nullptr || supposing_) return;
  const Int128 sign = cap == Cap::charge ? 1 : sign_of(line);
  cuts_.emplace_back(line, Cut{deal.candidate.record,
                               cap,
                               {instead_of * sign, bound_.decimals},
                               {amount * sign, bound_.decimals}});
}

// A supposed amount is a cut only where it is the larger one.
void Applier::note_raise(const Deal& deal, std::uint32_t line, Cap cap, Int128 instead_of,
                         Int128 amount) {
  if (instead_of > amount) note_cut(deal, line, cap, instead_of, amount);
}

// `amount` is for the units that max_units and unit_step leave.
void Applier::note_counted(const Deal& deal, std::uint32_t line, Int128 amount) {
  const auto most = parameter(deal, "max_units");
  const auto step = parameter(deal, "unit_step");
  if (!most && !step) return;
  const auto all = supposed(
      [&] { return line_effect(deal, line, units_within(line, std::nullopt, std::nullopt)); });
  const auto most_only =
      supposed([&] { return line_effect(deal, line, units_within(line, most, std::nullopt)); });
  if (!most_only) return;
  if (all && *all != *most_only) note_cut(deal, line, Cap::max_units, *all, *most_only);
  if (*most_only != amount) note_cut(deal, line, Cap::unit_step, *most_only, amount);
}

// `got` is what the pool and the record's number of groups leave.
void Applier::note_pooled(const Deal& deal, const std::vector<std::uint32_t>& lines,
                          const Pooled& wanted, const std::vector<Int128>& all,
                          const std::vector<Int128>& got) {
  const auto note = [&](Cap cap, const std::vector<Int128>& more) {
    for (const std::uint32_t line : lines) {
      if (more[line] <= got[line]) continue;
      const auto worth = [&](const std::vector<Int128>& units) {
        return supposed([&] { return reward(deal, line, units[line], all[line], units[line]); });
      };
      const auto instead_of = worth(more);
      const auto amount = worth(got);
      if (instead_of && amount) note_raise(deal, line, cap, *instead_of, *amount);
    }
  };
  if (pool_when_begun_ != state_.pool) {
    std::vector<Int128> pool = pool_when_begun_;
    note(Cap::pool, get_units(wanted, pool));
  }
  if (wanted.most) {
    Pooled unlimited = wanted;
    unlimited.most.reset();
    std::vector<Int128> pool = state_.pool;
    note(Cap::groups, get_units(unlimited, pool));
  }
}

// Shares of an amount spread over lines, with what they would be without floors.
void Applier::note_floors(const Deal& deal, const std::vector<std::uint32_t>& lines,
                          const std::vector<Int128>& uncut, const std::vector<Int128>& shares) {
  for (std::size_t i = 0; i < lines.size(); ++i)
    note_raise(deal, lines[i], Cap::floor, uncut[i], shares[i]);
}

}  // namespace engine::price

#include "tests/oracle/apply.hpp"

#include <algorithm>

namespace oracle {

namespace {

Rational whole_part(const Rational& number) { return rounded(number, 0, "down"); }

// Everything but which record it was.
auto told(const Effects& effects) {
  std::map<std::pair<const LineState*, std::string>, Rational> amounts;
  for (const Effect& effect : effects.on) amounts[{effect.line, effect.charge}] += effect.amount;
  std::vector<std::tuple<std::size_t, std::string, Rational, Rational>> goods;
  for (const FreeLineSaid& free : effects.free_lines)
    goods.emplace_back(free.line, free.article, free.quantity, free.unit_price);
  std::sort(goods.begin(), goods.end());
  return std::pair{amounts, goods};
}

Rational taken_by(const Effects& effects) {
  Rational taken;
  for (const Effect& effect : effects.on) taken += effect.amount;
  return taken;
}

}  // namespace

Applier::Applier(OrderState& order, const StepRule& step, std::vector<LineState*> active,
                 Said& said)
    : order_{order}, step_{step}, rule_{*step.apply}, active_{std::move(active)}, said_{said} {}

void Applier::run() {
  take_lines();
  take_charges();
  const bool runs = !rule_.over_order || !order_.line_scope;
  for (LineState* line : active_) {
    if (!runs) break;
    const Unknown unknown = line->is_priced() ? finder(state_).begin(*line) : Unknown{};
    if (unknown.any()) line->said->outcome = outcome_of(unknown);
  }
  if (rule_.over_order) {
    if (runs) run_groups(groups_of(deals_for(active_)));
  } else {
    const auto all = active_;
    for (LineState* line : all) {
      if (line->is_priced()) run_groups(groups_of(deals_for({line})));
    }
  }
  for (LineState& line : order_.lines) {
    if (state_.running.contains(&line))
      line.results[step_.name].amount = line.results[step_.name].exact = state_.running.at(&line);
  }
  order_.charges[step_.name] = state_.charges;
}

// ---- what lines and charges bring
// -----------------------------------------------------------------

// A line that can't be told is closed when all have been looked at: sums see it until then.
void Applier::take_lines() {
  std::vector<std::pair<LineState*, std::string>> closed;
  for (LineState& line : order_.lines) {
    if (!line.is_priced()) continue;
    const Place place{order_, &line};
    const bool is_active = std::find(active_.begin(), active_.end(), &line) != active_.end();
    Value base = evaluate_at(rule_.on, place);
    ApplyLine& own = lines_[&line];
    own.units = abs(line.open.quantity);
    if (is_active && !rule_.units.empty()) {
      const Value units = evaluate_at(rule_.units, place);
      base.unknown.add(units.unknown);
      own.units = abs(units.number);
    }
    if (is_active && !rule_.floor.empty()) {
      const Value floor = evaluate_at(rule_.floor, place);
      base.unknown.add(floor.unknown);
      own.floor = rounded(floor.number, step_.rounding.front().decimals, "up");
    }
    own.original = round(base.number);
    if (base.unknown.any()) closed.emplace_back(&line, outcome_of(base.unknown));
    state_.running[&line] = own.original;
    state_.pool[&line] = is_active ? whole_part(own.units) : Rational{0};
  }
  for (auto& [line, outcome] : closed) line->said->outcome = outcome;
}

void Applier::take_charges() {
  for (const std::string& charge : rule_.charges)
    state_.charges[charge] = round(order_.whole.results.at(charge).amount);
  original_charges_ = state_.charges;
}

// ---- which deals act, in which order
// --------------------------------------------------------------

std::vector<Deal> Applier::deals_for(const std::vector<LineState*>& lines) {
  std::vector<Deal> deals;
  const Finder search = finder(state_);
  for (LineState* line : lines) {
    if (!line->is_priced()) continue;
    Unknown unknown;
    const Candidates candidates = search.to_apply(*line, unknown);
    if (unknown.any()) {
      line->said->outcome = outcome_of(unknown);
      continue;
    }
    for (const Candidate& candidate : candidates) {
      const auto known = std::find_if(deals.begin(), deals.end(), [&](const Deal& deal) {
        return deal.candidate.record == candidate.record;
      });
      if (known == deals.end()) {
        deals.push_back({candidate, {line}});
      } else {
        known->lines.push_back(line);
      }
    }
  }
  const auto before = [&](const Deal& a, const Deal& b) {
    const LineState& line = *a.lines.front();
    const int by_choice = search.compare(step_.find->choose, line, a.candidate, b.candidate);
    if (by_choice != 0) return by_choice < 0;
    return search.compare_outside(line, *a.candidate.record, *b.candidate.record) < 0;
  };
  std::stable_sort(deals.begin(), deals.end(), before);
  return deals;
}

// A group stands where its first record stands that can act; the others of its promotion join it.
std::vector<DealGroup> Applier::groups_of(const std::vector<Deal>& deals) {
  std::vector<DealGroup> groups;
  std::vector<const Deal*> waiting;
  const auto group_of = [&](const Deal& deal) {
    const std::string& promotion = deal.candidate.record->promotion;
    return std::find_if(groups.begin(), groups.end(), [&](const DealGroup& group) {
      return !promotion.empty() && group.front().candidate.record->promotion == promotion;
    });
  };
  for (const Deal& deal : deals) {
    if (targets(deal, state_).empty()) {
      waiting.push_back(&deal);
    } else if (const auto known = group_of(deal); known != groups.end()) {
      known->push_back(deal);
    } else {
      groups.push_back({deal});
    }
  }
  for (const Deal* deal : waiting) {
    if (const auto known = group_of(*deal); known != groups.end()) known->push_back(*deal);
  }
  return groups;
}

bool Applier::has(const DealGroup& group, const std::string& flag) {
  return std::any_of(group.begin(), group.end(), [&](const Deal& deal) {
    return !targets(deal, state_).empty() &&
           has_flag(deal.lines.front()->open, *deal.candidate.record, flag);
  });
}

bool Applier::all_have(const DealGroup& group, const std::string& flag) {
  return std::all_of(group.begin(), group.end(), [&](const Deal& deal) {
    return targets(deal, state_).empty() ||
           has_flag(deal.lines.front()->open, *deal.candidate.record, flag);
  });
}

bool Applier::aims_at_charge(const DealGroup& group) {
  return std::all_of(group.begin(), group.end(), [&](const Deal& deal) {
    return targets(deal, state_).empty() || !type_of(deal).charge.empty();
  });
}

bool Applier::can_act(const DealGroup& group) {
  bool can = false;
  for (const Deal& deal : group) can = !targets(deal, state_).empty() || can;
  return can;
}

bool Applier::equal_by_choice(const DealGroup& a, const DealGroup& b) const {
  return finder(state_).compare(step_.find->choose, *a.front().lines.front(), a.front().candidate,
                                b.front().candidate) == 0;
}

// Whether one of the others, which the comparators leave equal, would do something else than the one
// that is chosen: then the lines of both are ambiguous.
bool Applier::is_tied(const DealGroup& chosen, const std::vector<DealGroup>& among) {
  if (!step_.find->refuses_ties) return false;
  ApplyState trial = state_;
  const auto own = told(act(chosen, trial));
  for (const DealGroup& other : among) {
    trial = state_;
    if (!equal_by_choice(chosen, other) || told(act(other, trial)) == own) continue;
    for (const DealGroup* group : {&chosen, &other}) {
      for (const Deal& deal : *group) {
        for (LineState* line : targets(deal, state_)) line->said->outcome = "ambiguous";
      }
    }
    return true;
  }
  return false;
}

void Applier::run_groups(std::vector<DealGroup> groups) {
  std::erase_if(groups, [&](const DealGroup& group) { return !can_act(group); });
  const auto tied_with = [&](const DealGroup& chosen, bool only_exclusive) {
    std::vector<DealGroup> equal;
    for (const DealGroup& group : groups) {
      if ((!only_exclusive || has(group, "exclusive")) && equal_by_choice(chosen, group))
        equal.push_back(group);
    }
    return equal;
  };
  const auto exclusive = std::find_if(groups.begin(), groups.end(), [&](const DealGroup& group) {
    return has(group, "exclusive");
  });
  if (exclusive != groups.end()) {
    const DealGroup only = *exclusive;
    if (is_tied(only, tied_with(only, true))) return;
    groups = {only};
  }
  if (rule_.only_first_unless_stackable && groups.size() > 1) {
    const bool all_stack = std::all_of(groups.begin(), groups.end(), [&](const DealGroup& group) {
      return all_have(group, "stackable");
    });
    if (!all_stack) {
      if (is_tied(groups.front(), tied_with(groups.front(), false))) return;
      groups.resize(1);
    }
  }
  if (groups.empty()) return;
  if (rule_.combine == "best") {
    run_best(groups, false);
    run_best(groups, true);
  } else if (rule_.combine == "first") {
    if (groups.size() > 1 && is_tied(groups.front(), tied_with(groups.front(), false))) return;
    write_down(act(groups.front(), state_));
  } else {
    for (const DealGroup& group : groups) {
      const Effects effects = act(group, state_);
      write_down(effects);
      const auto stops = [&](const auto& made) {
        return has_flag(group.front().lines.front()->open, *made.record, "stop");
      };
      if (std::ranges::any_of(effects.on, stops) || std::ranges::any_of(effects.free_lines, stops))
        return;
    }
  }
}

// What acts on charges competes apart from what acts on lines.
void Applier::run_best(const std::vector<DealGroup>& groups, bool on_charges) {
  std::vector<DealGroup> best;
  Rational most;
  for (const DealGroup& group : groups) {
    if (aims_at_charge(group) != on_charges) continue;
    ApplyState trial = state_;
    const Rational own = taken_by(act(group, trial));
    if (best.empty() || own > most) {
      best = {group};
      most = own;
    } else if (own == most) {
      best.push_back(group);
    }
  }
  if (best.empty() || (best.size() > 1 && is_tied(best.front(), best))) return;
  write_down(act(best.front(), state_));
}

void Applier::write_down(const Effects& effects) {
  for (const auto& [line, record] : effects.acted) {
    StepSaid& result = line->results[step_.name];
    if (result.record == nullptr) result.record = record;
  }
  for (const Effect& effect : effects.on) {
    AdjustmentSaid made{step_.name, effect.record, {}, effect.charge, effect.amount};
    if (effect.line != nullptr) made.line = effect.line->number;
    said_.adjustments.push_back(made);
  }
  said_.free_lines.insert(said_.free_lines.end(), effects.free_lines.begin(),
                          effects.free_lines.end());
}

}  // namespace oracle

#include "engine/price/apply.hpp"

#include "engine/base/limits.hpp"
#include "engine/price/choose.hpp"

#include <algorithm>
#include <iterator>

namespace engine::price {

using base::BigInt;
using base::Int128;
using base::Int256;
using model::Calculation;
using model::Schema;
using model::ValueKind;

namespace {

const Int128 largest_amount = [] {
  Int128 largest = 1;
  for (int i = 0; i < base::limits::amount_digits; ++i) largest *= 10;
  return largest;
}();

bool aims_at_charge(Calculation calculation) {
  return calculation == Calculation::charge_percent || calculation == Calculation::charge_amount;
}

}  // namespace

bool is_applicable(const Int256& amount) {
  return amount < Int256{largest_amount} && amount > -Int256{largest_amount};
}

Applier::Applier(const RecordContext& records, std::uint16_t step, ApplyState& state,
                 const ApplyOutput& out, Hooks hooks)
    : records_{records},
      step_{step},
      rule_{*records.step->rule->apply},
      bound_{*records.step->apply},
      state_{state},
      out_{out},
      hooks_{std::move(hooks)},
      told_{hooks_.listener} {}

// ---- what a deal is ------------------------------------------------------------------------------

const model::ConditionType& Applier::type_of(const Deal& deal) const {
  const auto& access = *records_.step->accesses[deal.candidate.access].rule;
  const auto& schema = records_.snapshot->schema();
  return schema.type(schema.table(access.table).type);
}

std::uint32_t Applier::flags_of(const Deal& deal) const {
  const auto& index = records_.snapshot->conditions();
  return index.terms(index.record(deal.candidate.record)).flags;
}

bool Applier::has(const Deal& deal, model::FlagId flag) const {
  return (flags_of(deal) & model::flag_bit(flag)) != 0;
}

std::optional<base::Decimal> Applier::parameter(const Deal& deal, std::string_view name) const {
  const auto place = records_.snapshot->schema().find_number(name);
  const auto* extra = records_.snapshot->conditions().find_extra(deal.candidate.record);
  if (!place || extra == nullptr) return std::nullopt;
  const auto* number = extra->parameter(*place);
  return number == nullptr ? std::nullopt : std::optional{*number};
}

std::optional<Int128> Applier::whole_parameter(const Deal& deal, std::string_view name) const {
  const auto number = parameter(deal, name);
  if (!number) return std::nullopt;
  return base::mantissa_rounded(*number, 0, base::Rounding::down);
}

Int256 Applier::value_of(const Deal& deal, std::size_t line) {
  const RecordValue value =
      value_on(records_, deal.candidate.record, line, hooks_.basis_of(deal.candidate, line));
  if (value.outcome != model::Outcome::priced) close(line, value.outcome);
  return value.value;
}

bool Applier::on_original(const Deal& deal) const {
  if (has(deal, Schema::on_original)) return true;
  return rule_.on_original && !has(deal, Schema::on_running);
}

// What the record is reckoned on, without sign.
Int128 Applier::reference(const Deal& deal, std::size_t line) const {
  return on_original(deal) ? state_.original[line] * sign_of(line) : left_of(line);
}

// How much more can be taken off.
Int128 Applier::limit_of(std::size_t line) const {
  return std::max<Int128>(0, left_of(line) - state_.floors[line] * sign_of(line));
}

// The units that the record counts: at most max_units, and only whole multiples of unit_step.
Applier::Units Applier::counted_units(const Deal& deal, std::uint32_t line) const {
  return units_within(line, parameter(deal, "max_units"), parameter(deal, "unit_step"));
}

Applier::Units Applier::units_within(std::uint32_t line, const std::optional<base::Decimal>& most,
                                     const std::optional<base::Decimal>& step) const {
  Units counted{state_.units[line], 1};
  int decimals = state_.unit_decimals;
  for (const auto& number : {most, step}) {
    if (!number || number->decimals <= decimals) continue;
    const Int256 finer = base::pow10<Int256>(number->decimals - decimals);
    counted.number *= finer;
    counted.per_unit *= finer;
    decimals = number->decimals;
  }
  const auto at_decimals = [decimals](const base::Decimal& number) {
    return Int256{Int256{number.mantissa} * base::pow10<Int256>(decimals - number.decimals)};
  };
  if (most) counted.number = std::min(counted.number, at_decimals(*most));
  if (step && step->mantissa > 0) counted.number -= counted.number % at_decimals(*step);
  return counted;
}

Int128 Applier::rounded(const BigInt& numerator, const BigInt& denominator, std::size_t line) {
  const BigInt quotient = base::round_quotient<BigInt>(numerator, denominator, bound_.mode);
  if (abs(quotient) < BigInt{largest_amount}) return static_cast<Int128>(quotient);
  close(line, model::Outcome::amount_out_of_range);
  return 0;
}

// ---- which deals act -----------------------------------------------------------------------------

// Groups stand where their first record that can act stands; the others of its promotion join it.
std::vector<Applier::Group> Applier::groups_of(const std::vector<Deal>& deals) {
  std::vector<Group> groups;
  std::vector<model::DocumentId> promotions;
  std::vector<const Deal*> waiting;
  const auto group_of = [&](const Deal& deal) -> Group* {
    const auto known = std::ranges::find(promotions, promotion_of(deal));
    const bool alone = promotion_of(deal).is_none() || known == promotions.end();
    return alone ? nullptr : &groups[static_cast<std::size_t>(known - promotions.begin())];
  };
  for (const Deal& deal : deals) {
    const auto lines = targets(deal);
    if (told_ != nullptr) remember_met(deal, lines);
    if (lines.empty()) {
      waiting.push_back(&deal);
    } else if (Group* group = group_of(deal)) {
      group->deals.push_back(&deal);
    } else {
      promotions.push_back(promotion_of(deal));
      groups.push_back({{&deal}, {}, &deal, false});
    }
  }
  for (Group& group : groups) {
    group.acting = group.deals;
    group.aims_at_charge = std::ranges::all_of(group.acting, [this](const Deal* deal) {
      return aims_at_charge(type_of(*deal).calculation);
    });
  }
  for (const Deal* deal : waiting) {
    if (Group* group = group_of(*deal)) {
      group->deals.push_back(deal);
    } else if (told_ != nullptr) {
      for (const std::uint32_t line : deal->lines) tell_unmet(*deal, line);
    }
  }
  for (Group& group : groups) {
    std::ranges::stable_sort(group.deals, [&](const Deal* a, const Deal* b) {
      return a->candidate.access != b->candidate.access ? a->candidate.access < b->candidate.access
                                                        : a < b;
    });
  }
  return groups;
}

// None for a record of no promotion.
model::DocumentId Applier::promotion_of(const Deal& deal) const {
  const auto document = records_.snapshot->conditions().record(deal.candidate.record).document;
  const bool of_promotion =
      !document.is_none() &&
      records_.snapshot->documents()[document.raw()].kind == model::DocumentKind::promotion;
  return of_promotion ? document : model::DocumentId{};
}

std::vector<std::uint32_t> Applier::targets(const Deal& deal) {
  std::vector<std::uint32_t> lines;
  for (const std::uint32_t line : deal.lines) {
    if ((*out_.lines)[line].outcome != model::Outcome::priced) continue;
    const Met met = meets_conditions(records_, deal.candidate.record, line);
    if (met.met) lines.push_back(line);
    if (met.outcome != model::Outcome::priced) (*out_.lines)[line].outcome = met.outcome;
  }
  return lines;
}

// False where it can't be said which one excludes the others.
bool Applier::keep_exclusive(std::vector<Group>& groups) {
  const auto any_of = [this](const Group& group, model::FlagId flag) {
    return std::ranges::any_of(group.acting, [&](const Deal* deal) { return has(*deal, flag); });
  };
  std::vector<Group> exclusive;
  std::ranges::copy_if(groups, std::back_inserter(exclusive),
                       [&](const Group& group) { return any_of(group, Schema::exclusive); });
  if (!exclusive.empty()) {
    for (const Group& group : groups) {
      if (!any_of(group, Schema::exclusive)) tell_lost(group, Loss::excluded);
    }
    groups = std::move(exclusive);
    return keep_first(groups, Loss::excluded);
  }
  if (!rule_.only_first_unless_stackable) return true;
  const bool all_stack = std::ranges::all_of(groups, [this](const Group& group) {
    return std::ranges::all_of(group.acting,
                               [this](const Deal* deal) { return has(*deal, Schema::stackable); });
  });
  return all_stack || keep_first(groups, Loss::excluded);
}

// Leaves the first of the groups; `others` is how the others have lost. False where another one
// ties with it.
bool Applier::keep_first(std::vector<Group>& groups, Loss others) {
  if (groups.empty()) return true;
  const Group* rival = nullptr;
  for (std::size_t i = 1; i < groups.size() && rival == nullptr; ++i) {
    if (!hooks_.are_tied(*groups.front().leader, *groups[i].leader)) break;
    if (records_.step->rule->find->tie != rule::TiePolicy::refuse) break;
    if (refuses_tie(groups.front(), groups[i], try_out(groups.front()) != try_out(groups[i])))
      rival = &groups[i];
  }
  for (const Group& group : groups) {
    if (&group != &groups.front() && &group != rival) tell_lost(group, others);
  }
  if (rival != nullptr) return false;
  groups.resize(1);
  return true;
}

// Closes the lines of two groups that tie, where they would come out differently.
bool Applier::refuses_tie(const Group& first, const Group& other, bool differ) {
  if (!differ || records_.step->rule->find->tie != rule::TiePolicy::refuse) return false;
  for (const Group* group : {&first, &other}) {
    for (const Deal* deal : group->acting) {
      tied_.push_back(deal);
      for (const std::uint32_t line : targets(*deal))
        (*out_.lines)[line].outcome = model::Outcome::ambiguous;
    }
  }
  return true;
}

void Applier::run(const std::vector<Deal>& deals,
                  const std::function<void(std::size_t, std::uint32_t)>& found) {
  found_ = &found;
  if (told_ != nullptr) pool_when_begun_ = state_.pool;
  std::vector<Group> groups = groups_of(deals);
  if (!keep_exclusive(groups)) return;
  switch (rule_.combine) {
    case rule::Combine::all:
      return act(groups);
    case rule::Combine::best:
      act_best(groups, false);
      return act_best(groups, true);
    case rule::Combine::first:
      if (keep_first(groups, Loss::not_taken) && !groups.empty()) act(groups.front());
      return;
  }
}

void Applier::act(const std::vector<Group>& groups) {
  stopped_ = false;
  for (const Group& group : groups) {
    if (stopped_) {
      tell_lost(group, Loss::stopped);
    } else {
      act(group);
    }
  }
}

// What acts on charges competes apart from what acts on lines.
void Applier::act_best(const std::vector<Group>& groups, bool on_charges) {
  const Group* best = nullptr;
  Trial most;
  std::vector<std::pair<const Group*, Trial>> trials;
  for (const Group& group : groups) {
    if (group.aims_at_charge != on_charges) continue;
    trials.emplace_back(&group, try_out(group));
    const Trial& own = trials.back().second;
    if (best != nullptr && own.taken <= most.taken) continue;
    best = &group;
    most = own;
  }
  const Group* rival = nullptr;
  for (const auto& [group, own] : trials) {
    if (group != best && own.taken == most.taken &&
        hooks_.are_tied(*best->leader, *group->leader) && refuses_tie(*best, *group, own != most)) {
      rival = group;
      break;
    }
  }
  for (const auto& [group, own] : trials) {
    const bool acts = !own.off.empty() || !own.free.empty();
    if (group != best && group != rival)
      tell_lost(*group, acts ? Loss::not_taken : Loss::no_effect);
  }
  if (best != nullptr && rival == nullptr) act(*best);
}

// What the group would do, without leaving a trace.
Applier::Trial Applier::try_out(const Group& group) {
  std::vector<std::pair<std::uint32_t, Int128>> amounts;
  for (const Deal* deal : group.deals) {
    for (const std::uint32_t line : deal->lines)
      amounts.emplace_back(line, state_.running.amounts[line]);
  }
  const auto charges = state_.charges;
  const bool pooled = std::ranges::any_of(group.deals, [this](const Deal* deal) {
    return type_of(*deal).calculation == Calculation::buy_get;
  });
  const auto pool = pooled ? state_.pool : std::vector<Int128>{};
  const auto adjustments = out_.adjustments->size();
  const auto free_lines = out_.free_lines->size();
  const auto* found = found_;
  const std::function<void(std::size_t, std::uint32_t)> nobody = [](std::size_t, std::uint32_t) {};
  found_ = &nobody;
  DealListener* told = std::exchange(told_, nullptr);
  act(group);
  told_ = told;
  found_ = found;
  Trial trial;
  for (std::size_t i = adjustments; i < out_.adjustments->size(); ++i) {
    const Adjustment& made = (*out_.adjustments)[i];
    trial.taken += made.amount.mantissa;
    trial.off[{made.line, made.charge}] += made.amount.mantissa;
  }
  for (std::size_t i = free_lines; i < out_.free_lines->size(); ++i) {
    const FreeLine& made = (*out_.free_lines)[i];
    trial.free.emplace_back(made.line, made.article.raw(), made.quantity.mantissa(),
                            made.unit_price.mantissa);
  }
  out_.adjustments->resize(adjustments);
  out_.free_lines->resize(free_lines);
  for (const auto& [line, amount] : amounts) state_.running.amounts[line] = amount;
  state_.charges = charges;
  if (pooled) state_.pool = pool;
  hooks_.refresh();
  return trial;
}

void Applier::act(const Group& group) {
  for (const Deal* deal : group.deals) {
    const Effects effects = effects_of(*deal);
    if (told_ != nullptr) tell_effects(*deal, effects);
    if (effects.on.empty() && effects.gives_units.empty()) continue;
    take(effects);
    stopped_ |= has(*deal, Schema::stop);
  }
}

void Applier::take(const Effects& effects) {
  for (const Effect& effect : effects.on) {
    if (effect.line == no_line) {
      state_.charges[effect.charge] -= effect.amount;
    } else {
      Int128& amount = state_.running.amounts[effect.line];
      amount -= effect.amount;
      if (!is_applicable(amount)) {
        amount = 0;
        (*out_.lines)[effect.line].outcome = model::Outcome::amount_out_of_range;
      }
      (*found_)(effect.line, effects.record);
    }
    out_.adjustments->push_back(
        {step_, effects.record, effect.line, effect.charge, {effect.amount, bound_.decimals}});
  }
  hooks_.refresh();
}

}  // namespace engine::price

#include "engine/price/apply.hpp"

#include "engine/base/limits.hpp"
#include "engine/price/choose.hpp"
#include "engine/price/spread.hpp"

#include <algorithm>
#include <numeric>

namespace engine::price {

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

bool aims_at_order(Calculation calculation) {
  return calculation == Calculation::order_percent || calculation == Calculation::order_amount ||
         calculation == Calculation::order_total;
}

}  // namespace

bool is_applicable(Int128 amount) { return amount < largest_amount && amount > -largest_amount; }

Applier::Applier(const RecordContext& records, std::uint16_t step, ApplyState& state,
                 const ApplyOutput& out, Hooks hooks)
    : records_{records},
      step_{step},
      rule_{*records.step->rule->apply},
      bound_{*records.step->apply},
      state_{state},
      out_{out},
      hooks_{std::move(hooks)} {}

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
  const auto& names = type_of(deal).parameters;
  const auto place = std::ranges::find(names, name);
  const auto* extra = records_.snapshot->conditions().find_extra(deal.candidate.record);
  if (place == names.end() || extra == nullptr) return std::nullopt;
  const auto* number = extra->parameter(static_cast<std::uint16_t>(place - names.begin()));
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
  if (value.outcome != model::Outcome::priced) (*out_.lines)[line].outcome = value.outcome;
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
Int256 Applier::counted_units(const Deal& deal, std::uint32_t line) const {
  Int256 units = state_.units[line];
  const auto at_decimals = [this](const base::Decimal& number) {
    return Int256{
        base::mantissa_rounded(number, state_.unit_decimals, base::Rounding::down).value_or(0)};
  };
  if (const auto most = parameter(deal, "max_units")) units = std::min(units, at_decimals(*most));
  if (const auto step = parameter(deal, "unit_step"); step && step->mantissa > 0)
    units -= units % at_decimals(*step);
  return std::max(units, Int256{0});
}

Int128 Applier::rounded(const Int256& numerator, const Int256& denominator, std::size_t line) {
  const bool negative = denominator < 0;
  const Int256 quotient =
      base::round_quotient<Int256>(negative ? Int256{-numerator} : numerator,
                                   negative ? Int256{-denominator} : denominator, bound_.mode);
  if (quotient < Int256{largest_amount} && quotient > -Int256{largest_amount})
    return static_cast<Int128>(quotient);
  (*out_.lines)[line].outcome = model::Outcome::amount_out_of_range;
  return 0;
}

// ---- which deals act -----------------------------------------------------------------------------

std::vector<Applier::Group> Applier::groups_of(const std::vector<Deal>& deals) const {
  std::vector<Group> groups;
  std::vector<model::DocumentId> promotions;
  for (const Deal& deal : deals) {
    const auto document = records_.snapshot->conditions().record(deal.candidate.record).document;
    const bool of_promotion =
        !document.is_none() &&
        records_.snapshot->documents()[document.raw()].kind == model::DocumentKind::promotion;
    const auto known = of_promotion ? std::ranges::find(promotions, document) : promotions.end();
    if (known != promotions.end()) {
      groups[static_cast<std::size_t>(known - promotions.begin())].deals.push_back(&deal);
      continue;
    }
    promotions.push_back(of_promotion ? document : model::DocumentId{});
    groups.push_back({{&deal}, aims_at_charge(type_of(deal).calculation)});
  }
  for (Group& group : groups) {
    std::ranges::stable_sort(group.deals, {},
                             [](const Deal* deal) { return deal->candidate.access; });
    group.aims_at_charge = std::ranges::all_of(group.deals, [this](const Deal* deal) {
      return aims_at_charge(type_of(*deal).calculation);
    });
  }
  return groups;
}

std::vector<std::uint32_t> Applier::targets(const Deal& deal) {
  std::vector<std::uint32_t> lines;
  for (const std::uint32_t line : deal.lines) {
    if ((*out_.lines)[line].outcome != model::Outcome::priced) continue;
    if (meets_conditions(records_, deal.candidate.record, line)) lines.push_back(line);
  }
  return lines;
}

bool Applier::can_act(const Group& group) {
  return std::ranges::any_of(group.deals,
                             [this](const Deal* deal) { return !targets(*deal).empty(); });
}

void Applier::keep_exclusive(std::vector<Group>& groups) {
  std::erase_if(groups, [this](const Group& group) { return !can_act(group); });
  const auto is_exclusive = [this](const Group& group) {
    return std::ranges::any_of(group.deals,
                               [this](const Deal* deal) { return has(*deal, Schema::exclusive); });
  };
  const auto exclusive = std::ranges::find_if(groups, is_exclusive);
  if (exclusive != groups.end()) {
    groups = {*exclusive};
    return;
  }
  if (!rule_.only_first_unless_stackable || groups.size() < 2) return;
  const bool all_stack = std::ranges::all_of(groups, [this](const Group& group) {
    return std::ranges::all_of(group.deals,
                               [this](const Deal* deal) { return has(*deal, Schema::stackable); });
  });
  if (!all_stack) groups.resize(1);
}

void Applier::run(std::vector<Deal> deals,
                  const std::function<void(std::size_t, std::uint32_t)>& found) {
  found_ = &found;
  std::vector<Group> groups = groups_of(deals);
  keep_exclusive(groups);
  switch (rule_.combine) {
    case rule::Combine::all:
      return act(groups);
    case rule::Combine::best:
      act_best(groups, false);
      return act_best(groups, true);
    case rule::Combine::first:
      if (!groups.empty()) act(groups.front());
      return;
  }
}

void Applier::act(const std::vector<Group>& groups) {
  for (const Group& group : groups) {
    if (!act(group)) continue;
    const bool stops = std::ranges::any_of(
        group.deals, [this](const Deal* deal) { return has(*deal, Schema::stop); });
    if (stops) return;
  }
}

// What acts on charges competes apart from what acts on lines.
void Applier::act_best(const std::vector<Group>& groups, bool on_charges) {
  const Group* best = nullptr;
  Int128 most = 0;
  for (const Group& group : groups) {
    if (group.aims_at_charge != on_charges) continue;
    const Int128 own = benefit(group);
    if (best != nullptr && own <= most) continue;
    best = &group;
    most = own;
  }
  if (best != nullptr) act(*best);
}

// What the group would take off, without leaving a trace.
Int128 Applier::benefit(const Group& group) {
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
  act(group);
  found_ = found;
  Int128 taken = 0;
  for (std::size_t i = adjustments; i < out_.adjustments->size(); ++i)
    taken += (*out_.adjustments)[i].amount.mantissa;
  out_.adjustments->resize(adjustments);
  out_.free_lines->resize(free_lines);
  for (const auto& [line, amount] : amounts) state_.running.amounts[line] = amount;
  state_.charges = charges;
  if (pooled) state_.pool = pool;
  hooks_.refresh();
  return taken;
}

bool Applier::act(const Group& group) {
  bool acted = false;
  for (const Deal* deal : group.deals) {
    const Effects effects = effects_of(*deal);
    if (effects.on.empty() && !effects.gives_units) continue;
    take(effects);
    acted = true;
  }
  return acted;
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

// ---- what a deal does ----------------------------------------------------------------------------

Applier::Effects Applier::effects_of(const Deal& deal) {
  Effects effects;
  effects.record = deal.candidate.record;
  const auto lines = targets(deal);
  if (lines.empty()) return effects;
  const Calculation calculation = type_of(deal).calculation;
  if (aims_at_charge(calculation)) {
    charge_effects(deal, lines, effects);
  } else if (aims_at_order(calculation)) {
    order_effects(deal, lines, effects);
  } else if (calculation == Calculation::free_goods) {
    free_goods(deal, lines, effects);
  } else if (calculation == Calculation::buy_get && !has(deal, Schema::per_line)) {
    buy_get_pooled(deal, lines, effects);
  } else {
    line_effects(deal, lines, effects);
  }
  std::erase_if(effects.on, [](const Effect& effect) { return effect.amount == 0; });
  return effects;
}

void Applier::line_effects(const Deal& deal, const std::vector<std::uint32_t>& lines, Effects& to) {
  for (const std::uint32_t line : lines) {
    if (type_of(deal).calculation == Calculation::buy_get) {
      buy_get_line(deal, line, to);
      continue;
    }
    Int128 amount = line_effect(deal, line);
    amount = std::min(amount, limit_of(line));
    to.on.push_back({line, 0, amount * sign_of(line)});
  }
}

// What the record takes off the line, before the floor; negative where it puts something on.
Int128 Applier::line_effect(const Deal& deal, std::uint32_t line) {
  const auto& index = records_.snapshot->conditions();
  const model::Terms& terms = index.terms(index.record(deal.candidate.record));
  const Int256 value = value_of(deal, line);
  const Int256 one = base::pow10<Int256>(records_.step->value_decimals);
  const Int256 smallest = base::pow10<Int256>(bound_.decimals);  // in one
  const Int256 unit = base::pow10<Int256>(state_.unit_decimals);
  const Int256 units = state_.units[line];
  const Int256 counted = counted_units(deal, line);
  if (units == 0) return 0;
  UnitFactor factor{1, terms.price_unit};
  if (type_of(deal).value == ValueKind::price)
    factor = unit_factor(*records_.snapshot, terms, records_.lines[line]);
  switch (type_of(deal).calculation) {
    case Calculation::percent:
      return rounded(Int256{reference(deal, line)} * value * counted, Int256{one * units}, line);
    case Calculation::per_unit: {
      const Int256 asked = value * smallest * counted * factor.numerator;
      const Int256 scale = one * unit * factor.denominator;
      const Int128 off = rounded(asked, scale, line);
      const Int128 most = rounded(Int256{left_of(line)} * counted, units, line);
      return std::min(off, most);
    }
    case Calculation::new_price: {
      const Int128 price = rounded(Int256{value * smallest * units * factor.numerator},
                                   Int256{one * unit * factor.denominator}, line);
      const Int128 off = left_of(line) - price;
      return rule_.price_if_lower ? std::max<Int128>(0, off) : off;
    }
    default:
      return rounded(Int256{value * smallest}, one, line);
  }
}

void Applier::order_effects(const Deal& deal, const std::vector<std::uint32_t>& lines,
                            Effects& to) {
  const Calculation calculation = type_of(deal).calculation;
  const Int256 value = value_of(deal, lines.front());
  const Int256 one = base::pow10<Int256>(records_.step->value_decimals);
  const Int256 smallest = base::pow10<Int256>(bound_.decimals);
  Int128 left = 0;
  Int128 most = 0;
  Int128 reckoned = 0;
  for (const std::uint32_t line : lines) {
    left += state_.running.amounts[line];
    most += limit_of(line);
    reckoned += reference(deal, line) * sign_of(line);
  }
  Int128 amount = rounded(Int256{value * smallest}, one, lines.front());
  if (calculation == Calculation::order_percent)
    amount = rounded(Int256{reckoned} * value, one, lines.front());
  if (calculation == Calculation::order_total) {
    amount = left - amount;
    if (rule_.price_if_lower) amount = std::max<Int128>(0, amount);
  }
  if (!rule_.spread.redistribute) {
    // The shares are those of the whole amount; what a floor keeps off a line is lost.
  } else {
    amount = std::min(amount, most);
  }
  std::vector<Int256> weights;
  std::vector<Int128> caps;
  for (const std::uint32_t line : lines) {
    weights.push_back(hooks_.weight_of(line));
    if (amount > 0) caps.push_back(limit_of(line));
  }
  const auto shares = spread(amount, weights, caps, rule_.spread);
  for (std::size_t i = 0; i < lines.size(); ++i) to.on.push_back({lines[i], 0, shares[i]});
}

void Applier::charge_effects(const Deal& deal, const std::vector<std::uint32_t>& lines,
                             Effects& to) {
  const auto& procedure = *records_.procedure->rule;
  const auto charge = std::ranges::find_if(rule_.charges, [&](std::uint16_t step) {
    return procedure.steps[step].name == type_of(deal).charge;
  });
  if (charge == rule_.charges.end()) return;
  const auto place = static_cast<std::uint16_t>(charge - rule_.charges.begin());
  const Int256 value = value_of(deal, lines.front());
  const Int256 one = base::pow10<Int256>(records_.step->value_decimals);
  const Int128 reckoned =
      on_original(deal) ? state_.original_charges[place] : state_.charges[place];
  const bool percent = type_of(deal).calculation == Calculation::charge_percent;
  const Int256 asked =
      percent ? Int256{reckoned} * value : Int256{value * base::pow10<Int256>(bound_.decimals)};
  const Int128 amount =
      std::min(rounded(asked, one, lines.front()), std::max<Int128>(0, state_.charges[place]));
  to.on.push_back({no_line, place, amount});
}

// The reward for `units` of the line's units, out of `of_units` for which it is worth its amount
// `times` over.
Int128 Applier::reward(const Deal& deal, std::uint32_t line, Int128 units, Int128 of_units,
                       Int128 times) {
  if (of_units == 0 || units == 0) return 0;
  const Int256 value = value_of(deal, line);
  const Int256 one = base::pow10<Int256>(records_.step->value_decimals);
  const Int256 smallest = base::pow10<Int256>(bound_.decimals);
  const Int128 left = left_of(line);
  const Int128 worth = rounded(Int256{left} * units, Int256{of_units}, line);
  switch (type_of(deal).value) {
    case ValueKind::percent:
      return rounded(Int256{left} * units * value, Int256{one * of_units}, line);
    case ValueKind::price:
      return std::max<Int128>(0, worth - rounded(Int256{value * smallest * units}, one, line));
    default:
      return std::min(worth, rounded(Int256{value * smallest * times}, one, line));
  }
}

void Applier::buy_get_line(const Deal& deal, std::uint32_t line, Effects& to) {
  const Int128 buy = whole_parameter(deal, "buy").value_or(0);
  const Int128 get = whole_parameter(deal, "get").value_or(0);
  if (buy + get <= 0) return;
  const Int256 unit = base::pow10<Int256>(state_.unit_decimals);
  const auto all = static_cast<Int128>(Int256{state_.units[line] / unit});
  const Int128 most = whole_parameter(deal, "groups").value_or(all);
  const Int128 groups = std::min(all / (buy + get), most);
  Int128 got = groups * get;
  Int128 in_groups = groups * (buy + get);
  const bool partial = has(deal, Schema::partial_group) && groups < most;
  if (partial) got += std::max<Int128>(0, all - in_groups - buy);
  const bool per_group = has(deal, Schema::per_group);
  const Int128 units = per_group ? in_groups : got;
  const Int128 amount =
      std::min(reward(deal, line, units, all, per_group ? groups : got), limit_of(line));
  to.on.push_back({line, 0, amount * sign_of(line)});
}

// Units are bought dearest first, and those then left are rewarded dearest first.
void Applier::buy_get_pooled(const Deal& deal, const std::vector<std::uint32_t>& lines,
                             Effects& to) {
  const Int128 buy = whole_parameter(deal, "buy").value_or(0);
  const Int128 get = whole_parameter(deal, "get").value_or(0);
  if (buy + get <= 0) return;
  const auto* extra = records_.snapshot->conditions().find_extra(deal.candidate.record);
  std::vector<std::uint32_t> bought = lines;
  if (extra != nullptr && extra->buy_when != model::nothing_there) {
    bought.clear();
    for (std::uint32_t line = 0; line < state_.original.size(); ++line) {
      if ((*out_.lines)[line].outcome == model::Outcome::priced &&
          is_met(records_, extra->buy_when, extra, line))
        bought.push_back(line);
    }
  }
  const Int256 unit = base::pow10<Int256>(state_.unit_decimals);
  std::vector<Int128> all(state_.original.size());
  for (std::size_t line = 0; line < all.size(); ++line)
    all[line] = static_cast<Int128>(Int256{state_.units[line] / unit});
  const auto dearest_first = [&](std::vector<std::uint32_t>& sorted) {
    std::ranges::stable_sort(sorted, [&](std::uint32_t a, std::uint32_t b) {
      return Int256{left_of(a)} * all[b] > Int256{left_of(b)} * all[a];
    });
  };
  std::vector<std::uint32_t> rewarded = lines;
  dearest_first(bought);
  dearest_first(rewarded);
  const auto consume = [](std::vector<Int128>& pool, const std::vector<std::uint32_t>& from,
                          Int128 wanted, std::vector<Int128>* taken) {
    for (const std::uint32_t line : from) {
      const Int128 units = std::min(wanted, pool[line]);
      pool[line] -= units;
      wanted -= units;
      if (taken != nullptr) (*taken)[line] += units;
    }
    return wanted;  // not found
  };
  std::vector<Int128> got(all.size(), 0);
  const auto most = whole_parameter(deal, "groups");
  std::vector<Int128> pool = state_.pool;
  for (Int128 groups = 0; !most || groups < *most; ++groups) {
    std::vector<Int128> trial = pool;
    std::vector<Int128> trial_got = got;
    if (consume(trial, bought, buy, nullptr) > 0) break;
    const Int128 missing = consume(trial, rewarded, get, &trial_got);
    if (missing == get) break;
    if (missing > 0 && !has(deal, Schema::partial_group)) break;
    pool = std::move(trial);
    got = std::move(trial_got);
    if (missing > 0) break;
  }
  bool any = false;
  for (const std::uint32_t line : lines) {
    const Int128 amount =
        std::min(reward(deal, line, got[line], all[line], got[line]), limit_of(line));
    to.on.push_back({line, 0, amount * sign_of(line)});
    any |= amount != 0;
  }
  if (any) state_.pool = std::move(pool);
}

void Applier::free_goods(const Deal& deal, const std::vector<std::uint32_t>& lines, Effects& to) {
  const auto* extra = records_.snapshot->conditions().find_extra(deal.candidate.record);
  const base::Decimal one{1, 0};
  const auto get = base::Quantity::exactly(parameter(deal, "get").value_or(one));
  const auto every = parameter(deal, "every");
  for (const std::uint32_t line : lines) {
    const Line& ordered = records_.lines[line];
    Int128 times = 1;
    if (every) {
      const Int128 step =
          base::mantissa_rounded(*every, base::Quantity::decimals, base::Rounding::down)
              .value_or(0);
      times = step > 0 ? std::abs(ordered.quantity.mantissa()) / step : 0;
    }
    const Int128 mantissa = times * (get ? get->mantissa() : 0);
    if (mantissa == 0 || !base::fits_int64(mantissa)) continue;
    FreeLine made;
    made.step = step_;
    made.record = deal.candidate.record;
    made.line = line;
    made.article =
        extra != nullptr && !extra->free_article.is_none() ? extra->free_article : ordered.article;
    made.quantity = base::Quantity::from_mantissa(static_cast<std::int64_t>(mantissa));
    const Int256 price = value_of(deal, line) * base::pow10<Int256>(bound_.decimals);
    made.unit_price = {rounded(price, base::pow10<Int256>(records_.step->value_decimals), line),
                       bound_.decimals};
    out_.free_lines->push_back(made);
    (*found_)(line, deal.candidate.record);
    to.gives_units = true;
  }
}

}  // namespace engine::price

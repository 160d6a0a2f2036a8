// What records that percents, amounts and prices are do to lines, to the order and to charges.
#include "engine/price/apply.hpp"
#include "engine/price/choose.hpp"
#include "engine/price/spread.hpp"

#include <algorithm>

namespace engine::price {

using base::BigInt;
using base::Int128;
using base::Int256;
using model::Calculation;
using model::Schema;
using model::ValueKind;

namespace {

bool aims_at_charge(Calculation calculation) {
  return calculation == Calculation::charge_percent || calculation == Calculation::charge_amount;
}

bool aims_at_order(Calculation calculation) {
  return calculation == Calculation::order_percent || calculation == Calculation::order_amount ||
         calculation == Calculation::order_total;
}

}  // namespace

Applier::Effects Applier::effects_of(const Deal& deal) {
  Effects effects;
  effects.record = deal.candidate.record;
  effects.lines = targets(deal);
  const auto& lines = effects.lines;
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
    const Units counted = counted_units(deal, line);
    Int128 amount = line_effect(deal, line, counted);
    if (told_ != nullptr) note_counted(deal, line, amount);
    if (type_of(deal).calculation == Calculation::per_unit)
      amount = capped(deal, line, Cap::worth, amount, worth_of(line, counted));
    amount = capped(deal, line, Cap::floor, amount, limit_of(line));
    to.on.push_back({line, 0, amount * sign_of(line)});
  }
}

// What is left of the counted units, which are some of the line's.
Int128 Applier::worth_of(std::uint32_t line, const Units& of_record) {
  const BigInt units{state_.units[line]};
  if (units == 0) return 0;
  return rounded(BigInt{left_of(line)} * BigInt{of_record.number},
                 units * BigInt{of_record.per_unit}, line);
}

// What the record takes off the line for these units of it, before any other cap; negative where it
// puts something on.
Int128 Applier::line_effect(const Deal& deal, std::uint32_t line, const Units& of_record) {
  const auto& index = records_.snapshot->conditions();
  const model::Terms& terms = index.terms(index.record(deal.candidate.record));
  const BigInt value{value_of(deal, line)};
  const BigInt one = base::pow10<BigInt>(records_.step->value_decimals);
  const BigInt smallest = base::pow10<BigInt>(bound_.decimals);  // in one
  const BigInt counted{of_record.number};
  const BigInt finer{of_record.per_unit};
  const BigInt unit = base::pow10<BigInt>(state_.unit_decimals);
  const BigInt units{state_.units[line]};
  if (units == 0) return 0;
  UnitFactor factor{1, terms.price_unit};
  if (type_of(deal).value == ValueKind::price)
    factor = unit_factor(*records_.snapshot, terms, records_.lines[line]);
  const BigInt numerator{factor.numerator};
  const BigInt denominator{factor.denominator};
  switch (type_of(deal).calculation) {
    case Calculation::percent:
      return rounded(BigInt{reference(deal, line)} * value * counted, one * units * finer, line);
    case Calculation::per_unit:
      return rounded(value * smallest * counted * numerator, one * unit * finer * denominator,
                     line);
    case Calculation::new_price: {
      const Int128 price =
          rounded(value * smallest * counted * numerator, one * unit * finer * denominator, line);
      const Int128 off = worth_of(line, of_record) - price;
      return rule_.price_if_lower ? std::max<Int128>(0, off) : off;
    }
    default:
      return rounded(value * smallest, one, line);
  }
}

// What is returned counts the other way round. A percent is one of the sales and one of the
// returns; an amount comes off the sales, or, where all lines are returns, off those.
void Applier::order_effects(const Deal& deal, const std::vector<std::uint32_t>& lines,
                            Effects& to) {
  std::vector<std::uint32_t> sales;
  std::vector<std::uint32_t> returns;
  for (const std::uint32_t line : lines) (sign_of(line) > 0 ? sales : returns).push_back(line);
  const bool percent = type_of(deal).calculation == Calculation::order_percent;
  if (!sales.empty()) spread_effect(deal, sales, percent ? 0 : total_of(returns), to);
  if (!returns.empty() && (percent || sales.empty())) spread_effect(deal, returns, 0, to);
}

// What is left of the lines, with their signs.
Int128 Applier::total_of(const std::vector<std::uint32_t>& lines) const {
  Int128 total = 0;
  for (const std::uint32_t line : lines) total += state_.running.amounts[line];
  return total;
}

// Off lines that are all sales or all returns; `beside` is what the order has besides them.
void Applier::spread_effect(const Deal& deal, const std::vector<std::uint32_t>& lines,
                            Int128 beside, Effects& to) {
  const Calculation calculation = type_of(deal).calculation;
  const BigInt value{value_of(deal, lines.front())};
  const BigInt one = base::pow10<BigInt>(records_.step->value_decimals);
  const Int128 left = total_of(lines) * sign_of(lines.front()) + beside;
  Int128 most = 0;
  BigInt reckoned = 0;
  for (const std::uint32_t line : lines) {
    most += limit_of(line);
    reckoned += BigInt{reference(deal, line)};
  }
  Int128 amount = 0;
  if (calculation == Calculation::order_percent) {
    amount = rounded(reckoned * value, one, lines.front());
  } else {
    amount = rounded(value * base::pow10<BigInt>(bound_.decimals), one, lines.front());
  }
  if (calculation == Calculation::order_total) {
    amount = left - amount;
    if (rule_.price_if_lower) amount = std::max<Int128>(0, amount);
  }
  // Without redistribution the shares are those of the whole amount: what a floor keeps off a line
  // is lost.
  const Int128 whole = amount;
  if (rule_.spread.redistribute) amount = std::min(amount, most);
  std::vector<Int256> weights;
  std::vector<Int128> caps;
  for (const std::uint32_t line : lines) {
    const Int256 weight = hooks_.weight_of(line);
    weights.push_back(sign_of(line) < 0 ? Int256{abs(weight)} : weight);
    if (amount > 0) caps.push_back(limit_of(line));
  }
  const auto shares = spread(amount, weights, caps, rule_.spread);
  if (told_ != nullptr && !caps.empty())
    note_floors(deal, lines, spread(whole, weights, {}, rule_.spread), shares);
  for (std::size_t i = 0; i < lines.size(); ++i)
    to.on.push_back({lines[i], 0, shares[i] * sign_of(lines[i])});
}

void Applier::charge_effects(const Deal& deal, const std::vector<std::uint32_t>& lines,
                             Effects& to) {
  const auto& procedure = *records_.procedure->rule;
  const auto charge = std::ranges::find_if(rule_.charges, [&](std::uint16_t step) {
    return procedure.steps[step].name == type_of(deal).charge;
  });
  if (charge == rule_.charges.end()) return;
  const auto place = static_cast<std::uint16_t>(charge - rule_.charges.begin());
  const BigInt value{value_of(deal, lines.front())};
  const BigInt one = base::pow10<BigInt>(records_.step->value_decimals);
  const Int128 reckoned =
      on_original(deal) ? state_.original_charges[place] : state_.charges[place];
  const bool percent = type_of(deal).calculation == Calculation::charge_percent;
  const BigInt asked = percent ? BigInt{BigInt{reckoned} * value}
                               : BigInt{value * base::pow10<BigInt>(bound_.decimals)};
  const Int128 uncut = rounded(asked, one, lines.front());
  const Int128 amount = std::min(uncut, std::max<Int128>(0, state_.charges[place]));
  if (told_ != nullptr && amount < uncut) {
    for (const std::uint32_t line : lines) note_cut(deal, line, Cap::charge, uncut, amount);
  }
  to.on.push_back({no_line, place, amount});
}

}  // namespace engine::price

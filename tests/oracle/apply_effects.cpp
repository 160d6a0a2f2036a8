// Of Applier: what a deal does to lines and charges.
#include "tests/oracle/apply.hpp"
#include "tests/oracle/spread.hpp"

#include <algorithm>

namespace oracle {

namespace {

Rational whole_part(const Rational& number) { return rounded(number, 0, "down"); }

}  // namespace

// ---- what a deal is
// -------------------------------------------------------------------------------

Finder Applier::finder(const ApplyState& state) const {
  return Finder{order_, step_, {active_.begin(), active_.end()}, &state.running};
}

const TypeRule& Applier::type_of(const Deal& deal) const {
  return order_.rules.types.at(deal.candidate.record->type);
}

std::optional<Rational> Applier::parameter(const Deal& deal, const std::string& name) const {
  const std::string* own = parameter_of(*deal.candidate.record, name);
  return own == nullptr ? std::nullopt : std::optional{number(*own)};
}

Rational Applier::whole_parameter(const Deal& deal, const std::string& name) const {
  return whole_part(parameter(deal, name).value_or(0));
}

Rational Applier::value_of(const Deal& deal, LineState& line, const ApplyState& state) {
  const Value value = finder(state).value_of(line, *deal.candidate.record);
  if (value.unknown.any()) line.said->outcome = outcome_of(value.unknown);
  return value.number;
}

bool Applier::on_original(const Deal& deal) const {
  const OpenLine& line = deal.lines.front()->open;
  if (has_flag(line, *deal.candidate.record, "on_original")) return true;
  return rule_.on_original && !has_flag(line, *deal.candidate.record, "on_running");
}

Rational Applier::round(const Rational& amount) const {
  return rounded(amount, step_.rounding.front().decimals, step_.rounding.front().mode);
}

// Returns are reckoned like orders, the other way round.
Rational Applier::left_of(const LineState& line, const ApplyState& state) const {
  return state.running.at(&line) * lines_.at(&line).sign();
}

Rational Applier::reference(const Deal& deal, const LineState& line,
                            const ApplyState& state) const {
  const ApplyLine& own = lines_.at(&line);
  return on_original(deal) ? Rational{own.original * own.sign()} : left_of(line, state);
}

// How much more can be taken off.
Rational Applier::limit_of(const LineState& line, const ApplyState& state) const {
  const ApplyLine& own = lines_.at(&line);
  return std::max(Rational{0}, Rational{left_of(line, state) - own.floor * own.sign()});
}

// ---- acting
// ---------------------------------------------------------------------------------------

Effects Applier::act(const DealGroup& group, ApplyState& state) {
  DealGroup in_order = group;
  std::stable_sort(in_order.begin(), in_order.end(), [](const Deal& a, const Deal& b) {
    return a.candidate.access->number < b.candidate.access->number;
  });
  Effects all;
  for (const Deal& deal : in_order) {
    const Effects own = effects_of(deal, state);
    for (const Effect& effect : own.on) {
      if (effect.line != nullptr) {
        state.running[effect.line] -= effect.amount;
      } else {
        state.charges[effect.charge] -= effect.amount;
      }
      all.on.push_back(effect);
    }
    all.free_lines.insert(all.free_lines.end(), own.free_lines.begin(), own.free_lines.end());
    all.acted.insert(all.acted.end(), own.acted.begin(), own.acted.end());
  }
  return all;
}

std::vector<LineState*> Applier::targets(const Deal& deal, const ApplyState& state) {
  std::vector<LineState*> lines;
  for (LineState* line : deal.lines) {
    if (!line->is_priced()) continue;
    const Value met = finder(state).meets(*line, *deal.candidate.record);
    if (met.unknown.any()) {
      line->said->outcome = outcome_of(met.unknown);
    } else if (met.number != 0) {
      lines.push_back(line);
    }
  }
  return lines;
}

Effects Applier::effects_of(const Deal& deal, ApplyState& state) {
  Effects effects;
  const auto lines = targets(deal, state);
  if (lines.empty()) return effects;
  const std::string& calculation = type_of(deal).calculation;
  const bool per_line = has_flag(deal.lines.front()->open, *deal.candidate.record, "per_line");
  if (!type_of(deal).charge.empty()) {
    on_charge(deal, lines, state, effects);
  } else if (calculation.rfind("order_", 0) == 0) {
    over_order(deal, lines, state, effects);
  } else if (calculation == "free_goods") {
    free_goods(deal, lines, state, effects);
  } else if (calculation == "buy_get" && !per_line) {
    buy_get_pooled(deal, lines, state, effects);
  } else {
    each_line(deal, lines, state, effects);
  }
  for (Effect& effect : effects.on) effect.record = deal.candidate.record;
  std::erase_if(effects.on, [](const Effect& effect) { return effect.amount == 0; });
  for (const Effect& effect : effects.on) {
    if (effect.line != nullptr) effects.acted.emplace_back(effect.line, effect.record);
  }
  return effects;
}

void Applier::each_line(const Deal& deal, const std::vector<LineState*>& lines,
                        const ApplyState& state, Effects& to) {
  for (LineState* line : lines) {
    const bool buys = type_of(deal).calculation == "buy_get";
    const Rational off = buys ? buy_get_on_line(deal, *line, state) : off_line(deal, *line, state);
    to.on.push_back(
        {nullptr, line, "", std::min(off, limit_of(*line, state)) * lines_.at(line).sign()});
  }
}

// Before the floor; negative where it puts something on.
Rational Applier::off_line(const Deal& deal, LineState& line, const ApplyState& state) {
  const RecordRow& record = *deal.candidate.record;
  const std::string& calculation = type_of(deal).calculation;
  const Rational units = lines_.at(&line).units;
  const Rational value = value_of(deal, line, state);
  if (units == 0) return 0;
  Rational counted = units;
  if (const auto most = parameter(deal, "max_units")) counted = std::min(counted, *most);
  if (const auto step = parameter(deal, "unit_step"); step && *step > 0)
    counted = whole_part(counted / *step) * *step;
  counted = std::max(counted, Rational{0});
  Rational per_unit = value / record.price_unit;
  if (type_of(deal).value == "price") per_unit *= units_of_record(line.open, record);
  const Rational left = left_of(line, state);
  if (calculation == "percent")
    return round(reference(deal, line, state) * value * counted / units);
  if (calculation == "per_unit")
    return std::min(round(per_unit * counted), round(left * counted / units));
  if (calculation == "per_line") return round(value);
  const Rational off = round(left * counted / units) - round(per_unit * counted);
  return rule_.price_if_lower ? std::max(Rational{0}, off) : off;
}

// A part of the sum is taken off sales and off returns alike; an amount, or what the sum is to be, off
// the sales, and off returns only where there is nothing else.
void Applier::over_order(const Deal& deal, const std::vector<LineState*>& lines,
                         const ApplyState& state, Effects& to) {
  std::vector<LineState*> sales;
  std::vector<LineState*> returns;
  Rational returned;
  for (LineState* line : lines) {
    (lines_.at(line).sign() > 0 ? sales : returns).push_back(line);
    if (lines_.at(line).sign() < 0) returned += state.running.at(line);
  }
  const bool percent = type_of(deal).calculation == "order_percent";
  if (!sales.empty()) off_sum(deal, sales, percent ? Rational{0} : returned, state, to);
  if (!returns.empty() && (percent || sales.empty())) off_sum(deal, returns, 0, state, to);
}

// Lines of one sign, reckoned without it; `beside` is what the order has besides them.
void Applier::off_sum(const Deal& deal, const std::vector<LineState*>& lines,
                      const Rational& beside, const ApplyState& state, Effects& to) {
  const std::string& calculation = type_of(deal).calculation;
  const Rational value = value_of(deal, *lines.front(), state);
  Rational left = beside;
  Rational most;
  Rational reckoned;
  for (const LineState* line : lines) {
    left += left_of(*line, state);
    most += limit_of(*line, state);
    reckoned += reference(deal, *line, state);
  }
  Rational off = calculation == "order_percent" ? round(reckoned * value) : round(value);
  if (calculation == "order_total") {
    off = left - off;
    if (rule_.price_if_lower) off = std::max(Rational{0}, off);
  }
  if (rule_.spread.redistribute) off = std::min(off, most);
  const Rational smallest{1, power_of_ten(step_.rounding.front().decimals)};
  std::vector<Rational> weights;
  std::vector<Whole> caps;
  for (const LineState* line : lines) {
    Value weight{state.running.at(line), {}};
    if (!rule_.spread.weight.empty())
      weight = evaluate_at(rule_.spread.weight, {order_, line, &state.running, nullptr});
    weights.push_back(lines_.at(line).sign() < 0 ? Rational{abs(weight.number)} : weight.number);
    if (off > 0) caps.push_back(numerator(Rational{limit_of(*line, state) / smallest}));
  }
  const auto shares = spread(numerator(Rational{off / smallest}), weights, caps, rule_.spread);
  for (std::size_t i = 0; i < lines.size(); ++i)
    to.on.push_back(
        {nullptr, lines[i], "", Rational{shares[i]} * smallest * lines_.at(lines[i]).sign()});
}

void Applier::on_charge(const Deal& deal, const std::vector<LineState*>& lines,
                        const ApplyState& state, Effects& to) {
  const std::string& charge = type_of(deal).charge;
  const Rational value = value_of(deal, *lines.front(), state);
  const Rational left = state.charges.at(charge);
  const Rational on = on_original(deal) ? original_charges_.at(charge) : left;
  const bool percent = type_of(deal).calculation == "charge_percent";
  const Rational off = round(percent ? Rational{on * value} : value);
  to.on.push_back({nullptr, nullptr, charge, std::min(off, std::max(Rational{0}, left))});
}

}  // namespace oracle

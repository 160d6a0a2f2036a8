// Of Applier: who buys some units gets something on others, or free units beside them.
#include "tests/oracle/apply.hpp"

#include <algorithm>

namespace oracle {

namespace {

Rational whole_part(const Rational& number) { return rounded(number, 0, "down"); }

}  // namespace

// The reward for so many of the line's units; an amount is given so many times.
Rational Applier::reward(const Deal& deal, LineState& line, const ApplyState& state,
                         const Rational& units, const Rational& times) {
  const Rational all = whole_part(lines_.at(&line).units);
  if (units == 0 || all == 0) return 0;
  const Rational value = value_of(deal, line, state);
  const Rational left = left_of(line, state);
  const Rational worth = round(left * units / all);
  const std::string& kind = type_of(deal).value;
  if (kind == "percent") return round(left * units / all * value);
  if (kind == "amount") return std::min(worth, round(value * times));
  const RecordRow& record = *deal.candidate.record;
  const Rational price = value * units_of_record(line.open, record) / record.price_unit;
  return std::max(Rational{0}, Rational{worth - round(price * units)});
}

Rational Applier::buy_get_on_line(const Deal& deal, LineState& line, const ApplyState& state) {
  const Rational buy = whole_parameter(deal, "buy");
  const Rational get = whole_parameter(deal, "get");
  if (buy + get <= 0) return 0;
  const Rational units = whole_part(lines_.at(&line).units);
  const RecordRow& record = *deal.candidate.record;
  Rational groups = whole_part(units / (buy + get));
  const bool is_limited = parameter_of(record, "groups") != nullptr;
  if (is_limited) groups = std::min(groups, whole_parameter(deal, "groups"));
  Rational got = groups * get;
  const bool more_allowed = !is_limited || groups < whole_parameter(deal, "groups");
  if (has_flag(line.open, record, "partial_group") && more_allowed)
    got += std::max(Rational{0}, Rational{units - groups * (buy + get) - buy});
  if (has_flag(line.open, record, "per_group"))
    return reward(deal, line, state, groups * (buy + get), groups);
  return reward(deal, line, state, got, got);
}

std::vector<LineState*> Applier::bought_lines(const Deal& deal,
                                              const std::vector<LineState*>& lines,
                                              const ApplyState& state) {
  const RecordRow& record = *deal.candidate.record;
  if (record.buy_when.empty()) return lines;
  std::vector<LineState*> bought;
  for (LineState* line : rule_.over_order ? active_ : lines) {
    if (!line->is_priced()) continue;
    const Value met =
        evaluate_own(record.buy_when, record, *step_.find, {order_, line, &state.running, nullptr});
    if (met.unknown.any()) line->said->outcome = outcome_of(met.unknown);
    if (!met.unknown.any() && met.number != 0) bought.push_back(line);
  }
  return bought;
}

// Returns have a pool of their own.
void Applier::buy_get_pooled(const Deal& deal, const std::vector<LineState*>& lines,
                             ApplyState& state, Effects& to) {
  const auto bought = bought_lines(deal, lines, state);
  for (const int sign : {1, -1}) {
    const auto of_sign = [&](std::vector<LineState*> all) {
      std::erase_if(all, [&](LineState* line) { return lines_.at(line).sign() != sign; });
      return all;
    };
    const auto own = of_sign(lines);
    if (!own.empty()) buy_get_in_pool(deal, of_sign(bought), own, state, to);
  }
}

// Unit by unit: the dearest are bought, then the dearest of those left are rewarded, until there is
// no whole group any more. No unit serves twice.
void Applier::buy_get_in_pool(const Deal& deal, const std::vector<LineState*>& buyers,
                              const std::vector<LineState*>& lines, ApplyState& state,
                              Effects& to) {
  const Rational buy = whole_parameter(deal, "buy");
  const Rational get = whole_parameter(deal, "get");
  if (buy + get <= 0) return;
  const auto price = [&](const LineState* line) {
    const Rational units = whole_part(lines_.at(line).units);
    return units == 0 ? Rational{0} : Rational{left_of(*line, state) / units};
  };
  const auto dearest_first = [&](std::vector<LineState*> sorted) {
    std::stable_sort(sorted.begin(), sorted.end(),
                     [&](LineState* a, LineState* b) { return price(a) > price(b); });
    return sorted;
  };
  const auto bought = dearest_first(buyers);
  const auto rewarded = dearest_first(lines);
  const RecordRow& record = *deal.candidate.record;
  const bool partial = has_flag(lines.front()->open, record, "partial_group");
  const auto take_unit = [](auto& pool, const std::vector<LineState*>& from) -> LineState* {
    for (LineState* line : from) {
      if (pool[line] < 1) continue;
      pool[line] -= 1;
      return line;
    }
    return nullptr;
  };
  auto pool = state.pool;
  std::map<LineState*, Rational> got;
  const bool is_limited = parameter_of(record, "groups") != nullptr;
  for (Rational groups = 0; !is_limited || groups < whole_parameter(deal, "groups"); groups += 1) {
    auto trial = pool;
    std::vector<LineState*> units;
    bool whole = true;
    for (Rational i = 0; whole && i < buy; i += 1) whole = take_unit(trial, bought) != nullptr;
    if (!whole) break;
    for (Rational i = 0; i < get; i += 1) {
      if (LineState* line = take_unit(trial, rewarded)) units.push_back(line);
    }
    const bool complete = Rational{units.size()} == get;
    if (units.empty() || (!complete && !partial)) break;
    pool = trial;
    for (LineState* line : units) got[line] += 1;
    if (!complete) break;
  }
  bool any = false;
  for (LineState* line : lines) {
    const Rational off =
        std::min(reward(deal, *line, state, got[line], got[line]), limit_of(*line, state));
    to.on.push_back({nullptr, line, "", off * lines_.at(line).sign()});
    any = any || off != 0;
  }
  if (any) state.pool = pool;
}

void Applier::free_goods(const Deal& deal, const std::vector<LineState*>& lines,
                         const ApplyState& state, Effects& to) {
  const RecordRow& record = *deal.candidate.record;
  for (LineState* line : lines) {
    Rational times = 1;
    if (const auto every = parameter(deal, "every"))
      times = *every > 0 ? whole_part(abs(line->open.quantity) / *every) : Rational{0};
    const Rational quantity = times * parameter(deal, "get").value_or(1);
    if (quantity == 0) continue;
    const std::string article =
        record.free_article.empty() ? line->open.article.code : record.free_article;
    to.free_lines.push_back({step_.name, &record, line->number, article, quantity,
                             round(value_of(deal, *line, state))});
    to.acted.emplace_back(line, &record);
  }
}

}  // namespace oracle

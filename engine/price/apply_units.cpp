// What records that count units do: a reward for those bought, free goods.
#include "engine/price/apply.hpp"
#include "engine/price/choose.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <numeric>

namespace engine::price {

using base::BigInt;
using base::Int128;
using base::Int256;
using model::Calculation;
using model::Schema;
using model::ValueKind;

// The reward for `units` of the line's units, out of `of_units` for which it is worth its amount
// `times` over.
Int128 Applier::reward(const Deal& deal, std::uint32_t line, Int128 units, Int128 of_units,
                       Int128 times) {
  if (of_units == 0 || units == 0) return 0;
  const BigInt value{value_of(deal, line)};
  const BigInt one = base::pow10<BigInt>(records_.step->value_decimals);
  const BigInt in_smallest{value * base::pow10<BigInt>(bound_.decimals)};
  const BigInt left{left_of(line)};
  const auto& index = records_.snapshot->conditions();
  const UnitFactor factor = unit_factor(
      *records_.snapshot, index.terms(index.record(deal.candidate.record)), records_.lines[line]);
  const BigInt counted{units};
  const Int128 worth = rounded(left * counted, BigInt{of_units}, line);
  switch (type_of(deal).value) {
    case ValueKind::percent:
      return rounded(left * counted * value, one * BigInt{of_units}, line);
    case ValueKind::price:
      return std::max<Int128>(0, worth - rounded(in_smallest * counted * BigInt{factor.numerator},
                                                 one * BigInt{factor.denominator}, line));
    default:
      return capped(deal, line, Cap::worth, rounded(in_smallest * BigInt{times}, one, line), worth);
  }
}

void Applier::buy_get_line(const Deal& deal, std::uint32_t line, Effects& to) {
  const Int128 buy = whole_parameter(deal, "buy").value_or(0);
  const Int128 get = whole_parameter(deal, "get").value_or(0);
  if (buy + get <= 0) return;
  const Int256 unit = base::pow10<Int256>(state_.unit_decimals);
  const auto all = static_cast<Int128>(Int256{state_.units[line] / unit});
  const Int128 most = whole_parameter(deal, "groups").value_or(all);
  const auto within = [&](Int128 most_groups) {
    const Int128 groups = std::min(all / (buy + get), most_groups);
    Int128 got = groups * get;
    const Int128 in_groups = groups * (buy + get);
    const bool partial = has(deal, Schema::partial_group) && groups < most_groups;
    if (partial) got += std::max<Int128>(0, all - in_groups - buy);
    const bool per_group = has(deal, Schema::per_group);
    return reward(deal, line, per_group ? in_groups : got, all, per_group ? groups : got);
  };
  const Int128 rewarded = within(most);
  if (told_ != nullptr && most < all) {
    const auto unlimited = supposed([&] { return within(all); });
    if (unlimited) note_raise(deal, line, Cap::groups, *unlimited, rewarded);
  }
  const Int128 amount = capped(deal, line, Cap::floor, rewarded, limit_of(line));
  to.on.push_back({line, 0, amount * sign_of(line)});
}

// Sales and returns are pools of their own.
void Applier::buy_get_pooled(const Deal& deal, const std::vector<std::uint32_t>& lines,
                             Effects& to) {
  const std::vector<std::uint32_t> bought = bought_lines(deal, lines);
  for (const Int128 sign : {Int128{1}, Int128{-1}}) {
    const auto of_sign = [&](const std::vector<std::uint32_t>& from) {
      std::vector<std::uint32_t> kept;
      std::ranges::copy_if(from, std::back_inserter(kept),
                           [&](std::uint32_t line) { return sign_of(line) == sign; });
      return kept;
    };
    buy_get_in_pool(deal, of_sign(bought), of_sign(lines), to);
  }
}

// The lines that count as bought: those of the record's own condition, else those rewarded. A step
// over the line counts that line only.
std::vector<std::uint32_t> Applier::bought_lines(const Deal& deal,
                                                 const std::vector<std::uint32_t>& lines) {
  const auto* extra = records_.snapshot->conditions().find_extra(deal.candidate.record);
  if (extra == nullptr || extra->buy_when == model::nothing_there) return lines;
  std::vector<std::uint32_t> asked = deal.lines;
  if (rule_.over == rule::ApplyOver::order) {
    asked.resize(records_.lines.size());
    std::iota(asked.begin(), asked.end(), 0U);
    std::erase_if(asked, [this](std::uint32_t line) { return !hooks_.runs_on(line); });
  }
  std::vector<std::uint32_t> bought;
  for (const std::uint32_t line : asked) {
    if ((*out_.lines)[line].outcome != model::Outcome::priced) continue;
    const Met met = is_met(records_, extra->buy_when, extra, line);
    if (met.met) bought.push_back(line);
    if (met.outcome != model::Outcome::priced) (*out_.lines)[line].outcome = met.outcome;
  }
  return bought;
}

// Units are bought dearest first, and those then left are rewarded dearest first.
void Applier::buy_get_in_pool(const Deal& deal, std::vector<std::uint32_t> bought,
                              const std::vector<std::uint32_t>& lines, Effects& to) {
  const Int128 buy = whole_parameter(deal, "buy").value_or(0);
  const Int128 get = whole_parameter(deal, "get").value_or(0);
  if (buy + get <= 0 || lines.empty()) return;
  const Int256 unit = base::pow10<Int256>(state_.unit_decimals);
  std::vector<Int128> all(records_.lines.size());
  for (std::size_t line = 0; line < all.size(); ++line)
    all[line] = static_cast<Int128>(Int256{state_.units[line] / unit});
  // Lines of less than a unit have none to give, and no price of one.
  const auto dearest_first = [&](std::vector<std::uint32_t>& sorted) {
    std::erase_if(sorted, [&](std::uint32_t line) { return all[line] == 0; });
    std::ranges::stable_sort(sorted, [&](std::uint32_t a, std::uint32_t b) {
      return Int256{left_of(a)} * all[b] > Int256{left_of(b)} * all[a];
    });
  };
  std::vector<std::uint32_t> rewarded = lines;
  dearest_first(bought);
  dearest_first(rewarded);
  const auto most = whole_parameter(deal, "groups");
  std::vector<Int128> pool = state_.pool;
  const Pooled wanted{bought, rewarded, buy, get, most, has(deal, Schema::partial_group)};
  const std::vector<Int128> got = get_units(wanted, pool);
  if (told_ != nullptr) note_pooled(deal, lines, wanted, all, got);
  bool any = false;
  for (const std::uint32_t line : lines) {
    const Int128 amount =
        capped(deal, line, Cap::floor, reward(deal, line, got[line], all[line], got[line]),
               limit_of(line));
    to.on.push_back({line, 0, amount * sign_of(line)});
    any |= amount != 0;
  }
  if (any) state_.pool = std::move(pool);
}

namespace {

using Pool = std::vector<Int128>;

// Takes units line after line; returns how many were not found.
Int128 consume(Pool& pool, const std::vector<std::uint32_t>& from, Int128 units, Pool* taken) {
  for (const std::uint32_t line : from) {
    if (units == 0) return 0;
    const Int128 here = std::min(units, pool[line]);
    pool[line] -= here;
    units -= here;
    if (taken != nullptr) (*taken)[line] += here;
  }
  return units;
}

}  // namespace

// How many groups take all of their units from the first lines that still have some, and which
// lines those are: so a billion units take as few turns as there are lines.
Int128 Applier::groups_in_front(const Pooled& wanted, const std::vector<Int128>& pool,
                                std::uint32_t& bought, std::uint32_t& rewarded) {
  const auto& first_of = wanted.buy > 0 ? wanted.bought : wanted.rewarded;
  const auto from =
      std::ranges::find_if(first_of, [&](std::uint32_t line) { return pool[line] > 0; });
  if (from == first_of.end() || pool[*from] < wanted.buy) return 0;
  bought = *from;
  const auto to = std::ranges::find_if(wanted.rewarded, [&](std::uint32_t line) {
    return pool[line] > (line == bought ? wanted.buy : 0);
  });
  if (to == wanted.rewarded.end()) return 0;
  rewarded = *to;
  if (rewarded == bought) return pool[bought] / (wanted.buy + wanted.get);
  return std::min(pool[bought] / wanted.buy, pool[rewarded] / wanted.get);
}

// Takes groups of units out of the pool, one after the other while there are any: those bought,
// then those rewarded, which are told by line.
std::vector<Int128> Applier::get_units(const Pooled& wanted, std::vector<Int128>& pool) {
  std::vector<Int128> got(records_.lines.size(), 0);
  if (wanted.get == 0) return got;
  Int128 groups = 0;
  while (!wanted.most || groups < *wanted.most) {
    std::uint32_t bought = 0;
    std::uint32_t rewarded = 0;
    Int128 alike = groups_in_front(wanted, pool, bought, rewarded);
    if (wanted.most) alike = std::min(alike, *wanted.most - groups);
    if (alike > 0) {
      pool[bought] -= alike * wanted.buy;
      pool[rewarded] -= alike * wanted.get;
      got[rewarded] += alike * wanted.get;
      groups += alike;
      continue;
    }
    Pool trial = pool;
    Pool trial_got = got;
    if (consume(trial, wanted.bought, wanted.buy, nullptr) > 0) break;
    const Int128 missing = consume(trial, wanted.rewarded, wanted.get, &trial_got);
    if (missing == wanted.get || (missing > 0 && !wanted.partial)) break;
    pool = std::move(trial);
    got = std::move(trial_got);
    if (missing > 0) break;
    ++groups;
  }
  return got;
}

void Applier::free_goods(const Deal& deal, const std::vector<std::uint32_t>& lines, Effects& to) {
  const auto* extra = records_.snapshot->conditions().find_extra(deal.candidate.record);
  const base::Decimal one{1, 0};
  const auto get = base::Quantity::exactly(parameter(deal, "get").value_or(one));
  const auto every = parameter(deal, "every");
  const auto step = every ? base::Quantity::exactly(*every) : std::nullopt;
  for (const std::uint32_t line : lines) {
    const Line& ordered = records_.lines[line];
    Int128 times = 1;
    if (step) times = std::abs(ordered.quantity.mantissa()) / step->mantissa();
    const Int128 mantissa = times * get->mantissa();  // import keeps out what is no quantity
    if (mantissa == 0) continue;
    if (!base::fits_int64(mantissa)) {
      (*out_.lines)[line].outcome = model::Outcome::amount_out_of_range;
      continue;
    }
    FreeLine made;
    made.step = step_;
    made.record = deal.candidate.record;
    made.line = line;
    made.article =
        extra != nullptr && !extra->free_article.is_none() ? extra->free_article : ordered.article;
    made.quantity = base::Quantity::from_mantissa(static_cast<std::int64_t>(mantissa));
    const BigInt price{BigInt{value_of(deal, line)} * base::pow10<BigInt>(bound_.decimals)};
    made.unit_price = {rounded(price, base::pow10<BigInt>(records_.step->value_decimals), line),
                       bound_.decimals};
    out_.free_lines->push_back(made);
    (*found_)(line, deal.candidate.record);
    to.gives_units.push_back(line);
  }
}

}  // namespace engine::price

#include "engine/snapshot/exchange_rates.hpp"

#include <algorithm>
#include <tuple>

namespace engine::snapshot {

namespace {

auto place_of(const model::ExchangeRate& rate) {
  return std::tuple{rate.from, rate.to, rate.kind, rate.valid_from};
}

}  // namespace

ExchangeRates::ExchangeRates(std::vector<model::ExchangeRate> rates) : rates_{std::move(rates)} {
  std::ranges::sort(rates_, {}, place_of);
}

std::optional<RateFactor> ExchangeRates::direct(model::CurrencyId from, model::CurrencyId to,
                                                model::TextId kind, base::CivilMinutes at) const {
  const auto later = std::ranges::upper_bound(rates_, std::tuple{from, to, kind, at}, {}, place_of);
  if (later == rates_.begin()) return std::nullopt;
  const model::ExchangeRate& rate = *(later - 1);
  if (rate.from != from || rate.to != to || rate.kind != kind) return std::nullopt;
  RateFactor factor;
  factor.numerator = rate.mantissa;
  factor.denominator = base::pow10<base::Int256>(rate.decimals) * rate.per;
  return factor;
}

std::optional<RateFactor> ExchangeRates::either_way(model::CurrencyId from, model::CurrencyId to,
                                                    model::TextId kind,
                                                    base::CivilMinutes at) const {
  if (from == to) return RateFactor{};
  if (auto own = direct(from, to, kind, at)) return own;
  auto turned = direct(to, from, kind, at);
  if (turned) std::swap(turned->numerator, turned->denominator);
  return turned;
}

std::optional<RateFactor> ExchangeRates::find(model::CurrencyId from, model::CurrencyId to,
                                              model::TextId kind, model::CurrencyId through,
                                              base::CivilMinutes at) const {
  if (auto own = either_way(from, to, kind, at)) return own;
  if (through.is_none()) return std::nullopt;
  const auto first = either_way(from, through, kind, at);
  const auto second = either_way(through, to, kind, at);
  if (!first || !second) return std::nullopt;
  return RateFactor{first->numerator * second->numerator, first->denominator * second->denominator};
}

base::CivilMinutes ExchangeRates::next_start(model::CurrencyId from, model::CurrencyId to,
                                             model::TextId kind, base::CivilMinutes at) const {
  const auto later = std::ranges::upper_bound(rates_, std::tuple{from, to, kind, at}, {}, place_of);
  const bool follows =
      later != rates_.end() && later->from == from && later->to == to && later->kind == kind;
  return follows ? later->valid_from : base::CivilMinutes::latest();
}

base::CivilMinutes ExchangeRates::either_way_until(model::CurrencyId from, model::CurrencyId to,
                                                   model::TextId kind,
                                                   base::CivilMinutes at) const {
  if (from == to) return base::CivilMinutes::latest();
  const base::CivilMinutes own = next_start(from, to, kind, at);
  return direct(from, to, kind, at) ? own : std::min(own, next_start(to, from, kind, at));
}

base::CivilMinutes ExchangeRates::holds_until(model::CurrencyId from, model::CurrencyId to,
                                              model::TextId kind, model::CurrencyId through,
                                              base::CivilMinutes at) const {
  const base::CivilMinutes own = either_way_until(from, to, kind, at);
  if (through.is_none() || either_way(from, to, kind, at)) return own;
  return std::min(
      {own, either_way_until(from, through, kind, at), either_way_until(through, to, kind, at)});
}

base::BigInt ExchangeRates::largest() const {
  base::BigInt most = 1;
  for (const model::ExchangeRate& rate : rates_) {
    const base::BigInt denominator =
        base::BigInt{base::pow10<base::Int256>(rate.decimals)} * rate.per;
    most = std::max({most, base::BigInt{rate.mantissa}, denominator});
  }
  return most * most;
}

}  // namespace engine::snapshot

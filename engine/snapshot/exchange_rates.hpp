// Exchange rates as of any day. A rate is an exact fraction; the newest one that has started
// counts. Where a pair has no rate of its own the other direction's counts, turned over, and then
// both halves through one currency. Immutable; any thread. Cost: a binary search a rate.
#pragma once

#include "engine/base/wide.hpp"
#include "engine/model/masters.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace engine::snapshot {

// One unit of the currency asked from is numerator / denominator of the other.
struct RateFactor {
  base::Int256 numerator = 1;
  base::Int256 denominator = 1;
};

class ExchangeRates {
 public:
  ExchangeRates() = default;
  explicit ExchangeRates(std::vector<model::ExchangeRate> rates);

  // `through` may be none. Nothing where no rate is known on the day.
  std::optional<RateFactor> find(model::CurrencyId from, model::CurrencyId to, model::TextId kind,
                                 model::CurrencyId through, base::CivilMinutes at) const;

  // What find() gives holds before this moment: then a rate starts that changes it, or the first one
  // there is.
  base::CivilMinutes holds_until(model::CurrencyId from, model::CurrencyId to, model::TextId kind,
                                 model::CurrencyId through, base::CivilMinutes at) const;

  // The largest numerator or denominator that find() can give.
  base::BigInt largest() const;

 private:
  std::optional<RateFactor> direct(model::CurrencyId from, model::CurrencyId to, model::TextId kind,
                                   base::CivilMinutes at) const;
  std::optional<RateFactor> either_way(model::CurrencyId from, model::CurrencyId to,
                                       model::TextId kind, base::CivilMinutes at) const;
  base::CivilMinutes next_start(model::CurrencyId from, model::CurrencyId to, model::TextId kind,
                                base::CivilMinutes at) const;
  base::CivilMinutes either_way_until(model::CurrencyId from, model::CurrencyId to,
                                      model::TextId kind, base::CivilMinutes at) const;

  std::vector<model::ExchangeRate> rates_;  // by from, to, kind, start
};

}  // namespace engine::snapshot

// Fixed<Decimals, Tag>: an exact decimal in 64 bits whose tag makes UnitPrice, Rate and Quantity
// different types. Sums are checked (ENSURE_SLOW: the caller has proved the range); products and
// quotients go through 128 bits and name their rounding. There is no way in from floating point.
#pragma once

#include "engine/base/decimal.hpp"

#include <compare>
#include <cstdint>
#include <optional>

namespace engine::base {

template <int Decimals, class Tag>
class Fixed {
 public:
  static constexpr int decimals = Decimals;

  constexpr Fixed() = default;

  static constexpr Fixed from_mantissa(std::int64_t mantissa) { return Fixed{mantissa}; }

  static constexpr Fixed whole(std::int64_t value) {
    return Fixed{value * detail::pow10_64[Decimals]};
  }

  // Nothing when the number has more decimals than Decimals or does not fit.
  static std::optional<Fixed> exactly(const Decimal& value) {
    const auto mantissa = mantissa_at(value, Decimals);
    if (!mantissa || !fits_int64(*mantissa)) return std::nullopt;
    return Fixed{static_cast<std::int64_t>(*mantissa)};
  }

  constexpr std::int64_t mantissa() const { return mantissa_; }

  constexpr Decimal decimal() const { return Decimal{mantissa_, Decimals}; }

  friend constexpr auto operator<=>(Fixed, Fixed) = default;  // NOLINT(modernize-use-nullptr)

  friend Fixed operator+(Fixed a, Fixed b) {
    std::int64_t sum = 0;
    ENSURE(!__builtin_add_overflow(a.mantissa_, b.mantissa_, &sum));
    return Fixed{sum};
  }

  friend Fixed operator-(Fixed a, Fixed b) {
    std::int64_t difference = 0;
    ENSURE(!__builtin_sub_overflow(a.mantissa_, b.mantissa_, &difference));
    return Fixed{difference};
  }

 private:
  constexpr explicit Fixed(std::int64_t mantissa) : mantissa_{mantissa} {}

  std::int64_t mantissa_ = 0;
};

using UnitPrice =
    Fixed<6,
          struct UnitPriceTag>;  // per price unit of one unit of measure, in the price's currency
using Rate = Fixed<8, struct RateTag>;          // a fraction: 0.125 is 12.5 %
using Quantity = Fixed<6, struct QuantityTag>;  // in the unit that stands beside it

// price * rate to UnitPrice's decimals. Requires that the product fits (|price| * |rate| < 9.2e12).
inline UnitPrice multiply(UnitPrice price, Rate rate, Rounding mode) {
  const Int128 product = static_cast<Int128>(price.mantissa()) * rate.mantissa();
  const Int128 rounded = round_quotient<Int128>(product, pow10<Int128>(Rate::decimals), mode);
  ENSURE(fits_int64(rounded));
  return UnitPrice::from_mantissa(static_cast<std::int64_t>(rounded));
}

}  // namespace engine::base

// 128-bit integers and powers of ten: what amounts need nearly everywhere. Wider ones are in
// wide.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace engine::base {

__extension__ typedef __int128
    Int128;  // NOLINT(modernize-use-using): -Wpedantic accepts only this form
__extension__ typedef unsigned __int128 UInt128;  // NOLINT(modernize-use-using)

// The widths an amount can be computed in; which one a step needs is proved when a snapshot is
// built.
enum class Width : std::uint8_t { bits64, bits128, bits256 };

inline constexpr Int128 int128_max = (((static_cast<Int128>(1) << 126) - 1) << 1) + 1;
inline constexpr int pow10_64_max = 18;
inline constexpr int pow10_128_max = 38;

namespace detail {

template <class Int, int Max>
constexpr std::array<Int, Max + 1> powers_of_ten() {
  std::array<Int, Max + 1> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}

inline constexpr auto pow10_64 = powers_of_ten<std::int64_t, pow10_64_max>();
inline constexpr auto pow10_128 = powers_of_ten<Int128, pow10_128_max>();

}  // namespace detail

// 10^exponent in the integer asked for. Requires 0 <= exponent and that Int holds the power.
template <class Int>
Int pow10(int exponent) {
  if constexpr (sizeof(Int) <= sizeof(std::int64_t)) {
    return detail::pow10_64[static_cast<std::size_t>(exponent)];
  } else if constexpr (std::is_same_v<Int, Int128>) {
    return detail::pow10_128[static_cast<std::size_t>(exponent)];
  } else {
    Int power = 1;
    for (; exponent > pow10_64_max; exponent -= pow10_64_max)
      power *= detail::pow10_64[pow10_64_max];
    return power * detail::pow10_64[static_cast<std::size_t>(exponent)];
  }
}

inline bool fits_int64(Int128 value) {
  return value >= std::numeric_limits<std::int64_t>::min() &&
         value <= std::numeric_limits<std::int64_t>::max();
}

}  // namespace engine::base

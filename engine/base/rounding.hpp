// Rounding: the five modes, always named at the call. Half modes decide ties by magnitude: half_up
// goes away from zero, half_down towards zero, half_even to the even neighbour; up goes away from
// zero, down towards it. `round_quotient` is the one place where a remainder is turned into a
// digit, for every width of integer.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace engine::base {

enum class Rounding : std::uint8_t { half_up, half_even, half_down, up, down };

std::optional<Rounding> rounding_from(std::string_view name);
std::string_view rounding_name(Rounding mode);

// numerator / denominator to the nearest integer by `mode`. Requires denominator > 0; exact for
// every width of Int that holds 2 * |remainder|, which is less than 2 * denominator.
template <class Int>
Int round_quotient(const Int& numerator, const Int& denominator, Rounding mode) {
  const Int quotient = numerator / denominator;
  Int remainder = numerator % denominator;
  const bool negative = numerator < 0;
  if (negative) remainder = -remainder;
  // Digits are as good as random, so nothing here should be a jump that the processor has to guess.
  bool away = false;
  if (mode == Rounding::up) {
    away = remainder != 0;
  } else if (mode != Rounding::down) {
    const Int rest = denominator - remainder;  // compared so, 2 * remainder cannot overflow
    const bool odd = static_cast<int>(quotient % 2) != 0;
    const bool tie_goes_up = (mode == Rounding::half_up) | ((mode == Rounding::half_even) & odd);
    away = (remainder > rest) | ((remainder == rest) & tie_goes_up);
  }
  const int step = static_cast<int>(away) * (negative ? -1 : 1);
  return Int(quotient + step);
}

}  // namespace engine::base

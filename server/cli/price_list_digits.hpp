// Numbers and short texts written straight into a buffer that has room for them: for rows by the
// million. Any thread.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace server::cli {

inline constexpr std::size_t digits_max = 48;  // of a number with its sign and point
inline constexpr std::size_t short_text = 16;  // copied whole, whatever its length

// "00" to "99", side by side.
inline constexpr auto digit_pairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

// Digits from `end` backwards, at least `least` of them; returns where they start.
inline char* put_digits_before(char* end, std::uint64_t number, int least) {
  char* const stop = end - least;
  while (number >= 100) {
    end -= 2;
    std::memcpy(end, &digit_pairs[2 * (number % 100)], 2);
    number /= 100;
  }
  if (number >= 10) {
    end -= 2;
    std::memcpy(end, &digit_pairs[2 * number], 2);
  } else if (number > 0) {
    *--end = static_cast<char>('0' + number);
  }
  while (end > stop) *--end = '0';
  return end;
}

inline constexpr std::uint64_t eight_digits = 100'000'000;

// The digits of a number below eight_digits as eight bytes, the first digit lowest: four, then two,
// then one at a time are divided off, side by side.
inline std::uint64_t digits_of(std::uint32_t number) {
  const std::uint64_t fours = number / 10'000 | std::uint64_t{number % 10'000} << 32U;
  const std::uint64_t hundreds = (fours * 10'486 >> 20U) & 0x0000'007f'0000'007f;
  const std::uint64_t twos = hundreds | (fours - 100 * hundreds) << 16U;
  const std::uint64_t tens = (twos * 103 >> 10U) & 0x000f'000f'000f'000f;
  return tens | (twos - 10 * tens) << 8U;
}

// "12.50" of 1250 with 2 decimals; requires room for digits_max and at most 18 decimals. Returns its
// end.
inline char* put_decimal(char* to, std::int64_t mantissa, int decimals) {
  auto size = static_cast<std::uint64_t>(mantissa);
  if (size < eight_digits && decimals > 0 && decimals < 8) {
    const std::uint64_t digits = digits_of(static_cast<std::uint32_t>(size));
    const int zeros = digits == 0 ? 8 : std::countr_zero(digits) / 8;
    const int whole = 8 - decimals - std::min(zeros, 7 - decimals);
    const std::uint64_t text = digits | 0x3030'3030'3030'3030;
    const std::uint64_t from_first = text >> (8 * (8 - decimals - whole));
    const std::uint64_t after_point = text >> (8 * (8 - decimals));
    std::memcpy(to, &from_first, sizeof from_first);
    to += whole;
    *to++ = '.';
    std::memcpy(to, &after_point, sizeof after_point);
    return to + decimals;
  }
  if (mantissa < 0) {
    *to++ = '-';
    size = 0 - size;
  }
  std::array<char, digits_max> buffer;  // NOLINT: written from the end
  char* const end = buffer.data() + buffer.size();
  char* digits = put_digits_before(end, size, decimals + 1);
  const auto length = static_cast<std::size_t>(end - digits);
  const std::size_t whole = length - static_cast<std::size_t>(decimals);
  std::memcpy(to, digits, whole);
  if (decimals == 0) return to + whole;
  to[whole] = '.';
  std::memcpy(to + whole + 1, digits + whole, static_cast<std::size_t>(decimals));
  return to + length + 1;
}

// Copies at least `length` bytes, and up to 2 * short_text: both sides have room for that.
inline char* put_text(char* to, const char* from, std::size_t length) {
  if (length <= short_text) {
    std::memcpy(to, from, short_text);
  } else if (length <= 2 * short_text) {
    std::memcpy(to, from, 2 * short_text);
  } else {
    std::memcpy(to, from, length);
  }
  return to + length;
}

}  // namespace server::cli

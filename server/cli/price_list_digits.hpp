// Numbers and short texts written straight into a buffer that has room for them: for rows by the
// million. Any thread.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

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

// "12.50" of 1250 with 2 decimals; requires room for digits_max and at most 18 decimals. Returns its
// end.
inline char* put_decimal(char* to, std::int64_t mantissa, int decimals) {
  auto size = static_cast<std::uint64_t>(mantissa);
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

// Up to 64 numbers of one count of decimals, all of whose digits are found before the first is
// written: in loops that a compiler lays side by side, so that no row waits for another's digits.
class ShortDecimals {
 public:
  static constexpr std::size_t count_max = 64;

  // At least one number, at most count_max. False where one is negative or not below 2 to the 26th,
  // or there are other than 1 to 7 decimals; nothing can be put then.
  bool set(std::span<const std::int64_t> mantissas, int decimals);

  // Requires room for digits_max; returns the end.
  char* put(char* to, std::size_t number) const {
    constexpr std::uint64_t last = std::uint64_t{1} << 63U;  // zero has seven leading zeros as well
    const char* const digits = text_.data() + number * sizeof(std::uint64_t);
    std::uint64_t text;  // NOLINT(cppcoreguidelines-init-variables)
    std::memcpy(&text, digits, sizeof text);
    const int zeros = std::countr_zero((text ^ zeros_) | last) / 8;
    const int skipped = std::min(zeros, before_point_ - 1);
    std::memcpy(to, digits + skipped, sizeof text);
    to += before_point_ - skipped;
    *to++ = '.';
    std::memcpy(to, digits + before_point_, sizeof text);
    return to + (8 - before_point_);
  }

 private:
  static constexpr std::uint64_t zeros_ = 0x3030'3030'3030'3030;

  std::array<char, (count_max + 1) * sizeof(std::uint64_t)> text_;  // eight each, zeros in front
  int before_point_ = 8;
};

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

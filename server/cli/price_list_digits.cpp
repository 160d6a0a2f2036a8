#include "server/cli/price_list_digits.hpp"

namespace server::cli {

// Division by a constant is a multiplication, and eight of 16 bits are done at a time: what is
// divided off comes to lie behind what is left, so that pairs of digits end up in their order.
bool ShortDecimals::set(std::span<const std::int64_t> mantissas, int decimals) {
  constexpr std::uint64_t limit = std::uint64_t{1} << 26U;  // below 100,000,000
  std::uint64_t any = 0;
  for (const std::int64_t mantissa : mantissas) any |= static_cast<std::uint64_t>(mantissa);
  if (any >= limit || decimals < 1 || decimals > 7) return false;
  before_point_ = 8 - decimals;
  std::array<std::uint16_t, 2 * count_max> fours{};
  for (std::size_t i = 0; i < mantissas.size(); ++i) {
    const auto number = static_cast<std::uint32_t>(mantissas[i]);
    fours[2 * i] = static_cast<std::uint16_t>(number / 10'000);
    fours[2 * i + 1] = static_cast<std::uint16_t>(number % 10'000);
  }
  std::array<std::uint16_t, 4 * count_max> pairs;  // NOLINT: all of it is written
  for (std::size_t i = 0; i < fours.size(); ++i) {
    const auto hundreds = static_cast<std::uint16_t>(fours[i] / 100);
    pairs[2 * i] = hundreds;
    pairs[2 * i + 1] = static_cast<std::uint16_t>(fours[i] - 100 * hundreds);
  }
  for (std::uint16_t& pair : pairs) {
    const auto tens = static_cast<std::uint16_t>(pair * 103) >> 10U;
    pair = static_cast<std::uint16_t>((tens | (pair - 10 * tens) << 8U) | 0x3030U);
  }
  static_assert(std::endian::native == std::endian::little);
  std::memcpy(text_.data(), pairs.data(), sizeof pairs);
  return true;
}

}  // namespace server::cli

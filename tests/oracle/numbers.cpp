#include "tests/oracle/numbers.hpp"

#include <stdexcept>

namespace oracle {

namespace {

Whole floor_of(const Rational& value) {
  const Whole top = numerator(value);
  const Whole bottom = denominator(value);
  Whole quotient = top / bottom;
  if (quotient * bottom > top) quotient -= 1;
  return quotient;
}

}  // namespace

std::optional<Rational> read_number(std::string_view text) {
  bool negative = false;
  std::size_t at = 0;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    at = 1;
  }
  Whole digits = 0;
  int places = -1;  // behind the point; -1 before one was seen
  int seen = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && places < 0) {
      places = 0;
      continue;
    }
    if (text[at] < '0' || text[at] > '9') return std::nullopt;
    digits = digits * 10 + (text[at] - '0');
    ++seen;
    if (places >= 0) ++places;
  }
  if (seen == 0) return std::nullopt;
  const Rational value{digits, power_of_ten(places < 0 ? 0 : places)};
  return negative ? Rational{-value} : value;
}

Rational number(std::string_view text) {
  const auto value = read_number(text);
  if (!value) throw std::invalid_argument("'" + std::string{text} + "' is no number");
  return *value;
}

Whole power_of_ten(int exponent) {
  Whole power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

Rational rounded(const Rational& value, int decimals, std::string_view mode) {
  const Rational scaled = value * Rational{power_of_ten(decimals)};
  const Whole below = floor_of(scaled);
  if (scaled == Rational{below}) return value;
  const Whole above = below + 1;
  const Whole away = scaled > 0 ? above : below;
  const Whole towards = scaled > 0 ? below : above;
  const Rational half{1, 2};
  const Rational over = scaled - Rational{below};
  Whole chosen = over < half ? below : above;
  if (mode == "up") {
    chosen = away;
  } else if (mode == "down") {
    chosen = towards;
  } else if (over == half) {
    if (mode == "half_up") chosen = away;
    if (mode == "half_down") chosen = towards;
    if (mode == "half_even") chosen = below % 2 == 0 ? below : above;
  }
  return Rational{chosen, power_of_ten(decimals)};
}

Whole ceiling(const Rational& value) {
  const Whole below = floor_of(value);
  return Rational{below} == value ? below : Whole{below + 1};
}

int decimals_of(std::string_view text) {
  const auto point = text.find('.');
  return point == std::string_view::npos ? 0 : static_cast<int>(text.size() - point - 1);
}

std::string text_of(const Rational& value) {
  constexpr int places_max = 80;
  Rational scaled = value;
  int places = 0;
  while (places < places_max && denominator(scaled) != 1) {
    scaled *= 10;
    ++places;
  }
  if (denominator(scaled) != 1) return value.str();
  std::string digits = Whole{abs(numerator(scaled))}.str();
  if (static_cast<int>(digits.size()) <= places)
    digits.insert(0, static_cast<std::size_t>(places) + 1 - digits.size(), '0');
  if (places > 0) digits.insert(digits.size() - static_cast<std::size_t>(places), ".");
  return (value < 0 ? "-" : "") + digits;
}

}  // namespace oracle

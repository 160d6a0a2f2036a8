#include "server/json/number_text.hpp"

#include <algorithm>
#include <charconv>

namespace server::json {

namespace {

constexpr std::string_view digit_characters = "0123456789";

// The digits that `text` begins with, taken off it.
std::string_view take_digits(std::string_view& text) {
  const auto digits = text.substr(0, text.find_first_not_of(digit_characters));
  text.remove_prefix(digits.size());
  return digits;
}

bool take_one_of(std::string_view& text, std::string_view characters) {
  if (text.empty() || characters.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

bool is_json_number(std::string_view token) {
  take_one_of(token, "-");
  const auto whole = take_digits(token);
  if (whole.empty() || (whole.size() > 1 && whole.front() == '0')) return false;
  if (take_one_of(token, ".") && take_digits(token).empty()) return false;
  if (take_one_of(token, "eE")) {
    take_one_of(token, "+-");
    if (take_digits(token).empty()) return false;
  }
  return token.empty();
}

std::optional<std::string> without_exponent(std::string_view token) {
  const auto mark = token.find_first_of("eE");
  if (mark == std::string_view::npos) return std::nullopt;
  auto power = token.substr(mark + 1);
  take_one_of(power, "+");
  int exponent = 0;
  const auto [end, error] = std::from_chars(power.data(), power.data() + power.size(), exponent);
  if (error != std::errc{} || exponent > exponent_max || exponent < -exponent_max)
    return std::nullopt;

  auto mantissa = token.substr(0, mark);
  const bool negative = take_one_of(mantissa, "-");
  std::string digits{take_digits(mantissa)};
  auto point = static_cast<int>(digits.size()) + exponent;
  if (take_one_of(mantissa, ".")) digits += mantissa;
  if (point < 1) {
    digits.insert(0, static_cast<std::size_t>(1 - point), '0');
    point = 1;
  }
  const auto whole = static_cast<std::size_t>(point);
  digits.append(whole - std::min(whole, digits.size()), '0');
  if (whole < digits.size()) digits.insert(whole, 1, '.');
  if (negative) digits.insert(0, 1, '-');
  return digits;
}

}  // namespace server::json

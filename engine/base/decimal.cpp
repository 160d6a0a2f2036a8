#include "engine/base/decimal.hpp"

#include <algorithm>
#include <array>

namespace engine::base {

namespace {

Decimal without_trailing_zeros(Decimal value) {
  while (value.decimals > 0 && value.mantissa % 10 == 0) {
    value.mantissa /= 10;
    --value.decimals;
  }
  return value;
}

Fault bad_number(std::string_view text, const char* what) {
  return Fault{FaultCode::bad_number, "", "'" + std::string{text} + "' " + what};
}

}  // namespace

bool operator==(const Decimal& a, const Decimal& b) {
  const Decimal x = without_trailing_zeros(a);
  const Decimal y = without_trailing_zeros(b);
  return x.mantissa == y.mantissa && (x.decimals == y.decimals || x.mantissa == 0);
}

Result<Decimal> parse_decimal(std::string_view text) {
  if (text.empty()) return Fault{FaultCode::missing_value, "", "a number is missing"};
  const bool negative = text.front() == '-';
  std::string_view digits = text;
  if (negative || text.front() == '+') digits.remove_prefix(1);
  Decimal value;
  bool point = false;
  int seen = 0;
  for (const char c : digits) {
    if (c == '.') {
      if (point) return bad_number(text, "has two decimal points");
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return bad_number(text, "is not a decimal number such as 1234.50");
    const int digit = c - '0';
    if (value.mantissa > (pow10<Int128>(pow10_128_max) - 1 - digit) / 10) {
      return Fault{FaultCode::out_of_range, "",
                   "'" + std::string{text} + "' has more than 38 digits"};
    }
    value.mantissa = value.mantissa * 10 + digit;
    ++seen;
    if (!point) continue;
    if (value.decimals == pow10_128_max) {
      return Fault{FaultCode::out_of_range, "",
                   "'" + std::string{text} + "' has more than 38 decimals"};
    }
    ++value.decimals;
  }
  if (seen == 0) return bad_number(text, "has no digits");
  if (negative) value.mantissa = -value.mantissa;
  return value;
}

void append_decimal(std::string& out, Int128 mantissa, int decimals) {
  // An exact amount can have far more decimals than a number that was read: room for as many as
  // eight bits can say.
  std::array<char, 264>
      buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled from the end
  auto position = buffer.end();
  const bool negative = mantissa < 0;
  UInt128 rest = negative ? -static_cast<UInt128>(mantissa) : static_cast<UInt128>(mantissa);
  int written = 0;
  while (rest > UINT64_MAX) {
    *--position = static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
    if (++written == decimals) *--position = '.';
  }
  auto low = static_cast<std::uint64_t>(rest);
  while (low != 0 || written <= decimals) {
    *--position = static_cast<char>('0' + static_cast<int>(low % 10));
    low /= 10;
    if (++written == decimals) *--position = '.';
  }
  if (negative) *--position = '-';
  out.append(position, buffer.end());
}

std::string to_string(const Decimal& value) {
  std::string out;
  append_decimal(out, value.mantissa, value.decimals);
  return out;
}

std::string to_string_short(const Decimal& value) {
  return to_string(without_trailing_zeros(value));
}

std::optional<Int128> mantissa_at(const Decimal& value, int decimals) {
  Decimal exact = value;
  while (exact.decimals > decimals) {
    if (exact.mantissa % 10 != 0) return std::nullopt;
    exact.mantissa /= 10;
    --exact.decimals;
  }
  const int missing = decimals - exact.decimals;
  if (missing > pow10_128_max) {
    if (exact.mantissa == 0) return Int128{0};
    return std::nullopt;
  }
  const Int128 power = pow10<Int128>(missing);
  if (exact.mantissa > int128_max / power || exact.mantissa < -(int128_max / power))
    return std::nullopt;
  return exact.mantissa * power;
}

std::optional<Int128> mantissa_rounded(const Decimal& value, int decimals, Rounding mode) {
  const int lost = value.decimals - decimals;
  if (lost <= 0) return mantissa_at(value, decimals);
  return round_quotient<Int128>(value.mantissa, pow10<Int128>(lost), mode);
}

}  // namespace engine::base

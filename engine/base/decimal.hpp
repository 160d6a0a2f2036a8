// Decimal: an exact decimal number at the edges: mantissa * 10^-decimals, up to 38 digits. Parsed
// from the text of a token and printed back without ever passing through floating point. Not for
// the hot path, where the number of decimals is fixed per step (see snapshot/bind.hpp).
#pragma once

#include "engine/base/int128.hpp"
#include "engine/base/result.hpp"
#include "engine/base/rounding.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace engine::base {

struct Decimal {
  Int128 mantissa = 0;
  std::uint8_t decimals = 0;

  // Numeric, not textual: 5 equals 5.00.
  friend bool operator==(const Decimal& a, const Decimal& b);
};

// Optional sign, digits, optional point and digits ("-12.50", ".0200", "7."). No exponent, no
// blanks, no separators. Faults: missing_value for an empty text, bad_number, out_of_range past 38
// digits. `where` of the fault is empty.
Result<Decimal> parse_decimal(std::string_view text);

// All decimals are printed: {202500, 2} is "2025.00".
std::string to_string(const Decimal& value);
// The same without trailing zeros: "2025".
std::string to_string_short(const Decimal& value);

// Appends to `out`; the hot printer behind both.
void append_decimal(std::string& out, Int128 mantissa, int decimals);

// The mantissa at exactly `decimals` decimals; nothing when digits would be lost or 128 bits do not
// hold it.
std::optional<Int128> mantissa_at(const Decimal& value, int decimals);

// The mantissa at `decimals` decimals, rounded by `mode` where digits are lost; nothing when 128
// bits do not hold it.
std::optional<Int128> mantissa_rounded(const Decimal& value, int decimals, Rounding mode);

}  // namespace engine::base

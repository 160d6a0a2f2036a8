// Numbers of the oracle: rationals of any size, so that nothing is ever rounded but where a
// rounding is asked for, and a rounding is what its name says: the two neighbours are compared.
// Slow and plain on purpose; any thread.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace oracle {

using Whole = boost::multiprecision::cpp_int;
using Rational = boost::multiprecision::cpp_rational;

// "-12.50", "7.", ".5", "+3"; nothing for any other text.
std::optional<Rational> read_number(std::string_view text);

// The same for text that the caller knows to be a number; std::invalid_argument otherwise.
Rational number(std::string_view text);

Whole power_of_ten(int exponent);

// Value rounded to `decimals` places. Modes: half_up, half_even, half_down, up, down; half modes
// and up, down go by distance from zero.
Rational rounded(const Rational& value, int decimals, std::string_view mode);

// The smallest whole number that is not below the value.
Whole ceiling(const Rational& value);

// How many decimals the text of a number has.
int decimals_of(std::string_view text);

// "12.5", or "1/3" where the decimal does not end: for messages and for comparing with a caret
// under the difference.
std::string text_of(const Rational& value);

}  // namespace oracle

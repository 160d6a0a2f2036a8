// An amount over lines by weight, to the smallest unit.
#pragma once

#include "tests/oracle/numbers.hpp"
#include "tests/oracle/rules.hpp"

#include <vector>

namespace oracle {

// All in smallest units. Weights below 0 count as 0; where none is above, all lines share evenly.
// `caps` (none, or one a line) are what a line can take: the rest goes to the other lines by the same
// weights, or is lost where the rule does not redistribute.
std::vector<Whole> spread(const Whole& amount, std::vector<Rational> weights,
                          const std::vector<Whole>& caps, const SpreadRule& rule);

}  // namespace oracle

// Spreads an amount over lines by weight, to the smallest unit: the shares always sum to the
// amount, as far as the lines can take it. All integers, in the smallest unit.
#pragma once

#include "engine/base/wide.hpp"
#include "engine/rule/procedure.hpp"

#include <span>
#include <vector>

namespace engine::price {

// Negative weights count as 0; where all are 0 the lines share evenly. A negative amount is spread
// like a positive one. `caps` (none, or one a line, not negative) limit the shares' magnitudes:
// what a cap keeps off goes to the lines below theirs by the same weights where
// `rule.redistribute` says so, and is lost otherwise or where no line can take it.
std::vector<base::Int128> spread(base::Int128 amount, std::span<const base::Int256> weights,
                                 std::span<const base::Int128> caps, const rule::SpreadRule& rule);

}  // namespace engine::price

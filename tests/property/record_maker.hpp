// Makes condition records out of a number, under the keys that the procedure's accesses look under:
// many of them under few keys, so that they overlap, tie and sit on each other's borders.
#pragma once

#include "tests/oracle/rules.hpp"
#include "tests/oracle/world.hpp"
#include "tests/property/draw.hpp"
#include "tests/property/world_maker.hpp"

namespace property {

// What the engine does not do yet is not asked of it; each is false until it does.
inline constexpr bool percent_formulas = true;  // formulas of percents: fractions or percents?
inline constexpr bool packages_by_price_unit =
    true;  // packages and flat amounts beside a price unit
inline constexpr bool order_finds_see_lines = true;  // sums in records that the order finds
inline constexpr bool exact_counts = true;       // counted scales and units without a finite factor
inline constexpr bool pools_of_one_line = true;  // buy_when of a step over the line

// Whether records may have sums over lines in their conditions.
bool may_sum(const oracle::Rules& rules);

void make_records(const oracle::Rules& rules, const WorldPlan& plan, Draw& draw,
                  oracle::World& world);

}  // namespace property

// A record's own scale, read from the text that people write.
#pragma once

#include "tests/oracle/numbers.hpp"
#include "tests/oracle/world.hpp"

#include <optional>
#include <vector>

namespace oracle {

struct TierRow {
  Rational rate;
  Rational flat;
  std::optional<Rational> from;
  std::optional<Rational> to;
};

struct OwnScale {
  std::vector<TierRow> tiers;
  Rational package_size;
  Rational free_units;
};

// Rates as they are written: percents as percents.
OwnScale scale_of(const RecordRow& record);

// The tier that a quantity reaches; nothing below the lowest and beyond the last.
std::optional<std::size_t> tier_at(const OwnScale& scale, const Rational& quantity);

// What a quantity costs, in units of the record: the part that goes by the price unit, and the part
// that does not.
struct ScaledCost {
  Rational by_rate;
  Rational flat;
};

ScaledCost cost_of(const RecordRow& record, const Rational& quantity);

}  // namespace oracle

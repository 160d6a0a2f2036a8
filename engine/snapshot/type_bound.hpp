// What the data says about one condition type, for the proof of widths in bind.cpp.
#pragma once

#include "engine/base/wide.hpp"

#include <cstdint>

namespace engine::snapshot {

struct TypeBound {
  std::uint8_t decimals = 0;   // the most of any record
  base::BigInt magnitude = 0;  // the largest value of any record, at `decimals`
};

}  // namespace engine::snapshot

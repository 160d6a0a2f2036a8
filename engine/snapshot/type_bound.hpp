// What the data says about values, for the proof of widths in bind.cpp.
#pragma once

#include "engine/base/int128.hpp"
#include "engine/base/wide.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace engine::snapshot {

struct ValueBound {
  std::uint8_t decimals = 0;   // the most of any
  base::BigInt magnitude = 0;  // the largest, at `decimals`
  // The same by the decimals of a value, up to `decimals`; as far as 127 bits hold it.
  std::vector<base::Int128> narrow_by_decimals;

  void include(base::BigInt value, int value_decimals);

  // Up to the next power of two, less one: values of later records are mostly no larger than that,
  // and a bit more of width is mostly there. Makes narrow_by_decimals.
  void give_room();
};

struct TypeBound : ValueBound {  // of the records' values and scales
  // By Schema::find_number, of those that are there.
  std::map<std::uint16_t, ValueBound> parameters;
  std::uint32_t tiers = 1;  // of the longest scale
};

struct DataBounds {
  std::vector<TypeBound> types;    // by condition type
  std::vector<ValueBound> fields;  // by field; of those whose value is a number
  base::BigInt rate = 1;           // largest numerator or denominator of an exchange rate
};

}  // namespace engine::snapshot

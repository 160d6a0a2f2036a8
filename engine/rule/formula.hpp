// Formula: an expression over quantities, amounts and results of earlier steps, as a postfix
// program. Exact decimals throughout: a sum takes the larger number of decimals, a product the sum
// of both, and only the rounding instructions lose digits, by a named mode. Division exists only
// inside a rounding. Truth is 0 or 1. Made by rules/expression from text; given its number of
// decimals and its width by snapshot/bind.
#pragma once

#include "engine/base/decimal.hpp"
#include "engine/base/rounding.hpp"
#include "engine/model/ids.hpp"

#include <cstdint>
#include <vector>

namespace engine::rule {

enum class Op : std::uint8_t {
  constant,
  quantity,      // of the line, in the unit ordered
  step_amount,   // an earlier step's amount as rounded by it
  step_exact,    // the same before its rounding
  record_value,  // the value of the record that an earlier step found; 0 where it found none
  record_found,  // 1 where an earlier step found a record
  record_flag,   // 1 where the record found carries the flag; 0 also where none was found
  add,
  subtract,
  multiply,
  negate,
  minimum,
  maximum,
  less,
  less_equal,
  equal,
  not_equal,
  logical_and,
  logical_or,
  logical_not,
  select,        // condition, then, else
  round,         // to `decimals` by `mode`
  divide_round,  // a / b, rounded once; a line whose divisor is 0 gets the outcome division_by_zero
  extend_round,  // a price times the line's quantity in the unit and price unit of `step`'s record,
                 // rounded once
};

struct Instruction {
  Op op = Op::constant;
  std::uint8_t decimals = 0;                      // of the rounding instructions
  base::Rounding mode = base::Rounding::half_up;  // of the rounding instructions
  std::uint16_t step = 0;                         // index of the step referred to
  model::FlagId flag;
  base::Decimal constant;
};

using Formula = std::vector<Instruction>;

struct RoundTo {
  std::uint8_t decimals = 2;
  base::Rounding mode = base::Rounding::half_up;

  friend bool operator==(const RoundTo&, const RoundTo&) = default;
};

}  // namespace engine::rule

// Formula: an expression over quantities, amounts, fields and results of earlier steps, as a
// postfix program. Exact decimals throughout: a sum takes the larger number of decimals, a product
// the sum of both, and only the rounding instructions lose digits, by a named mode. Division exists
// only inside a rounding. Truth is 0 or 1. A number that is not there - a field that an article
// does not have - makes a comparison false, and an amount that needs it the outcome `missing_value`.
// Made by rules/expression from text; given its number of decimals and its width by snapshot/bind.
#pragma once

#include "engine/base/decimal.hpp"
#include "engine/base/rounding.hpp"
#include "engine/model/ids.hpp"
#include "engine/model/record_text.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace engine::rule {

enum class Op : std::uint8_t {
  // Loads; `last_load` is the last of them.
  constant,
  quantity,          // of the line, in the unit ordered
  base_quantity,     // the same in base units, to six decimals, half up
  step_amount,       // an earlier step's amount as rounded by it
  step_exact,        // the same before its rounding
  record_value,      // the value of the record that an earlier step found; 0 where it found none
  record_found,      // 1 where an earlier step found a record
  record_flag,       // 1 where the record found carries the flag; 0 also where none was found
  record_parameter,  // number `index` of the record found; missing where it has none
  record_has_parameter,  // 1 where the record found has number `index`
  field_among,           // 1 where one of the field's values on this line is one of `codes`
  field_test,            // 1 where one of the field's values passes `test` with codes.front()
  field_given,           // 1 where the field has a value on this line
  field_number,          // the field's value; missing where it has none
  input,                 // number `index` of what the record's type names as inputs
  aggregate,             // number `index` of the procedure's aggregates
  running,               // within an apply step: what is left of the line's amount
  charge_left,           // what the apply step `step` left of its charge number `index`
  // Operations
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
                 // rounded once; where that found none, times the quantity ordered
  unit_round,    // a price brought to one ordered unit, by `step`'s record in the same way
  scale_round,   // what the whole line costs by the own scale of `step`'s record; pushes
  convert_round,  // an amount in the currency of `step`'s record in that of the question, at the
                  // rate of the line's date; the outcome no_exchange_rate where there is none
  ending,         // the price with one of the endings `list` per `base`, nearest, up or down by
                  // `mode` (half_up is nearest; the higher one of two equally near)
};

inline constexpr Op last_load = Op::charge_left;

// How many values it takes off the stack.
constexpr std::size_t operand_count(Op op) {
  if (op <= last_load || op == Op::scale_round) return 0;
  switch (op) {
    case Op::negate:
    case Op::logical_not:
    case Op::round:
    case Op::extend_round:
    case Op::unit_round:
    case Op::convert_round:
    case Op::ending:
      return 1;
    case Op::select:
      return 3;
    default:
      return 2;
  }
}

enum class TextTest : std::uint8_t { starts_with, ends_with, contains };

struct Instruction {
  Op op = Op::constant;
  std::uint8_t decimals = 0;                      // of the rounding instructions
  base::Rounding mode = base::Rounding::half_up;  // of the rounding instructions
  TextTest test = TextTest::starts_with;
  std::uint16_t step = 0;   // index of the step referred to
  std::uint16_t index = 0;  // of a parameter, input, aggregate or charge
  model::FlagId flag;
  model::FieldId field;
  base::Decimal constant;           // the base of `ending`, too
  std::vector<std::string> codes;   // texts that a field is compared with
  std::vector<base::Decimal> list;  // of `ending`
};

using Formula = std::vector<Instruction>;

enum class AggregateKind : std::uint8_t { sum, count, exists, all, minimum, maximum };

// A number of the order: over its lines that have a price so far.
struct Aggregate {
  AggregateKind kind = AggregateKind::sum;
  Formula of;            // a number, or a truth of count, exists and all
  bool running = false;  // it depends on what an apply step leaves: computed anew after each record
};

struct RoundTo {
  std::uint8_t decimals = 2;
  base::Rounding mode = base::Rounding::half_up;

  friend bool operator==(const RoundTo&, const RoundTo&) = default;
};

// What a record's own text compiles to. The `index` of an Op::input counts the names here; a step
// that finds such a record says what they stand for (Find::inputs). A record_parameter of `step`
// no_step is the record's own.
// Aggregates of its own are over the inputs and fields of all lines.
struct RecordFormula final : model::CompiledText {
  Formula code;
  std::vector<std::string> inputs;
  std::vector<Aggregate> aggregates;
};

inline constexpr std::uint16_t no_step = UINT16_MAX;

}  // namespace engine::rule

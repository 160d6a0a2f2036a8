// Bound procedures: a rule::Procedure with everything fixed that depends on the data - codes of
// constants, the number of decimals of every value, and the width (64, 128 or 256 bit) that is
// proved to hold every intermediate result. The proof takes the largest value among the records of
// each condition type and the procedure's largest quantity; a procedure that 256 bits can't hold is
// refused (width_unprovable). No division happens but by a named rounding.
#pragma once

#include "engine/base/int128.hpp"
#include "engine/base/result.hpp"
#include "engine/rule/procedure.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace engine::snapshot {

struct BoundInstruction {
  rule::Op op = rule::Op::constant;
  base::Rounding mode = base::Rounding::half_up;
  std::uint16_t step = 0;
  std::uint16_t flags = 0;  // mask for record_flag
  std::uint8_t shift_left =
      0;  // powers of ten that bring the operands to a common number of decimals
  std::uint8_t shift_right = 0;
  std::uint8_t drop = 0;      // decimals that a rounding drops
  std::uint8_t decimals = 0;  // of the result
  base::Int128 constant = 0;
};

struct BoundFormula {
  std::vector<BoundInstruction> code;
  std::uint16_t exact_length = 0;  // instructions before the step's own rounding
  base::Width width = base::Width::bits64;
  std::uint8_t exact_decimals = 0;
  std::uint8_t decimals = 0;  // of the result
};

struct BoundAccess {
  const rule::Access* rule = nullptr;
  std::uint16_t number = 0;  // within its step
  // By party field of the table: the ids a constant stands for; empty: the question's own values.
  std::vector<std::vector<std::uint32_t>> constants;
};

struct BoundStep {
  const rule::Step* rule = nullptr;
  std::uint8_t value_decimals = 0;  // of record_value
  std::vector<BoundAccess> accesses;
  BoundFormula when;
  BoundFormula amount;        // always there: a step without a formula has record_value
  bool exact_needed = false;  // a later formula refers to the amount before rounding
};

struct BoundProcedure {
  const rule::Procedure* rule = nullptr;
  std::vector<BoundStep> steps;
  std::vector<std::uint16_t> order;  // steps by phase, then as written
  std::uint16_t access_count = 0;
};

struct TypeBound;

// Gives the ids behind constant codes; codes nobody knows yet are left out.
class CodeResolver {
 public:
  virtual ~CodeResolver() = default;
  virtual std::vector<std::uint32_t> ids(model::FieldId field,
                                         const std::vector<std::string>& codes) const = 0;
};

base::Result<BoundProcedure> bind_procedure(const rule::Procedure& procedure,
                                            const model::Schema& schema,
                                            std::span<const TypeBound> types,
                                            const CodeResolver& codes);

}  // namespace engine::snapshot

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
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace engine::snapshot {

struct BoundInstruction {
  rule::Op op = rule::Op::constant;
  base::Rounding mode = base::Rounding::half_up;
  rule::TextTest test = rule::TextTest::starts_with;
  std::uint16_t step = 0;
  std::uint16_t index = 0;  // of a parameter, input, aggregate or charge
  std::uint16_t set = 0;    // index into BoundFormula::sets, texts or lists
  std::uint32_t flags = 0;  // mask for record_flag
  model::FieldId field;
  std::uint8_t shift_left =
      0;  // powers of ten that bring the operands to a common number of decimals
  std::uint8_t shift_right = 0;
  std::uint8_t drop = 0;      // decimals that a rounding drops
  std::uint8_t decimals = 0;  // of the result
  base::Int128 constant = 0;
};

struct BoundFormula {
  std::vector<BoundInstruction> code;
  std::vector<std::vector<std::uint32_t>> sets;  // ids that a field is compared with, rising
  std::vector<std::string> texts;                // that a field is tested with
  std::vector<std::vector<base::Int128>> lists;  // endings
  std::uint16_t exact_length = 0;                // instructions before the step's own rounding
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

struct BoundInput {
  std::string name;
  BoundFormula value;
};

struct BoundAggregate {
  rule::AggregateKind kind = rule::AggregateKind::sum;
  bool running = false;  // of what an apply step leaves
  BoundFormula of;
};

// A condition or formula of a record's own.
struct BoundText {
  BoundFormula formula;
  BoundFormula party;  // of a condition, what it says of the customer and the question alone
  std::uint8_t percent_decimals = 0;  // that a percent has beyond those of the formula
  std::vector<BoundAggregate> aggregates;
};

// As one step runs them, by their number among the facts' record texts; those that no record of the
// step has are empty.
using BoundTexts = std::vector<BoundText>;

struct BoundApply {
  BoundFormula base;
  BoundFormula units;   // without code: the quantity ordered
  BoundFormula floor;   // without code: 0
  BoundFormula weight;  // without code: what is left of the line
  std::uint8_t decimals = 0;
  base::Rounding mode = base::Rounding::half_up;
};

struct BoundSpread {
  BoundFormula total;
  BoundFormula weight;
};

struct BoundStep {
  const rule::Step* rule = nullptr;
  std::uint8_t value_decimals = 0;  // of record_value
  std::vector<BoundAccess> accesses;
  std::uint32_t first_access = 0;  // its place among the accesses of all steps, as they are written
  BoundFormula when;
  BoundFormula amount;        // always there: a step without a formula has record_value
  bool exact_needed = false;  // a later formula refers to the amount before rounding
  // What the hot path asks of every step, beside each other.
  bool finds = false;
  bool applies = false;
  bool guards = false;
  bool is_plain = true;  // its records are a number each, and their scales are read with the
                         // quantity of the line
  // Of a key's records that differ in value, threshold and validity alone, the one with the highest
  // threshold wins: what its comparators ask before that, such records have in common.
  bool highest_threshold_wins = false;
  // Where its records, or their documents, have more than a value:
  bool has_more = false;
  bool sums_over_lines = false;  // some text has aggregates of its own
  BoundFormula basis;
  BoundFormula below_lowest;
  std::vector<BoundInput> inputs;
  BoundTexts texts;
  std::optional<BoundApply> apply;
  std::optional<BoundSpread> spread;
};

// A run of steps between barriers: block by block and side by side, or (serial) one step over all
// lines on one thread.
struct Segment {
  std::uint16_t begin = 0;  // into BoundProcedure::order
  std::uint16_t end = 0;
  bool serial = false;
  std::vector<std::uint16_t> aggregates;  // to compute before it
};

struct BoundProcedure {
  const rule::Procedure* rule = nullptr;
  std::vector<BoundStep> steps;
  std::vector<std::uint16_t> order;  // steps by phase, then as written
  std::vector<Segment> segments;
  std::vector<BoundAggregate> aggregates;
  model::TextId rate_kind;
  model::CurrencyId rate_currency;
  std::uint16_t access_count = 0;
};

struct DataBounds;

// Gives the ids behind constant codes; codes nobody knows yet are left out.
class CodeResolver {
 public:
  virtual ~CodeResolver() = default;
  virtual std::vector<std::uint32_t> ids(model::FieldId field,
                                         const std::vector<std::string>& codes) const = 0;
};

// What records carry beside their values, for binding.
struct RecordTexts {
  std::vector<model::RecordText> texts;
  // By condition type: the numbers of the texts that its records, or documents they may come from,
  // have.
  std::vector<std::vector<std::uint32_t>> of_type;
  std::vector<bool> has_more;  // by condition type
};

base::Result<BoundProcedure> bind_procedure(const rule::Procedure& procedure,
                                            const model::Schema& schema, const DataBounds& data,
                                            const RecordTexts& texts, const CodeResolver& codes);

}  // namespace engine::snapshot

// What a record that has more than a value comes to on a line: its own condition, the value by its
// formula or scale, the amount that a whole line costs by its scale. Pure; slow beside a plain
// value: tens of nanoseconds a record.
#pragma once

#include "engine/price/formula_kernel.hpp"
#include "engine/price/scratch.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace engine::price {

// What scales are read with: numerator / denominator, in millionths like thresholds.
struct ScaleBasis {
  base::Int256 numerator = 0;
  base::Int256 denominator = 1;

  bool reaches(base::Quantity bound) const {
    return base::Int256{bound.mantissa()} * denominator <= numerator;
  }

  bool is_within(base::Quantity bound) const {
    return numerator <= base::Int256{bound.mantissa()} * denominator;
  }
};

// The quantity without its sign: in the record's unit where it is bound to one, else in base units.
ScaleBasis quantity_basis(const snapshot::Snapshot& snapshot, const model::Terms& terms,
                          const Line& line);

// A basis that a formula gives: `value` at `decimals`, without its sign.
inline ScaleBasis basis_from(const base::Int256& value, int decimals) {
  const base::Int256 magnitude = value < 0 ? base::Int256{-value} : value;
  return {base::Int256{magnitude * base::pow10<base::Int256>(base::Quantity::decimals)},
          base::pow10<base::Int256>(decimals)};
}

// The tier that the basis reaches; nothing below the lowest and beyond the last one.
std::optional<std::size_t> reached_tier(const model::Scale& scale, const ScaleBasis& basis);

struct ScaledAmount {
  base::Int256 numerator = 0;  // at the step's value decimals and six more
  base::Int256 denominator = 1;
};

// What the line costs by the record: by its own scale, else its value times the quantity. `value`
// may be null for records that have no more than their own value.
ScaledAmount scaled_amount(const snapshot::Snapshot& snapshot, std::uint32_t record,
                           const Line& line, std::uint8_t decimals, const base::Int256* value);

// One step's records on the lines of a question.
struct RecordContext {
  const snapshot::Snapshot* snapshot = nullptr;
  const snapshot::BoundProcedure* procedure = nullptr;
  const snapshot::BoundStep* step = nullptr;
  const Header* header = nullptr;
  std::span<const Line> lines;
  const PricedLines* priced = nullptr;
  std::span<const Line>
      summed_lines;  // what sums run over: all lines, where `lines` is the order's
  const PricedLines* summed_priced = nullptr;  // own that stands for them
  const Columns* columns = nullptr;
  const InputColumns* inputs = nullptr;
  const Running* running = nullptr;
  BlockScratch* scratch = nullptr;
  TextAggregates* aggregates = nullptr;
  bool line_scope = false;
};

// Takes the sums of a text over all lines, so that they stand for all that asks for them later.
void take_aggregates(const RecordContext& context, std::uint32_t text);

struct Met {
  bool met = false;
  model::Outcome outcome = model::Outcome::priced;  // else why it can't be told
};

// Whether text number `text` is true on a line, for the record whose extra is `own` (or null).
Met is_met(const RecordContext& context, std::uint32_t text, const model::RecordExtra* own,
           std::size_t line);

// Whether the record's own condition and its document's are met.
Met meets_conditions(const RecordContext& context, std::uint32_t record, std::size_t line);

struct RecordValue {
  base::Int256 value = 0;  // at the step's value decimals
  model::Outcome outcome = model::Outcome::priced;
};

// The record's value on the line. `basis` says which tier of a scale counts.
RecordValue value_on(const RecordContext& context, std::uint32_t record, std::size_t line,
                     const ScaleBasis& basis);

// Lines of the question, one after the other.
struct LineRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// An aggregate over those of the lines that have a price so far.
AggregateValue aggregate_over(const RecordContext& context,
                              const snapshot::BoundAggregate& aggregate, const LineRange& range);

// What each line adds to aggregate `number` of the procedure, as the column of that number.
void column_over(const RecordContext& context, std::size_t number, InputColumns& to);

// The aggregate over some lines of such a column.
AggregateValue sum_of(const InputColumns& from, std::size_t number, rule::AggregateKind kind,
                      std::span<const std::uint32_t> lines);

}  // namespace engine::price

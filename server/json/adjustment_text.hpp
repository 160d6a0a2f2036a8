// What promotions and charges leave beside the lines' prices, as JSON: adjustments by line, amounts
// of the order, free lines. Amounts of adjustments are what a record took off; negative ones were
// put on. One writer belongs to one answer; it costs nothing where there is nothing to tell.
#pragma once

#include "engine/quote/answer.hpp"
#include "engine/quote/question.hpp"
#include "engine/snapshot/snapshot.hpp"
#include "server/json/json_writer.hpp"

#include <cstdint>
#include <vector>

namespace server::json {

// The condition type of a record, traced back to its table.
const engine::model::ConditionType& type_of_record(const engine::snapshot::Snapshot& snapshot,
                                                   std::uint32_t record);

// The members "type", "document" and "record" of a record; none where there is no record.
void write_record_place(const engine::snapshot::Snapshot& snapshot, std::uint32_t record,
                        JsonWriter& json);

class AdjustmentText {
 public:
  // Requires that all outlive the writer.
  AdjustmentText(const engine::snapshot::Snapshot& snapshot,
                 const engine::quote::Question& question, const engine::price::PricedLines& priced);

  // "adjustments" of a line, in the order in which they were made.
  void write_line(std::size_t line, JsonWriter& json) const;

  // "order" and "order_adjustments".
  void write_order(JsonWriter& json) const;

  void write_free_lines(JsonWriter& json) const;

 private:
  void write_adjustment(const engine::price::Adjustment& adjustment, JsonWriter& json) const;
  void write_free_line(const engine::price::FreeLine& free, JsonWriter& json) const;

  const engine::snapshot::Snapshot& snapshot_;
  const engine::rule::Procedure& procedure_;
  const engine::price::PricedLines& priced_;
  std::vector<std::uint32_t> by_line_;  // adjustments of lines, line after line
};

}  // namespace server::json

// Partition: what a batch that replaces as a whole says to bring all of: the records of one kind that
// have certain values, such as all prices of one type in one list. What it does not bring of that goes.
// Conditions: their type, and any of key fields, agreement and promotion. Stock and receipts: a
// warehouse; assignments: a price list; exchange rates: a kind; of these four no value at all means
// every record. Written `column:value,column:value`; `\` before a comma or a `\` inside a value.
// `records:KIND` says of which kind, where a batch makes records of several. Part of the journal's
// form. Plain values; any thread.
#pragma once

#include "engine/base/result.hpp"
#include "engine/model/facts.hpp"
#include "server/feed/canonical.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server::feed {

struct Partition {
  std::optional<Kind> kind;  // none: the only kind of the batch's records that can be replaced
  std::vector<std::pair<std::string, std::string>> values;  // column and what it must be

  friend bool operator==(const Partition&, const Partition&) = default;
};

// Fault: bad_request.
engine::base::Result<Partition> parse_partition(std::string_view text);
std::string to_string(const Partition& partition);

// Whether records of this kind can be replaced as a whole.
bool is_replaceable(Kind kind);

// Requires a kind. Faults: bad_request, naming the column that can't be declared or is missing.
engine::base::Result<void> check_partition(const Partition& partition,
                                           const engine::model::Schema& schema);

// Takes away what is of the partition and was not put since facts.begin_batch(); how many.
engine::base::Result<std::uint64_t> remove_rest(engine::model::Facts& facts,
                                                const Partition& partition);

// Records of the partition; 0 for conditions, which nobody counts.
std::uint64_t count_of(const engine::model::Facts& facts, const Partition& partition);

// A partition beside the columns of a table: tells rows that are not of it.
class PartitionFence {
 public:
  PartitionFence(const Partition& partition, std::span<const std::string> columns);

  // What is wrong with a row that lies outside.
  std::optional<engine::base::Fault> outside(std::span<const std::string_view> cells) const;

 private:
  const Partition* partition_;
  std::vector<std::optional<std::size_t>> cells_;  // of each value; none: there is no such column
};

}  // namespace server::feed

// Version: what a record said after one of its changes: columns and their values, those that are empty
// left out. Kept as one text, since an answer may have to hold many. Plain values; any thread.
#pragma once

#include "server/audit/batch_rows.hpp"
#include "server/feed/partition.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server::audit {

using Cells = std::vector<std::pair<std::string_view, std::string_view>>;  // column and value

// One column of a change; `old_value` and `new_value` empty: it said nothing.
struct ColumnChange {
  std::string column, old_value, new_value;

  friend bool operator==(const ColumnChange&, const ColumnChange&) = default;
};

class Version {
 public:
  Version() = default;
  Version(const RowShape& shape, std::span<const std::string_view> cells);
  // Of a rules document or feed description.
  static Version of_text(std::string_view file, std::string_view name, std::string_view text);

  // Views into this.
  Cells cells() const;

  // Empty where there is no such column.
  std::string_view value(std::string_view column) const;

  // Whether it has all values of the partition, which is of its kind.
  bool is_of(const feed::Partition& partition, feed::Kind kind) const;

  friend bool operator==(const Version&, const Version&) = default;

 private:
  void add(std::string_view column, std::string_view value);

  std::string text_;
};

// Columns that differ, in the order of the newer one; those of the older one alone come last.
std::vector<ColumnChange> changed_columns(feed::Kind kind, const Version& older,
                                          const Version& newer);

// Of texts: the lines that differ, from the first such line to the last; long ones are cut.
std::vector<ColumnChange> changed_lines(const Version& older, const Version& newer);

}  // namespace server::audit

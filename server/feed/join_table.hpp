// JoinTable: another file of the import, by key, with the columns that are asked of it. Immutable
// once loaded; any thread. Cost: one hash a look-up; it owns its texts.
#pragma once

#include "engine/base/result.hpp"
#include "engine/model/dictionary.hpp"
#include "server/feed/feed_description.hpp"
#include "server/feed/text_source.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace server::feed {

class JoinTable {
 public:
  explicit JoinTable(std::vector<std::string> columns) : columns_{std::move(columns)} {}

  // Adds the rows of one file. Faults, with the line: those of the rows (a look-up can't do without
  // some of them), duplicate_key where the join allows one row a key.
  engine::base::Result<void> load(const Join& join, const SourceText& source);

  // Positions for value(), by name.
  std::optional<std::size_t> column(std::string_view name) const;

  std::optional<std::uint32_t> find(std::string_view key) const { return keys_.find(key); }

  std::string_view value(std::uint32_t row, std::size_t column) const {
    return values_[row * columns_.size() + column];
  }

  // Between the parts of a key of several columns.
  static constexpr char key_separator = '\x1f';

 private:
  engine::base::Result<void> add(const Join& join, const std::string& key,
                                 std::span<const std::string_view> values);

  std::vector<std::string> columns_;
  engine::model::Dictionary keys_;   // numbers are rows
  std::vector<std::string> values_;  // row after row
};

}  // namespace server::feed

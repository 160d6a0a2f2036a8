#include "server/feed/join_table.hpp"

#include "server/feed/table_reader.hpp"

#include <algorithm>

namespace server::feed {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

std::optional<std::size_t> JoinTable::column(std::string_view name) const {
  const auto found = std::ranges::find(columns_, name);
  if (found == columns_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns_.begin());
}

Result<void> JoinTable::load(const Join& join, const SourceText& source) {
  std::vector<std::string> needed = join.key;
  for (const std::string& name : columns_) {
    if (std::ranges::find(needed, name) == needed.end()) needed.push_back(name);
  }
  auto rows = TableReader::open(source, join.format, needed);
  if (!rows) return rows.error();
  const auto positions = [&](const std::vector<std::string>& names) {
    std::vector<std::size_t> found;
    found.reserve(names.size());
    for (const std::string& name : names) found.push_back(*rows->column(name));
    return found;
  };
  const auto key_columns = positions(join.key);
  const auto value_columns = positions(columns_);
  std::string key;
  std::vector<std::string_view> values(columns_.size());
  while (rows->next()) {
    const std::string line = "line " + std::to_string(rows->line());
    if (rows->problem()) return Fault{rows->problem()->code, line, rows->problem()->detail};
    key.clear();
    for (const std::size_t column : key_columns) {
      if (column != key_columns.front()) key += key_separator;
      key += rows->cell(column);
    }
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = rows->cell(value_columns[i]);
    if (auto ok = add(join, key, values); !ok)
      return Fault{ok.error().code, line, ok.error().detail};
  }
  return {};
}

Result<void> JoinTable::add(const Join& join, const std::string& key,
                            std::span<const std::string_view> values) {
  const std::size_t known = keys_.size();
  const std::uint32_t row = keys_.intern(key);
  if (row == known) {
    for (const std::string_view value : values) values_.emplace_back(value);
    return {};
  }
  if (join.rows == Join::Rows::one) {
    std::string shown = key;
    std::ranges::replace(shown, key_separator, ' ');
    return Fault{
        FaultCode::duplicate_key, "",
        "the key '" + shown + "' stands twice; \"rows\" of the join says how to take that"};
  }
  if (join.rows == Join::Rows::first) return {};
  for (std::size_t i = 0; i < values.size(); ++i)
    values_[row * columns_.size() + i].append(";").append(values[i]);
  return {};
}

}  // namespace server::feed

// The columns of a price list, in the order in which they stand unless others are asked for. Their
// names are those of the CSV heading and of NDJSON members.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace server::cli {

enum class ListColumn : std::uint8_t {
  customer,
  article,
  name,
  quantity,
  unit,
  currency,
  price_unit,
  unit_price,
  price_unit_of_measure,
  outcome,
  document,
  valid_until,
  band,
  expected,
};

inline constexpr std::array<std::string_view, 14> list_column_names{
    "customer",   "article",    "name",
    "quantity",   "unit",       "currency",
    "price_unit", "unit_price", "price_unit_of_measure",
    "outcome",    "document",   "valid_until",
    "band",       "expected"};
static_assert(list_column_names.size() == static_cast<std::size_t>(ListColumn::expected) + 1);

using ListColumns = std::vector<ListColumn>;

constexpr std::string_view column_name(ListColumn column) {
  return list_column_names[static_cast<std::size_t>(column)];
}

inline std::optional<ListColumn> find_list_column(std::string_view name) {
  for (std::size_t i = 0; i < list_column_names.size(); ++i) {
    if (list_column_names[i] == name) return static_cast<ListColumn>(i);
  }
  return std::nullopt;
}

}  // namespace server::cli

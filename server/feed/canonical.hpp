// The canonical feeds: one kind of record each, plain CSV (RFC 4180, UTF-8, header row) or NDJSON.
// This is the form in which rows are put into the facts, whether they come from a canonical file,
// through a feed description, or from the journal. Lists inside a cell are separated by `;`; days
// are ISO 8601; a `valid_to` without a time is the last valid day, with a time the first moment no
// longer valid; percents are percent numbers. Immutable tables; any thread.
#pragma once

#include "engine/base/result.hpp"
#include "engine/model/schema.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace server::feed {

// In the order in which they are put: what a record refers to comes before it.
enum class Kind : std::uint8_t {
  currencies,
  exchange_rates,
  article_groups,
  articles,
  article_units,
  customer_groups,
  price_lists,
  promotions,
  customers,
  agreements,
  price_list_assignments,
  conditions,
  warehouses,
  stock,
  receipts,
};

inline constexpr std::size_t kind_count = 15;

enum class ValueType : std::uint8_t {
  text,
  codes,
  decimal,
  integer,
  boolean,
  moment,
  validity_end
};

struct Column {
  std::string_view name;
  ValueType type = ValueType::text;
  bool required = false;
};

// Beside its own columns every kind has this one: empty or `upsert` puts the record, `delete` takes it
// away.
inline constexpr std::string_view op_column = "op";

// Whether a record of the kind can be taken away. Masters and documents stay: others name them.
bool is_removable(Kind kind);

// Whether the column is part of what a record of a removable kind is known by: all that a row needs
// that takes it away.
bool is_identity(Kind kind, std::string_view column, const engine::model::Schema& schema);

std::string_view kind_name(Kind kind);
std::optional<Kind> kind_from(std::string_view name);

// The fixed columns. Beside them `articles` and `customers` take `attribute:NAME`, and `conditions`
// takes every declared key field and every number that a condition type declares, by its name.
std::span<const Column> columns_of(Kind kind);

// The kind's column of this name, open ones too; nothing when it has none.
std::optional<Column> find_column(Kind kind, std::string_view name,
                                  const engine::model::Schema& schema);

// Faults: wrong_header, naming the unknown, repeated or missing column and those there are.
engine::base::Result<void> check_header(Kind kind, std::span<const std::string> header,
                                        const engine::model::Schema& schema);

// The kind of a file without a description: by its name (`conditions.csv`), else the only kind its
// header fits.
engine::base::Result<Kind> kind_of_file(std::string_view file_name,
                                        std::span<const std::string> header,
                                        const engine::model::Schema& schema);

}  // namespace server::feed

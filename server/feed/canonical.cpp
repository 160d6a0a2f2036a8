#include "server/feed/canonical.hpp"

#include "server/feed/canonical_columns.hpp"
#include "server/feed/csv_reader.hpp"
#include "server/feed/text_source.hpp"

#include <algorithm>
#include <array>

namespace server::feed {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using engine::model::Domain;
using engine::model::FieldSide;
using engine::model::Schema;

namespace {

constexpr std::array<std::string_view, kind_count> names{"currencies",
                                                         "exchange_rates",
                                                         "article_groups",
                                                         "articles",
                                                         "article_units",
                                                         "customer_groups",
                                                         "price_lists",
                                                         "promotions",
                                                         "customers",
                                                         "agreements",
                                                         "price_list_assignments",
                                                         "conditions",
                                                         "warehouses",
                                                         "stock",
                                                         "receipts"};

// The key fields that every data folder has; a procedure declares further ones.
constexpr bool is_fixed_key(std::string_view name) {
  return name == "customer" || name == "customer_group" || name == "price_list" ||
         name == "article" || name == "article_group";
}

// Numbers that condition types declare, each name once, in the order of their types.
std::vector<std::string_view> parameter_names(const Schema& schema) {
  std::vector<std::string_view> all;
  for (std::uint32_t i = 0; i < schema.type_count(); ++i) {
    for (const std::string& name : schema.type(engine::model::ConditionTypeId{i}).parameters) {
      if (std::ranges::find(all, name) == all.end()) all.push_back(name);
    }
  }
  return all;
}

ValueType type_of(const engine::model::Field& field) {
  return field.value == engine::model::FieldValue::number ? ValueType::decimal : ValueType::text;
}

std::optional<Column> attribute_column(Kind kind, std::string_view name, const Schema& schema) {
  if (kind != Kind::articles && kind != Kind::customers) return std::nullopt;
  if (!name.starts_with(attribute_prefix)) return std::nullopt;
  const auto id = schema.find_field(name.substr(attribute_prefix.size()));
  if (!id) return std::nullopt;
  const auto& field = schema.field(*id);
  const FieldSide side = kind == Kind::articles ? FieldSide::article : FieldSide::party;
  if (field.side != side || field.domain != Domain::text) return std::nullopt;
  return Column{name, type_of(field), false};
}

// A key field or a number of a condition type. (Schema keeps the two apart.)
std::optional<Column> condition_column(std::string_view name, const Schema& schema) {
  if (is_fixed_key(name)) return Column{name, ValueType::text, false};
  if (const auto id = schema.find_field(name))
    return Column{name, type_of(schema.field(*id)), false};
  const auto numbers = parameter_names(schema);
  if (std::ranges::find(numbers, name) == numbers.end()) return std::nullopt;
  return Column{name, ValueType::decimal, false};
}

std::string listed(std::span<const std::string> header) {
  std::string text;
  for (const std::string& name : header) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string known_columns(Kind kind, const Schema& schema) {
  std::string text;
  const auto add = [&](std::string_view name) {
    text.append(text.empty() ? "" : ", ").append(name);
  };
  for (const Column& column : columns_of(kind)) add(column.name);
  add(op_column);
  for (std::uint32_t i = 0; i < schema.field_count(); ++i) {
    const std::string& field = schema.field(engine::model::FieldId{i}).name;
    const bool is_key = std::ranges::find(columns_of(kind), field, &Column::name) ==
                        columns_of(kind).end();  // currency and unit are no keys
    if (kind == Kind::conditions && is_key) add(field);
    const std::string attribute = std::string{attribute_prefix} + field;
    if (attribute_column(kind, attribute, schema)) add(attribute);
  }
  if (kind == Kind::conditions) {
    for (const std::string_view name : parameter_names(schema)) add(name);
  }
  return text;
}

bool is_in(std::span<const std::string> header, std::string_view name) {
  return std::ranges::find(header, name) != header.end();
}

// Records whose value is a scale or a formula need no value beside it; rows that may take records away
// need only what those are known by, and say what is missing where they put them.
bool stands_for(Kind kind, std::string_view column, std::span<const std::string> header,
                const Schema& schema) {
  if (is_removable(kind) && is_in(header, op_column)) {
    if (!is_identity(kind, column, schema)) return true;
    if (kind == Kind::receipts && column == "date") return is_in(header, "reference");
  }
  return kind == Kind::conditions && column == "value" &&
         (is_in(header, "scale") || is_in(header, "formula"));
}

Fault wrong_header(std::string where, std::string detail) {
  return Fault{FaultCode::wrong_header, std::move(where), std::move(detail)};
}

}  // namespace

bool is_removable(Kind kind) {
  switch (kind) {
    case Kind::exchange_rates:
    case Kind::article_units:
    case Kind::price_list_assignments:
    case Kind::conditions:
    case Kind::stock:
    case Kind::receipts:
      return true;
    default:
      return false;
  }
}

bool is_identity(Kind kind, std::string_view column, const Schema& schema) {
  constexpr std::array<std::string_view, 9> of_conditions{
      "type",          "agreement",  "promotion", "currency", "unit",
      "from_quantity", "valid_from", "key",       "when"};
  if (column == op_column) return true;
  switch (kind) {
    case Kind::exchange_rates:
      return column != "rate" && column != "per";
    case Kind::article_units:
      return column == "article" || column == "unit";
    case Kind::price_list_assignments:
      return column != "rank" && column != "valid_to";
    case Kind::conditions:
      return std::ranges::find(of_conditions, column) != of_conditions.end() ||
             is_fixed_key(column) || schema.find_field(column).has_value();
    case Kind::stock:
      return column == "article" || column == "warehouse";
    case Kind::receipts:
      return column != "quantity";
    default:
      return true;
  }
}

std::string_view kind_name(Kind kind) { return names[static_cast<std::size_t>(kind)]; }

std::optional<Kind> kind_from(std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Kind>(found - names.begin());
}

std::span<const Column> columns_of(Kind kind) {
  switch (kind) {
    case Kind::currencies:
      return columns::currencies;
    case Kind::exchange_rates:
      return columns::exchange_rates;
    case Kind::article_groups:
      return columns::article_groups;
    case Kind::articles:
      return columns::articles;
    case Kind::article_units:
      return columns::article_units;
    case Kind::customer_groups:
      return columns::customer_groups;
    case Kind::price_lists:
      return columns::price_lists;
    case Kind::promotions:
      return columns::promotions;
    case Kind::customers:
      return columns::customers;
    case Kind::agreements:
      return columns::agreements;
    case Kind::price_list_assignments:
      return columns::price_list_assignments;
    case Kind::conditions:
      return columns::conditions;
    case Kind::warehouses:
      return columns::warehouses;
    case Kind::stock:
      return columns::stock;
    case Kind::receipts:
      return columns::receipts;
  }
  return {};
}

std::optional<Column> find_column(Kind kind, std::string_view name, const Schema& schema) {
  if (name == op_column) return Column{op_column, ValueType::text, false};
  const auto fixed = columns_of(kind);
  const auto found = std::ranges::find(fixed, name, &Column::name);
  if (found != fixed.end()) return *found;
  if (kind == Kind::conditions) return condition_column(name, schema);
  return attribute_column(kind, name, schema);
}

Result<void> check_header(Kind kind, std::span<const std::string> header, const Schema& schema) {
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (!find_column(kind, header[i], schema)) {
      return wrong_header(header[i], "'" + header[i] + "' is no column of " +
                                         std::string{kind_name(kind)} + "; it has " +
                                         known_columns(kind, schema));
    }
    if (std::ranges::find(header.first(i), header[i]) != header.first(i).end()) {
      return wrong_header(header[i], "the column '" + header[i] + "' stands twice");
    }
  }
  for (const Column& column : columns_of(kind)) {
    if (!column.required || is_in(header, column.name) ||
        stands_for(kind, column.name, header, schema))
      continue;
    return wrong_header(std::string{column.name},
                        "the column '" + std::string{column.name} + "' is missing; " +
                            std::string{kind_name(kind)} + " can't do without it");
  }
  return {};
}

Result<Kind> kind_of_file(std::string_view file_name, std::span<const std::string> header,
                          const Schema& schema) {
  const std::string_view bare = bare_name(file_name);
  if (const auto named = kind_from(bare.substr(0, bare.rfind('.')))) return *named;
  std::optional<Kind> fitting;
  std::string fitting_names;
  for (std::size_t i = 0; i < kind_count; ++i) {
    const auto kind = static_cast<Kind>(i);
    if (!check_header(kind, header, schema)) continue;
    fitting_names.append(fitting_names.empty() ? "" : ", ").append(kind_name(kind));
    fitting = kind;
  }
  if (!fitting) {
    return wrong_header(
        "", "the header (" + listed(header) +
                ") fits no kind of record; name the file as its kind, such as conditions.csv, " +
                "or write a feed description");
  }
  if (fitting_names != kind_name(*fitting)) {
    return wrong_header("", "the header (" + listed(header) + ") fits several kinds of record (" +
                                fitting_names + "); name the file as its kind, such as " +
                                std::string{kind_name(*fitting)} + ".csv");
  }
  return *fitting;
}

}  // namespace server::feed

// Schema: what procedures declare about the data - key fields, condition types, the combinations of
// key fields that records may stand under, and the flags a record can carry. Append-only and
// idempotent: declaring a thing again in the same way gives the same id, in another way is a Fault,
// so that ids kept in records stay good for ever. One writer, or many readers.
#pragma once

#include "engine/base/decimal.hpp"
#include "engine/base/result.hpp"
#include "engine/model/ids.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine::model {

// Where a field's value comes from when a question is answered.
enum class FieldSide : std::uint8_t { question, party, article };

// Which dictionary its codes belong to.
enum class Domain : std::uint8_t {
  text,
  article,
  article_group,
  customer,
  customer_group,
  price_list,
  currency,
  unit,
};

// What expressions may do with a field's value; a key field is always compared as text.
enum class FieldValue : std::uint8_t { text, number, truth };

// Of a number in a field: formulas are proved to hold with these.
inline constexpr int field_decimals_max = 6;
inline constexpr std::int64_t field_whole_max = 1'000'000'000'000;

// Faults, with an empty `where`: missing_value, bad_number, out_of_range.
base::Result<base::Decimal> parse_field_number(std::string_view text);

// A field of the question may be given for all of it or for one line, which then counts there.
struct Field {
  std::string name;
  FieldSide side = FieldSide::question;
  Domain domain = Domain::text;
  FieldValue value = FieldValue::text;
};

inline constexpr int percent_decimals = 2;  // 12.5 % is the fraction 0.125

// What the number in a record means.
enum class ValueKind : std::uint8_t {
  price,    // an amount per price unit of a unit of measure, in a currency
  percent,  // stored as a fraction: 12.5 in a file is 0.125
  amount,   // an amount in a currency, bound to no unit
  factor,   // a bare number
};

// As rules documents and answers write them.
inline constexpr std::array<std::string_view, 4> value_kind_names{"price", "percent", "amount",
                                                                  "factor"};
static_assert(value_kind_names.size() == static_cast<std::size_t>(ValueKind::factor) + 1);

constexpr std::string_view value_kind_name(ValueKind kind) {
  return value_kind_names[static_cast<std::size_t>(kind)];
}

// What a record does to an amount where a step applies it (see rule::Apply).
enum class Calculation : std::uint8_t {
  none,            // its value is only found; formulas use it
  percent,         // of each line's amount
  per_unit,        // an amount for each unit of a line
  per_line,        // an amount for each line
  new_price,       // the price of a unit becomes the value
  order_percent,   // of the sum of the lines it is for, spread over them
  order_amount,    // an amount off that sum, spread over them
  order_total,     // that sum becomes the value; the difference is spread over them
  charge_percent,  // of a charge
  charge_amount,   // off a charge
  // Who buys parameter `buy` units gets the reward - percent, amount or new price, by the kind of
  // value - on parameter `get` others, in complete groups, at most parameter `groups` of them.
  // Flags: partial_group (a last group may get less), per_group (the reward is for the group's
  // units bought and got, once a group), per_line (each line by itself; else units are pooled over
  // lines, the dearest are bought first, and none serves twice).
  buy_get,
  // Adds parameter `get` units (1) of the free article, for every parameter `every` ordered or
  // once, at the value as their price.
  free_goods,
};

struct ConditionType {
  std::string name;
  ValueKind value = ValueKind::price;
  std::uint32_t default_flags = 0;  // of a record that names none
  Calculation calculation = Calculation::none;
  std::string charge = {};  // step of the charge that a charge_... aims at
  std::vector<std::string> inputs =
      {};  // names that the records' own conditions and formulas may use
  std::vector<std::string> parameters =
      {};  // named numbers that a record may carry beside its value

  friend bool operator==(const ConditionType&, const ConditionType&) = default;
};

// Records of one condition type under one set of key fields. Fields are sorted: question and party
// side first, then article side, each by id; so that one set has one form.
struct TableShape {
  ConditionTypeId type;
  std::vector<FieldId> party_fields;
  std::vector<FieldId> article_fields;

  friend bool operator==(const TableShape&, const TableShape&) = default;
};

class Schema {
 public:
  Schema();  // with the built-in fields and flags

  // Fields every data folder has; their columns are part of the canonical feeds.
  static constexpr FieldId customer{0}, customer_group{1}, price_list{2}, country{3},
      sales_organisation{4}, site{5}, channel{6}, document_kind{7}, article{8}, article_group{9};
  // For expressions only: no record stands under them, since its terms say them.
  static constexpr FieldId currency{10}, unit{11};
  // Of the article's own columns, for conditions and guards.
  static constexpr FieldId status{12}, min_quantity{13}, max_quantity{14}, multiple_quantity{15};
  static constexpr FlagId discountable{0}, exclusive{1}, stackable{2}, find_next{3},
      price_on_request{4}, stop{5}, on_original{6}, on_running{7}, partial_group{8}, per_group{9},
      per_line{10};

  base::Result<FieldId> declare_field(std::string_view name, FieldSide side, Domain domain,
                                      FieldValue value = FieldValue::text);
  // A type's parameters share a row with key fields and the record's own members, so that none of
  // them has such a name.
  base::Result<ConditionTypeId> declare_type(const ConditionType& type);
  base::Result<FlagId> declare_flag(std::string_view name);
  // Requires declared fields. Faults: too_many key fields.
  base::Result<TableId> declare_table(ConditionTypeId type, std::vector<FieldId> fields);

  std::optional<FieldId> find_field(std::string_view name) const;
  std::optional<ConditionTypeId> find_type(std::string_view name) const;
  std::optional<FlagId> find_flag(std::string_view name) const;
  std::optional<TableId> find_table(ConditionTypeId type, std::vector<FieldId> fields) const;
  // Numbers of records are counted over all condition types: one name has one place, whichever
  // types have it.
  std::optional<std::uint16_t> find_number(std::string_view name) const;

  const Field& field(FieldId id) const { return fields_[id.raw()]; }

  const ConditionType& type(ConditionTypeId id) const { return types_[id.raw()]; }

  const TableShape& table(TableId id) const { return tables_[id.raw()]; }

  const std::string& flag_name(FlagId id) const { return flags_[id.raw()]; }

  std::size_t field_count() const { return fields_.size(); }

  std::size_t type_count() const { return types_.size(); }

  std::size_t table_count() const { return tables_.size(); }

  std::size_t flag_count() const { return flags_.size(); }

  const std::string& number_name(std::uint16_t place) const { return numbers_[place]; }

  // "customer, article": for messages.
  std::string key_names(TableId id) const;
  // "(customer, article) or (article)": every combination declared for the type.
  std::string declared_keys(ConditionTypeId type) const;

 private:
  friend struct ImageMembers;

  TableShape shape_of(ConditionTypeId type, std::vector<FieldId> fields) const;

  std::vector<Field> fields_;
  std::vector<ConditionType> types_;
  std::vector<TableShape> tables_;
  std::vector<std::string> flags_;
  std::vector<std::string> numbers_;  // names of all types' parameters
};

inline constexpr std::size_t flag_count_max = 32;

constexpr std::uint32_t flag_bit(FlagId flag) { return std::uint32_t{1} << flag.raw(); }

}  // namespace engine::model

// Schema: what procedures declare about the data - key fields, condition types, the combinations of
// key fields that records may stand under, and the flags a record can carry. Append-only and
// idempotent: declaring a thing again in the same way gives the same id, in another way is a Fault,
// so that ids kept in records stay good for ever. One writer, or many readers.
#pragma once

#include "engine/base/result.hpp"
#include "engine/model/ids.hpp"

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
  price_list
};

struct Field {
  std::string name;
  FieldSide side = FieldSide::question;
  Domain domain = Domain::text;
};

// What the number in a record means.
enum class ValueKind : std::uint8_t {
  price,    // an amount per price unit of a unit of measure, in a currency
  percent,  // stored as a fraction: 12.5 in a file is 0.125
  amount,   // an amount in a currency, bound to no unit
  factor,   // a bare number
};

struct ConditionType {
  std::string name;
  ValueKind value = ValueKind::price;
  std::uint16_t default_flags = 0;  // of a record that names none
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
  static constexpr FlagId discountable{0}, exclusive{1}, stackable{2}, find_next{3},
      price_on_request{4};

  base::Result<FieldId> declare_field(std::string_view name, FieldSide side, Domain domain);
  base::Result<ConditionTypeId> declare_type(const ConditionType& type);
  base::Result<FlagId> declare_flag(std::string_view name);
  // Requires declared fields. Faults: too_many key fields.
  base::Result<TableId> declare_table(ConditionTypeId type, std::vector<FieldId> fields);

  std::optional<FieldId> find_field(std::string_view name) const;
  std::optional<ConditionTypeId> find_type(std::string_view name) const;
  std::optional<FlagId> find_flag(std::string_view name) const;
  std::optional<TableId> find_table(ConditionTypeId type, std::vector<FieldId> fields) const;

  const Field& field(FieldId id) const { return fields_[id.raw()]; }

  const ConditionType& type(ConditionTypeId id) const { return types_[id.raw()]; }

  const TableShape& table(TableId id) const { return tables_[id.raw()]; }

  const std::string& flag_name(FlagId id) const { return flags_[id.raw()]; }

  std::size_t field_count() const { return fields_.size(); }

  std::size_t type_count() const { return types_.size(); }

  std::size_t table_count() const { return tables_.size(); }

  std::size_t flag_count() const { return flags_.size(); }

  // "customer, article": for messages.
  std::string key_names(TableId id) const;
  // "(customer, article) or (article)": every combination declared for the type.
  std::string declared_keys(ConditionTypeId type) const;

 private:
  TableShape shape_of(ConditionTypeId type, std::vector<FieldId> fields) const;

  std::vector<Field> fields_;
  std::vector<ConditionType> types_;
  std::vector<TableShape> tables_;
  std::vector<std::string> flags_;
};

inline constexpr std::size_t flag_count_max = 16;

constexpr std::uint16_t flag_bit(FlagId flag) {
  return static_cast<std::uint16_t>(1U << flag.raw());
}

}  // namespace engine::model

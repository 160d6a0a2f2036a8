#include "engine/model/schema.hpp"

#include "engine/base/limits.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace engine::model {

namespace limits = base::limits;
using base::Fault;
using base::FaultCode;
using base::Result;

namespace {

template <class Container, class Name>
std::optional<std::uint32_t> position(const Container& things, std::string_view name,
                                      Name name_of) {
  const auto found =
      std::ranges::find_if(things, [&](const auto& thing) { return name_of(thing) == name; });
  if (found == things.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - things.begin());
}

Fault contradiction(std::string_view what, std::string_view name) {
  return Fault{
      FaultCode::contradicting_values, std::string{name},
      std::string{what} + " '" + std::string{name} + "' is declared twice, in different ways"};
}

// What every record has beside its key; a number of the same name could not be told apart.
constexpr std::array<std::string_view, 20> record_members{
    "type",     "agreement",  "promotion",     "value",       "currency",
    "unit",     "price_unit", "from_quantity", "to_quantity", "valid_from",
    "valid_to", "rank",       "flags",         "key",         "when",
    "formula",  "scale",      "scale_kind",    "buy_when",    "free_article"};

Fault name_taken(std::string_view name, std::string_view by) {
  return Fault{
      FaultCode::contradicting_values, std::string{name},
      "'" + std::string{name} + "' can't name both a number of a record and " + std::string{by}};
}

}  // namespace

Result<base::Decimal> parse_field_number(std::string_view text) {
  auto number = base::parse_decimal(text);
  if (!number) {
    const FaultCode code = number.error().code;
    return Fault{code, "", "'" + std::string{text} + "' is not a decimal number such as 1234.5"};
  }
  while (number->decimals > 0 && number->mantissa % 10 == 0) {
    number->mantissa /= 10;
    --number->decimals;
  }
  const auto mantissa = base::mantissa_at(*number, field_decimals_max);
  const base::Int128 most =
      base::Int128{field_whole_max} * base::pow10<base::Int128>(field_decimals_max);
  if (mantissa && *mantissa <= most && *mantissa >= -most) return number;
  return Fault{FaultCode::out_of_range, "",
               "'" + std::string{text} +
                   "' is beyond what a field holds: " + std::to_string(field_decimals_max) +
                   " decimals, and " + std::to_string(field_whole_max)};
}

Schema::Schema()
    : fields_{{"customer", FieldSide::party, Domain::customer},
              {"customer_group", FieldSide::party, Domain::customer_group},
              {"price_list", FieldSide::party, Domain::price_list},
              {"country", FieldSide::party, Domain::text},
              {"sales_organisation", FieldSide::question, Domain::text},
              {"site", FieldSide::question, Domain::text},
              {"channel", FieldSide::question, Domain::text},
              {"document_kind", FieldSide::question, Domain::text},
              {"article", FieldSide::article, Domain::article},
              {"article_group", FieldSide::article, Domain::article_group},
              {"currency", FieldSide::question, Domain::currency},
              {"unit", FieldSide::question, Domain::unit},
              {"status", FieldSide::article, Domain::text},
              {"min_quantity", FieldSide::article, Domain::text, FieldValue::number},
              {"max_quantity", FieldSide::article, Domain::text, FieldValue::number},
              {"multiple_quantity", FieldSide::article, Domain::text, FieldValue::number}},
      flags_{"discountable", "exclusive",  "stackable",     "find_next", "price_on_request", "stop",
             "on_original",  "on_running", "partial_group", "per_group", "per_line"} {}

Result<FieldId> Schema::declare_field(std::string_view name, FieldSide side, Domain domain,
                                      FieldValue value) {
  if (const auto known = find_field(name)) {
    const Field& field = fields_[known->raw()];
    if (field.side != side || field.domain != domain || field.value != value)
      return contradiction("field", name);
    return *known;
  }
  const bool is_parameter = std::ranges::any_of(types_, [name](const ConditionType& type) {
    return std::ranges::find(type.parameters, name) != type.parameters.end();
  });
  if (is_parameter) return name_taken(name, "a field");
  if (fields_.size() == limits::fields) {
    return Fault{FaultCode::too_many, std::string{name},
                 "more than " + std::to_string(limits::fields) + " fields"};
  }
  fields_.push_back(Field{std::string{name}, side, domain, value});
  return FieldId{static_cast<std::uint32_t>(fields_.size() - 1)};
}

Result<ConditionTypeId> Schema::declare_type(const ConditionType& type) {
  if (const auto known = find_type(type.name)) {
    const ConditionType& declared = types_[known->raw()];
    if (declared != type) {
      return contradiction("condition type", type.name);
    }
    return *known;
  }
  if (types_.size() == limits::condition_types) {
    return Fault{FaultCode::too_many, type.name,
                 "more than " + std::to_string(limits::condition_types) + " condition types"};
  }
  for (const std::string& parameter : type.parameters) {
    if (find_field(parameter)) return name_taken(parameter, "a field");
    if (std::ranges::find(record_members, parameter) != record_members.end())
      return name_taken(parameter, "a member that every record has");
  }
  std::vector<std::string> fresh;
  std::ranges::copy_if(type.parameters, std::back_inserter(fresh),
                       [this](const std::string& name) { return !find_number(name); });
  if (numbers_.size() + fresh.size() > limits::record_numbers) {
    return Fault{FaultCode::too_many, type.name,
                 "more than " + std::to_string(limits::record_numbers) +
                     " names of numbers that records carry"};
  }
  numbers_.insert(numbers_.end(), fresh.begin(), fresh.end());
  types_.push_back(type);
  return ConditionTypeId{static_cast<std::uint32_t>(types_.size() - 1)};
}

Result<FlagId> Schema::declare_flag(std::string_view name) {
  if (const auto known = find_flag(name)) return *known;
  if (flags_.size() == flag_count_max) {
    return Fault{FaultCode::too_many, std::string{name},
                 "more than " + std::to_string(flag_count_max) + " flags"};
  }
  flags_.emplace_back(name);
  return FlagId{static_cast<std::uint32_t>(flags_.size() - 1)};
}

TableShape Schema::shape_of(ConditionTypeId type, std::vector<FieldId> fields) const {
  std::ranges::sort(fields);
  TableShape shape{type, {}, {}};
  for (const FieldId id : fields) {
    (field(id).side == FieldSide::article ? shape.article_fields : shape.party_fields)
        .push_back(id);
  }
  return shape;
}

Result<TableId> Schema::declare_table(ConditionTypeId type, std::vector<FieldId> fields) {
  if (fields.size() > limits::key_fields) {
    return Fault{FaultCode::too_many, "",
                 "an access takes at most " + std::to_string(limits::key_fields) + " key fields"};
  }
  if (const auto known = find_table(type, fields)) return *known;
  tables_.push_back(shape_of(type, std::move(fields)));
  return TableId{static_cast<std::uint32_t>(tables_.size() - 1)};
}

std::optional<FieldId> Schema::find_field(std::string_view name) const {
  const auto at =
      position(fields_, name, [](const Field& field) { return std::string_view{field.name}; });
  return at ? std::optional{FieldId{*at}} : std::nullopt;
}

std::optional<ConditionTypeId> Schema::find_type(std::string_view name) const {
  const auto at =
      position(types_, name, [](const ConditionType& type) { return std::string_view{type.name}; });
  return at ? std::optional{ConditionTypeId{*at}} : std::nullopt;
}

std::optional<FlagId> Schema::find_flag(std::string_view name) const {
  const auto at =
      position(flags_, name, [](const std::string& flag) { return std::string_view{flag}; });
  return at ? std::optional{FlagId{*at}} : std::nullopt;
}

std::optional<TableId> Schema::find_table(ConditionTypeId type, std::vector<FieldId> fields) const {
  const auto found = std::ranges::find(tables_, shape_of(type, std::move(fields)));
  if (found == tables_.end()) return std::nullopt;
  return TableId{static_cast<std::uint32_t>(found - tables_.begin())};
}

std::optional<std::uint16_t> Schema::find_number(std::string_view name) const {
  const auto at =
      position(numbers_, name, [](const std::string& number) { return std::string_view{number}; });
  return at ? std::optional{static_cast<std::uint16_t>(*at)} : std::nullopt;
}

std::string Schema::key_names(TableId id) const {
  std::string names;
  const auto add = [&](FieldId field_id) {
    if (!names.empty()) names += ", ";
    names += field(field_id).name;
  };
  std::ranges::for_each(table(id).party_fields, add);
  std::ranges::for_each(table(id).article_fields, add);
  return names;
}

std::string Schema::declared_keys(ConditionTypeId type) const {
  std::string text;
  for (std::uint32_t i = 0; i < tables_.size(); ++i) {
    if (tables_[i].type != type) continue;
    if (!text.empty()) text += " or ";
    text += "(" + key_names(TableId{i}) + ")";
  }
  return text.empty() ? "none" : text;
}

}  // namespace engine::model

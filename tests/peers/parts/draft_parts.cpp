#include "tests/peers/parts/draft_parts.hpp"

#include "engine/base/date.hpp"

#include <optional>

namespace tests::peers {

namespace base = engine::base;
namespace model = engine::model;
using base::CivilMinutes;
using base::Decimal;
using base::Fault;
using base::FaultCode;
using base::Result;
using rules::Json;
using rules::JsonMember;

Text text_at(const Json& rule, std::string_view name, const Scope& row) {
  const Json* source = rule.find(name);
  return source == nullptr ? std::nullopt : evaluate(*source, row);
}

std::string text_or(const Json& rule, std::string_view name, const Scope& row,
                    const std::string& otherwise) {
  return text_at(rule, name, row).value_or(otherwise);
}

std::vector<std::string> texts_at(const Json& rule, std::string_view name, const Scope& row) {
  const Json* sources = rule.find(name);
  return sources == nullptr ? std::vector<std::string>{} : evaluate_all(*sources, row);
}

std::vector<std::string_view> views(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

// {"name": source(s)}: one pair for each text.
Pairs pairs_at(const Json& rule, std::string_view name, const Scope& row) {
  Pairs pairs;
  const Json* members = rule.find(name);
  if (members == nullptr) return pairs;
  for (const JsonMember& member : members->members()) {
    for (std::string& text : evaluate_all(member.value, row))
      pairs.emplace_back(member.name, std::move(text));
  }
  return pairs;
}

Result<Decimal> decimal_at(const Json& rule, std::string_view name, const Scope& row,
                           const std::string& otherwise) {
  auto value = base::parse_decimal(text_or(rule, name, row, otherwise));
  if (value) return value;
  Fault fault = value.error();
  fault.where = name;
  return fault;
}

Result<std::int64_t> whole_at(const Json& rule, std::string_view name, const Scope& row,
                              const std::string& otherwise) {
  const auto value = decimal_at(rule, name, row, otherwise);
  if (!value) return value.error();
  const auto whole = base::mantissa_at(*value, 0);
  if (whole) return static_cast<std::int64_t>(*whole);
  return Fault{FaultCode::bad_number, std::string{name}, "a whole number is wanted"};
}

Result<base::Quantity> quantity_at(const Json& rule, std::string_view name, const Scope& row) {
  const auto value = decimal_at(rule, name, row, "0");
  if (!value) return value.error();
  const auto exact = base::Quantity::exactly(*value);
  if (exact) return *exact;
  return Fault{FaultCode::out_of_range, std::string{name}, "a quantity has six decimals"};
}

namespace {

// Whole minutes: seconds are left out, or at an end make up another minute.
Result<CivilMinutes> minute_of(const std::string& text, bool is_end) {
  if (text.size() <= 16) return base::parse_civil(text);
  const auto at = base::parse_civil(text.substr(0, 16));
  if (!at || !is_end || text.substr(16) == ":00") return at;
  return CivilMinutes{at->raw() + 1};
}

}  // namespace

// `bounds` "exclusive": the last day, or moment, does not belong to it.
Result<base::Validity> validity_at(const Json& rule, const Scope& row) {
  base::Validity made;
  if (const Text from = text_at(rule, "valid_from", row)) {
    const auto at = minute_of(*from, false);
    if (!at) return at.error();
    made.from = *at;
  }
  if (const Text to = text_at(rule, "valid_to", row)) {
    const auto at = minute_of(*to, true);
    if (!at) return at.error();
    const bool is_day = to->size() == 10;
    const bool exclusive = text_or(rule, "bounds", row, "inclusive") == "exclusive";
    made.to = is_day && !exclusive ? at->next_day() : *at;
  }
  return made;
}

Result<std::vector<model::AttributeText>> fields_of(const Pairs& pairs, const model::Facts& facts) {
  std::vector<model::AttributeText> made;
  for (const auto& [name, value] : pairs) {
    const auto field = facts.schema.find_field(name);
    if (!field) return Fault{FaultCode::unknown_field, name, "no procedure declares this field"};
    made.emplace_back(*field, value);
  }
  return made;
}

Result<void> take_numbers(const Json& rule, const Scope& row, model::ConditionDraft& draft) {
  const auto value = decimal_at(rule, "value", row, "0");
  if (!value) return value.error();
  draft.value = *value;
  const auto price_unit = whole_at(rule, "price_unit", row, "1");
  if (!price_unit) return price_unit.error();
  draft.price_unit = *price_unit;
  const auto from = quantity_at(rule, "from_quantity", row);
  if (!from) return from.error();
  draft.from_quantity = *from;
  if (text_at(rule, "to_quantity", row)) {
    const auto to = quantity_at(rule, "to_quantity", row);
    if (!to) return to.error();
    draft.to_quantity = *to;
  }
  const auto validity = validity_at(rule, row);
  if (!validity) return validity.error();
  draft.validity = *validity;
  const auto rank = whole_at(rule, "rank", row, "0");
  if (!rank) return rank.error();
  draft.rank = static_cast<std::int32_t>(*rank);
  return {};
}

// {"flag": source}: set where it says true, cleared where false, left where it says nothing.
Result<void> take_flags(const Json& rule, const Scope& row, const model::Facts& facts,
                        model::ConditionDraft& draft) {
  for (const auto& [name, value] : pairs_at(rule, "flags", row)) {
    const auto flag = facts.schema.find_flag(name);
    if (!flag) return Fault{FaultCode::unknown_field, name, "no procedure declares this flag"};
    std::uint32_t& bits = value == "true" ? draft.flags_set : draft.flags_cleared;
    bits = static_cast<std::uint32_t>(bits | model::flag_bit(*flag));
  }
  return {};
}

// Conditions that must all hold, as one.
std::string all_of(const std::vector<std::string>& conditions) {
  std::string text;
  for (const std::string& condition : conditions)
    text += (text.empty() ? "(" : " && (") + condition + ")";
  return text;
}

}  // namespace tests::peers

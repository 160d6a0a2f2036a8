// The values that a field has on a line: of the line itself, else of the whole question, else of
// the customer; of an article side field those of the article. Groups count with their ancestors.
// Cost: a short scan.
#pragma once

#include "engine/price/line.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

namespace engine::price {

namespace detail {

template <class Take>
bool any_attribute(std::span<const model::Attribute> attributes, model::FieldId field,
                   const Take& take) {
  return std::ranges::any_of(attributes, [&](const model::Attribute& attribute) {
    return attribute.field == field && take(attribute.value.raw());
  });
}

// Values of a text field that is not the article's.
template <class Take>
bool any_given(const snapshot::Snapshot& snapshot, const Header& header, const Line& line,
               model::FieldId field, const Take& take) {
  for (const auto& [given, value] : header.fields[line.fields].texts) {
    if (given == field) return take(value.raw());
  }
  if (header.customer.is_none()) return false;
  return any_attribute(snapshot.customers().attributes[header.customer.raw()], field, take);
}

template <class Take>
bool any_of_customer(const snapshot::Snapshot& snapshot, const Header& header, model::FieldId field,
                     const Take& take) {
  if (header.customer.is_none()) return false;
  const std::uint32_t customer = header.customer.raw();
  if (field == model::Schema::customer) return take(customer);
  if (field == model::Schema::customer_group) {
    return std::ranges::any_of(snapshot.customers().groups[customer],
                               [&](const snapshot::Reached& group) { return take(group.id); });
  }
  return std::ranges::any_of(
      snapshot.customers().lists[customer],
      [&](const snapshot::ListReached& list) { return take(list.list.raw()); });
}

}  // namespace detail

// Whether `take(id)` is true for one of the values; ids are of the field's domain.
template <class Take>
bool any_value(const snapshot::Snapshot& snapshot, const Header& header, const Line& line,
               model::FieldId field, const Take& take) {
  using model::Schema;
  if (field == Schema::customer || field == Schema::customer_group || field == Schema::price_list)
    return detail::any_of_customer(snapshot, header, field, take);
  if (field == Schema::currency) return take(header.currency.raw());
  if (snapshot.schema().field(field).side != model::FieldSide::article && field != Schema::unit)
    return detail::any_given(snapshot, header, line, field, take);
  if (line.article.is_none()) return false;
  const auto& articles = snapshot.articles();
  const std::uint32_t article = line.article.raw();
  if (field == Schema::unit)
    return take((line.unit.is_none() ? articles.base_units[article] : line.unit).raw());
  if (field == Schema::article) return take(article);
  if (field == Schema::article_group) {
    return std::ranges::any_of(articles.groups[article],
                               [&](const snapshot::Reached& group) { return take(group.id); });
  }
  return detail::any_attribute(articles.attributes[article], field, take);
}

// A field's value as text; a text that only the question knows stands in its header.
inline std::string_view field_text(const snapshot::Snapshot& snapshot, const Header& header,
                                   const model::Field& field, std::uint32_t value) {
  const bool own =
      field.domain == model::Domain::text && value != UINT32_MAX && value >= snapshot.text_count();
  if (own) return header.texts[value - snapshot.text_count()];
  return snapshot.code_of(field, value);
}

// The value of a number field; nothing where the line has none.
inline std::optional<base::Decimal> number_of(const snapshot::Snapshot& snapshot,
                                              const Header& header, const Line& line,
                                              model::FieldId field) {
  const model::FieldSide side = snapshot.schema().field(field).side;
  if (side != model::FieldSide::article) {
    for (const auto& [given, value] : header.fields[line.fields].numbers) {
      if (given == field) return value;
    }
  }
  std::optional<base::Decimal> found;
  any_value(snapshot, header, line, field, [&](std::uint32_t text) {
    found = snapshot.text_number(model::TextId{text});
    return true;
  });
  return found;
}

}  // namespace engine::price

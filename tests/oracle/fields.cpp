#include "tests/oracle/fields.hpp"

#include "tests/oracle/masters.hpp"

namespace oracle {

namespace {

Texts values_in(const Pairs& pairs, const std::string& field) {
  Texts values;
  for (const auto& [name, value] : pairs) {
    if (name == field) values.push_back(value);
  }
  return values;
}

Texts codes_of(const std::map<std::string, int>& reached) {
  Texts codes;
  for (const auto& [code, distance] : reached) codes.push_back(code);
  return codes;
}

// By whatever assignment, on whatever day.
Texts lists_of(const OpenLine& line) {
  Texts lists = line.customer.price_lists;
  const auto groups = groups_reached(line.customer.groups, line.world.customer_groups);
  for (const AssignmentRow& row : line.world.assignments) {
    const bool to_customer = row.customer == line.customer.code;
    const bool to_group = row.customer.empty() && groups.contains(row.customer_group);
    const bool to_all = row.customer.empty() && row.customer_group.empty();
    if (to_customer || to_group || to_all) lists.push_back(row.price_list);
  }
  return lists;
}

Texts own_column(const ArticleRow& article, const std::string& field) {
  const std::string& value = field == "status"         ? article.status
                             : field == "min_quantity" ? article.min_quantity
                             : field == "max_quantity" ? article.max_quantity
                                                       : article.multiple_quantity;
  if (value.empty() || (field != "status" && number(value) == 0)) return {};
  return {value};
}

Texts article_values(const OpenLine& line, const std::string& field) {
  if (field == "article") return {line.article.code};
  if (field == "unit") return {line.unit};
  if (field == "article_group")
    return codes_of(groups_reached(line.article.groups, line.world.article_groups));
  if (field == "status" || field == "min_quantity" || field == "max_quantity" ||
      field == "multiple_quantity")
    return own_column(line.article, field);
  return values_in(line.article.attributes, field);
}

Texts all_values(const OpenLine& line, const std::string& field) {
  if (line.rules.fields.at(field).side == "article") return article_values(line, field);
  if (field == "customer") return {line.customer.code};
  if (field == "currency") return {line.currency};
  if (field == "price_list") return lists_of(line);
  if (field == "customer_group")
    return codes_of(groups_reached(line.customer.groups, line.world.customer_groups));
  if (line.own_fields != nullptr) {
    const Texts own = values_in(*line.own_fields, field);
    if (!own.empty()) return own;
  }
  const Texts asked = values_in(line.ask.fields, field);
  return asked.empty() ? values_in(line.customer.attributes, field) : asked;
}

}  // namespace

Texts field_texts(const OpenLine& line, const std::string& field) {
  return all_values(line, field);
}

std::optional<std::string> field_value(const OpenLine& line, const std::string& field) {
  const Texts values = all_values(line, field);
  if (values.empty()) return std::nullopt;
  return values.front();
}

}  // namespace oracle

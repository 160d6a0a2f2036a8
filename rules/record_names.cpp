#include "rules/record_names.hpp"

#include <string_view>

namespace rules {

namespace model = engine::model;

namespace {

std::string_view code_in(const model::Facts& facts, model::Domain domain, std::uint32_t value) {
  switch (domain) {
    case model::Domain::article:
      return facts.articles().codes->text(value);
    case model::Domain::article_group:
      return facts.article_groups().codes->text(value);
    case model::Domain::customer:
      return facts.customers().codes->text(value);
    case model::Domain::customer_group:
      return facts.customer_groups().codes->text(value);
    case model::Domain::price_list:
      return facts.documents()[value].code;
    case model::Domain::currency:
      return facts.currencies().codes->text(value);
    case model::Domain::unit:
      return facts.units().text(value);
    case model::Domain::text:
      break;
  }
  return facts.share_texts()->text(value);
}

}  // namespace

std::string key_text(const model::Facts& facts, model::TableId table,
                     std::span<const std::uint32_t> values) {
  const model::TableShape& shape = facts.schema.table(table);
  std::string text = facts.schema.type(shape.type).name;
  std::size_t at = 0;
  for (const auto* side : {&shape.party_fields, &shape.article_fields}) {
    for (const model::FieldId id : *side) {
      const model::Field& field = facts.schema.field(id);
      text += ", " + field.name + " ";
      text += code_in(facts, field.domain, values[at++]);
    }
  }
  return text;
}

std::string label_of(const model::Facts& facts, const model::ConditionRecord& record, bool is_new) {
  if (record.is_keyed()) return "'" + std::string{facts.record_keys().text(record.number())} + "'";
  const std::string line = "line " + std::to_string(record.number());
  const model::RecordOrigin& origin = facts.record_origins()[record.origin];
  if (is_new || origin.import == 0) return line;
  return line + " of import " + std::to_string(origin.import) + " of " + origin.feed;
}

}  // namespace rules

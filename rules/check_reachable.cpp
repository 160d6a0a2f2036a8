#include "rules/check_reachable.hpp"

#include <algorithm>
#include <map>

namespace rules {

namespace model = engine::model;
using engine::snapshot::ArticleSide;
using engine::snapshot::KeyRange;

namespace {

std::uint32_t records_in(const engine::snapshot::ConditionIndex& index, KeyRange keys) {
  if (keys.size() == 0) return 0;
  return index.records_of(keys.end - 1).end - index.records_of(keys.begin).begin;
}

void check_types(const CheckContext& context, FindingSink& sink) {
  const auto& schema = context.snapshot().schema();
  const auto& index = context.index();
  std::vector<bool> is_read(schema.type_count());
  std::vector<std::uint64_t> records(schema.type_count());
  for (std::uint32_t table = 0; table < index.table_count(); ++table) {
    const auto type = index.table(model::TableId{table}).shape.type.raw();
    if (!context.uses_of(model::TableId{table}).empty()) is_read[type] = true;
  }
  for (std::uint32_t part = 0; part < index.part_count(); ++part)
    records[context.table_of_part(part).shape.type.raw()] +=
        records_in(index, index.part_keys(part));
  for (std::uint32_t type = 0; type < schema.type_count(); ++type) {
    if (is_read[type]) continue;
    sink.add(FindingKind::type_not_read, "", "",
             "no access of any procedure reads condition type '" +
                 schema.type(model::ConditionTypeId{type}).name + "' (" +
                 counted_text(records[type], "record") + ")");
  }
}

void check_accesses(const CheckContext& context, const Reached& reached, FindingSink& sink) {
  const auto& index = context.index();
  const auto& schema = context.snapshot().schema();
  std::vector<bool> filled(index.table_count());
  std::vector<bool> is_reached(index.table_count());
  for (std::uint32_t part = 0; part < index.part_count(); ++part) {
    const std::uint32_t table = index.table_of_part(part).raw();
    filled[table] = true;
    is_reached[table] = is_reached[table] || reached.parts[part];
  }
  for (std::uint32_t table = 0; table < index.table_count(); ++table) {
    // Records that nobody reaches at all are told with their key.
    if (filled[table] && !is_reached[table]) continue;
    for (const TableUse& use : context.uses_of(model::TableId{table})) {
      if (filled[table] && reached.accesses.at({use.procedure, use.step, use.access})) continue;
      const auto& procedure = *context.snapshot().procedures()[use.procedure].rule;
      const auto& access = context.access(use);
      const auto type = index.table(model::TableId{table}).shape.type;
      const std::string under =
          schema.type(type).name + " under (" + schema.key_names(model::TableId{table}) + ")";
      sink.add(
          filled[table] ? FindingKind::access_not_reached : FindingKind::access_without_records, "",
          "",
          "procedure '" + procedure.name + "', step '" + context.step(use).rule->name +
              "', access '" + access.name + "': " +
              (filled[table] ? "it brings no customer to any record of " + under
                             : "there is no record of " + under));
    }
  }
}

// The list of a part that stands under one.
std::string list_of(const CheckContext& context, std::uint32_t part) {
  const auto& fields = context.table_of_part(part).shape.party_fields;
  const auto at = std::ranges::find(fields, model::Schema::price_list);
  if (at == fields.end()) return "";
  const auto list =
      context.index().part_values(part)[static_cast<std::size_t>(at - fields.begin())];
  return context.snapshot().documents()[list].code;
}

void check_parts(const CheckContext& context, const Reached& reached, FindingSink& sink) {
  const auto& index = context.index();
  const auto& schema = context.snapshot().schema();
  for (std::uint32_t part = 0; part < index.part_count(); ++part) {
    const model::TableId table = index.table_of_part(part);
    if (reached.parts[part] || context.uses_of(table).empty()) continue;
    const auto& fields = index.table(table).shape.party_fields;
    std::string key;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const model::Field& field = schema.field(fields[i]);
      key += (key.empty() ? "" : ", ") + field.name + " " +
             std::string{context.snapshot().code_of(field, index.part_values(part)[i])};
    }
    sink.add(FindingKind::key_nobody_has, "", list_of(context, part),
             counted_text(records_in(index, index.part_keys(part)), "record") + " of " +
                 context.type_of_part(part).name + " under " + key + ", which no customer reaches");
  }
}

// One finding for each type and group, however many customers it is for.
void check_mapped(const CheckContext& context, FindingSink& sink) {
  const auto& index = context.index();

  struct Unmet {
    std::uint64_t records = 0;
    std::string key;
  };

  std::map<std::pair<model::TableId, std::uint32_t>, Unmet> unmet;
  for (std::uint32_t part = 0; part < index.part_count(); ++part) {
    const auto& table = context.table_of_part(part);
    if (table.side != ArticleSide::mapped) continue;
    const KeyRange keys = index.part_keys(part);
    for (std::uint32_t key = keys.begin; key < keys.end; ++key) {
      if (!context.articles_of(table.mapping, index.key_at(key)).empty()) continue;
      Unmet& known = unmet[{index.table_of_part(part), index.key_at(key)}];
      known.records += index.records_of(key).size();
      if (!known.key.empty()) continue;
      const auto values = index.article_values(key);
      for (std::size_t i = 0; i < values.size(); ++i) {
        const auto& field = context.snapshot().schema().field(table.shape.article_fields[i]);
        known.key += (known.key.empty() ? "" : ", ") + field.name + " " +
                     std::string{context.snapshot().code_of(field, values[i])};
      }
    }
  }
  for (const auto& [which, known] : unmet) {
    const auto type = index.table(which.first).shape.type;
    sink.add(FindingKind::key_nobody_has, "", "",
             counted_text(known.records, "record") + " of " +
                 context.snapshot().schema().type(type).name + " under " + known.key +
                 ", which no article has");
  }
}

}  // namespace

void check_reachable(const CheckContext& context, const Reached& reached, FindingSink& sink) {
  check_types(context, sink);
  check_accesses(context, reached, sink);
  check_parts(context, reached, sink);
  check_mapped(context, sink);
}

}  // namespace rules

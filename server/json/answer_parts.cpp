#include "server/json/answer_parts.hpp"

#include "server/json/adjustment_text.hpp"
#include "server/json/waterfall_text.hpp"

#include <algorithm>

namespace server::json {

using engine::model::Outcome;
using engine::price::PricedLine;
using engine::snapshot::Snapshot;

namespace {

// The condition type of the record that gave the price. Most price steps search one type only;
// where there are several, the record is traced back to its table.
const engine::model::ConditionType& type_of(const Snapshot& snapshot,
                                            const engine::rule::Procedure& procedure,
                                            std::uint32_t record) {
  if (const auto& find = procedure.steps[procedure.answer.price_step].find;
      find && !find->accesses.empty()) {
    const auto type_in = [&](const engine::rule::Access& access) {
      return snapshot.schema().table(access.table).type;
    };
    const auto type = type_in(find->accesses.front());
    if (std::ranges::all_of(find->accesses,
                            [&](const auto& access) { return type_in(access) == type; }))
      return snapshot.schema().type(type);
  }
  return type_of_record(snapshot, record);
}

}  // namespace

void write_amount(JsonWriter& json, std::string_view name, const engine::price::Amount& amount) {
  json.key(name);
  json.decimal(amount.mantissa, amount.decimals);
}

void write_moment(JsonWriter& json, std::string_view name, engine::base::CivilMinutes at) {
  json.key(name);
  json.moment(at);
}

std::string_view unit_of(const Snapshot& snapshot, engine::model::UnitId unit,
                         engine::model::ArticleId article) {
  if (!unit.is_none()) return snapshot.unit_code(unit);
  if (article.is_none()) return {};
  return snapshot.unit_code(snapshot.articles().base_units[article.raw()]);
}

void write_price_members(const Snapshot& snapshot, const PricedLine& line,
                         engine::model::ArticleId article, JsonWriter& json) {
  write_amount(json, "unit_price", line.unit_price);
  json.key("price_unit");
  json.number(line.price_unit);
  json.member_unless_empty("price_unit_of_measure", unit_of(snapshot, line.unit, article));
  write_amount(json, "line_amount", line.line_amount);
}

void write_source(const Snapshot& snapshot, const engine::rule::Procedure& procedure,
                  const PricedLine& line, JsonWriter& json) {
  if (line.record == engine::price::no_record) return;
  const auto& record = snapshot.conditions().record(line.record);
  json.key("source");
  json.begin_object();
  json.member("type", type_of(snapshot, procedure, line.record).name);
  write_document(snapshot, record, json);
  json.member("record", snapshot.record_label(record));
  json.end_object();
}

void write_reason(const PricedLine& line, JsonWriter& json) {
  if (line.outcome != Outcome::refused) return json.member("reason", outcome_text(line.outcome));
  json.member("reason", reason_text(line.reason));
  json.member("reason_code", reason_name(line.reason));
}

}  // namespace server::json

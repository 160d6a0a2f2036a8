#include "server/json/adjustment_text.hpp"

#include "engine/base/decimal.hpp"
#include "server/json/waterfall_text.hpp"

#include <algorithm>

namespace server::json {

using engine::price::Adjustment;
using engine::price::FreeLine;
using engine::snapshot::Snapshot;

namespace {

void write_amount(JsonWriter& json, std::string_view name, const engine::price::Amount& amount) {
  json.key(name);
  json.decimal(amount.mantissa, amount.decimals);
}

}  // namespace

const engine::model::ConditionType& type_of_record(const Snapshot& snapshot, std::uint32_t record) {
  const auto& conditions = snapshot.conditions();
  return snapshot.schema().type(conditions.table(conditions.table_of_record(record)).shape.type);
}

void write_record_place(const Snapshot& snapshot, std::uint32_t record, JsonWriter& json) {
  if (record == engine::price::no_record) return;
  const auto& found = snapshot.conditions().record(record);
  json.member("type", type_of_record(snapshot, record).name);
  write_document(snapshot, found, json);
  json.member("record", snapshot.record_label(found));
}

AdjustmentText::AdjustmentText(const Snapshot& snapshot, const engine::quote::Question& question,
                               const engine::price::PricedLines& priced)
    : snapshot_{snapshot},
      procedure_{*snapshot.procedures()[question.procedure].rule},
      priced_{priced} {
  for (std::uint32_t i = 0; i < priced.adjustments.size(); ++i) {
    if (priced.adjustments[i].line != engine::price::no_line) by_line_.push_back(i);
  }
  std::ranges::stable_sort(by_line_, {},
                           [&](std::uint32_t i) { return priced.adjustments[i].line; });
}

void AdjustmentText::write_line(std::size_t line, JsonWriter& json) const {
  const auto own = std::ranges::equal_range(
      by_line_, line, {},
      [this](std::uint32_t i) -> std::size_t { return priced_.adjustments[i].line; });
  if (own.empty()) return;
  json.key("adjustments");
  json.begin_array();
  for (const std::uint32_t i : own) {
    json.begin_object();
    write_adjustment(priced_.adjustments[i], json);
    json.end_object();
  }
  json.end_array();
}

void AdjustmentText::write_adjustment(const Adjustment& adjustment, JsonWriter& json) const {
  json.member("step", procedure_.steps[adjustment.step].name);
  write_record_place(snapshot_, adjustment.record, json);
  write_amount(json, "amount", adjustment.amount);
}

void AdjustmentText::write_order(JsonWriter& json) const {
  const auto& names = procedure_.answer.order;
  if (!names.empty()) {
    json.key("order");
    json.begin_object();
    for (std::size_t i = 0; i < std::min(names.size(), priced_.order.size()); ++i)
      write_amount(json, names[i].name, priced_.order[i]);
    json.end_object();
  }
  if (by_line_.size() == priced_.adjustments.size()) return;
  json.key("order_adjustments");
  json.begin_array();
  for (const Adjustment& adjustment : priced_.adjustments) {
    if (adjustment.line != engine::price::no_line) continue;
    json.begin_object();
    const auto& apply = procedure_.steps[adjustment.step].apply;
    if (apply && adjustment.charge < apply->charges.size())
      json.member("charge", procedure_.steps[apply->charges[adjustment.charge]].name);
    write_adjustment(adjustment, json);
    json.end_object();
  }
  json.end_array();
}

void AdjustmentText::write_free_lines(JsonWriter& json) const {
  if (priced_.free_lines.empty()) return;
  json.key("free_lines");
  json.begin_array();
  for (const FreeLine& free : priced_.free_lines) {
    json.begin_object();
    write_free_line(free, json);
    json.end_object();
  }
  json.end_array();
}

void AdjustmentText::write_free_line(const FreeLine& free, JsonWriter& json) const {
  json.member("article", snapshot_.article_code(free.article));
  json.member_unless_empty("name", snapshot_.article_name(free.article));
  json.member("quantity", engine::base::to_string_short(free.quantity.decimal()));
  json.member_unless_empty(
      "unit", snapshot_.unit_code(snapshot_.articles().base_units[free.article.raw()]));
  write_amount(json, "unit_price", free.unit_price);
  if (free.line != engine::price::no_line) {
    json.key("earned_by");
    json.number(free.line + 1);
  }
  json.member("step", procedure_.steps[free.step].name);
  write_record_place(snapshot_, free.record, json);
}

}  // namespace server::json

#include "rules/check_costs.hpp"

#include "engine/base/wide.hpp"

#include <algorithm>

namespace rules {

namespace model = engine::model;
using engine::base::BigInt;
using engine::snapshot::ArticleSide;
using engine::snapshot::ConditionIndex;
using model::ConditionRecord;
using model::Terms;

namespace {

bool is_cost_table(const engine::snapshot::TableInfo& table) {
  return table.side == ArticleSide::article && table.shape.party_fields.empty();
}

// Whether the price of a record is below the cost, both for one unit.
bool is_below(const engine::snapshot::Snapshot& snapshot, const engine::base::Decimal& price,
              const Terms& terms, const ConditionRecord& cost) {
  const Terms& its = snapshot.conditions().terms(cost);
  const auto product = [](const engine::base::Int128& value, std::uint32_t per, int decimals) {
    BigInt made{engine::base::Int256{value}};
    made *= per;
    for (int i = 0; i < decimals; ++i) made *= 10;
    return made;
  };
  return product(price.mantissa, its.price_unit, its.decimals) <
         product(snapshot.record_value(cost), terms.price_unit, price.decimals);
}

}  // namespace

Costs::Costs(const CheckContext& context) : context_{context} {
  if (!is_cost_type(context.snapshot(), context.options().cost_type)) return;
  type_ = context.snapshot().schema().find_type(context.options().cost_type);
  for (std::uint32_t part = 0; part < context.index().part_count(); ++part) {
    const auto& table = context.table_of_part(part);
    if (table.shape.type == *type_ && is_cost_table(table)) parts_.push_back(part);
  }
}

Costs::Above Costs::above(std::uint32_t part, std::uint32_t article, const ConditionRecord& record,
                          const engine::base::Decimal& price) const {
  Above made;
  if (parts_.empty() || context_.table_of_part(part).shape.type == *type_) return made;
  const ConditionIndex& index = context_.index();
  const Terms& terms = index.terms(record);
  const model::UnitId base = context_.snapshot().articles().base_units[article];
  const auto told = [base](model::UnitId unit) { return unit.is_none() ? base : unit; };
  for (const std::uint32_t own : parts_) {
    const std::uint32_t key = index.find_key_in_run(index.part_keys(own), article);
    if (key == ConditionIndex::no_key) continue;
    const auto costs = index.records_of(key);
    const std::uint32_t end = std::min(costs.end, costs.begin + costs_max);
    for (std::uint32_t number = costs.begin; number < end; ++number) {
      const ConditionRecord& cost = index.record(number);
      const Terms& its = index.terms(cost);
      if (its.has_more || its.currency != terms.currency || told(its.unit) != told(terms.unit))
        continue;
      if (cost.threshold > record.threshold || !cost.validity().overlaps(record.validity()))
        continue;
      if (!is_below(context_.snapshot(), price, terms, cost)) continue;
      made.record = number;
      return made;
    }
    made.left_out += costs.end - end;
  }
  return made;
}

bool is_cost_type(const engine::snapshot::Snapshot& snapshot, std::string_view type) {
  const auto id = snapshot.schema().find_type(type);
  if (!id || snapshot.schema().type(*id).value != model::ValueKind::price) return false;
  for (std::uint32_t table = 0; table < snapshot.conditions().table_count(); ++table) {
    const auto& info = snapshot.conditions().table(model::TableId{table});
    if (info.shape.type == *id && is_cost_table(info)) return true;
  }
  return false;
}

}  // namespace rules

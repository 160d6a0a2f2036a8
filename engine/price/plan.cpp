#include "engine/price/plan.hpp"

#include "engine/base/limits.hpp"

#include <algorithm>
#include <array>

namespace engine::price {

namespace limits = base::limits;
using model::FieldId;
using model::Schema;
using snapshot::BoundAccess;
using snapshot::ConditionIndex;
using snapshot::KeyRange;
using snapshot::Snapshot;

namespace {

// One value that a key field can take for this question, and how it was reached.
struct FieldValue {
  std::uint32_t value = 0;
  std::int32_t rank = 0;
  base::Validity validity;
  std::uint16_t distance = 0;
};

class AccessPlanner {
 public:
  AccessPlanner(const Snapshot& snapshot, const Header& header, const LineFields& fields,
                Plan& plan)
      : snapshot_{snapshot}, header_{header}, fields_{fields}, plan_{plan} {}

  void add(const BoundAccess& access) {
    AccessPlan& made = plan_.accesses.emplace_back();
    made.begin = static_cast<std::uint32_t>(plan_.parts.size());
    access_ = &access;
    table_ = &snapshot_.conditions().table(access.rule->table);
    extend(0, FieldValue{});
    made.end = static_cast<std::uint32_t>(plan_.parts.size());
    for (std::uint32_t i = made.begin; i < made.end; ++i) made.mask |= plan_.parts[i].bit;
  }

 private:
  // Walks all combinations of the key fields' values, depth first.
  void extend(std::size_t depth, const FieldValue& so_far) {
    const auto& fields = table_->shape.party_fields;
    if (depth == fields.size()) {
      add_part(so_far);
      return;
    }
    const auto take = [&](const FieldValue& value) {
      values_[depth] = value.value;
      FieldValue next = so_far;
      next.distance = static_cast<std::uint16_t>(next.distance + value.distance);
      if (fields[depth] == Schema::price_list || next.rank == 0) next.rank = value.rank;
      next.validity.from = std::max(next.validity.from, value.validity.from);
      next.validity.to = std::min(next.validity.to, value.validity.to);
      extend(depth + 1, next);
    };
    const auto& constants = access_->constants[depth];
    if (!constants.empty()) {
      for (const std::uint32_t value : constants) take(constant_value(fields[depth], value));
      return;
    }
    each_value(fields[depth], take);
  }

  // A price list that the rules name keeps its own rank and validity.
  FieldValue constant_value(FieldId field, std::uint32_t value) const {
    if (field != Schema::price_list || value >= snapshot_.documents().size())
      return {value, 0, {}, 0};
    const model::Document& list = snapshot_.documents()[value];
    return {value, list.rank, list.validity, 0};
  }

  template <class Take>
  void each_value(FieldId field, const Take& take) {
    if (field == Schema::customer) return each_customer(take);
    if (field == Schema::customer_group) return each_group(take);
    if (field == Schema::price_list) return each_list(take);
    for (const auto& [given, value] : fields_.texts) {
      if (given == field) return take({value.raw(), 0, {}, 0});
    }
    if (header_.customer.is_none()) return;
    for (const model::Attribute& attribute :
         snapshot_.customers().attributes[header_.customer.raw()]) {
      if (attribute.field == field) take({attribute.value.raw(), 0, {}, 0});
    }
  }

  template <class Take>
  void each_customer(const Take& take) {
    std::uint16_t distance = 0;
    for (model::CustomerId id = header_.customer; !id.is_none() && distance <= limits::group_depth;
         ++distance) {
      take({id.raw(), 0, {}, distance});
      if (!access_->rule->customer_parents) return;
      id = snapshot_.customers().parents[id.raw()];
    }
  }

  template <class Take>
  void each_group(const Take& take) {
    if (header_.customer.is_none()) return;
    for (const snapshot::Reached& group : snapshot_.customers().groups[header_.customer.raw()]) {
      if (group.distance > 0 && !access_->rule->group_ancestors) continue;
      take({group.id, group.rank, {}, group.distance});
    }
  }

  template <class Take>
  void each_list(const Take& take) {
    if (header_.customer.is_none()) return;
    for (const snapshot::ListReached& list : snapshot_.customers().lists[header_.customer.raw()]) {
      const rule::ListsOf wanted = access_->rule->lists;
      if (wanted != rule::ListsOf::any && wanted != list.via) continue;
      if (list.distance > 0 && !access_->rule->group_ancestors) continue;
      take({list.list.raw(), list.rank, list.validity, list.distance});
    }
  }

  void add_part(const FieldValue& reached) {
    const ConditionIndex& index = snapshot_.conditions();
    const auto part = index.find_part(access_->rule->table,
                                      std::span{values_}.first(table_->shape.party_fields.size()));
    if (!part) return;
    PlanPart& made = plan_.parts.emplace_back();
    made.part = *part;
    made.range = index.part_keys(*part);
    made.rank = reached.rank;
    made.validity = reached.validity;
    made.distance = reached.distance;
    made.bit = ConditionIndex::part_bit(*part);
    made.search = search_of(index, made.range);
    made.first_key = index.key_at(made.range.begin);
  }

  KeySearch search_of(const ConditionIndex& index, KeyRange range) const {
    if (table_->side == snapshot::ArticleSide::none) return KeySearch::single;
    if (index.key_at(range.end - 1) - index.key_at(range.begin) + 1 == range.size())
      return KeySearch::dense;
    return range.size() > ConditionIndex::run_searched_max ? KeySearch::hashed : KeySearch::run;
  }

  const Snapshot& snapshot_;
  const Header& header_;
  const LineFields& fields_;
  Plan& plan_;
  const BoundAccess* access_ = nullptr;
  const snapshot::TableInfo* table_ = nullptr;
  std::array<std::uint32_t, limits::key_fields> values_{};
};

}  // namespace

void make_plan(const Snapshot& snapshot, const snapshot::BoundProcedure& procedure,
               const Header& header, Plan& plan) {
  plan.parts.clear();
  plan.accesses.clear();
  plan.first_access.clear();
  plan.access_count = procedure.access_count;
  std::uint32_t first = 0;
  for (const snapshot::BoundStep& step : procedure.steps) {
    plan.first_access.push_back(first);
    first += static_cast<std::uint32_t>(step.accesses.size());
  }
  for (const LineFields& fields : header.fields) {
    AccessPlanner planner{snapshot, header, fields, plan};
    for (const snapshot::BoundStep& step : procedure.steps) {
      for (const BoundAccess& access : step.accesses) planner.add(access);
    }
  }
}

}  // namespace engine::price

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

  // First all that may be reached is noted, then what is there is taken: in between, the index
  // brings it near, for all parts at once.
  void want(const BoundAccess& access) {
    AccessPlan& made = plan_.accesses.emplace_back();
    made.begin = static_cast<std::uint32_t>(plan_.wanted.size());
    access_ = &access;
    party_fields_ = snapshot_.conditions().table(access.rule->table).shape.party_fields;
    if (party_fields_.empty()) {
      note(FieldValue{});
    } else {
      extend(0, FieldValue{});
    }
    plan_.accesses.back().end = static_cast<std::uint32_t>(plan_.wanted.size());
  }

 private:
  // Walks all combinations of the key fields' values, depth first.
  void extend(std::size_t depth, const FieldValue& so_far) {
    const FieldId field = party_fields_[depth];
    const auto take = [&](const FieldValue& value) {
      values_[depth] = value.value;
      FieldValue next = so_far;
      next.distance = static_cast<std::uint16_t>(next.distance + value.distance);
      if (field == Schema::price_list || next.rank == 0) next.rank = value.rank;
      next.validity.from = std::max(next.validity.from, value.validity.from);
      next.validity.to = std::min(next.validity.to, value.validity.to);
      if (depth + 1 == party_fields_.size()) {
        note(next);
      } else {
        extend(depth + 1, next);
      }
    };
    const auto& constants = access_->constants[depth];
    if (!constants.empty()) {
      for (const std::uint32_t value : constants)
        take_with_bases(field, constant_value(field, value), take);
      return;
    }
    each_value(field, take);
  }

  // A price list that the rules name keeps its own rank and validity.
  FieldValue constant_value(FieldId field, std::uint32_t value) const {
    if (field != Schema::price_list || value >= snapshot_.documents().size())
      return {value, 0, {}, 0};
    const model::Document& list = snapshot_.documents()[value];
    return {value, list.rank, list.validity, 0};
  }

  // A list, and those it is based on: reached by way of it, so with its rank and while it holds, but
  // each within its own validity.
  template <class Take>
  void take_with_bases(FieldId field, FieldValue reached, const Take& take) {
    take(reached);
    if (field != Schema::price_list || !access_->rule->list_bases) return;
    const auto& documents = snapshot_.documents();
    while (reached.value < documents.size() && !documents[reached.value].based_on.is_none()) {
      reached.value = documents[reached.value].based_on.raw();
      const base::Validity& own = documents[reached.value].validity;
      reached.validity.from = std::max(reached.validity.from, own.from);
      reached.validity.to = std::min(reached.validity.to, own.to);
      ++reached.distance;
      take(reached);
    }
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
      take_with_bases(Schema::price_list,
                      {list.list.raw(), list.rank, list.validity, list.distance}, take);
    }
  }

  void note(const FieldValue& reached) {
    const ConditionIndex& index = snapshot_.conditions();
    const auto values = std::span{values_}.first(party_fields_.size());
    const std::uint64_t hash = ConditionIndex::part_hash(access_->rule->table, values);
    index.prefetch_part_slot(hash);
    plan_.wanted.push_back({values_, hash, reached.validity, reached.rank, reached.distance});
  }

  const Snapshot& snapshot_;
  const Header& header_;
  const LineFields& fields_;
  Plan& plan_;
  const BoundAccess* access_ = nullptr;
  std::span<const FieldId> party_fields_;
  std::array<std::uint32_t, limits::key_fields> values_{};
};

// Takes the parts of an access that are there, and drops the others.
void take_parts(const ConditionIndex& index, const BoundAccess& access, AccessPlan& made,
                Plan& plan) {
  const model::TableId table = access.rule->table;
  const std::size_t width = index.table(table).shape.party_fields.size();
  const auto wanted = std::span{plan.wanted}.subspan(made.begin, made.end - made.begin);
  made.begin = static_cast<std::uint32_t>(plan.parts.size());
  for (const WantedPart& one : wanted) {
    const auto number = index.find_part(one.hash, table, std::span{one.values}.first(width));
    if (!number) continue;
    const snapshot::Part& part = index.part(*number);
    const std::uint64_t bit = ConditionIndex::part_bit(*number);
    plan.parts.push_back({*number, part.keys, part.first_key, one.rank, bit, one.validity,
                          one.distance, part.search});
    made.mask |= bit;
  }
  made.end = static_cast<std::uint32_t>(plan.parts.size());
}

}  // namespace

void make_plan(const Snapshot& snapshot, const snapshot::BoundProcedure& procedure,
               const Header& header, Plan& plan) {
  const ConditionIndex& index = snapshot.conditions();
  plan.parts.clear();
  plan.wanted.clear();
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
      for (const BoundAccess& access : step.accesses) planner.want(access);
    }
  }
  for (const WantedPart& wanted : plan.wanted) index.prefetch_part(wanted.hash);
  AccessPlan* made = plan.accesses.data();
  for (std::size_t fields = 0; fields < header.fields.size(); ++fields) {
    for (const snapshot::BoundStep& step : procedure.steps) {
      for (const BoundAccess& access : step.accesses) take_parts(index, access, *made++, plan);
    }
  }
}

}  // namespace engine::price

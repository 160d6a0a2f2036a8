#include "engine/snapshot/plan.hpp"

#include "engine/base/limits.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <algorithm>
#include <array>

namespace engine::snapshot {

namespace limits = base::limits;
using model::FieldId;
using model::Schema;

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
  AccessPlanner(const Snapshot& snapshot, model::CustomerId customer, const FieldValues& fields,
                Plan& plan)
      : snapshot_{snapshot}, customer_{customer}, fields_{fields}, plan_{plan} {}

  // First all that may be reached is noted, then what is there is taken: in between, the index
  // brings it near, for all parts at once.
  void want(const BoundAccess& access, AccessPlan& made) {
    made.begin = static_cast<std::uint32_t>(plan_.wanted.size());
    access_ = &access;
    party_fields_ = snapshot_.conditions().table(access.rule->table).shape.party_fields;
    if (party_fields_.empty()) {
      note(FieldValue{});
    } else if (party_fields_.size() == 1) {  // most keys: nothing to be combined
      const std::uint64_t of_table = ConditionIndex::part_hash(access.rule->table, {});
      each_way(0, [this, of_table](const FieldValue& value) {
        values_[0] = value.value;
        note(value, base::combine(of_table, value.value));
      });
    } else {
      extend(0, FieldValue{});
    }
    made.end = static_cast<std::uint32_t>(plan_.wanted.size());
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
    each_way(depth, take);
  }

  // All values of one key field.
  template <class Take>
  void each_way(std::size_t depth, const Take& take) {
    const FieldId field = party_fields_[depth];
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
    for (const auto& [given, value] : fields_) {
      if (given == field) return take({value.raw(), 0, {}, 0});
    }
    if (customer_.is_none()) return;
    for (const model::Attribute& attribute : snapshot_.customers().attributes[customer_.raw()]) {
      if (attribute.field == field) take({attribute.value.raw(), 0, {}, 0});
    }
  }

  template <class Take>
  void each_customer(const Take& take) {
    std::uint16_t distance = 0;
    for (model::CustomerId id = customer_; !id.is_none() && distance <= limits::group_depth;
         ++distance) {
      take({id.raw(), 0, {}, distance});
      if (!access_->rule->customer_parents) return;
      id = snapshot_.customers().parents[id.raw()];
    }
  }

  template <class Take>
  void each_group(const Take& take) {
    if (customer_.is_none()) return;
    for (const Reached& group : snapshot_.customers().groups[customer_.raw()]) {
      if (group.distance > 0 && !access_->rule->group_ancestors) continue;
      take({group.id, group.rank, {}, group.distance});
    }
  }

  template <class Take>
  void each_list(const Take& take) {
    if (customer_.is_none()) return;
    for (const ListReached& list : snapshot_.customers().lists[customer_.raw()]) {
      const rule::ListsOf wanted = access_->rule->lists;
      if (wanted != rule::ListsOf::any && wanted != list.via) continue;
      if (list.distance > 0 && !access_->rule->group_ancestors) continue;
      take_with_bases(Schema::price_list,
                      {list.list.raw(), list.rank, list.validity, list.distance}, take);
    }
  }

  void note(const FieldValue& reached) {
    const auto values = std::span{values_}.first(party_fields_.size());
    note(reached, ConditionIndex::part_hash(access_->rule->table, values));
  }

  void note(const FieldValue& reached, std::uint64_t hash) {
    snapshot_.conditions().prefetch_part_slot(hash);
    plan_.wanted.make_room(1);
    WantedPart& to = plan_.wanted.next();
    to.values = values_;  // all places: cheaper than as many as there are
    to.hash = hash;
    to.validity = reached.validity;
    to.rank = reached.rank;
    to.distance = reached.distance;
  }

  const Snapshot& snapshot_;
  model::CustomerId customer_;
  const FieldValues& fields_;
  Plan& plan_;
  const BoundAccess* access_ = nullptr;
  std::span<const FieldId> party_fields_;
  std::array<std::uint32_t, limits::key_fields> values_{};
};

// Takes the parts of an access that are there, and drops the others. Returns where the next access
// puts its own.
std::uint32_t take_parts(const ConditionIndex& index, const BoundAccess& access, AccessPlan& made,
                         std::uint32_t next, Plan& plan) {
  const model::TableId table = access.rule->table;
  const TableInfo& info = index.table(table);
  const std::size_t width = info.shape.party_fields.size();
  const WantedPart* one = plan.wanted.begin() + made.begin;
  const WantedPart* const end = plan.wanted.begin() + made.end;
  PlanPart* to = plan.parts.data() + next;
  made.by_article = info.side == ArticleSide::article;
  made.mask = 0;
  for (; one != end; ++one) {
    const auto number = index.find_part(one->hash, table, std::span{one->values}.first(width));
    if (!number) continue;
    const Part& part = index.part(*number);
    to->part = *number;
    to->range = part.keys;
    to->first_key = part.first_key;
    to->rank = one->rank;
    to->bit = ConditionIndex::part_bit(*number);
    to->validity = one->validity;
    to->distance = one->distance;
    to->search = part.search;
    made.mask |= to->bit;
    ++to;
  }
  made.begin = next;
  made.end = static_cast<std::uint32_t>(to - plan.parts.data());
  return made.end;
}

}  // namespace

void PlanMaker::begin(model::CustomerId customer, std::size_t sets) {
  customer_ = customer;
  wanted_sets_ = 0;
  plan_.wanted.clear();
  plan_.access_count = procedure_.access_count;
  plan_.accesses.resize(sets * procedure_.access_count);
}

void PlanMaker::want(const FieldValues& fields) {
  AccessPlanner planner{snapshot_, customer_, fields, plan_};
  AccessPlan* made = plan_.accesses.data() + wanted_sets_++ * procedure_.access_count;
  for (const BoundStep& step : procedure_.steps) {
    for (const BoundAccess& access : step.accesses) planner.want(access, *made++);
  }
}

std::uint32_t PlanMaker::end() {
  const ConditionIndex& index = snapshot_.conditions();
  for (const WantedPart& wanted : plan_.wanted) index.prefetch_part(wanted.hash);
  if (plan_.parts.size() < plan_.wanted.size()) plan_.parts.resize(plan_.wanted.size());
  AccessPlan* made = plan_.accesses.data();
  std::uint32_t next = 0;
  for (std::size_t set = 0; set < wanted_sets_; ++set) {
    for (const BoundStep& step : procedure_.steps) {
      for (const BoundAccess& access : step.accesses)
        next = take_parts(index, access, *made++, next, plan_);
    }
  }
  return next;
}

}  // namespace engine::snapshot

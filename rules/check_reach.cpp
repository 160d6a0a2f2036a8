#include "rules/check_reach.hpp"

#include "engine/base/hash.hpp"
#include "engine/base/limits.hpp"

#include <algorithm>
#include <array>

namespace rules {

namespace model = engine::model;
namespace rule = engine::rule;
using engine::base::Validity;
using engine::snapshot::ArticleSide;
using engine::snapshot::BoundAccess;
using engine::snapshot::BoundStep;
using engine::snapshot::Snapshot;
using model::FieldId;
using model::Schema;

// Goes through the combinations of a key's values that one customer has under one access.
class Reach::Walk {
 public:
  Walk(const Reach& reach, model::CustomerId customer, std::vector<Way>& ways)
      : reach_{reach}, snapshot_{reach.context_.snapshot()}, customer_{customer}, ways_{ways} {}

  void access(std::size_t number) {
    access_ = &reach_.step_.accesses[number];
    shape_ = &snapshot_.conditions().table(access_->rule->table).shape;
    number_ = static_cast<std::uint16_t>(number);
    Way way;
    way.access = number_;
    way.own =
        std::ranges::find(shape_->party_fields, Schema::customer) != shape_->party_fields.end();
    extend(0, way);
  }

 private:
  void extend(std::size_t depth, const Way& so_far) {
    const auto& fields = shape_->party_fields;
    if (depth == fields.size()) return finish(so_far);
    const auto take = [&](std::uint32_t value, std::int32_t rank, const Validity& validity,
                          std::uint16_t distance) {
      values_[depth] = value;
      Way next = so_far;
      next.distance = static_cast<std::uint16_t>(next.distance + distance);
      if (fields[depth] == Schema::price_list || next.rank == 0) next.rank = rank;
      next.validity.from = std::max(next.validity.from, validity.from);
      next.validity.to = std::min(next.validity.to, validity.to);
      extend(depth + 1, next);
    };
    const auto& constants = access_->constants[depth];
    if (reach_.is_open(fields[depth])) return extend(depth + 1, so_far);
    if (constants.empty()) return each_value(fields[depth], take);
    for (const std::uint32_t value : constants) {
      const bool is_list =
          fields[depth] == Schema::price_list && value < snapshot_.documents().size();
      if (is_list) {
        const model::Document& list = snapshot_.documents()[value];
        take_with_bases(value, list.rank, list.validity, 0, take);
      } else {
        take(value, 0, {}, 0);
      }
    }
  }

  template <class Take>
  void each_value(FieldId field, const Take& take) {
    const auto& customers = snapshot_.customers();
    if (field == Schema::customer) {
      std::uint16_t distance = 0;
      for (model::CustomerId id = customer_;
           !id.is_none() && distance <= engine::base::limits::group_depth; ++distance) {
        take(id.raw(), 0, {}, distance);
        if (!access_->rule->customer_parents) return;
        id = customers.parents[id.raw()];
      }
    } else if (field == Schema::customer_group) {
      for (const auto& group : customers.groups[customer_.raw()]) {
        if (group.distance == 0 || access_->rule->group_ancestors)
          take(group.id, group.rank, {}, group.distance);
      }
    } else if (field == Schema::price_list) {
      for (const auto& list : customers.lists[customer_.raw()]) {
        const rule::ListsOf wanted = access_->rule->lists;
        if (wanted != rule::ListsOf::any && wanted != list.via) continue;
        if (list.distance == 0 || access_->rule->group_ancestors)
          take_with_bases(list.list.raw(), list.rank, list.validity, list.distance, take);
      }
    }
  }

  template <class Take>
  void take_with_bases(std::uint32_t list, std::int32_t rank, Validity validity,
                       std::uint16_t distance, const Take& take) {
    const auto& documents = snapshot_.documents();
    while (true) {
      take(list, rank, validity, distance++);
      const model::DocumentId base = documents[list].based_on;
      if (!access_->rule->list_bases || base.is_none()) return;
      list = base.raw();
      validity.from = std::max(validity.from, documents[list].validity.from);
      validity.to = std::min(validity.to, documents[list].validity.to);
    }
  }

  void finish(const Way& way) {
    const auto values = std::span{values_}.first(shape_->party_fields.size());
    if (!reach_.has_open_[number_]) {
      const auto part = snapshot_.conditions().find_part(access_->rule->table, values);
      if (part) add(way, *part);
      return;
    }
    const auto [first, last] =
        reach_.by_closed_[number_].equal_range(reach_.closed_hash(*shape_, values));
    for (auto found = first; found != last; ++found) add_open(way, found->second);
  }

  void add(Way way, std::uint32_t part) {
    if (way.validity.from >= way.validity.to) return;
    way.part = part;
    ways_.push_back(std::move(way));
  }

  void add_open(const Way& way, std::uint32_t part) {
    const auto values = snapshot_.conditions().part_values(part);
    Way made = way;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const FieldId field = shape_->party_fields[i];
      if (!reach_.is_open(field)) {
        if (values[i] != values_[i]) return;  // another key of the same hash
      } else if (!access_->constants[i].empty()) {
        if (std::ranges::find(access_->constants[i], values[i]) == access_->constants[i].end())
          return;
      } else {
        give(made, field, values[i]);
      }
    }
    add(std::move(made), part);
  }

  // The customer has the value, or else the question gives it.
  void give(Way& way, FieldId field, std::uint32_t value) const {
    const auto owned = snapshot_.customers().attributes[customer_.raw()];
    const bool has = std::ranges::any_of(owned, [&](const model::Attribute& own) {
      return own.field == field && own.value.raw() == value;
    });
    if (has) return;
    way.given.emplace_back(field, value);
    way.overrides |= snapshot_.schema().field(field).side == model::FieldSide::party;
  }

  const Reach& reach_;
  const Snapshot& snapshot_;
  model::CustomerId customer_;
  std::vector<Way>& ways_;
  const BoundAccess* access_ = nullptr;
  const model::TableShape* shape_ = nullptr;
  std::uint16_t number_ = 0;
  std::array<std::uint32_t, engine::base::limits::key_fields> values_{};
};

Reach::Reach(const CheckContext& context, const BoundStep& step) : context_{context}, step_{step} {
  const auto& index = context.index();
  by_closed_.resize(step.accesses.size());
  for (std::size_t i = 0; i < step.accesses.size(); ++i) {
    const model::TableId table = step.accesses[i].rule->table;
    const model::TableShape& shape = index.table(table).shape;
    has_open_.push_back(
        std::ranges::any_of(shape.party_fields, [this](FieldId field) { return is_open(field); }));
    if (!has_open_.back()) continue;
    for (std::uint32_t part = 0; part < index.part_count(); ++part) {
      if (index.table_of_part(part) == table)
        by_closed_[i].emplace(closed_hash(shape, index.part_values(part)), part);
    }
  }
}

bool Reach::is_open(FieldId field) const {
  return field != Schema::customer && field != Schema::customer_group &&
         field != Schema::price_list;
}

std::uint64_t Reach::closed_hash(const model::TableShape& shape,
                                 std::span<const std::uint32_t> values) const {
  std::uint64_t hash = 1;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!is_open(shape.party_fields[i])) hash = engine::base::combine(hash, values[i]);
  }
  return hash;
}

std::vector<Way> Reach::ways(model::CustomerId customer) const {
  std::vector<Way> made;
  Walk walk{*this, customer, made};
  for (std::size_t i = 0; i < step_.accesses.size(); ++i) walk.access(i);
  return made;
}

}  // namespace rules

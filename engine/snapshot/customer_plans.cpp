#include "engine/snapshot/customer_plans.hpp"

#include "engine/base/parallel.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <algorithm>
#include <atomic>

namespace engine::snapshot {

using model::FieldId;
using model::Schema;

namespace {

constexpr std::size_t customers_per_chunk = 256;
constexpr std::size_t share_of_store = 12;
constexpr std::size_t bytes_always = std::size_t{4} << 20U;  // small stores have small plans

struct Chunk {
  std::vector<AccessPlan> accesses;
  std::vector<PlanPart> parts;

  std::size_t bytes() const {
    return accesses.size() * sizeof(AccessPlan) + parts.size() * sizeof(PlanPart);
  }
};

void plan_customers(const Snapshot& snapshot, const BoundProcedure& procedure, std::size_t begin,
                    std::size_t end, Chunk& chunk) {
  const FieldValues nothing_given;
  Plan plan;
  PlanMaker maker{snapshot, procedure, plan};
  for (std::size_t customer = begin; customer < end; ++customer) {
    maker.begin(model::CustomerId{static_cast<std::uint32_t>(customer)}, 1);
    maker.want(nothing_given);
    const std::uint32_t count = maker.end();
    const auto parts = std::span{plan.parts}.first(count);
    const auto first = static_cast<std::uint32_t>(chunk.parts.size());
    for (AccessPlan access : plan.accesses) {
      access.begin += first;
      access.end += first;
      chunk.accesses.push_back(access);
    }
    chunk.parts.insert(chunk.parts.end(), parts.begin(), parts.end());
  }
}

// The plans of all customers; none, where they would take more than that.
std::vector<Chunk> plan_all(const Snapshot& snapshot, const BoundProcedure& procedure,
                            std::size_t bytes_max) {
  const std::size_t customers = snapshot.customers().parents.size();
  const std::size_t count = (customers + customers_per_chunk - 1) / customers_per_chunk;
  std::vector<Chunk> chunks(count);
  std::atomic<std::size_t> bytes = 0;
  base::parallel_for(count, 1, [&](std::size_t begin, std::size_t end, std::size_t /*worker*/) {
    for (std::size_t i = begin; i < end && bytes <= bytes_max; ++i) {
      const std::size_t first = i * customers_per_chunk;
      plan_customers(snapshot, procedure, first, std::min(first + customers_per_chunk, customers),
                     chunks[i]);
      bytes += chunks[i].bytes();
    }
  });
  if (bytes > bytes_max) chunks.clear();
  return chunks;
}

bool is_customers_own(FieldId field) {
  return field == Schema::customer || field == Schema::customer_group ||
         field == Schema::price_list;
}

// Calls `visit(table, depth, field, constants)` for each party side field of the keys of all
// accesses.
template <class Visit>
void each_key_field(const Snapshot& snapshot, const BoundProcedure& procedure, const Visit& visit) {
  for (const BoundStep& step : procedure.steps) {
    for (const BoundAccess& access : step.accesses) {
      const model::TableId table = access.rule->table;
      const auto& fields = snapshot.conditions().table(table).shape.party_fields;
      for (std::size_t i = 0; i < fields.size(); ++i) visit(table, fields[i], access.constants[i]);
    }
  }
}

// Tables of which every key names the customer by itself.
std::vector<bool> tables_by_customer(const Snapshot& snapshot) {
  const ConditionIndex& index = snapshot.conditions();
  std::vector<bool> found(index.table_count());
  for (std::uint32_t table = 0; table < found.size(); ++table) {
    const auto& fields = index.table(model::TableId{table}).shape.party_fields;
    found[table] = std::ranges::find(fields, Schema::customer) != fields.end();
  }
  for (const BoundProcedure& procedure : snapshot.procedures()) {
    each_key_field(snapshot, procedure, [&](model::TableId table, FieldId field, const auto& ids) {
      if (field == Schema::customer && !ids.empty()) found[table.raw()] = false;
    });
  }
  return found;
}

}  // namespace

CustomerPlans::CustomerPlans(const Snapshot& snapshot)
    : by_customer_{std::make_shared<const std::vector<bool>>(tables_by_customer(snapshot))},
      customers_{snapshot.customers().parents.size()} {
  const std::size_t store = snapshot.conditions().memory_bytes();
  std::size_t left = std::max(store / share_of_store, bytes_always);
  for (const BoundProcedure& procedure : snapshot.procedures()) {
    const auto chunks = plan_all(snapshot, procedure, left);
    if (chunks.empty()) return;
    auto made = std::make_shared<OfProcedure>();
    made->access_count = procedure.access_count;
    each_key_field(snapshot, procedure, [&](model::TableId /*table*/, FieldId field, const auto&) {
      if (!is_customers_own(field)) made->fields.push_back(field);
    });
    std::size_t parts = 0;
    for (const Chunk& chunk : chunks) parts += chunk.parts.size();
    made->parts.reserve(parts);
    made->accesses.reserve(customers_ * made->access_count);
    for (const Chunk& chunk : chunks) {
      const auto first = static_cast<std::uint32_t>(made->parts.size());
      for (AccessPlan access : chunk.accesses) {
        access.begin += first;
        access.end += first;
        made->accesses.push_back(access);
      }
      made->parts.insert(made->parts.end(), chunk.parts.begin(), chunk.parts.end());
      left -= chunk.bytes();
    }
    kept_.push_back(std::move(made));
  }
}

CustomerPlans CustomerPlans::laid_over(const ConditionIndex& index, std::uint32_t first_new,
                                       const std::vector<model::CustomerId>& parents) const {
  CustomerPlans made{*this};
  const auto end = static_cast<std::uint32_t>(index.part_count_laid_over());
  if (first_new == end || kept_.empty() || (outdated_ != nullptr && outdated_->all)) return made;
  auto outdated = std::make_shared<Outdated>();
  if (outdated_ != nullptr) *outdated = *outdated_;
  outdated->customers.resize(customers_);
  for (std::uint32_t part = first_new; part < end; ++part) {
    const std::uint32_t table = index.part(part).table;
    if (table >= by_customer_->size() || !(*by_customer_)[table]) {
      outdated->all = true;
      break;
    }
    const auto& fields = index.table(model::TableId{table}).shape.party_fields;
    const auto at = std::ranges::find(fields, Schema::customer) - fields.begin();
    const std::uint32_t customer = index.part_values(part)[static_cast<std::size_t>(at)];
    if (customer < customers_) outdated->customers[customer] = true;
  }
  // Keys may name a customer for those below it, too.
  for (std::uint32_t customer = 0; customer < customers_ && !outdated->all; ++customer) {
    model::CustomerId above = parents[customer];
    for (std::size_t depth = 0; !above.is_none() && depth <= base::limits::group_depth; ++depth) {
      if (outdated->customers[above.raw()]) outdated->customers[customer] = true;
      above = parents[above.raw()];
    }
  }
  made.outdated_ = std::move(outdated);
  return made;
}

void CustomerPlans::prefetch(std::size_t procedure, model::CustomerId customer) const {
  if (procedure >= kept_.size() || customer.is_none()) return;
  const OfProcedure& own = *kept_[procedure];
  const AccessPlan* const first =
      own.accesses.data() + std::size_t{customer.raw()} * own.access_count;
  constexpr std::size_t step = 64 / sizeof(AccessPlan);
  for (std::size_t i = 0; i < own.access_count; i += step) __builtin_prefetch(first + i);
}

bool CustomerPlans::names_any(const std::vector<FieldId>& fields, const FieldValues& given) {
  return std::ranges::any_of(
      given, [&](const auto& one) { return std::ranges::find(fields, one.first) != fields.end(); });
}

std::size_t CustomerPlans::memory_bytes() const {
  std::size_t bytes = 0;
  for (const auto& own : kept_) {
    bytes +=
        own->accesses.capacity() * sizeof(AccessPlan) + own->parts.capacity() * sizeof(PlanPart);
  }
  return bytes;
}

}  // namespace engine::snapshot

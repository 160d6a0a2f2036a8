// Plan: what a customer, with the question's fields, can find at all - resolved once and shared by
// all lines. For every access of the procedure: the parts (see snapshot/condition_index.hpp) that
// the party side of its key comes down to, with the rank, distance and validity by which each was
// reached. Most questions give no field that keys have: their plans are their customer's, made
// with the snapshot and kept (customer_plans.hpp). Others are planned one by one, on the worker's
// memory. Read only once made. Cost of making: one look-up a part, about a microsecond in all.
#pragma once

#include "engine/base/date.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/pile.hpp"
#include "engine/snapshot/bind.hpp"
#include "engine/snapshot/condition_index.hpp"
#include "engine/snapshot/frame.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace engine::snapshot {

class Snapshot;

struct PlanPart {
  std::uint32_t part = 0;
  KeyRange range;
  std::uint32_t first_key = 0;  // of a dense part
  std::uint64_t bit = 0;  // in article signatures, of tables that have them, and among changes
  std::int32_t rank = 0;
  base::Validity validity;  // of the assignment by which a price list was reached
  std::uint16_t distance = 0;
  KeySearch search = KeySearch::single;
};

static_assert(sizeof(PlanPart) == 40);  // kept by customer: see customer_plans.hpp

struct AccessPlan {
  std::uint32_t begin = 0;  // into the parts
  std::uint32_t end = 0;
  std::uint64_t mask = 0;   // all bits of its parts; also where the table has no signatures
  bool by_article = false;  // its keys are articles

  bool is_empty() const { return begin == end; }
};

// A plan wherever it is kept.
struct PlanView {
  std::span<const PlanPart> parts;  // at least those that accesses name
  // For each set of fields that lines share, of all steps, in the order of steps, then accesses.
  std::span<const AccessPlan> accesses;
  std::uint32_t access_count = 0;  // of one set

  const AccessPlan& of(std::size_t fields, const BoundStep& step, std::size_t access) const {
    return accesses[fields * access_count + step.first_access + access];
  }
};

// A part that a question may reach, before it is known whether there is one.
struct WantedPart {
  std::array<std::uint32_t, base::limits::key_fields> values{};
  std::uint64_t hash = 0;
  base::Validity validity;
  std::int32_t rank = 0;
  std::uint16_t distance = 0;
};

// A plan and the memory that it is made in; its places are used again.
struct Plan {
  std::vector<PlanPart> parts;
  std::vector<AccessPlan> accesses;
  std::uint32_t access_count = 0;
  base::Pile<WantedPart> wanted;  // while it is made

  PlanView view() const { return {parts, accesses, access_count}; }
};

// Makes the plan of a question: begin(), want() for each set of fields that its lines share, end().
class PlanMaker {
 public:
  PlanMaker(const Snapshot& snapshot, const BoundProcedure& procedure, Plan& plan)
      : snapshot_{snapshot}, procedure_{procedure}, plan_{plan} {}

  void begin(model::CustomerId customer, std::size_t sets);
  void want(const FieldValues& fields);
  // Returns how many parts there are.
  std::uint32_t end();

 private:
  const Snapshot& snapshot_;
  const BoundProcedure& procedure_;
  Plan& plan_;
  model::CustomerId customer_;
  std::size_t wanted_sets_ = 0;
};

}  // namespace engine::snapshot

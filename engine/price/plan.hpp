// Plan: what a customer, with the question's fields, can find at all - resolved once per question
// and shared by all of its lines. For every access of the procedure: the parts (see
// snapshot/condition_index.hpp) that the party side of its key comes down to, with the rank,
// distance and validity by which each was reached. Built per question on the worker's scratch; then
// read only. Cost: one look-up a part, about a microsecond in all.
#pragma once

#include "engine/price/line.hpp"
#include "engine/price/pile.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace engine::price {

using snapshot::KeySearch;

struct PlanPart {
  std::uint32_t part = 0;
  snapshot::KeyRange range;
  std::uint32_t first_key = 0;  // of a dense part
  std::int32_t rank = 0;
  std::uint64_t bit = 0;    // in article signatures, of tables that have them, and among changes
  base::Validity validity;  // of the assignment by which a price list was reached
  std::uint16_t distance = 0;
  KeySearch search = KeySearch::single;
};

struct AccessPlan {
  std::uint32_t begin = 0;  // into Plan::parts
  std::uint32_t end = 0;
  std::uint64_t mask = 0;   // all bits of its parts; also where the table has no signatures
  bool by_article = false;  // its keys are articles

  bool is_empty() const { return begin == end; }
};

// A part that a question may reach, before it is known whether there is one.
struct WantedPart {
  std::array<std::uint32_t, base::limits::key_fields> values{};
  std::uint64_t hash = 0;
  base::Validity validity;
  std::int32_t rank = 0;
  std::uint16_t distance = 0;
};

struct Plan {
  std::vector<PlanPart> parts;  // at least those that accesses name; places are used again
  // For each set of fields that lines share (Header::fields), of all steps, in the order of steps,
  // then accesses.
  std::vector<AccessPlan> accesses;
  std::vector<std::uint32_t> first_access;  // by step: index into the accesses of one set
  std::uint32_t access_count = 0;           // of one set
  Pile<WantedPart> wanted;                  // while it is made

  const AccessPlan& of(std::size_t fields, std::uint16_t step, std::size_t access) const {
    return accesses[fields * access_count + first_access[step] + access];
  }
};

void make_plan(const snapshot::Snapshot& snapshot, const snapshot::BoundProcedure& procedure,
               const Header& header, Plan& plan);

}  // namespace engine::price

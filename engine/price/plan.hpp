// Plan: what a customer, with the question's fields, can find at all - resolved once per question
// and shared by all of its lines. For every access of the procedure: the parts (see
// snapshot/condition_index.hpp) that the party side of its key comes down to, with the rank,
// distance and validity by which each was reached. Built per question on the worker's scratch; then
// read only. Cost: one look-up a part, about a microsecond in all.
#pragma once

#include "engine/price/line.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <cstdint>
#include <vector>

namespace engine::price {

// How a part's keys are found.
enum class KeySearch : std::uint8_t {
  single,  // the key has no article side: the part's one key
  dense,   // keys are consecutive numbers: by subtraction
  run,     // few keys: by binary search of the run
  hashed,  // by hash slot
};

struct PlanPart {
  std::uint32_t part = 0;
  snapshot::KeyRange range;
  std::uint32_t first_key = 0;  // of a dense part
  std::int32_t rank = 0;
  std::uint64_t bit = 0;    // in article signatures
  base::Validity validity;  // of the assignment by which a price list was reached
  std::uint16_t distance = 0;
  KeySearch search = KeySearch::single;
};

struct AccessPlan {
  std::uint32_t begin = 0;  // into Plan::parts
  std::uint32_t end = 0;
  std::uint64_t mask = 0;  // all bits of its parts
};

struct Plan {
  std::vector<PlanPart> parts;
  // For each set of fields that lines share (Header::fields), of all steps, in the order of steps,
  // then accesses.
  std::vector<AccessPlan> accesses;
  std::vector<std::uint32_t> first_access;  // by step: index into the accesses of one set
  std::uint32_t access_count = 0;           // of one set

  const AccessPlan& of(std::size_t fields, std::uint16_t step, std::size_t access) const {
    return accesses[fields * access_count + first_access[step] + access];
  }
};

void make_plan(const snapshot::Snapshot& snapshot, const snapshot::BoundProcedure& procedure,
               const Header& header, Plan& plan);

}  // namespace engine::price

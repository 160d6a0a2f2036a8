// Keys that meet through articles: which keys of one mapping - groups, attributes - some article
// has together with a key of another mapping, or of the same one. Filled per step before workers
// read it; cost: a pass over the articles a pair of mappings.
#pragma once

#include "rules/check_context.hpp"

#include <cstdint>
#include <map>
#include <utility>

namespace rules {

class Neighbours {
 public:
  // What the step's accesses need and is not there yet.
  void add(const CheckContext& context, const engine::snapshot::BoundStep& step);

  // By key of `a`: keys of `b`. Requires a step with both mappings to have been added.
  const NumberLists& between(std::uint16_t a, std::uint16_t b) const { return lists_.at({a, b}); }

 private:
  std::map<std::pair<std::uint16_t, std::uint16_t>, NumberLists> lists_;
};

}  // namespace rules

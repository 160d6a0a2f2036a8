// Ties that a batch brings: of two records under one key neither of which any comparator of a step
// that refuses ties puts first, at least one of the batch, where there was no such pair before. Said
// of facts whose pending rows are the batch's, before they are settled; for the guard of a feed. Looks
// at the keys that the batch touches alone, and tells what is certain without a question: both records
// are of one unit and under one condition, and of one document or none, or of two agreements or
// promotions that have a customer in common. What meets by way of groups, other accesses or lists is
// left to the checker. Only reads; one writer. Cost: a sort of the batch's rows, and the records under
// their keys; at most pairs_max pairs of them.
#pragma once

#include "engine/model/facts.hpp"
#include "engine/rule/rule_set.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rules {

struct BatchTies {
  static constexpr std::uint64_t pairs_max = 1'000'000;

  std::uint64_t found = 0;          // pairs of records
  std::uint64_t left_out = 0;       // pairs that were not looked at
  std::vector<std::string> told{};  // the first of those found, for people
};

BatchTies ties_of_batch(const engine::model::Facts& facts, const engine::rule::RuleSet& rules,
                        std::size_t told_max);

}  // namespace rules

// Merges price lists slot by slot for one line. Lists come in the order of their rank; a slot -
// unit, currency, threshold - that an earlier list fills is not filled again. A list that refuses
// to be merged counts only where no earlier list has any price for the article, in whatever unit
// and currency, and then ends the search.
#pragma once

#include "engine/price/plan.hpp"
#include "engine/price/scratch.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <span>
#include <vector>

namespace engine::price {

// `candidates` of one line, which is reordered; what is left of them comes in the order of lists.
std::vector<Candidate> merge(const snapshot::Snapshot& snapshot, const PlanView& plan,
                             std::span<Candidate> candidates);

}  // namespace engine::price

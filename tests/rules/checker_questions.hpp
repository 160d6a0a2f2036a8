// Witnesses put to the engine, and what an explained answer says about a tie: for tests of the
// checker.
#pragma once

#include "engine/price/priced.hpp"
#include "engine/snapshot/snapshot.hpp"
#include "rules/checker.hpp"

#include <set>
#include <string>
#include <vector>

namespace tests {

// The outcome of the witness's only line; the fault where the question is refused.
std::string outcome_of(const engine::snapshot::Snapshot& snapshot, const rules::Witness& witness);

// Labels of the records that a tie left standing.
std::string tied_labels(const engine::snapshot::Snapshot& snapshot,
                        const engine::price::LineTrace& trace);

// Whether one of the texts names two of the records that a tie left standing.
bool is_among(const engine::snapshot::Snapshot& snapshot, const std::set<std::string>& texts,
              const engine::price::LineTrace& trace);

}  // namespace tests

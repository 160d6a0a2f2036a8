// Ties: pairs of records that one line can meet, whose answers differ and that no comparator tells
// apart - within a key, between keys of a part (an article in two groups), and between parts (a
// customer in two groups, two lists of one rank, accesses that compete). Each is told with the
// question that proves it; see check_proof.hpp. Cost: keys of parts that meet are walked side by
// side; only what passes all comparators is asked.
#pragma once

#include "rules/check_context.hpp"
#include "rules/check_sink.hpp"

#include <vector>

namespace rules {

// `reached` gets a mark for every part of the index that some customer reaches in some step.
void check_ties(const CheckContext& context, FindingSink& sink, std::vector<bool>& reached);

}  // namespace rules

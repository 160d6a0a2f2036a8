// Ties: pairs of records that one line can meet, whose answers differ and that no comparator tells
// apart - within a key, between keys of a part (an article in two groups), and between parts (a
// customer in two groups, two lists of one rank, accesses that compete). Each is told with the
// question that proves it; see check_proof.hpp. Cost: keys of parts that meet are walked side by
// side; only what passes all comparators is asked.
#pragma once

#include "rules/check_meetings.hpp"
#include "rules/check_sink.hpp"

namespace rules {

// `reached` gets a mark for every part of the index and every access that some customer reaches.
void check_ties(const CheckContext& context, FindingSink& sink, Reached& reached);

}  // namespace rules

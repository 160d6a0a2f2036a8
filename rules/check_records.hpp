// What the records of one key say by themselves and beside each other: zero prices, dates outside
// of their agreement's, ladders that rise or end, gaps and overlaps of validity, records that are
// always beaten, jumps of price, prices below cost. One pass over all keys, on all workers. Of
// gaps, overlaps, jumps, ladders, ends and beaten records a key tells the first of each, and how
// many there are.
#pragma once

#include "rules/check_context.hpp"
#include "rules/check_sink.hpp"
#include "rules/check_texts.hpp"

namespace rules {

void check_records(const CheckContext& context, const NeverTrue& never_true, WorkerSinks& sinks);

}  // namespace rules

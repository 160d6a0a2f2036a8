// The answer to a question: priced lines, their availability, totals - all from one generation of
// the snapshot. Ids are resolved to text with the snapshot that answered, which the caller still
// holds.
#pragma once

#include "engine/avail/band.hpp"
#include "engine/price/evaluator.hpp"
#include "engine/price/priced.hpp"
#include "engine/quote/ladder.hpp"
#include "engine/quote/question.hpp"

#include <cstdint>
#include <vector>

namespace engine::quote {

enum class Detail : std::uint8_t { plain, explained };

struct Answer {
  std::uint64_t generation = 0;
  price::PricedLines priced;
  std::vector<avail::Availability>
      availability;                      // one a line; without a band where the article is unknown
  std::vector<price::LineTrace> traces;  // one a line, where Detail::explained was asked for
  std::vector<Ladder> ladders;           // one a line, where ladders() was asked for them
  base::CivilMinutes valid_until = base::CivilMinutes::latest();  // earliest of the lines'
};

// A pure function of snapshot and question; `scratch` belongs to the calling worker and only saves
// allocations. Baskets from limits::lines_parallel_from lines on are shared out over workers.
// `answer` is overwritten.
void quote(const snapshot::Snapshot& snapshot, const Question& question, Detail detail,
           price::Scratch& scratch, Answer& answer);

// Availability alone: bands and dates of the question's lines.
void availability(const snapshot::Snapshot& snapshot, const Question& question,
                  std::vector<avail::Availability>& out);

}  // namespace engine::quote

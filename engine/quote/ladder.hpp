// The ladder of a line: from which ordered quantity on it costs what, for its article, unit,
// customer and day. Quantities rise from 1 - or, where other records price less than 1, from the
// smallest quantity there is - and are told where something changes: the outcome, the unit price,
// the record that gives it, or a record or tier of a scale that acts on the line.
//
// Every quantity is priced by the evaluator itself, as a question of one line in line scope. Where
// to look is read from what that run looked at: the thresholds, windows and scales of the records
// that could be taken at some quantity, and the numbers with which their conditions and the steps
// of the procedure compare the quantity. So there is no word on what changes with every unit (a
// graduated scale within a tier, packages, buy x get y, a formula of the quantity) or with another
// number (a scale over the value or weight of the line, a sum over lines, a field that the quantity
// is compared with). Pure; several microseconds a quantity.
#pragma once

#include "engine/price/priced.hpp"
#include "engine/price/scratch.hpp"
#include "engine/quote/question.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace engine::quote {

// A record that a step found or applied.
struct ActingRecord {
  std::uint16_t step = 0;
  std::uint32_t record = price::no_record;
  std::uint32_t tier = 0;    // of its own scale
  bool statistical = false;  // of a step that is shown only: it makes no tier by itself

  friend bool operator==(const ActingRecord&, const ActingRecord&) = default;
};

struct LadderTier {
  base::Quantity from;               // in the unit ordered; of a return without its sign
  price::PricedLine line;            // priced at exactly that quantity
  std::vector<ActingRecord> acting;  // in the order of steps
};

struct Ladder {
  std::vector<LadderTier> tiers;  // none where the line can't be priced whatever its quantity
  // Where limits::ladder_quantities were not enough: from here on nothing is told.
  std::optional<base::Quantity> complete_below;
  base::CivilMinutes valid_until = base::CivilMinutes::latest();  // all of it holds before this
};

// One a line. `question` may be of any scope. `out` is overwritten.
void ladders(const snapshot::Snapshot& snapshot, const Question& question, price::Scratch& scratch,
             std::vector<Ladder>& out);

}  // namespace engine::quote

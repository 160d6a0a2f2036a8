// What the evaluator leaves for each line, and the waterfall that an explained run leaves beside
// it.
#pragma once

#include "engine/base/date.hpp"
#include "engine/base/int128.hpp"
#include "engine/model/ids.hpp"
#include "engine/model/outcome.hpp"
#include "engine/rule/procedure.hpp"

#include <cstdint>
#include <vector>

namespace engine::price {

inline constexpr std::uint32_t no_record = UINT32_MAX;

struct Amount {
  base::Int128 mantissa = 0;
  std::uint8_t decimals = 0;
};

struct PricedLine {
  model::Outcome outcome = model::Outcome::priced;
  model::Reason reason = model::Reason::none;  // where the outcome is `refused`
  std::uint16_t notes = 0;                     // bits by Reason, of guards that only mark
  Amount unit_price;                           // per price_unit of `unit`
  std::uint32_t price_unit = 1;
  model::UnitId unit;  // of the price; none: the base unit, which has no code
  Amount line_amount;
  std::uint32_t record = no_record;  // that gave the price: index into the snapshot's records
  base::CivilMinutes valid_until =
      base::CivilMinutes::latest();  // the answer holds before this moment
};

inline constexpr std::uint32_t no_line = UINT32_MAX;

// What a record took off a line (or, negative, put on it), or off a charge of the order.
struct Adjustment {
  std::uint16_t step = 0;
  std::uint32_t record = no_record;
  std::uint32_t line = no_line;  // no_line: of the charge
  std::uint16_t charge = 0;      // index among the step's charges
  Amount amount;
};

// Units that come free, or at a price of their own, beside those ordered.
struct FreeLine {
  std::uint16_t step = 0;
  std::uint32_t record = no_record;
  std::uint32_t line = no_line;  // that earned it; no_line: the order
  model::ArticleId article;
  base::Quantity quantity;
  Amount unit_price;
};

struct PricedLines {
  std::vector<PricedLine> lines;
  std::vector<Amount> order;            // named amounts of the order: AnswerShape::order
  std::vector<Adjustment> adjustments;  // in the order in which they were made
  std::vector<FreeLine> free_lines;
  std::vector<Amount> components;  // lines x components of the procedure's answer, line after line
  std::vector<Amount>
      totals;  // the line amounts' sum first, then the answer's totals, over priced lines
};

// Why a candidate did not win.
enum class Loss : std::uint8_t {
  won,
  validity,
  currency,
  unit,
  threshold,
  window,
  agreement,
  condition,  // its own, or its document's
  merged,     // an earlier list fills its slot
  // Of records that a step could apply:
  excluded,       // one that is exclusive, or not stackable, leaves only the first
  stopped,        // one that took effect before it says stop
  not_taken,      // the step takes one only, and took another
  no_longer_met,  // its condition was met when the step began, not when its turn came
  limit_reached,  // it would have acted, but a cap left it nothing
  no_effect,      // it acted and changed nothing
  line_closed,    // the line had no price any more when its turn came
  comparator,
  tie
};

// What keeps a record that is applied from all that it would do.
enum class Cap : std::uint8_t {
  max_units,  // it counts no more units than that
  unit_step,  // it counts whole multiples only
  groups,     // of buy_get: in at most so many groups
  pool,       // of buy_get: units that another record has used
  worth,      // an amount is taken off no more than the units it is for are worth
  floor,      // what the line never falls below
  charge,     // no more than the charge
};

struct Cut {
  std::uint32_t record = no_record;
  Cap cap = Cap::floor;
  Amount instead_of;  // what it would have taken off the line (or its charge) but for this cap
  Amount amount;
};

struct CandidateTrace {
  std::uint32_t record = no_record;
  std::uint16_t access = 0;
  Loss loss = Loss::won;
  rule::Comparator comparator =
      rule::Comparator::rank;  // that dropped it, where loss is `comparator`
};

struct StepTrace {
  std::uint16_t step = 0;
  bool skipped = false;                    // its `when` was not true
  std::uint32_t record = no_record;        // the winner
  std::vector<CandidateTrace> candidates;  // all records looked at, winner included
  std::vector<Cut> cuts;                   // of records applied, in the order in which they acted
  Amount exact;                            // the step's amount before rounding
  Amount amount;                           // after
  // False where there is none: it has more than 38 digits, which an Amount can't hold. Nor is there
  // an amount before rounding where records are applied or an amount is spread: what they leave is
  // made of parts, each rounded by itself.
  bool exact_held = true;
  bool amount_held = true;
};

struct LineTrace {
  std::vector<StepTrace> steps;  // in the order they ran
};

}  // namespace engine::price

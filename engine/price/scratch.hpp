// Scratch: the memory an evaluation works in, kept by its worker from question to question so that
// pricing allocates nothing per line once it is warm. Columns hold a value per line of the
// question, in the width proved for their step; BlockScratch is what one worker needs for one block
// of up to 64 lines. Not shared between threads, except that the workers of one large basket write
// disjoint lines of the same columns.
#pragma once

#include "engine/base/limits.hpp"
#include "engine/base/pile.hpp"
#include "engine/base/wide.hpp"
#include "engine/price/plan.hpp"
#include "engine/price/priced.hpp"
#include "engine/price/unknown.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <vector>

namespace engine::price {

using base::Pile;

inline constexpr std::size_t block_lines = base::limits::lines_per_block;

// Amounts of one step, in one of the three widths.
struct AmountColumn {
  base::Width width = base::Width::bits64;
  std::vector<std::int64_t> narrow;
  std::vector<base::Int128> wide;
  std::vector<base::Int256> widest;

  // Never smaller, so that it costs a comparison once a worker is warm.
  void resize(base::Width wanted, std::size_t lines) {
    width = wanted;
    if (width == base::Width::bits64) {
      if (narrow.size() < lines) narrow.resize(lines);
    } else {
      resize_wider(lines);
    }
  }

 private:
  void resize_wider(std::size_t lines);
};

// The first value, on as many lines as there is room for, up to `lines`.
template <class T>
void fill_with_first(std::vector<T>& values, std::size_t lines) {
  for (std::size_t i = 1; i < std::min(values.size(), lines); ++i) values[i] = values.front();
}

inline void copy_first(AmountColumn& column, std::size_t lines) {
  fill_with_first(column.narrow, lines);
  fill_with_first(column.wide, lines);
  fill_with_first(column.widest, lines);
}

// What the records' own texts may name, as one step gives it: a column per input.
struct InputColumns {
  std::vector<AmountColumn> values;
  std::vector<std::vector<Unknown>> unknown;  // by input, by block
};

struct StepColumns {
  AmountColumn amount;
  AmountColumn exact;  // filled only where a formula or an explained run needs it
  std::vector<std::uint32_t>
      winner;  // record found, no_record where none; empty for steps that find nothing
  // Of steps whose records have more than a value (BoundStep::has_more): what the winner's value is
  // on the line, at the step's value_decimals.
  std::vector<base::Int256> value;
  std::vector<base::Int128> charges;  // of an apply step: what it left of its charges
  InputColumns inputs;
};

// An aggregate of the order; where the number of a line can't be told, neither can it.
struct AggregateValue {
  base::Int256 value = 0;
  model::Outcome outcome = model::Outcome::priced;  // why it can't be told
};

// Aggregates that records' texts have of their own, kept until the amounts they see change.
using TextAggregates = std::map<std::uint32_t, std::vector<AggregateValue>>;

struct Columns {
  std::vector<StepColumns> steps;
  std::vector<AggregateValue> aggregates;
  // In place of them where each line stands for itself: as many inputs, in the order of aggregates.
  InputColumns line_aggregates;
};

// A key found for a line.
struct Hit {
  std::uint32_t part = 0;      // index into Plan::parts
  std::uint32_t position = 0;  // of the key
  std::uint16_t distance = 0;  // up the article's group tree
  std::uint8_t line = 0;       // within the block
};

// A record that passed all filters.
struct Candidate {
  std::uint32_t record = 0;
  std::uint32_t part = 0;      // index into Plan::parts
  std::uint32_t position = 0;  // of its key
  std::uint16_t access = 0;    // within the step
  std::uint16_t distance = 0;  // article side and party side together
  std::uint8_t line = 0;       // within the block
};

struct PendingProbe {
  std::uint64_t hash = 0;
  std::uint32_t part = 0;
  std::uint32_t article_key = 0;
  std::uint16_t distance = 0;
  std::uint8_t line = 0;
};

// A part whose keys lie in a table for the lines of a block: the place of each key, counted from 1
// and from the part's first one; 0 where there is none.
struct PlacedPart {
  std::uint32_t part = 0;       // index into Plan::parts
  std::uint32_t first_key = 0;  // the table's first place is for this one
  std::uint32_t span = 0;       // places in the table
  std::uint32_t begin = 0;      // position of the part's first key
  std::uint32_t table = 0;      // where its table starts in BlockScratch::places
};

// What the lines and charges of an apply step are, and what is left of them.
struct Running {
  std::vector<base::Int128> amounts;  // by line of the question
};

struct ApplyState {
  std::vector<base::Int128> original;
  Running running;
  std::vector<base::Int128> floors;
  std::vector<base::Int256> units;  // that the line's amount is for, at unit_decimals; without sign
  int unit_decimals = base::Quantity::decimals;
  std::vector<base::Int128> charges;
  std::vector<base::Int128> original_charges;
  std::vector<base::Int128> pool;  // whole units that no buy_get has used
};

// Which conditions a question has already ruled out, or let through, by what they say of the
// customer and the question: for one step, and one set of the question's fields.
struct PartyConditions {
  std::uint64_t run = 0;  // the evaluation that these are of
  std::vector<std::uint64_t> known;
  std::vector<std::uint64_t> met;
};

struct BlockScratch {
  Pile<Hit> hits;
  Pile<PendingProbe> probes;
  Pile<PlacedPart> placed;           // of the access that is searched
  std::vector<std::uint8_t> places;  // theirs; see PlacedPart
  Pile<Candidate> candidates;        // of all lines of the block
  Pile<Hit> spare_hits;              // to bring the others into the order of their lines
  Pile<Candidate> spare_candidates;  // the same
  std::vector<Candidate> kept;       // winners that let the search go on (find_next)
  ApplyState applied;
  AmountColumn basis;              // what the scales of a step are read with, by line of the block
  TextAggregates text_aggregates;  // of the step
  std::map<std::pair<std::uint16_t, std::uint16_t>, PartyConditions>
      party_conditions;                 // by step, and set of fields
  std::vector<Adjustment> adjustments;  // of the segment's blocks so far
  std::vector<FreeLine> free_lines;
  std::array<std::int64_t, base::limits::formula_depth * block_lines> narrow_stack{};
  std::array<base::Int128, base::limits::formula_depth * block_lines> wide_stack{};
  std::vector<base::Int256> widest_stack;  // only where some step needs it
};

struct Scratch {
  Plan plan;
  Columns columns;
  std::uint64_t run = 0;             // counts evaluations
  std::vector<BlockScratch> blocks;  // by worker; the first one serves single-threaded runs
};

}  // namespace engine::price

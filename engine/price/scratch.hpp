// Scratch: the memory an evaluation works in, kept by its worker from question to question so that
// pricing allocates nothing per line once it is warm. Columns hold a value per line of the
// question, in the width proved for their step; BlockScratch is what one worker needs for one block
// of up to 64 lines. Not shared between threads, except that the workers of one large basket write
// disjoint lines of the same columns.
#pragma once

#include "engine/base/limits.hpp"
#include "engine/base/wide.hpp"
#include "engine/price/plan.hpp"
#include "engine/price/priced.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace engine::price {

inline constexpr std::size_t block_lines = base::limits::lines_per_block;

// Amounts of one step, in one of the three widths.
struct AmountColumn {
  base::Width width = base::Width::bits64;
  std::vector<std::int64_t> narrow;
  std::vector<base::Int128> wide;
  std::vector<base::Int256> widest;

  void resize(base::Width wanted, std::size_t lines);
};

struct StepColumns {
  AmountColumn amount;
  AmountColumn exact;  // filled only where a formula or an explained run needs it
  std::vector<std::uint32_t>
      winner;  // record found, no_record where none; empty for steps that find nothing
};

struct Columns {
  std::vector<StepColumns> steps;
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

struct BlockScratch {
  std::vector<Hit> hits;
  std::vector<PendingProbe> probes;
  std::vector<Candidate> candidates;  // of all lines of the block
  std::array<std::int64_t, base::limits::formula_depth * block_lines> narrow_stack{};
  std::array<base::Int128, base::limits::formula_depth * block_lines> wide_stack{};
  std::vector<base::Int256> widest_stack;  // only where some step needs it
};

struct Scratch {
  Plan plan;
  Columns columns;
  std::vector<BlockScratch> blocks;  // by worker; the first one serves single-threaded runs
};

}  // namespace engine::price

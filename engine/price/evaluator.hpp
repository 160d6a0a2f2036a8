// The evaluator: runs a bound procedure over the lines of a question, phase by phase, block by
// block, step by step. One evaluator with two finders (questions probe, price lists scan) and two
// traces (none, waterfall): plain and explained, single and bulk run the same steps and give the
// same answer. Pure: snapshot and lines in, amounts out. Any thread with its own Scratch. Allocates
// per question until the scratch is warm, never per line.
#pragma once

#include "engine/price/line.hpp"
#include "engine/price/priced.hpp"
#include "engine/price/scratch.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace engine::price {

struct Task {
  const snapshot::Snapshot* snapshot = nullptr;
  std::uint16_t procedure = 0;
  const Header* header = nullptr;
  std::span<const Line> lines;
  // Each line stands for itself: sums over the order are those of the line, and steps of the order
  // do nothing. For single prices and lists, which say so.
  bool line_scope = false;
};

// `out` is overwritten. Large tasks are shared out over workers, block by block, with a barrier
// after each phase.
void evaluate(const Task& task, Scratch& scratch, PricedLines& out);

// The same with a waterfall per line; on the calling thread.
void explain(const Task& task, Scratch& scratch, PricedLines& out, std::vector<LineTrace>& traces);

// Lines must be of consecutive articles, rising, all of one date, without agreements: a price
// list's. The plan is made once by `plan_for_run` and kept in the scratch from call to call.
void plan_for_run(const Task& task, Scratch& scratch);
void evaluate_run(const Task& task, Scratch& scratch, PricedLines& out);

}  // namespace engine::price

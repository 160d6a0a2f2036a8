#include "engine/price/trace.hpp"

#include <algorithm>

#include "engine/price/formula_kernel.hpp"

namespace engine::price {

void WaterfallTrace::begin_step(std::uint16_t step, const BlockView& block, std::uint64_t open, std::uint64_t active) {
  offset_ = block.offset;
  for (std::uint32_t line = 0; line < block.count; ++line) {
    if ((open >> line & 1U) == 0) continue;
    StepTrace& trace = lines_[offset_ + line].steps.emplace_back();
    trace.step = step;
    trace.skipped = (active >> line & 1U) == 0;
  }
}

void WaterfallTrace::candidate(std::uint8_t line, std::uint32_t record, std::uint16_t access, Loss loss) {
  current(line).candidates.push_back({record, access, loss, rule::Comparator::rank});
}

LossListener* WaterfallTrace::listener(std::uint8_t line) {
  listening_ = line;
  return this;
}

void WaterfallTrace::lost(std::uint32_t record, Loss loss, rule::Comparator comparator) {
  auto& candidates = current(listening_).candidates;
  const auto found = std::ranges::find_if(candidates, [record](const CandidateTrace& candidate) {
    return candidate.record == record && candidate.loss == Loss::won;
  });
  if (found == candidates.end()) return;
  found->loss = loss;
  found->comparator = comparator;
}

void WaterfallTrace::end_step(const snapshot::BoundStep& step, const StepColumns& columns, const BlockView& block,
                              std::uint64_t open) {
  for (std::uint32_t line = 0; line < block.count; ++line) {
    if ((open >> line & 1U) == 0) continue;
    StepTrace& trace = current(line);
    if (step.rule->find) trace.record = columns.winner[block.offset + line];
    trace.amount.decimals = step.amount.decimals;
    trace.exact.decimals = step.amount.exact_decimals;
    amount_at(columns.amount, block.offset + line, trace.amount.mantissa);
    amount_at(columns.exact, block.offset + line, trace.exact.mantissa);
  }
}

}  // namespace engine::price

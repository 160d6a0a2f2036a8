#include "engine/price/trace.hpp"

#include "engine/base/wide.hpp"
#include "engine/price/formula_kernel.hpp"

#include <algorithm>

namespace engine::price {

namespace {

// An exact amount has the decimals of all its factors; where 128 bits don't hold them, zeros at its
// end are dropped.
bool take(const AmountColumn& column, std::size_t line, Amount& amount) {
  if (amount_at(column, line, amount.mantissa)) return true;
  base::Int256 value = column.widest[line];
  for (; amount.decimals > 0 && value % 10 == 0; --amount.decimals) value /= 10;
  if (abs(value) > base::Int256{base::int128_max}) return false;
  amount.mantissa = static_cast<base::Int128>(value);
  return true;
}

}  // namespace

void WaterfallTrace::begin_step(std::uint16_t step, const BlockView& block, std::uint64_t open,
                                std::uint64_t active) {
  offset_ = block.offset;
  for (std::uint32_t line = 0; line < block.count; ++line) {
    if ((open >> line & 1U) == 0) continue;
    StepTrace& trace = lines_[offset_ + line].steps.emplace_back();
    places_[offset_ + line].clear();
    trace.step = step;
    trace.skipped = (active >> line & 1U) == 0;
  }
}

void WaterfallTrace::candidate(std::uint8_t line, std::uint32_t record, std::uint16_t access,
                               Loss loss) {
  auto& candidates = current(line).candidates;
  places_[offset_ + line][record].push_back(static_cast<std::uint32_t>(candidates.size()));
  candidates.push_back({record, access, loss, rule::Comparator::rank});
}

void WaterfallTrace::tied(std::size_t line, std::uint32_t record) {
  for (CandidateTrace& candidate : lines_[line].steps.back().candidates) {
    if (candidate.record == record && candidate.loss == Loss::won) candidate.loss = Loss::tie;
  }
}

void WaterfallTrace::look_again(std::size_t line) {
  current(line).candidates.clear();
  places_[offset_ + line].clear();
}

void WaterfallTrace::add(std::size_t line, const StepTrace& step) {
  lines_[line].steps.push_back(step);
}

LossListener* WaterfallTrace::listener(std::uint8_t line) {
  listening_ = line;
  return this;
}

void WaterfallTrace::lost(std::uint32_t record, Loss loss, rule::Comparator comparator) {
  const auto& of_line = places_[offset_ + listening_];
  const auto places = of_line.find(record);
  if (places == of_line.end()) return;
  auto& candidates = current(listening_).candidates;
  for (const std::uint32_t place : places->second) {
    CandidateTrace& candidate = candidates[place];
    if (candidate.loss != Loss::won) continue;
    candidate.loss = loss;
    candidate.comparator = comparator;
    return;
  }
}

void WaterfallTrace::applied(std::uint32_t line, std::uint32_t record) {
  applied_.emplace(line, record);
}

void WaterfallTrace::not_applied(std::uint32_t line, std::uint32_t record, Loss why) {
  const auto ways = places_[line].find(record);
  if (ways == places_[line].end()) return;
  for (const std::uint32_t place : ways->second) {
    CandidateTrace& candidate = lines_[line].steps.back().candidates[place];
    if (candidate.loss == Loss::won) candidate.loss = why;
  }
}

void WaterfallTrace::cut(std::uint32_t line, const Cut& cut) {
  lines_[line].steps.back().cuts.push_back(cut);
}

void WaterfallTrace::settle_applied(std::uint8_t line) {
  for (CandidateTrace& candidate : current(line).candidates) {
    if (candidate.loss == Loss::won && !applied_.contains({offset_ + line, candidate.record}))
      candidate.loss = Loss::line_closed;
  }
  applied_.erase(applied_.lower_bound({offset_ + line, 0}),
                 applied_.lower_bound({offset_ + line + 1, 0}));
}

void WaterfallTrace::end_step(const snapshot::BoundStep& step, const StepColumns& columns,
                              const BlockView& block, std::uint64_t open) {
  offset_ = block.offset;
  for (std::uint32_t line = 0; line < block.count; ++line) {
    if ((open >> line & 1U) == 0) continue;
    StepTrace& trace = current(line);
    if (step.rule->find) trace.record = columns.winner[block.offset + line];
    trace.amount.decimals = step.amount.decimals;
    trace.exact.decimals = step.amount.exact_decimals;
    trace.amount_held = take(columns.amount, block.offset + line, trace.amount);
    trace.exact_held =
        !step.applies && !step.spread && take(columns.exact, block.offset + line, trace.exact);
  }
}

}  // namespace engine::price

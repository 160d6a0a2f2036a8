// The two traces of the evaluator. NoTrace costs nothing; WaterfallTrace writes down, per line,
// every step with its candidates, why each of them lost, and the amount before and after rounding.
// Neither can change an answer.
#pragma once

#include "engine/price/choose.hpp"
#include "engine/price/deal_listener.hpp"
#include "engine/price/find.hpp"
#include "engine/price/priced.hpp"

#include <cstdint>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace engine::price {

struct NoTrace {
  static constexpr bool enabled = false;
};

class WaterfallTrace final : public LossListener, public DealListener {
 public:
  static constexpr bool enabled = true;

  explicit WaterfallTrace(std::vector<LineTrace>& lines) : lines_{lines}, places_(lines.size()) {}

  // Moves to the block that starts at `offset`.
  void at(std::size_t offset) { offset_ = offset; }

  void begin_step(std::uint16_t step, const BlockView& block, std::uint64_t open,
                  std::uint64_t active);
  void candidate(std::uint8_t line, std::uint32_t record, std::uint16_t access, Loss loss);
  // Records applied to a line of the question, none of which could be taken.
  void tied(std::size_t line, std::uint32_t record);
  // All candidates of the line will be told anew.
  void look_again(std::size_t line);
  // A step that was traced elsewhere, for a line of the question.
  void add(std::size_t line, const StepTrace& step);
  // Losses told from here on are of this line.
  LossListener* listener(std::uint8_t line);
  void lost(std::uint32_t record, Loss loss, rule::Comparator comparator) override;

  // What became of the records of an apply step.
  void applied(std::uint32_t line, std::uint32_t record) override;
  void not_applied(std::uint32_t line, std::uint32_t record, Loss why) override;
  void cut(std::uint32_t line, const Cut& cut) override;
  // Candidates of which nothing was told had no turn: their line was closed before.
  void settle_applied(std::uint8_t line);

  void end_step(const snapshot::BoundStep& step, const StepColumns& columns, const BlockView& block,
                std::uint64_t open);

 private:
  StepTrace& current(std::size_t line) { return lines_[offset_ + line].steps.back(); }

  std::vector<LineTrace>& lines_;
  // Where a record stands among the candidates of its line's step; twice where two ways lead to it.
  std::vector<std::unordered_map<std::uint32_t, std::vector<std::uint32_t>>> places_;
  std::set<std::pair<std::size_t, std::uint32_t>> applied_;  // lines and records, of the step
  std::size_t offset_ = 0;
  std::uint8_t listening_ = 0;
};

}  // namespace engine::price

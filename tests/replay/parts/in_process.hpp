// Asks orders of AdventureWorks in process: each order as one question, priced plainly (timed) and
// then explained, which must say the same; the offer is read from the explanation. One thread.
#pragma once

#include "engine/price/scratch.hpp"
#include "engine/quote/answer.hpp"
#include "engine/snapshot/snapshot.hpp"

#include "tests/replay/parts/comparison.hpp"

#include <chrono>
#include <memory>
#include <vector>

namespace tests::replay {

class InProcess {
 public:
  using Duration = std::chrono::steady_clock::duration;

  explicit InProcess(std::shared_ptr<const engine::snapshot::Snapshot> snapshot)
      : snapshot_{std::move(snapshot)} {}

  // One answer a line of the order.
  std::vector<AnsweredLine> ask(const Order& order);

  // Spent so far on resolving and pricing, without explanations.
  Duration pricing() const { return pricing_; }

  Duration explaining() const { return explaining_; }

 private:
  AnsweredLine answered(const engine::quote::Question& question, std::size_t line) const;
  std::string offer_of(const engine::quote::Question& question,
                       const engine::price::LineTrace& trace) const;

  std::shared_ptr<const engine::snapshot::Snapshot> snapshot_;
  engine::price::Scratch scratch_;
  engine::quote::Answer plain_;
  engine::quote::Answer explained_;
  Duration pricing_{};
  Duration explaining_{};
};

}  // namespace tests::replay

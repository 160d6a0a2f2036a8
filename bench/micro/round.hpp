// Round: a benchmark's way round its questions, again and again, with each answer held against what
// is known of it before anything is timed. One wrong answer and the benchmark is an error, not a
// figure. The checksum that is reported is that of one round, the same however long it ran. Costs a
// nanosecond an answer. One thread.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace bench::micro {

// What the answers add up to, question by question; sums wrap.
using Expected = std::vector<std::uint64_t>;

class Round {
 public:
  // `expected` must outlive the round, and is of at least one question.
  explicit Round(const Expected& expected) : expected_{expected} {}

  // The question whose turn it is.
  std::size_t turn() const { return turn_; }

  void take(std::uint64_t sum) {
    wrong_ |= sum ^ expected_[turn_];
    turn_ = turn_ + 1 == expected_.size() ? 0 : turn_ + 1;
  }

  // After the loop, in which `items` were priced, computed, read ...
  void report(benchmark::State& state, std::int64_t items) const {
    if (wrong_ != 0) state.SkipWithError("an answer is not the one that was verified");
    state.SetItemsProcessed(items);
    const auto sum = std::accumulate(expected_.begin(), expected_.end(), std::uint64_t{0});
    state.counters["checksum"] = {static_cast<double>(sum % 1'000'000'007),
                                  benchmark::Counter::kAvgThreads};
  }

 private:
  const Expected& expected_;
  std::size_t turn_ = 0;
  std::uint64_t wrong_ = 0;
};

}  // namespace bench::micro

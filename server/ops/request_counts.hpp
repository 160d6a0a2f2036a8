// RequestCounts: what one worker has answered, by route, status, time and outcome. Only its worker
// writes, so a count is a load, an addition and a store, without a lock or a locked instruction;
// whoever scrapes reads from another thread and may see a request half counted. Counts only grow.
// Cost: about 10 ns a request and 1 ns a line.
#pragma once

#include "engine/model/outcome.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace server::ops {

// Written by one thread, read by any.
class Count {
 public:
  void add(std::uint64_t by) {
    value_.store(value_.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }

  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// Upper bounds of the histograms of answers, in microseconds: 10 us to 1 s.
inline constexpr std::array<std::uint32_t, 16> answer_bounds_us{
    10,    20,     50,     100,    200,     500,     1'000,   2'000,
    5'000, 10'000, 20'000, 50'000, 100'000, 200'000, 500'000, 1'000'000};

// How many times fell below each bound; the last one counts those beyond all.
struct Times {
  std::array<Count, answer_bounds_us.size() + 1> below;
  Count nanoseconds;  // of all together

  void add(std::chrono::nanoseconds time) {
    const auto spent = static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0));
    const auto bound = std::ranges::lower_bound(answer_bounds_us, (spent + 999) / 1'000);
    below[static_cast<std::size_t>(bound - answer_bounds_us.begin())].add(1);
    nanoseconds.add(spent);
  }
};

// The statuses that answers have; the last stands for any other.
inline constexpr std::array<int, 14> counted_statuses{200, 202, 304, 400, 404, 405, 409,
                                                      411, 413, 415, 422, 500, 503, 0};

constexpr std::size_t status_place(int status) {
  const auto found = std::ranges::find(counted_statuses, status);
  return static_cast<std::size_t>(std::min(found, counted_statuses.end() - 1) -
                                  counted_statuses.begin());
}

inline constexpr std::size_t routes_max = 32;

struct alignas(64) RequestCounts {
  struct Route {
    std::array<Count, counted_statuses.size()> statuses;
    Times times;
  };

  std::array<Route, routes_max> routes;
  std::array<Count, engine::model::outcome_names.size()> outcomes;  // of lines
  Count begun;
  Count ended;
  Count stale;  // answers that rested on a feed beyond its limit

  void count(std::size_t route, int status, std::chrono::nanoseconds time) {
    Route& counts = routes[std::min(route, routes_max - 1)];
    counts.statuses[status_place(status)].add(1);
    counts.times.add(time);
    ended.add(1);
  }
};

}  // namespace server::ops

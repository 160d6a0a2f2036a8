#include "engine/base/parallel.hpp"

#include "tests/catch.hpp"

#include <algorithm>
#include <atomic>
#include <vector>

using engine::base::parallel_for;

TEST_CASE("parallel: every index is visited once, in pieces, by workers that are counted",
          "[engine][base]") {
  for (const std::size_t count :
       {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{1'000}, std::size_t{100'003}}) {
    for (const std::size_t grain :
         {std::size_t{0}, std::size_t{1}, std::size_t{64}, std::size_t{1'000'000}}) {
      if (grain == 0 && count > 1'000) continue;
      std::vector<std::atomic<int>> visits(count);
      std::atomic<bool> known_workers{true};
      parallel_for(count, grain, [&](std::size_t begin, std::size_t end, std::size_t worker) {
        if (worker >= engine::base::worker_count()) known_workers = false;
        for (std::size_t i = begin; i < end; ++i) ++visits[i];
      });
      CHECK(known_workers);
      CHECK(std::ranges::all_of(visits, [](const auto& visit) { return visit == 1; }));
    }
  }
}

TEST_CASE("parallel: no two pieces that run at once share a worker", "[engine][base]") {
  std::vector<std::atomic<int>> busy(engine::base::worker_count());
  std::atomic<bool> shared{false};
  parallel_for(20'000, 1, [&](std::size_t, std::size_t, std::size_t worker) {
    if (++busy[worker] != 1) shared = true;
    --busy[worker];
  });
  CHECK_FALSE(shared);
}

TEST_CASE("parallel: a limit of one worker leaves the work to the caller", "[engine][base]") {
  const engine::base::WorkerLimit limit{1};
  std::size_t sum = 0;  // no lock: there is nobody else
  parallel_for(1'000, 10, [&](std::size_t begin, std::size_t end, std::size_t) {
    for (std::size_t i = begin; i < end; ++i) sum += i;
  });
  CHECK(sum == 499'500);
}

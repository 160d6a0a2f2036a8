#include "engine/base/parallel.hpp"

#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

namespace engine::base {

std::size_t worker_count() {
  return static_cast<std::size_t>(tbb::this_task_arena::max_concurrency());
}

WorkerLimit::WorkerLimit(std::size_t workers) {
  if (workers == 0) return;
  control_ = new tbb::global_control{tbb::global_control::max_allowed_parallelism, workers};
}

WorkerLimit::~WorkerLimit() { delete static_cast<tbb::global_control*>(control_); }

void parallel_for(std::size_t count, std::size_t grain,
                  const std::function<void(std::size_t, std::size_t, std::size_t)>& body) {
  if (count == 0) return;
  tbb::parallel_for(
      tbb::blocked_range<std::size_t>{0, count, grain == 0 ? 1 : grain},
      [&body](const tbb::blocked_range<std::size_t>& range) {
        body(range.begin(), range.end(),
             static_cast<std::size_t>(tbb::this_task_arena::current_thread_index()));
      },
      tbb::simple_partitioner{});
}

}  // namespace engine::base

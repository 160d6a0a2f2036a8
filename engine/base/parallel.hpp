// The one door to Intel TBB: a loop over [0, count) cut into pieces of at least `grain`.
// `body(begin, end, worker)` runs on worker threads at the same time; `worker` is below
// worker_count() and no two pieces that run at once share it, so that scratch can be kept per
// worker. Returns when all pieces are done.
#pragma once

#include <cstddef>
#include <functional>

namespace engine::base {

std::size_t worker_count();

// Limits the workers of everything that runs while the object lives; 0 leaves the machine's own
// number.
class WorkerLimit {
 public:
  explicit WorkerLimit(std::size_t workers);
  ~WorkerLimit();
  WorkerLimit(const WorkerLimit&) = delete;
  WorkerLimit& operator=(const WorkerLimit&) = delete;

 private:
  void* control_ = nullptr;
};

void parallel_for(
    std::size_t count, std::size_t grain,
    const std::function<void(std::size_t begin, std::size_t end, std::size_t worker)>& body);

}  // namespace engine::base

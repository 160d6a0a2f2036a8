// BackgroundFold: a snapshot's conditions founded anew (engine/snapshot/fold.hpp) on a thread of
// its own, from its making to its end. The writer's thread makes, asks and takes it; who destroys it
// waits until the thread is done.
#pragma once

#include "engine/snapshot/fold.hpp"

#include <atomic>
#include <memory>
#include <thread>

namespace server::node {

class BackgroundFold {
 public:
  explicit BackgroundFold(std::unique_ptr<engine::snapshot::Fold> fold);

  bool is_ready() const { return is_ready_.load(std::memory_order_acquire); }

  void wait() const { is_ready_.wait(false, std::memory_order_acquire); }

  // The writer has taken it, or could not; nothing is done any more.
  bool is_over() const { return is_over_; }

  // Waits where it is not ready. Any thread.
  std::shared_ptr<const engine::model::ConditionStore> store() const {
    wait();
    return fold_->store();
  }

  // Waits where it is not ready; once. See Fold::take().
  std::shared_ptr<const engine::snapshot::Snapshot> take(engine::model::Facts& facts,
                                                         const engine::snapshot::Snapshot& newest);

 private:
  std::unique_ptr<engine::snapshot::Fold> fold_;
  bool is_over_ = false;
  std::atomic<bool> is_ready_{false};
  std::jthread thread_;  // the last member: it uses the others
};

}  // namespace server::node

// BackgroundImage: the image of a data folder written on a thread of its own, from a copy of the
// state as it was at one batch. The writer's thread makes, asks and destroys it; destroying waits
// until the file is written.
#pragma once

#include "engine/base/result.hpp"
#include "server/node/state.hpp"
#include "server/store/image.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace server::node {

class BackgroundImage {
 public:
  struct Of {
    std::string folder;
    store::ImageHead head;
    std::string received_at, source;       // of the last batch
    std::unique_ptr<State> state;          // a copy, see State::frozen()
    std::shared_ptr<BackgroundFold> fold;  // begun with the copy; null: nothing lay over its store
  };

  // `done` is called from the thread.
  BackgroundImage(Of of, std::function<void()> done);

  bool is_done() const { return is_done_.load(std::memory_order_acquire); }

  void wait() const { is_done_.wait(false, std::memory_order_acquire); }

  std::uint64_t sequence() const { return of_.head.sequence; }

  // Requires is_done().
  const engine::base::Result<void>& outcome() const { return outcome_; }

 private:
  engine::base::Result<void> write();

  Of of_;
  engine::base::Result<void> outcome_;
  std::atomic<bool> is_done_{false};
  std::jthread thread_;  // the last member: it uses the others
};

}  // namespace server::node

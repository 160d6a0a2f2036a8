#include "server/node/background_fold.hpp"

#include <utility>

namespace server::node {

BackgroundFold::BackgroundFold(std::unique_ptr<engine::snapshot::Fold> fold)
    : fold_{std::move(fold)}, thread_{[this] {
        fold_->make();
        static_cast<void>(fold_->catch_up());  // whoever takes it will see whether there was room
        is_ready_.store(true, std::memory_order_release);
        is_ready_.notify_all();
      }} {}

std::shared_ptr<const engine::snapshot::Snapshot> BackgroundFold::take(
    engine::model::Facts& facts, const engine::snapshot::Snapshot& newest) {
  wait();
  is_over_ = true;
  return fold_->take(facts, newest);
}

}  // namespace server::node

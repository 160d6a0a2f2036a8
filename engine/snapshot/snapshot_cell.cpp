#include "engine/snapshot/snapshot_cell.hpp"

#include "engine/base/contract.hpp"

#include <utility>

namespace engine::snapshot {

void SnapshotCell::publish(std::shared_ptr<const Snapshot> next) {
  ENSURE(next != nullptr);
  {
    const std::lock_guard lock{mutex_};
    current_.swap(next);
    version_.fetch_add(1, std::memory_order_release);
  }
  // `next` is the old snapshot now: where nobody else reads it, it is freed here, outside the lock.
}

std::shared_ptr<const Snapshot> SnapshotCell::pin() const {
  const std::lock_guard lock{mutex_};
  return current_;
}

const std::shared_ptr<const Snapshot>& SnapshotReader::pinned() {
  if (const auto version = cell_.version(); version != seen_) {
    pinned_ = cell_.pin();
    seen_ = version;
  }
  ENSURE(pinned_ != nullptr);
  return pinned_;
}

const Snapshot& SnapshotReader::current() { return *pinned(); }

void SnapshotReader::let_go() {
  pinned_.reset();
  seen_ = 0;
}

}  // namespace engine::snapshot

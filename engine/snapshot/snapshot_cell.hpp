// SnapshotCell: where the one writer publishes the newest snapshot; SnapshotReader: how a worker
// reads it. A reader looks at one atomic number a call and takes the cell's mutex only after a
// publish, so readers neither wait for each other nor for the writer, who holds the mutex for a
// pointer swap. (Not std::atomic<std::shared_ptr>: in GCC 12 it locks on every load, and the thread
// sanitizer reports its loads as races.) The cell: any thread. A reader: one thread, its worker's.
// A snapshot dies with the last pin on it, on the thread that lets go last; a worker that waits for
// work calls let_go(), so that it does not keep an old snapshot in memory.
#pragma once

#include "engine/snapshot/snapshot.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

namespace engine::snapshot {

class SnapshotCell {
 public:
  // One writer at a time. Requires a snapshot.
  void publish(std::shared_ptr<const Snapshot> next);

  // The newest snapshot; null before the first publish.
  std::shared_ptr<const Snapshot> pin() const;

  // How many were published: 0 before the first. A pin taken after reading it is of that publish or
  // a later one.
  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> current_;  // guarded by mutex_
  std::atomic<std::uint64_t> version_{0};
};

class SnapshotReader {
 public:
  // The cell must outlive the reader.
  explicit SnapshotReader(const SnapshotCell& cell) : cell_{cell} {}

  // The newest snapshot, good until this reader's next call. Requires that one was published.
  const Snapshot& current();

  // The same, pinned for as long as the caller keeps it.
  const std::shared_ptr<const Snapshot>& pinned();

  // Drops the pin; the next current() takes a new one.
  void let_go();

 private:
  const SnapshotCell& cell_;
  std::shared_ptr<const Snapshot> pinned_;
  std::uint64_t seen_ = 0;
};

}  // namespace engine::snapshot

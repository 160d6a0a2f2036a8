// ServedFolder: the data folder as it is served: opened on a thread of its own while the server already
// answers that it is not ready; that thread then writes what comes in, or follows what others write.
// Tells log and metrics of what becomes of it. The writer's run() is that thread; the rest is for any.
#pragma once

#include "engine/base/date.hpp"
#include "engine/base/result.hpp"
#include "engine/snapshot/snapshot_cell.hpp"
#include "server/node/clock.hpp"
#include "server/node/compactor.hpp"
#include "server/node/draft_views.hpp"
#include "server/node/writer.hpp"
#include "server/ops/log.hpp"
#include "server/ops/metrics.hpp"
#include "server/ops/readiness.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>

namespace server::cli {

// What an operator sees of the node, and what tells of it. Must outlive what it is given to.
struct Watch {
  ops::Log& log;
  ops::Metrics& metrics;
};

class ServedFolder {
 public:
  ServedFolder(std::string folder, bool follow, const Watch& watch)
      : watch_{watch},
        folder_{folder},
        draft_views_{folder},
        writer_{std::move(folder), writer_options(follow)} {}

  const engine::snapshot::SnapshotCell& cell() const { return cell_; }

  node::Writer& writer() { return writer_; }

  node::DraftViews& draft_views() { return draft_views_; }

  // Where this node writes, until `stop`: looks every `interval` whether it is due. For a thread of its
  // own.
  void compact(const node::CompactOptions& options, std::chrono::milliseconds interval,
               const std::stop_token& stop) const;

  engine::base::CivilMinutes now() const;
  ops::Readiness readiness() const;

 private:
  node::WriterOptions writer_options(bool follow);
  engine::base::Result<void> publish(const node::Node& node);
  void tell_generation(const engine::snapshot::Snapshot& snapshot, std::string_view event) const;
  void note_findings(const node::ImportOutcome& outcome, const std::string& feed) const;
  void note_decision(const node::WrittenBatch& batch) const;
  void note_draft(const node::WrittenBatch& batch) const;
  void note(const node::WrittenBatch& batch) const;
  void note(const engine::base::Result<node::Compacted>& done) const;

  Watch watch_;
  std::string folder_;
  std::atomic<std::uint64_t> batches_read_{0};  // while the folder is opened
  std::atomic<std::uint64_t> batches_all_{0};   // 0: not known yet
  engine::snapshot::SnapshotCell cell_;
  mutable std::mutex mutex_;
  node::Clock clock_;  // guarded by mutex_
  node::DraftViews draft_views_;
  node::Writer writer_;
};

}  // namespace server::cli

// Compactor: makes the contents of a journal's batches give way to a checkpoint, when they have grown
// past what all facts told anew take (see store/compaction.hpp). What is to be dropped is first
// read back from where it was stored and compared: a checkpoint that does not say the same does not
// count, and everything stays. Works beside a writer of the same process, on a thread of its own at
// low priority, and beside any number of readers. Requires that the process holds the folder's lock.
// Cost: twice what a start without an image costs, and the memory of the facts once more.
#pragma once

#include "engine/base/result.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace server::node {

struct CompactOptions {
  // Contents after the checkpoint that are left alone; at least as much as the checkpoint has.
  std::uint64_t bytes_least = std::uint64_t{64} << 20U;
  // For so long a batch and what was refused of it stays known, to tell a repeat by.
  std::chrono::days known_for{90};
  // Up to which batch contents may be dropped, for others who read them; nothing: all.
  std::function<std::uint64_t()> may_drop_to = {};
};

struct Compacted {
  std::uint64_t sequence = 0;      // the checkpoint is of this batch
  std::uint64_t bytes_before = 0;  // of the contents
  std::uint64_t bytes = 0;         // of the checkpoint
  std::chrono::milliseconds time{0};
};

class Compactor {
 public:
  explicit Compactor(std::string folder, CompactOptions options = {})
      : folder_{std::move(folder)}, options_{std::move(options)} {}

  // Nothing where it is not due, or was stopped; `force`: whatever has grown. Faults: those of the
  // journal; store_corrupt where a checkpoint does not say the same.
  engine::base::Result<std::optional<Compacted>> run(bool force = false,
                                                     const std::stop_token& stop = {});

  // What a checkpoint has taken the place of: a little at a time, until all is gone, or `stop`.
  engine::base::Result<void> drop(const std::stop_token& stop = {});

  // Both, again and again until `stop`, at low priority; for a thread of its own. Only when
  // `may_write` says that the process has the folder's lock. Tells what was done, and what could
  // not be, which is tried again after ten minutes.
  using Tell = std::function<void(const engine::base::Result<Compacted>&)>;
  void watch(std::chrono::milliseconds interval, const std::function<bool()>& may_write,
             const Tell& tell, const std::stop_token& stop);

 private:
  std::string folder_;
  CompactOptions options_;
};

}  // namespace server::node

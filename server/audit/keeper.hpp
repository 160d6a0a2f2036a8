// AuditKeeper: the audit of a data folder that is served. Its thread writes the audit behind the
// journal and prunes what is older than it is kept; what goes wrong there - a full disk, a damaged
// file - is told once, and tried again: serving and writing go on, and the audit catches up. Where
// no audit is to be written here (kept days 0, a node that follows) the thread has nothing to do.
// run() is its thread; everything else is for any thread.
//
// Who drops contents of the journal asks audited_through() first: batches up to that number are in
// the audit and would survive a power failure; 0 stands for nothing yet. is_waited_for() says
// whether an audit is written here at all.
#pragma once

#include "engine/base/result.hpp"
#include "server/audit/query.hpp"
#include "server/audit/writer.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace server::audit {

inline constexpr std::uint32_t kept_days_default = 400;

// What a person should know of.
enum class KeeperEvent : std::uint8_t {
  not_written,    // and why; tried again
  written_again,  // after that
  dropped,        // what was of another journal
  pruned
};

struct KeeperOptions {
  std::uint32_t kept_days = kept_days_default;  // 0: no audit is written
  bool writes = true;                           // false: another process does, if any
  std::chrono::milliseconds interval{
      500};  // how far behind it may be, ten times that after a Fault
  std::function<void(KeeperEvent event, const std::string& text)> tell = {};
};

class AuditKeeper {
 public:
  AuditKeeper(std::string folder, KeeperOptions options);

  void run(const std::stop_token& stop);

  bool is_waited_for() const { return options_.writes && options_.kept_days != 0; }

  std::uint64_t audited_through() const { return through_.load(); }

  bool is_failing() const { return is_failing_.load(); }

  // One question at a time, so that they don't take the workers of prices. Faults: those of ask(),
  // too_many where another is being answered; file_missing where there is no audit.
  engine::base::Result<AuditAnswer> ask(const AuditQuery& query) const;

 private:
  engine::base::Result<void> write_what_is_new(const std::stop_token& stop);
  engine::base::Result<void> prune_a_step();
  void note(const engine::base::Result<void>& written);
  void tell(KeeperEvent event, const std::string& text) const;

  std::string folder_;
  KeeperOptions options_;
  std::optional<AuditWriter> writer_;  // of run() alone, as are the next two
  std::string complaint_;
  std::chrono::steady_clock::time_point next_prune_{};
  std::atomic<std::uint64_t> through_{0};
  std::atomic<bool> is_failing_{false};
  mutable std::mutex asking_;
};

// "2026-03-01T02:00:00Z", so many days before now.
std::string days_ago(std::uint32_t days);

}  // namespace server::audit

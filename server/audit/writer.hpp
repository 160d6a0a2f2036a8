// AuditWriter: follows the journal of a data folder and writes what is new to the audit, behind it.
// Where it stands is where the audit's last line stands, so that it goes on there after a crash, and
// nothing is missing. What an audit has of another journal - a folder put back from a backup - is
// told by the checksums of the batches, and dropped. What the journal no longer has is noted as a
// gap. One thread; another process may do the same beside it. Cost: two to three microseconds a row,
// and one wait for the disk for every some thousand batches or eight megabytes.
#pragma once

#include "engine/base/result.hpp"
#include "server/audit/store.hpp"
#include "server/store/journal.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace server::audit {

class AuditWriter {
 public:
  // Makes the audit where there is none. Faults: those of the journal and of the audit.
  static engine::base::Result<AuditWriter> open(const std::string& folder);

  AuditWriter(AuditWriter&&) = default;
  AuditWriter& operator=(AuditWriter&&) = default;
  ~AuditWriter();

  // Writes some batches, as many as are soon written; true while there may be more.
  engine::base::Result<bool> step();

  // Up to which batch all is in the audit, and would survive a power failure; 0: nothing yet.
  std::uint64_t audited_through() const { return last_; }

  // Lines that the audit had of another journal, and that were dropped when it was opened.
  std::uint64_t dropped() const { return dropped_; }

  // See AuditStore::prune.
  engine::base::Result<std::uint64_t> prune(const std::string& received_before,
                                            std::uint64_t most) {
    return store_->prune(received_before, most);
  }

 private:
  AuditWriter(std::unique_ptr<store::Journal> journal, AuditStore store)
      : journal_{std::move(journal)}, store_{std::make_unique<AuditStore>(std::move(store))} {}

  engine::base::Result<void> put_right();
  engine::base::Result<bool> is_of_journal(std::uint64_t sequence, std::int64_t checksum,
                                           std::uint64_t journal_last);
  engine::base::Result<std::optional<AuditGap>> missing_after(std::uint64_t sequence);
  engine::base::Result<bool> gather(std::uint64_t from, std::vector<NewAuditedBatch>& batches,
                                    ParameterNames& parameters);

  std::unique_ptr<store::Journal> journal_;
  std::unique_ptr<AuditStore> store_;
  std::uint64_t last_ = 0;
  std::uint64_t dropped_ = 0;
};

// The whole of it, at once: what a command line does.
engine::base::Result<void> catch_up(AuditWriter& writer);

// Up to which batch the audit of a folder has all; 0: nothing, or there is no audit. For whoever is
// about to drop contents of the journal while nobody serves.
engine::base::Result<std::uint64_t> audited_through(const std::string& folder);

}  // namespace server::audit

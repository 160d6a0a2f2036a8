// A backup of a data folder: another data folder, with the journal as it was at one moment. Taken
// while others read and write. A serving node, whose journal has a write-ahead log, never waits for
// it; an import waits for one step of the copy, a few milliseconds, or, where it writes so often that
// the copy never ends, once for as long as the rest takes. Every batch of the copy is read and checked before the folder gets its name, so a folder of that name is a
// whole backup, whatever is cut off. The audit (audit.db), where there is one, is copied beside it. One thread a call. Cost: reading the journal twice.
#pragma once

#include "engine/base/result.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace server::store {

struct Backup {
  std::uint64_t sequence = 0;  // of the last batch in it
  std::uint64_t bytes = 0;     // of the journal
  // Why the audit, which is made again from the journal, was left out; nothing where it is in, or
  // there is none.
  std::optional<engine::base::Fault> audit_fault = {};
};

// Of all bytes, so many are copied; may begin anew.
using BackupProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;

// `to` must not be there, or be empty; the folder above it must be there. Faults: those of the journal,
// bad_request for a folder that holds something.
engine::base::Result<Backup> back_up(const std::string& folder, const std::string& to,
                                     const BackupProgress& progress = {});

}  // namespace server::store

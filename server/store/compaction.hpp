// Compaction: the writing of a checkpoint beside the journal's batches, and the dropping of what is
// in it. A checkpoint is all that batches 1 to N come to, in pieces; a start reads it and then the
// batches after N. It counts from finish() on, whole or not at all; what was cut off is taken away by
// the next one. Of dropped batches it stays known that they came, from whom, and what was refused of
// them, for as long as is said. Works on a connection of its own, in small transactions, so that a
// writer beside it waits for moments only. Requires that the process holds the folder's lock. One
// thread. Faults: those of the journal.
#pragma once

#include "engine/base/result.hpp"
#include "server/store/journal.hpp"
#include "server/store/sqlite.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace server::store {

// The tables of a checkpoint; since journal format 4.
extern const char* const checkpoint_sql;

// The one that counts; nothing where there is none.
engine::base::Result<std::optional<CheckpointHead>> read_checkpoint_head(Database& database);

// Its pieces in order, each checked against what was written; of one moment in a transaction of the
// caller's. Fault: store_corrupt.
engine::base::Result<void> read_checkpoint_pieces(Database& database, const CheckpointHead& head,
                                                  const Journal::ApplyPiece& apply);

class Compaction {
 public:
  // Of a folder that has a journal of the newest format.
  static engine::base::Result<Compaction> open(const std::string& folder);

  // A checkpoint of batch `head.sequence` begins; its number and size are made here.
  engine::base::Result<void> begin(CheckpointHead head);
  engine::base::Result<void> add(std::string_view piece);

  // What was added, as it is stored.
  engine::base::Result<void> read_back(const Journal::ApplyPiece& apply);

  engine::base::Result<void> finish();

  // Takes away a few of the contents up to the checkpoint, but none after batch `to`, checkpoints that
  // are older or were cut off, and batches before the checkpoint that came before `forget` (UTC, ISO 8601); true
  // when there is more to do.
  engine::base::Result<bool> drop_some(std::uint64_t to, const std::string& forget);

 private:
  explicit Compaction(Database database) : database_{std::move(database)} {}

  engine::base::Result<std::int64_t> drop(const char* sql, std::int64_t limit);
  engine::base::Result<bool> forget_some(std::int64_t limit, const std::string& before);

  Database database_;
  CheckpointHead head_;  // of the one that is written
};

}  // namespace server::store

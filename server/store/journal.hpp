// Journal: every batch that a data folder has accepted, in order. State after sequence N is a pure
// function of the batches 1..N. The contents of old batches may have given way to a checkpoint of
// what they came to (see compaction.hpp). append() returns when the batch would survive a power failure, and
// not before; a batch is in the journal whole, with the rows refused beside it, or not at all. The
// journal knows nothing of what a batch holds. One object: one thread. One writer a folder, held
// off from others by a lock for as long as its journal is open; any number of readers beside it.
// Faults name the folder: store_unavailable (missing, not writable, locked, disk full),
// store_format (another product's file, or a newer version's), store_corrupt (bytes that are not
// what was written).
#pragma once

#include "engine/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace server::store {

// `create` makes what is missing, but not before the first append: what fails earlier leaves
// nothing behind.
enum class Access : std::uint8_t { read, write, create };

// A row that could not be used, kept for repair.
struct RefusedRow {
  std::string file;
  std::uint64_t line = 0;
  std::string column;
  std::string value;
  std::string code;  // stable, see engine::base::fault_name
  std::string reason;
  std::string text = {};  // the whole row as it came; empty where it is not text, or was not kept

  friend bool operator==(const RefusedRow&, const RefusedRow&) = default;
};

// The first line of a file with refused rows: with it they can be corrected and sent again.
struct RefusedHeader {
  std::string file;
  std::string text;

  friend bool operator==(const RefusedHeader&, const RefusedHeader&) = default;
};

struct Refused {
  std::vector<RefusedHeader> headers;  // of files that have one
  std::vector<RefusedRow> rows;        // in the order of the files
};

// What the sender of a batch says of it.
struct Delivery {
  std::string feed;      // empty: an import of files
  std::string batch_id;  // the sender's name for it, once a feed; empty: none
  std::optional<std::uint64_t> sender_sequence;
  std::int64_t sent_checksum = 0;  // of the bytes sent: tells a repeat from another batch

  friend bool operator==(const Delivery&, const Delivery&) = default;
};

// What a guard found in a batch.
struct HeldFinding {
  std::string feed, guard, action;
  std::uint64_t records = 0;
  std::string detail;

  friend bool operator==(const HeldFinding&, const HeldFinding&) = default;
};

// What guards found in the last batch of a feed.
struct FeedFound {
  std::string feed;
  std::uint64_t sequence = 0;  // of the batch, told by the journal; 0: it was held
  std::uint64_t held = 0;      // its number then
  std::vector<HeldFinding> findings;

  friend bool operator==(const FeedFound&, const FeedFound&) = default;
};

// The last batch of a feed that did not go in.
struct FeedError {
  std::string feed;
  std::string at;    // UTC, ISO 8601
  std::string code;  // stable, see engine::base::fault_name
  std::string detail;

  friend bool operator==(const FeedError&, const FeedError&) = default;
};

inline constexpr std::size_t noted_feeds_max = 1'000;  // of each; the oldest go

// Kept beside the journal for people: no state follows from it. One of a feed each.
struct FeedNotes {
  std::vector<FeedFound> found;
  std::vector<FeedError> errors;
};

struct NewBatch {
  std::string received_at;  // UTC, ISO 8601; from the shell's clock
  std::string kind;         // what the content is, for whoever replays it
  std::string source;       // for people: where it came from
  std::string content;
  std::vector<RefusedRow> refused;
  std::vector<RefusedHeader> refused_headers = {};
  Delivery delivery = {};
  std::vector<FeedFound> found = {};  // noted of these feeds with the batch; no findings: in order
};

struct Batch {
  std::uint64_t sequence = 0;
  std::string received_at;
  std::string kind;
  std::string source;
  std::string content;
  Delivery delivery = {};
};

// A batch that was found by what its sender says of it.
struct Delivered {
  std::uint64_t sequence = 0;
  Delivery delivery;
};

// A batch that is kept beside the journal until somebody decides.
enum class HeldState : std::uint8_t { held, released, rejected };

struct HeldBatch {
  std::uint64_t number = 0;  // of its own count
  HeldState state = HeldState::held;
  std::string received_at;
  std::string source;
  Delivery delivery;
  std::vector<HeldFinding> findings;   // why
  std::string decided_at, decided_by;  // empty while it is held
  std::uint64_t sequence = 0;          // that it was released as
};

struct Decision {
  std::uint64_t number = 0;  // of the held batch
  std::string at, by;
};

// All that batches 1 to `sequence` come to, in the place of their contents.
struct CheckpointHead {
  std::uint64_t sequence = 0;
  std::string received_at;  // of that batch, as its source
  std::string source;
  std::uint64_t bytes = 0;
  std::int64_t number = 0;  // the store's, as its checksum
  std::int64_t checksum = 0;
};

// What somebody has prepared beside the journal under a name, to be asked and published later: parts
// that are read and checked, in the order in which they came.
struct DraftPart {
  std::string received_at;
  std::string source;
  std::int64_t number = 0;  // no other part of any draft of the folder has it, nor had it
  std::vector<HeldFinding> findings = {};  // when it came in

  friend bool operator==(const DraftPart&, const DraftPart&) = default;
};

struct Draft {
  std::string name;
  std::string created_at, created_by, note;
  std::vector<DraftPart> parts = {};
  std::string publish_at = {};    // UTC, ISO 8601; empty: when somebody says so
  std::string scheduled_by = {};  // who said when
  std::string problem = {};       // why it could not be published when it was time

  friend bool operator==(const Draft&, const Draft&) = default;
};

enum class DraftUse : std::uint8_t { fresh, existing };

class Journal {
 public:
  Journal() = default;
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  virtual ~Journal() = default;

  // The sequence number it got: the last one + 1.
  virtual engine::base::Result<std::uint64_t> append(const NewBatch& batch) = 0;

  // Many small batches are to come: what can be done so that each waits for the disk less often. Of
  // a journal opened for writing; holds until it is closed.
  virtual engine::base::Result<void> expect_many() = 0;

  using Apply = std::function<engine::base::Result<void>(Batch&&)>;
  // Every batch from sequence `from` on, in order; stops at the first Fault, its own or of `apply`.
  // Requires that `from` is after the checkpoint.
  virtual engine::base::Result<void> replay(std::uint64_t from, const Apply& apply) = 0;

  // Nothing where the contents of all batches are there.
  virtual engine::base::Result<std::optional<CheckpointHead>> checkpoint() = 0;

  // The first batch whose content is there, and that of all after it; one past the last: none is.
  virtual engine::base::Result<std::uint64_t> contents_from() = 0;

  using ApplyPiece = std::function<engine::base::Result<void>(std::string_view piece)>;
  // The pieces of the checkpoint that there is, in order, and what it is of.
  virtual engine::base::Result<CheckpointHead> read_checkpoint(const ApplyPiece& apply) = 0;

  // 0 while there is none.
  virtual engine::base::Result<std::uint64_t> last_sequence() = 0;

  // Of one batch, as it was written: tells this journal's batch from another's of that number.
  // Nothing where there is no such batch.
  virtual engine::base::Result<std::optional<std::int64_t>> checksum(std::uint64_t sequence) = 0;

  // How much content all batches after `sequence` have; the checkpoint's included where it is later.
  virtual engine::base::Result<std::uint64_t> bytes_after(std::uint64_t sequence) = 0;

  // What was refused when batch `sequence` came in.
  virtual engine::base::Result<Refused> refused(std::uint64_t sequence) = 0;

  // The batch that a feed's sender has given this name, or number; nothing where there is none.
  virtual engine::base::Result<std::optional<Delivered>> delivered(const std::string& feed,
                                                                   const std::string& batch_id) = 0;
  virtual engine::base::Result<std::optional<Delivered>> delivered(
      const std::string& feed, std::uint64_t sender_sequence) = 0;

  // Keeps the batch aside, as durable as append(); its number among those that are held.
  virtual engine::base::Result<std::uint64_t> hold(const NewBatch& batch,
                                                   const std::vector<HeldFinding>& findings) = 0;

  // In the order of their numbers; nothing given: of every state.
  virtual engine::base::Result<std::vector<HeldBatch>> held(std::optional<HeldState> state) = 0;

  // The newest that its sender gave this name or number; nothing where there is none.
  virtual engine::base::Result<std::optional<HeldBatch>> held(const Delivery& delivery) = 0;

  // With its content and refused rows. Fault: bad_request where there is none of this number that is
  // still held.
  virtual engine::base::Result<NewBatch> held_batch(std::uint64_t number) = 0;

  // append(), and the held batch is released as that sequence number.
  virtual engine::base::Result<std::uint64_t> release(const NewBatch& batch,
                                                      const Decision& decision) = 0;

  // Its content goes; that there was such a batch stays known. Fault: as held_batch().
  virtual engine::base::Result<void> reject(const Decision& decision) = 0;

  // What is noted of feeds, oldest first; nothing in a folder that an older version wrote last.
  virtual engine::base::Result<FeedNotes> feed_notes() = 0;

  // Each takes the place of its feed's last one. Does nothing while the folder holds no data.
  virtual engine::base::Result<void> note_errors(const std::vector<FeedError>& errors) = 0;

  // Another part, as durable as append(). Fault: bad_request where a fresh one's name is taken, or
  // the existing one is not there.
  virtual engine::base::Result<void> add_to_draft(const Draft& draft, DraftUse use,
                                                  const NewBatch& part) = 0;

  // By name.
  virtual engine::base::Result<std::vector<Draft>> drafts() = 0;

  // With their content. Fault: bad_request where there is no such draft.
  virtual engine::base::Result<std::vector<NewBatch>> draft_parts(const std::string& name) = 0;

  // append(), and the draft is gone: both, or neither. Fault: as draft_parts().
  virtual engine::base::Result<std::uint64_t> publish_draft(const std::string& name,
                                                            const NewBatch& batch) = 0;
  virtual engine::base::Result<void> drop_draft(const std::string& name) = 0;

  // When it is to be published, and why it could not be. Fault: as draft_parts().
  virtual engine::base::Result<void> schedule_draft(const Draft& draft) = 0;

  // Of the stored form, as found; what is opened for writing has the newest.
  virtual int format_version() const = 0;
};

// The embedded journal: `folder`/netto.db.
engine::base::Result<std::unique_ptr<Journal>> open_journal(const std::string& folder,
                                                            Access access);

}  // namespace server::store

// SqliteJournal: the journal in one SQLite file, `folder`/netto.db. A batch is one transaction: its
// line, its content as one blob (several rows where it is larger than SQLite takes) and the rows
// refused beside it. A rollback journal, and no write-ahead log: batches append, so a big blob is
// written once and not twice, and a folder without write permission can still be read.
// `synchronous=EXTRA`: a batch acknowledged outlives a power failure. Every batch carries a
// checksum, and sequence numbers have no gaps: what was damaged is told, not replayed. See
// journal.hpp for threads and faults. A folder of an older format is read as it is, and brought to
// the newest in one transaction when it is opened for writing.
#pragma once

#include "server/store/folder_lock.hpp"
#include "server/store/journal.hpp"
#include "server/store/sqlite.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace server::store {

class SqliteJournal final : public Journal {
 public:
  static constexpr int format_newest = 4;
  // SQLite takes blobs up to 10^9 bytes; larger batches are cut.
  static constexpr std::size_t part_bytes_max = std::size_t{256} << 20U;

  static engine::base::Result<std::unique_ptr<Journal>> open(
      const std::string& folder, Access access, std::size_t part_bytes = part_bytes_max);

  SqliteJournal(const SqliteJournal&) = delete;
  SqliteJournal& operator=(const SqliteJournal&) = delete;
  SqliteJournal(SqliteJournal&&) = delete;
  SqliteJournal& operator=(SqliteJournal&&) = delete;
  ~SqliteJournal() override;

  engine::base::Result<std::uint64_t> append(const NewBatch& batch) override;
  engine::base::Result<void> expect_many() override;
  engine::base::Result<void> replay(std::uint64_t from, const Apply& apply) override;
  engine::base::Result<std::optional<CheckpointHead>> checkpoint() override;
  engine::base::Result<std::uint64_t> contents_from() override;
  engine::base::Result<CheckpointHead> read_checkpoint(const ApplyPiece& apply) override;
  engine::base::Result<std::uint64_t> last_sequence() override;
  engine::base::Result<std::optional<std::int64_t>> checksum(std::uint64_t sequence) override;
  engine::base::Result<std::uint64_t> bytes_after(std::uint64_t sequence) override;
  engine::base::Result<Refused> refused(std::uint64_t sequence) override;
  engine::base::Result<std::optional<Delivered>> delivered(const std::string& feed,
                                                           const std::string& batch_id) override;
  engine::base::Result<std::optional<Delivered>> delivered(const std::string& feed,
                                                           std::uint64_t sender_sequence) override;

  engine::base::Result<std::uint64_t> hold(const NewBatch& batch,
                                           const std::vector<HeldFinding>& findings) override;
  engine::base::Result<std::vector<HeldBatch>> held(std::optional<HeldState> state) override;
  engine::base::Result<std::optional<HeldBatch>> held(const Delivery& delivery) override;
  engine::base::Result<NewBatch> held_batch(std::uint64_t number) override;
  engine::base::Result<std::uint64_t> release(const NewBatch& batch,
                                              const Decision& decision) override;
  engine::base::Result<void> reject(const Decision& decision) override;

  engine::base::Result<FeedNotes> feed_notes() override;
  engine::base::Result<void> note_errors(const std::vector<FeedError>& errors) override;

  engine::base::Result<void> add_to_draft(const Draft& draft, DraftUse use,
                                          const NewBatch& part) override;
  engine::base::Result<std::vector<Draft>> drafts() override;
  engine::base::Result<std::vector<NewBatch>> draft_parts(const std::string& name) override;
  engine::base::Result<std::uint64_t> publish_draft(const std::string& name,
                                                    const NewBatch& batch) override;
  engine::base::Result<void> drop_draft(const std::string& name) override;
  engine::base::Result<void> schedule_draft(const Draft& draft) override;

  int format_version() const override { return format_; }

 private:
  SqliteJournal(std::string folder, Access access, std::size_t part_bytes);

  std::string file() const;
  engine::base::Result<void> open_existing();
  engine::base::Result<void> check_format();
  engine::base::Result<void> read_format();
  engine::base::Result<void> upgrade();
  engine::base::Result<void> write_ahead();
  engine::base::Result<void> create();
  engine::base::Result<void> write_schema();
  engine::base::Result<void> write_batch(std::uint64_t sequence, const NewBatch& batch);
  engine::base::Result<void> write_parts(std::uint64_t sequence, std::string_view content);
  engine::base::Result<void> write_refused(std::uint64_t sequence, const NewBatch& batch);
  engine::base::Result<std::optional<Batch>> next_batch(std::uint64_t from);
  engine::base::Result<void> read_parts(std::uint64_t sequence, std::size_t size,
                                        std::string& content);
  engine::base::Result<Transaction> begin_writing();
  engine::base::Result<std::uint64_t> append_in_transaction(const NewBatch& batch);
  engine::base::Result<void> write_held(std::uint64_t number, const NewBatch& batch,
                                        const std::vector<HeldFinding>& findings);
  engine::base::Result<std::vector<HeldBatch>> read_held(Statement& select);
  engine::base::Result<void> read_findings(HeldBatch& batch);
  engine::base::Result<void> decide(const Decision& decision, HeldState state,
                                    std::uint64_t sequence);
  engine::base::Result<void> drop_held_content(std::uint64_t number);
  engine::base::Result<bool> has_notes();
  engine::base::Result<void> make_notes();
  engine::base::Result<void> write_found(const std::vector<FeedFound>& found,
                                         std::uint64_t sequence, std::uint64_t held);
  engine::base::Result<std::vector<FeedFound>> read_found();
  engine::base::Result<std::vector<FeedError>> read_errors();
  engine::base::Result<void> write_part_findings(std::int64_t part,
                                                 const std::vector<FeedFound>& found);
  engine::base::Result<void> read_part_findings(std::vector<Draft>& drafts);
  engine::base::Result<bool> has_draft(const std::string& name);
  engine::base::Result<void> remove_draft(const std::string& name);

  std::string folder_;
  Access access_;
  std::size_t part_bytes_;
  int format_ = format_newest;
  std::optional<FolderLock>
      lock_;            // where access_ is not read; released after the database is closed
  bool ahead_ = false;  // batches go to a write-ahead log first
  std::optional<Database> database_;  // none: nothing was ever written to the folder
};

}  // namespace server::store

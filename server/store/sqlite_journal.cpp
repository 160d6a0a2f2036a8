#include "server/store/sqlite_journal.hpp"

#include "server/store/compaction.hpp"
#include "server/store/sqlite_rows.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

namespace server::store {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

namespace fs = std::filesystem;

constexpr const char* schema_sql = R"sql(
PRAGMA application_id = 0x4e74746f;
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO meta VALUES ('product', 'netto'), ('format', '4');
CREATE TABLE batch (
  sequence INTEGER PRIMARY KEY,
  received_at TEXT NOT NULL,
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  size INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  feed TEXT NOT NULL DEFAULT '',
  batch_id TEXT NOT NULL DEFAULT '',
  sender_sequence INTEGER,
  sent_checksum INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX batch_delivery_id ON batch (feed, batch_id) WHERE batch_id <> '';
CREATE INDEX batch_delivery_sequence ON batch (feed, sender_sequence)
  WHERE sender_sequence IS NOT NULL;
CREATE TABLE batch_part (
  id INTEGER PRIMARY KEY,
  sequence INTEGER NOT NULL,
  content BLOB NOT NULL
);
CREATE INDEX batch_part_sequence ON batch_part (sequence);
CREATE TABLE refused_row (
  id INTEGER PRIMARY KEY,
  sequence INTEGER NOT NULL,
  file TEXT NOT NULL,
  line INTEGER NOT NULL,
  column_name TEXT NOT NULL,
  value TEXT NOT NULL,
  code TEXT NOT NULL,
  reason TEXT NOT NULL,
  row_text TEXT NOT NULL DEFAULT ''
);
CREATE INDEX refused_row_sequence ON refused_row (sequence);
CREATE TABLE refused_header (
  sequence INTEGER NOT NULL,
  file TEXT NOT NULL,
  header TEXT NOT NULL,
  PRIMARY KEY (sequence, file)
) WITHOUT ROWID;
)sql";

// Format 1 knew nothing of deliveries. Its checksums stay right: see checksum_of.
constexpr const char* from_format_1_sql = R"sql(
ALTER TABLE batch ADD COLUMN feed TEXT NOT NULL DEFAULT '';
ALTER TABLE batch ADD COLUMN batch_id TEXT NOT NULL DEFAULT '';
ALTER TABLE batch ADD COLUMN sender_sequence INTEGER;
ALTER TABLE batch ADD COLUMN sent_checksum INTEGER NOT NULL DEFAULT 0;
CREATE INDEX batch_delivery_id ON batch (feed, batch_id) WHERE batch_id <> '';
CREATE INDEX batch_delivery_sequence ON batch (feed, sender_sequence)
  WHERE sender_sequence IS NOT NULL;
ALTER TABLE refused_row ADD COLUMN row_text TEXT NOT NULL DEFAULT '';
CREATE TABLE refused_header (
  sequence INTEGER NOT NULL,
  file TEXT NOT NULL,
  header TEXT NOT NULL,
  PRIMARY KEY (sequence, file)
) WITHOUT ROWID;
UPDATE meta SET value = '2' WHERE key = 'format';
)sql";

// Format 2 knew no batches that are held, and its content neither op nor replace. Parts and refused
// rows of a held batch stand under its number with a minus sign.
constexpr const char* held_sql = R"sql(
CREATE TABLE held_batch (
  number INTEGER PRIMARY KEY,
  state INTEGER NOT NULL,
  received_at TEXT NOT NULL,
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  size INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  feed TEXT NOT NULL,
  batch_id TEXT NOT NULL,
  sender_sequence INTEGER,
  sent_checksum INTEGER NOT NULL,
  decided_at TEXT NOT NULL DEFAULT '',
  decided_by TEXT NOT NULL DEFAULT '',
  sequence INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX held_batch_feed ON held_batch (feed, batch_id);
CREATE TABLE held_finding (
  id INTEGER PRIMARY KEY,
  number INTEGER NOT NULL,
  feed TEXT NOT NULL,
  guard TEXT NOT NULL,
  action TEXT NOT NULL,
  records INTEGER NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX held_finding_number ON held_finding (number);
)sql";

constexpr std::int64_t application_id = 0x4e74746f;

constexpr const char* no_data_yet = "the folder holds no data yet; an import brings it";

Fault unavailable(const std::string& folder, std::string detail) {
  return {FaultCode::store_unavailable, folder, std::move(detail)};
}

enum class Found : std::uint8_t { nothing, folder, journal };

Result<Found> look_at(const std::string& folder) {
  std::error_code failed;
  const auto status = fs::status(folder, failed);
  if (status.type() == fs::file_type::not_found) return Found::nothing;
  if (failed) return unavailable(folder, "the data folder can't be read: " + failed.message());
  if (!fs::is_directory(status)) return unavailable(folder, "this is a file, not a data folder");
  const bool journal = fs::exists(folder + "/netto.db", failed);
  if (failed) return unavailable(folder, "the data folder can't be read: " + failed.message());
  return journal ? Found::journal : Found::folder;
}

// The nearest folder above `folder` that is there: where a new one would be made.
fs::path existing_parent(const std::string& folder) {
  std::error_code failed;
  fs::path at = fs::absolute(folder, failed);
  while (at.has_parent_path() && at != at.parent_path() && !fs::exists(at, failed))
    at = at.parent_path();
  return at;
}

}  // namespace

// ---- opening
// --------------------------------------------------------------------------------------

SqliteJournal::SqliteJournal(std::string folder, Access access, std::size_t part_bytes)
    : folder_{std::move(folder)}, access_{access}, part_bytes_{part_bytes} {}

std::string SqliteJournal::file() const { return folder_ + "/netto.db"; }

Result<std::unique_ptr<Journal>> SqliteJournal::open(const std::string& folder, Access access,
                                                     std::size_t part_bytes) {
  const auto found = look_at(folder);
  if (!found) return found.error();
  std::unique_ptr<SqliteJournal> journal{new SqliteJournal{folder, access, part_bytes}};
  if (*found != Found::journal) {
    if (access != Access::create) {
      return unavailable(folder, *found == Found::nothing
                                     ? "there is no such data folder; an import makes it"
                                     : no_data_yet);
    }
    // Nothing is made before the first append, but what could not be made is told now.
    const fs::path parent = existing_parent(folder);
    if (::faccessat(AT_FDCWD, parent.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
      return unavailable(
          folder, "no data folder can be made here: " + parent.string() + " can't be written to");
    }
    return std::unique_ptr<Journal>{std::move(journal)};
  }
  if (auto ok = journal->open_existing(); !ok) return ok.error();
  return std::unique_ptr<Journal>{std::move(journal)};
}

Result<void> SqliteJournal::open_existing() {
  if (access_ != Access::read) {
    auto lock = FolderLock::take(folder_);
    if (!lock) return lock.error();
    lock_.emplace(*std::move(lock));
  }
  auto database =
      Database::open(file(), access_ == Access::read ? OpenMode::read : OpenMode::write);
  if (!database) return database.error();
  database_.emplace(*std::move(database));
  const auto pages = database_->number("PRAGMA page_count");
  if (!pages) return pages.error();
  if (*pages > 0) return check_format();
  // The very first append was cut off: SQLite has undone it and left an empty file.
  database_.reset();
  if (access_ != Access::create) return unavailable(folder_, no_data_yet);
  return {};
}

Result<void> SqliteJournal::check_format() {
  const auto id = database_->number("PRAGMA application_id");
  if (!id) return id.error();
  if (*id != application_id) {
    return Fault{FaultCode::store_format, file(), "this file is no journal of Netto"};
  }
  if (auto ok = read_format(); !ok || access_ == Access::read) return ok;
  if (auto ok = database_->run("PRAGMA synchronous = EXTRA"); !ok) return ok;
  return format_ < format_newest ? upgrade() : Result<void>{};
}

Result<void> SqliteJournal::read_format() {
  auto format = database_->prepare("SELECT value FROM meta WHERE key = 'format'");
  if (!format) return format.error();
  const auto row = format->step();
  if (!row) return row.error();
  const std::string text = *row ? format->text(0) : "";
  const auto read = std::from_chars(text.data(), text.data() + text.size(), format_);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || format_ < 1) {
    return Fault{FaultCode::store_corrupt, file(), "the journal does not tell its format"};
  }
  if (format_ > format_newest) {
    return Fault{FaultCode::store_format, file(),
                 "the journal has format " + text + ", this version reads up to " +
                     std::to_string(format_newest) +
                     "; a newer Netto wrote it and is needed to read it"};
  }
  return {};
}

Result<void> SqliteJournal::upgrade() {
  auto transaction = Transaction::begin(*database_);
  if (!transaction) return transaction.error();
  if (format_ == 1) {
    if (auto ok = database_->run(from_format_1_sql); !ok) return ok;
  }
  if (format_ <= 2) {
    if (auto ok = database_->run(held_sql); !ok) return ok;
  }
  // Format 3 knew neither checkpoints nor drafts.
  if (auto ok = database_->run(checkpoint_sql); !ok) return ok;
  if (auto ok = database_->run(drafts_sql); !ok) return ok;
  if (auto ok = transaction->commit(); !ok) return ok;
  format_ = format_newest;
  return {};
}

Result<void> SqliteJournal::create() {
  std::error_code failed;
  fs::create_directories(folder_, failed);
  if (failed) return unavailable(folder_, "the data folder can't be made: " + failed.message());
  if (!lock_) {
    auto lock = FolderLock::take(folder_);
    if (!lock) return lock.error();
    if (fs::exists(file(), failed)) {
      return unavailable(folder_,
                         "another process has put data into the folder meanwhile; try again");
    }
    lock_.emplace(*std::move(lock));
  }
  auto database = Database::open(file(), OpenMode::create);
  if (!database) return database.error();
  // Few, large rows: larger pages halve the reads of a start.
  if (auto ok = database->run("PRAGMA page_size = 16384; PRAGMA synchronous = EXTRA"); !ok)
    return ok;
  database_.emplace(*std::move(database));
  return write_ahead();
}

// A commit to a write-ahead log waits for the disk once, one to the file itself four or five times.
// The log belongs to the folder while it is served, and is gone when that ends: a copy of the one
// file is whole then, and the folder can be read by who may not write to it. After a crash whoever
// opens the folder next takes it up.
Result<void> SqliteJournal::expect_many() {
  ahead_ = access_ != Access::read;
  return database_ ? write_ahead() : Result<void>{};
}

Result<void> SqliteJournal::write_ahead() {
  if (!ahead_) return {};
  // Where the file system can't (no shared memory), the mode stays as it is: slower, as durable.
  return database_->run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
}

SqliteJournal::~SqliteJournal() {
  // Beside readers that have it open it stays, which they and all who come can do with.
  if (ahead_ && database_) {
    static_cast<void>(database_->run("PRAGMA busy_timeout = 100; PRAGMA journal_mode = DELETE"));
  }
}

// ---- writing
// --------------------------------------------------------------------------------------

Result<Transaction> SqliteJournal::begin_writing() {
  if (access_ == Access::read)
    return unavailable(folder_, "the data folder was opened for reading only");
  if (!database_) {
    if (auto ok = create(); !ok) return ok.error();
  }
  auto transaction = Transaction::begin(*database_);
  if (!transaction) return transaction;
  if (auto ok = write_schema(); !ok) return ok.error();
  return transaction;
}

Result<std::uint64_t> SqliteJournal::append_in_transaction(const NewBatch& batch) {
  auto last = last_sequence();
  if (!last) return last.error();
  const std::uint64_t sequence = *last + 1;
  if (auto ok = write_batch(sequence, batch); !ok) return ok.error();
  return sequence;
}

Result<std::uint64_t> SqliteJournal::append(const NewBatch& batch) {
  auto transaction = begin_writing();
  if (!transaction) return transaction.error();
  const auto sequence = append_in_transaction(batch);
  if (!sequence) return sequence;
  if (auto ok = transaction->commit(); !ok) return ok.error();
  return sequence;
}

Result<void> SqliteJournal::write_schema() {
  const auto tables = database_->number("SELECT count(*) FROM sqlite_schema");
  if (!tables) return tables.error();
  if (*tables != 0) return {};
  if (auto ok = database_->run(schema_sql); !ok) return ok;
  if (auto ok = database_->run(held_sql); !ok) return ok;
  if (auto ok = database_->run(checkpoint_sql); !ok) return ok;
  return database_->run(drafts_sql);
}

Result<void> SqliteJournal::write_batch(std::uint64_t sequence, const NewBatch& batch) {
  auto insert = database_->prepare("INSERT INTO batch VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert) return insert.error();
  insert->bind(1, static_cast<std::int64_t>(sequence))
      .bind(2, batch.received_at)
      .bind(3, batch.kind)
      .bind(4, batch.source)
      .bind(5, static_cast<std::int64_t>(batch.content.size()))
      .bind(6, checksum_of(sequence, batch))
      .bind(7, batch.delivery.feed)
      .bind(8, batch.delivery.batch_id)
      .bind(10, batch.delivery.sent_checksum);
  if (const auto& number = batch.delivery.sender_sequence)  // else null
    insert->bind(9, static_cast<std::int64_t>(*number));
  if (auto ok = insert->finish(); !ok) return ok;
  if (auto ok = write_parts(sequence, batch.content); !ok) return ok;
  return write_refused(sequence, batch);
}

Result<void> SqliteJournal::write_parts(std::uint64_t sequence, std::string_view content) {
  auto insert = database_->prepare("INSERT INTO batch_part (sequence, content) VALUES (?, ?)");
  if (!insert) return insert.error();
  while (!content.empty()) {
    const std::string_view part = content.substr(0, part_bytes_);
    insert->bind(1, static_cast<std::int64_t>(sequence)).bind_blob(2, part);
    if (auto ok = insert->finish(); !ok) return ok;
    content.remove_prefix(part.size());
  }
  return {};
}

Result<void> SqliteJournal::write_refused(std::uint64_t sequence, const NewBatch& batch) {
  const auto number = static_cast<std::int64_t>(sequence);
  auto header = database_->prepare("INSERT OR REPLACE INTO refused_header VALUES (?, ?, ?)");
  if (!header) return header.error();
  for (const RefusedHeader& of_file : batch.refused_headers) {
    header->bind(1, number).bind(2, of_file.file).bind(3, of_file.text);
    if (auto ok = header->finish(); !ok) return ok;
  }
  auto insert = database_->prepare(
      "INSERT INTO refused_row (sequence, file, line, column_name, value, code, reason, row_text) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert) return insert.error();
  for (const RefusedRow& row : batch.refused) {
    insert->bind(1, number)
        .bind(2, row.file)
        .bind(3, static_cast<std::int64_t>(row.line))
        .bind(4, row.column)
        .bind(5, row.value)
        .bind(6, row.code)
        .bind(7, row.reason)
        .bind(8, row.text);
    if (auto ok = insert->finish(); !ok) return ok;
  }
  return {};
}

// ---- reading
// --------------------------------------------------------------------------------------

Result<std::uint64_t> SqliteJournal::last_sequence() {
  if (!database_) return std::uint64_t{0};
  const auto last = database_->number("SELECT max(sequence) FROM batch");
  if (!last) return last.error();
  return static_cast<std::uint64_t>(*last);
}

Result<void> SqliteJournal::replay(std::uint64_t from, const Apply& apply) {
  if (!database_) return {};
  // Another process may have upgraded it since.
  if (auto ok = read_format(); !ok) return ok;
  // No statement stays open while a batch is applied: a writer would have to wait for it.
  for (std::uint64_t expected = std::max<std::uint64_t>(from, 1);; ++expected) {
    auto batch = next_batch(expected);
    if (!batch) return batch.error();
    if (!batch->has_value()) return {};
    if ((*batch)->sequence != expected) {
      return Fault{FaultCode::store_corrupt, file(),
                   "batch " + std::to_string(expected) + " is missing"};
    }
    if (auto ok = apply(**std::move(batch)); !ok) return ok;
  }
}

Result<std::optional<Batch>> SqliteJournal::next_batch(std::uint64_t from) {
  auto select = database_->prepare(
      format_ == 1
          ? "SELECT sequence, received_at, kind, source, size, checksum, '', '', NULL, 0 FROM "
            "batch "
            "WHERE sequence >= ? ORDER BY sequence LIMIT 1"
          : "SELECT sequence, received_at, kind, source, size, checksum, feed, batch_id, "
            "sender_sequence, sent_checksum FROM batch WHERE sequence >= ? ORDER BY sequence "
            "LIMIT 1");
  if (!select) return select.error();
  const auto row = select->bind(1, static_cast<std::int64_t>(from)).step();
  if (!row) return row.error();
  if (!*row) return std::optional<Batch>{};
  Batch batch{static_cast<std::uint64_t>(select->number(0)),
              select->text(1),
              select->text(2),
              select->text(3),
              {},
              delivery_at(*select, 6)};
  const std::int64_t size = select->number(4);
  const auto damaged = Fault{FaultCode::store_corrupt, file(),
                             "batch " + std::to_string(batch.sequence) +
                                 " is not what was written; restore the journal from a backup"};
  if (size < 0) return damaged;
  if (auto ok = read_parts(batch.sequence, static_cast<std::size_t>(size), batch.content); !ok)
    return ok.error();
  if (checksum_of(batch.sequence, batch) != select->number(5)) return damaged;
  return std::optional{std::move(batch)};
}

Result<void> SqliteJournal::read_parts(std::uint64_t sequence, std::size_t size,
                                       std::string& content) {
  auto select = database_->prepare("SELECT id FROM batch_part WHERE sequence = ? ORDER BY id");
  if (!select) return select.error();
  select->bind(1, static_cast<std::int64_t>(sequence));
  // A damaged size must not ask for the whole memory: what is really there is read, the checksum
  // judges it.
  content.reserve(std::min(size, part_bytes_));
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) return {};
    if (auto ok = database_->read_blob("batch_part", "content", select->number(0), content); !ok)
      return ok;
  }
}

Result<std::optional<std::int64_t>> SqliteJournal::checksum(std::uint64_t sequence) {
  if (!database_) return std::optional<std::int64_t>{};
  auto select = database_->prepare("SELECT checksum FROM batch WHERE sequence = ?");
  if (!select) return select.error();
  const auto row = select->bind(1, static_cast<std::int64_t>(sequence)).step();
  if (!row) return row.error();
  if (!*row) return std::optional<std::int64_t>{};
  return std::optional{select->number(0)};
}

Result<std::uint64_t> SqliteJournal::bytes_after(std::uint64_t sequence) {
  if (!database_) return std::uint64_t{0};
  const auto head = checkpoint();
  if (!head) return head.error();
  std::uint64_t bytes = 0;
  if (head->has_value() && (*head)->sequence > sequence) {
    bytes = (*head)->bytes;
    sequence = (*head)->sequence;
  }
  auto select = database_->prepare("SELECT coalesce(sum(size), 0) FROM batch WHERE sequence > ?");
  if (!select) return select.error();
  const auto row = select->bind(1, static_cast<std::int64_t>(sequence)).step();
  if (!row) return row.error();
  return bytes + static_cast<std::uint64_t>(select->number(0));
}

// ---- checkpoint
// -----------------------------------------------------------------------------------

Result<std::optional<CheckpointHead>> SqliteJournal::checkpoint() {
  if (!database_) return std::optional<CheckpointHead>{};
  if (auto ok = read_format(); !ok) return ok.error();
  if (format_ < 4) return std::optional<CheckpointHead>{};
  return read_checkpoint_head(*database_);
}

Result<std::uint64_t> SqliteJournal::contents_from() {
  const auto head = checkpoint();
  if (!head) return head.error();
  if (!head->has_value()) return std::uint64_t{1};
  const auto first = database_->number("SELECT min(sequence) FROM batch_part WHERE sequence > 0");
  if (!first) return first.error();
  if (*first > 0) return static_cast<std::uint64_t>(*first);
  const auto last = last_sequence();
  if (!last) return last.error();
  return *last + 1;
}

// As of one moment: whoever compacts meanwhile takes the older one away.
Result<CheckpointHead> SqliteJournal::read_checkpoint(const ApplyPiece& apply) {
  if (auto ok = database_->run("BEGIN"); !ok) return ok.error();
  const auto head = checkpoint();
  Result<void> read;
  if (head && head->has_value()) read = read_checkpoint_pieces(*database_, **head, apply);
  const auto ended = database_->run("COMMIT");
  if (!head) return head.error();
  if (!head->has_value()) return Fault{FaultCode::store_corrupt, file(), "there is no checkpoint"};
  if (!read) return read.error();
  if (!ended) return ended.error();
  return **head;
}

Result<Refused> SqliteJournal::refused(std::uint64_t sequence) {
  Refused refused;
  if (!database_) return refused;
  if (auto ok = read_format(); !ok) return ok.error();
  if (format_ > 1) {
    auto headers = database_->prepare("SELECT file, header FROM refused_header WHERE sequence = ?");
    if (!headers) return headers.error();
    headers->bind(1, static_cast<std::int64_t>(sequence));
    for (;;) {
      const auto row = headers->step();
      if (!row) return row.error();
      if (!*row) break;
      refused.headers.push_back({headers->text(0), headers->text(1)});
    }
  }
  auto select = database_->prepare(
      format_ == 1 ? "SELECT file, line, column_name, value, code, reason, '' FROM refused_row "
                     "WHERE sequence = ? ORDER BY id"
                   : "SELECT file, line, column_name, value, code, reason, row_text FROM "
                     "refused_row WHERE sequence = ? ORDER BY id");
  if (!select) return select.error();
  select->bind(1, static_cast<std::int64_t>(sequence));
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) return refused;
    refused.rows.push_back({select->text(0), static_cast<std::uint64_t>(select->number(1)),
                            select->text(2), select->text(3), select->text(4), select->text(5),
                            select->text(6)});
  }
}

namespace {

Result<std::optional<Delivered>> delivered_by(Statement& select) {
  const auto row = select.step();
  if (!row) return row.error();
  if (!*row) return std::optional<Delivered>{};
  return std::optional{
      Delivered{static_cast<std::uint64_t>(select.number(0)), delivery_at(select, 1)}};
}

}  // namespace

Result<std::optional<Delivered>> SqliteJournal::delivered(const std::string& feed,
                                                          const std::string& batch_id) {
  if (!database_ || format_ == 1 || batch_id.empty()) return std::optional<Delivered>{};
  auto select = database_->prepare(
      "SELECT sequence, feed, batch_id, sender_sequence, sent_checksum FROM batch "
      "WHERE feed = ? AND batch_id = ? AND batch_id <> '' ORDER BY sequence LIMIT 1");
  if (!select) return select.error();
  select->bind(1, feed).bind(2, batch_id);
  return delivered_by(*select);
}

Result<std::optional<Delivered>> SqliteJournal::delivered(const std::string& feed,
                                                          std::uint64_t sender_sequence) {
  if (!database_ || format_ == 1) return std::optional<Delivered>{};
  auto select = database_->prepare(
      "SELECT sequence, feed, batch_id, sender_sequence, sent_checksum FROM batch "
      "WHERE feed = ? AND sender_sequence = ? AND sender_sequence IS NOT NULL ORDER BY sequence "
      "LIMIT 1");
  if (!select) return select.error();
  select->bind(1, feed).bind(2, static_cast<std::int64_t>(sender_sequence));
  return delivered_by(*select);
}

Result<std::unique_ptr<Journal>> open_journal(const std::string& folder, Access access) {
  return SqliteJournal::open(folder, access);
}

}  // namespace server::store

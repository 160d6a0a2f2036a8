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
  if (format_ < format_newest) {
    if (auto ok = upgrade(); !ok) return ok;
  }
  return make_notes();
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
  // Where the file system can't (no shared memory), the mode stays as it is: slower, as durable. A
  // long reader makes the log grow; it is cut back when it begins anew.
  return database_->run(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 33554432");
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
  if (auto ok = database_->run(drafts_sql); !ok) return ok;
  return database_->run(notes_sql);
}

Result<std::unique_ptr<Journal>> open_journal(const std::string& folder, Access access) {
  return SqliteJournal::open(folder, access);
}

}  // namespace server::store

#include "server/store/sqlite.hpp"

#include "engine/base/contract.hpp"

#include <sqlite3.h>

#include <limits>
#include <utility>

namespace server::store {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

constexpr int busy_ms_max = 5'000;  // how long a reader waits for a commit of the writer

Fault fault_of(int code, const char* message, const std::string& file) {
  const std::string said = message == nullptr ? "" : message;
  switch (code & 0xff) {
    case SQLITE_NOTADB:
      return {FaultCode::store_format, file, "this file is no journal of Netto"};
    case SQLITE_CORRUPT:
      return {FaultCode::store_corrupt, file,
              "the journal is damaged (" + said + "); restore it from a backup"};
    case SQLITE_FULL:
      return {FaultCode::store_unavailable, file, "the disk is full; nothing was written"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {FaultCode::store_unavailable, file, "another process keeps the journal busy"};
    default:
      return {FaultCode::store_unavailable, file, "the journal can't be read or written: " + said};
  }
}

}  // namespace

// ---- Statement
// ------------------------------------------------------------------------------------

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement& Statement::bind(int position, std::int64_t value) {
  const int code = sqlite3_bind_int64(statement_.get(), position, value);
  if (failed_ == SQLITE_OK) failed_ = code;
  return *this;
}

Statement& Statement::bind(int position, std::string_view text) {
  const int code = sqlite3_bind_text64(statement_.get(), position, text.data(), text.size(),
                                       SQLITE_STATIC, SQLITE_UTF8);
  if (failed_ == SQLITE_OK) failed_ = code;
  return *this;
}

Statement& Statement::bind_blob(int position, std::string_view bytes) {
  const int code =
      sqlite3_bind_blob64(statement_.get(), position, bytes.data(), bytes.size(), SQLITE_STATIC);
  if (failed_ == SQLITE_OK) failed_ = code;
  return *this;
}

Result<bool> Statement::step() {
  const int code = failed_ == SQLITE_OK ? sqlite3_step(statement_.get()) : failed_;
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return fault_of(code, sqlite3_errmsg(sqlite3_db_handle(statement_.get())), file_);
}

Result<void> Statement::finish() {
  for (;;) {
    auto row = step();
    if (!row) {
      reset();
      return row.error();
    }
    if (!*row) break;
  }
  reset();
  return {};
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  failed_ = SQLITE_OK;
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? std::string{} : std::string{bytes, static_cast<std::size_t>(size)};
}

// ---- Database
// -------------------------------------------------------------------------------------

void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Result<Database> Database::connect(const std::string& file, OpenMode mode) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
  switch (mode) {
    case OpenMode::read:
      flags |= SQLITE_OPEN_READONLY;
      break;
    case OpenMode::write:
      flags |= SQLITE_OPEN_READWRITE;
      break;
    case OpenMode::create:
      flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
      break;
  }
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &handle, flags, nullptr);
  Database database{handle, file};
  if (code != SQLITE_OK) {
    return fault_of(code, handle == nullptr ? "no memory" : sqlite3_errmsg(handle), file);
  }
  sqlite3_busy_timeout(handle, busy_ms_max);
  // Debian's library writes zeros over all that is deleted, which for contents that give way to a
  // checkpoint is as much again as they were. FAST does it where the page is written anyway.
  sqlite3_exec(handle, "PRAGMA secure_delete = FAST", nullptr, nullptr, nullptr);
  return database;
}

Result<Database> Database::open(const std::string& file, OpenMode mode) {
  auto database = connect(file, mode);
  if (!database || mode != OpenMode::read) return database;
  const auto looked = database->number("PRAGMA page_count");
  if (looked || sqlite3_extended_errcode(database->database_.get()) != SQLITE_READONLY_ROLLBACK)
    return database;
  // A writer died within a commit. Only a connection that may write can undo that; it is safe
  // beside other processes.
  auto healer = connect(file, OpenMode::write);
  if (!healer) return healer.error();
  if (const auto healed = healer->number("PRAGMA page_count"); !healed) return healed.error();
  return database;
}

Result<void> Database::run(const char* sql) {
  const int code = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return {};
  return fault_of(code, sqlite3_errmsg(database_.get()), file_);
}

Result<Statement> Database::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(database_.get(), sql, -1, &statement, nullptr);
  if (code != SQLITE_OK) return fault_of(code, sqlite3_errmsg(database_.get()), file_);
  return Statement{statement, file_};
}

Result<std::int64_t> Database::number(const char* sql) {
  auto statement = prepare(sql);
  if (!statement) return statement.error();
  auto row = statement->step();
  if (!row) return row.error();
  return *row ? statement->number(0) : 0;
}

std::int64_t Database::last_rowid() const { return sqlite3_last_insert_rowid(database_.get()); }

Result<void> Database::read_blob(const char* table, const char* column, std::int64_t row,
                                 std::string& out) {
  sqlite3_blob* opened = nullptr;
  int code = sqlite3_blob_open(database_.get(), "main", table, column, row, 0, &opened);
  const std::unique_ptr<sqlite3_blob, int (*)(sqlite3_blob*)> blob{opened, sqlite3_blob_close};
  if (code == SQLITE_OK) {
    const int size = sqlite3_blob_bytes(opened);
    const std::size_t before = out.size();
    out.resize(before + static_cast<std::size_t>(size));
    code = sqlite3_blob_read(opened, out.data() + before, size, 0);
  }
  if (code == SQLITE_OK) return {};
  return fault_of(code, sqlite3_errmsg(database_.get()), file_);
}

// ---- DatabaseCopy
// ---------------------------------------------------------------------------------

void DatabaseCopy::Finish::operator()(sqlite3_backup* copy) const { sqlite3_backup_finish(copy); }

Result<DatabaseCopy> DatabaseCopy::begin(Database& from, Database& to) {
  auto* const copy = sqlite3_backup_init(to.database_.get(), "main", from.database_.get(), "main");
  if (copy == nullptr) {
    return fault_of(sqlite3_errcode(to.database_.get()), sqlite3_errmsg(to.database_.get()),
                    to.file_);
  }
  return DatabaseCopy{copy, to.file_};
}

Result<DatabaseCopy::Step> DatabaseCopy::step(int pages) {
  const int code = sqlite3_backup_step(copy_.get(), pages);
  switch (code) {
    case SQLITE_DONE:
      return Step::whole;
    case SQLITE_OK:
      return Step::more;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Step::busy;
    default:
      return fault_of(code, sqlite3_errstr(code), file_);
  }
}

std::uint64_t DatabaseCopy::pages() const {
  return static_cast<std::uint64_t>(sqlite3_backup_pagecount(copy_.get()));
}

std::uint64_t DatabaseCopy::pages_left() const {
  return static_cast<std::uint64_t>(sqlite3_backup_remaining(copy_.get()));
}

// ---- Transaction
// ----------------------------------------------------------------------------------

Result<Transaction> Transaction::begin(Database& database) {
  // At once a writer: a lock that comes later could fail half way.
  if (auto ok = database.run("BEGIN IMMEDIATE"); !ok) return ok.error();
  return Transaction{database};
}

Transaction::~Transaction() {
  if (database_ == nullptr) return;
  // When even this fails, the journal file of SQLite undoes the rest at the next start.
  [[maybe_unused]] const auto undone = database_->run("ROLLBACK");
}

Result<void> Transaction::commit() {
  ENSURE(database_ != nullptr);
  if (auto ok = database_->run("COMMIT"); !ok) return ok;
  database_ = nullptr;
  return {};
}

}  // namespace server::store

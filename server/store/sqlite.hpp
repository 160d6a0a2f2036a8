// The thin skin over SQLite: a database, a statement, and return codes turned into Faults that name
// the file. Only for this room and server/audit. One thread per Database; a Statement must not outlive its Database.
#pragma once

#include "engine/base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;
struct sqlite3_backup;

namespace server::store {

enum class OpenMode : std::uint8_t { read, write, create };

class Statement {
 public:
  // Values by position, from 1. Text and blobs must stay where they are until the next reset().
  Statement& bind(int position, std::int64_t value);
  Statement& bind(int position, std::string_view text);
  Statement& bind_blob(int position, std::string_view bytes);

  // True when there is a row to read, false at the end.
  engine::base::Result<bool> step();
  // Runs to the end and makes ready for the next values.
  engine::base::Result<void> finish();
  void reset();

  // Columns from 0.
  bool is_null(int column) const;
  std::int64_t number(int column) const;
  std::string text(int column) const;

 private:
  friend class Database;

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  Statement(sqlite3_stmt* statement, std::string file)
      : statement_{statement}, file_{std::move(file)} {}

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  std::string file_;
  int failed_ = 0;  // the first bind that went wrong
};

class Database {
 public:
  // Undoes a commit that was cut off, also for a reader where the folder can be written to.
  static engine::base::Result<Database> open(const std::string& file, OpenMode mode);

  engine::base::Result<void> run(const char* sql);
  engine::base::Result<Statement> prepare(const char* sql);
  // The first column of the first row; 0 where there is no row.
  engine::base::Result<std::int64_t> number(const char* sql);
  std::int64_t last_rowid() const;

  // Appends the blob of one row to `out`, without a copy in between.
  engine::base::Result<void> read_blob(const char* table, const char* column, std::int64_t row,
                                       std::string& out);

 private:
  friend class DatabaseCopy;

  struct Close {
    void operator()(sqlite3* database) const;
  };

  static engine::base::Result<Database> connect(const std::string& file, OpenMode mode);

  Database(sqlite3* database, std::string file) : database_{database}, file_{std::move(file)} {}

  std::unique_ptr<sqlite3, Close> database_;
  std::string file_;
};

// A database copied page by page while others read and write it: each step locks it for as long as
// it takes and no longer. What a writer changes between two steps makes the copy begin anew by
// itself. Must outlive neither database.
class DatabaseCopy {
 public:
  static engine::base::Result<DatabaseCopy> begin(Database& from, Database& to);

  enum class Step : std::uint8_t { more, whole, busy };

  // At most so many pages; -1: all that are left. busy: somebody writes; nothing was copied.
  engine::base::Result<Step> step(int pages);

  std::uint64_t pages() const;
  std::uint64_t pages_left() const;

 private:
  struct Finish {
    void operator()(sqlite3_backup* copy) const;
  };

  DatabaseCopy(sqlite3_backup* copy, std::string file) : copy_{copy}, file_{std::move(file)} {}

  std::unique_ptr<sqlite3_backup, Finish> copy_;
  std::string file_;  // that is written
};

// Rolls back what was not committed when it ends.
class Transaction {
 public:
  static engine::base::Result<Transaction> begin(Database& database);

  Transaction(Transaction&& other) noexcept : database_{std::exchange(other.database_, nullptr)} {}

  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  engine::base::Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_{&database} {}

  Database* database_;
};

}  // namespace server::store

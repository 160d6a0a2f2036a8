#include "server/audit/store.hpp"

#include "server/audit/packed.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace server::audit {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using store::Access;
using store::Database;
using store::OpenMode;
using store::Statement;
using store::Transaction;

namespace {

constexpr std::int64_t application_id = 0x4e747461;
constexpr std::size_t piece_bytes = std::size_t{64} << 20U;  // of content, before it is packed

constexpr std::int64_t replaces_flag = 1;
constexpr std::int64_t rules_flag = 2;

constexpr const char* schema_sql = R"sql(
PRAGMA application_id = 0x4e747461;
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO meta VALUES ('product', 'netto audit'), ('format', '1');
CREATE TABLE batch (
  sequence INTEGER PRIMARY KEY,
  checksum INTEGER NOT NULL,
  received_at TEXT NOT NULL,
  source TEXT NOT NULL,
  feed TEXT NOT NULL,
  batch_id TEXT NOT NULL,
  sender_sequence INTEGER,
  flags INTEGER NOT NULL,
  row_count INTEGER NOT NULL,
  codes BLOB NOT NULL
);
CREATE TABLE piece (
  id INTEGER PRIMARY KEY,
  sequence INTEGER NOT NULL,
  size INTEGER NOT NULL,
  content BLOB NOT NULL
);
CREATE INDEX piece_sequence ON piece (sequence);
CREATE TABLE gap (
  first INTEGER PRIMARY KEY,
  last INTEGER NOT NULL
);
CREATE TABLE parameter (
  name TEXT PRIMARY KEY
) WITHOUT ROWID;
)sql";

std::int64_t stored(std::uint64_t number) { return static_cast<std::int64_t>(number); }

std::string_view bytes_of(const CodeHashes& codes) {
  return {reinterpret_cast<const char*>(codes.data()), codes.size() * sizeof(CodeHash)};
}

CodeHashes codes_from(const std::string& bytes) {
  CodeHashes codes(bytes.size() / sizeof(CodeHash));
  std::memcpy(codes.data(), bytes.data(), codes.size() * sizeof(CodeHash));
  return codes;
}

AuditedBatch batch_at(const Statement& row) {
  AuditedBatch batch;
  batch.sequence = static_cast<std::uint64_t>(row.number(0));
  batch.checksum = row.number(1);
  batch.received_at = row.text(2);
  batch.source = row.text(3);
  batch.delivery.feed = row.text(4);
  batch.delivery.batch_id = row.text(5);
  if (!row.is_null(6)) batch.delivery.sender_sequence = static_cast<std::uint64_t>(row.number(6));
  batch.replaces = (row.number(7) & replaces_flag) != 0;
  batch.changes_rules = (row.number(7) & rules_flag) != 0;
  batch.rows = static_cast<std::uint64_t>(row.number(8));
  batch.codes = codes_from(row.text(9));
  return batch;
}

}  // namespace

std::string audit_file(const std::string& folder) { return folder + "/audit.db"; }

// Faults of SQLite speak of the journal; here the remedy is another one.
Fault AuditStore::told(const Fault& fault) const {
  switch (fault.code) {
    case FaultCode::store_corrupt:
      return {fault.code, file_,
              "the audit is damaged; delete the file, it is made again from what the journal has"};
    case FaultCode::store_format:
      return {
          fault.code, file_,
          "this file is no audit of Netto; delete it, it is made again from what the journal has"};
    default: {
      std::string detail = fault.detail;
      const std::string_view journal = "the journal";
      if (const auto at = detail.find(journal); at != std::string::npos)
        detail.replace(at, journal.size(), "the audit");
      return {fault.code, file_, detail};
    }
  }
}

// ---- opening
// --------------------------------------------------------------------------------------

Result<std::optional<AuditStore>> AuditStore::open(const std::string& folder, Access access) {
  const std::string file = audit_file(folder);
  std::error_code failed;
  const bool is_there = std::filesystem::exists(file, failed);
  if (!is_there && access != Access::create) return std::optional<AuditStore>{};
  const OpenMode mode = access == Access::read    ? OpenMode::read
                        : access == Access::write ? OpenMode::write
                                                  : OpenMode::create;
  auto database = Database::open(file, mode);
  if (!database) {
    const Fault& fault = database.error();
    return Fault{fault.code, file, "the audit can't be opened: " + fault.detail};
  }
  AuditStore audit{*std::move(database), file};
  if (auto ok = audit.make_ready(access); !ok) return audit.told(ok.error());
  return std::optional{std::move(audit)};
}

Result<void> AuditStore::make_ready(Access access) {
  const auto pages = database_.number("PRAGMA page_count");
  if (!pages) return pages.error();
  if (access == Access::read) {
    return *pages == 0 ? Result<void>{Fault{FaultCode::store_unavailable, file_,
                                            "the audit holds nothing yet; try again in a moment"}}
                       : check_format();
  }
  if (*pages == 0) {
    if (auto ok = database_.run("PRAGMA auto_vacuum = INCREMENTAL"); !ok) return ok;
  }
  // Where the file system can't, the mode stays as it is: slower, as durable.
  if (auto ok = database_.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"); !ok)
    return ok;
  auto transaction = Transaction::begin(database_);
  if (!transaction) return transaction.error();
  const auto tables = database_.number("SELECT count(*) FROM sqlite_schema");
  if (!tables) return tables.error();
  if (*tables == 0) {
    if (auto ok = database_.run(schema_sql); !ok) return ok;
  } else if (auto ok = check_format(); !ok) {
    return ok;
  }
  return transaction->commit();
}

Result<void> AuditStore::check_format() {
  const auto id = database_.number("PRAGMA application_id");
  if (!id) return id.error();
  if (*id != application_id) return Fault{FaultCode::store_format, file_, "another product's file"};
  const auto format =
      database_.number("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'format'");
  if (!format) return format.error();
  if (*format == format_newest) return {};
  return Fault{FaultCode::store_unavailable, file_,
               "the audit has format " + std::to_string(*format) + ", this version reads " +
                   std::to_string(format_newest) + "; use the Netto that wrote it"};
}

// ---- writing
// --------------------------------------------------------------------------------------

Result<bool> AuditStore::add(std::uint64_t after, const std::optional<AuditGap>& gap,
                             const std::vector<NewAuditedBatch>& batches,
                             const ParameterNames& parameters) {
  auto transaction = Transaction::begin(database_);
  if (!transaction) return told(transaction.error());
  const auto last = last_sequence();
  if (!last) return last.error();
  if (*last != after) return false;
  if (gap) {
    auto insert = database_.prepare("INSERT OR REPLACE INTO gap VALUES (?, ?)");
    if (!insert) return told(insert.error());
    insert->bind(1, stored(gap->from)).bind(2, stored(gap->to));
    if (auto ok = insert->finish(); !ok) return told(ok.error());
  }
  for (const std::string& name : parameters) {
    auto insert = database_.prepare("INSERT OR IGNORE INTO parameter VALUES (?)");
    if (!insert) return told(insert.error());
    insert->bind(1, std::string_view{name});
    if (auto ok = insert->finish(); !ok) return told(ok.error());
  }
  for (const NewAuditedBatch& batch : batches) {
    if (auto ok = write_batch(batch); !ok) return told(ok.error());
  }
  if (auto ok = transaction->commit(); !ok) return told(ok.error());
  return true;
}

Result<void> AuditStore::write_batch(const NewAuditedBatch& audited) {
  const AuditedBatch& batch = audited.batch;
  auto insert = database_.prepare("INSERT INTO batch VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert) return insert.error();
  insert->bind(1, stored(batch.sequence))
      .bind(2, batch.checksum)
      .bind(3, std::string_view{batch.received_at})
      .bind(4, std::string_view{batch.source})
      .bind(5, std::string_view{batch.delivery.feed})
      .bind(6, std::string_view{batch.delivery.batch_id})
      .bind(8, (batch.replaces ? replaces_flag : 0) | (batch.changes_rules ? rules_flag : 0))
      .bind(9, stored(batch.rows))
      .bind_blob(10, bytes_of(batch.codes));
  if (const auto& number = batch.delivery.sender_sequence) insert->bind(7, stored(*number));
  if (auto ok = insert->finish(); !ok) return ok;
  auto piece = database_.prepare("INSERT INTO piece (sequence, size, content) VALUES (?, ?, ?)");
  if (!piece) return piece.error();
  for (std::string_view rest = audited.content; !rest.empty();) {
    const std::string_view text = rest.substr(0, piece_bytes);
    const std::string content = packed(text);
    piece->bind(1, stored(batch.sequence)).bind(2, stored(text.size())).bind_blob(3, content);
    if (auto ok = piece->finish(); !ok) return ok;
    rest.remove_prefix(text.size());
  }
  return {};
}

void AuditStore::end_writing() {
  static_cast<void>(database_.run("PRAGMA busy_timeout = 100; PRAGMA journal_mode = DELETE"));
}

Result<void> AuditStore::drop_after(std::uint64_t sequence) {
  auto transaction = Transaction::begin(database_);
  if (!transaction) return told(transaction.error());
  for (const char* sql :
       {"DELETE FROM batch WHERE sequence > ?", "DELETE FROM piece WHERE sequence > ?",
        "DELETE FROM gap WHERE last > ?"}) {
    auto remove = database_.prepare(sql);
    if (!remove) return told(remove.error());
    if (auto ok = remove->bind(1, stored(sequence)).finish(); !ok) return told(ok.error());
  }
  if (auto ok = transaction->commit(); !ok) return told(ok.error());
  return {};
}

Result<std::uint64_t> AuditStore::prune(const std::string& received_before, std::uint64_t most) {
  auto transaction = Transaction::begin(database_);
  if (!transaction) return told(transaction.error());
  auto select = database_.prepare(
      "SELECT sequence FROM (SELECT sequence, received_at FROM batch ORDER BY sequence LIMIT ?) "
      "WHERE received_at < ? AND sequence < (SELECT max(sequence) FROM batch) "
      "ORDER BY sequence DESC LIMIT 1");
  if (!select) return told(select.error());
  const auto row = select->bind(1, stored(most)).bind(2, std::string_view{received_before}).step();
  if (!row) return told(row.error());
  if (!*row) return std::uint64_t{0};
  const std::int64_t to = select->number(0);
  select->reset();
  auto count = database_.prepare("SELECT count(*) FROM batch WHERE sequence <= ?");
  if (!count) return told(count.error());
  if (const auto counted = count->bind(1, to).step(); !counted) return told(counted.error());
  const auto pruned = static_cast<std::uint64_t>(count->number(0));
  count->reset();
  for (const char* sql :
       {"DELETE FROM batch WHERE sequence <= ?", "DELETE FROM piece WHERE sequence <= ?",
        "DELETE FROM gap WHERE last <= ?"}) {
    auto remove = database_.prepare(sql);
    if (!remove) return told(remove.error());
    if (auto ok = remove->bind(1, to).finish(); !ok) return told(ok.error());
  }
  if (auto ok = transaction->commit(); !ok) return told(ok.error());
  if (auto ok = database_.run("PRAGMA incremental_vacuum"); !ok) return told(ok.error());
  return pruned;
}

// ---- reading
// --------------------------------------------------------------------------------------

Result<std::uint64_t> AuditStore::last_sequence() {
  const auto last = database_.number("SELECT max(sequence) FROM batch");
  if (!last) return told(last.error());
  return static_cast<std::uint64_t>(*last);
}

Result<AuditReach> AuditStore::reach() {
  AuditReach reach;
  auto ends = database_.prepare(
      "SELECT sequence, received_at, (SELECT max(sequence) FROM batch) FROM batch "
      "ORDER BY sequence LIMIT 1");
  if (!ends) return told(ends.error());
  const auto row = ends->step();
  if (!row) return told(row.error());
  if (*row) {
    reach.first = static_cast<std::uint64_t>(ends->number(0));
    reach.since = ends->text(1);
    reach.last = static_cast<std::uint64_t>(ends->number(2));
  }
  auto gaps = database_.prepare("SELECT first, last FROM gap ORDER BY first");
  if (!gaps) return told(gaps.error());
  for (;;) {
    const auto gap = gaps->step();
    if (!gap) return told(gap.error());
    if (!*gap) return reach;
    reach.gaps.push_back(
        {static_cast<std::uint64_t>(gaps->number(0)), static_cast<std::uint64_t>(gaps->number(1))});
  }
}

Result<ParameterNames> AuditStore::parameters() {
  ParameterNames names;
  auto select = database_.prepare("SELECT name FROM parameter");
  if (!select) return told(select.error());
  for (;;) {
    const auto row = select->step();
    if (!row) return told(row.error());
    if (!*row) return names;
    names.insert(select->text(0));
  }
}

Result<std::optional<std::pair<std::uint64_t, std::int64_t>>> AuditStore::newest_until(
    std::uint64_t sequence) {
  using Newest = std::optional<std::pair<std::uint64_t, std::int64_t>>;
  auto select = database_.prepare(
      "SELECT sequence, checksum FROM batch WHERE sequence <= ? ORDER BY sequence DESC LIMIT 1");
  if (!select) return told(select.error());
  const auto row = select->bind(1, stored(sequence)).step();
  if (!row) return told(row.error());
  if (!*row) return Newest{};
  return Newest{{static_cast<std::uint64_t>(select->number(0)), select->number(1)}};
}

Result<void> AuditStore::scan(std::uint64_t from, std::uint64_t to, const Visit& visit) {
  auto select = database_.prepare(
      "SELECT sequence, checksum, received_at, source, feed, batch_id, sender_sequence, flags, "
      "row_count, codes FROM batch WHERE sequence BETWEEN ? AND ? ORDER BY sequence");
  if (!select) return told(select.error());
  select->bind(1, stored(from)).bind(2, stored(std::min<std::uint64_t>(to, INT64_MAX)));
  for (;;) {
    const auto row = select->step();
    if (!row) return told(row.error());
    if (!*row) return {};
    if (auto ok = visit(batch_at(*select)); !ok) return ok;
  }
}

Result<std::string> AuditStore::content(std::uint64_t sequence) {
  auto select = database_.prepare("SELECT size, content FROM piece WHERE sequence = ? ORDER BY id");
  if (!select) return told(select.error());
  select->bind(1, stored(sequence));
  std::string content;
  for (;;) {
    const auto row = select->step();
    if (!row) return told(row.error());
    if (!*row) return content;
    const std::int64_t size = select->number(0);
    if (size < 0 || stored(piece_bytes) < size) return told({FaultCode::store_corrupt, "", ""});
    const std::string piece = select->text(1);
    if (auto ok = append_unpacked(piece, static_cast<std::size_t>(size), content); !ok)
      return told(ok.error());
  }
}

Result<void> AuditStore::read_as_of_now(const std::function<Result<void>()>& reading) {
  if (auto ok = database_.run("BEGIN"); !ok) return told(ok.error());
  auto read = reading();
  [[maybe_unused]] const auto ended = database_.run("ROLLBACK");
  return read;
}

}  // namespace server::audit

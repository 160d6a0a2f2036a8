#include "server/store/compaction.hpp"

#include "server/store/checksum.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace server::store {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

const char* const checkpoint_sql = R"sql(
CREATE TABLE checkpoint (
  number INTEGER PRIMARY KEY,
  sequence INTEGER NOT NULL,
  received_at TEXT NOT NULL,
  source TEXT NOT NULL,
  is_whole INTEGER NOT NULL,
  size INTEGER NOT NULL,
  checksum INTEGER NOT NULL
);
CREATE TABLE checkpoint_piece (
  id INTEGER PRIMARY KEY,
  checkpoint INTEGER NOT NULL,
  content BLOB NOT NULL
);
CREATE INDEX checkpoint_piece_checkpoint ON checkpoint_piece (checkpoint);
)sql";

namespace {

std::int64_t checksum_with(std::int64_t before, std::string_view piece) {
  return static_cast<std::int64_t>(
      Checksum{}.add(static_cast<std::uint64_t>(before)).add(piece).value());
}

Fault damaged(const CheckpointHead& head) {
  return {FaultCode::store_corrupt, "netto.db",
          "the checkpoint of batch " + std::to_string(head.sequence) +
              " is not what was written; restore the journal from a backup"};
}

// All at once: a statement that is gone through while pieces are applied would be a reader for as long
// as that takes, and the log ahead of the file grows by all that is written beside it.
Result<std::vector<std::int64_t>> piece_ids(Database& database, const CheckpointHead& head) {
  auto select =
      database.prepare("SELECT id FROM checkpoint_piece WHERE checkpoint = ? ORDER BY id");
  if (!select) return select.error();
  select->bind(1, head.number);
  std::vector<std::int64_t> ids;
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) return ids;
    ids.push_back(select->number(0));
  }
}

}  // namespace

Result<std::optional<CheckpointHead>> read_checkpoint_head(Database& database) {
  auto select = database.prepare(
      "SELECT number, sequence, received_at, source, size, checksum FROM checkpoint "
      "WHERE is_whole = 1 ORDER BY number DESC LIMIT 1");
  if (!select) return select.error();
  const auto row = select->step();
  if (!row) return row.error();
  if (!*row) return std::optional<CheckpointHead>{};
  return std::optional{CheckpointHead{
      static_cast<std::uint64_t>(select->number(1)), select->text(2), select->text(3),
      static_cast<std::uint64_t>(select->number(4)), select->number(0), select->number(5)}};
}

Result<void> read_checkpoint_pieces(Database& database, const CheckpointHead& head,
                                    const Journal::ApplyPiece& apply) {
  const auto ids = piece_ids(database, head);
  if (!ids) return ids.error();
  std::int64_t checksum = 0;
  std::uint64_t size = 0;
  std::string piece;
  for (const std::int64_t id : *ids) {
    piece.clear();
    if (auto ok = database.read_blob("checkpoint_piece", "content", id, piece); !ok) return ok;
    checksum = checksum_with(checksum, piece);
    size += piece.size();
    if (size > head.bytes) return damaged(head);
    if (auto ok = apply(piece); !ok) return ok;
  }
  if (size != head.bytes || checksum != head.checksum) return damaged(head);
  return {};
}

Result<Compaction> Compaction::open(const std::string& folder) {
  auto database = Database::open(folder + "/netto.db", OpenMode::write);
  if (!database) return database.error();
  if (auto ok = database->run("PRAGMA synchronous = FULL"); !ok) return ok.error();
  return Compaction{*std::move(database)};
}

Result<void> Compaction::begin(CheckpointHead head) {
  head_ = std::move(head);
  head_.bytes = 0;
  head_.checksum = 0;
  auto insert = database_.prepare(
      "INSERT INTO checkpoint (sequence, received_at, source, is_whole, size, checksum) "
      "VALUES (?, ?, ?, 0, 0, 0)");
  if (!insert) return insert.error();
  insert->bind(1, static_cast<std::int64_t>(head_.sequence))
      .bind(2, head_.received_at)
      .bind(3, head_.source);
  if (auto ok = insert->finish(); !ok) return ok;
  head_.number = database_.last_rowid();
  return {};
}

Result<void> Compaction::add(std::string_view piece) {
  auto insert =
      database_.prepare("INSERT INTO checkpoint_piece (checkpoint, content) VALUES (?, ?)");
  if (!insert) return insert.error();
  insert->bind(1, head_.number).bind_blob(2, piece);
  if (auto ok = insert->finish(); !ok) return ok;
  head_.bytes += piece.size();
  head_.checksum = checksum_with(head_.checksum, piece);
  return {};
}

Result<void> Compaction::read_back(const Journal::ApplyPiece& apply) {
  return read_checkpoint_pieces(database_, head_, apply);
}

Result<void> Compaction::finish() {
  auto update = database_.prepare(
      "UPDATE checkpoint SET is_whole = 1, size = ?, checksum = ? WHERE number = ?");
  if (!update) return update.error();
  return update->bind(1, static_cast<std::int64_t>(head_.bytes))
      .bind(2, head_.checksum)
      .bind(3, head_.number)
      .finish();
}

Result<std::int64_t> Compaction::drop(const char* sql, std::int64_t limit) {
  auto statement = database_.prepare(sql);
  if (!statement) return statement.error();
  if (auto ok = statement->bind(1, limit).finish(); !ok) return ok.error();
  return database_.number("SELECT changes()");
}

Result<bool> Compaction::drop_some(std::uint64_t to, const std::string& forget) {
  const auto head = read_checkpoint_head(database_);
  if (!head) return head.error();
  // Without one there may be pieces of one that was cut off.
  const std::int64_t number = head->has_value() ? (*head)->number : 0;
  auto transaction = Transaction::begin(database_);
  if (!transaction) return transaction.error();
  const auto last =
      static_cast<std::int64_t>(head->has_value() ? std::min(to, (*head)->sequence) : 0);
  // Numbers below zero are those of held batches.
  auto dropped = drop(
      "DELETE FROM batch_part WHERE sequence IN (SELECT DISTINCT sequence FROM batch_part WHERE "
      "sequence BETWEEN 1 AND ? ORDER BY sequence LIMIT 64)",
      last);
  if (!dropped) return dropped.error();
  auto pieces = drop(
      "DELETE FROM checkpoint_piece WHERE id IN (SELECT id FROM checkpoint_piece WHERE checkpoint "
      "<> ? LIMIT 8)",
      number);
  if (!pieces) return pieces.error();
  if (*pieces == 0) {
    if (auto ok = drop("DELETE FROM checkpoint WHERE number <> ?", number); !ok) return ok.error();
  }
  const auto forgot = forget_some(last, forget);
  if (!forgot) return forgot;
  if (auto ok = transaction->commit(); !ok) return ok.error();
  return *dropped > 0 || *pieces > 0 || *forgot;
}

// The batch of the checkpoint stays known: images are told by it.
Result<bool> Compaction::forget_some(std::int64_t limit, const std::string& before) {
  auto select = database_.prepare(
      "SELECT coalesce(max(sequence), 0) FROM (SELECT sequence FROM batch WHERE sequence < ? AND "
      "received_at < ? ORDER BY sequence LIMIT 256)");
  if (!select) return select.error();
  const auto row = select->bind(1, limit).bind(2, before).step();
  if (!row) return row.error();
  const std::int64_t last = select->number(0);
  select->reset();
  if (last == 0) return false;
  for (const char* sql : {"DELETE FROM refused_row WHERE sequence BETWEEN 1 AND ?",
                          "DELETE FROM refused_header WHERE sequence BETWEEN 1 AND ?",
                          "DELETE FROM batch WHERE sequence BETWEEN 1 AND ?"}) {
    if (auto ok = drop(sql, last); !ok) return ok.error();
  }
  return true;
}

}  // namespace server::store

// Of SqliteJournal: batches, their contents and the rows refused beside them, written and read; and the
// checkpoint, read.
#include "server/store/compaction.hpp"
#include "server/store/sqlite_journal.hpp"
#include "server/store/sqlite_rows.hpp"

#include <algorithm>
#include <utility>

namespace server::store {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

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
  if (auto ok = write_found(batch.found, sequence, 0); !ok) return ok;
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

}  // namespace server::store

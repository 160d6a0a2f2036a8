// Of SqliteJournal: batches that are held beside the journal.
#include "server/store/sqlite_journal.hpp"
#include "server/store/sqlite_rows.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace server::store {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

// Where parts and refused rows of a held batch stand.
std::uint64_t held_place(std::uint64_t number) {
  return static_cast<std::uint64_t>(-static_cast<std::int64_t>(number));
}

constexpr const char* held_columns =
    "SELECT number, state, received_at, source, feed, batch_id, sender_sequence, sent_checksum, "
    "decided_at, decided_by, sequence FROM held_batch ";

Fault not_held(std::uint64_t number) {
  return {FaultCode::bad_request, "batch " + std::to_string(number),
          "no batch of this number is held"};
}

}  // namespace

Result<std::uint64_t> SqliteJournal::hold(const NewBatch& batch,
                                          const std::vector<HeldFinding>& findings) {
  auto transaction = begin_writing();
  if (!transaction) return transaction.error();
  const auto last = database_->number("SELECT coalesce(max(number), 0) FROM held_batch");
  if (!last) return last.error();
  const auto number = static_cast<std::uint64_t>(*last) + 1;
  if (auto ok = write_held(number, batch, findings); !ok) return ok.error();
  if (auto ok = write_parts(held_place(number), batch.content); !ok) return ok.error();
  if (auto ok = write_refused(held_place(number), batch); !ok) return ok.error();
  if (auto ok = write_found(batch.found, 0, number); !ok) return ok.error();
  if (auto ok = transaction->commit(); !ok) return ok.error();
  return number;
}

Result<void> SqliteJournal::write_held(std::uint64_t number, const NewBatch& batch,
                                       const std::vector<HeldFinding>& findings) {
  const auto key = static_cast<std::int64_t>(number);
  auto insert = database_->prepare(
      "INSERT INTO held_batch (number, state, received_at, kind, source, size, checksum, feed, "
      "batch_id, sender_sequence, sent_checksum) VALUES (?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert) return insert.error();
  insert->bind(1, key)
      .bind(2, batch.received_at)
      .bind(3, batch.kind)
      .bind(4, batch.source)
      .bind(5, static_cast<std::int64_t>(batch.content.size()))
      .bind(6, checksum_of(number, batch))
      .bind(7, batch.delivery.feed)
      .bind(8, batch.delivery.batch_id)
      .bind(10, batch.delivery.sent_checksum);
  if (const auto& own = batch.delivery.sender_sequence)  // else null
    insert->bind(9, static_cast<std::int64_t>(*own));
  if (auto ok = insert->finish(); !ok) return ok;
  auto finding = database_->prepare(
      "INSERT INTO held_finding (number, feed, guard, action, records, detail) "
      "VALUES (?, ?, ?, ?, ?, ?)");
  if (!finding) return finding.error();
  for (const HeldFinding& found : findings) {
    finding->bind(1, key);
    bind_finding(*finding, 2, found);
    if (auto ok = finding->finish(); !ok) return ok;
  }
  return {};
}

Result<std::vector<HeldBatch>> SqliteJournal::read_held(Statement& select) {
  std::vector<HeldBatch> batches;
  for (;;) {
    const auto row = select.step();
    if (!row) return row.error();
    if (!*row) break;
    HeldBatch& batch = batches.emplace_back();
    batch.number = static_cast<std::uint64_t>(select.number(0));
    batch.state = static_cast<HeldState>(std::clamp<std::int64_t>(select.number(1), 0, 2));
    batch.received_at = select.text(2);
    batch.source = select.text(3);
    batch.delivery = delivery_at(select, 4);
    batch.decided_at = select.text(8);
    batch.decided_by = select.text(9);
    batch.sequence = static_cast<std::uint64_t>(select.number(10));
  }
  for (HeldBatch& batch : batches) {
    if (auto ok = read_findings(batch); !ok) return ok.error();
  }
  return batches;
}

Result<void> SqliteJournal::read_findings(HeldBatch& batch) {
  auto select = database_->prepare(
      "SELECT feed, guard, action, records, detail FROM held_finding WHERE number = ? ORDER BY id");
  if (!select) return select.error();
  select->bind(1, static_cast<std::int64_t>(batch.number));
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) return {};
    batch.findings.push_back(finding_at(*select, 0));
  }
}

Result<std::vector<HeldBatch>> SqliteJournal::held(std::optional<HeldState> state) {
  if (!database_) return std::vector<HeldBatch>{};
  if (auto ok = read_format(); !ok) return ok.error();
  if (format_ < 3) return std::vector<HeldBatch>{};
  auto select = database_->prepare(
      (std::string{held_columns} + "WHERE ? < 0 OR state = ? ORDER BY number").c_str());
  if (!select) return select.error();
  const std::int64_t wanted = state ? static_cast<std::int64_t>(*state) : -1;
  select->bind(1, wanted).bind(2, wanted);
  return read_held(*select);
}

Result<std::optional<HeldBatch>> SqliteJournal::held(const Delivery& delivery) {
  if (!database_ || format_ < 3 || (delivery.batch_id.empty() && !delivery.sender_sequence))
    return std::optional<HeldBatch>{};
  auto select = database_->prepare(
      (std::string{held_columns} +
       "WHERE feed = ? AND ((batch_id <> '' AND batch_id = ?) OR sender_sequence = ?) "
       "ORDER BY number DESC LIMIT 1")
          .c_str());
  if (!select) return select.error();
  select->bind(1, delivery.feed).bind(2, delivery.batch_id);
  if (const auto& number = delivery.sender_sequence)  // else null, which nothing equals
    select->bind(3, static_cast<std::int64_t>(*number));
  auto found = read_held(*select);
  if (!found) return found.error();
  if (found->empty()) return std::optional<HeldBatch>{};
  return std::optional{std::move(found->front())};
}

Result<NewBatch> SqliteJournal::held_batch(std::uint64_t number) {
  if (!database_ || format_ < 3 || number > INT64_MAX) return not_held(number);
  auto select = database_->prepare(
      "SELECT received_at, kind, source, size, checksum, feed, batch_id, sender_sequence, "
      "sent_checksum FROM held_batch WHERE number = ? AND state = 0");
  if (!select) return select.error();
  const auto row = select->bind(1, static_cast<std::int64_t>(number)).step();
  if (!row) return row.error();
  if (!*row) return not_held(number);
  NewBatch batch;
  batch.received_at = select->text(0);
  batch.kind = select->text(1);
  batch.source = select->text(2);
  batch.delivery = delivery_at(*select, 5);
  const auto size = static_cast<std::size_t>(std::max<std::int64_t>(select->number(3), 0));
  if (auto ok = read_parts(held_place(number), size, batch.content); !ok) return ok.error();
  if (checksum_of(number, batch) != select->number(4)) {
    return Fault{FaultCode::store_corrupt, file(),
                 "held batch " + std::to_string(number) +
                     " is not what was written; reject it and have it sent again"};
  }
  auto rows = refused(held_place(number));
  if (!rows) return rows.error();
  batch.refused = std::move(rows->rows);
  batch.refused_headers = std::move(rows->headers);
  return batch;
}

Result<void> SqliteJournal::drop_held_content(std::uint64_t number) {
  for (const char* const sql :
       {"DELETE FROM batch_part WHERE sequence = ?", "DELETE FROM refused_row WHERE sequence = ?",
        "DELETE FROM refused_header WHERE sequence = ?"}) {
    auto remove = database_->prepare(sql);
    if (!remove) return remove.error();
    remove->bind(1, static_cast<std::int64_t>(held_place(number)));
    if (auto ok = remove->finish(); !ok) return ok;
  }
  return {};
}

Result<void> SqliteJournal::decide(const Decision& decision, HeldState state,
                                   std::uint64_t sequence) {
  const auto key = static_cast<std::int64_t>(decision.number);
  auto known = database_->prepare("SELECT 1 FROM held_batch WHERE number = ? AND state = 0");
  if (!known) return known.error();
  const auto row = known->bind(1, key).step();
  if (!row) return row.error();
  if (!*row) return not_held(decision.number);
  known->reset();
  auto update = database_->prepare(
      "UPDATE held_batch SET state = ?, decided_at = ?, decided_by = ?, sequence = ? "
      "WHERE number = ?");
  if (!update) return update.error();
  update->bind(1, static_cast<std::int64_t>(state))
      .bind(2, decision.at)
      .bind(3, decision.by)
      .bind(4, static_cast<std::int64_t>(sequence))
      .bind(5, key);
  if (auto ok = update->finish(); !ok) return ok;
  return drop_held_content(decision.number);
}

Result<std::uint64_t> SqliteJournal::release(const NewBatch& batch, const Decision& decision) {
  auto transaction = begin_writing();
  if (!transaction) return transaction.error();
  const auto sequence = append_in_transaction(batch);
  if (!sequence) return sequence;
  if (auto ok = decide(decision, HeldState::released, *sequence); !ok) return ok.error();
  if (auto ok = transaction->commit(); !ok) return ok.error();
  return sequence;
}

Result<void> SqliteJournal::reject(const Decision& decision) {
  auto transaction = begin_writing();
  if (!transaction) return transaction.error();
  if (auto ok = decide(decision, HeldState::rejected, 0); !ok) return ok;
  return transaction->commit();
}

}  // namespace server::store

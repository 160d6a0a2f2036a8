// Of SqliteJournal: drafts, beside the journal as held batches are.
#include "server/store/sqlite_journal.hpp"
#include "server/store/sqlite_rows.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace server::store {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

// The content of a part stands in batch_part, see part_place.
const char* const drafts_sql = R"sql(
CREATE TABLE draft (
  name TEXT PRIMARY KEY,
  created_at TEXT NOT NULL,
  created_by TEXT NOT NULL,
  note TEXT NOT NULL,
  publish_at TEXT NOT NULL DEFAULT '',
  scheduled_by TEXT NOT NULL DEFAULT '',
  problem TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE TABLE draft_part (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  draft TEXT NOT NULL,
  received_at TEXT NOT NULL,
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  size INTEGER NOT NULL,
  checksum INTEGER NOT NULL
);
CREATE INDEX draft_part_draft ON draft_part (draft);
UPDATE meta SET value = '4' WHERE key = 'format';
)sql";

namespace {

// Far below the places of held batches.
std::uint64_t part_place(std::int64_t id) { return static_cast<std::uint64_t>(INT64_MIN / 2 - id); }

Fault no_draft(const std::string& name) {
  return {FaultCode::bad_request, "draft " + name,
          "there is no draft of this name; netto draft list shows those there are"};
}

}  // namespace

Result<bool> SqliteJournal::has_draft(const std::string& name) {
  auto select = database_->prepare("SELECT 1 FROM draft WHERE name = ?");
  if (!select) return select.error();
  return select->bind(1, name).step();
}

Result<void> SqliteJournal::add_to_draft(const Draft& draft, DraftUse use, const NewBatch& part) {
  auto transaction = begin_writing();
  if (!transaction) return transaction.error();
  const auto known = has_draft(draft.name);
  if (!known) return known.error();
  if (use == DraftUse::existing && !*known) return no_draft(draft.name);
  if (use == DraftUse::fresh) {
    if (*known) {
      return Fault{FaultCode::bad_request, "draft " + draft.name,
                   "there is a draft of this name already; add to it, or drop it first"};
    }
    auto insert = database_->prepare(
        "INSERT INTO draft (name, created_at, created_by, note) VALUES (?, ?, ?, ?)");
    if (!insert) return insert.error();
    insert->bind(1, draft.name)
        .bind(2, draft.created_at)
        .bind(3, draft.created_by)
        .bind(4, draft.note);
    if (auto ok = insert->finish(); !ok) return ok;
  }
  auto insert = database_->prepare(
      "INSERT INTO draft_part (draft, received_at, kind, source, size, checksum) "
      "VALUES (?, ?, ?, ?, ?, ?)");
  if (!insert) return insert.error();
  insert->bind(1, draft.name)
      .bind(2, part.received_at)
      .bind(3, part.kind)
      .bind(4, part.source)
      .bind(5, static_cast<std::int64_t>(part.content.size()))
      .bind(6, checksum_of(0, part));
  if (auto ok = insert->finish(); !ok) return ok;
  const auto id = database_->number("SELECT last_insert_rowid()");
  if (!id) return id.error();
  if (auto ok = write_parts(part_place(*id), part.content); !ok) return ok;
  if (auto ok = write_part_findings(*id, part.found); !ok) return ok;
  return transaction->commit();
}

Result<std::vector<Draft>> SqliteJournal::drafts() {
  std::vector<Draft> drafts;
  if (!database_) return drafts;
  if (auto ok = read_format(); !ok) return ok.error();
  if (format_ < 4) return drafts;
  auto select = database_->prepare(
      "SELECT name, created_at, created_by, note, publish_at, scheduled_by, problem FROM draft "
      "ORDER BY name");
  if (!select) return select.error();
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) break;
    drafts.push_back({select->text(0),
                      select->text(1),
                      select->text(2),
                      select->text(3),
                      {},
                      select->text(4),
                      select->text(5),
                      select->text(6)});
  }
  auto parts =
      database_->prepare("SELECT draft, received_at, source, id FROM draft_part ORDER BY id");
  if (!parts) return parts.error();
  for (;;) {
    const auto row = parts->step();
    if (!row) return row.error();
    if (!*row) break;
    const auto of = std::ranges::find(drafts, parts->text(0), &Draft::name);
    if (of != drafts.end())
      of->parts.push_back({parts->text(1), parts->text(2), parts->number(3), {}});
  }
  if (auto ok = read_part_findings(drafts); !ok) return ok.error();
  return drafts;
}

Result<std::vector<NewBatch>> SqliteJournal::draft_parts(const std::string& name) {
  if (!database_) return no_draft(name);
  if (auto ok = read_format(); !ok) return ok.error();
  if (format_ < 4) return no_draft(name);
  auto select = database_->prepare(
      "SELECT id, received_at, kind, source, size, checksum FROM draft_part WHERE draft = ? "
      "ORDER BY id");
  if (!select) return select.error();
  select->bind(1, name);
  std::vector<NewBatch> parts;
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) break;
    NewBatch& part = parts.emplace_back();
    part.received_at = select->text(1);
    part.kind = select->text(2);
    part.source = select->text(3);
    const auto size = static_cast<std::size_t>(std::max<std::int64_t>(select->number(4), 0));
    if (auto ok = read_parts(part_place(select->number(0)), size, part.content); !ok)
      return ok.error();
    if (checksum_of(0, part) != select->number(5)) {
      return Fault{FaultCode::store_corrupt, file(),
                   "draft " + name + " is not what was written; drop it and make it again"};
    }
  }
  if (parts.empty()) return no_draft(name);
  return parts;
}

Result<void> SqliteJournal::remove_draft(const std::string& name) {
  const auto known = has_draft(name);
  if (!known) return known.error();
  if (!*known) return no_draft(name);
  for (const char* const sql :
       {"DELETE FROM batch_part WHERE sequence IN "
        "(SELECT -4611686018427387904 - id FROM draft_part WHERE draft = ?)",
        "DELETE FROM draft_finding WHERE part IN (SELECT id FROM draft_part WHERE draft = ?)",
        "DELETE FROM draft_part WHERE draft = ?", "DELETE FROM draft WHERE name = ?"}) {
    auto remove = database_->prepare(sql);
    if (!remove) return remove.error();
    remove->bind(1, name);
    if (auto ok = remove->finish(); !ok) return ok;
  }
  return {};
}

Result<std::uint64_t> SqliteJournal::publish_draft(const std::string& name, const NewBatch& batch) {
  auto transaction = begin_writing();
  if (!transaction) return transaction.error();
  const auto sequence = append_in_transaction(batch);
  if (!sequence) return sequence;
  if (auto ok = remove_draft(name); !ok) return ok.error();
  if (auto ok = transaction->commit(); !ok) return ok.error();
  return sequence;
}

Result<void> SqliteJournal::schedule_draft(const Draft& draft) {
  auto transaction = begin_writing();
  if (!transaction) return transaction.error();
  const auto known = has_draft(draft.name);
  if (!known) return known.error();
  if (!*known) return no_draft(draft.name);
  auto update = database_->prepare(
      "UPDATE draft SET publish_at = ?, scheduled_by = ?, problem = ? WHERE name = ?");
  if (!update) return update.error();
  update->bind(1, draft.publish_at)
      .bind(2, draft.scheduled_by)
      .bind(3, draft.problem)
      .bind(4, draft.name);
  if (auto ok = update->finish(); !ok) return ok;
  return transaction->commit();
}

Result<void> SqliteJournal::drop_draft(const std::string& name) {
  auto transaction = begin_writing();
  if (!transaction) return transaction.error();
  if (auto ok = remove_draft(name); !ok) return ok;
  return transaction->commit();
}

}  // namespace server::store

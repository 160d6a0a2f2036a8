// Of SqliteJournal: what is noted for people - what guards found in the last batch of each feed and in parts of
// drafts, and the last batch of each feed that did not go in.
#include "server/store/sqlite_journal.hpp"
#include "server/store/sqlite_rows.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace server::store {

using engine::base::Result;

const char* const notes_sql = R"sql(
CREATE TABLE feed_finding (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  noted_of TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  held INTEGER NOT NULL,
  feed TEXT NOT NULL,
  guard TEXT NOT NULL,
  action TEXT NOT NULL,
  records INTEGER NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX feed_finding_noted_of ON feed_finding (noted_of);
CREATE TABLE feed_error (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  feed TEXT NOT NULL UNIQUE,
  at TEXT NOT NULL,
  code TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE TABLE draft_finding (
  id INTEGER PRIMARY KEY,
  part INTEGER NOT NULL,
  feed TEXT NOT NULL,
  guard TEXT NOT NULL,
  action TEXT NOT NULL,
  records INTEGER NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX draft_finding_part ON draft_finding (part);
)sql";

// The last of the tables stands for all: they are made together.
Result<bool> SqliteJournal::has_notes() {
  const auto tables = database_->number(
      "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'draft_finding'");
  if (!tables) return tables.error();
  return *tables != 0;
}

Result<void> SqliteJournal::make_notes() {
  const auto there = has_notes();
  if (!there) return there.error();
  if (*there) return {};
  auto transaction = Transaction::begin(*database_);
  if (!transaction) return transaction.error();
  if (auto ok = database_->run(notes_sql); !ok) return ok;
  return transaction->commit();
}

// Most batches find nothing after a batch that found nothing: then no page changes.
Result<void> SqliteJournal::write_found(const std::vector<FeedFound>& found, std::uint64_t sequence,
                                        std::uint64_t held) {
  if (found.empty()) return {};
  auto remove = database_->prepare("DELETE FROM feed_finding WHERE noted_of = ?");
  if (!remove) return remove.error();
  for (const FeedFound& of_feed : found) {
    remove->bind(1, of_feed.feed);
    if (auto ok = remove->finish(); !ok) return ok;
  }
  if (std::ranges::all_of(found, [](const FeedFound& each) { return each.findings.empty(); }))
    return {};
  auto insert = database_->prepare(
      "INSERT INTO feed_finding (noted_of, sequence, held, feed, guard, action, records, detail) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert) return insert.error();
  for (const FeedFound& of_feed : found) {
    for (const HeldFinding& each : of_feed.findings) {
      insert->bind(1, of_feed.feed)
          .bind(2, static_cast<std::int64_t>(sequence))
          .bind(3, static_cast<std::int64_t>(held));
      bind_finding(*insert, 4, each);
      if (auto ok = insert->finish(); !ok) return ok;
    }
  }
  auto oldest = database_->prepare(
      "DELETE FROM feed_finding WHERE noted_of NOT IN "
      "(SELECT noted_of FROM feed_finding GROUP BY noted_of ORDER BY max(id) DESC LIMIT ?)");
  if (!oldest) return oldest.error();
  oldest->bind(1, static_cast<std::int64_t>(noted_feeds_max));
  return oldest->finish();
}

Result<void> SqliteJournal::note_errors(const std::vector<FeedError>& errors) {
  if (errors.empty() || !database_) return {};
  auto transaction = begin_writing();
  if (!transaction) return transaction.error();
  auto insert = database_->prepare(
      "INSERT OR REPLACE INTO feed_error (feed, at, code, detail) VALUES (?, ?, ?, ?)");
  if (!insert) return insert.error();
  for (const FeedError& error : errors) {
    insert->bind(1, error.feed).bind(2, error.at).bind(3, error.code).bind(4, error.detail);
    if (auto ok = insert->finish(); !ok) return ok;
  }
  auto oldest = database_->prepare(
      "DELETE FROM feed_error WHERE id NOT IN (SELECT id FROM feed_error ORDER BY id DESC LIMIT "
      "?)");
  if (!oldest) return oldest.error();
  oldest->bind(1, static_cast<std::int64_t>(noted_feeds_max));
  if (auto ok = oldest->finish(); !ok) return ok;
  return transaction->commit();
}

Result<FeedNotes> SqliteJournal::feed_notes() {
  if (!database_) return FeedNotes{};
  const auto there = has_notes();
  if (!there) return there.error();
  if (!*there) return FeedNotes{};
  auto found = read_found();
  if (!found) return found.error();
  auto errors = read_errors();
  if (!errors) return errors.error();
  return FeedNotes{*std::move(found), *std::move(errors)};
}

Result<std::vector<FeedFound>> SqliteJournal::read_found() {
  auto select = database_->prepare(
      "SELECT noted_of, sequence, held, feed, guard, action, records, detail FROM feed_finding "
      "ORDER BY id");
  if (!select) return select.error();
  std::vector<FeedFound> found;
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) return found;
    // What is of one feed was written together.
    if (found.empty() || found.back().feed != select->text(0)) {
      found.push_back({select->text(0),
                       static_cast<std::uint64_t>(select->number(1)),
                       static_cast<std::uint64_t>(select->number(2)),
                       {}});
    }
    found.back().findings.push_back(finding_at(*select, 3));
  }
}

Result<std::vector<FeedError>> SqliteJournal::read_errors() {
  auto select = database_->prepare("SELECT feed, at, code, detail FROM feed_error ORDER BY id");
  if (!select) return select.error();
  std::vector<FeedError> errors;
  for (;;) {
    const auto row = select->step();
    if (!row) return row.error();
    if (!*row) return errors;
    errors.push_back({select->text(0), select->text(1), select->text(2), select->text(3)});
  }
}

Result<void> SqliteJournal::write_part_findings(std::int64_t part,
                                                const std::vector<FeedFound>& found) {
  auto insert = database_->prepare(
      "INSERT INTO draft_finding (part, feed, guard, action, records, detail) "
      "VALUES (?, ?, ?, ?, ?, ?)");
  if (!insert) return insert.error();
  for (const FeedFound& of_feed : found) {
    for (const HeldFinding& each : of_feed.findings) {
      insert->bind(1, part);
      bind_finding(*insert, 2, each);
      if (auto ok = insert->finish(); !ok) return ok;
    }
  }
  return {};
}

Result<void> SqliteJournal::read_part_findings(std::vector<Draft>& drafts) {
  const auto there = has_notes();
  if (!there) return there.error();
  if (!*there) return {};
  auto select = database_->prepare(
      "SELECT feed, guard, action, records, detail FROM draft_finding WHERE part = ? ORDER BY id");
  if (!select) return select.error();
  for (Draft& draft : drafts) {
    for (DraftPart& part : draft.parts) {
      select->bind(1, part.number);
      for (;;) {
        const auto row = select->step();
        if (!row) return row.error();
        if (!*row) break;
        part.findings.push_back(finding_at(*select, 0));
      }
      select->reset();
    }
  }
  return {};
}

}  // namespace server::store

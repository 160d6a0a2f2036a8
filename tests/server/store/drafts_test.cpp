// Drafts in the journal: kept beside it, published whole or not at all, and the upgrade to them.
#include "server/store/journal.hpp"

#include "tests/catch.hpp"
#include "tests/server/store/temporary_folder.hpp"

#include <sqlite3.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

namespace {

using engine::base::FaultCode;
using server::store::Access;
using server::store::Draft;
using server::store::DraftUse;
using server::store::Journal;
using server::store::NewBatch;

std::unique_ptr<Journal> drafts_journal_in(const std::string& folder, Access access) {
  auto journal = server::store::open_journal(folder, access);
  if (!journal) FAIL(journal.error().detail);
  return *std::move(journal);
}

NewBatch draft_part_of(std::string content) {
  return {"2026-03-01T02:00:00Z", "import", "spring.csv", std::move(content), {}};
}

Draft draft_named(std::string name) {
  return {std::move(name), "2026-03-01T02:00:00Z", "anna", "the list of April"};
}

void run_on_drafts(const std::string& folder, const std::string& sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((folder + "/netto.db").c_str(), &database) == SQLITE_OK);
  CHECK(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
}

std::int64_t rows_of(const std::string& folder, const std::string& table) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((folder + "/netto.db").c_str(), &database) == SQLITE_OK);
  sqlite3_stmt* select = nullptr;
  const std::string sql = "SELECT count(*) FROM " + table;
  REQUIRE(sqlite3_prepare_v2(database, sql.c_str(), -1, &select, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_step(select) == SQLITE_ROW);
  const auto count = sqlite3_column_int64(select, 0);
  sqlite3_finalize(select);
  sqlite3_close(database);
  return count;
}

}  // namespace

TEST_CASE("journal: a draft outlives its writer, part by part, and is no batch",
          "[server][store]") {
  const tests::TemporaryFolder folder;
  const std::string binary{"a\0b\n\xff", 5};
  {
    const auto journal = drafts_journal_in(folder.path(), Access::create);
    REQUIRE(journal->append(draft_part_of("live")).has_value());
    REQUIRE(journal->add_to_draft(draft_named("spring"), DraftUse::fresh, draft_part_of(binary)));
    REQUIRE(
        journal->add_to_draft({"spring", "", "", ""}, DraftUse::existing, draft_part_of("two")));
    REQUIRE(journal->add_to_draft(draft_named("autumn"), DraftUse::fresh, draft_part_of("other")));
  }
  const auto journal = drafts_journal_in(folder.path(), Access::read);
  CHECK(*journal->last_sequence() == 1);
  const auto drafts = journal->drafts();
  REQUIRE(drafts.has_value());
  REQUIRE(drafts->size() == 2);
  CHECK((*drafts)[0].name == "autumn");
  CHECK((*drafts)[1].created_by == "anna");
  CHECK((*drafts)[1].note == "the list of April");
  CHECK((*drafts)[1].parts.size() == 2);
  const auto parts = journal->draft_parts("spring");
  REQUIRE(parts.has_value());
  REQUIRE(parts->size() == 2);
  CHECK((*parts)[0].content == binary);
  CHECK((*parts)[1].content == "two");
  CHECK(journal->draft_parts("summer").error().code == FaultCode::bad_request);
}

TEST_CASE("journal: publishing appends and removes the draft; where there is none, neither",
          "[server][store]") {
  const tests::TemporaryFolder folder;
  {
    const auto journal = drafts_journal_in(folder.path(), Access::create);
    REQUIRE(journal->append(draft_part_of("live")).has_value());
    REQUIRE(journal->add_to_draft(draft_named("spring"), DraftUse::fresh, draft_part_of("one")));
    REQUIRE(journal->add_to_draft(draft_named("autumn"), DraftUse::fresh, draft_part_of("other")));
    CHECK(journal->add_to_draft(draft_named("spring"), DraftUse::fresh, draft_part_of("x"))
              .error()
              .code == FaultCode::bad_request);
    CHECK(journal->add_to_draft(draft_named("none"), DraftUse::existing, draft_part_of("x"))
              .error()
              .code == FaultCode::bad_request);
    CHECK_FALSE(journal->publish_draft("summer", draft_part_of("none")).has_value());
    CHECK(*journal->last_sequence() == 1);
    CHECK(*journal->publish_draft("spring", draft_part_of("whole")) == 2);
    CHECK_FALSE(journal->draft_parts("spring").has_value());
    CHECK((*journal->draft_parts("autumn"))[0].content == "other");
    REQUIRE(journal->drop_draft("autumn").has_value());
    CHECK(journal->drop_draft("autumn").error().code == FaultCode::bad_request);
    CHECK(journal->drafts()->empty());
  }
  CHECK(rows_of(folder.path(), "batch_part") ==
        2);  // of the two batches: no draft leaves anything behind
}

TEST_CASE("journal: what was found in a part stays with it, and goes with the draft",
          "[server][store]") {
  const tests::TemporaryFolder folder;
  const auto journal = drafts_journal_in(folder.path(), Access::create);
  NewBatch part = draft_part_of("two");
  part.found = {{"prices", 0, 0, {{"prices", "ties", "flag", 2, "two ties"}}}, {"stock", 0, 0, {}}};
  REQUIRE(journal->add_to_draft(draft_named("spring"), DraftUse::fresh, draft_part_of("one")));
  REQUIRE(journal->add_to_draft(draft_named("spring"), DraftUse::existing, part));
  const auto drafts = journal->drafts();
  REQUIRE(drafts);
  CHECK(drafts->front().parts.at(0).findings.empty());
  CHECK(drafts->front().parts.at(1).findings == part.found.front().findings);
  CHECK(journal->feed_notes()->found.empty());  // nothing of it is live
  const auto kept = [&folder] { return rows_of(folder.path(), "draft_finding"); };
  CHECK(kept() == 1);
  REQUIRE(journal->drop_draft("spring"));
  CHECK(kept() == 0);
}

TEST_CASE("journal: a draft that is not what was written is told", "[server][store]") {
  const tests::TemporaryFolder folder;
  {
    const auto journal = drafts_journal_in(folder.path(), Access::create);
    REQUIRE(journal->add_to_draft(draft_named("spring"), DraftUse::fresh, draft_part_of("one")));
  }
  run_on_drafts(folder.path(), "UPDATE batch_part SET content = 'two'");
  const auto parts = drafts_journal_in(folder.path(), Access::read)->draft_parts("spring");
  REQUIRE_FALSE(parts.has_value());
  CHECK(parts.error().code == FaultCode::store_corrupt);
}

TEST_CASE("journal: a folder of format 3 is read as it is, and holds drafts when it is written to",
          "[server][store]") {
  const tests::TemporaryFolder folder;
  std::ifstream in{std::string{NETTO_SOURCE_DIR} +
                   "/tests/server/store/formats/journal_format_3.sql"};
  const std::string sql{std::istreambuf_iterator<char>{in}, {}};
  REQUIRE_FALSE(sql.empty());
  run_on_drafts(folder.path(), sql);
  const auto reader = drafts_journal_in(folder.path(), Access::read);
  CHECK(reader->format_version() == 3);
  CHECK(reader->drafts()->empty());
  CHECK(reader->draft_parts("spring").error().code == FaultCode::bad_request);
  {
    const auto writer = drafts_journal_in(folder.path(), Access::write);
    CHECK(writer->format_version() == 4);
    CHECK(writer->held_batch(1).has_value());
    REQUIRE(writer->add_to_draft(draft_named("spring"), DraftUse::fresh, draft_part_of("one")));
  }
  CHECK(reader->drafts()->size() == 1);  // the one that was open all the while
  CHECK(reader->format_version() == 4);
  CHECK(*reader->last_sequence() == 1);
}

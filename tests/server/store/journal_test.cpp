#include "server/store/journal.hpp"

#include "server/store/checksum.hpp"
#include "server/store/sqlite_journal.hpp"

#include "tests/catch.hpp"
#include "tests/server/store/temporary_folder.hpp"

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;
using engine::base::FaultCode;
using engine::base::Result;
using namespace server::store;  // NOLINT(google-build-using-namespace)
using tests::TemporaryFolder;

std::unique_ptr<Journal> opened(const std::string& folder, Access access) {
  auto journal = open_journal(folder, access);
  if (!journal) FAIL(journal.error().detail);
  return *std::move(journal);
}

NewBatch batch_of(std::string content) {
  return {"2026-03-01T02:00:00Z", "import", "prices.csv", std::move(content), {}};
}

std::uint64_t append(Journal& journal, const NewBatch& batch) {
  const auto sequence = journal.append(batch);
  if (!sequence) FAIL(sequence.error().detail);
  return *sequence;
}

std::vector<Batch> all_of(Journal& journal, std::uint64_t from = 1) {
  std::vector<Batch> batches;
  const auto ok = journal.replay(from, [&batches](Batch&& batch) -> Result<void> {
    batches.push_back(std::move(batch));
    return {};
  });
  if (!ok) FAIL(ok.error().detail);
  return batches;
}

Result<void> replay_nothing(Journal& journal) {
  return journal.replay(1, [](Batch&&) -> Result<void> { return {}; });
}

FaultCode code_of_opening(const std::string& folder, Access access) {
  const auto journal = open_journal(folder, access);
  REQUIRE_FALSE(journal.has_value());
  INFO(journal.error().where << ": " << journal.error().detail);
  CHECK(journal.error().where.find(folder) == 0);
  return journal.error().code;
}

void run_sql(const std::string& folder, const char* sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((folder + "/netto.db").c_str(), &database) == SQLITE_OK);
  char* message = nullptr;
  const int code = sqlite3_exec(database, sql, nullptr, nullptr, &message);
  INFO((message == nullptr ? "" : message));
  CHECK(code == SQLITE_OK);
  sqlite3_free(message);
  sqlite3_close(database);
}

}  // namespace

TEST_CASE("checksum: the published check value of CRC-64/XZ comes out, in one piece or in several",
          "[server][store]") {
  CHECK(Checksum{}.add("123456789").value() == 0x995dc9bbdf1939faU);
  CHECK(Checksum{}.add("1234").add("").add("56789").value() == 0x995dc9bbdf1939faU);
  CHECK(Checksum{}.add(std::uint64_t{0x3837363534333231}).add("9").value() == 0x995dc9bbdf1939faU);
}

TEST_CASE(
    "journal: batches come back as they were written, in order, after the folder is opened again",
    "[server][store]") {
  const TemporaryFolder folder;
  const std::string binary{"a\0b\n\xff", 5};
  {
    const auto journal = opened(folder.path(), Access::create);
    CHECK(*journal->last_sequence() == 0);
    CHECK(append(*journal, batch_of(binary)) == 1);
    CHECK(append(*journal, batch_of("")) == 2);
    CHECK(append(*journal, batch_of("third")) == 3);
  }
  const auto journal = opened(folder.path(), Access::read);
  CHECK(*journal->last_sequence() == 3);
  CHECK(journal->format_version() == 4);
  const auto batches = all_of(*journal);
  REQUIRE(batches.size() == 3);
  CHECK(batches[0].sequence == 1);
  CHECK(batches[0].content == binary);
  CHECK(batches[0].received_at == "2026-03-01T02:00:00Z");
  CHECK(batches[0].kind == "import");
  CHECK(batches[0].source == "prices.csv");
  CHECK(batches[1].content.empty());
  CHECK(all_of(*journal, 3).size() == 1);
  CHECK(all_of(*journal, 4).empty());
}

TEST_CASE("journal: a batch larger than a part is cut and put together again", "[server][store]") {
  const TemporaryFolder folder;
  std::string content;
  for (int i = 0; i < 1'000; ++i) content += std::to_string(i) + ";";
  {
    auto journal = SqliteJournal::open(folder.path(), Access::create, 100);
    REQUIRE(journal);
    CHECK(append(**journal, batch_of(content)) == 1);
    CHECK(append(**journal, batch_of(content.substr(0, 100))) == 2);
    CHECK(append(**journal, batch_of(content.substr(0, 101))) == 3);
  }
  const auto batches = all_of(*opened(folder.path(), Access::read));
  REQUIRE(batches.size() == 3);
  CHECK(batches[0].content == content);
  CHECK(batches[1].content == content.substr(0, 100));
  CHECK(batches[2].content == content.substr(0, 101));
}

TEST_CASE("journal: refused rows are kept beside their batch", "[server][store]") {
  const TemporaryFolder folder;
  NewBatch batch = batch_of("rows");
  batch.refused = {{"prices.csv", 17, "value", "1x", "bad_number", "'1x' is not a decimal number"},
                   {"prices.csv", 9, "article", "", "missing_value", "a code is missing"}};
  const auto journal = opened(folder.path(), Access::create);
  CHECK(append(*journal, batch) == 1);
  CHECK(append(*journal, batch_of("more")) == 2);
  CHECK(journal->refused(1)->rows == batch.refused);
  CHECK(journal->refused(2)->rows.empty());
  CHECK(journal->refused(3)->rows.empty());
}

TEST_CASE("journal: replay stops at the first fault of whoever applies the batches",
          "[server][store]") {
  const TemporaryFolder folder;
  const auto journal = opened(folder.path(), Access::create);
  append(*journal, batch_of("one"));
  append(*journal, batch_of("two"));
  int seen = 0;
  const auto ok = journal->replay(1, [&seen](Batch&&) -> Result<void> {
    ++seen;
    return engine::base::Fault{FaultCode::unsupported, "here", "no"};
  });
  REQUIRE_FALSE(ok.has_value());
  CHECK(ok.error().code == FaultCode::unsupported);
  CHECK(seen == 1);
}

TEST_CASE("journal: a new folder is made by the first append and not before", "[server][store]") {
  const TemporaryFolder parent;
  const std::string folder = parent.path() + "/deep/data";
  {
    const auto journal = opened(folder, Access::create);
    CHECK(replay_nothing(*journal).has_value());
    CHECK(journal->refused(1)->rows.empty());
  }
  CHECK_FALSE(fs::exists(parent.path() + "/deep"));
  const auto journal = opened(folder, Access::create);
  CHECK(append(*journal, batch_of("one")) == 1);
  CHECK(fs::exists(folder + "/netto.db"));
}

TEST_CASE("journal: what is no data folder is told, naming it", "[server][store]") {
  const TemporaryFolder folder;
  CHECK(code_of_opening(folder.path() + "/none", Access::read) == FaultCode::store_unavailable);
  CHECK(code_of_opening(folder.path() + "/none", Access::write) == FaultCode::store_unavailable);
  CHECK(code_of_opening(folder.path(), Access::read) == FaultCode::store_unavailable);
  std::ofstream{folder.path() + "/file"} << "text";
  CHECK(code_of_opening(folder.path() + "/file", Access::create) == FaultCode::store_unavailable);
  std::ofstream{folder.path() + "/netto.db"}
      << "this is a text, long enough to be read as a header of some database file. "
      << "It is not one, though, and opening it must say so.";
  CHECK(code_of_opening(folder.path(), Access::read) == FaultCode::store_format);
  CHECK(code_of_opening(folder.path(), Access::create) == FaultCode::store_format);
}

TEST_CASE("journal: another program's SQLite file is refused and left as it is",
          "[server][store]") {
  const TemporaryFolder folder;
  run_sql(folder.path(), "CREATE TABLE music (title TEXT)");
  CHECK(code_of_opening(folder.path(), Access::create) == FaultCode::store_format);
}

TEST_CASE("journal: a newer format is refused, naming both versions", "[server][store]") {
  const TemporaryFolder folder;
  append(*opened(folder.path(), Access::create), batch_of("one"));
  run_sql(folder.path(), "UPDATE meta SET value = '7' WHERE key = 'format'");
  CHECK(code_of_opening(folder.path(), Access::write) == FaultCode::store_format);
  const auto journal = open_journal(folder.path(), Access::read);
  CHECK(journal.error().detail.find("format 7") != std::string::npos);
  CHECK(journal.error().detail.find("up to 4") != std::string::npos);
  run_sql(folder.path(), "UPDATE meta SET value = 'x' WHERE key = 'format'");
  CHECK(code_of_opening(folder.path(), Access::read) == FaultCode::store_corrupt);
}

TEST_CASE("journal: an empty file, as a cut-off first append leaves it, counts as no data",
          "[server][store]") {
  const TemporaryFolder folder;
  std::ofstream{folder.path() + "/netto.db"};
  CHECK(code_of_opening(folder.path(), Access::read) == FaultCode::store_unavailable);
  const auto journal = opened(folder.path(), Access::create);
  CHECK(append(*journal, batch_of("one")) == 1);
  CHECK(all_of(*journal).size() == 1);
}

TEST_CASE("journal: a second writer is held off while the first is open; readers are not",
          "[server][store]") {
  const TemporaryFolder folder;
  {
    const auto first = opened(folder.path(), Access::create);
    append(*first, batch_of("one"));
    CHECK(code_of_opening(folder.path(), Access::write) == FaultCode::store_unavailable);
    const auto second = open_journal(folder.path(), Access::create);
    CHECK(second.error().detail.find(std::to_string(::getpid())) != std::string::npos);
    const auto reader = opened(folder.path(), Access::read);
    CHECK(all_of(*reader).size() == 1);
    append(*first, batch_of("two"));
    CHECK(all_of(*reader, 2).size() == 1);
  }
  CHECK(append(*opened(folder.path(), Access::write), batch_of("three")) == 3);
}

TEST_CASE("journal: with many batches to come there is a log ahead of the file while it is open",
          "[server][store]") {
  const TemporaryFolder folder;
  append(*opened(folder.path(), Access::create), batch_of("one"));
  {
    const auto writer = opened(folder.path(), Access::write);
    REQUIRE(writer->expect_many());
    const auto reader = opened(folder.path(), Access::read);
    append(*writer, batch_of("two"));
    CHECK(fs::exists(folder.path() + "/netto.db-wal"));
    CHECK(all_of(*reader).size() == 2);
    append(*writer, batch_of("three"));
    CHECK(all_of(*reader).size() == 3);
  }
  {  // beside the reader it may have stayed
    const auto writer = opened(folder.path(), Access::write);
    REQUIRE(writer->expect_many());
    append(*writer, batch_of("four"));
  }
  CHECK_FALSE(fs::exists(folder.path() + "/netto.db-wal"));
  CHECK(all_of(*opened(folder.path(), Access::read)).size() == 4);
}

TEST_CASE("journal: what a killed process had in the log ahead of the file is there",
          "[server][store]") {
  const TemporaryFolder folder;
  append(*opened(folder.path(), Access::create), batch_of("one"));
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto journal = open_journal(folder.path(), Access::write);
    const bool is_in = journal && (*journal)->expect_many() && (*journal)->append(batch_of("two"));
    std::_Exit(is_in ? 0 : 1);  // nothing is closed
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
  REQUIRE(fs::exists(folder.path() + "/netto.db-wal"));
  CHECK(all_of(*opened(folder.path(), Access::read)).size() == 2);
  CHECK(append(*opened(folder.path(), Access::write), batch_of("three")) == 3);
  CHECK(all_of(*opened(folder.path(), Access::read)).size() == 3);
}

TEST_CASE("journal: a reader can't append", "[server][store]") {
  const TemporaryFolder folder;
  append(*opened(folder.path(), Access::create), batch_of("one"));
  const auto refused = opened(folder.path(), Access::read)->append(batch_of("two"));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == FaultCode::store_unavailable);
}

TEST_CASE("journal: a folder that may not be written to can be read, and writing says why not",
          "[server][store]") {
  if (::geteuid() != 0) {
    WARN("skipped: only the super-user can take somebody else's place");
    return;
  }
  const TemporaryFolder folder;
  append(*opened(folder.path(), Access::create), batch_of("one"));
  fs::permissions(folder.path(), fs::perms{0755});
  constexpr uid_t nobody = 65534;
  REQUIRE(::seteuid(nobody) == 0);
  const auto reader = open_journal(folder.path(), Access::read);
  const bool replayed = reader && replay_nothing(**reader);
  const auto writer = open_journal(folder.path(), Access::write);
  const auto maker = open_journal(folder.path() + "/below", Access::create);
  REQUIRE(::seteuid(0) == 0);
  CHECK(replayed);
  REQUIRE_FALSE(writer.has_value());
  CHECK(writer.error().code == FaultCode::store_unavailable);
  CHECK(writer.error().detail.find("Permission denied") != std::string::npos);
  REQUIRE_FALSE(maker.has_value());
  CHECK(maker.error().code == FaultCode::store_unavailable);
}

TEST_CASE("journal: a changed byte anywhere in a batch is found", "[server][store]") {
  const TemporaryFolder folder;
  append(*opened(folder.path(), Access::create), batch_of("price 84.50"));
  const char* damage = GENERATE(
      "UPDATE batch_part SET content = CAST('price 84.51' AS BLOB)",
      "UPDATE batch_part SET content = CAST('price 84.5' AS BLOB)", "DELETE FROM batch_part",
      "UPDATE batch SET kind = 'rules'", "UPDATE batch SET size = 9000000000000000000",
      "UPDATE batch SET source = 'x'", "UPDATE batch SET checksum = checksum + 1");
  CAPTURE(damage);
  run_sql(folder.path(), damage);
  const auto ok = replay_nothing(*opened(folder.path(), Access::read));
  const bool size_only = std::string_view{damage}.find("size") != std::string_view::npos;
  // The size is only a hint for memory: the content is whole, so it is taken.
  REQUIRE(ok.has_value() == size_only);
  if (!size_only) CHECK(ok.error().code == FaultCode::store_corrupt);
}

TEST_CASE("journal: a batch that is missing is found", "[server][store]") {
  const TemporaryFolder folder;
  {
    const auto journal = opened(folder.path(), Access::create);
    for (const char* content : {"one", "two", "three"}) append(*journal, batch_of(content));
  }
  run_sql(folder.path(), "DELETE FROM batch WHERE sequence = 2");
  const auto ok = replay_nothing(*opened(folder.path(), Access::read));
  REQUIRE_FALSE(ok.has_value());
  CHECK(ok.error().code == FaultCode::store_corrupt);
}

TEST_CASE("journal: damaged pages of the file are a fault and never a crash", "[server][store]") {
  const TemporaryFolder folder;
  append(*opened(folder.path(), Access::create), batch_of(std::string(200'000, 'x')));
  const std::string file = folder.path() + "/netto.db";
  const auto size = static_cast<std::streamoff>(fs::file_size(file));
  for (std::streamoff at = 100; at < size; at += 8'191) {
    const TemporaryFolder damaged;
    const std::string copy = damaged.path() + "/netto.db";
    fs::copy_file(file, copy);
    {
      std::fstream out{copy, std::ios::in | std::ios::out | std::ios::binary};
      out.seekp(at);
      out.write("\xa5\x5a\xa5\x5a\xa5\x5a\xa5\x5a", 8);
    }
    CAPTURE(at);
    const auto journal = open_journal(damaged.path(), Access::read);
    const bool whole = journal && replay_nothing(**journal);
    if (whole) CHECK((*journal)->last_sequence().has_value());  // the bytes hit were unused ones
    if (!journal) {
      const auto code = journal.error().code;
      CHECK((code == FaultCode::store_corrupt || code == FaultCode::store_format));
    }
  }
}

TEST_CASE("journal: what a sender says of a batch comes back, and the batch is found by it",
          "[server][store]") {
  const TemporaryFolder folder;
  NewBatch batch = batch_of("rows");
  batch.delivery = {"stock", "B-1", 7, 42};
  batch.refused = {{"stock", 3, "on_hand", "7x", "bad_number", "no number", "S-20,HQ,7x"}};
  batch.refused_headers = {{"stock", "article,warehouse,on_hand"}};
  {
    const auto journal = opened(folder.path(), Access::create);
    CHECK_FALSE(journal->delivered("stock", std::string{"B-1"})->has_value());
    append(*journal, batch_of("a file"));
    CHECK(append(*journal, batch) == 2);
  }
  const auto journal = opened(folder.path(), Access::read);
  const auto batches = all_of(*journal);
  CHECK(batches[0].delivery == Delivery{});
  CHECK(batches[1].delivery == batch.delivery);
  CHECK((*journal->delivered("stock", std::string{"B-1"}))->sequence == 2);
  CHECK((*journal->delivered("stock", std::uint64_t{7}))->delivery == batch.delivery);
  CHECK_FALSE(journal->delivered("prices", std::string{"B-1"})->has_value());
  CHECK_FALSE(journal->delivered("", std::string{""})->has_value());
  CHECK_FALSE(journal->delivered("stock", std::uint64_t{8})->has_value());
  CHECK(journal->refused(2)->rows == batch.refused);
  CHECK(journal->refused(2)->headers == batch.refused_headers);
  const char* damage = GENERATE("UPDATE batch SET batch_id = 'B-2'", "UPDATE batch SET feed = 'x'",
                                "UPDATE batch SET sender_sequence = 8",
                                "UPDATE batch SET sender_sequence = NULL WHERE sequence = 2",
                                "UPDATE batch SET sent_checksum = 1");
  CAPTURE(damage);
  run_sql(folder.path(), damage);
  const auto ok = replay_nothing(*opened(folder.path(), Access::read));
  REQUIRE_FALSE(ok.has_value());
  CHECK(ok.error().code == FaultCode::store_corrupt);
}

TEST_CASE("journal: a folder of format 1 is read as it is, and upgraded when it is written to",
          "[server][store]") {
  const TemporaryFolder folder;
  const std::string file =
      std::string{NETTO_SOURCE_DIR} + "/tests/server/store/formats/journal_format_1.sql";
  std::ifstream in{file};
  const std::string sql{std::istreambuf_iterator<char>{in}, {}};
  REQUIRE_FALSE(sql.empty());
  run_sql(folder.path(), sql.c_str());
  const auto reader = opened(folder.path(), Access::read);
  CHECK(reader->format_version() == 1);
  const auto before = all_of(*reader);
  REQUIRE(before.size() == 2);
  REQUIRE(reader->refused(2)->rows.size() == 1);
  CHECK(reader->refused(2)->rows[0].text.empty());
  CHECK_FALSE(reader->delivered("stock", std::uint64_t{1})->has_value());
  {
    const auto writer = opened(folder.path(), Access::write);
    CHECK(writer->format_version() == 4);
    NewBatch batch = batch_of("new");
    batch.delivery = {"stock", "B-1", 1, 5};
    CHECK(append(*writer, batch) == 3);
  }
  const auto after = all_of(*reader);  // the one that was open all the while
  CHECK(reader->format_version() == 4);
  REQUIRE(after.size() == 3);
  for (std::size_t i = 0; i < before.size(); ++i) {
    CHECK(after[i].content == before[i].content);
    CHECK(after[i].delivery == Delivery{});
  }
  CHECK(after[2].delivery.batch_id == "B-1");
  CHECK(reader->refused(2)->rows.size() == 1);
  run_sql(folder.path(), "UPDATE meta SET value = '5' WHERE key = 'format'");
  CHECK(code_of_opening(folder.path(), Access::read) == FaultCode::store_format);
  CHECK(code_of_opening(folder.path(), Access::write) == FaultCode::store_format);
}

TEST_CASE(
    "journal: a folder of format 2 keeps what senders said of their batches when it is upgraded",
    "[server][store]") {
  const TemporaryFolder folder;
  std::ifstream in{std::string{NETTO_SOURCE_DIR} +
                   "/tests/server/store/formats/journal_format_2.sql"};
  const std::string sql{std::istreambuf_iterator<char>{in}, {}};
  REQUIRE_FALSE(sql.empty());
  run_sql(folder.path(), sql.c_str());
  const auto reader = opened(folder.path(), Access::read);
  const auto check = [&] {
    const auto batches = all_of(*reader);
    REQUIRE(batches.size() == 2);
    CHECK(batches[1].delivery ==
          Delivery{"conditions", "B-7", 7, batches[1].delivery.sent_checksum});
    CHECK(reader->delivered("conditions", std::string{"B-7"})->value().sequence == 2);
    CHECK(reader->delivered("conditions", std::uint64_t{7})->value().sequence == 2);
    const auto refused = reader->refused(2);
    REQUIRE(refused->rows.size() == 1);
    CHECK(refused->rows[0].text == "base_price,S-99,1.00,EUR,B-9");
    CHECK(refused->headers.size() == 1);
    CHECK(reader->held(std::nullopt)->empty());
    CHECK(reader->drafts()->empty());
  };
  CHECK(reader->format_version() == 2);
  check();
  CHECK(opened(folder.path(), Access::write)->format_version() == 4);
  check();
  CHECK(reader->format_version() == 4);
}

TEST_CASE("journal: what a writer that died within a commit left is undone by the next reader",
          "[server][store]") {
  const TemporaryFolder folder;
  append(*opened(folder.path(), Access::create), batch_of("one"));
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    sqlite3* database = nullptr;
    sqlite3_open((folder.path() + "/netto.db").c_str(), &database);
    // A cache too small for the change, so that half of it is in the file when the process ends.
    const int code = sqlite3_exec(
        database,
        "PRAGMA cache_size = 4; BEGIN IMMEDIATE; UPDATE meta SET value = '9' WHERE key = 'format';"
        "UPDATE batch SET source = 'half';"
        "INSERT INTO batch_part (sequence, content) VALUES (2, zeroblob(3000000))",
        nullptr, nullptr, nullptr);
    ::_exit(code == SQLITE_OK ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  REQUIRE(fs::exists(folder.path() + "/netto.db-journal"));
  const auto journal = opened(folder.path(), Access::read);
  const auto batches = all_of(*journal);
  REQUIRE(batches.size() == 1);
  CHECK(batches[0].source == "prices.csv");
}

TEST_CASE("journal: what is noted of feeds comes back; of each feed the last, of many the newest",
          "[server][store]") {
  const TemporaryFolder folder;
  {
    const auto journal = opened(folder.path() + "/data", Access::create);
    REQUIRE(journal->note_errors({{"prices", "2026-03-01T01:00:00Z", "bad_number", "no number"}}));
    CHECK_FALSE(fs::exists(folder.path() + "/data"));  // no data, no folder
    NewBatch batch = batch_of("one");
    batch.found = {{"prices", 0, 0, {{"prices", "ties", "flag", 2, "two"}}}, {"stock", 0, 0, {}}};
    append(*journal, batch);
    REQUIRE(journal->note_errors({{"prices", "2026-03-01T02:00:00Z", "bad_number", "first"},
                                  {"stock", "2026-03-01T02:00:00Z", "bad_date", "no day"}}));
    REQUIRE(journal->note_errors({{"prices", "2026-03-01T03:00:00Z", "bad_number", "second"}}));
    NewBatch held = batch_of("two");
    held.found = {{"stock", 0, 0, {{"stock", "vanished", "hold", 9, "nine"}}}};
    REQUIRE(journal->hold(held, held.found.front().findings));
  }
  const auto journal = opened(folder.path() + "/data", Access::write);
  const auto notes = journal->feed_notes();
  REQUIRE(notes);
  CHECK(notes->found ==
        std::vector<FeedFound>{{"prices", 1, 0, {{"prices", "ties", "flag", 2, "two"}}},
                               {"stock", 0, 1, {{"stock", "vanished", "hold", 9, "nine"}}}});
  CHECK(notes->errors ==
        std::vector<FeedError>{{"stock", "2026-03-01T02:00:00Z", "bad_date", "no day"},
                               {"prices", "2026-03-01T03:00:00Z", "bad_number", "second"}});
  NewBatch in_order = batch_of("three");
  in_order.found = {{"prices", 0, 0, {}}};
  append(*journal, in_order);
  CHECK(journal->feed_notes()->found.size() == 1);
  std::vector<FeedError> many;
  NewBatch all = batch_of("four");
  for (std::size_t i = 0; i < noted_feeds_max; ++i) {
    const std::string feed = "feed " + std::to_string(i);
    many.push_back({feed, "2026-03-01T04:00:00Z", "bad_date", "no day"});
    all.found.push_back({feed, 0, 0, {{feed, "ties", "flag", 1, "one"}}});
  }
  REQUIRE(journal->note_errors(many));
  append(*journal, all);
  CHECK(journal->feed_notes()->errors == many);
  CHECK(journal->feed_notes()->found.size() == noted_feeds_max);
  CHECK(journal->feed_notes()->found.front().feed == "feed 0");
}

TEST_CASE("journal: a folder of before anything was noted is read, and notes when it is written to",
          "[server][store]") {
  const TemporaryFolder folder;
  append(*opened(folder.path(), Access::create), batch_of("one"));
  run_sql(folder.path(),
          "DROP TABLE feed_finding; DROP TABLE feed_error; DROP TABLE draft_finding");
  const auto reader = opened(folder.path(), Access::read);
  REQUIRE(reader->feed_notes());
  CHECK(reader->feed_notes()->found.empty());
  CHECK(reader->drafts()->empty());
  {
    const auto writer = opened(folder.path(), Access::write);
    CHECK(all_of(*writer).size() == 1);
    REQUIRE(writer->note_errors({{"prices", "2026-03-01T01:00:00Z", "bad_number", "no number"}}));
  }
  CHECK(reader->feed_notes()->errors.size() == 1);
}

#include "server/store/backup.hpp"

#include "server/store/journal.hpp"

#include "tests/catch.hpp"
#include "tests/server/store/temporary_folder.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;
using engine::base::FaultCode;
using engine::base::Result;
using namespace server::store;  // NOLINT(google-build-using-namespace)
using tests::TemporaryFolder;

std::unique_ptr<Journal> journal_in(const std::string& folder, Access access) {
  auto journal = open_journal(folder, access);
  if (!journal) FAIL(journal.error().detail);
  return *std::move(journal);
}

NewBatch small_batch(std::string content) {
  NewBatch batch{"2026-03-01T02:00:00Z", "import", "prices.csv", std::move(content), {}};
  batch.refused.push_back({"prices.csv", 7, "value", "8x", "bad_number", "not a number"});
  return batch;
}

std::vector<std::string> contents_in(const std::string& folder) {
  std::vector<std::string> contents;
  const auto ok =
      journal_in(folder, Access::read)->replay(1, [&contents](Batch&& batch) -> Result<void> {
        contents.push_back(std::move(batch.content));
        return {};
      });
  if (!ok) FAIL(ok.error().detail);
  return contents;
}

}  // namespace

TEST_CASE("backup: taken while batches come in, it has every one up to its own last",
          "[server][store]") {
  const TemporaryFolder folder;
  const auto data = folder.path() + "/data";
  const auto to = folder.path() + "/backup";
  const auto journal = journal_in(data, Access::create);
  constexpr std::size_t before = 40;
  const std::string large(300'000, 'x');  // so that a copy takes several steps
  for (std::size_t i = 1; i <= before; ++i)
    REQUIRE(journal->append(small_batch(std::to_string(i) + large)));
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> refused{0};
  std::thread writer{[&] {
    for (std::size_t i = before + 1; !stop.load(); ++i)
      if (!journal->append(small_batch(std::to_string(i)))) ++refused;
  }};
  const auto backup = back_up(data, to);
  stop.store(true);
  writer.join();
  if (!backup) FAIL(backup.error().where << ": " << backup.error().detail);
  CHECK(refused.load() == 0);
  CHECK(backup->sequence >= before);
  CHECK(backup->bytes == fs::file_size(to + "/netto.db"));
  CHECK_FALSE(fs::exists(to + ".partial"));
  const auto all = contents_in(data);
  const auto copied = contents_in(to);
  REQUIRE(copied.size() == backup->sequence);
  CHECK(std::equal(copied.begin(), copied.end(), all.begin()));
  CHECK(*journal_in(to, Access::write)->append(small_batch("next")) == backup->sequence + 1);
}

TEST_CASE("backup: a folder that holds something is left alone", "[server][store]") {
  const TemporaryFolder folder;
  const auto data = folder.path() + "/data";
  REQUIRE(journal_in(data, Access::create)->append(small_batch("one")));
  const auto again = back_up(data, data);
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().code == FaultCode::bad_request);
  fs::create_directory(folder.path() + "/empty");
  CHECK(back_up(data, folder.path() + "/empty/"));
  CHECK(contents_in(folder.path() + "/empty") == std::vector<std::string>{"one"});
}

TEST_CASE("backup: what can't be copied leaves nothing behind", "[server][store]") {
  const TemporaryFolder folder;
  const auto data = folder.path() + "/data";
  const auto to = folder.path() + "/backup";
  CHECK(back_up(data, to).error().code == FaultCode::store_unavailable);
  CHECK_FALSE(fs::exists(to + ".partial"));
  REQUIRE(journal_in(data, Access::create)->append(small_batch(std::string(100'000, 'x'))));
  CHECK(back_up(data, folder.path() + "/none/backup").error().code == FaultCode::store_unavailable);
  {  // a damaged batch is found before it is called a backup
    std::fstream out{data + "/netto.db", std::ios::in | std::ios::out | std::ios::binary};
    out.seekp(-9'000, std::ios::end);
    out.write("\xa5\x5a\xa5\x5a", 4);
  }
  const auto damaged = back_up(data, to);
  REQUIRE_FALSE(damaged.has_value());
  CHECK(damaged.error().code == FaultCode::store_corrupt);
  CHECK_FALSE(fs::exists(to));
  CHECK_FALSE(fs::exists(to + ".partial"));
}

TEST_CASE("backup: what one that was cut off has left is no hindrance", "[server][store]") {
  const TemporaryFolder folder;
  const auto data = folder.path() + "/data";
  const auto to = folder.path() + "/backup";
  REQUIRE(journal_in(data, Access::create)->append(small_batch("one")));
  fs::create_directory(to + ".partial");
  std::ofstream{to + ".partial/netto.db"} << "half a page";
  CHECK(back_up(data, to));
  CHECK(contents_in(to) == std::vector<std::string>{"one"});
}

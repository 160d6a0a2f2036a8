// Compaction: batches give way to a checkpoint of what they came to, and nobody can tell.
#include "server/node/compactor.hpp"

#include "server/feed/fact_rows.hpp"
#include "server/node/node.hpp"
#include "server/store/backup.hpp"
#include "server/store/compaction.hpp"

#include "tests/catch.hpp"
#include "tests/server/node/data_folder.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <sstream>
#include <vector>

namespace {

using engine::base::FaultCode;
using server::node::Access;
using server::node::Compacted;
using server::node::CompactOptions;
using server::node::Compactor;
using server::node::ImportOutcome;
using server::node::ImportRequest;
using server::node::Node;
using server::node::Verdict;

void run_sql(const std::string& data, const char* sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((data + "/netto.db").c_str(), &database) == SQLITE_OK);
  CHECK(sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
}

std::int64_t number_of(const std::string& data, const char* sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((data + "/netto.db").c_str(), &database) == SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  REQUIRE(sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
  const std::int64_t number = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return number;
}

struct Folder : tests::DataFolder {
  // Without its image: from the journal alone.
  void open_from_journal() {
    node.reset();
    std::filesystem::remove(data + "/netto.image");
    open();
  }

  ImportOutcome send(const std::string& feed, const std::string& text, const std::string& id = "",
                     std::optional<std::uint64_t> number = {}) {
    ImportRequest request;
    request.files = {{feed + ".csv", "", text, feed}};
    request.delivery = {feed, id, number, 0};
    request.source = "POST " + feed;
    return node->import(request);
  }

  // A history of every kind of change.
  void change() {
    REQUIRE(send("conditions",
                 "type,customer,article,value,currency,from_quantity,valid_from,valid_to,key,op\r\n"
                 "base_price,,S-20,9.90,EUR,,,,B-3,\r\n"
                 "base_price,K1,S-10,,EUR,,,,K-1,delete\r\n"
                 "base_price,,S-20,8.8,EUR,10.5,2026-02-28,2026-03-01,,\r\n",
                 "prices-1", 7)
                .accepted());
    REQUIRE(send("stock", "article,warehouse,on_hand\r\nS-20,HQ,0.5\r\nS-10,HQ,0\r\n").accepted());
    REQUIRE(
        send("customers", "code,name,currency,parent\r\nK0,Konzern,EUR,\r\nK1,Karlsson,EUR,K0\r\n")
            .accepted());
    REQUIRE(
        send("price_lists", "code,currency,discountable,rank\r\nPL-1,EUR,false,2\r\n").accepted());
    REQUIRE(send("price_list_assignments",
                 "price_list,customer,rank,valid_to\r\nPL-1,K1,,2026-12-31\r\n")
                .accepted());
  }

  std::optional<Compacted> compact() {
    Compactor compactor{data};
    const auto done = compactor.run(true);
    if (!done) FAIL(done.error().where << ": " << done.error().detail);
    REQUIRE(compactor.drop());
    return *done;
  }

  // All facts as rows, in an order of their own.
  std::string known() {
    REQUIRE(node->facts() != nullptr);
    engine::model::Facts facts{*node->facts()};
    facts.settle();
    std::vector<std::string> lines;
    server::feed::write_fact_rows(facts, [&lines](std::string&& rows) {
      std::istringstream text{rows};
      for (std::string line; std::getline(text, line);) lines.push_back(line);
    });
    std::ranges::sort(lines);
    std::string all;
    for (const std::string& line : lines) all += line + "\n";
    return all;
  }
};

}  // namespace

TEST_CASE("compaction: a folder without its batches knows and answers the same",
          "[server][node][compaction]") {
  Folder company;
  company.change();
  const std::string known = company.known();
  const auto feeds = company.node->feeds();
  const auto done = company.compact();
  REQUIRE(done);
  CHECK(done->sequence == 6);
  CHECK(number_of(company.data, "SELECT count(*) FROM batch_part") == 0);
  CHECK(number_of(company.data, "SELECT count(*) FROM checkpoint") == 1);
  company.open_from_journal();
  CHECK_FALSE(company.node->image_fault());
  CHECK(company.node->sequence() == 6);
  CHECK(company.node->last_import().source == "POST price_list_assignments");
  CHECK(company.known() == known);
  CHECK(company.node->feeds() == feeds);
  CHECK_FALSE(company.compact());  // nothing came since
}

TEST_CASE("compaction: what comes after a checkpoint is replayed on it, and goes into the next",
          "[server][node][compaction]") {
  Folder company;
  company.change();
  REQUIRE(company.compact());
  REQUIRE(company.send("stock", "article,warehouse,on_hand\r\nS-20,HQ,17\r\n").sequence == 7);
  const std::string known = company.known();
  company.open_from_journal();
  CHECK(company.node->sequence() == 7);
  CHECK(company.known() == known);
  REQUIRE(company.compact());
  CHECK(number_of(company.data, "SELECT count(*) FROM batch_part") == 0);
  CHECK(number_of(company.data, "SELECT count(DISTINCT checkpoint) FROM checkpoint_piece") == 1);
  company.open_from_journal();
  CHECK(company.known() == known);
  REQUIRE(company.node->write_image());
  company.open();  // and from an image of after the checkpoint
  CHECK(company.known() == known);
}

TEST_CASE("compaction: batches that gave way are still known", "[server][node][compaction]") {
  Folder company;
  company.change();
  REQUIRE(company.send("stock", "article,warehouse,on_hand\r\nS-10,HQ,1\r\nS-99,HQ,1\r\n")
              .faults.size() == 1);
  REQUIRE(company.compact());
  company.open_from_journal();
  const std::string sent =
      "type,customer,article,value,currency,from_quantity,valid_from,valid_to,key,op\r\n"
      "base_price,,S-20,9.90,EUR,,,,B-3,\r\n"
      "base_price,K1,S-10,,EUR,,,,K-1,delete\r\n"
      "base_price,,S-20,8.8,EUR,10.5,2026-02-28,2026-03-01,,\r\n";
  CHECK(company.send("conditions", sent, "prices-1", 7).verdict == Verdict::repeated);
  CHECK(company.send("conditions", sent, "prices-2", 9).verdict == Verdict::missing_batches);
}

TEST_CASE("compaction: after a time a batch is forgotten, but for the checkpoint's own",
          "[server][node][compaction]") {
  Folder company;
  company.change();
  const std::string known = company.known();
  CompactOptions options;
  options.known_for = std::chrono::days{-1};  // as if it were tomorrow
  Compactor compactor{company.data, options};
  REQUIRE(compactor.run(true));
  REQUIRE(compactor.drop());
  CHECK(number_of(company.data, "SELECT min(sequence) FROM batch") == 6);
  CHECK(number_of(company.data, "SELECT count(*) FROM refused_row") == 0);
  company.open_from_journal();
  CHECK(company.known() == known);
  CHECK(company.node->sequence() == 6);
}

TEST_CASE("compaction: a checkpoint that was cut off does not count, and goes with the next",
          "[server][node][compaction]") {
  Folder company;
  company.change();
  {
    auto compaction = server::store::Compaction::open(company.data);
    REQUIRE(compaction);
    REQUIRE(compaction->begin({4, "2026-01-01T00:00:00Z", "a file"}));
    REQUIRE(compaction->add("half of it"));
  }
  const std::string known = company.known();
  company.open_from_journal();
  CHECK(company.known() == known);
  REQUIRE(company.compact());
  CHECK(number_of(company.data, "SELECT count(*) FROM checkpoint") == 1);
  CHECK(number_of(company.data, "SELECT count(DISTINCT checkpoint) FROM checkpoint_piece") == 1);
}

TEST_CASE("compaction: a damaged checkpoint is told, and what to do",
          "[server][node][compaction]") {
  Folder company;
  company.change();
  REQUIRE(company.compact());
  company.node.reset();
  std::filesystem::remove(company.data + "/netto.image");
  run_sql(company.data,
          "UPDATE checkpoint_piece SET content = CAST(replace(CAST(content AS TEXT), '9.9', '9.8') "
          "AS BLOB)");
  const auto opened = Node::open(company.data, {Access::read});
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == FaultCode::store_corrupt);
  CHECK(opened.error().detail.find("restore the journal from a backup") != std::string::npos);
}

TEST_CASE("compaction: contents that others still have to read stay",
          "[server][node][compaction]") {
  Folder company;
  company.change();
  CompactOptions options;
  options.may_drop_to = [] { return std::uint64_t{3}; };
  Compactor compactor{company.data, options};
  REQUIRE(compactor.run(true));
  REQUIRE(compactor.drop());
  CHECK(number_of(company.data, "SELECT min(sequence) FROM batch_part") == 4);
}

TEST_CASE("compaction: who follows a folder takes the checkpoint where it has fallen behind",
          "[server][node][compaction]") {
  Folder company;
  auto follower = Node::open(company.data, {Access::read});
  REQUIRE(follower);
  company.change();
  REQUIRE(company.compact());
  const auto refreshed = (*follower)->refresh();
  if (!refreshed) FAIL(refreshed.error().where << ": " << refreshed.error().detail);
  CHECK(*refreshed);
  CHECK((*follower)->snapshot()->generation() == 6);
}

TEST_CASE("compaction: a backup of a compacted folder is whole", "[server][node][compaction]") {
  Folder company;
  company.change();
  REQUIRE(company.compact());
  REQUIRE(company.send("stock", "article,warehouse,on_hand\r\nS-20,HQ,17\r\n").accepted());
  const std::string copy = company.folder.path() + "/backup";
  const auto done = server::store::back_up(company.data, copy);
  if (!done) FAIL(done.error().where << ": " << done.error().detail);
  const std::string known = company.known();
  company.data = copy;
  company.open();
  CHECK(company.node->sequence() == 7);
  CHECK(company.known() == known);
}

TEST_CASE("compaction: is not due before there is more than a checkpoint takes",
          "[server][node][compaction]") {
  Folder company;
  company.change();
  const auto waits = Compactor{company.data}.run();
  REQUIRE(waits);
  CHECK_FALSE(waits->has_value());
  CompactOptions options;
  options.bytes_least = 1;
  tests::write_file(company.data + "/netto.image", std::string(100'000, 'x'));
  CHECK_FALSE(Compactor{company.data, options}.run()->has_value());  // less than the image takes
  std::filesystem::remove(company.data + "/netto.image");
  REQUIRE(Compactor{company.data, options}.run()->has_value());
  REQUIRE(company.send("stock", "article,warehouse,on_hand\r\nS-20,HQ,17\r\n").accepted());
  CHECK_FALSE(Compactor{company.data, options}.run()->has_value());  // a few bytes
}

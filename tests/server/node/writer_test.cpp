#include "server/node/writer.hpp"

#include "tests/catch.hpp"
#include "tests/server/node/small_company.hpp"
#include "tests/server/store/temporary_folder.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace server::node;  // NOLINT(google-build-using-namespace)
using engine::base::FaultCode;
using tests::TemporaryFolder;

constexpr std::string_view stock_head = "article,warehouse,on_hand,reserved\r\n";

// A data folder with the small company in it, and a writer that runs on a thread of its own.
struct Desk {
  TemporaryFolder folder;
  std::string files = folder.path() + "/files";
  std::string data = folder.path() + "/data";
  std::optional<Writer> writer;
  std::optional<engine::base::Fault> fault;
  std::jthread thread;
  std::uint32_t refused_percent_max = 10;

  Desk() {
    tests::write_small_company(files);
    auto node = Node::open(data, {Access::create, Keep::facts});
    REQUIRE(node);
    ImportRequest request;
    request.paths = {files};
    REQUIRE((*node)->import(request).accepted());
  }

  ~Desk() { stop(); }

  void start(WriterOptions options = {}) {
    writer.emplace(data, std::move(options));
    thread = std::jthread{[this](const std::stop_token& stop) { fault = writer->run(stop); }};
    for (int i = 0; i < 1'000 && writer->role() == Role::opening; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }

  void stop() {
    if (!thread.joinable()) return;
    thread.request_stop();
    thread.join();
  }

  ImportOutcome send(std::string rows, server::store::Delivery delivery = {"stock", "", {}, 0},
                     Refusing refusing = Refusing::good_rows) {
    ImportRequest request;
    request.files = {{delivery.feed, "", std::string{stock_head} + std::move(rows), delivery.feed}};
    request.delivery = std::move(delivery);
    request.refusing = refusing;
    request.refused_percent_max = refused_percent_max;
    auto written = writer->write(std::move(request));
    if (!written) FAIL(written.error().detail);
    return *std::move(written);
  }
};

}  // namespace

TEST_CASE("writer: a batch that was written is published, in the journal and known of its feed",
          "[server][node]") {
  Desk desk;
  std::uint64_t published = 0;
  WriterOptions options;
  options.published = [&published](const Node& node) -> engine::base::Result<void> {
    published = node.sequence();
    return {};
  };
  desk.start(options);
  REQUIRE(desk.writer->role() == Role::writing);
  const ImportOutcome outcome = desk.send("S-10,HQ,7,0\r\nS-20,HQ,x,0\r\n", {"stock", "", {}, 0});
  CHECK(outcome.verdict == Verdict::refused_rows);  // one of two is more than ten percent
  CHECK(outcome.report.rows_refused() == 1);
  CHECK(desk.writer->last_error("stock")->code == "refused_share");
  CHECK(desk.writer->feeds()->sequence == 1);
  CHECK(desk.send("S-10,HQ,7,0\r\n").sequence == 2);
  CHECK(published == 2);
  const auto now = desk.writer->feeds();
  const auto stock = std::ranges::find(now->feeds, "stock", &FeedRecord::feed);
  REQUIRE(stock != now->feeds.end());
  CHECK(stock->sequence == 2);
  CHECK(stock->batches == 2);
  CHECK(stock->last == RowCounts{1, 1, 0, 0});
  CHECK(stock->all == RowCounts{2, 2, 0, 0});
  const auto before = now->feeds;
  desk.stop();
  CHECK_FALSE(desk.fault);
  CHECK((*Node::open(desk.data))->feeds() == before);  // by replay
  {
    const auto node = Node::open(desk.data, {Access::write, Keep::facts});
    REQUIRE((*node)->write_image());
  }
  CHECK((*Node::open(desk.data))->feeds() == before);  // from the image
}

TEST_CASE("writer: a batch id makes repeats harmless, and is not taken for other content",
          "[server][node]") {
  Desk desk;
  desk.start();
  CHECK(desk.send("S-10,HQ,7,0\r\n", {"stock", "A", {}, 0}).sequence == 2);
  const ImportOutcome again = desk.send("S-10,HQ,7,0\r\n", {"stock", "A", {}, 0});
  CHECK(again.accepted());
  CHECK(again.verdict == Verdict::repeated);
  CHECK(again.sequence == 2);
  const ImportOutcome other = desk.send("S-10,HQ,8,0\r\n", {"stock", "A", {}, 0});
  CHECK_FALSE(other.accepted());
  CHECK(other.verdict == Verdict::other_content);
  CHECK(desk.writer->feeds()->sequence == 2);
}

TEST_CASE("writer: the sender's own count finds what comes late, twice or not at all",
          "[server][node]") {
  Desk desk;
  desk.start();
  CHECK(desk.send("S-10,HQ,1,0\r\n", {"stock", "", 5, 0}).sequence == 2);  // begins the count
  CHECK(desk.send("S-10,HQ,2,0\r\n", {"stock", "", 6, 0}).sequence == 3);
  const ImportOutcome gap = desk.send("S-10,HQ,3,0\r\n", {"stock", "", 9, 0});
  CHECK(gap.verdict == Verdict::missing_batches);
  CHECK(gap.faults.at(0).detail.find("batches 7 to 8 are missing") == 0);
  CHECK(desk.send("S-10,HQ,1,0\r\n", {"stock", "", 5, 0}).verdict == Verdict::repeated);
  CHECK(desk.send("S-10,HQ,4,0\r\n", {"stock", "", 5, 0}).verdict == Verdict::out_of_order);
  CHECK(desk.send("S-10,HQ,4,0\r\n", {"stock", "", 4, 0}).verdict == Verdict::out_of_order);
  CHECK(desk.send("S-10,HQ,4,0\r\n").sequence == 4);        // without a number: not counted
  CHECK(desk.send("", {"stock", "", 7, 0}).sequence == 5);  // nothing new is a batch, too
  CHECK(desk.writer->feeds()->sequence == 5);
}

TEST_CASE("writer: all or nothing, and feeds that there are not, change nothing",
          "[server][node]") {
  Desk desk;
  desk.start();
  desk.refused_percent_max = 50;
  const std::string rows = "S-10,HQ,7,0\r\nS-99,HQ,1,0\r\n";
  const ImportOutcome none = desk.send(rows, {"stock", "", {}, 0}, Refusing::all_or_nothing);
  CHECK(none.verdict == Verdict::refused_rows);
  CHECK(none.report.files.at(0).refused_rows.at(0).text == "S-99,HQ,1,0");
  CHECK(desk.send(rows, {"nothing", "", {}, 0}).verdict == Verdict::unknown_feed);
  CHECK(desk.send(rows).sequence == 2);
  const auto refused = desk.writer->refused_rows(2);
  REQUIRE(refused);
  REQUIRE(refused->rows.size() == 1);
  CHECK(refused->rows[0].text == "S-99,HQ,1,0");
  REQUIRE(refused->headers.size() == 1);
  CHECK(refused->headers[0].text == "article,warehouse,on_hand,reserved");
}

TEST_CASE("writer: where another process writes it follows, and says so", "[server][node]") {
  Desk desk;
  std::string told;
  WriterOptions options;
  options.tell = [&told](server::node::WriterEvent, const std::string& text) { told += text; };
  {
    const auto other = Node::open(desk.data, {Access::write, Keep::facts});
    REQUIRE(other);
    desk.start(options);
    CHECK(desk.writer->role() == Role::following);
    const auto refused = desk.writer->write({});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == FaultCode::unsupported);
    ImportRequest request;
    tests::write_file(desk.files + "/stock.csv", std::string{stock_head} + "S-10,HQ,7,0\r\n");
    request.paths = {desk.files + "/stock.csv"};
    REQUIRE((*other)->import(request).accepted());
    for (int i = 0; i < 1'000 && desk.writer->feeds()->sequence < 2; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    CHECK(desk.writer->feeds()->sequence == 2);
    tests::write_file(desk.files + "/stock.csv", std::string{stock_head} + "S-10,HQ,x,0\r\n");
    REQUIRE_FALSE((*other)->import(request).accepted());
    for (int i = 0; i < 1'000 && !desk.writer->last_error("stock"); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    CHECK(desk.writer->last_error("stock"));
  }
  desk.stop();
  CHECK(told.find("only one can write at a time") != std::string::npos);
  const auto stopped = desk.writer->write({});
  CHECK(stopped.error().code == FaultCode::store_unavailable);
}

TEST_CASE("writer: a full queue refuses and names the limit", "[server][node]") {
  Desk desk;
  std::atomic<bool> held{true};
  WriterOptions options;
  options.published = [&held](const Node& node) -> engine::base::Result<void> {
    while (node.sequence() > 1 && held.load())
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    return {};
  };
  desk.start(options);
  std::vector<std::jthread> senders;
  std::atomic<std::size_t> full{0};
  std::atomic<std::size_t> in{0};
  for (std::size_t i = 0; i < write_queue_max + 2; ++i) {
    senders.emplace_back([&, i] {
      ImportRequest request;
      request.files = {{"stock", "",
                        std::string{stock_head} + "S-10,HQ," + std::to_string(i) + ",0\r\n",
                        "stock"}};
      request.delivery.feed = "stock";
      const auto written = desk.writer->write(std::move(request));
      if (!written && written.error().code == FaultCode::too_many) {
        ++full;
      } else if (written && written->accepted()) {
        ++in;
      }
    });
  }
  for (int i = 0; i < 1'000 && full.load() < 2; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  CHECK(full.load() == 2);
  held.store(false);
  senders.clear();
  CHECK(in.load() == write_queue_max);
  CHECK(desk.writer->feeds()->sequence == 1 + write_queue_max);
}

TEST_CASE("writer: what guards found of a feed outlives it, until a batch of the feed is in order",
          "[server][node]") {
  Desk desk;
  {
    tests::write_file(
        desk.files + "/guards.json",
        R"({"feed": "stock", "guards": {"refused_rows": {"percent": 10, "then": "flag"}}})");
    auto node = Node::open(desk.data, {Access::write, Keep::facts});
    REQUIRE(node);
    ImportRequest request;
    request.paths = {desk.files + "/guards.json"};
    REQUIRE((*node)->import(request).accepted());
  }
  desk.start();
  CHECK(desk.send("S-10,HQ,7,0\r\nS-20,HQ,x,0\r\n").findings.size() == 1);
  REQUIRE(desk.writer->last_findings("stock").size() == 1);
  const auto told = desk.writer->last_findings("stock").front();
  desk.stop();
  desk.start();
  const auto again = desk.writer->last_findings("stock");
  REQUIRE(again.size() == 1);
  CHECK(again.front().guard == server::feed::GuardKind::refused_rows);
  CHECK(again.front().then == server::feed::GuardAction::flag);
  CHECK(again.front().records == 1);
  CHECK(again.front().detail == told.detail);
  CHECK(desk.writer->last_findings("conditions").empty());
  desk.send("S-10,HQ,7,0\r\n");
  CHECK(desk.writer->last_findings("stock").empty());
  desk.stop();
  desk.start();
  CHECK(desk.writer->last_findings("stock").empty());
}

TEST_CASE("writer: an import of files leaves what it found and what it turned away",
          "[server][node]") {
  Desk desk;
  const auto import = [&desk](const std::string& name, const std::string& text) {
    tests::write_file(desk.files + "/" + name, text);
    auto node = Node::open(desk.data, {Access::write, Keep::facts});
    REQUIRE(node);
    ImportRequest request;
    request.paths = {desk.files + "/" + name};
    return (*node)->import(request);
  };
  const std::string head{stock_head};
  import("guards.json",
         R"({"feed": "stock", "guards": {"refused_rows": {"percent": 10, "then": "flag"}}})");
  const auto flagged = import("stock.csv", head + "S-10,HQ,7,0\r\nS-20,HQ,x,0\r\n");
  CHECK(flagged.accepted());
  const auto refused = import("stock.csv", head + "S-20,HQ,x,0\r\n");
  CHECK_FALSE(refused.accepted());
  desk.start();
  CHECK(desk.writer->last_findings("stock").size() == 1);
  const auto error = desk.writer->last_error("stock");
  REQUIRE(error);
  CHECK(error->code == "refused_share");
  CHECK(error->detail == refused.faults.at(0).detail);
  CHECK_FALSE(desk.writer->last_error("conditions"));
}

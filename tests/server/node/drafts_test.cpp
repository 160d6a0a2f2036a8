// Drafts that have a time: published when it has come, by whoever writes then.
#include "server/node/clock.hpp"
#include "server/node/writer.hpp"

#include "tests/catch.hpp"
#include "tests/server/node/data_folder.hpp"

#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using server::node::DraftRequest;
using server::node::ImportRequest;
using server::node::Role;
using server::node::Writer;
using server::node::WriterEvent;
using server::node::WriterOptions;

struct DraftFolder : tests::DataFolder {
  void draft(const std::string& name, const std::string& rows) {
    ImportRequest request;
    request.files = {
        {"conditions.csv", "", "type,article,value,currency,key\r\n" + rows, "conditions"}};
    request.draft = DraftRequest{name, {}, "anna", ""};
    take(request);
  }
};

}  // namespace

TEST_CASE("drafts: those whose time has come are published in its order, others wait",
          "[server][node][drafts]") {
  DraftFolder company;
  company.draft("later", "base_price,S-20,3.00,EUR,B-3\r\n");
  company.draft("spring", "base_price,S-20,1.00,EUR,B-3\r\n");
  company.draft("summer", "base_price,S-20,2.00,EUR,B-3\r\n");
  REQUIRE(company.node->schedule_draft("later", "2999-01-01T00:00:00Z", "anna"));
  REQUIRE(company.node->schedule_draft("spring", "2020-06-01T00:00:00Z", "anna"));
  REQUIRE(company.node->schedule_draft("summer", "2020-03-01T00:00:00Z", "anna"));
  CHECK_FALSE(company.node->schedule_draft("winter", "2020-03-01T00:00:00Z", "anna"));
  const auto due = company.node->publish_due_drafts();
  REQUIRE(due);
  CHECK(due->published == std::vector<std::string>{"summer", "spring"});
  CHECK(due->failed.empty());
  CHECK(due->next == "2999-01-01T00:00:00Z");
  CHECK(company.node->sequence() == 3);
  CHECK(company.node->last_import().source ==
        "draft spring, published by anna for 2020-06-01T00:00:00Z");
  CHECK(company.node->snapshot()->generation() == 3);
  REQUIRE(company.node->schedule_draft("later", "", "anna"));
  CHECK(company.node->publish_due_drafts()->next.empty());
  REQUIRE(company.node->drafts()->size() == 1);
}

TEST_CASE("drafts: one that does not fit when its time comes stays, with why",
          "[server][node][drafts]") {
  DraftFolder company;
  company.draft("spring", "base_price,S-20,1.00,EUR,B-3\r\n");
  REQUIRE(company.node->schedule_draft("spring", "2020-06-01T00:00:00Z", "anna"));
  // B-3 stands for another article by then.
  ImportRequest other;
  other.files = {{"conditions.csv", "",
                  "type,customer,article,value,currency,key,op\r\n"
                  "base_price,,S-20,,,B-3,delete\r\n",
                  "conditions"}};
  REQUIRE(company.node->import(other).accepted());
  other.files = {{"conditions.csv", "",
                  "type,customer,article,value,currency,key\r\nbase_price,K1,S-20,1,EUR,B-3\r\n",
                  "conditions"}};
  REQUIRE(company.node->import(other).accepted());
  const auto due = company.node->publish_due_drafts();
  REQUIRE(due);
  CHECK(due->published.empty());
  REQUIRE(due->failed.size() == 1);
  CHECK(company.node->sequence() == 3);
  const auto drafts = company.node->drafts();
  REQUIRE(drafts->size() == 1);
  CHECK(drafts->front().publish_at.empty());
  CHECK(drafts->front().problem.find("2020-06-01T00:00:00Z") != std::string::npos);
  CHECK(company.node->publish_due_drafts()->failed.empty());  // not again by itself
}

TEST_CASE("drafts: a writer publishes what is due when it opens, and what falls due while it waits",
          "[server][node][drafts]") {
  DraftFolder company;
  company.draft("first", "base_price,S-20,1.00,EUR,B-3\r\n");
  company.draft("second", "base_price,S-20,2.00,EUR,B-3\r\n");
  REQUIRE(company.node->schedule_draft("first", "2020-06-01T00:00:00Z", "anna"));
  const auto soon = server::node::utc_text_before(-2s);
  REQUIRE(company.node->schedule_draft("second", soon, "anna"));
  company.node.reset();
  std::mutex mutex;
  std::vector<std::string> told;
  WriterOptions options;
  options.tell = [&](WriterEvent event, const std::string& text) {
    const std::lock_guard lock{mutex};
    if (event == WriterEvent::draft_published) told.push_back(text);
  };
  Writer writer{company.data, options};
  const std::jthread thread{[&](const std::stop_token& stop) { CHECK_FALSE(writer.run(stop)); }};
  for (int i = 0; i < 1'000 && writer.role() == Role::opening; ++i)
    std::this_thread::sleep_for(5ms);
  for (int i = 0; i < 2'000 && writer.feeds()->sequence < 3; ++i) std::this_thread::sleep_for(5ms);
  CHECK(writer.feeds()->sequence == 3);
  const std::lock_guard lock{mutex};
  CHECK(told == std::vector<std::string>{"draft first is live", "draft second is live"});
}

TEST_CASE("drafts: a time is UTC, to the second", "[server][node][drafts]") {
  CHECK(server::node::check_utc("2026-12-31T23:00:00Z"));
  CHECK(server::node::check_utc("2028-02-29T00:00:59Z"));
  for (const char* wrong : {"", "2026-12-31", "2026-12-31T23:00:00", "2027-02-29T00:00:00Z",
                            "2026-12-31T24:00:00Z", "2026-12-31T23:00:61Z", "2026-12-31 23:00:00Z"})
    CHECK_FALSE(server::node::check_utc(wrong));
}

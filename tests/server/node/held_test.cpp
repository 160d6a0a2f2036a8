// Batches that guards hold: nothing changes until somebody decides.
#include "server/node/node.hpp"

#include "tests/catch.hpp"
#include "tests/server/feed/feed_fixture.hpp"
#include "tests/server/node/data_folder.hpp"

#include <optional>

namespace {

using server::node::Decide;
using server::node::ImportOutcome;
using server::node::ImportRequest;
using server::node::Verdict;
using server::store::HeldState;

struct GuardedFolder : tests::DataFolder {
  GuardedFolder()
      : DataFolder{[](const std::string& at) {
          tests::write_file(at + "/guards.json",
                            R"({"feed": "conditions", "guards": {"zero_price": {"then": "hold"},
                                "price_jump": {"up": 100, "then": "flag"},
                                "refused_rows": {"percent": 40, "then": "hold"}}})");
        }} {}

  ImportOutcome send(const std::string& rows, const std::string& id = "",
                     std::optional<std::uint64_t> number = {}) {
    ImportRequest request;
    request.files = {
        {"conditions.csv", "", "type,article,value,currency,key\r\n" + rows, "conditions"}};
    request.delivery = {"conditions", id, number, 0};
    return node->import(request);
  }

  ImportOutcome decide(Decide what, std::uint64_t number) {
    ImportRequest request;
    request.decision = server::node::HeldDecision{what, number, "anna"};
    return node->import(request);
  }

  std::string known() {
    open();
    REQUIRE(node->facts() != nullptr);
    return tests::feed::dump(*node->facts());
  }
};

const std::string zero_row = "base_price,S-20,0,EUR,B-3\r\n";

}  // namespace

TEST_CASE("held: the batch waits with its content, live data is untouched",
          "[server][node][held]") {
  GuardedFolder company;
  const std::string before = company.known();
  const auto outcome = company.send(zero_row, "one");
  CHECK(outcome.verdict == Verdict::held);
  CHECK_FALSE(outcome.accepted());
  CHECK(outcome.faults.empty());
  CHECK(outcome.held == 1);
  CHECK(outcome.sequence == 0);
  REQUIRE(outcome.findings.size() == 1);
  CHECK(company.node->snapshot()->generation() == 1);
  CHECK(company.known() == before);
  const auto held = company.node->held(HeldState::held);
  REQUIRE(held);
  REQUIRE(held->size() == 1);
  CHECK(held->front().findings.front().guard == "zero_price");
  CHECK(held->front().delivery.batch_id == "one");
  const auto again = company.send(zero_row, "one");
  CHECK(again.verdict == Verdict::held);
  CHECK(again.held == 1);
  CHECK(company.send("base_price,S-20,0.00,EUR,B-3\r\n", "one").verdict == Verdict::other_content);
}

TEST_CASE("held: a release applies it to what is there then, as a batch of its own",
          "[server][node][held]") {
  GuardedFolder company;
  REQUIRE(company.send(zero_row, "one").held == 1);
  REQUIRE(company.send("base_price,S-20,9.90,EUR,B-3\r\n", "two").sequence == 2);
  company.open();  // it is as durable as any
  const auto released = company.decide(Decide::release, 1);
  REQUIRE(released.accepted());
  CHECK(released.sequence == 3);
  CHECK(company.node->snapshot()->generation() == 3);
  CHECK(company.node->last_import().source.ends_with("held as 1, released by anna"));
  REQUIRE(company.node->facts() != nullptr);
  const std::string live = tests::feed::dump(*company.node->facts());
  CHECK(company.known() == live);
  CHECK(company.node->held(HeldState::held)->empty());
  const auto released_ones = company.node->held(HeldState::released);
  REQUIRE(released_ones->size() == 1);
  CHECK(released_ones->front().sequence == 3);
  CHECK(released_ones->front().decided_by == "anna");
  CHECK(company.send(zero_row, "one").verdict == Verdict::repeated);
  CHECK_FALSE(company.decide(Decide::release, 1).accepted());
  CHECK_FALSE(company.decide(Decide::reject, 1).accepted());
  CHECK_FALSE(company.decide(Decide::release, 9).accepted());
}

TEST_CASE("held: what is rejected goes, and does not come again under its name",
          "[server][node][held]") {
  GuardedFolder company;
  const std::string before = company.known();
  REQUIRE(company.send(zero_row, "one", 1).held == 1);
  CHECK(company.send("base_price,S-20,9,EUR,B-3\r\n", "two", 1).verdict == Verdict::other_content);
  const auto rejected = company.decide(Decide::reject, 1);
  CHECK(rejected.accepted());
  CHECK(rejected.sequence == 0);
  CHECK(company.known() == before);
  CHECK(company.send(zero_row, "one", 1).verdict == Verdict::rejected);
  CHECK(company.send("base_price,S-20,9,EUR,B-3\r\n", "two", 1).sequence == 2);
  CHECK_FALSE(company.decide(Decide::release, 1).accepted());
}

TEST_CASE("held: a guard of refused rows takes the place of the tenth; refused rows wait, too",
          "[server][node][held]") {
  GuardedFolder company;
  const std::string rows = "base_price,S-20,9.7,EUR,B-3\r\nbase_price,S-10,4.9,EUR,B-1\r\n";
  const auto some = company.send(rows + "base_price,S-10,x,EUR,B-2\r\n");
  CHECK(some.sequence == 2);  // a third
  const auto many = company.send(rows + "base_price,S-10,x,EUR,B-2\r\nbase_price,Q,1,EUR,B-9\r\n");
  CHECK(many.verdict == Verdict::held);
  REQUIRE(company.decide(Decide::release, many.held).sequence == 3);
  CHECK(company.node->refused_rows(3)->rows.size() == 2);
  ImportRequest whole;
  whole.files = {{"conditions.csv", "", "type,article,value,currency\r\nbase_price,S-20,x,EUR\r\n",
                  "conditions"}};
  CHECK(company.node->import(whole).verdict == Verdict::refused_rows);  // none can be used
}

TEST_CASE("held: what a guard only tells goes in", "[server][node][held]") {
  GuardedFolder company;
  const auto outcome = company.send("base_price,S-20,99,EUR,B-3\r\n");
  CHECK(outcome.accepted());
  CHECK(outcome.sequence == 2);
  REQUIRE(outcome.findings.size() == 1);
  CHECK(describe(outcome.findings.front()) ==
        "conditions: price_jump (flag): 1 price jumps: conditions.csv, line 2: 9.8 to 99");
}

TEST_CASE("held: a whole-replace that is released replaces what is there then",
          "[server][node][held]") {
  GuardedFolder company;
  ImportRequest request;
  request.files = {
      {"conditions.csv", "", "type,article,value,currency,key\r\n" + zero_row, "conditions"}};
  request.replace = *server::feed::parse_partition("type:base_price");
  const auto outcome = company.node->import(request);
  REQUIRE(outcome.verdict == Verdict::held);
  CHECK(outcome.report.vanished == 3);
  REQUIRE(company.send("base_price,S-20,3,EUR,B-77\r\n").accepted());
  REQUIRE(company.decide(Decide::release, outcome.held).accepted());
  company.open();
  CHECK(company.node->facts()->record_count() == 1);
}

TEST_CASE("held: what is held is taken back, and the node keeps its facts",
          "[server][node][held]") {
  GuardedFolder company;
  const auto* const facts = company.node->facts();
  REQUIRE(facts != nullptr);
  const std::string before = tests::feed::dump(*facts);
  REQUIRE(company.send(zero_row, "one").held == 1);
  CHECK(company.node->facts() == facts);
  ImportRequest request;
  request.files = {
      {"stock.csv", "", "article,warehouse,on_hand\r\nS-20,HQ,3\r\nS-99,HQ,1\r\n", "stock"}};
  request.delivery.feed = "stock";
  request.refusing = server::node::Refusing::all_or_nothing;
  CHECK(company.node->import(request).verdict == Verdict::refused_rows);
  REQUIRE(company.node->facts() == facts);
  CHECK(tests::feed::dump(*facts) == before);
  CHECK(company.node->snapshot()->generation() == 1);
}

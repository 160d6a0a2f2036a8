// Records that rows take away, in a data folder: what comes back from the journal and from an image.
#include "engine/price/scratch.hpp"
#include "server/node/node.hpp"

#include "tests/catch.hpp"
#include "tests/server/feed/feed_fixture.hpp"
#include "tests/server/node/small_company.hpp"
#include "tests/server/store/temporary_folder.hpp"

#include <filesystem>

namespace {

using server::node::Access;
using server::node::ImageOptions;
using server::node::Keep;
using server::node::Node;

constexpr ImageOptions no_image{UINT64_MAX, UINT64_MAX};

struct RemovalFolder {
  tests::TemporaryFolder folder;
  std::string files = folder.path() + "/files";
  std::string data = folder.path() + "/data";

  RemovalFolder() {
    tests::write_small_company(files);
    REQUIRE(take({files}).accepted());
  }

  server::node::ImportOutcome take(std::vector<std::string> paths) const {
    auto node = Node::open(data, {Access::create, Keep::facts, no_image});
    REQUIRE(node);
    server::node::ImportRequest request;
    request.paths = std::move(paths);
    return (*node)->import(request);
  }

  server::node::ImportOutcome send(const std::string& name, const std::string& rows) const {
    tests::write_file(folder.path() + "/" + name, rows);
    return take({folder.path() + "/" + name});
  }

  std::string known() const {
    const auto node = Node::open(data, {Access::read, Keep::facts, no_image});
    REQUIRE(node);
    return tests::feed::dump(*(*node)->facts());
  }

  void image() const {
    auto node = Node::open(data, {Access::write, Keep::facts, no_image});
    REQUIRE(node);
    REQUIRE((*node)->write_image());
  }
};

}  // namespace

TEST_CASE("node: what rows took away is gone after a start from the journal and from an image",
          "[server][node]") {
  const RemovalFolder company;
  const auto outcome = company.send("conditions.csv",
                                    "op,type,article,customer,currency,key\r\n"
                                    "delete,base_price,,,,B-3\r\ndelete,base_price,,,,B-9\r\n");
  REQUIRE(outcome.accepted());
  CHECK(outcome.sequence == 2);
  CHECK(outcome.report.records_removed() == 1);
  CHECK(outcome.report.records_not_there() == 1);
  REQUIRE(company.send("stock.csv", "op,article,warehouse\r\ndelete,S-10,HQ\r\n").accepted());
  const std::string journalled = company.known();
  company.image();
  CHECK(company.known() == journalled);
  const auto node = Node::open(company.data, {Access::read, Keep::facts, no_image});
  REQUIRE(node);
  CHECK((*node)->facts()->stock().empty());
  CHECK((*node)->facts()->record_count() == 3);
  REQUIRE(company.send("conditions.csv", "op,type,key\r\ndelete,base_price,B-1\r\n").accepted());
  const auto after = Node::open(company.data, {Access::read, Keep::facts, no_image});
  REQUIRE(after);
  CHECK((*after)->facts()->record_count() == 2);
}

namespace {

server::node::ImportOutcome replace(const RemovalFolder& company, const std::string& name,
                                    const std::string& rows, const std::string& partition) {
  tests::write_file(company.folder.path() + "/" + name, rows);
  auto node = Node::open(company.data, {Access::write, Keep::facts, no_image});
  REQUIRE(node);
  server::node::ImportRequest request;
  request.paths = {company.folder.path() + "/" + name};
  request.replace = *server::feed::parse_partition(partition);
  auto outcome = (*node)->import(request);
  if (outcome.accepted()) {
    CHECK((*node)->snapshot()->generation() == outcome.sequence);
    REQUIRE((*node)->facts() != nullptr);
    CHECK(tests::feed::dump(*(*node)->facts()) == company.known());
  }
  return outcome;
}

}  // namespace

TEST_CASE("node: a whole-replace is in the journal, also where it brings nothing",
          "[server][node]") {
  const RemovalFolder company;
  const auto prices = replace(company, "conditions.csv",
                              "type,article,value,currency,key\r\nbase_price,S-20,9.9,EUR,B-3\r\n",
                              "type:base_price");
  REQUIRE(prices.accepted());
  CHECK(prices.report.vanished == 3);
  const auto stock = replace(company, "stock.csv", "article,warehouse,on_hand\r\n", "warehouse:HQ");
  REQUIRE(stock.accepted());
  CHECK(stock.report.vanished == 1);
  CHECK(stock.sequence == 3);
  const std::string journalled = company.known();
  company.image();
  CHECK(company.known() == journalled);
  const auto node = Node::open(company.data, {Access::read, Keep::facts, no_image});
  REQUIRE(node);
  CHECK((*node)->facts()->record_count() == 1);
  CHECK((*node)->facts()->stock().empty());
}

TEST_CASE("node: a whole-replace with a row that can't be used changes nothing", "[server][node]") {
  const RemovalFolder company;
  const std::string before = company.known();
  const auto outcome = replace(company, "conditions.csv",
                               "type,article,value,currency,key\r\nbase_price,S-20,9.9,EUR,B-3\r\n"
                               "base_price,S-10,4x,EUR,B-1\r\n",
                               "type:base_price");
  CHECK_FALSE(outcome.accepted());
  CHECK(outcome.verdict == server::node::Verdict::refused_rows);
  const auto undeclared =
      replace(company, "stock.csv", "article,warehouse,on_hand\r\n", "warehouse:X");
  CHECK_FALSE(undeclared.accepted());
  CHECK(company.known() == before);
}

// Batches that bring all of a partition: what they lack of it goes.
#include "server/feed/partition.hpp"

#include "server/feed/importer.hpp"

#include "tests/server/feed/feed_fixture.hpp"

using namespace tests::feed;
using server::feed::Kind;
using server::feed::parse_partition;
using server::feed::Partition;

namespace {

Import import_whole(Facts& facts, std::vector<FeedFile> files, const std::string& partition,
                    const std::vector<FeedDescription>& descriptions = {}) {
  auto parsed = parse_partition(partition);
  if (!parsed) FAIL(parsed.error().detail);
  server::feed::ImportOptions options;
  options.replace = *std::move(parsed);
  return server::feed::read_feed(facts, std::move(files), descriptions, options);
}

void put_partitioned(Facts& facts) {
  const Import read =
      import(facts, {file("currencies.csv", "code,decimals\nEUR,2\nUSD,2\n"),
                     file("articles.csv", "code\nA\nB\n"), file("customers.csv", "code\nC\n"),
                     file("price_lists.csv", "code,currency\nPL,EUR\nPM,EUR\n"),
                     file("promotions.csv", "code\nP\n"), file("warehouses.csv", "code\nV\nW\n"),
                     file("price_list_assignments.csv", "price_list,customer\nPL,C\nPM,C\n"),
                     file("exchange_rates.csv", "from,to,kind,rate\nUSD,EUR,M,0.9\nUSD,EUR,,0.8\n"),
                     file("conditions.csv",
                          "type,price_list,promotion,article,value,currency\n"
                          "price,PL,,A,10,\nprice,PL,,B,11,\nprice,PM,,A,12,\nprice,,,A,13,EUR\n"
                          "price,,P,A,14,EUR\nlist_price,PL,,A,15,\n"),
                     file("stock.csv", "article,warehouse,on_hand\nA,V,1\nA,W,2\nB,W,3\n"),
                     file("receipts.csv",
                          "article,warehouse,date,quantity\nA,W,2026-05-01,1\nB,,2026-05-01,2\n")});
  INFO(troubles(read));
  REQUIRE(read.report.rows_refused() == 0);
}

std::uint64_t vanished(const Import& read) {
  INFO(troubles(read));
  INFO((read.fault ? read.fault->detail : ""));
  REQUIRE(read.report.vanished);
  return *read.report.vanished;
}

std::string declaration_fault(const std::string& file_name, const std::string& rows,
                              const std::string& partition) {
  Facts facts = example_facts();
  put_partitioned(facts);
  const Import read = import_whole(facts, {file(file_name, rows)}, partition);
  CHECK_FALSE(read.report.vanished);
  return read.fault ? read.fault->where + ": " + read.fault->detail : "";
}

}  // namespace

TEST_CASE("partition: text and back", "[server][feed][importer]") {
  const auto read = parse_partition("records:conditions,type:PRICE,price_list:a\\,b\\\\c:d");
  REQUIRE(read);
  CHECK(read->kind == Kind::conditions);
  REQUIRE(read->values.size() == 2);
  CHECK(read->values[1].second == "a,b\\c:d");
  CHECK(*parse_partition(to_string(*read)) == *read);
  CHECK(*parse_partition("") == Partition{});
  for (const char* const bad : {"type", "type:", "type:A,", ",type:A", "type:A,type:B",
                                "records:nothing", "type,price_list:A"}) {
    INFO(bad);
    CHECK_FALSE(parse_partition(bad));
  }
}

TEST_CASE("partition: prices of one type in one list", "[server][feed][importer]") {
  Facts facts = example_facts();
  put_partitioned(facts);
  const Import read = import_whole(
      facts, {file("conditions.csv", "type,price_list,article,value\nprice,PL,B,11.5\n")},
      "type:price,price_list:PL");
  CHECK(vanished(read) == 1);
  CHECK(read.replaced->kind == Kind::conditions);
  facts.settle();
  CHECK(facts.record_count() == 5);
}

TEST_CASE("partition: a type as a whole, and a document of it", "[server][feed][importer]") {
  Facts facts = example_facts();
  put_partitioned(facts);
  const std::string head = "type,promotion,article,value,currency\n";
  CHECK(vanished(import_whole(facts, {file("conditions.csv", head + "price,P,B,9,EUR\n")},
                              "type:price,promotion:P")) == 1);
  CHECK(vanished(import_whole(facts, {file("conditions.csv", head + "price,,B,9,EUR\n")},
                              "type:price")) == 5);
  facts.settle();
  CHECK(facts.record_count() == 2);
  CHECK(vanished(import_whole(facts, {file("conditions.csv", head)}, "type:price")) == 1);
}

TEST_CASE("partition: stock, receipts, assignments and rates", "[server][feed][importer]") {
  Facts facts = example_facts();
  put_partitioned(facts);
  const FeedFile stock = file("stock.csv", "article,warehouse,on_hand\nB,W,4\n");
  CHECK(vanished(import_whole(facts, {stock}, "warehouse:W")) == 1);
  CHECK(facts.stock().size() == 2);
  CHECK(vanished(import_whole(facts, {stock}, "")) == 1);
  CHECK(facts.stock().size() == 1);
  const FeedFile receipts = file("receipts.csv", "article,warehouse,date,quantity\n");
  CHECK(vanished(import_whole(facts, {receipts}, "warehouse:W")) == 1);
  CHECK(vanished(import_whole(facts, {receipts}, "records:receipts")) == 1);
  const FeedFile assigned = file("price_list_assignments.csv", "price_list,customer\nPL,C\n");
  CHECK(vanished(import_whole(facts, {assigned}, "price_list:PL")) == 0);
  CHECK(vanished(import_whole(facts, {assigned}, "")) == 1);
  const FeedFile rates = file("exchange_rates.csv", "from,to,kind,rate\n");
  CHECK(vanished(import_whole(facts, {rates}, "kind:M")) == 1);
  CHECK(vanished(import_whole(facts, {rates}, "")) == 1);
  CHECK(facts.exchange_rates().empty());
}

TEST_CASE("partition: a row outside, or one that is broken, lets nothing vanish",
          "[server][feed][importer]") {
  Facts facts = example_facts();
  put_partitioned(facts);
  const Import outside = import_whole(
      facts,
      {file("conditions.csv", "type,price_list,article,value\nprice,PL,A,1\nprice,PM,A,2\n")},
      "type:price,price_list:PL");
  CHECK_FALSE(outside.report.vanished);
  REQUIRE(outside.report.rows_refused() == 1);
  CHECK(describe(outside.report.files.front().refused_rows.front()) ==
        "conditions.csv, line 3, column price_list, value 'PM': the row lies outside of what the "
        "batch replaces: there price_list is 'PL' (contradicting_values)");
  const Import broken = import_whole(
      facts, {file("conditions.csv", "type,price_list,article,value\nprice,PL,A,1x\n")},
      "type:price,price_list:PL");
  CHECK_FALSE(broken.report.vanished);
}

TEST_CASE("partition: what can't be declared", "[server][feed][importer]") {
  const std::string head = "type,article,value,currency\n";
  CHECK(declaration_fault("conditions.csv", head, "article:A") ==
        "partition: a partition of conditions names their type, such as type:PRICE");
  CHECK(declaration_fault("conditions.csv", head, "type:price,value:1")
            .starts_with("partition: 'value' declares no partition of conditions"));
  CHECK(declaration_fault("conditions.csv", head, "type:nonsense").starts_with("type: "));
  CHECK(declaration_fault("conditions.csv", head, "type:price,promotion:none")
            .starts_with("promotion: "));
  CHECK(declaration_fault("conditions.csv", head, "records:stock")
            .starts_with("partition: the partition must say of which records it is"));
  CHECK(declaration_fault("articles.csv", "code\nA\n", "")
            .starts_with("partition: this batch has no records that can be replaced"));
  CHECK(
      declaration_fault("stock.csv", "article,warehouse,on_hand\n", "article:A")
          .starts_with("partition: 'article' declares no partition of stock; it takes warehouse"));
  CHECK(declaration_fault("stock.csv", "article,warehouse,on_hand\n", "warehouse:X")
            .starts_with("warehouse: "));
}

// The real exports under docs/examples, read as they are.
#include "server/feed/canonical.hpp"

#include "tests/server/feed/feed_fixture.hpp"

using namespace tests::feed;

namespace {

std::vector<FeedDescription> descriptions_in(const std::string& folder) {
  auto read = server::feed::read_feed_descriptions(std::string{NETTO_SOURCE_DIR} + "/" + folder);
  if (!read) FAIL(read.error().where + ": " + read.error().detail);
  return *std::move(read);
}

std::vector<FeedFile> files_in(const std::string& folder) {
  auto files = server::feed::files_at(std::string{NETTO_SOURCE_DIR} + "/" + folder);
  REQUIRE(files);
  return *std::move(files);
}

const FileReport& report_of(const Import& import, std::string_view ending) {
  for (const FileReport& report : import.report.files) {
    if (report.file.ends_with(ending)) return report;
  }
  FAIL("no report on " << ending);
  return import.report.files.front();
}

std::uint64_t records(const Import& import, server::feed::Kind kind) {
  return import.report.records[static_cast<std::size_t>(kind)];
}

void check_replay(const Facts& facts, const Import& import) {
  Facts again = example_facts();
  const auto rows = server::feed::replay_batch(again, import.batch);
  if (!rows) FAIL(rows.error().where + ": " + rows.error().detail);
  std::uint64_t put = 0;
  for (const auto count : import.report.records) put += count;
  CHECK(*rows == put);
  CHECK(dump(again) == dump(facts));
}

}  // namespace

TEST_CASE("example feeds: AdventureWorks masters are read as the database exports them",
          "[server][feed]") {
  Facts facts = example_facts();
  auto files = files_in("docs/examples/adventureworks/masters");
  files.push_back(file_at("docs/examples/adventureworks/offer_exceptions.csv"));
  files.push_back(file_at("docs/examples/canonical/currencies.csv"));
  const Import read =
      import(facts, std::move(files), descriptions_in("docs/examples/adventureworks/feeds"));
  INFO(troubles(read));
  REQUIRE_FALSE(read.report.has_fault());
  CHECK(read.report.rows_refused() == 0);
  using server::feed::Kind;
  CHECK(records(read, Kind::article_groups) == 4 + 37 + 128);
  CHECK(records(read, Kind::articles) == 504);
  CHECK(records(read, Kind::customers) == 19'820);
  CHECK(records(read, Kind::customer_groups) == 2);
  CHECK(records(read, Kind::promotions) == 16);
  CHECK(records(read, Kind::warehouses) == 14);
  CHECK(records(read, Kind::stock) == 1'069);
  CHECK(records(read, Kind::receipts) == 24);
  const FileReport& offers = report_of(read, "SpecialOfferProduct.csv.xz");
  CHECK(offers.rows_read == 538);
  CHECK(offers.rows_set_aside == 12 + 2);  // all of offer 12, two articles of offer 16
  CHECK(offers.set_aside_reasons.size() == 3);
  CHECK(records(read, Kind::conditions) == 395 + offers.rows_accepted);
  CHECK(report_of(read, "CurrencyRate.csv.xz").use == server::feed::FileUse::not_read);
  CHECK(report_of(read, "SalesTerritory.csv.xz").use == server::feed::FileUse::look_up);
  for (const char* row : {"BK-M82B-42,\"Mountain-100 Black, 42\",S1;M19,100,discontinued\n",
                          "S1,C1,Mountain Bikes\n", "AW00000001,A Bike Store,reseller,US,USD\n",
                          "138,list_price,BK-M82B-42,3374.9900,USD,2022-05-30,2023-05-29\n",
                          "320,offer,Reseller,BK-M82B-42,2,2,11,14,2022-05-30,2025-05-29\n",
                          "486,offer,Reseller,BK-M82B-42,7,35,0,,2023-04-13,2023-05-29\n",
                          "BK-M82B-42,60,116\n", "PD-R853,2025-08-04,27,3795/8350\n"}) {
    INFO(row);
    CHECK(read.batch.find(row) != std::string::npos);
  }
  check_replay(facts, read);
}

TEST_CASE("example feeds: Federal Supply Schedule prices are read as published", "[server][feed]") {
  Facts facts = example_facts();
  const Import read =
      import(facts,
             {file_at("tests/replay/va_fss_sample.csv"), file_at("docs/examples/va-fss/groups.csv"),
              file_at("docs/examples/va-fss/customers.csv"),
              file_at("docs/examples/canonical/currencies.csv")},
             descriptions_in("docs/examples/va-fss/feeds"));
  INFO(troubles(read));
  REQUIRE_FALSE(read.report.has_fault());
  CHECK(read.report.rows_refused() == 0);
  CHECK(read.report.rows_set_aside() == 0);
  CHECK(report_of(read, "va_fss_sample.csv").rows_accepted == 600);
  CHECK(records(read, server::feed::Kind::conditions) == 600);
  CHECK(report_of(read, "groups.csv").feed == "customer_groups");
  check_replay(facts, read);
}

TEST_CASE("example feeds: the whole schedule, where it is at hand", "[server][feed]") {
  const std::string path =
      std::string{NETTO_SOURCE_DIR} + "/../shared/data/va-fss/vaFssPharmPrices_2025-02.csv.xz";
  if (!server::feed::files_at(path)) {
    WARN("skipped: the full price file is not here");
    return;
  }
  Facts facts = example_facts();
  const Import read = import(facts,
                             {FeedFile{"vaFssPharmPrices_2025-02.csv.xz", path, "", ""},
                              file_at("docs/examples/va-fss/groups.csv"),
                              file_at("docs/examples/canonical/currencies.csv")},
                             descriptions_in("docs/examples/va-fss/feeds"));
  INFO(troubles(read));
  REQUIRE_FALSE(read.report.has_fault());
  CHECK(report_of(read, "vaFssPharmPrices_2025-02.csv.xz").rows_accepted == 21'160);
  CHECK(records(read, server::feed::Kind::articles) == 15'507);
  CHECK(records(read, server::feed::Kind::agreements) == 656);
  CHECK(records(read, server::feed::Kind::conditions) == 21'160);
  check_replay(facts, read);
}

TEST_CASE("example feeds: the canonical example has a file of every kind and goes in whole",
          "[server][feed]") {
  Facts facts = example_facts();
  const Import read = import(facts, files_in("docs/examples/canonical"));
  INFO(troubles(read));
  REQUIRE_FALSE(read.report.has_fault());
  CHECK(read.report.rows_refused() == 0);
  CHECK(read.report.rows_set_aside() == 0);
  for (std::size_t kind = 0; kind < server::feed::kind_count; ++kind) {
    INFO(server::feed::kind_name(static_cast<server::feed::Kind>(kind)));
    CHECK(read.report.records[kind] > 0);
  }
  check_replay(facts, read);
}

TEST_CASE("example feeds: the files of the synthetic world are read by its descriptions",
          "[server][feed]") {
  Facts facts = example_facts();
  const Import read = import(
      facts,
      {file("product_group.csv", "id,band_profile\n1,3\n2,1\n"),
       file("sku.csv", "id,code,product_group_id,base_price\n1,SKU-0000001,2,12.3400\n"),
       file("customer.csv", "id,code\n1,C000001\n2,C000002\n"),
       file("customer_group_member.csv", "customer_id,group_id\n1,4\n1,2\n2,4\n"),
       file("price_list.csv",
            "id,owner_type,owner_id,priority,discountable,valid_from,valid_to\n"
            "1,G,4,20,0,2025-08-26,2026-02-21\n2,C,1,10,1,2026-02-14,2028-01-27\n"),
       file("price_list_row.csv", "list_id,sku_id,min_qty,price\n1,1,1,0.6700\n2,1,10,0.6400\n"),
       file("agreement.csv",
            "customer_id,sku_id,min_qty,price,discountable,valid_from,valid_to\n"
            "1,1,1,2.3200,1,2026-01-01,2026-12-31\n1,1,5,2.3000,0,2026-01-01,2026-12-31\n"),
       file(
           "disc_cust_pg.csv",
           "customer_id,product_group_id,bp,valid_from,valid_to\n1,2,1250,2026-01-01,2026-12-31\n"),
       file("disc_group_pg.csv",
            "group_id,product_group_id,bp,valid_from,valid_to\n4,1,26,2026-01-01,2026-12-31\n"),
       file("disc_group_sku.csv",
            "group_id,sku_id,bp,valid_from,valid_to\n2,1,1744,2026-01-01,2026-12-31\n"),
       file("stock.csv", "sku_id,warehouse,qty\n1,1,7\n1,3,0\n"),
       file("band.csv", "band_profile,min_qty,band\n1,0,NONE\n"),
       file("currencies.csv", "code,decimals\nEUR,2\n")},
      descriptions_in("docs/examples/world/feeds"));
  INFO(troubles(read));
  REQUIRE_FALSE(read.report.has_fault());
  CHECK(read.report.rows_refused() == 0);
  CHECK(records(read, server::feed::Kind::conditions) == 8);
  CHECK(records(read, server::feed::Kind::price_list_assignments) == 2);
  CHECK(records(read, server::feed::Kind::warehouses) == 2);
  CHECK(report_of(read, "band.csv").use == server::feed::FileUse::not_read);
  for (const char* row :
       {"2,customer_discount,1,2,12.5,2026-01-01,2026-12-31\n", "2,group_discount,4,1,0.26,",
        "2,group_discount,2,1,17.44,", "2,base_price,1,12.3400,EUR\n", "1,C000001,4;2,EUR\n",
        "1,SKU-0000001,2,1\n", "2026-12-31,-discountable\n"}) {
    INFO(row);
    CHECK(read.batch.find(row) != std::string::npos);
  }
  const auto& documents = facts.documents();
  REQUIRE(documents.size() == 2);
  CHECK(documents[0].refuses_discounts);
  CHECK_FALSE(documents[1].refuses_discounts);
  check_replay(facts, read);
}

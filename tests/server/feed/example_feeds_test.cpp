// The real exports under docs/examples, read as they are.
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
  CHECK(offers.rows_set_aside == offers.rows_read - offers.rows_accepted);
  CHECK(offers.set_aside_reasons.size() == 3);
  CHECK(records(read, Kind::conditions) == 395 + offers.rows_accepted);
  CHECK(report_of(read, "CurrencyRate.csv.xz").use == server::feed::FileUse::not_read);
  CHECK(report_of(read, "SalesTerritory.csv.xz").use == server::feed::FileUse::look_up);
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

TEST_CASE("example feeds: the canonical example goes in whole", "[server][feed]") {
  Facts facts = example_facts();
  const Import read = import(facts, files_in("docs/examples/canonical"));
  INFO(troubles(read));
  REQUIRE_FALSE(read.report.has_fault());
  CHECK(read.report.rows_refused() == 0);
  CHECK(read.report.rows_set_aside() == 0);
  check_replay(facts, read);
}

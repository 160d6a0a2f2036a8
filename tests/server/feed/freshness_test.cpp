#include "server/feed/freshness.hpp"

#include "tests/catch.hpp"

#include <string>
#include <vector>

using engine::snapshot::StaleBehaviour;
using server::feed::feed_stamps;
using server::feed::FeedDescription;
using server::feed::FeedMoment;
using server::feed::parse_feed_description;
using server::feed::utc_seconds_of;

namespace {

FeedDescription described(const std::string& json) {
  auto read = parse_feed_description(json);
  if (!read) FAIL(read.error().where + ": " + read.error().detail);
  return *std::move(read);
}

std::string with_records(const std::string& freshness, const std::string& kind = "stock") {
  return R"({"feed":"erp","files":"*.csv","freshness":)" + freshness + R"(,"records":[{"kind":")" +
         kind + R"(","fields":{"article":"A"}}]})";
}

}  // namespace

TEST_CASE("freshness: a description says how old its feed may grow", "[server]") {
  const auto rule =
      *described(with_records(R"({"limit":"26h","behaviour":"refuse","not_ready_after":"2d"})"))
           .freshness;
  CHECK(rule.limit == 26 * 3'600);
  CHECK(rule.behaviour == StaleBehaviour::refuse);
  CHECK(rule.not_ready_after == 2 * 86'400);
  const auto plain = *described(with_records(R"({"limit":"90s"})")).freshness;
  CHECK(plain.limit == 90);
  CHECK(plain.behaviour == StaleBehaviour::flag);
  CHECK_FALSE(plain.not_ready_after);
}

TEST_CASE("freshness: what is no time, or makes no sense, is refused with its place", "[server]") {
  const auto [freshness, where] = GENERATE(table<std::string, std::string>({
      {R"({"limit":"26"})", "/freshness/limit"},
      {R"({"limit":"h"})", "/freshness/limit"},
      {R"({"limit":""})", "/freshness/limit"},
      {R"({"limit":"0s"})", "/freshness/limit"},
      {R"({"limit":"-1h"})", "/freshness/limit"},
      {R"({"limit":"1.5h"})", "/freshness/limit"},
      {R"({"limit":"3651d"})", "/freshness/limit"},
      {R"({"limit":"99999999999999999999d"})", "/freshness/limit"},
      {R"({"limit":26})", "/freshness/limit"},
      {R"({})", "/freshness"},
      {R"({"limit":"1h","behaviour":"panic"})", "/freshness/behaviour"},
      {R"({"limit":"1h","until":"2h"})", "/freshness/until"},
      {R"({"limit":"2h","not_ready_after":"1h"})", "/freshness/not_ready_after"},
  }));
  INFO(freshness);
  const auto read = parse_feed_description(with_records(freshness));
  REQUIRE_FALSE(read);
  CHECK(read.error().where == where);
}

TEST_CASE("freshness: a canonical feed has a rule by its name alone", "[server]") {
  const auto stock = described(R"({"feed":"stock","freshness":{"limit":"2h"}})");
  CHECK(stock.is_canonical());
  CHECK_FALSE(stock.reads("stock.csv"));
  CHECK(stock.freshness->limit == 7'200);
  const auto unknown = parse_feed_description(R"({"feed":"stok","freshness":{"limit":"2h"}})");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().detail.find("'stok' is no canonical feed") != std::string::npos);
  CHECK_FALSE(parse_feed_description(
      R"({"feed":"stock","freshness":{"limit":"2h"},"format":{"separator":";"}})"));
  CHECK_FALSE(parse_feed_description(R"({"feed":"stock"})"));
}

TEST_CASE("freshness: stamps join what came with what is wanted", "[server]") {
  const std::vector<FeedMoment> moments{
      {"stock", 50}, {"conditions", 10}, {"stock", 40}, {"erp", 20}, {"gone", 5}};
  const std::vector<FeedDescription> descriptions{
      described(with_records(R"({"limit":"1h","behaviour":"price_on_request"})")),
      described(R"({"feed":"stock","freshness":{"limit":"2h","not_ready_after":"3h"}})"),
      described(R"({"feed":"receipts","freshness":{"limit":"4h","behaviour":"serve"}})")};
  const auto stamps = feed_stamps(moments, descriptions);
  REQUIRE(stamps.size() == 5);
  CHECK(stamps[0].feed == "conditions");
  CHECK(stamps[0].accepted_at == 10);
  CHECK_FALSE(stamps[0].limit);
  CHECK(stamps[0].bears_on_prices);
  CHECK_FALSE(stamps[0].bears_on_stock);
  CHECK(stamps[1].feed == "erp");
  CHECK(stamps[1].limit == 3'600);
  CHECK(stamps[1].behaviour == StaleBehaviour::price_on_request);
  CHECK(stamps[1].bears_on_stock);
  CHECK_FALSE(stamps[1].bears_on_prices);
  CHECK(stamps[2].feed == "gone");
  CHECK(stamps[2].bears_on_prices);
  CHECK(stamps[3].feed == "receipts");
  CHECK_FALSE(stamps[3].accepted_at);
  CHECK(stamps[4].accepted_at == 50);
  CHECK(stamps[4].not_ready_after == 3 * 3'600);
}

TEST_CASE("freshness: a moment of the journal as seconds", "[server]") {
  CHECK(utc_seconds_of("1970-01-01T00:00:00Z") == 0);
  CHECK(utc_seconds_of("2026-03-01T02:00:00Z") == 1'772'330'400);
  for (const auto* odd : {"", "2026-03-01", "2026-13-01T02:00:00Z", "2026-02-30T02:00:00Z",
                          "2026-03-01 02:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T-2:00:00Z"}) {
    INFO(odd);
    CHECK_FALSE(utc_seconds_of(odd));
  }
}

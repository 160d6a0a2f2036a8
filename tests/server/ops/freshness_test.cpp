#include "server/ops/freshness.hpp"

#include "rules/json_tree.hpp"

#include "tests/catch.hpp"

#include <vector>

using engine::snapshot::FeedStamp;
using engine::snapshot::StaleBehaviour;
using server::ops::freshness_of;
using server::ops::RestsOn;

namespace {

constexpr std::int64_t now = 1'000'000;

FeedStamp stamp(const char* feed, std::int64_t age, std::int64_t limit, StaleBehaviour behaviour,
                bool on_prices, bool on_stock) {
  return {feed, now - age, limit, std::nullopt, behaviour, on_prices, on_stock};
}

}  // namespace

TEST_CASE("freshness: nothing is told where there is no feed", "[server]") {
  const auto fresh = freshness_of({}, RestsOn::prices_and_stock, now);
  CHECK(fresh.json.empty());
  CHECK(fresh.header.empty());
  CHECK_FALSE(fresh.is_stale);
}

TEST_CASE("freshness: ages are those of the feeds that the answer rests on", "[server]") {
  const std::vector<FeedStamp> stamps{
      stamp("conditions", 120, 3'600, StaleBehaviour::flag, true, false),
      stamp("stock", 93'000, 86'400, StaleBehaviour::serve, false, true),
      {"texts", std::nullopt, std::nullopt, std::nullopt, StaleBehaviour::serve, true, false}};
  const auto all = freshness_of(stamps, RestsOn::prices_and_stock, now);
  CHECK(all.json == R"([{"feed":"conditions","age":120,"fresh":true,"behaviour":"flag"},)"
                    R"({"feed":"stock","age":93000,"fresh":false,"behaviour":"serve"},)"
                    R"({"feed":"texts","age":null,"fresh":true}])");
  REQUIRE(rules::parse_json(all.json));
  CHECK(all.header == R"("conditions";age=120, "stock";age=93000;stale, "texts")");
  CHECK(all.is_stale);
  CHECK_FALSE(all.is_flagged);
  const auto prices = freshness_of(stamps, RestsOn::prices, now);
  CHECK_FALSE(prices.is_stale);
  CHECK(prices.json.find("stock") == std::string::npos);
  CHECK(freshness_of(stamps, RestsOn::stock, now).header == R"("stock";age=93000;stale)");
}

TEST_CASE("freshness: the limit itself is still fresh, and a clock that went back is no age",
          "[server]") {
  const auto at_limit = stamp("a", 60, 60, StaleBehaviour::flag, true, false);
  CHECK_FALSE(server::ops::is_stale(at_limit, now));
  CHECK(server::ops::is_stale(at_limit, now + 1));
  CHECK(server::ops::age_of(at_limit, now - 1'000) == 0U);
}

TEST_CASE("freshness: a feed that has a limit and never came is too old", "[server]") {
  const std::vector<FeedStamp> stamps{
      {"stock", std::nullopt, 60, 120, StaleBehaviour::refuse, false, true}};
  const auto fresh = freshness_of(stamps, RestsOn::stock, now);
  CHECK(fresh.refused == "The feed 'stock' has not brought anything yet; its limit is 60 s.");
  CHECK(server::ops::too_stale_for_traffic(stamps, now) ==
        "The feed 'stock' has not brought anything yet; its limit is 120 s.");
}

TEST_CASE("freshness: each behaviour does its own", "[server]") {
  const auto of = [](StaleBehaviour behaviour, bool on_prices, bool on_stock, RestsOn rests) {
    const std::vector<FeedStamp> stamps{stamp("f", 61, 60, behaviour, on_prices, on_stock)};
    return freshness_of(stamps, rests, now);
  };
  CHECK(of(StaleBehaviour::flag, true, false, RestsOn::prices).is_flagged);
  const auto prices = of(StaleBehaviour::price_on_request, true, false, RestsOn::prices_and_stock);
  CHECK(prices.price_on_request);
  CHECK_FALSE(prices.stock_unknown);
  const auto stock = of(StaleBehaviour::price_on_request, false, true, RestsOn::prices_and_stock);
  CHECK_FALSE(stock.price_on_request);
  CHECK(stock.stock_unknown);
  CHECK(of(StaleBehaviour::refuse, true, false, RestsOn::prices).refused ==
        "The feed 'f' last brought something 61 s ago; its limit is 60 s.");
  CHECK(of(StaleBehaviour::refuse, true, false, RestsOn::stock).refused.empty());
}

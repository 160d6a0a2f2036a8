// Feeds that stop: what answers say of it as time goes on, by a clock that the test turns.
#include "rules/json_tree.hpp"
#include "server/http/api.hpp"

#include "tests/catch.hpp"
#include "tests/server/shop_fixture.hpp"

#include <string>
#include <vector>

using engine::snapshot::FeedStamp;
using engine::snapshot::StaleBehaviour;
using rules::Json;
using server::http::Request;
using server::http::Response;
using server::http::Service;
using server::http::Worker;

namespace {

constexpr std::int64_t start = 1'769'900'000;
constexpr std::int64_t hour = 3'600;

// The small shop, whose conditions and stock came at `start`.
struct StampedShop {
  engine::snapshot::SnapshotCell cell;
  std::int64_t now = start;
  Service service{cell, [] { return *engine::base::civil(2026, 2, 1); },
                  [] { return server::ops::Readiness{}; }, [this] { return now; }};
  Worker worker{service};
  Response response;

  explicit StampedShop(std::vector<FeedStamp> stamps) {
    cell.publish(tests::small_shop(7, std::move(stamps)));
  }

  Json ask(std::string_view method, std::string_view target, std::string_view body = "") {
    Request request;
    request.method = method;
    request.target = target;
    request.body = body;
    worker.handle(request, response);
    auto read = rules::parse_json(response.body);
    if (!read) FAIL(response.body);
    return *std::move(read);
  }

  Json quote() {
    return ask("POST", "/v1/quote",
               R"({"customer":"C1","channel":"web","lines":[{"article":"A1","quantity":12},)"
               R"({"article":"X"}]})");
  }

  Json price() { return ask("GET", "/v1/customers/C1/prices/A1?channel=web"); }
};

FeedStamp conditions(StaleBehaviour behaviour) {
  return {"conditions", start, 26 * hour, std::nullopt, behaviour, true, false};
}

FeedStamp stock(StaleBehaviour behaviour) {
  return {"stock", start, 2 * hour, 8 * hour, behaviour, false, true};
}

std::string outcome(const Json& quote, std::size_t line) {
  return quote.find("lines")->items()[line].find("outcome")->text();
}

}  // namespace

TEST_CASE("freshness: a quote tells the age of its feeds, second by second", "[server]") {
  StampedShop shop{{conditions(StaleBehaviour::flag), stock(StaleBehaviour::flag)}};
  const auto age = [&](std::size_t feed) {
    return shop.quote().find("freshness")->items()[feed].find("age")->text();
  };
  CHECK(age(0) == "0");
  shop.now += 61;
  CHECK(age(0) == "61");
  CHECK(age(1) == "61");
  CHECK(shop.quote().find("notices") == nullptr);
  shop.now = start + 2 * hour + 1;
  const auto quote = shop.quote();
  CHECK(quote.find("notices")->items()[0].text() == "stale_feed");
  CHECK(quote.find("freshness")->items()[0].find("fresh")->boolean());
  CHECK_FALSE(quote.find("freshness")->items()[1].find("fresh")->boolean());
  CHECK(outcome(quote, 0) == "priced");
  // A new batch, and all is well again.
  auto fresh = stock(StaleBehaviour::flag);
  fresh.accepted_at = shop.now;
  shop.cell.publish(tests::small_shop(8, {conditions(StaleBehaviour::flag), fresh}));
  CHECK(shop.quote().find("notices") == nullptr);
}

TEST_CASE("freshness: without feeds nothing is told", "[server]") {
  StampedShop shop{{}};
  CHECK(shop.quote().find("freshness") == nullptr);
  shop.price();
  CHECK(shop.response.freshness.empty());
}

TEST_CASE("freshness: prices on request once the conditions are too old", "[server]") {
  StampedShop shop{{conditions(StaleBehaviour::price_on_request)}};
  CHECK(outcome(shop.quote(), 0) == "priced");
  shop.now += 26 * hour + 1;
  const auto quote = shop.quote();
  REQUIRE(shop.response.status == 200);
  CHECK(outcome(quote, 0) == "price_on_request");
  CHECK(outcome(quote, 1) == "unknown_article");
  CHECK(quote.find("lines")->items()[0].find("unit_price") == nullptr);
  CHECK(quote.find("lines")->items()[0].find("availability") != nullptr);
  CHECK(quote.find("totals")->find("line_amount")->text() == "0.00");
  const auto explained =
      shop.ask("POST", "/v1/quote",
               R"({"customer":"C1","explain":true,"ladder":true,"lines":[{"article":"A1"}]})");
  CHECK(outcome(explained, 0) == "price_on_request");
}

TEST_CASE("freshness: bands are unknown once the stock is too old", "[server]") {
  StampedShop shop{{conditions(StaleBehaviour::flag), stock(StaleBehaviour::price_on_request)}};
  shop.now += 2 * hour + 1;
  const auto quote = shop.quote();
  CHECK(outcome(quote, 0) == "priced");
  CHECK(quote.find("lines")->items()[0].find("availability")->find("band")->text() == "unknown");
  const auto list = shop.ask("POST", "/v1/availability", R"({"articles":[{"article":"A1"}]})");
  const auto& article = list.find("articles")->items()[0];
  CHECK(article.find("outcome")->text() == "too_old");
  CHECK(article.find("availability")->find("band")->text() == "unknown");
  CHECK(list.find("freshness")->items().size() == 1);
  const auto one = shop.ask("GET", "/v1/availability/A1");
  CHECK(one.find("outcome")->text() == "too_old");
  CHECK(one.find("freshness")->items()[0].find("feed")->text() == "stock");
}

TEST_CASE("freshness: a feed may refuse, and only what rests on it", "[server]") {
  StampedShop shop{{conditions(StaleBehaviour::flag), stock(StaleBehaviour::refuse)}};
  shop.now += 2 * hour + 1;
  const auto refused = shop.quote();
  CHECK(shop.response.status == 503);
  CHECK(shop.response.retry_after);
  CHECK(refused.find("code")->text() == "stale_feed");
  CHECK(refused.find("detail")->text().find("'stock'") != std::string::npos);
  const auto prices = shop.ask(
      "POST", "/v1/quote", R"({"customer":"C1","availability":false,"lines":[{"article":"A1"}]})");
  CHECK(shop.response.status == 200);
  CHECK(prices.find("freshness")->items().size() == 1);
}

TEST_CASE("freshness: a price's tag does not change with its age, but with what it says",
          "[server]") {
  StampedShop shop{{conditions(StaleBehaviour::price_on_request)}};
  shop.price();
  const auto tag = shop.response.etag;
  CHECK(shop.response.freshness == R"("conditions";age=0)");
  CHECK(shop.response.body.find("age") == std::string::npos);
  shop.now += 100;
  shop.price();
  CHECK(shop.response.etag == tag);
  CHECK(shop.response.freshness == R"("conditions";age=100)");
  shop.now += 26 * hour;
  shop.price();
  CHECK(shop.response.etag != tag);
  CHECK(shop.response.freshness == R"("conditions";age=93700;stale)");
}

TEST_CASE("freshness: a limit may take the node out of traffic, and it says so", "[server]") {
  StampedShop shop{{conditions(StaleBehaviour::flag), stock(StaleBehaviour::flag)}};
  shop.now += 8 * hour;
  shop.ask("GET", "/readyz");
  CHECK(shop.response.status == 200);
  ++shop.now;
  const auto stale = shop.ask("GET", "/readyz");
  CHECK(shop.response.status == 503);
  CHECK(stale.find("state")->text() == "stale");
  CHECK(stale.find("detail")->text().find("'stock'") != std::string::npos);
  // It answers all the same who asks.
  shop.quote();
  CHECK(shop.response.status == 200);
  shop.ask("GET", "/healthz");
  CHECK(shop.response.status == 200);
}

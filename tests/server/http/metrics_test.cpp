// What /metrics tells, read back by a small reader of the text format and held against the requests
// that were made.
#include "server/http/api.hpp"
#include "server/http/metrics_sources.hpp"
#include "server/http/server.hpp"

#include "tests/catch.hpp"
#include "tests/server/shop_fixture.hpp"

#include <cmath>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

using server::http::Request;
using server::http::Response;
using server::http::Service;
using server::http::Worker;
using server::ops::Metrics;

namespace {

bool is_name(const std::string& text) {
  return !text.empty() &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

// Samples by name with labels as they stand; types by family.
struct Exposition {
  std::map<std::string, double> samples;
  std::map<std::string, std::string> types;

  explicit Exposition(const std::string& text) {
    REQUIRE(text.ends_with('\n'));
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) read(line);
  }

  double at(const std::string& sample) const {
    const auto found = samples.find(sample);
    INFO(sample);
    REQUIRE(found != samples.end());
    return found->second;
  }

 private:
  void read(const std::string& line) {
    INFO(line);
    if (line.starts_with("# TYPE ")) {
      const auto space = line.find(' ', 7);
      const auto name = line.substr(7, space - 7);
      CHECK(is_name(name));
      CHECK(types.emplace(name, line.substr(space + 1)).second);
    } else if (!line.starts_with("# HELP ")) {
      const auto space = line.rfind(' ');
      REQUIRE(space != std::string::npos);
      CHECK(is_name(line.substr(0, line.find_first_of("{ "))));
      std::size_t used = 0;
      const auto number = line.substr(space + 1);
      const double value = std::stod(number, &used);
      CHECK(used == number.size());
      CHECK(samples.emplace(line.substr(0, space), value).second);
    }
  }
};

struct CountedShop {
  engine::snapshot::SnapshotCell cell;
  Metrics metrics;
  Service service{cell, [] { return *engine::base::civil(2026, 2, 1); },
                  [] { return server::ops::Readiness{}; }, [] { return std::int64_t{5'000}; },
                  &metrics};
  Response response;

  CountedShop() {
    cell.publish(tests::small_shop(7, {{"conditions", 4'000, 3'600, std::nullopt,
                                        engine::snapshot::StaleBehaviour::flag, true, false},
                                       {"stock", 1'000, 3'600, std::nullopt,
                                        engine::snapshot::StaleBehaviour::flag, false, true}}));
    server::http::watch_service(service, metrics);
  }

  void ask(Worker& worker, std::string_view method, std::string_view target,
           std::string_view body = "") {
    Request request;
    request.method = method;
    request.target = target;
    request.body = body;
    worker.handle(request, response);
  }

  Exposition scrape() {
    Worker worker{service};
    ask(worker, "GET", "/metrics");
    CHECK(response.status == 200);
    CHECK(response.content_type == "text/plain; version=0.0.4; charset=utf-8");
    return Exposition{response.body};
  }
};

std::string requests(const std::string& method, const std::string& route, int status) {
  return "netto_http_requests_total{method=\"" + method + "\",route=\"" + route + "\",status=\"" +
         std::to_string(status) + "\"}";
}

}  // namespace

TEST_CASE("metrics: requests and lines are counted as they were made", "[server]") {
  CountedShop shop;
  {
    Worker worker{shop.service};
    for (int i = 0; i < 3; ++i) {
      shop.ask(worker, "POST", "/v1/quote",
               R"({"customer":"C1","channel":"web","lines":[{"article":"A1"},{"article":"A2"},)"
               R"({"article":"X"},{"article":"A6"}]})");
    }
    shop.ask(worker, "POST", "/v1/quote", "no JSON");
    shop.ask(worker, "GET", "/v1/customers/C1/prices/A1?channel=web");
    shop.ask(worker, "GET", "/nowhere/C1");
    shop.ask(worker, "DELETE", "/v1/quote");
  }
  // What a worker that has gone counted is still there, and another adds to it.
  Worker other{shop.service};
  shop.ask(other, "GET", "/healthz");
  shop.ask(other, "GET", "/v1/customers/C1/prices/X");
  const auto told = shop.scrape();
  const std::string price = "/v1/customers/{customer}/prices/{article}";
  CHECK(told.at(requests("POST", "/v1/quote", 200)) == 3);
  CHECK(told.at(requests("POST", "/v1/quote", 400)) == 1);
  CHECK(told.at(requests("GET", price, 200)) == 1);
  CHECK(told.at(requests("GET", price, 404)) == 1);
  CHECK(told.at(requests("GET", "/healthz", 200)) == 1);
  CHECK(told.at(requests("other", "other", 404)) == 1);
  CHECK(told.at(requests("other", "other", 405)) == 1);
  CHECK(told.at("netto_lines_total{outcome=\"priced\"}") == 7);
  CHECK(told.at("netto_lines_total{outcome=\"unknown_article\"}") == 4);
  CHECK(told.at("netto_lines_total{outcome=\"price_on_request\"}") == 3);
  CHECK(told.at("netto_http_requests_in_flight") == 1);
  CHECK(shop.scrape().at(requests("GET", "/metrics", 200)) == 1);
}

TEST_CASE("metrics: histograms are whole", "[server]") {
  CountedShop shop;
  Worker worker{shop.service};
  for (int i = 0; i < 50; ++i) shop.ask(worker, "GET", "/healthz");
  const auto told = shop.scrape();
  const std::string name = "netto_http_request_duration_seconds";
  const std::string labels = "{method=\"GET\",route=\"/healthz\"";
  CHECK(told.types.at(name) == "histogram");
  CHECK(told.at(name + "_count" + labels + "}") == 50);
  CHECK(told.at(name + "_sum" + labels + "}") > 0);
  double last = 0;
  std::size_t buckets = 0;
  for (const std::string bound :
       {"1e-05", "2e-05", "5e-05", "0.0001", "0.0002", "0.0005", "0.001", "0.002", "0.005", "0.01",
        "0.02", "0.05", "0.1", "0.2", "0.5", "1", "+Inf"}) {
    for (const auto& [sample, value] : told.samples) {
      if (!sample.starts_with(name + "_bucket" + labels)) continue;
      const auto at = sample.find("le=\"") + 4;
      const auto shown = sample.substr(at, sample.size() - at - 2);
      const bool same =
          bound == "+Inf"
              ? shown == bound
              : shown != "+Inf" && std::abs(std::stod(shown) / std::stod(bound) - 1) < 1e-9;
      if (!same) continue;
      CHECK(value >= last);
      last = value;
      ++buckets;
    }
  }
  CHECK(buckets == 17);
  CHECK(last == 50);
}

TEST_CASE("metrics: a time falls into the bucket of the bound it does not exceed", "[server]") {
  server::ops::Times times;
  using std::chrono::microseconds;
  for (const auto time : {microseconds{0}, microseconds{10}, microseconds{11},
                          microseconds{1'000'000}, microseconds{1'000'001}})
    times.add(time);
  times.add(std::chrono::nanoseconds{10'001});
  CHECK(times.below[0].value() == 2);
  CHECK(times.below[1].value() == 2);
  CHECK(times.below[15].value() == 1);
  CHECK(times.below[16].value() == 1);
}

TEST_CASE("metrics: the data, its feeds and the process are told of", "[server]") {
  CountedShop shop;
  Worker worker{shop.service};
  shop.ask(worker, "GET", "/v1/availability/A1");
  shop.metrics.count_batch("conditions", server::ops::BatchResult::accepted, 90, 10);
  shop.metrics.count_batch("conditions", server::ops::BatchResult::refused, 0, 50);
  shop.metrics.count_batch("odd\"feed\\\n", server::ops::BatchResult::held, 0, 0);
  shop.metrics.count_publish(std::chrono::milliseconds{3});
  shop.metrics.count_append(std::chrono::milliseconds{7});
  shop.metrics.count_image(true);
  const auto told = shop.scrape();
  CHECK(told.at("netto_snapshot_generation") == 7);
  CHECK(told.at("netto_snapshot_articles") == 6);
  CHECK(told.at("netto_snapshot_customers") == 2);
  CHECK(told.at("netto_snapshot_records") > 0);
  CHECK(told.at("netto_publishes_total") == 1);
  CHECK(told.at("netto_ready") == 1);
  CHECK(told.at("netto_stale_answers_total") == 1);
  CHECK(told.at("netto_feed_age_seconds{feed=\"conditions\"}") == 1'000);
  CHECK(told.at("netto_feed_fresh{feed=\"conditions\"}") == 1);
  CHECK(told.at("netto_feed_fresh{feed=\"stock\"}") == 0);
  CHECK(told.at("netto_feed_limit_seconds{feed=\"stock\"}") == 3'600);
  CHECK(told.at("netto_feed_batches_total{feed=\"conditions\",result=\"accepted\"}") == 1);
  CHECK(told.at("netto_feed_batches_total{feed=\"conditions\",result=\"refused\"}") == 1);
  CHECK(told.at("netto_feed_rows_total{feed=\"conditions\",result=\"accepted\"}") == 90);
  CHECK(told.at("netto_feed_rows_total{feed=\"conditions\",result=\"refused\"}") == 60);
  CHECK(told.at(R"(netto_feed_batches_total{feed="odd\"feed\\\n",result="held"})") == 1);
  CHECK(told.at("netto_publish_duration_seconds_count") == 1);
  CHECK(told.at("netto_journal_append_duration_seconds_sum") == Approx(0.007));
  CHECK(told.at("netto_images_total{result=\"written\"}") == 1);
  CHECK(told.at("process_resident_memory_bytes") > 1e6);
  CHECK(told.at("process_open_fds") > 2);
  CHECK(told.at("process_start_time_seconds") > 1.7e9);
}

TEST_CASE("metrics: names follow the conventions", "[server]") {
  CountedShop shop;
  const auto told = shop.scrape();
  for (const auto& [name, type] : told.types) {
    INFO(name << " is a " << type);
    CHECK((name.starts_with("netto_") || name.starts_with("process_")));
    CHECK((type == "counter") == name.ends_with("_total"));
    if (type == "histogram") CHECK(name.ends_with("_seconds"));
  }
}

TEST_CASE("metrics: scraping beside workers is safe, and counters never go back", "[server]") {
  CountedShop shop;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&shop] {
      Worker worker{shop.service};
      Response response;
      Request request;
      request.method = "GET";
      request.target = "/v1/customers/C1/prices/A1?channel=web";
      for (int n = 0; n < 300; ++n) worker.handle(request, response);
    });
  }
  double last = 0;
  const std::string counted = requests("GET", "/v1/customers/{customer}/prices/{article}", 200);
  for (int i = 0; i < 20; ++i) {
    const Exposition told{shop.metrics.text()};
    const auto found = told.samples.find(counted);
    const double now = found == told.samples.end() ? 0 : found->second;
    CHECK(now >= last);
    last = now;
  }
  threads.clear();
  CHECK(Exposition{shop.metrics.text()}.at(counted) == 900);
}

TEST_CASE("metrics: where nothing is counted, /metrics says so", "[server]") {
  engine::snapshot::SnapshotCell cell;
  const Service service{cell, [] { return *engine::base::civil(2026, 2, 1); },
                        [] { return server::ops::Readiness{}; }};
  Worker worker{service};
  Response response;
  Request request;
  request.method = "GET";
  request.target = "/metrics";
  worker.handle(request, response);
  CHECK(response.status == 404);
}

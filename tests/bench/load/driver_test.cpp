// The driver against a server in this process whose handler does as the test says.
#include "bench/load/driver.hpp"

#include "server/http/server.hpp"

#include "bench/load/plot.hpp"
#include "bench/load/report.hpp"
#include "tests/catch.hpp"

#include <atomic>
#include <thread>

using bench::load::Driver;
using bench::load::Load;
using bench::load::RequestSet;
using namespace std::chrono_literals;

namespace {

struct Behaviour {
  std::atomic<int> stall_at{-1};  // the answer that takes stall_time
  std::chrono::milliseconds stall_time{0};
  std::atomic<int> answers{0};
  int status = 200;
};

class TestHandler final : public server::http::Handler {
 public:
  explicit TestHandler(Behaviour& behaviour) : behaviour_{behaviour} {}

  void handle(const server::http::Request& request, server::http::Response& response) override {
    if (behaviour_.answers++ == behaviour_.stall_at)
      std::this_thread::sleep_for(behaviour_.stall_time);
    response.clear();
    response.status = behaviour_.status;
    response.body = request.method == "POST" ? std::string(100'000, 'x') : "{}";
  }

 private:
  Behaviour& behaviour_;
};

class TestServer {
 public:
  explicit TestServer(Behaviour& behaviour) {
    server::http::ServerOptions options;
    options.port = 0;
    options.workers = 1;
    auto opened = server::http::Server::open(
        options, [&behaviour] { return std::make_unique<TestHandler>(behaviour); });
    REQUIRE(opened);
    server_ = *std::move(opened);
    thread_ = std::jthread{[this] { server_->run(); }};
  }

  ~TestServer() { server_->stop(); }

  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  std::uint16_t port() const { return server_->port(); }

 private:
  std::unique_ptr<server::http::Server> server_;
  std::jthread thread_;
};

RequestSet gets() { return {"get", {{"GET /x HTTP/1.1\r\nHost: x\r\n\r\n", 0, 1}}, {}}; }

RequestSet posts() {
  return {"post", {{"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", 0, 50}}, {}};
}

Load load_of(const RequestSet& set, std::size_t connections, double rate, double seconds) {
  Load load;
  load.set = &set;
  load.connections = connections;
  load.rate = rate;
  load.seconds = seconds;
  return load;
}

constexpr auto none = std::string::npos;

template <class Work>
std::string complaint_of(Work work) {
  try {
    work();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("load driver: an open loop asks as often as it was told", "[bench][load][http]") {
  Behaviour behaviour;
  const TestServer server{behaviour};
  const auto set = gets();
  const auto result = Driver{server.port()}.run(load_of(set, 4, 1'000, 0.5));
  CHECK(result.answers == 500);
  CHECK(result.latency.count() == 500);
  CHECK(behaviour.answers == 600);  // with those of the warm-up
  REQUIRE(result.per_connection.size() == 4);
  // Connections take turns.
  CHECK(result.per_connection.back() - result.per_connection.front() <= 100);
}

TEST_CASE("load driver: a stall is charged to all that were due in it", "[bench][load][http]") {
  Behaviour behaviour;
  behaviour.stall_at = 300;
  behaviour.stall_time = 200ms;
  const TestServer server{behaviour};
  const auto set = gets();
  // One connection: while its answer stalls nothing can be sent, and 200 requests become due.
  const auto result = Driver{server.port()}.run(load_of(set, 1, 1'000, 0.7));
  CHECK(result.latency.max() >= 200'000'000);
  CHECK(result.latency.at_quantile(0.9) >= 100'000'000);
  CHECK(result.latency.at_quantile(0.3) < 100'000'000);
}

TEST_CASE("load driver: in saturation each connection asks when it is answered",
          "[bench][load][http]") {
  Behaviour behaviour;
  const TestServer server{behaviour};
  const auto set = posts();  // answers that come in many pieces
  const auto result = Driver{server.port()}.run(load_of(set, 8, 0, 0.3));
  CHECK(result.answers > 8);
  CHECK(result.lines == result.answers * 50);
  CHECK(result.bytes > result.answers * 100'000);
  CHECK(result.per_connection.front() > 0);
  CHECK(result.latency.count() == result.answers);
}

TEST_CASE("load driver: what is no answer ends the run", "[bench][load][http]") {
  Behaviour behaviour;
  behaviour.status = 404;
  const TestServer server{behaviour};
  const auto set = gets();
  const Driver driver{server.port()};
  CHECK(complaint_of([&] { driver.run(load_of(set, 1, 0, 0.1)); }).find("404") != none);
  CHECK(complaint_of([&] { driver.ask(set.requests.front().text); }).find("404") != none);
  CHECK_THROWS_AS(driver.run(load_of(set, 0, 0, 0.1)), std::runtime_error);
  CHECK_THROWS_AS(driver.run(load_of(set, 1, 0, 10'000)), std::runtime_error);
  CHECK(complaint_of([] { Driver{1}.ask("x"); }).find("nobody listens") != none);
}

TEST_CASE("load driver: idle connections stay", "[bench][load][http]") {
  Behaviour behaviour;
  const TestServer server{behaviour};
  const bench::load::IdleConnections idle{server.port(), 50};
  const auto set = gets();
  CHECK(Driver{server.port()}.run(load_of(set, 2, 0, 0.1)).answers > 0);
  CHECK(idle.open_count() == 50);
}

TEST_CASE("load report: a run says its mode, and where its latency counts from", "[bench][load]") {
  bench::load::RunRow row;
  row.what = "one price";
  row.server = "netto";
  row.connections = 2;
  row.whole_seconds = 1;
  row.result.answers = 3;
  row.result.seconds = 1.5;
  row.result.per_connection = {1, 2};
  row.result.latency.add(1'000);
  bench::load::Session session;
  session.rows.push_back(row);
  row.rate = 10;
  session.rows.push_back(row);
  session.figures.emplace_back("http.get_price.per_s", 2.0);
  const auto json = bench::load::json_of(session);
  CHECK(json.find(R"("mode":"saturation")") < json.find(R"("from":"actual send")"));
  CHECK(json.find(R"("mode":"open loop")") < json.find(R"("from":"intended send")"));
  CHECK(json.find(R"("http.get_price.per_s":2)") != std::string::npos);
  CHECK(bench::load::table_line(row).find("open loop") != std::string::npos);
}

TEST_CASE("load plot: a curve for every run that has values", "[bench][load]") {
  bench::load::LatencyHistogram quick;
  for (std::int64_t i = 1; i <= 1'000; ++i) quick.add(i * 1'000);
  const bench::load::LatencyHistogram empty;
  const auto svg =
      bench::load::latency_plot("A < B", "world S", {{"first", &quick}, {"nothing", &empty}});
  CHECK(svg.starts_with("<svg "));
  CHECK(svg.ends_with("</svg>\n"));
  CHECK(svg.find("A &lt; B") != std::string::npos);
  CHECK(svg.find("99.9 %") != std::string::npos);
  CHECK(svg.find("first: p50 500") != std::string::npos);
  CHECK(svg.find("nothing") == none);
}

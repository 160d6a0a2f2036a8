// Under constant updates nobody sees half of anything: prices, bands and days that one batch wrote
// are answered together or not at all, over HTTP and in the process, by many readers; and who has
// seen a generation never sees an older one. All of it is in one process, so that the thread
// sanitizer sees all of it: ./dev tsan consistency.
#include "server/http/api.hpp"
#include "server/http/metrics_sources.hpp"
#include "server/http/server.hpp"
#include "server/node/node.hpp"
#include "server/node/writer.hpp"

#include "tests/catch.hpp"
#include "tests/crash/parts/sender.hpp"
#include "tests/server/store/temporary_folder.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace tests::crash;
using server::node::Access;
using server::node::Keep;
using server::node::Role;
using server::node::Writer;

constexpr std::size_t readers_each = 3;  // over HTTP, and as many in the process
constexpr std::chrono::milliseconds how_long = 2s;

// A node in this process: its folder, its writer, its server.
struct House {
  tests::TemporaryFolder folder;
  engine::snapshot::SnapshotCell cell;
  std::optional<Writer> writer;
  server::ops::Metrics metrics;
  std::optional<server::http::Service> service;
  std::unique_ptr<server::http::Server> server;
  std::jthread writing;
  std::jthread serving;

  explicit House(const std::vector<Range>& ranges) {
    write_shop(folder.path() + "/files", ranges);
    import();
    server::node::WriterOptions options;
    options.image = {.batches = 8};  // with each the store is made anew, on a thread of its own
    options.published = [this](const server::node::Node& node) -> engine::base::Result<void> {
      cell.publish(node.snapshot());
      return {};
    };
    writer.emplace(folder.path() + "/data", options);
    service.emplace(server::http::Service{cell, [] { return engine::base::CivilMinutes{}; },
                                          [] { return server::ops::Readiness{}; }});
    service->writer = &*writer;
    service->metrics = &metrics;
    server::http::watch_service(*service, metrics);
    server::http::ServerOptions listening;
    listening.port = 0;
    listening.workers = 4 + readers_each;
    auto opened = server::http::Server::open(
        listening, [this] { return std::make_unique<server::http::Worker>(*service); });
    REQUIRE(opened);
    server = *std::move(opened);
    writing = std::jthread{[this](const std::stop_token& stop) { writer->run(stop); }};
    serving = std::jthread{[this] { server->run(); }};
    while (writer->role() == Role::opening) std::this_thread::sleep_for(1ms);
    // The client makes constants of its own at first use, unseen by the sanitizer: before others are
    // at it.
    REQUIRE(Caller{server->port()}.get("/healthz"));
  }

  ~House() {
    server->stop();
    serving.join();
    writing.request_stop();
    writing.join();
  }

  void import() const {
    auto node = server::node::Node::open(folder.path() + "/data", {Access::create, Keep::facts});
    REQUIRE(node);
    server::node::ImportRequest request;
    request.paths = {folder.path() + "/files"};
    const auto outcome = (*node)->import(request);
    for (const auto& fault : outcome.faults) FAIL(fault.where << ": " << fault.detail);
  }
};

// What one reader has seen.
struct Seen {
  std::uint64_t answers = 0;
  std::uint64_t generations = 0;  // of them, different ones
  std::string wrong;              // empty: nothing was
};

using Ask = std::function<std::string(const std::string& question)>;

Seen read_until(const std::atomic<bool>& stop, const std::vector<Range>& ranges, const Ask& ask) {
  Seen seen;
  std::uint64_t last = 0;
  try {
    for (std::size_t i = 0; !stop.load(); ++i) {
      const Range& range = ranges[i % ranges.size()];
      const auto answer = ask(question_about(range, i / 2 % groups_per_sender, i));
      number_of(range, answer);
      const auto generation = number_in(answer, "generation").value_or(0);
      if (generation < last) throw std::runtime_error{"a generation came back"};
      seen.generations += generation > last ? 1 : 0;
      last = generation;
      ++seen.answers;
    }
  } catch (const std::exception& error) {
    seen.wrong = error.what();
  }
  return seen;
}

Seen read_over_http(const std::atomic<bool>& stop, const std::vector<Range>& ranges,
                    std::uint16_t port) {
  Caller caller{port};
  return read_until(stop, ranges, [&caller](const std::string& question) {
    const auto answer = caller.post("/v1/quote", "application/json", question);
    if (!answer || answer->status != 200) throw std::runtime_error{"no answer"};
    return answer->body;
  });
}

Seen read_in_process(const std::atomic<bool>& stop, const std::vector<Range>& ranges,
                     const server::http::Service& service) {
  server::http::Worker worker{service};
  server::http::Response response;
  return read_until(stop, ranges, [&](const std::string& question) {
    server::http::Request request;
    request.method = "POST";
    request.target = "/v1/quote";
    request.content_type = "application/json";
    request.body = question;
    worker.handle(request, response);
    if (response.status != 200) throw std::runtime_error{response.body};
    return response.body;
  });
}

// What an operator asks for; the number of answers.
std::uint64_t watch_until(const std::atomic<bool>& stop, std::uint16_t port) {
  Caller caller{port};
  std::uint64_t count = 0;
  while (!stop.load()) {
    for (const char* const target : {"/metrics", "/v1/feeds", "/readyz"}) {
      const auto answer = caller.get(target);
      count += answer && answer->status == 200 ? 1 : 0;
    }
  }
  return count;
}

}  // namespace

TEST_CASE("consistency: what is written together is seen together, by many, while more comes in",
          "[sim][consistency]") {
  const std::vector<Range> ranges{{0, Kind::goods, 20}, {1, Kind::prices, 20}};
  House house{ranges};
  const auto port = house.server->port();
  std::atomic<bool> stop{false};
  std::vector<Seen> seen(2 * readers_each);
  std::vector<std::string> failures(ranges.size());
  std::vector<std::unique_ptr<Sender>> senders;
  std::vector<std::jthread> threads;
  for (const Range& range : ranges) senders.push_back(std::make_unique<Sender>(range, 1));
  for (std::size_t i = 0; i < senders.size(); ++i) {
    threads.emplace_back([&, i] {
      try {
        senders[i]->send_until(stop, port);
      } catch (const std::exception& error) {
        failures[i] = error.what();
      }
    });
  }
  for (std::size_t i = 0; i < readers_each; ++i) {
    threads.emplace_back([&, i] { seen[2 * i] = read_over_http(stop, ranges, port); });
    threads.emplace_back(
        [&, i] { seen[2 * i + 1] = read_in_process(stop, ranges, *house.service); });
  }
  std::uint64_t watched = 0;
  threads.emplace_back([&] { watched = watch_until(stop, port); });
  std::this_thread::sleep_for(how_long);
  stop.store(true);
  threads.clear();
  for (const auto& failure : failures) CHECK(failure.empty());
  for (const auto& sender : senders) CHECK(sender->count() > 0);
  CHECK(watched > 0);
  for (const Seen& each : seen) {
    CHECK(each.wrong.empty());
    CHECK(each.answers > 0);
    CHECK(each.generations > 1);
  }
}

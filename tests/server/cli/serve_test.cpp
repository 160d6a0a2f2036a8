// `netto serve` as an operator has it: started, asked, told to stop with a request in flight.
#include "rules/json_tree.hpp"

#include "tests/catch.hpp"
#include "tests/http_client/serve_process.hpp"
#include "tests/server/store/temporary_folder.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

namespace {

// A process of the product's binary over a small folder, on a free port; killed with its owner.
class NettoServe {
 public:
  NettoServe(const std::string& binary, const std::string& folder,
             const std::vector<std::string>& more)
      : process_{tests::serve_command(binary, folder + "/data", more), folder + "/messages"},
        port_{process_.port()} {
    REQUIRE(port_ != 0);
  }

  void terminate() { process_.terminate(); }

  // Its exit code; -1 where it does not end.
  int exit_code() { return process_.exit_code(10s).value_or(-1); }

  int connect() const {
    const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
      return made;
    ::close(made);
    return -1;
  }

  // All that comes back for `text` until the connection ends; empty where nobody listens.
  std::string exchange(const std::string& text) const {
    const int made = connect();
    if (made < 0) return {};
    REQUIRE(::send(made, text.data(), text.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(text.size()));
    return rest_of(made);
  }

  static std::string rest_of(int made) {
    std::string all;
    char part[4'096];
    for (ssize_t count = 0; (count = ::recv(made, part, sizeof part, 0)) > 0;)
      all.append(part, static_cast<std::size_t>(count));
    ::close(made);
    return all;
  }

  std::string get(const std::string& target, const std::string& fields = "") const {
    return exchange("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + fields +
                    "\r\n");
  }

  bool becomes_ready() const {
    for (int i = 0; i < 500; ++i) {
      if (get("/readyz").starts_with("HTTP/1.1 200")) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }

  // Its log, event by event. Requires --log-format json.
  std::vector<rules::Json> events() const {
    std::vector<rules::Json> read;
    std::istringstream lines{process_.messages()};
    for (std::string line; std::getline(lines, line);) {
      INFO(line);
      auto event = rules::parse_json(line);
      REQUIRE(event);
      read.push_back(*std::move(event));
    }
    return read;
  }

  std::string messages() const { return process_.messages(); }

 private:
  tests::ServeProcess process_;
  std::uint16_t port_;
};

// The binary, and a data folder of two currencies in `folder`; empty where there is none.
std::string binary_with_data(const std::string& folder) {
  const char* binary = std::getenv("NETTO");
  if (binary == nullptr) {
    WARN("skipped: NETTO does not name the binary");
    return {};
  }
  const auto file = folder + "/currencies.csv";
  std::ofstream{file} << "code,decimals\nEUR,2\nSEK,2\n";
  const auto command = "'" + std::string{binary} + "' --data '" + folder + "/data' import '" +
                       file + "' >/dev/null 2>'" + folder + "/import'";
  REQUIRE(std::system(command.c_str()) == 0);
  return binary;
}

const rules::Json* event_named(const std::vector<rules::Json>& events, std::string_view name) {
  for (const auto& event : events) {
    if (event.find("event")->text() == name) return &event;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("serve: told to stop it is not ready at once, and finishes what has begun", "[http]") {
  const tests::TemporaryFolder folder;
  const auto binary = binary_with_data(folder.path());
  if (binary.empty()) return;
  NettoServe node{binary, folder.path(), {"--log-format", "json", "--drain-notice", "700"}};
  REQUIRE(node.becomes_ready());
  const int begun = node.connect();
  REQUIRE(begun >= 0);
  const std::string first = "GET /healthz HTTP/1.1\r\nHo";
  REQUIRE(::send(begun, first.data(), first.size(), MSG_NOSIGNAL) > 0);
  std::this_thread::sleep_for(50ms);
  node.terminate();
  std::this_thread::sleep_for(100ms);
  const auto draining = node.get("/readyz");
  CHECK(draining.starts_with("HTTP/1.1 503"));
  CHECK(draining.find(R"("state":"draining")") != std::string::npos);
  CHECK(node.get("/healthz").starts_with("HTTP/1.1 200"));
  // The notice is over: nobody new comes in, and the request that has begun may still end.
  std::this_thread::sleep_for(900ms);
  CHECK(node.get("/healthz").empty());
  const std::string rest = "st: x\r\n\r\n";
  REQUIRE(::send(begun, rest.data(), rest.size(), MSG_NOSIGNAL) > 0);
  const auto answer = NettoServe::rest_of(begun);
  CHECK(answer.starts_with("HTTP/1.1 200"));
  CHECK(answer.find("Connection: close") != std::string::npos);
  CHECK(answer.ends_with(R"({"status":"ok"})"));
  CHECK(node.exit_code() == 0);
  const auto events = node.events();
  REQUIRE(event_named(events, "start") != nullptr);
  REQUIRE(event_named(events, "ready") != nullptr);
  REQUIRE(event_named(events, "drain") != nullptr);
  CHECK(event_named(events, "drain")->find("notice_ms")->text() == "700");
  CHECK(events.back().find("event")->text() == "stop");
}

TEST_CASE("serve: a request that never ends does not keep a node from stopping", "[http]") {
  const tests::TemporaryFolder folder;
  const auto binary = binary_with_data(folder.path());
  if (binary.empty()) return;
  NettoServe node{binary, folder.path(), {}};
  REQUIRE(node.becomes_ready());
  const int begun = node.connect();
  const std::string first = "GET /healthz HTTP/1.1\r\nHo";
  REQUIRE(::send(begun, first.data(), first.size(), MSG_NOSIGNAL) > 0);
  std::this_thread::sleep_for(50ms);
  const auto told = std::chrono::steady_clock::now();
  node.terminate();
  CHECK(node.exit_code() == 0);
  CHECK(std::chrono::steady_clock::now() - told < 7s);
  ::close(begun);
}

TEST_CASE("serve: requests are told with their ids where that is asked for, and nothing of them",
          "[http]") {
  const tests::TemporaryFolder folder;
  const auto binary = binary_with_data(folder.path());
  if (binary.empty()) return;
  NettoServe node{binary, folder.path(), {"--log-format", "json", "--access-log"}};
  REQUIRE(node.becomes_ready());
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const auto answer = node.get(
      "/v1/customers/SECRET1/prices/SECRET2?coupon=SECRET3",
      "X-Request-Id: shop-42\r\ntraceparent: " + trace + "\r\nAuthorization: Bearer SECRET4\r\n");
  CHECK(answer.find("X-Request-Id: shop-42\r\n") != std::string::npos);
  CHECK(answer.find("traceparent: " + trace + "\r\n") != std::string::npos);
  const auto odd = node.get("/healthz", "X-Request-Id: a\"b{}\r\ntraceparent: nonsense\r\n");
  CHECK(odd.find("X-Request-Id: ") != std::string::npos);
  CHECK(odd.find("a\"b") == std::string::npos);
  CHECK(odd.find("traceparent") == std::string::npos);
  const auto figures = node.get("/metrics");
  CHECK(figures.find("netto_http_connections_total ") != std::string::npos);
  CHECK(figures.find("netto_http_connections_open 1\n") != std::string::npos);
  node.terminate();
  CHECK(node.exit_code() == 0);
  bool is_told = false;
  CHECK(node.messages().find("SECRET") == std::string::npos);
  for (const auto& event : node.events()) {
    const auto* id = event.find("request_id");
    if (id == nullptr || id->text() != "shop-42") continue;
    is_told = true;
    CHECK(event.find("trace_id")->text() == "0af7651916cd43dd8448eb211c80319c");
    CHECK(event.find("parent_id")->text() == "b7ad6b7169203331");
    CHECK(event.find("route")->text() == "/v1/customers/{customer}/prices/{article}");
    CHECK(event.find("method")->text() == "GET");
  }
  CHECK(is_told);
}

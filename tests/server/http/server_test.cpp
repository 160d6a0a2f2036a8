// The server over real sockets: what callers do to it, kind and unkind, and what the others notice
// of it.
#include "server/http/server.hpp"

#include "server/http/api.hpp"

#include "tests/catch.hpp"
#include "tests/server/shop_fixture.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

using server::http::Server;
using server::http::ServerOptions;
using namespace std::chrono_literals;

namespace {

const std::string quote_body =
    R"({"customer":"C1","channel":"web","lines":[{"article":"A1","quantity":12}]})";

std::string post_text(const std::string& body, const std::string& fields = "") {
  return "POST /v1/quote HTTP/1.1\r\nHost: x\r\nContent-Type: "
         "application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n" + fields + "\r\n" + body;
}

const std::string get_text = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

// The small shop behind a server on a free port.
class RunningServer {
 public:
  explicit RunningServer(ServerOptions options = {}) {
    cell_.publish(tests::small_shop());
    options.port = 0;
    if (options.workers == 0) options.workers = 2;
    auto opened =
        Server::open(options, [this] { return std::make_unique<server::http::Worker>(service_); });
    REQUIRE(opened);
    server_ = *std::move(opened);
    thread_ = std::jthread{[this] { server_->run(); }};
  }

  ~RunningServer() { server_->stop(); }

  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  Server& operator*() { return *server_; }

  Server* operator->() { return server_.get(); }

  // Waits until the server has as many connections.
  bool has_connections(std::size_t count) {
    for (int i = 0; i < 300; ++i) {
      if (server_->connection_count() == count) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }

  void join() { thread_.join(); }

 private:
  engine::snapshot::SnapshotCell cell_;
  server::http::Service service_{cell_, [] { return *engine::base::civil(2026, 2, 1); },
                                 [] { return server::ops::Readiness{}; }};
  std::unique_ptr<Server> server_;
  std::jthread thread_;
};

struct Reply {
  int status = 0;
  std::string head;
  std::string body;
};

// A caller with a socket of its own.
class Caller {
 public:
  explicit Caller(RunningServer& server)
      : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server->port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_connected_ =
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }

  ~Caller() { ::close(socket_); }

  Caller(Caller&& other) noexcept
      : socket_{std::exchange(other.socket_, -1)}, is_connected_{other.is_connected_} {}

  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  bool is_connected() const { return is_connected_; }

  bool send(std::string_view text) {
    while (!text.empty()) {
      const auto count = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  void shut_sending() { ::shutdown(socket_, SHUT_WR); }

  // One answer; status 0 when the connection ends or nothing comes.
  Reply reply(bool has_body = true) {
    Reply reply;
    while (read_.find("\r\n\r\n") == std::string::npos) {
      if (!receive()) return reply;
    }
    const auto end = read_.find("\r\n\r\n") + 4;
    reply.head = read_.substr(0, end);
    const auto length_at = reply.head.find("Content-Length: ");
    const std::size_t length = has_body && length_at != std::string::npos
                                   ? std::stoul(reply.head.substr(length_at + 16))
                                   : 0;
    while (read_.size() < end + length) {
      if (!receive()) return reply;
    }
    reply.status = std::stoi(reply.head.substr(9, 3));
    reply.body = read_.substr(end, length);
    read_.erase(0, end + length);
    return reply;
  }

  // Whether the server ends the connection within the time.
  bool is_ended(std::chrono::milliseconds patience = 3'000ms) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < end) {
      if (!receive(100ms) && is_over_) return true;
    }
    return false;
  }

  bool has_nothing_unread() const { return read_.empty(); }

 private:
  bool receive(std::chrono::milliseconds patience = 5'000ms) {
    pollfd waited{socket_, POLLIN, 0};
    if (::poll(&waited, 1, static_cast<int>(patience.count())) <= 0) return false;
    char buffer[16'384];
    const auto count = ::recv(socket_, buffer, sizeof buffer, 0);
    is_over_ = count <= 0;
    if (count <= 0) return false;
    read_.append(buffer, static_cast<std::size_t>(count));
    return true;
  }

  int socket_;
  bool is_connected_ = false;
  bool is_over_ = false;
  std::string read_;
};

}  // namespace

TEST_CASE("server: a connection is kept for many questions", "[http]") {
  RunningServer server;
  Caller caller{server};
  for (int i = 0; i < 200; ++i) {
    REQUIRE(caller.send(post_text(quote_body)));
    const auto reply = caller.reply();
    REQUIRE(reply.status == 200);
    REQUIRE(reply.body.find("\"unit_price\":\"9.5000\"") != std::string::npos);
  }
  CHECK(server->connection_count() == 1);
}

TEST_CASE("server: an answer does not wait for acknowledgements", "[http]") {
  RunningServer server;
  Caller caller{server};
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 50; ++i) {
    REQUIRE(caller.send(get_text));
    REQUIRE(caller.reply().status == 200);
  }
  // With Nagle's algorithm each would take 40 ms.
  CHECK(std::chrono::steady_clock::now() - begin < 1'000ms);
}

TEST_CASE("server: pipelined requests are answered in their order", "[http]") {
  RunningServer server;
  Caller caller{server};
  std::string many;
  for (int i = 0; i < 100; ++i) many += i % 2 == 0 ? get_text : post_text(quote_body);
  REQUIRE(caller.send(many));
  for (int i = 0; i < 100; ++i) {
    const auto reply = caller.reply();
    REQUIRE(reply.status == 200);
    REQUIRE((reply.body.find("unit_price") == std::string::npos) == (i % 2 == 0));
  }
}

TEST_CASE("server: a request may arrive in any pieces, and in chunks", "[http]") {
  RunningServer server;
  Caller caller{server};
  const auto text = post_text(quote_body);
  for (std::size_t i = 0; i < text.size(); i += 7) {
    REQUIRE(caller.send(std::string_view{text}.substr(i, 7)));
    if (i % 70 == 0) std::this_thread::sleep_for(1ms);
  }
  CHECK(caller.reply().status == 200);
  REQUIRE(
      caller.send("POST /v1/quote HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: "
                  "chunked\r\n\r\n"));
  for (const char c : quote_body) REQUIRE(caller.send(std::string{"1\r\n"} + c + "\r\n"));
  REQUIRE(caller.send("0\r\n\r\n"));
  CHECK(caller.reply().status == 200);
}

TEST_CASE("server: a caller that waits for leave gets it", "[http]") {
  RunningServer server;
  Caller caller{server};
  REQUIRE(
      caller.send("POST /v1/quote HTTP/1.1\r\nContent-Type: application/json\r\nExpect: "
                  "100-continue\r\nContent-Length: " +
                  std::to_string(quote_body.size()) + "\r\n\r\n"));
  CHECK(caller.reply().status == 100);
  REQUIRE(caller.send(quote_body));
  CHECK(caller.reply().status == 200);
  CHECK(caller.has_nothing_unread());
}

TEST_CASE("server: HEAD and a matching tag send no body, and the connection goes on", "[http]") {
  RunningServer server;
  Caller caller{server};
  const std::string path = "/v1/customers/C1/prices/A1 HTTP/1.1\r\n";
  REQUIRE(caller.send("HEAD " + path + "\r\n"));
  const auto head = caller.reply(false);
  CHECK(head.status == 200);
  CHECK(head.head.find("Content-Length: 0\r\n") == std::string::npos);
  const auto tag_at = head.head.find("ETag: ") + 6;
  const auto tag = head.head.substr(tag_at, head.head.find("\r\n", tag_at) - tag_at);
  REQUIRE(caller.send("GET " + path + "If-None-Match: " + tag + "\r\n\r\n"));
  CHECK(caller.reply(false).status == 304);
  REQUIRE(caller.send("GET " + path + "\r\n"));
  const auto whole = caller.reply();
  CHECK(whole.status == 200);
  CHECK(whole.head.find("Content-Type: application/json\r\n") != std::string::npos);
  CHECK(whole.body.find("Spanner") != std::string::npos);
}

TEST_CASE("server: nothing is compressed, cut into ranges, or told of the machine", "[http]") {
  RunningServer server;
  Caller caller{server};
  REQUIRE(caller.send(
      "GET /openapi.json HTTP/1.1\r\nAccept-Encoding: gzip, br\r\nRange: bytes=0-10\r\n\r\n"));
  const auto reply = caller.reply();
  CHECK(reply.status == 200);
  CHECK(reply.body == server::http::openapi_text());
  CHECK(reply.head.find("Content-Encoding") == std::string::npos);
  CHECK(reply.head.find("Server") == std::string::npos);
  CHECK(reply.head.find("EXCEPTION") == std::string::npos);
}

TEST_CASE("server: a connection ends when the caller says so", "[http]") {
  RunningServer server;
  Caller closing{server};
  REQUIRE(closing.send("GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n"));
  CHECK(closing.reply().status == 200);
  CHECK(closing.is_ended());
  Caller old{server};
  REQUIRE(old.send("GET /healthz HTTP/1.0\r\n\r\n"));
  CHECK(old.reply().status == 200);
  CHECK(old.is_ended());
  Caller half{server};
  REQUIRE(half.send(post_text(quote_body)));
  half.shut_sending();
  CHECK(half.reply().status == 200);
  CHECK(half.is_ended());
  CHECK(server.has_connections(0));
}

TEST_CASE("server: what can't be framed is refused in JSON, and the connection ends", "[http]") {
  const auto [text, status] = GENERATE(table<std::string, int>({
      {"nonsense\r\n\r\n", 400},
      {"GET / HTTP/1.1\n\n", 400},
      {"POST /v1/quote HTTP/1.1\r\n\r\n", 411},
      {"POST /v1/quote HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400},
      {"POST /v1/quote HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"POST /v1/quote HTTP/1.1\r\nContent-Length: 2000000\r\n\r\n", 413},
      {"GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\n\r\n", 414},
      {"GET / HTTP/1.1\r\nA: " + std::string(20'000, 'a') + "\r\n\r\n", 431},
      {"GET / HTTP/3\r\n\r\n", 505},
      {"BREW / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nRange: nonsense\r\n\r\n", 400},
  }));
  RunningServer server;
  Caller caller{server};
  INFO(text.substr(0, 80));
  REQUIRE(caller.send(text));
  const auto reply = caller.reply();
  CHECK(reply.status == status);
  CHECK(reply.head.find("application/problem+json") != std::string::npos);
  CHECK(reply.head.find("Connection: close") != std::string::npos);
  CHECK(reply.body.find("\"status\":" + std::to_string(status)) != std::string::npos);
  caller.shut_sending();
  CHECK(caller.is_ended());
}

TEST_CASE("server: a refusal is read even by a caller that keeps sending", "[http]") {
  RunningServer server;
  Caller caller{server};
  // More than fits into the buffers between the two: closing at once would reset the connection.
  caller.send("POST /v1/quote HTTP/1.1\r\nContent-Length: 3000000\r\n\r\n");
  caller.send(std::string(3'000'000, ' '));
  CHECK(caller.reply().status == 413);
}

TEST_CASE("server: a request that does not arrive in time is told so", "[http]") {
  ServerOptions options;
  options.request_time = 300ms;
  RunningServer server{options};
  Caller slow{server};
  REQUIRE(slow.send("POST /v1/quote HTTP/1.1\r\nContent-Len"));
  const auto begin = std::chrono::steady_clock::now();
  CHECK(slow.reply().status == 408);
  CHECK(std::chrono::steady_clock::now() - begin < 2'000ms);
  // A byte now and then does not buy time.
  Caller dripping{server};
  for (int i = 0; i < 30 && dripping.send("G"); ++i) std::this_thread::sleep_for(50ms);
  CHECK(dripping.reply().status == 408);
}

TEST_CASE("server: callers that stop in mid-request hold nobody up", "[http]") {
  RunningServer server;
  std::vector<Caller> stuck;
  for (int i = 0; i < 50; ++i) {
    stuck.emplace_back(server);
    REQUIRE(stuck.back().send("POST /v1/quote HTTP/1.1\r\nContent-Length: 100\r\n\r\n{\"cust"));
  }
  Caller caller{server};
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) {
    REQUIRE(caller.send(post_text(quote_body)));
    REQUIRE(caller.reply().status == 200);
  }
  CHECK(std::chrono::steady_clock::now() - begin < 1'000ms);
}

TEST_CASE("server: a caller that does not read its answers holds nobody up and is let go",
          "[http]") {
  ServerOptions options;
  options.write_time = 500ms;
  RunningServer server{options};
  Caller deaf{server};
  std::string many;
  for (int i = 0; i < 400; ++i)
    many += "GET /openapi.json HTTP/1.1\r\n\r\n";  // some 11 MB of answers
  REQUIRE(deaf.send(many));
  std::this_thread::sleep_for(100ms);
  Caller caller{server};
  for (int i = 0; i < 20; ++i) {
    REQUIRE(caller.send(get_text));
    REQUIRE(caller.reply().status == 200);
  }
  CHECK(server.has_connections(1));
}

TEST_CASE("server: a caller that reads slowly gets everything", "[http]") {
  RunningServer server;
  Caller caller{server};
  std::string many;
  for (int i = 0; i < 300; ++i) many += "GET /openapi.json HTTP/1.1\r\n\r\n";
  REQUIRE(caller.send(many));
  std::this_thread::sleep_for(200ms);
  for (int i = 0; i < 300; ++i) {
    const auto reply = caller.reply();
    REQUIRE(reply.status == 200);
    REQUIRE(reply.body.size() == server::http::openapi_text().size());
  }
}

TEST_CASE("server: a thousand idle connections keep nobody waiting", "[http]") {
  RunningServer server;
  std::vector<Caller> idle;
  for (int i = 0; i < 1'000; ++i) {
    idle.emplace_back(server);
    REQUIRE(idle.back().is_connected());
  }
  REQUIRE(server.has_connections(1'000));
  Caller caller{server};
  for (int i = 0; i < 50; ++i) {
    REQUIRE(caller.send(get_text));
    REQUIRE(caller.reply().status == 200);
  }
  // And those that waited are still served.
  for (std::size_t i = 0; i < idle.size(); i += 100) {
    REQUIRE(idle[i].send(get_text));
    REQUIRE(idle[i].reply().status == 200);
  }
}

TEST_CASE("server: where all places are taken the longest idle one is let go", "[http]") {
  ServerOptions options;
  options.connections = 4;
  RunningServer server{options};
  std::vector<Caller> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back(server);
    REQUIRE(callers.back().send(get_text));
    REQUIRE(callers.back().reply().status == 200);
    std::this_thread::sleep_for(20ms);
  }
  Caller fifth{server};
  REQUIRE(fifth.send(get_text));
  CHECK(fifth.reply().status == 200);
  CHECK(callers[0].is_ended());
  REQUIRE(callers[3].send(get_text));
  CHECK(callers[3].reply().status == 200);
}

TEST_CASE("server: where all places are busy a caller is told to come back", "[http]") {
  ServerOptions options;
  options.connections = 2;
  RunningServer server{options};
  std::vector<Caller> busy;
  for (int i = 0; i < 2; ++i) {
    busy.emplace_back(server);
    REQUIRE(busy.back().send("GET /hea"));
  }
  REQUIRE(server.has_connections(2));
  std::this_thread::sleep_for(50ms);
  Caller third{server};
  const auto reply = third.reply();
  CHECK(reply.status == 503);
  CHECK(reply.head.find("Retry-After: 1") != std::string::npos);
}

TEST_CASE("server: idle connections end after a while", "[http]") {
  ServerOptions options;
  options.idle_time = 200ms;
  RunningServer server{options};
  Caller caller{server};
  REQUIRE(caller.send(get_text));
  CHECK(caller.reply().status == 200);
  CHECK(caller.is_ended());
}

TEST_CASE("server: stopping finishes what has begun and takes nothing new", "[http]") {
  RunningServer server;
  Caller idle{server};
  Caller begun{server};
  REQUIRE(begun.send("GET /healthz HTTP/1.1\r\nHost"));
  REQUIRE(server.has_connections(2));
  std::this_thread::sleep_for(50ms);
  server->stop();
  CHECK(idle.is_ended());
  REQUIRE(begun.send(": x\r\n\r\n"));
  const auto reply = begun.reply();
  CHECK(reply.status == 200);
  CHECK(reply.head.find("Connection: close") != std::string::npos);
  server.join();
  CHECK_FALSE(Caller{server}.is_connected());
}

TEST_CASE("server: many callers at once all get their own answers", "[http]") {
  RunningServer server;
  std::atomic<int> good{0};
  {
    std::vector<std::jthread> threads;
    for (int caller_number = 0; caller_number < 16; ++caller_number) {
      threads.emplace_back([&server, &good, caller_number] {
        Caller caller{server};
        const auto quantity = std::to_string(caller_number + 1);
        const auto body = R"({"customer":"C1","lines":[{"id":")" + quantity +
                          R"(","article":"A1","quantity":)" + quantity + "}]}";
        for (int i = 0; i < 100; ++i) {
          if (!caller.send(post_text(body))) return;
          const auto reply = caller.reply();
          good += reply.status == 200 &&
                          reply.body.find("\"id\":\"" + quantity + "\"") != std::string::npos &&
                          reply.body.find("\"line_amount\":\"" + quantity + "0.00\"") !=
                              std::string::npos
                      ? 1
                      : 0;
        }
      });
    }
  }
  CHECK(good == 1'600);
}

TEST_CASE("server: only the loopback interface is listened on, and a taken port is told",
          "[http]") {
  const auto handlers = [] { return std::unique_ptr<server::http::Handler>{}; };
  for (const char* host : {"0.0.0.0", "192.168.1.1", "::", "example.com", ""}) {
    ServerOptions options;
    options.host = host;
    const auto opened = Server::open(options, handlers);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == engine::base::FaultCode::unsupported);
    CHECK(opened.error().detail.find("loopback") != std::string::npos);
  }
  RunningServer server;
  ServerOptions options;
  options.port = server->port();
  const auto second = Server::open(options, handlers);
  REQUIRE_FALSE(second);
  CHECK(second.error().detail.find("already") != std::string::npos);
  CHECK(server->address() == "http://127.0.0.1:" + std::to_string(server->port()));
}

TEST_CASE("server: of 256 busy connections none is starved", "[http]") {
  ServerOptions options;
  options.workers = 1;
  RunningServer server{options};
  std::vector<Caller> callers;
  callers.reserve(256);
  for (int i = 0; i < 256; ++i) callers.emplace_back(server);
  // All ask at once, again and again: nobody gets a second answer of a round before all have one.
  for (int round = 0; round < 5; ++round) {
    for (auto& caller : callers) REQUIRE(caller.send(post_text(quote_body)));
    for (auto& caller : callers) REQUIRE(caller.reply().status == 200);
  }
  CHECK(server->connection_count() == 256);
}

TEST_CASE("server: far more idle connections than threads keep nobody from a full backlog",
          "[http]") {
  ServerOptions options;
  options.workers = 1;
  RunningServer server{options};
  // A burst beyond any usual backlog, before a single one has been answered.
  std::vector<Caller> burst;
  burst.reserve(200);
  for (int i = 0; i < 200; ++i) {
    burst.emplace_back(server);
    REQUIRE(burst.back().is_connected());
  }
  for (std::size_t i = 0; i < burst.size(); i += 10) {
    REQUIRE(burst[i].send(get_text));
    REQUIRE(burst[i].reply().status == 200);
  }
}

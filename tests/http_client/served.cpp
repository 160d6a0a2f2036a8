#include "tests/http_client/served.hpp"

#include "server/http/api.hpp"
#include "server/http/server.hpp"

#include <httplib.h>

#include <optional>
#include <thread>
#include <utility>

namespace tests {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
namespace http = server::http;

struct Served::Inner {
  explicit Inner(const engine::snapshot::SnapshotCell& snapshots)
      : service{snapshots, [] { return engine::base::CivilMinutes{}; },
                [] { return server::ops::Readiness{}; }} {}

  Result<void> listen() {
    http::ServerOptions options;
    options.port = 0;
    auto opened =
        http::Server::open(options, [this] { return std::make_unique<http::Worker>(service); });
    if (!opened) return opened.error();
    server = *std::move(opened);
    thread = std::thread{[this] { server->run(); }};
    client = std::make_unique<httplib::Client>("127.0.0.1", server->port());
    client->set_keep_alive(true);
    client->set_tcp_nodelay(true);
    return {};
  }

  ~Inner() {
    client.reset();
    if (server) server->stop();
    if (thread.joinable()) thread.join();
  }

  http::Service service;
  std::unique_ptr<http::Server> server;
  std::thread thread;
  std::unique_ptr<httplib::Client> client;
};

Served::Served(std::unique_ptr<Inner> inner) : inner_{std::move(inner)} {}

Served::~Served() = default;

Result<std::unique_ptr<Served>> Served::open(const engine::snapshot::SnapshotCell& snapshots) {
  auto inner = std::make_unique<Inner>(snapshots);
  if (auto ok = inner->listen(); !ok) return ok.error();
  return std::unique_ptr<Served>{new Served{std::move(inner)}};
}

std::string Served::address() const { return inner_->server->address(); }

Result<rules::Json> Served::quote(const std::string& body) {
  const auto response = inner_->client->Post("/v1/quote", body, "application/json");
  if (!response)
    return Fault{FaultCode::file_unreadable, "HTTP",
                 "no answer: " + httplib::to_string(response.error())};
  if (response->status != 200)
    return Fault{FaultCode::bad_request, "HTTP " + std::to_string(response->status),
                 response->body.substr(0, 300)};
  auto tree = rules::parse_json(response->body);
  if (!tree)
    return Fault{tree.error().code, "HTTP", "an answer that is no JSON: " + tree.error().detail};
  return *std::move(tree);
}

}  // namespace tests

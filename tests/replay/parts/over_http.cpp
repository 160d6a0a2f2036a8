#include "tests/replay/parts/over_http.hpp"

#include "rules/json_tree.hpp"
#include "server/http/api.hpp"
#include "server/http/server.hpp"
#include "server/json/json_writer.hpp"

#include <httplib.h>

#include <thread>
#include <utility>

namespace tests::replay {

using engine::base::Decimal;
using engine::base::Result;
using rules::Json;
namespace http = server::http;

namespace {

std::string body_of(const Order& order) {
  std::string body;
  server::json::JsonWriter json{body};
  json.begin_object();
  json.member("customer", order.front()->customer);
  json.member("currency", "USD");
  json.member("channel", order.front()->channel);
  json.member("date", engine::base::to_string(order.front()->date));
  json.key("explain");
  json.boolean(true);
  json.key("lines");
  json.begin_array();
  for (const BilledLine* line : order) {
    json.begin_object();
    json.member("id", line->number);
    json.member("article", line->article);
    json.member("quantity", line->quantity);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return body;
}

// The member at the end of the path; null where the way to it is not there.
const Json* at(const Json* from, std::initializer_list<std::string_view> path) {
  for (const std::string_view name : path) {
    if (from != nullptr) from = from->find(name);
  }
  return from;
}

std::string text_at(const Json* from, std::initializer_list<std::string_view> path) {
  const Json* found = at(from, path);
  return found == nullptr ? std::string{} : found->text();
}

std::optional<Decimal> decimal_at(const Json* found) {
  if (found == nullptr) return std::nullopt;
  const auto value = engine::base::parse_decimal(found->text());
  return value ? std::optional{*value} : std::nullopt;
}

std::string offer_in(const Json& line) {
  const Json* steps = line.find("waterfall");
  if (steps == nullptr) return {};
  for (const Json& step : steps->items()) {
    if (text_at(&step, {"step"}) == "offer") return text_at(&step, {"winner", "document", "code"});
  }
  return {};
}

AnsweredLine answered(const Json& line, const BilledLine& billed) {
  AnsweredLine made;
  made.outcome = text_at(&line, {"outcome"});
  for (std::size_t i = 0; i < amount_count; ++i) {
    const std::string_view name = amount_names[i];
    if (name == "unit_price") {
      made.amounts[i] = decimal_at(at(&line, {"unit_price"}));
    } else if (name == "line_total") {
      made.amounts[i] = decimal_at(at(&line, {"line_amount"}));
    } else {
      made.amounts[i] = decimal_at(at(&line, {"components", name}));
    }
  }
  made.offer = offer_in(line);
  if (text_at(&line, {"id"}) != billed.number || text_at(&line, {"article"}) != billed.article) {
    made.trouble = "the answer to another line";
  }
  return made;
}

std::vector<AnsweredLine> without_answer(const Order& order, std::string why) {
  AnsweredLine line;
  line.outcome = std::move(why);
  return std::vector<AnsweredLine>(order.size(), line);
}

}  // namespace

struct OverHttp::Inner {
  explicit Inner(const engine::snapshot::SnapshotCell& snapshots)
      : service{snapshots, [] { return engine::base::CivilMinutes{}; },
                [] { return std::string{}; }} {}

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

OverHttp::OverHttp(std::unique_ptr<Inner> inner) : inner_{std::move(inner)} {}

OverHttp::~OverHttp() = default;

Result<std::unique_ptr<OverHttp>> OverHttp::open(const engine::snapshot::SnapshotCell& snapshots) {
  auto inner = std::make_unique<Inner>(snapshots);
  if (auto ok = inner->listen(); !ok) return ok.error();
  return std::unique_ptr<OverHttp>{new OverHttp{std::move(inner)}};
}

std::string OverHttp::address() const { return inner_->server->address(); }

std::vector<AnsweredLine> OverHttp::ask(const Order& order) {
  const auto response = inner_->client->Post("/v1/quote", body_of(order), "application/json");
  if (!response) return without_answer(order, "no answer: " + httplib::to_string(response.error()));
  if (response->status != 200) {
    return without_answer(
        order, "HTTP " + std::to_string(response->status) + ": " + response->body.substr(0, 300));
  }
  const auto tree = rules::parse_json(response->body);
  if (!tree) return without_answer(order, "an answer that is no JSON: " + tree.error().detail);
  const Json* lines = tree->find("lines");
  if (lines == nullptr || lines->items().size() != order.size())
    return without_answer(order, "an answer of other lines than asked");
  std::vector<AnsweredLine> all;
  all.reserve(order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    all.push_back(answered(lines->items()[i], *order[i]));
  return all;
}

}  // namespace tests::replay

#include "tests/peers/parts/over_http.hpp"

#include "rules/json_tree.hpp"
#include "server/http/api.hpp"
#include "server/http/server.hpp"
#include "server/json/json_writer.hpp"

#include "tests/peers/parts/source.hpp"

#include <httplib.h>

#include <algorithm>
#include <array>
#include <thread>

namespace tests::peers {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using rules::Json;
using rules::JsonMember;
using server::json::JsonWriter;
namespace http = server::http;

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

// Fields that have members of their own; the others are attributes.
bool has_member(std::string_view name) {
  constexpr std::array<std::string_view, 4> members{"sales_organisation", "site", "channel",
                                                    "document_kind"};
  return std::ranges::find(members, name) != members.end();
}

void write_fields(const Fields& fields, bool members, JsonWriter& json) {
  if (members) {
    for (const auto& [name, value] : fields) {
      if (has_member(name)) json.member(name, value);
    }
  }
  const auto others = [members](const auto& field) { return !members || !has_member(field.first); };
  if (std::ranges::none_of(fields, others)) return;
  json.key("attributes");
  json.begin_object();
  for (const auto& field : fields) {
    if (others(field)) json.member(field.first, field.second);
  }
  json.end_object();
}

std::string body_of(const AskedQuestion& question) {
  std::string body;
  JsonWriter json{body};
  json.begin_object();
  json.member("customer", question.customer);
  json.member_unless_empty("currency", question.currency);
  json.member_unless_empty("date", question.date);
  write_fields(question.fields, true, json);
  json.key("lines");
  json.begin_array();
  for (const AskedLine& line : question.lines) {
    json.begin_object();
    json.member("article", line.article);
    json.member("quantity", line.quantity);
    json.member_unless_empty("unit", line.unit);
    json.member_unless_empty("agreement", line.agreement);
    json.member_unless_empty("date", line.date);
    write_fields(line.fields, false, json);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return body;
}

std::string text_at(const Json& from, std::string_view name) {
  const Json* found = from.find(name);
  return found == nullptr ? std::string{} : found->text();
}

void take_amounts(const Json* from, std::map<std::string, std::string>& amounts) {
  if (from == nullptr) return;
  for (const JsonMember& member : from->members()) amounts[member.name] = member.value.text();
}

Reply reply_in(const Json& answer) {
  Reply made;
  if (const Json* lines = answer.find("lines")) {
    for (const Json& line : lines->items()) {
      LineReply& one = made.lines.emplace_back();
      one.outcome = text_at(line, "outcome");
      if (one.outcome != "priced") continue;
      one.unit_price = text_at(line, "unit_price");
      one.line_amount = text_at(line, "line_amount");
      take_amounts(line.find("components"), one.components);
    }
  }
  take_amounts(answer.find("totals"), made.totals);
  return made;
}

std::string difference(const LineReply& a, const LineReply& b) {
  if (a.outcome != b.outcome) return "outcome " + b.outcome;
  if (a.outcome != "priced") return {};
  if (!same_value(*a.unit_price, *b.unit_price)) return "unit price " + *b.unit_price;
  if (!same_value(*a.line_amount, *b.line_amount)) return "line amount " + *b.line_amount;
  for (const auto& [name, amount] : a.components) {
    const auto other = b.components.find(name);
    if (other == b.components.end() || !same_value(amount, other->second))
      return "component " + name;
  }
  return {};
}

}  // namespace

struct OverHttp::Inner {
  explicit Inner(const std::shared_ptr<const engine::snapshot::Snapshot>& snapshot)
      : service{cell, [] { return engine::base::CivilMinutes{}; }, [] { return std::string{}; }} {
    cell.publish(snapshot);
  }

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
    return {};
  }

  ~Inner() {
    client.reset();
    if (server) server->stop();
    if (thread.joinable()) thread.join();
  }

  engine::snapshot::SnapshotCell cell;
  http::Service service;
  std::unique_ptr<http::Server> server;
  std::thread thread;
  std::unique_ptr<httplib::Client> client;
};

OverHttp::OverHttp(const std::shared_ptr<const engine::snapshot::Snapshot>& snapshot)
    : inner_{std::make_unique<Inner>(snapshot)} {}

OverHttp::~OverHttp() = default;

Result<Reply> OverHttp::ask(const AskedQuestion& question) {
  if (!inner_->client) {
    if (auto ok = inner_->listen(); !ok) return ok.error();
  }
  const auto response = inner_->client->Post("/v1/quote", body_of(question), "application/json");
  if (!response)
    return Fault{FaultCode::file_unreadable, "http", httplib::to_string(response.error())};
  if (response->status != 200)
    return Fault{FaultCode::bad_request, std::to_string(response->status), response->body};
  const auto tree = rules::parse_json(response->body);
  if (!tree) return tree.error();
  return reply_in(*tree);
}

std::string http_difference(const std::vector<Reply>& in_process, const std::vector<Reply>& http) {
  for (std::size_t i = 0; i < in_process.size(); ++i) {
    if (in_process[i].lines.size() != http[i].lines.size()) return "another number of lines";
    for (std::size_t line = 0; line < http[i].lines.size(); ++line) {
      const std::string found = difference(in_process[i].lines[line], http[i].lines[line]);
      if (!found.empty()) return "line " + std::to_string(line + 1) + ": " + found;
    }
    for (const auto& [name, amount] : in_process[i].totals) {
      const auto other = http[i].totals.find(name);
      if (other == http[i].totals.end() || !same_value(amount, other->second))
        return "total " + name;
    }
  }
  return {};
}

}  // namespace tests::peers

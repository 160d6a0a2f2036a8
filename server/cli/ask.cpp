#include "server/cli/ask.hpp"

#include "server/cli/asked_folder.hpp"
#include "server/cli/suggest.hpp"
#include "server/http/api.hpp"
#include "server/http/client.hpp"
#include "server/http/drafts.hpp"
#include "server/json/json_writer.hpp"
#include "server/node/clock.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <iterator>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using json::JsonWriter;
using rules::Json;

namespace {

constexpr const char* quote_target = "/v1/quote";

Result<std::string> read_all(const std::string& path) {
  if (path == "-") return std::string{std::istreambuf_iterator<char>{std::cin}, {}};
  std::ifstream file{path, std::ios::binary};
  if (!file) return Fault{FaultCode::file_missing, path, "the file can't be opened"};
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

bool looks_like_quantity(std::string_view text) {
  return !text.empty() && text.find_first_not_of("+-.0123456789") == std::string_view::npos &&
         text.find_first_of("0123456789") != std::string_view::npos;
}

void write_line(const std::string& argument, const AskOptions& options, JsonWriter& json) {
  const auto line = parse_line(argument);
  json.begin_object();
  json.member("article", line.article);
  json.member_unless_empty("quantity", line.quantity);
  json.member_unless_empty("unit", line.unit);
  json.member_unless_empty("agreement", options.agreement);
  json.end_object();
}

Result<void> write_fields(const AskOptions& options, JsonWriter& json) {
  if (options.fields.empty()) return {};
  json.key("attributes");
  json.begin_object();
  for (const auto& field : options.fields) {
    const auto equals = field.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Fault{FaultCode::bad_request, "--field",
                   "'" + field + "' is not of the form NAME=VALUE"};
    }
    json.member(std::string_view{field}.substr(0, equals),
                std::string_view{field}.substr(equals + 1));
  }
  json.end_object();
  return {};
}

// What is asked beside the prices.
std::vector<std::string_view> flags_of(const AskOptions& options, Waterfall waterfall) {
  std::vector<std::string_view> flags;
  if (waterfall == Waterfall::with) flags.emplace_back("explain");
  if (options.ladder) flags.emplace_back("ladder");
  return flags;
}

Result<std::string> text_of_options(const AskOptions& options, Waterfall waterfall) {
  if (options.customer.empty())
    return Fault{FaultCode::missing_value, "--customer", "a question names its customer"};
  if (options.lines.empty())
    return Fault{FaultCode::missing_value, "ARTICLE", "a question has at least one article"};
  std::string text;
  JsonWriter json{text};
  json.begin_object();
  json.member("customer", options.customer);
  json.member_unless_empty("currency", options.currency);
  json.member_unless_empty("date", options.date);
  json.member_unless_empty("language", options.language);
  json.member_unless_empty("sales_organisation", options.sales_organisation);
  json.member_unless_empty("site", options.site);
  json.member_unless_empty("channel", options.channel);
  json.member_unless_empty("document_kind", options.document_kind);
  if (auto fields = write_fields(options, json); !fields) return fields.error();
  json.key("lines");
  json.begin_array();
  for (const auto& line : options.lines) write_line(line, options, json);
  json.end_array();
  for (const auto name : flags_of(options, waterfall)) {
    json.key(name);
    json.boolean(true);
  }
  json.end_object();
  return text;
}

void write_tree(const Json& node, JsonWriter& json) {
  switch (node.kind()) {
    case Json::Kind::null:
      return json.null();
    case Json::Kind::boolean:
      return json.boolean(node.boolean());
    case Json::Kind::number:
      return json.raw(node.text());
    case Json::Kind::string:
      return json.text(node.text());
    case Json::Kind::array:
      json.begin_array();
      for (const auto& item : node.items()) write_tree(item, json);
      return json.end_array();
    case Json::Kind::object:
      json.begin_object();
      for (const auto& member : node.members()) {
        json.key(member.name);
        write_tree(member.value, json);
      }
      return json.end_object();
  }
}

// The question of a file, asked with these flags whatever the file says.
Result<std::string> with_flags(const std::string& text,
                               const std::vector<std::string_view>& flags) {
  const auto tree = rules::parse_json(text);
  if (!tree) return tree.error();
  if (!tree->is(Json::Kind::object)) return text;
  std::string made;
  JsonWriter json{made};
  json.begin_object();
  for (const auto& member : tree->members()) {
    if (std::ranges::find(flags, member.name) != flags.end()) continue;
    json.key(member.name);
    write_tree(member.value, json);
  }
  for (const auto flag : flags) {
    json.key(flag);
    json.boolean(true);
  }
  json.end_object();
  return made;
}

FaultCode code_named(std::string_view name) {
  for (int code = 0; code <= static_cast<int>(FaultCode::unsupported); ++code) {
    if (engine::base::fault_name(static_cast<FaultCode>(code)) == name)
      return static_cast<FaultCode>(code);
  }
  return FaultCode::bad_request;
}

std::string member_text(const Json& object, std::string_view name) {
  const auto* member = object.find(name);
  return member == nullptr ? std::string{} : member->text();
}

// What a problem document says, for the command line.
Fault fault_of(const Json& problem) {
  auto place = member_text(problem, "pointer");
  if (place.find('/', 1) == std::string::npos && !place.empty()) place.erase(0, 1);
  return {code_named(member_text(problem, "code")), place, member_text(problem, "detail")};
}

struct Reply {
  int status = 0;
  std::string body;
  std::string suggestion;  // what may have been meant by a code that is not known
};

Result<Reply> ask_folder(const std::string& text, const AskOptions& options, const Run& run) {
  const auto asked = open_asked(options.draft, run);
  if (!asked) return asked.error();
  const auto& snapshot = asked->snapshot;
  engine::snapshot::SnapshotCell cell;
  cell.publish(snapshot);
  const auto clock = node::Clock::in(node::time_zone_of(*snapshot));
  if (!clock) return clock.error();
  const http::Service service{cell, [&] { return clock->now(); },
                              [] { return server::ops::Readiness{}; }};
  http::Worker worker{service};
  http::Request request;
  request.method = "POST";
  request.target = quote_target;
  request.body = text;
  http::Response response;
  worker.handle(request, response);
  Reply reply{response.status, std::move(response.body), ""};
  if (reply.status == 200 && !options.draft.empty())
    http::mark_draft(options.draft, asked->based_on, reply.body);
  if (reply.status != 200 && !options.customer.empty() &&
      !snapshot->find_customer(options.customer)) {
    reply.suggestion = did_you_mean(near_matches(options.customer, *snapshot->customers().codes));
  }
  return reply;
}

// A node that does not know of drafts would answer from what is live.
Result<Reply> ask_node(const std::string& text, const AskOptions& options, const Run& run) {
  std::string target = quote_target;
  if (!options.draft.empty()) target += "?draft=" + http::percent_encoded(options.draft);
  auto answer = http::post_json(options.url, target, text);
  if (!answer) return answer.error();
  if (answer->status == 200 && !options.draft.empty()) {
    if (!answer->body.starts_with("{\"draft\":")) {
      return Fault{FaultCode::unsupported, options.url,
                   "this node answers no questions to drafts; ask in its data folder (--data)"};
    }
    fmt::print(run.err, "netto: from draft {} of {}, not live\n", options.draft, options.url);
  }
  return Reply{answer->status, std::move(answer->body), ""};
}

}  // namespace

void add_header_options(CLI::App& command, AskOptions& options) {
  command.add_option("--customer", options.customer, "Who buys: the customer's code")
      ->type_name("CODE");
  command.add_option("--date", options.date, "The day it is about; now without it")
      ->type_name("YYYY-MM-DD");
  command.add_option("--currency", options.currency, "Without it the customer's own")
      ->type_name("CODE");
  command.add_option("--channel", options.channel, "Such as internet or reseller")
      ->type_name("CODE");
  command.add_option("--site", options.site, "The shop or branch")->type_name("CODE");
  command.add_option("--sales-organisation", options.sales_organisation, "The selling company")
      ->type_name("CODE");
  command.add_option("--document-kind", options.document_kind, "Such as order or return")
      ->type_name("CODE");
  command
      .add_option("--field", options.fields,
                  "Any other field that the procedures declare; may be repeated")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  command.add_option("--language", options.language, "Of texts: en, sv, de ...")->type_name("CODE");
}

void add_draft_option(CLI::App& command, std::string& draft) {
  command.add_option("--draft", draft, "Ask what would be live with this draft (netto draft)")
      ->type_name("NAME")
      ->check([](const std::string& name) {
        return name.empty() ? std::string{"a draft has a name"} : std::string{};
      });
}

void add_ask_options(CLI::App& command, AskOptions& options) {
  add_header_options(command, options);
  command
      .add_option("--agreement", options.agreement,
                  "The framework agreement called off, for all lines")
      ->type_name("CODE");
  command
      .add_option(
          "lines", options.lines,
          "What is bought; the quantity is 1, the unit the article's base unit, unless said")
      ->type_name("ARTICLE[:QUANTITY[:UNIT]]");
  command
      .add_option("--json", options.json_file,
                  "A whole question as for POST /v1/quote; - is standard input")
      ->type_name("FILE");
  add_draft_option(command, options.draft);
  command.add_option("--url", options.url, "Ask a running node instead of the data folder")
      ->type_name("http://127.0.0.1:PORT");
}

LineArgument parse_line(const std::string& argument) {
  LineArgument line;
  for (auto colon = argument.find(':', 1); colon != std::string::npos;
       colon = argument.find(':', colon + 1)) {
    const auto end = std::min(argument.find(':', colon + 1), argument.size());
    if (!looks_like_quantity(std::string_view{argument}.substr(colon + 1, end - colon - 1)))
      continue;
    line.article = argument.substr(0, colon);
    line.quantity = argument.substr(colon + 1, end - colon - 1);
    line.unit = argument.substr(std::min(end + 1, argument.size()));
    return line;
  }
  line.article = argument;
  return line;
}

Result<std::string> question_text(const AskOptions& options, Waterfall waterfall) {
  if (options.json_file.empty()) return text_of_options(options, waterfall);
  const std::array<const std::string*, 9> said{
      &options.customer,           &options.currency,      &options.date,
      &options.language,           &options.channel,       &options.site,
      &options.sales_organisation, &options.document_kind, &options.agreement};
  const bool other = std::ranges::any_of(said, [](const auto* option) { return !option->empty(); });
  if (other || !options.lines.empty() || !options.fields.empty()) {
    return Fault{FaultCode::contradicting_values, "--json",
                 "a question in a file says everything itself"};
  }
  auto text = read_all(options.json_file);
  const auto flags = flags_of(options, waterfall);
  if (!text || flags.empty()) return text;
  auto asked = with_flags(*text, flags);
  if (!asked)
    return Fault{asked.error().code, options.json_file + ": " + asked.error().where,
                 asked.error().detail};
  return asked;
}

std::optional<AskedAnswer> ask(const AskOptions& options, Waterfall waterfall, Run& run) {
  const auto text = question_text(options, waterfall);
  if (!text) {
    fail(run, text.error());
    return std::nullopt;
  }
  auto reply =
      options.url.empty() ? ask_folder(*text, options, run) : ask_node(*text, options, run);
  if (!reply) {
    fail(run, reply.error());
    if (reply.error().code == FaultCode::file_unreadable) run.exit = Exit::world_failed;
    return std::nullopt;
  }
  auto json = rules::parse_json(reply->body);
  if (!json) {
    fail(run, Fault{FaultCode::bad_json, options.url, "what answers there is no Netto node"});
    return std::nullopt;
  }
  if (reply->status == 200) return AskedAnswer{std::move(reply->body), *std::move(json)};
  auto fault = fault_of(*json);
  fault.detail += reply->suggestion;
  fail(run, fault);
  if (reply->status >= 500) run.exit = Exit::world_failed;
  return std::nullopt;
}

}  // namespace server::cli

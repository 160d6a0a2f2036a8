#include "server/http/problem.hpp"

#include "server/json/json_writer.hpp"

#include <string>

namespace server::http {

using engine::base::Fault;
using engine::base::FaultCode;

namespace {

// "unknown_customer" as "Unknown customer".
std::string title_of(std::string_view code) {
  std::string title{code};
  for (char& c : title) {
    if (c == '_') c = ' ';
  }
  if (!title.empty() && title.front() >= 'a' && title.front() <= 'z') {
    title.front() = static_cast<char>(title.front() - 'a' + 'A');
  }
  return title;
}

}  // namespace

void write_problem(const Problem& problem, Response& response) {
  response.clear();
  response.status = problem.status;
  response.content_type = "application/problem+json";
  response.retry_after = problem.status == 503;
  json::JsonWriter json{response.body};
  json.begin_object();
  json.member("type", "urn:netto:problem:" + std::string{problem.code});
  json.member("title", title_of(problem.code));
  json.key("status");
  json.number(static_cast<std::uint64_t>(problem.status));
  json.member("detail", problem.detail);
  json.member("code", problem.code);
  json.member_unless_empty("pointer", problem.pointer);
  json.member_unless_empty("parameter", problem.parameter);
  json.member_unless_empty("state", problem.state);
  if (problem.batches_all != 0) {
    json.key("batches_read");
    json.number(problem.batches_read);
    json.key("batches_all");
    json.number(problem.batches_all);
  }
  json.end_object();
}

int status_for(const Fault& fault) {
  switch (fault.code) {
    case FaultCode::bad_json:
    case FaultCode::bad_encoding:
      return 400;
    case FaultCode::bad_request:
      return fault.where.empty() ? 400 : 422;
    case FaultCode::too_large:
      return fault.where.empty() ? 413 : 422;
    case FaultCode::store_unavailable:
    case FaultCode::store_format:
    case FaultCode::store_corrupt:
      return 503;
    default:
      return 422;
  }
}

void write_body_problem(const Fault& fault, Response& response) {
  write_problem({status_for(fault), fault_name(fault.code), fault.detail, fault.where, ""},
                response);
}

void write_query_problem(const Fault& fault, Response& response) {
  std::string_view name = fault.where;
  if (name.starts_with('/')) name.remove_prefix(1);
  write_problem({status_for(fault), fault_name(fault.code), fault.detail, "", name}, response);
}

}  // namespace server::http

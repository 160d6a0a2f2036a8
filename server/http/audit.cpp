#include "server/http/audit.hpp"

#include "server/audit/answer_text.hpp"
#include "server/http/problem.hpp"

#include <array>
#include <charconv>
#include <string>

namespace server::http {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

template <class Number>
bool read_whole(std::string_view text, Number& number) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size();
}

Fault wrong(const std::string& name, std::string detail) {
  return {FaultCode::bad_request, "/" + name, std::move(detail)};
}

Result<void> read_parameter(const std::string& name, const std::string& value,
                            audit::AuditQuery& query) {
  const std::array<std::pair<std::string_view, std::string*>, 6> texts{{
      {"article", &query.article},
      {"customer", &query.customer},
      {"document", &query.document},
      {"feed", &query.feed},
      {"from", &query.from},
      {"to", &query.to},
  }};
  for (const auto& [known, text] : texts) {
    if (name != known) continue;
    *text = value;
    return {};
  }
  if (name == "limit") {
    if (read_whole(value, query.limit)) return {};
    return wrong(name, "limit is a number from 1 to " + std::to_string(audit::limit_max));
  }
  if (name == "sequence") {
    if (read_whole(value, query.sequence.emplace())) return {};
    return wrong(name, "sequence is the number of a batch");
  }
  return wrong(
      name, "the audit is asked by article, customer, document, feed, sequence, from, to, limit");
}

void write_refused(const Fault& fault, Response& response) {
  const auto* const code = fault_name(fault.code);
  switch (fault.code) {
    case FaultCode::bad_request:
      return write_query_problem({fault.code, "/" + fault.where, fault.detail}, response);
    case FaultCode::too_large:
      return write_problem({422, code, fault.detail}, response);
    case FaultCode::file_missing:
      return write_problem({404, "no_audit", fault.detail}, response);
    case FaultCode::too_many:
      response.retry_after = true;
      return write_problem({503, code, fault.detail}, response);
    default:
      return write_problem({503, code, fault.detail}, response);
  }
}

}  // namespace

void ask_audit(const audit::AuditKeeper& audit, const Target& target, Response& response) {
  audit::AuditQuery query;
  for (const auto& [name, value] : target.parameters) {
    if (auto ok = read_parameter(name, value, query); !ok)
      return write_query_problem(ok.error(), response);
  }
  const auto answer = audit.ask(query);
  if (!answer) return write_refused(answer.error(), response);
  audit::write_answer(*answer, response.body);
}

}  // namespace server::http

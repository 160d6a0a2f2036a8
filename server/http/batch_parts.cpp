#include "server/http/batch_parts.hpp"

#include "server/http/feeds.hpp"
#include "server/http/problem.hpp"
#include "server/http/query.hpp"

namespace server::http {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using json::JsonWriter;
using node::Verdict;

std::string_view ending_of(std::string_view content_type) {
  const auto media_type = content_type.substr(0, content_type.find_first_of("; \t"));
  if (equals_ignoring_case(media_type, "text/csv")) return ".csv";
  return equals_ignoring_case(media_type, "application/x-ndjson") ? ".ndjson" : "";
}

bool is_uncompressed(const Request& request, Response& response) {
  constexpr std::string_view xz =
      "\xFD"
      "7zXZ";
  const bool is_plain = request.content_encoding.empty() || request.content_encoding == "identity";
  if (is_plain && !request.body.starts_with(xz)) return true;
  write_problem({415, "wrong_content_encoding", "The body must be sent without compression."},
                response);
  return false;
}

Result<void> read_mode(const std::string& value, node::ImportRequest& batch) {
  if (value == "all_or_nothing") {
    batch.refusing = node::Refusing::all_or_nothing;
  } else if (value == "replace") {
    if (!batch.replace) batch.replace.emplace();
  } else if (value != "good_rows") {
    return Fault{FaultCode::bad_request, "/mode", "mode is good_rows, all_or_nothing or replace"};
  }
  return {};
}

void write_counts(const node::RowCounts& rows, JsonWriter& json) {
  json.begin_object();
  json.key("read");
  json.number(rows.read);
  json.key("accepted");
  json.number(rows.accepted);
  json.key("set_aside");
  json.number(rows.set_aside);
  json.key("refused");
  json.number(rows.refused);
  json.end_object();
}

void write_rows(const feed::ImportReport& report, JsonWriter& json) {
  json.key("rows");
  write_counts(
      {report.rows_read(), report.rows_accepted(), report.rows_set_aside(), report.rows_refused()},
      json);
  json.key("removed");
  json.number(report.records_removed());
  json.key("not_there");
  json.number(report.records_not_there());
  if (report.vanished) {
    json.key("vanished");
    json.number(*report.vanished);
  }
  json.key("refused");
  json.begin_array();
  std::size_t told = 0;
  for (const feed::FileReport& file : report.files) {
    for (const feed::RefusedRow& row : file.refused_rows) {
      if (told++ == refused_told_max) break;
      json.begin_object();
      json.key("line");
      json.number(row.line);
      json.member("column", row.column);
      json.member("value", row.value);
      json.member("code", engine::base::fault_name(row.code));
      json.member("reason", row.reason);
      json.end_object();
    }
  }
  json.end_array();
}

void write_findings(const std::vector<feed::Finding>& findings, JsonWriter& json) {
  json.key("findings");
  json.begin_array();
  for (const feed::Finding& found : findings) {
    json.begin_object();
    json.member("feed", found.feed);
    json.member("guard", feed::guard_name(found.guard));
    json.member("then", feed::guard_action_name(found.then));
    json.key("records");
    json.number(found.records);
    json.member("detail", found.detail);
    json.end_object();
  }
  json.end_array();
}

namespace {

Problem problem_of(Verdict verdict, const Fault& fault) {
  switch (verdict) {
    case Verdict::unknown_feed:
      return {404, "unknown_feed", fault.detail};
    case Verdict::other_content:
      return {409, "other_content", fault.detail};
    case Verdict::out_of_order:
      return {409, "out_of_order", fault.detail};
    case Verdict::missing_batches:
      return {409, "missing_batches", fault.detail};
    case Verdict::refused_rows:
      return {422, "refused_rows", fault.detail};
    case Verdict::rejected:
      return {409, "rejected", fault.detail};
    case Verdict::unknown_draft:
      return {404, "unknown_draft", fault.detail};
    case Verdict::draft_exists:
      return {409, "draft_exists", fault.detail};
    case Verdict::plain:
    case Verdict::repeated:
    case Verdict::held:
      break;
  }
  const int status = status_for(fault);
  return {status == 400 || status == 413 ? 422 : status, engine::base::fault_name(fault.code),
          fault.detail};
}

}  // namespace

void write_not_taken(const node::ImportOutcome& outcome, Response& response) {
  write_problem(problem_of(outcome.verdict, outcome.faults.front()), response);
  if (outcome.verdict != Verdict::refused_rows) return;
  std::string members;
  JsonWriter json{members};
  json.begin_object();
  write_rows(outcome.report, json);
  json.end_object();
  response.body.pop_back();
  response.body.append(",").append(members, 1);
}

void write_unwritten(const Fault& fault, Response& response) {
  switch (fault.code) {
    case FaultCode::unsupported:
      return write_problem({409, "read_only", fault.detail}, response);
    case FaultCode::too_many:
      return write_problem({503, "busy", fault.detail}, response);
    default:
      return write_problem({503, fault_name(fault.code), fault.detail}, response);
  }
}

}  // namespace server::http

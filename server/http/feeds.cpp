#include "server/http/feeds.hpp"

#include "server/http/problem.hpp"
#include "server/http/query.hpp"
#include "server/json/json_writer.hpp"
#include "server/node/clock.hpp"
#include "server/node/refused_text.hpp"
#include "server/ops/freshness.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace server::http {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using json::JsonWriter;
using node::Verdict;

namespace {

std::optional<std::uint64_t> number_from(std::string_view text) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  // Journals keep numbers with a sign.
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || number > INT64_MAX)
    return std::nullopt;
  return number;
}

// ---- a batch
// --------------------------------------------------------------------------------------

// ".csv" or ".ndjson"; nothing for what is no batch.
std::string_view ending_of(std::string_view content_type) {
  const auto media_type = content_type.substr(0, content_type.find_first_of("; \t"));
  if (equals_ignoring_case(media_type, "text/csv")) return ".csv";
  return equals_ignoring_case(media_type, "application/x-ndjson") ? ".ndjson" : "";
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

Result<node::ImportRequest> read_parameters(const Target& target) {
  node::ImportRequest batch;
  bool has_partition = false;
  for (const auto& [name, value] : target.parameters) {
    if (name == "mode") {
      if (auto ok = read_mode(value, batch); !ok) return ok.error();
    } else if (name == "partition") {
      auto partition = feed::parse_partition(value);
      if (!partition) return Fault{FaultCode::bad_request, "/partition", partition.error().detail};
      batch.replace = *std::move(partition);
      has_partition = true;
    } else if (name == "sequence") {
      batch.delivery.sender_sequence = number_from(value);
      if (!batch.delivery.sender_sequence)
        return Fault{FaultCode::bad_request, "/sequence",
                     "'" + value + "' is not a number from 0 to 9223372036854775807"};
    } else {
      return Fault{FaultCode::bad_request, "/" + name,
                   "a batch takes the parameters mode, partition and sequence"};
    }
  }
  if (has_partition != (target.parameter("mode") == "replace")) {
    return Fault{FaultCode::bad_request, "/partition",
                 "mode=replace and partition go together: partition says what is replaced, such as "
                 "type:PRICE,price_list:PL-1; empty it stands for every record of the feed"};
  }
  return batch;
}

// The batch that the request brings; nothing, and a problem in the response, where it brings none.
std::optional<node::ImportRequest> read_batch(const Request& request, const Target& target,
                                              Response& response) {
  const auto ending = ending_of(request.content_type);
  constexpr std::string_view xz =
      "\xFD"
      "7zXZ";
  const bool is_plain = request.content_encoding.empty() || request.content_encoding == "identity";
  if (ending.empty()) {
    write_problem({415, "wrong_content_type", "A batch is text/csv or application/x-ndjson."},
                  response);
    return std::nullopt;
  }
  if (!is_plain || request.body.starts_with(xz)) {
    write_problem({415, "wrong_content_encoding", "The body must be sent without compression."},
                  response);
    return std::nullopt;
  }
  if (request.idempotency_key.size() > batch_id_bytes) {
    write_problem({422, "bad_request", "An Idempotency-Key has at most 200 bytes."}, response);
    return std::nullopt;
  }
  auto batch = read_parameters(target);
  if (!batch) {
    write_query_problem(batch.error(), response);
    return std::nullopt;
  }
  const std::string& feed = target.segments[2];
  batch->delivery.feed = feed;
  batch->delivery.batch_id = request.idempotency_key;
  batch->source = "POST " + feed;
  batch->files.push_back({feed + std::string{ending}, "", std::string{request.body}, feed});
  return *std::move(batch);
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

// What became of the rows, as members of an object that is open.
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

void write_held(const std::string& feed, const node::ImportOutcome& outcome, Response& response) {
  response.status = 202;
  const bool repeated = outcome.findings.empty();
  JsonWriter json{response.body};
  json.begin_object();
  json.member("feed", feed);
  json.key("held");
  json.number(outcome.held);
  json.key("repeated");
  json.boolean(repeated);
  if (!repeated) {
    write_rows(outcome.report, json);
    write_findings(outcome.findings, json);
  }
  json.end_object();
}

void write_taken(const node::Writer& writer, const std::string& feed,
                 const node::ImportOutcome& outcome, Response& response) {
  const bool repeated = outcome.verdict == Verdict::repeated;
  JsonWriter json{response.body};
  json.begin_object();
  json.member("feed", feed);
  json.key("sequence");
  json.number(outcome.sequence);
  json.key("generation");
  json.number(std::max(outcome.sequence, writer.feeds()->sequence));
  json.key("repeated");
  json.boolean(repeated);
  if (!repeated) {
    write_rows(outcome.report, json);
    write_findings(outcome.findings, json);
  }
  json.end_object();
}

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
    case Verdict::plain:
    case Verdict::repeated:
    case Verdict::held:
      break;
  }
  const int status = status_for(fault);
  return {status == 400 || status == 413 ? 422 : status, engine::base::fault_name(fault.code),
          fault.detail};
}

// The problem, with what became of the rows where any were read.
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

// ---- what is known of feeds
// -----------------------------------------------------------------------

// How old it may grow, and whether it is older.
void write_limit(const std::string& feed, const FeedLimits& limits, JsonWriter& json) {
  const auto stamp = std::ranges::find(limits.stamps, feed, &engine::snapshot::FeedStamp::feed);
  const bool has_limit = stamp != limits.stamps.end() && stamp->limit;
  json.key("limit_seconds");
  has_limit ? json.number(static_cast<std::uint64_t>(*stamp->limit)) : json.null();
  json.key("behaviour");
  has_limit ? json.text(engine::snapshot::stale_behaviour_name(stamp->behaviour)) : json.null();
  json.key("fresh");
  json.boolean(!has_limit || !ops::is_stale(*stamp, limits.now));
}

void write_feed(const node::Writer& writer, const FeedLimits& limits, const node::FeedRecord& feed,
                JsonWriter& json) {
  json.begin_object();
  json.member("feed", feed.feed);
  json.key("sequence");
  json.number(feed.sequence);
  json.key("sender_sequence");
  feed.sender_sequence ? json.number(*feed.sender_sequence) : json.null();
  json.member("received_at", feed.received_at);
  json.key("age_seconds");
  const auto age = node::seconds_since(feed.received_at);
  age ? json.number(*age) : json.null();
  write_limit(feed.feed, limits, json);
  json.key("batches");
  json.number(feed.batches);
  json.key("last");
  write_counts(feed.last, json);
  json.key("all");
  write_counts(feed.all, json);
  const auto found = writer.last_findings(feed.feed);
  write_findings(found ? found->findings : std::vector<feed::Finding>{}, json);
  json.key("last_error");
  if (const auto error = writer.last_error(feed.feed)) {
    json.begin_object();
    json.member("at", error->at);
    json.member("code", engine::base::fault_name(error->fault.code));
    json.member("detail", error->fault.detail);
    json.end_object();
  } else {
    json.null();
  }
  json.end_object();
}

// How files of a feed description are written, so that a sender can name and cut them.
void write_form(const feed::FeedForm& form, JsonWriter& json) {
  json.begin_object();
  json.member("feed", form.feed);
  json.key("files");
  json.begin_array();
  for (const std::string& pattern : form.files) json.text(pattern);
  json.end_array();
  json.member("layout", form.layout == feed::Layout::csv ? "csv" : "ndjson");
  json.key("header");
  json.boolean(form.header);
  json.member("separator", form.csv.separator);
  json.member("row_end", form.csv.row_end);
  json.key("quote");
  form.csv.quote ? json.text(std::string_view{&*form.csv.quote, 1}) : json.null();
  json.end_object();
}

}  // namespace

void post_batch(node::Writer& writer, const Request& request, const Target& target,
                Response& response) {
  auto batch = read_batch(request, target, response);
  if (!batch) return;
  const auto outcome = writer.write(*std::move(batch));
  if (!outcome) return write_unwritten(outcome.error(), response);
  if (outcome->verdict == Verdict::held) return write_held(target.segments[2], *outcome, response);
  if (!outcome->accepted()) return write_not_taken(*outcome, response);
  write_taken(writer, target.segments[2], *outcome, response);
}

void list_feeds(const node::Writer& writer, const FeedLimits& limits, Response& response) {
  const auto now = writer.feeds();
  JsonWriter json{response.body};
  json.begin_object();
  json.key("generation");
  json.number(now->sequence);
  json.key("feeds");
  json.begin_array();
  for (const node::FeedRecord& feed : now->feeds) write_feed(writer, limits, feed, json);
  json.end_array();
  json.key("descriptions");
  json.begin_array();
  if (now->forms != nullptr) {
    for (const feed::FeedForm& form : *now->forms) write_form(form, json);
  }
  json.end_array();
  json.end_object();
}

void show_feed(const node::Writer& writer, const FeedLimits& limits, const Target& target,
               Response& response) {
  const auto now = writer.feeds();
  const auto feed = std::ranges::find(now->feeds, target.segments[2], &node::FeedRecord::feed);
  if (feed == now->feeds.end()) {
    return write_problem({404, "unknown_feed", "No batch of this feed has come yet."}, response);
  }
  JsonWriter json{response.body};
  write_feed(writer, limits, *feed, json);
}

void list_refused(const node::Writer& writer, const Request& request, const Target& target,
                  Response& response) {
  const auto sequence = number_from(target.segments[2]);
  if (!sequence || *sequence == 0 || *sequence > writer.feeds()->sequence) {
    return write_problem({404, "unknown_batch", "There is no batch of this number."}, response);
  }
  std::string_view format = target.parameter("format");
  if (format.empty())
    format = request.accept.find("text/csv") != std::string_view::npos ? "csv" : "ndjson";
  if (format != "csv" && format != "ndjson" && format != "as_sent") {
    return write_query_problem(
        {FaultCode::bad_request, "/format", "format is csv, ndjson or as_sent"}, response);
  }
  const auto refused = writer.refused_rows(*sequence);
  if (!refused)
    return write_problem({503, fault_name(refused.error().code), refused.error().detail}, response);
  if (format == "as_sent") {
    auto text = node::refused_as_sent(*refused, target.parameter("file"));
    if (!text)
      return write_query_problem({text.error().code, "/file", text.error().detail}, response);
    response.content_type = "text/plain; charset=utf-8";
    response.body = *std::move(text);
    return;
  }
  response.content_type = format == "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson";
  response.body = format == "csv" ? node::refused_csv(*refused) : node::refused_ndjson(*refused);
}

}  // namespace server::http

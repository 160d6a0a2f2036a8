#include "server/http/feeds.hpp"

#include "server/http/batch_parts.hpp"
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
  if (ending.empty()) {
    write_problem({415, "wrong_content_type", "A batch is text/csv or application/x-ndjson."},
                  response);
    return std::nullopt;
  }
  if (!is_uncompressed(request, response)) return std::nullopt;
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
  write_findings(writer.last_findings(feed.feed), json);
  json.key("last_error");
  if (const auto error = writer.last_error(feed.feed)) {
    json.begin_object();
    json.member("at", error->at);
    json.member("code", error->code);
    json.member("detail", error->detail);
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

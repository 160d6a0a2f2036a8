#include "server/http/api.hpp"

#include "engine/base/hash.hpp"
#include "server/http/audit.hpp"
#include "server/http/availability_question.hpp"
#include "server/http/documents.hpp"
#include "server/http/draft_comparison.hpp"
#include "server/http/drafts.hpp"
#include "server/http/feeds.hpp"
#include "server/http/held.hpp"
#include "server/http/limits.hpp"
#include "server/http/problem.hpp"
#include "server/http/query.hpp"
#include "server/json/answer_text.hpp"

#include <algorithm>
#include <array>
#include <exception>

namespace server::http {

using engine::base::FaultCode;
using engine::base::Result;
using engine::model::Outcome;
using engine::quote::Detail;
using engine::quote::Question;
using engine::quote::Scope;
using engine::snapshot::Snapshot;

namespace {

// Whether a body may be read as JSON; none at all is left to the reader.
bool is_json(std::string_view content_type) {
  const auto media_type = content_type.substr(0, content_type.find_first_of("; \t"));
  return content_type.empty() || equals_ignoring_case(media_type, "application/json");
}

// Whether the fault is about a field's name or value.
bool is_of_field(const engine::base::Fault& fault) {
  const auto is_member = [&fault](const char* name) { return fault.where == name; };
  constexpr std::array members{"",       "/customer",           "/currency",
                               "/lines", "/sales_organisation", "/channel",
                               "/site",  "/document_kind"};
  return std::ranges::none_of(members, is_member);
}

// Refuses a body that was read well and asks what can't be answered. A field that no rule knows, or
// whose value is none, can only have come in as one of the attributes, of the question or of a line.
void refuse_question(const engine::base::Fault& fault, Response& response) {
  if (!is_of_field(fault)) return write_body_problem(fault, response);
  constexpr std::string_view of_line = "/attributes/";
  const auto line_end = fault.where.find(of_line);
  const auto name = line_end == std::string::npos ? 1 : line_end + of_line.size();
  const auto pointer = fault.where.substr(0, line_end == std::string::npos ? 0 : line_end) +
                       "/attributes" +
                       json::pointer_step(std::string_view{fault.where}.substr(name));
  write_body_problem({fault.code, pointer, fault.detail}, response);
}

void write_no_drafts(Response& response) {
  write_problem({404, "unknown_draft", "This node has no data folder of its own."}, response);
}

void append_hex(std::string& out, std::uint64_t value) {
  for (int shift = 60; shift >= 0; shift -= 4)
    out += "0123456789abcdef"[value >> static_cast<unsigned>(shift) & 0xFU];
}

// The same bytes have the same tag, in every process of this version.
void tag(std::uint64_t generation, Response& response) {
  response.etag = '"' + std::to_string(generation) + '-';
  append_hex(response.etag, engine::base::hash_text(response.body));
  response.etag += '"';
}

}  // namespace

struct Routes {
  using Handler = void (Worker::*)(const Request&, const Target&, Response&);

  static constexpr std::array names{
      RouteName{"POST", "/v1/quote"},
      RouteName{"GET", "/v1/customers/{customer}/prices/{article}"},
      RouteName{"POST", "/v1/availability"},
      RouteName{"GET", "/v1/availability/{article}"},
      RouteName{"POST", "/v1/feeds/{feed}/batches"},
      RouteName{"GET", "/v1/feeds"},
      RouteName{"GET", "/v1/feeds/{feed}"},
      RouteName{"GET", "/v1/batches/{sequence}/refused"},
      RouteName{"GET", "/v1/batches"},
      RouteName{"POST", "/v1/batches/{held}/release"},
      RouteName{"POST", "/v1/batches/{held}/reject"},
      RouteName{"POST", "/v1/documents"},
      RouteName{"POST", "/v1/drafts/{name}/parts"},
      RouteName{"GET", "/v1/drafts"},
      RouteName{"GET", "/v1/drafts/{name}"},
      RouteName{"DELETE", "/v1/drafts/{name}"},
      RouteName{"GET", "/v1/drafts/{name}/compare"},
      RouteName{"POST", "/v1/drafts/{name}/publish"},
      RouteName{"POST", "/v1/drafts/{name}/unschedule"},
      RouteName{"GET", "/v1/audit"},
      RouteName{"GET", "/openapi.json"},
      RouteName{"GET", "/healthz"},
      RouteName{"GET", "/readyz"},
      RouteName{"GET", "/metrics"},
  };
  static constexpr std::array<Handler, names.size()> handlers{
      &Worker::quote,      &Worker::price,   &Worker::availability, &Worker::availability_of_one,
      &Worker::feed_batch, &Worker::feeds,   &Worker::feed,         &Worker::refused_rows,
      &Worker::batches,    &Worker::release, &Worker::reject,       &Worker::documents,
      &Worker::draft_part, &Worker::drafts,  &Worker::draft,        &Worker::drop,
      &Worker::comparison, &Worker::publish, &Worker::unschedule,   &Worker::audit,
      &Worker::openapi,    &Worker::health,  &Worker::readiness,    &Worker::metrics,
  };
};

namespace {

// Whether the segments fit "/a/{b}/c"; a placeholder takes one segment that is not empty.
bool fits(std::string_view pattern, const std::vector<std::string>& segments) {
  for (const auto& segment : segments) {
    if (!pattern.starts_with('/')) return false;
    pattern.remove_prefix(1);
    const auto step = pattern.substr(0, pattern.find('/'));
    const bool placeholder = step.starts_with('{');
    if (placeholder ? segment.empty() : segment != step) return false;
    pattern.remove_prefix(step.size());
  }
  return pattern.empty();
}

// What can be dropped can be read.
constexpr std::string_view methods_of(std::string_view method) {
  if (method == "DELETE") return "GET, HEAD, DELETE";
  return method == "GET" ? "GET, HEAD" : method;
}

}  // namespace

std::span<const RouteName> route_names() { return Routes::names; }

ops::Readiness readiness_of(const Service& service) {
  auto readiness = service.readiness();
  const auto snapshot = service.snapshots.pin();
  if (readiness.state != ops::State::ready) return readiness;
  if (snapshot == nullptr) return {ops::State::loading, "No data has been loaded yet."};
  auto stale = ops::too_stale_for_traffic(snapshot->feed_stamps(), service.utc_seconds());
  if (!stale.empty()) return {ops::State::stale, std::move(stale)};
  return readiness;
}

Worker::Worker(const Service& service) : service_{service}, reader_{service.snapshots} {
  if (service.metrics != nullptr) counts_ = service.metrics->add_worker();
}

void Worker::handle(const Request& request, Response& response) {
  const auto began = std::chrono::steady_clock::now();
  if (counts_) counts_->begun.add(1);
  route_ = Routes::names.size();
  std::string failure;
  try {
    dispatch(request, response);
  } catch (const std::exception& error) {
    failure = error.what();
    write_problem({500, "internal_error", "The request could not be answered. It changed nothing."},
                  response);
  }
  finish(request, std::chrono::steady_clock::now() - began, response);
  if (!failure.empty() && service_.log != nullptr) {
    service_.log->event(ops::Level::error, "internal_error", failure,
                        {{"request_id", response.request_id}});
  }
}

// Marks, counts and tells what was answered.
void Worker::finish(const Request& request, std::chrono::nanoseconds time, Response& response) {
  draft_.reset();
  marks_.id_for(request.request_id, response.request_id);
  if (ops::is_traceparent(request.traceparent)) response.traceparent = request.traceparent;
  if (counts_) counts_->count(route_, response.status, time);
  if (service_.log == nullptr) return;
  const bool is_slow = service_.slow_request.count() > 0 && time >= service_.slow_request;
  if (is_slow || service_.is_every_request_told) tell(request, time, response);
}

// The route, never the address itself: what a caller puts there is its own business.
void Worker::tell(const Request& request, std::chrono::nanoseconds time, const Response& response) {
  const bool is_slow = service_.slow_request.count() > 0 && time >= service_.slow_request;
  const auto route =
      route_ < Routes::names.size() ? Routes::names[route_].pattern : std::string_view{"none"};
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
  const std::string_view trace{response.traceparent};
  service_.log->event(is_slow ? ops::Level::warning : ops::Level::info,
                      is_slow ? "slow_request" : "request",
                      is_slow ? "a request took longer than the limit" : "answered",
                      {{"request_id", response.request_id},
                       {"trace_id", trace.empty() ? trace : trace.substr(3, 32)},
                       {"parent_id", trace.empty() ? trace : trace.substr(36, 16)},
                       {"method", request.method},
                       {"route", route},
                       {"status", static_cast<std::uint64_t>(response.status)},
                       {"microseconds", static_cast<std::uint64_t>(microseconds)},
                       {"bytes_in", std::uint64_t{request.body.size()}},
                       {"bytes_out", std::uint64_t{response.body.size()}}});
}

void Worker::dispatch(const Request& request, Response& response) {
  response.clear();
  const auto target = parse_target(request.target);
  if (!target) return write_query_problem(target.error(), response);
  const auto method = request.method == "HEAD" ? std::string_view{"GET"} : request.method;
  std::string_view allowed;
  for (std::size_t i = 0; i < Routes::names.size(); ++i) {
    const auto& route = Routes::names[i];
    if (!fits(route.pattern, target->segments)) continue;
    if (route.method == method) {
      route_ = i;
      return (this->*Routes::handlers[i])(request, *target, response);
    }
    allowed = methods_of(route.method);
  }
  if (allowed.empty()) {
    write_problem({404, "unknown_route",
                   "There is nothing at this address; /openapi.json lists what there is."},
                  response);
  } else {
    write_problem({405, "wrong_method", "This address takes " + std::string{allowed} + " only."},
                  response);
    response.allow = allowed;
  }
}

const Snapshot* Worker::snapshot(Response& response) {
  if (service_.snapshots.version() != 0) return &reader_.current();
  const auto readiness = service_.readiness();
  write_problem({503, "not_ready",
                 readiness.detail.empty() ? std::string_view{"No data has been loaded yet."}
                                          : readiness.detail},
                response);
  return nullptr;
}

const Snapshot* Worker::asked(const Target& target, Response& response) {
  const auto* newest = snapshot(response);
  const auto named =
      std::ranges::find(target.parameters, "draft", &std::pair<std::string, std::string>::first);
  if (newest == nullptr || named == target.parameters.end()) return newest;
  return draft_asked(named->second, newest->generation(), response);
}

const Snapshot* Worker::draft_asked(std::string_view name, std::uint64_t live, Response& response) {
  if (service_.draft_views == nullptr) {
    write_no_drafts(response);
    return nullptr;
  }
  auto view = service_.draft_views->view(std::string{name}, live);
  if (view) {
    draft_ = *std::move(view);
    return draft_->snapshot.get();
  }
  write_unanswered_draft(view.error(), response);
  return nullptr;
}

void Worker::mark(const Target& target, Response& response) const {
  if (draft_) mark_draft(target.parameter("draft"), draft_->based_on, response.body);
}

const ops::Freshness* Worker::freshness(const Snapshot& snapshot, ops::RestsOn rests,
                                        Response& response) {
  const auto& freshness = freshness_.at(snapshot, rests, service_.utc_seconds());
  if (freshness.is_stale && counts_) counts_->stale.add(1);
  if (freshness.refused.empty()) return &freshness;
  write_problem({503, "stale_feed", freshness.refused}, response);
  return nullptr;
}

// Most lines have a price, and most baskets nothing else.
void Worker::count_lines() {
  if (!counts_) return;
  std::uint64_t priced = 0;
  for (const auto& line : answer_.priced.lines) {
    if (line.outcome == Outcome::priced) {
      ++priced;
    } else {
      counts_->outcomes[static_cast<std::size_t>(line.outcome)].add(1);
    }
  }
  counts_->outcomes[static_cast<std::size_t>(Outcome::priced)].add(priced);
}

Result<Question> Worker::ask(const Snapshot& snapshot, Scope scope,
                             const ops::Freshness& freshness) {
  auto question = engine::quote::resolve(snapshot, body_.request, service_.now());
  if (question) {
    question->scope = scope;
    if (freshness.price_on_request) {
      for (auto& line : question->lines) {
        if (line.outcome == Outcome::priced) line.outcome = Outcome::price_on_request;
      }
    }
    engine::quote::quote(snapshot, *question, body_.explain ? Detail::explained : Detail::plain,
                         scratch_, answer_);
    if (body_.ladder) {
      engine::quote::ladders(snapshot, *question, scratch_, answer_.ladders);
    } else {
      answer_.ladders.clear();
    }
    count_lines();
  }
  return question;
}

Result<Question> Worker::look(const Snapshot& snapshot) {
  auto question = resolve_availability(snapshot, body_.request, service_.now());
  if (question) {
    answer_.generation = snapshot.generation();
    engine::quote::availability(snapshot, *question, answer_.availability);
  }
  return question;
}

// ---- questions with a body
// ------------------------------------------------------------------------

namespace {

ops::RestsOn rests_on(const json::QuoteBody& body) {
  return body.availability ? ops::RestsOn::prices_and_stock : ops::RestsOn::prices;
}

json::FreshnessTold told(const ops::Freshness& freshness) {
  return {freshness.json, freshness.is_flagged, freshness.stock_unknown};
}

// Refuses what can't be read as JSON at all.
bool accepts_body(const Request& request, Response& response) {
  if (!is_json(request.content_type)) {
    write_problem({415, "wrong_content_type", "The body must be application/json."}, response);
  } else if (!request.content_encoding.empty() && request.content_encoding != "identity") {
    write_problem({415, "wrong_content_encoding", "The body must be sent without compression."},
                  response);
  } else if (request.body.size() > limits::body_bytes) {
    write_problem(
        {413, "too_large",
         "A body has at most " + std::to_string(limits::body_bytes) + " bytes (body_bytes)."},
        response);
  } else {
    return true;
  }
  return false;
}

}  // namespace

void Worker::quote(const Request& request, const Target& target, Response& response) {
  if (!accepts_body(request, response)) return;
  const auto* newest = asked(target, response);
  if (newest == nullptr) return;
  if (auto read = bodies_.read_quote(request.body, body_); !read)
    return write_body_problem(read.error(), response);
  const auto* fresh = freshness(*newest, rests_on(body_), response);
  if (fresh == nullptr) return;
  const auto question = ask(*newest, Scope::order, *fresh);
  if (!question) return refuse_question(question.error(), response);
  json::write_quote({*newest, body_, *question, answer_, told(*fresh)}, response.body);
  mark(target, response);
}

void Worker::availability(const Request& request, const Target& target, Response& response) {
  if (!accepts_body(request, response)) return;
  const auto* newest = asked(target, response);
  if (newest == nullptr) return;
  if (auto read = bodies_.read_availability(request.body, body_); !read) {
    return write_body_problem(read.error(), response);
  }
  const auto* fresh = freshness(*newest, ops::RestsOn::stock, response);
  if (fresh == nullptr) return;
  const auto question = look(*newest);
  if (!question) return refuse_question(question.error(), response);
  json::write_availability({*newest, body_, *question, answer_, told(*fresh)}, response.body);
  mark(target, response);
}

// ---- questions in the address
// ---------------------------------------------------------------------

void Worker::price(const Request& request, const Target& target, Response& response) {
  const auto* newest = asked(target, response);
  if (newest == nullptr) return;
  if (auto read = read_query(target, target.segments[4], body_); !read) {
    return write_query_problem(read.error(), response);
  }
  body_.request.customer = target.segments[2];
  const auto* fresh = freshness(*newest, rests_on(body_), response);
  if (fresh == nullptr) return;
  const auto question = ask(*newest, Scope::line, *fresh);
  if (!question) return write_query_problem(question.error(), response);
  if (question->lines.front().outcome == Outcome::unknown_article) {
    return write_problem({404, "unknown_article", outcome_text(Outcome::unknown_article)},
                         response);
  }
  // An age in the body would give it another tag every second: it goes into the head.
  auto of_body = told(*fresh);
  of_body.feeds = {};
  json::write_price({*newest, body_, *question, answer_, of_body}, response.body);
  mark(target, response);
  response.freshness = fresh->header;
  tag(newest->generation(), response);
  if (is_tag_among(response.etag, request.if_none_match)) response.status = 304;
}

void Worker::availability_of_one(const Request&, const Target& target, Response& response) {
  const auto* newest = asked(target, response);
  if (newest == nullptr) return;
  if (auto read = read_query(target, target.segments[2], body_); !read) {
    return write_query_problem(read.error(), response);
  }
  const auto* fresh = freshness(*newest, ops::RestsOn::stock, response);
  if (fresh == nullptr) return;
  const auto question = look(*newest);
  if (!question) return write_query_problem(question.error(), response);
  if (question->lines.front().outcome == Outcome::unknown_article) {
    return write_problem({404, "unknown_article", outcome_text(Outcome::unknown_article)},
                         response);
  }
  json::write_available_article({*newest, body_, *question, answer_, told(*fresh)}, response.body);
  mark(target, response);
}

// ---- feeds
// ----------------------------------------------------------------------------------------

node::Writer* Worker::writer(Response& response) const {
  if (service_.writer == nullptr)
    write_problem({503, "not_ready", "This node has no data folder of its own."}, response);
  return service_.writer;
}

// Before the data folder is read nothing is known of feeds, which is not the same as none.
const node::Writer* Worker::opened(Response& response) const {
  const auto* const of = writer(response);
  if (of == nullptr || of->role() != node::Role::opening) return of;
  write_problem({503, "not_ready", "The data folder is being read; ask again in a moment."},
                response);
  return nullptr;
}

FeedLimits Worker::feed_limits() {
  if (service_.snapshots.version() == 0) return {{}, service_.utc_seconds()};
  return {reader_.current().feed_stamps(), service_.utc_seconds()};
}

void Worker::feed_batch(const Request& request, const Target& target, Response& response) {
  if (auto* const to = writer(response)) post_batch(*to, request, target, response);
}

void Worker::feeds(const Request&, const Target&, Response& response) {
  if (const auto* const of = opened(response)) list_feeds(*of, feed_limits(), response);
}

void Worker::feed(const Request&, const Target& target, Response& response) {
  if (const auto* const of = opened(response)) show_feed(*of, feed_limits(), target, response);
}

void Worker::refused_rows(const Request& request, const Target& target, Response& response) {
  if (const auto* const of = opened(response)) list_refused(*of, request, target, response);
}

void Worker::batches(const Request&, const Target& target, Response& response) {
  if (const auto* const of = writer(response)) list_held(*of, target, response);
}

void Worker::release(const Request&, const Target& target, Response& response) {
  if (auto* const to = writer(response)) decide_held(*to, node::Decide::release, target, response);
}

void Worker::reject(const Request&, const Target& target, Response& response) {
  if (auto* const to = writer(response)) decide_held(*to, node::Decide::reject, target, response);
}

void Worker::documents(const Request& request, const Target& target, Response& response) {
  if (auto* const to = writer(response)) post_documents(*to, request, target, response);
}

void Worker::draft_part(const Request& request, const Target& target, Response& response) {
  if (auto* const to = writer(response)) post_draft_part(*to, request, target, response);
}

void Worker::drafts(const Request&, const Target&, Response& response) {
  if (const auto* const of = writer(response)) list_drafts(*of, response);
}

void Worker::draft(const Request&, const Target& target, Response& response) {
  if (const auto* const of = writer(response)) show_draft(*of, target, response);
}

void Worker::drop(const Request&, const Target& target, Response& response) {
  if (auto* const to = writer(response)) drop_draft(*to, target, response);
  if (service_.draft_views != nullptr) service_.draft_views->let_go();
}

void Worker::comparison(const Request&, const Target& target, Response& response) {
  const auto* newest = snapshot(response);
  if (newest == nullptr) return;
  if (service_.draft_views == nullptr) return write_no_drafts(response);
  compare_draft(*service_.draft_views, newest->generation(), service_.now(), target, response);
}

void Worker::publish(const Request&, const Target& target, Response& response) {
  if (auto* const to = writer(response)) publish_draft(*to, target, response);
  if (service_.draft_views != nullptr) service_.draft_views->let_go();
}

void Worker::unschedule(const Request&, const Target& target, Response& response) {
  if (auto* const to = writer(response)) unschedule_draft(*to, target, response);
}

void Worker::audit(const Request&, const Target& target, Response& response) {
  if (service_.audit != nullptr) return ask_audit(*service_.audit, target, response);
  write_problem({404, "no_audit", "This node has no data folder of its own."}, response);
}

// ---- the service itself
// ---------------------------------------------------------------------------

void Worker::openapi(const Request&, const Target&, Response& response) {
  response.body = openapi_text();
}

void Worker::health(const Request&, const Target&, Response& response) {
  response.body = R"({"status":"ok"})";
}

void Worker::readiness(const Request&, const Target&, Response& response) {
  const auto readiness = readiness_of(service_);
  if (readiness.state != ops::State::ready) {
    Problem problem{503, "not_ready", readiness.detail};
    problem.state = state_name(readiness.state);
    problem.batches_read = readiness.batches_read;
    problem.batches_all = readiness.batches_all;
    return write_problem(problem, response);
  }
  const auto* newest = snapshot(response);
  if (newest == nullptr) return;
  response.body = R"({"status":"ready","generation":)" + std::to_string(newest->generation()) + "}";
}

void Worker::metrics(const Request&, const Target&, Response& response) {
  if (service_.metrics == nullptr)
    return write_problem({404, "no_metrics", "Nothing is counted here."}, response);
  response.content_type = ops::metrics_content_type;
  response.body = service_.metrics->text();
}

}  // namespace server::http

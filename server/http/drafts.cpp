#include "server/http/drafts.hpp"

#include "server/feed/partition.hpp"
#include "server/http/batch_parts.hpp"
#include "server/http/problem.hpp"
#include "server/http/query.hpp"
#include "server/json/json_writer.hpp"
#include "server/node/clock.hpp"
#include "server/node/feed_notes.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace server::http {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using json::JsonWriter;
using node::DraftStep;

namespace {

constexpr std::size_t person_bytes_max = 200;  // of by
constexpr std::size_t note_bytes_max = 2'000;

Fault wrong(const std::string& name, std::string detail) {
  return {FaultCode::bad_request, "/" + name, std::move(detail)};
}

bool is_json(std::string_view content_type) {
  return equals_ignoring_case(content_type.substr(0, content_type.find_first_of("; \t")),
                              "application/json");
}

// ---- a part
// ---------------------------------------------------------------------------------------

Result<void> read_draft_parameter(const std::string& name, const std::string& value,
                                  node::ImportRequest& part) {
  if (name == "feed") {
    part.draft->feed = value;
  } else if (name == "use" && (value == "create" || value == "add")) {
    part.draft->use = value == "create" ? store::DraftUse::fresh : store::DraftUse::existing;
  } else if (name == "use") {
    return wrong(name, "use is create, of a new draft, or add, to one that is there");
  } else if (name == "by" && value.size() <= person_bytes_max) {
    part.draft->by = value;
  } else if (name == "note" && value.size() <= note_bytes_max) {
    part.draft->note = value;
  } else if (name == "by" || name == "note") {
    return wrong(name, "by has at most 200 bytes, note at most 2000");
  } else if (name == "mode") {
    return read_mode(value, part);
  } else if (name == "partition") {
    auto partition = feed::parse_partition(value);
    if (!partition) return wrong(name, partition.error().detail);
    part.replace = *std::move(partition);
  } else {
    return wrong(name, "a part takes the parameters use, feed, mode, partition, by and note");
  }
  return {};
}

Result<node::ImportRequest> read_part_parameters(const Target& target) {
  node::ImportRequest part;
  part.draft.emplace();
  part.draft->name = target.segments[2];
  part.draft->use = store::DraftUse::existing;
  bool has_partition = false;
  for (const auto& [name, value] : target.parameters) {
    has_partition = has_partition || name == "partition";
    if (auto ok = read_draft_parameter(name, value, part); !ok) return ok.error();
  }
  if (has_partition != (target.parameter("mode") == "replace")) {
    return wrong("partition",
                 "mode=replace and partition go together: partition says what is replaced, such as "
                 "type:PRICE,price_list:PL-1; empty it stands for every record of the feed");
  }
  const bool is_add = part.draft->use == store::DraftUse::existing;
  if (is_add && !(part.draft->by.empty() && part.draft->note.empty()))
    return wrong("use", "by and note are of a draft that is made: use=create");
  return part;
}

// The body, as rows of a feed or as a document; nothing, and a problem in the response, where it is
// neither.
std::optional<node::ImportRequest> read_part(const Request& request, const Target& target,
                                             Response& response) {
  const bool is_document = is_json(request.content_type);
  const auto ending = ending_of(request.content_type);
  if (ending.empty() && !is_document) {
    write_problem({415, "wrong_content_type",
                   "A part is text/csv or application/x-ndjson, or a rules document or feed "
                   "description as application/json."},
                  response);
    return std::nullopt;
  }
  if (!is_uncompressed(request, response)) return std::nullopt;
  auto part = read_part_parameters(target);
  if (part && is_document == !part->draft->feed.empty()) {
    part = wrong("feed", is_document ? "a document is of no feed"
                                     : "feed says whose rows these are: conditions, stock ...");
  }
  if (!part) {
    write_query_problem(part.error(), response);
    return std::nullopt;
  }
  const std::string& feed = part->draft->feed;
  if (is_document) {
    part->source = "POST document";
    part->documents.push_back({"document.json", std::string{request.body}});
  } else {
    part->source = "POST " + feed;
    part->files.push_back({feed + std::string{ending}, "", std::string{request.body}, feed});
  }
  return *std::move(part);
}

// ---- what is known of a draft
// ---------------------------------------------------------------------

void member_or_null(JsonWriter& json, std::string_view name, const std::string& value) {
  json.key(name);
  value.empty() ? json.null() : json.text(value);
}

void write_draft(const store::Draft& draft, JsonWriter& json) {
  json.begin_object();
  json.member("name", draft.name);
  json.member("created_at", draft.created_at);
  json.member("created_by", draft.created_by);
  json.member("note", draft.note);
  member_or_null(json, "publish_at", draft.publish_at);
  json.member("scheduled_by", draft.scheduled_by);
  json.member("problem", draft.problem);
  json.key("parts");
  json.begin_array();
  for (const store::DraftPart& part : draft.parts) {
    json.begin_object();
    json.member("received_at", part.received_at);
    json.member("source", part.source);
    write_findings(node::findings_of(part.findings), json);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_unreadable(const Fault& fault, Response& response) {
  write_problem({503, fault_name(fault.code), fault.detail}, response);
}

void write_undone(const node::ImportOutcome& outcome, Response& response) {
  const Fault& fault = outcome.faults.front();
  if (outcome.verdict == node::Verdict::plain && fault.code == FaultCode::contradicting_values)
    return write_problem({409, "contradicting_values", fault.detail}, response);
  write_not_taken(outcome, response);
}

// The sequence number that it was published as; 0 for none, nothing where it was not done.
std::optional<std::uint64_t> decide(node::Writer& writer, node::DraftDecision decision,
                                    Response& response) {
  node::ImportRequest request;
  request.draft_decision = std::move(decision);
  const auto outcome = writer.write(std::move(request));
  if (!outcome) {
    write_unwritten(outcome.error(), response);
    return std::nullopt;
  }
  if (outcome->accepted()) return outcome->sequence;
  write_undone(*outcome, response);
  return std::nullopt;
}

void write_state(const std::string& name, std::string_view state, std::uint64_t sequence,
                 Response& response) {
  JsonWriter json{response.body};
  json.begin_object();
  json.member("draft", name);
  json.member("state", state);
  json.key("sequence");
  sequence == 0 ? json.null() : json.number(sequence);
  json.end_object();
}

// False, and a problem in the response, where the address says something else.
bool accepts_decision(const Target& target, DraftStep step, Response& response) {
  const bool publishes = step == DraftStep::publish;
  const auto refuse = [&response](const std::string& name, const char* why) {
    write_query_problem(wrong(name, why), response);
    return false;
  };
  for (const auto& [name, value] : target.parameters) {
    if (name == "by" || (publishes && name == "at")) continue;
    return refuse(name, publishes ? "publishing takes the parameters by and at"
                                  : "only the parameter by is taken");
  }
  const auto by = target.parameter("by");
  if (by.size() <= person_bytes_max && !(publishes && by.empty())) return true;
  return refuse("by", "by says who decides this, in at most 200 bytes");
}

}  // namespace

void post_draft_part(node::Writer& writer, const Request& request, const Target& target,
                     Response& response) {
  auto part = read_part(request, target, response);
  if (!part) return;
  const auto outcome = writer.write(*std::move(part));
  if (!outcome) return write_unwritten(outcome.error(), response);
  if (!outcome->accepted()) return write_undone(*outcome, response);
  JsonWriter json{response.body};
  json.begin_object();
  json.member("draft", target.segments[2]);
  write_rows(outcome->report, json);
  write_findings(outcome->findings, json);
  json.end_object();
}

void list_drafts(const node::Writer& writer, Response& response) {
  const auto drafts = writer.drafts();
  if (!drafts) return write_unreadable(drafts.error(), response);
  JsonWriter json{response.body};
  json.begin_object();
  json.key("drafts");
  json.begin_array();
  for (const store::Draft& draft : *drafts) write_draft(draft, json);
  json.end_array();
  json.end_object();
}

void show_draft(const node::Writer& writer, const Target& target, Response& response) {
  const auto drafts = writer.drafts();
  if (!drafts) return write_unreadable(drafts.error(), response);
  const auto draft = std::ranges::find(*drafts, target.segments[2], &store::Draft::name);
  if (draft == drafts->end())
    return write_problem({404, "unknown_draft", "There is no draft of this name."}, response);
  JsonWriter json{response.body};
  write_draft(*draft, json);
}

void publish_draft(node::Writer& writer, const Target& target, Response& response) {
  if (!accepts_decision(target, DraftStep::publish, response)) return;
  const std::string& name = target.segments[2];
  node::DraftDecision decision{DraftStep::publish, name, std::string{target.parameter("by")},
                               std::string{target.parameter("at")}};
  const bool is_timed =
      std::ranges::any_of(target.parameters, [](const auto& each) { return each.first == "at"; });
  if (is_timed) {
    decision.step = DraftStep::schedule;
    if (auto ok = node::check_utc(decision.at); !ok)
      return write_query_problem({ok.error().code, "/at", ok.error().detail}, response);
  }
  const auto sequence = decide(writer, std::move(decision), response);
  if (sequence) write_state(name, is_timed ? "scheduled" : "published", *sequence, response);
}

void unschedule_draft(node::Writer& writer, const Target& target, Response& response) {
  if (!accepts_decision(target, DraftStep::schedule, response)) return;
  const std::string& name = target.segments[2];
  if (decide(writer, {DraftStep::schedule, name, std::string{target.parameter("by")}}, response))
    write_state(name, "waiting", 0, response);
}

void drop_draft(node::Writer& writer, const Target& target, Response& response) {
  if (!accepts_decision(target, DraftStep::drop, response)) return;
  const std::string& name = target.segments[2];
  if (decide(writer, {DraftStep::drop, name, std::string{target.parameter("by")}}, response))
    write_state(name, "dropped", 0, response);
}

void write_unanswered_draft(const Fault& fault, Response& response) {
  Problem problem{503, fault_name(fault.code), fault.detail};
  if (fault.code == FaultCode::file_missing) {
    problem = {404, "unknown_draft", fault.detail};
  } else if (fault.code == FaultCode::contradicting_values) {
    problem.status = 409;
  } else if (fault.code == FaultCode::too_many) {
    problem.code = "draft_not_ready";
  }
  problem.parameter = "draft";
  write_problem(problem, response);
}

void mark_draft(std::string_view name, std::uint64_t based_on, std::string& body) {
  if (!body.starts_with('{')) return;
  std::string member;
  JsonWriter json{member};
  json.begin_object();
  json.key("draft");
  json.begin_object();
  json.member("name", name);
  json.key("based_on");
  json.number(based_on);
  json.end_object();
  json.end_object();
  member.back() = ',';
  body.replace(0, 1, member);
}

}  // namespace server::http

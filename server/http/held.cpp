#include "server/http/held.hpp"

#include "server/http/problem.hpp"
#include "server/json/json_writer.hpp"

#include <array>
#include <charconv>
#include <optional>

namespace server::http {

using engine::base::Fault;
using engine::base::FaultCode;
using json::JsonWriter;

namespace {

constexpr std::array<std::string_view, 3> state_names{"held", "released", "rejected"};
constexpr std::size_t name_bytes_max = 200;

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = read.ec == std::errc{} && read.ptr == text.data() + text.size();
  return whole && number > 0 && number <= INT64_MAX ? std::optional{number} : std::nullopt;
}

void write_batch(const store::HeldBatch& batch, JsonWriter& json) {
  json.begin_object();
  json.key("number");
  json.number(batch.number);
  json.member("state", state_names[static_cast<std::size_t>(batch.state)]);
  json.member("received_at", batch.received_at);
  json.member("feed", batch.delivery.feed);
  json.member("batch_id", batch.delivery.batch_id);
  json.member("source", batch.source);
  json.member("decided_at", batch.decided_at);
  json.member("decided_by", batch.decided_by);
  json.key("sequence");
  batch.sequence == 0 ? json.null() : json.number(batch.sequence);
  json.key("findings");
  json.begin_array();
  for (const store::HeldFinding& found : batch.findings) {
    json.begin_object();
    json.member("feed", found.feed);
    json.member("guard", found.guard);
    json.member("then", found.action);
    json.key("records");
    json.number(found.records);
    json.member("detail", found.detail);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_undecided(const Fault& fault, Response& response) {
  switch (fault.code) {
    case FaultCode::bad_request:
      return write_problem({404, "unknown_batch", "No batch of this number is held."}, response);
    case FaultCode::contradicting_values:
      return write_problem({409, fault_name(fault.code), fault.detail}, response);
    case FaultCode::unsupported:
      return write_problem({409, "read_only", fault.detail}, response);
    default:
      return write_problem({503, fault_name(fault.code), fault.detail}, response);
  }
}

}  // namespace

void list_held(const node::Writer& writer, const Target& target, Response& response) {
  std::string_view wanted = target.parameter("state");
  if (wanted.empty()) wanted = state_names.front();
  const auto* const known = std::ranges::find(state_names, wanted);
  if (known == state_names.end() && wanted != "all") {
    return write_query_problem(
        {FaultCode::bad_request, "/state", "state is held, released, rejected or all"}, response);
  }
  std::optional<store::HeldState> state;
  if (wanted != "all") state = static_cast<store::HeldState>(known - state_names.begin());
  const auto batches = writer.held(state);
  if (!batches) {
    const Fault& fault = batches.error();
    return write_problem({503, fault_name(fault.code), fault.detail}, response);
  }
  JsonWriter json{response.body};
  json.begin_object();
  json.key("batches");
  json.begin_array();
  for (const store::HeldBatch& batch : *batches) write_batch(batch, json);
  json.end_array();
  json.end_object();
}

void decide_held(node::Writer& writer, node::Decide what, const Target& target,
                 Response& response) {
  const auto number = number_of(target.segments[2]);
  const std::string_view by = target.parameter("by");
  if (by.empty() || by.size() > name_bytes_max) {
    return write_query_problem(
        {FaultCode::bad_request, "/by", "by says who decides this, in at most 200 bytes"},
        response);
  }
  if (!number) return write_undecided({FaultCode::bad_request, "", ""}, response);
  node::ImportRequest request;
  request.decision = node::HeldDecision{what, *number, std::string{by}};
  const auto outcome = writer.write(std::move(request));
  if (!outcome) return write_undecided(outcome.error(), response);
  if (!outcome->accepted()) return write_undecided(outcome->faults.front(), response);
  JsonWriter json{response.body};
  json.begin_object();
  json.key("held");
  json.number(*number);
  json.member("state", what == node::Decide::release ? "released" : "rejected");
  json.key("sequence");
  outcome->sequence == 0 ? json.null() : json.number(outcome->sequence);
  json.end_object();
}

}  // namespace server::http

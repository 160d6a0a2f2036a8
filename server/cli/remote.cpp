#include "server/cli/remote.hpp"

#include <fmt/core.h>

#include <charconv>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using rules::Json;

namespace {

FaultCode code_of(int status, const std::string& said) {
  if (said == "read_only") return FaultCode::store_unavailable;
  if (status >= 500 || status == 408) return FaultCode::store_unavailable;
  if (status == 413) return FaultCode::too_large;
  for (int code = 0; code <= static_cast<int>(FaultCode::unsupported); ++code) {
    if (said == engine::base::fault_name(static_cast<FaultCode>(code)))
      return static_cast<FaultCode>(code);
  }
  if (said == "refused_rows") return FaultCode::refused_share;
  return status == 409 ? FaultCode::contradicting_values : FaultCode::bad_request;
}

}  // namespace

Fault fault_of(const std::string& url, const http::ClientAnswer& answer) {
  const auto problem = rules::parse_json(answer.body);
  const auto said = problem ? text_in(*problem, "code") : std::string{};
  auto detail = problem ? text_in(*problem, "detail") : std::string{};
  if (detail.empty()) {
    detail =
        fmt::format("answered with status {}; is a Netto node at this address?", answer.status);
  }
  return {code_of(answer.status, said), url, detail};
}

Result<std::string> get_text(const std::string& url, const std::string& path) {
  auto answer = http::get(url, path);
  if (!answer) return answer.error();
  if (answer->status < 200 || answer->status > 299) return fault_of(url, *answer);
  return std::move(answer->body);
}

Result<Json> get_json(const std::string& url, const std::string& path) {
  const auto text = get_text(url, path);
  if (!text) return text.error();
  auto json = rules::parse_json(*text);
  if (json) return json;
  return Fault{json.error().code, url, "the answer is no JSON: " + json.error().detail};
}

std::uint64_t number_in(const Json& object, std::string_view name) {
  const Json* member = object.find(name);
  std::uint64_t number = 0;
  if (member != nullptr) {
    const std::string& text = member->text();
    std::from_chars(text.data(), text.data() + text.size(), number);
  }
  return number;
}

std::string text_in(const Json& object, std::string_view name) {
  const Json* member = object.find(name);
  return member == nullptr ? "" : member->text();
}

bool is_true(const Json& object, std::string_view name) {
  const Json* member = object.find(name);
  return member != nullptr && member->boolean();
}

bool has(const Json& object, std::string_view name) {
  const Json* member = object.find(name);
  return member != nullptr && !member->is(Json::Kind::null);
}

}  // namespace server::cli

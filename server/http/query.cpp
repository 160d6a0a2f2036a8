#include "server/http/query.hpp"

#include "engine/base/limits.hpp"

#include <algorithm>

namespace server::http {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

Result<void> read_flag(const std::string& name, std::string_view value, bool& out) {
  if (value != "true" && value != "false") {
    return Fault{FaultCode::bad_request, "/" + name,
                 "expected true or false, found '" + std::string{value} + "'"};
  }
  out = value == "true";
  return {};
}

Result<void> read_parameter(const std::string& name, std::string_view value,
                            json::QuoteBody& body) {
  auto& request = body.request;
  auto& line = request.lines.front();
  if (name == "quantity") {
    line.quantity = value;
  } else if (name == "unit") {
    line.unit = value;
  } else if (name == "agreement") {
    line.agreement = value;
  } else if (name == "currency") {
    request.currency = value;
  } else if (name == "customer") {
    request.customer = value;
  } else if (name == "language") {
    request.language = value;
  } else if (name == "explain") {
    return read_flag(name, value, body.explain);
  } else if (name == "ladder") {
    return read_flag(name, value, body.ladder);
  } else if (name == "availability") {
    return read_flag(name, value, body.availability);
  } else if (name == "date") {
    const auto date = engine::base::parse_civil(value);
    if (!date) return Fault{date.error().code, "/date", date.error().detail};
    request.date = *date;
  } else if (name == "draft") {
    return {};  // of what answers, not of the question
  } else {
    request.fields.emplace_back(name, value);
  }
  return {};
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

Result<void> read_query(const Target& target, std::string_view article, json::QuoteBody& body) {
  json::reset(body);
  body.request.lines.emplace_back().article = article;
  body.line_ids.emplace_back();
  for (std::size_t i = 0; i < target.parameters.size(); ++i) {
    const auto& [name, value] = target.parameters[i];
    const auto same = [&name = name](const auto& other) { return other.first == name; };
    if (std::any_of(target.parameters.begin(),
                    target.parameters.begin() + static_cast<std::ptrdiff_t>(i), same)) {
      return Fault{FaultCode::duplicate_key, "/" + name, "the parameter is given twice"};
    }
    if (value.size() > engine::base::limits::code_length) {
      return Fault{FaultCode::too_large, "/" + name,
                   "a value has at most " + std::to_string(engine::base::limits::code_length) +
                       " bytes (code_length)"};
    }
    if (auto read = read_parameter(name, value, body); !read) return read;
  }
  return {};
}

bool is_tag_among(std::string_view tag, std::string_view if_none_match) {
  while (!if_none_match.empty()) {
    const auto comma = std::min(if_none_match.find(','), if_none_match.size());
    auto one = trimmed(if_none_match.substr(0, comma));
    if (one == "*") return true;
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == tag) return true;
    if_none_match.remove_prefix(std::min(comma + 1, if_none_match.size()));
  }
  return false;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace server::http

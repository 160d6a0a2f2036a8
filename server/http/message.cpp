#include "server/http/message.hpp"

#include "server/http/limits.hpp"
#include "server/json/utf8.hpp"

#include <algorithm>

namespace server::http {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

enum class Plus { is_plus, is_space };

Result<std::string> decoded(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == Plus::is_space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return Fault{FaultCode::bad_request, "",
                     "the address has a % that is not followed by two hexadecimal digits"};
      }
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  if (!json::is_utf8(out)) return Fault{FaultCode::bad_encoding, "", "the address is not UTF-8"};
  return out;
}

// Calls take(part) for each part of `text` between separators, until one fails.
template <class Take>
Result<void> split(std::string_view text, char separator, Take take) {
  while (true) {
    const auto end = text.find(separator);
    if (auto taken = take(text.substr(0, end)); !taken) return taken;
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
}

Result<void> take_parameter(std::string_view part, Target& target) {
  if (part.empty()) return {};
  if (target.parameters.size() == limits::query_parameters) {
    return Fault{FaultCode::too_many, "",
                 "at most " + std::to_string(limits::query_parameters) +
                     " parameters are taken (query_parameters)"};
  }
  const auto equals = std::min(part.find('='), part.size());
  auto name = decoded(part.substr(0, equals), Plus::is_space);
  if (!name) return name.error();
  auto value = decoded(part.substr(std::min(equals + 1, part.size())), Plus::is_space);
  if (!value) return value.error();
  target.parameters.emplace_back(*std::move(name), *std::move(value));
  return {};
}

}  // namespace

void Response::clear() {
  status = 200;
  content_type = "application/json";
  allow = {};
  etag.clear();
  freshness.clear();
  request_id.clear();
  traceparent.clear();
  retry_after = false;
  body.clear();
}

std::string_view Target::parameter(std::string_view name) const {
  const auto found =
      std::ranges::find(parameters, name, &std::pair<std::string, std::string>::first);
  return found == parameters.end() ? std::string_view{} : std::string_view{found->second};
}

Result<Target> parse_target(std::string_view text) {
  Target target;
  const auto question = std::min(text.find('?'), text.size());
  target.path = text.substr(0, question);
  std::string_view path = target.path;
  if (!path.starts_with('/'))
    return Fault{FaultCode::bad_request, "", "the address does not begin with a slash"};
  path.remove_prefix(1);
  auto split_path = split(path, '/', [&](std::string_view part) -> Result<void> {
    auto segment = decoded(part, Plus::is_plus);
    if (!segment) return segment.error();
    target.segments.push_back(*std::move(segment));
    return {};
  });
  if (!split_path) return split_path.error();
  if (question < text.size()) {
    auto split_query = split(text.substr(question + 1), '&',
                             [&](std::string_view part) { return take_parameter(part, target); });
    if (!split_query) return split_query.error();
  }
  return target;
}

}  // namespace server::http

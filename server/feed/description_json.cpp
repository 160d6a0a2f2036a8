#include "server/feed/description_json.hpp"

#include <algorithm>
#include <utility>

namespace server::feed {

using engine::base::Fault;
using engine::base::FaultCode;

void DescriptionJson::refuse(const Json& node, std::string reason) {
  if (!fault_) fault_ = Fault{FaultCode::bad_feed_description, node.pointer(), std::move(reason)};
}

void DescriptionJson::expect(const Json& node, Json::Kind kind) {
  if (!node.is(kind))
    refuse(node, std::string{rules::kind_name(kind)} + " is expected here, not " +
                     rules::kind_name(node.kind()));
}

bool DescriptionJson::members(const Json& node, std::initializer_list<std::string_view> known) {
  expect(node, Json::Kind::object);
  for (const auto& [member, value] : node.members()) {
    if (std::ranges::find(known, member) != known.end()) continue;
    std::string names;
    for (const std::string_view each : known) names.append(names.empty() ? "" : ", ").append(each);
    refuse(value, "unknown member; known here: " + names);
  }
  return !fault_;
}

const rules::Json& DescriptionJson::required(const Json& node, std::string_view member) {
  static const Json nothing;
  const Json* found = node.find(member);
  if (found == nullptr) refuse(node, "the member '" + std::string{member} + "' is missing");
  return found == nullptr ? nothing : *found;
}

std::string DescriptionJson::text(const Json& node) {
  expect(node, Json::Kind::string);
  return node.text();
}

std::string DescriptionJson::name(const Json& node) {
  std::string value = text(node);
  const bool plain = !value.empty() && value.size() <= 64 && std::ranges::all_of(value, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  if (!plain) refuse(node, "a name of 1 to 64 characters out of a-z, 0-9, _ and - is expected");
  return value;
}

bool DescriptionJson::boolean(const Json& node) {
  expect(node, Json::Kind::boolean);
  return node.boolean();
}

std::vector<std::string> DescriptionJson::texts(const Json& node) {
  if (node.is(Json::Kind::string)) return {node.text()};
  expect(node, Json::Kind::array);
  std::vector<std::string> values;
  for (const Json& item : node.items()) values.push_back(text(item));
  if (values.empty()) refuse(node, "at least one text is expected");
  return values;
}

char DescriptionJson::character(const Json& node) {
  const std::string value = text(node);
  if (value.size() != 1) refuse(node, "one character is expected");
  return value.empty() ? ' ' : value.front();
}

}  // namespace server::feed

#include "tests/peers/parts/scope.hpp"

#include <algorithm>

namespace tests::peers {

using rules::Json;

namespace {

void note(const Scope& scope, const Json& value) {
  if (scope.reads != nullptr) scope.reads->add(value);
}

// "prices[currency=EUR]": what stands before the bracket and in it.
struct Segment {
  std::string_view name;
  bool bracket = false;
  std::string_view selector;
  std::string_view rest;  // of the path
};

Segment first_segment(std::string_view path) {
  Segment made;
  const std::size_t end = path.find_first_of(".[");
  made.name = path.substr(0, end);
  if (end == std::string_view::npos) return made;
  made.rest = path.substr(end);
  if (made.rest.front() == '[') {
    const std::size_t close = made.rest.find(']');
    made.bracket = true;
    made.selector = made.rest.substr(1, close == std::string_view::npos ? close : close - 1);
    made.rest = close == std::string_view::npos ? "" : made.rest.substr(close + 1);
  }
  if (!made.rest.empty() && made.rest.front() == '.') made.rest.remove_prefix(1);
  return made;
}

bool selected(const Json& item, std::string_view selector) {
  const std::size_t equals = selector.find('=');
  if (equals == std::string_view::npos) return true;
  const Json* member = item.find(selector.substr(0, equals));
  return member != nullptr && member->text() == selector.substr(equals + 1);
}

const Json* walk(const Json& from, std::string_view path) {
  if (path.empty()) return &from;
  const Segment segment = first_segment(path);
  const Json* member = from.find(segment.name);
  if (member == nullptr || !segment.bracket) {
    return member == nullptr ? nullptr : walk(*member, segment.rest);
  }
  for (const Json& item : member->items()) {
    if (!selected(item, segment.selector)) continue;
    const Json* found = walk(item, segment.rest);
    if (found != nullptr && !found->is(Json::Kind::null)) return found;
  }
  return nullptr;
}

void walk_all(const Json& from, std::string_view path, std::vector<const Json*>& out) {
  if (path.empty()) {
    if (from.is(Json::Kind::array)) {
      for (const Json& item : from.items()) out.push_back(&item);
    } else if (!from.is(Json::Kind::null)) {
      out.push_back(&from);
    }
    return;
  }
  const Segment segment = first_segment(path);
  const Json* member = from.find(segment.name);
  if (member == nullptr) return;
  if (!segment.bracket) return walk_all(*member, segment.rest, out);
  for (const Json& item : member->items()) {
    if (selected(item, segment.selector)) walk_all(item, segment.rest, out);
  }
}

// The scope that a path starts in; its marks are taken off.
const Scope* start_of(const Scope& scope, std::string_view& path) {
  const Scope* at = &scope;
  while (!path.empty() && path.front() == '^' && at != nullptr) {
    at = at->around;
    path.remove_prefix(1);
  }
  return at;
}

}  // namespace

std::optional<std::string> scalar(const Json& value) {
  if (value.is(Json::Kind::boolean)) return value.boolean() ? "true" : "false";
  if (value.is(Json::Kind::string) || value.is(Json::Kind::number)) return value.text();
  return std::nullopt;
}

const Json* look_up(const Scope& scope, std::string_view path) {
  const Json* found = nullptr;
  if (!path.empty() && path.front() == '/') {
    found = walk(*scope.root, path.substr(1));
  } else {
    const Scope* at = start_of(scope, path);
    if (path == ".") path = "";
    for (; at != nullptr && found == nullptr; at = at->inherits ? at->around : nullptr)
      found = at->row == nullptr ? nullptr : walk(*at->row, path);
  }
  if (found == nullptr) return nullptr;
  note(scope, *found);
  return found->is(Json::Kind::null) ? nullptr : found;
}

std::vector<const Json*> look_up_all(const Scope& scope, std::string_view path) {
  std::vector<const Json*> found;
  if (!path.empty() && path.front() == '/') {
    walk_all(*scope.root, path.substr(1), found);
  } else {
    const Scope* at = start_of(scope, path);
    if (path == ".") path = "";
    for (; at != nullptr && found.empty(); at = at->inherits ? at->around : nullptr) {
      if (at->row != nullptr) walk_all(*at->row, path, found);
    }
  }
  for (const Json* value : found) note(scope, *value);
  return found;
}

}  // namespace tests::peers

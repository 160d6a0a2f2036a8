#include "server/feed/freshness_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>
#include <utility>

namespace server::feed {

using rules::Json;

namespace {

constexpr std::int64_t span_seconds_max = std::int64_t{3'650} * 86'400;

// "90m", "26h": seconds, minutes, hours or days.
std::int64_t span(const Json& node, DescriptionJson& json) {
  const std::string value = json.text(node);
  constexpr std::array<std::pair<char, std::int64_t>, 4> units{
      {{'s', 1}, {'m', 60}, {'h', 3'600}, {'d', 86'400}}};
  const auto unit = std::ranges::find(units, value.empty() ? '\0' : value.back(),
                                      &std::pair<char, std::int64_t>::first);
  std::int64_t number = 0;
  const char* const end = value.data() + (value.empty() ? 0 : value.size() - 1);
  const auto read = std::from_chars(value.data(), end, number);
  const bool usable = unit != units.end() && read.ec == std::errc{} && read.ptr == end &&
                      number > 0 && number <= span_seconds_max / unit->second;
  if (!usable) {
    json.refuse(node,
                "a time from 1s to 3650d is expected: a whole number followed by s, m, h or d");
    return 0;
  }
  return number * unit->second;
}

engine::snapshot::StaleBehaviour stale_behaviour(const Json& node, DescriptionJson& json) {
  using engine::snapshot::StaleBehaviour;
  constexpr std::array<Choice<StaleBehaviour>, 4> behaviours{
      {{"serve", StaleBehaviour::serve},
       {"flag", StaleBehaviour::flag},
       {"price_on_request", StaleBehaviour::price_on_request},
       {"refuse", StaleBehaviour::refuse}}};
  return json.choice<StaleBehaviour>(node, behaviours);
}

}  // namespace

FreshnessRule read_freshness(const Json& node, DescriptionJson& json) {
  FreshnessRule rule;
  if (!json.members(node, {"limit", "behaviour", "not_ready_after"})) return rule;
  rule.limit = span(json.required(node, "limit"), json);
  if (const Json* behaviour = node.find("behaviour"))
    rule.behaviour = stale_behaviour(*behaviour, json);
  if (const Json* after = node.find("not_ready_after")) {
    rule.not_ready_after = span(*after, json);
    if (*rule.not_ready_after < rule.limit)
      json.refuse(*after, "it must not be shorter than the limit");
  }
  return rule;
}

}  // namespace server::feed

#include "server/feed/guards_reader.hpp"

#include <array>
#include <charconv>
#include <system_error>

namespace server::feed {

using rules::Json;

namespace {

GuardAction guard_action(const Json& guard, DescriptionJson& json) {
  constexpr std::array<Choice<GuardAction>, 3> actions{
      {{"accept", GuardAction::accept}, {"flag", GuardAction::flag}, {"hold", GuardAction::hold}}};
  return json.choice<GuardAction>(json.required(guard, "then"), actions);
}

std::int64_t percent(const Json& node, std::int64_t most, DescriptionJson& json) {
  json.expect(node, Json::Kind::number);
  const std::string digits{node.text()};
  std::int64_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool whole = read.ec == std::errc{} && read.ptr == digits.data() + digits.size();
  if (!whole || value < 0 || value > most)
    json.refuse(node,
                "a whole number of per cent from 0 to " + std::to_string(most) + " is expected");
  return value;
}

ShareGuard read_share(const Json& node, DescriptionJson& json) {
  ShareGuard guard;
  if (!json.members(node, {"percent", "then"})) return guard;
  guard.percent = percent(json.required(node, "percent"), 100, json);
  guard.then = guard_action(node, json);
  return guard;
}

JumpGuard read_jump(const Json& node, DescriptionJson& json) {
  JumpGuard guard;
  if (!json.members(node, {"up", "down", "points", "then"})) return guard;
  constexpr std::int64_t up_max = 1'000'000;
  if (const Json* up = node.find("up")) guard.up = percent(*up, up_max, json);
  if (const Json* down = node.find("down")) guard.down = percent(*down, 100, json);
  if (const Json* points = node.find("points")) guard.points = percent(*points, up_max, json);
  if (!guard.up && !guard.down && !guard.points)
    json.refuse(node, "at least one of 'up', 'down' and 'points' is expected");
  guard.then = guard_action(node, json);
  return guard;
}

}  // namespace

GuardRules read_guards(const Json& node, DescriptionJson& json) {
  GuardRules rules;
  if (!json.members(node,
                    {"refused_rows", "vanished", "price_jump", "zero_price", "below_cost", "ties"}))
    return rules;
  if (const Json* guard = node.find("refused_rows")) rules.refused_rows = read_share(*guard, json);
  if (const Json* guard = node.find("vanished")) rules.vanished = read_share(*guard, json);
  if (const Json* guard = node.find("price_jump")) rules.price_jump = read_jump(*guard, json);
  if (const Json* guard = node.find("zero_price")) {
    json.members(*guard, {"then"});
    rules.zero_price = guard_action(*guard, json);
  }
  if (const Json* guard = node.find("below_cost")) {
    json.members(*guard, {"cost", "then"});
    rules.below_cost =
        CostGuard{json.text(json.required(*guard, "cost")), guard_action(*guard, json)};
  }
  if (const Json* guard = node.find("ties")) {
    json.members(*guard, {"then"});
    rules.ties = guard_action(*guard, json);
  }
  return rules;
}

}  // namespace server::feed

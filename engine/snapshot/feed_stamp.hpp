// FeedStamp: when a feed last brought something, and how old that may grow. The engine only carries
// stamps from whoever builds a snapshot to whoever answers from it, so that the age an answer tells
// is that of the very data it was made from; what is too old now is for somebody with a clock.
// Moments are UTC seconds since 1970, spans are seconds.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace engine::snapshot {

// What answers do with data beyond its limit. Published, ordered.
enum class StaleBehaviour : std::uint8_t {
  serve,             // answer, and tell the age
  flag,              // and give a notice
  price_on_request,  // no price, or no band, rests on it
  refuse,            // no answer
};

inline constexpr std::array<std::string_view, 4> stale_behaviour_names{
    "serve", "flag", "price_on_request", "refuse"};

constexpr std::string_view stale_behaviour_name(StaleBehaviour behaviour) {
  return stale_behaviour_names[static_cast<std::size_t>(behaviour)];
}

struct FeedStamp {
  std::string feed;
  std::optional<std::int64_t>
      accepted_at;                    // of its last accepted batch; none: it never brought one
  std::optional<std::int64_t> limit;  // none: it never grows too old
  std::optional<std::int64_t> not_ready_after;  // beyond it the whole node takes no traffic
  StaleBehaviour behaviour = StaleBehaviour::serve;
  bool bears_on_prices = true;
  bool bears_on_stock = false;
};

}  // namespace engine::snapshot

// Readiness: whether traffic should come, and if not, why and how far off. A value; whoever knows
// fills it in.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace server::ops {

// Published, ordered.
enum class State : std::uint8_t {
  ready,
  loading,   // the data folder is being read
  draining,  // told to stop; what has begun is finished
  stale,     // a feed is older than the limit that takes the node out of traffic
};

inline constexpr std::array<std::string_view, 4> state_names{"ready", "loading", "draining",
                                                             "stale"};

constexpr std::string_view state_name(State state) {
  return state_names[static_cast<std::size_t>(state)];
}

struct Readiness {
  State state = State::ready;
  std::string detail;              // for people; empty: ready
  std::uint64_t batches_read = 0;  // while loading
  std::uint64_t batches_all = 0;   // 0: not known
};

}  // namespace server::ops

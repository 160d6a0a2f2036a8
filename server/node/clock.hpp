// Clock: the only place that asks for the time of day. The engine takes `today` as an argument, in
// civil minutes of the procedure's time zone; a moment of an import is UTC. Cheap to copy; any
// thread; now() costs under a microsecond.
#pragma once

#include "engine/base/date.hpp"
#include "engine/base/result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace date {
class time_zone;
}

namespace engine::snapshot {
class Snapshot;
}

namespace server::node {

class Clock {
 public:
  Clock() = default;  // UTC

  // An IANA name: Europe/Stockholm. UTC needs no time zone data. Fault: bad_text.
  static engine::base::Result<Clock> in(std::string_view zone);

  engine::base::CivilMinutes now() const;
  engine::base::CivilMinutes at(std::chrono::sys_seconds moment) const;

 private:
  const date::time_zone* zone_ = nullptr;  // null: UTC
};

// The zone of the procedures of `snapshot`; the first one's where they differ, UTC where there is
// none.
std::string time_zone_of(const engine::snapshot::Snapshot& snapshot);

// "2026-03-01T02:00:00Z".
std::string utc_text(std::chrono::sys_seconds moment);
std::string utc_now_text();
// Of the moment so long ago.
std::string utc_text_before(std::chrono::seconds time);

// Whether `text` is a moment of that form. Fault: bad_text.
engine::base::Result<void> check_utc(std::string_view text);

// From a text of that form until now; 0 for one that is still to come, nothing where it is none.
std::optional<std::uint64_t> seconds_since(std::string_view utc);

}  // namespace server::node

#include "server/node/clock.hpp"

#include "engine/snapshot/snapshot.hpp"

#include <date/date.h>
#include <date/tz.h>

#include <cstdint>
#include <exception>

namespace server::node {

using engine::base::CivilMinutes;
using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

std::chrono::sys_seconds moment_now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

CivilMinutes minutes_of(std::chrono::seconds since_epoch) {
  return CivilMinutes{
      static_cast<std::int32_t>(std::chrono::floor<std::chrono::minutes>(since_epoch).count())};
}

}  // namespace

Result<Clock> Clock::in(std::string_view zone) {
  Clock clock;
  if (zone == "UTC") return clock;
  try {
    clock.zone_ = date::locate_zone(std::string{zone});
  } catch (const std::exception&) {
    return Fault{
        FaultCode::bad_text, "time_zone",
        "'" + std::string{zone} + "' is no time zone that this machine knows (package tzdata)"};
  }
  return clock;
}

CivilMinutes Clock::now() const { return at(moment_now()); }

CivilMinutes Clock::at(std::chrono::sys_seconds moment) const {
  if (zone_ == nullptr) return minutes_of(moment.time_since_epoch());
  return minutes_of(zone_->to_local(moment).time_since_epoch());
}

std::string time_zone_of(const engine::snapshot::Snapshot& snapshot) {
  const auto& procedures = snapshot.rules().procedures;
  return procedures.empty() ? "UTC" : procedures.front().time_zone;
}

std::string utc_text(std::chrono::sys_seconds moment) { return date::format("%FT%TZ", moment); }

std::string utc_now_text() { return utc_text(moment_now()); }

}  // namespace server::node

#include "server/node/clock.hpp"

#include "engine/snapshot/snapshot.hpp"

#include <date/date.h>
#include <date/tz.h>

#include <algorithm>
#include <charconv>
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

std::string utc_text_before(std::chrono::seconds time) { return utc_text(moment_now() - time); }

engine::base::Result<void> check_utc(std::string_view text) {
  constexpr std::string_view form = "2026-03-01T02:00:00Z";
  constexpr std::size_t minutes_end = 16;
  const bool has_form = text.size() == form.size() && text[10] == 'T' && text[minutes_end] == ':' &&
                        text.ends_with('Z') && text[17] >= '0' && text[17] <= '5' &&
                        text[18] >= '0' && text[18] <= '9';
  if (has_form && engine::base::parse_civil(text.substr(0, minutes_end))) return {};
  return engine::base::Fault{engine::base::FaultCode::bad_text, std::string{text},
                             "a time is given in UTC, such as 2026-12-31T23:00:00Z"};
}

std::optional<std::uint64_t> seconds_since(std::string_view utc) {
  if (utc.size() != std::string_view{"2026-03-01T02:00:00Z"}.size()) return std::nullopt;
  const auto number = [utc](std::size_t at, std::size_t digits) {
    int value = -1;
    const char* end = utc.data() + at + digits;
    return std::from_chars(utc.data() + at, end, value).ptr == end ? value : -1;
  };
  const std::chrono::year_month_day day{std::chrono::year{number(0, 4)},
                                        std::chrono::month{static_cast<unsigned>(number(5, 2))},
                                        std::chrono::day{static_cast<unsigned>(number(8, 2))}};
  const int hours = number(11, 2);
  const int minutes = number(14, 2);
  const int seconds = number(17, 2);
  if (!day.ok() || hours < 0 || minutes < 0 || seconds < 0) return std::nullopt;
  const auto then = std::chrono::sys_days{day} + std::chrono::hours{hours} +
                    std::chrono::minutes{minutes} + std::chrono::seconds{seconds};
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>((moment_now() - then) / std::chrono::seconds{1}, 0));
}

}  // namespace server::node

#include "engine/base/date.hpp"

#include <chrono>
#include <cstdio>

namespace engine::base {

namespace {

Fault bad_date(std::string_view text, const char* why) {
  return Fault{FaultCode::bad_date, "", "'" + std::string{text} + "' " + why};
}

// Exactly `count` digits from `text` at `at`; -1 when they are not there.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

bool only_zero_seconds(std::string_view rest) {
  if (rest.empty()) return true;
  if (rest.size() < 3 || rest[0] != ':' || digits(rest, 1, 2) != 0) return false;
  rest.remove_prefix(3);
  if (rest.empty()) return true;
  return rest.front() == '.' && rest.find_first_not_of('0', 1) == std::string_view::npos;
}

}  // namespace

CivilMinutes CivilMinutes::day_start() const {
  if (is_open()) return *this;
  const std::int32_t into_day = ((minutes_ % minutes_per_day) + minutes_per_day) % minutes_per_day;
  return CivilMinutes{minutes_ - into_day};
}

Result<CivilMinutes> civil(int year, int month, int day, int hour, int minute) {
  // std::chrono keeps a month and a day in one byte each: 257 would pass for January.
  if (month < 1 || month > 12 || day < 1 || day > 31) {
    return Fault{FaultCode::bad_date, "", "the calendar has no such day"};
  }
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (year < 1 || year > 4000 || !date.ok()) {
    return Fault{FaultCode::bad_date, "", "the calendar has no such day"};
  }
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) {
    return Fault{FaultCode::bad_date, "", "the day has no such time"};
  }
  const auto days = std::chrono::sys_days{date}.time_since_epoch().count();
  return CivilMinutes{static_cast<std::int32_t>(days) * CivilMinutes::minutes_per_day + hour * 60 +
                      minute};
}

Result<CivilMinutes> parse_civil(std::string_view text) {
  if (text.empty()) return Fault{FaultCode::missing_value, "", "a date is missing"};
  const int year = digits(text, 0, 4);
  const int month = digits(text, 5, 2);
  const int day = digits(text, 8, 2);
  if (year < 0 || month < 0 || day < 0 || text[4] != '-' || text[7] != '-') {
    return bad_date(text, "is not a date such as 2026-11-22");
  }
  int hour = 0;
  int minute = 0;
  if (text.size() > 10) {
    hour = digits(text, 11, 2);
    minute = digits(text, 14, 2);
    const bool separated =
        (text[10] == 'T' || text[10] == ' ') && text.size() > 13 && text[13] == ':';
    if (!separated || hour < 0 || minute < 0 || !only_zero_seconds(text.substr(16))) {
      return bad_date(text, "is not a time of whole minutes such as 2026-11-22T14:30");
    }
  }
  auto at = civil(year, month, day, hour, minute);
  if (!at)
    return bad_date(text, at.error().detail == "the day has no such time"
                              ? "names a time no day has"
                              : "is no day of the calendar");
  return at;
}

std::string to_string(CivilMinutes at) {
  if (at.is_open()) return "";
  const CivilMinutes start = at.day_start();
  const std::chrono::year_month_day date{
      std::chrono::sys_days{std::chrono::days{start.raw() / CivilMinutes::minutes_per_day}}};
  const int into_day = at.raw() - start.raw();
  char buffer[40];
  int written =
      std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02u", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  if (into_day != 0) {
    written += std::snprintf(buffer + written, sizeof buffer - static_cast<std::size_t>(written),
                             "T%02d:%02d", into_day / 60, into_day % 60);
  }
  return std::string(buffer, static_cast<std::size_t>(written));
}

}  // namespace engine::base

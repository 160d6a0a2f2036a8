// CivilMinutes: a moment as minutes of civil time since 1970-01-01 00:00 in the procedure's time
// zone, in 32 bits. The engine never asks a clock: today is an argument. Validity is half-open,
// [from, to); that a source's last day is inclusive is a switch of its feed description. `earliest`
// and `latest` stand for open ends.
#pragma once

#include "engine/base/result.hpp"

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace engine::base {

class CivilMinutes {
 public:
  constexpr CivilMinutes() = default;

  constexpr explicit CivilMinutes(std::int32_t minutes) : minutes_{minutes} {}

  static constexpr CivilMinutes earliest() {
    return CivilMinutes{std::numeric_limits<std::int32_t>::min()};
  }

  static constexpr CivilMinutes latest() {
    return CivilMinutes{std::numeric_limits<std::int32_t>::max()};
  }

  constexpr std::int32_t raw() const { return minutes_; }

  constexpr bool is_open() const { return *this == earliest() || *this == latest(); }

  // The same time one day later; an open end stays open.
  constexpr CivilMinutes next_day() const {
    return is_open() ? *this : CivilMinutes{minutes_ + minutes_per_day};
  }

  // 00:00 of the same day.
  CivilMinutes day_start() const;

  friend constexpr auto operator<=>(CivilMinutes,
                                    CivilMinutes) = default;  // NOLINT(modernize-use-nullptr)

  static constexpr std::int32_t minutes_per_day = 24 * 60;

 private:
  std::int32_t minutes_ = 0;
};

struct Validity {
  CivilMinutes from = CivilMinutes::earliest();
  CivilMinutes to = CivilMinutes::latest();

  constexpr bool contains(CivilMinutes at) const { return from <= at && at < to; }

  constexpr bool overlaps(const Validity& other) const {
    return from < other.to && other.from < to;
  }

  friend constexpr bool operator==(const Validity&, const Validity&) = default;
};

// Year 1 to 4000; fails on a date that the calendar does not have (2025-02-29).
Result<CivilMinutes> civil(int year, int month, int day, int hour = 0, int minute = 0);

// ISO 8601: 2026-11-22, 2026-11-22T14:30 or 2026-11-22 14:30[:00[.000]]. Faults: missing_value,
// bad_date.
Result<CivilMinutes> parse_civil(std::string_view text);

// "2026-11-22", with "T14:30" only where the time is not midnight; empty for an open end.
std::string to_string(CivilMinutes at);

}  // namespace engine::base

// How a source writes numbers and dates, and their translation to the canonical form (1234.50,
// 2026-11-22, or 2026-11-22T14:30). Nothing is guessed: a separator in the wrong place, a second
// that is not zero, a day that the calendar does not have are faults. Immutable; any thread. Faults
// have an empty `where`.
#pragma once

#include "engine/base/date.hpp"
#include "engine/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace server::feed {

struct NumberFormat {
  char decimal_point = '.';
  char thousands = 0;           // 0: none; else between groups of exactly three digits
  bool trailing_minus = false;  // "12.50-" is accepted too

  // Every number in this format is canonical already.
  bool is_canonical() const { return decimal_point == '.' && thousands == 0 && !trailing_minus; }
};

// Appends the canonical number to `out`.
engine::base::Result<void> append_number(std::string& out, std::string_view text,
                                         const NumberFormat& format);

// What the end of a validity means.
enum class EndMeaning : std::uint8_t {
  last_day,     // the whole day is still valid
  last_minute,  // the minute named is still valid
  exclusive     // from this moment on it is no longer valid
};

// A date as its pattern reads it.
struct ReadDate {
  engine::base::CivilMinutes minutes;
  bool has_time = false;     // the pattern has an hour
  bool whole_minute = true;  // seconds and fractions are zero
};

// A pattern in the manner of strptime: %Y (four digits), %y (2000 to 2099), %m, %d, %H, %I with %p,
// %M (one or two digits each), %S, %f (digits of a fraction), %b (Jan to Dec), %* (the rest of the
// text, whatever it is), %%. Every other character stands for itself.
class DatePattern {
 public:
  // Faults: bad_feed_description for an unknown directive or a pattern without year, month and day.
  static engine::base::Result<DatePattern> compile(std::string_view pattern);

  engine::base::Result<ReadDate> read(std::string_view text) const;

  const std::string& text() const { return pattern_; }

  bool has_time() const { return has_time_; }

  // Its dates are canonical days already: %Y-%m-%d.
  bool is_canonical() const { return pattern_ == "%Y-%m-%d"; }

 private:
  std::string pattern_;
  bool has_time_ = false;
};

// Tries the patterns in order. Faults: bad_date.
engine::base::Result<ReadDate> read_date(std::string_view text,
                                         const std::vector<DatePattern>& patterns);

// Appends a canonical start, or moment. Faults: bad_date where seconds would be lost.
engine::base::Result<void> append_moment(std::string& out, const ReadDate& date);

// Appends a canonical end of validity.
engine::base::Result<void> append_end(std::string& out, const ReadDate& date, EndMeaning meaning);

}  // namespace server::feed

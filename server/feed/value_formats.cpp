#include "server/feed/value_formats.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace server::feed {

using engine::base::CivilMinutes;
using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string in_quotes(std::string_view text) { return "'" + std::string{text} + "'"; }

Fault bad_number(std::string_view text, std::string_view why) {
  return Fault{FaultCode::bad_number, "", in_quotes(text) + " " + std::string{why}};
}

Fault bad_date(std::string_view text, std::string_view why) {
  return Fault{FaultCode::bad_date, "", in_quotes(text) + " " + std::string{why}};
}

bool takes_trailing_minus(std::string_view& digits) {
  if (!digits.ends_with('-')) return false;
  digits.remove_suffix(1);
  return true;
}

constexpr std::array<std::string_view, 12> month_names{"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};

// What a date's text says, part by part; -1: not said.
struct DateParts {
  int year = -1, month = -1, day = -1;
  int hour = 0, hour_of_12 = -1, minute = 0;
  int half_day = -1;  // 0 before noon, 1 after
  bool seconds = false;
};

// Reads one text by one pattern, character by character.
class DateReader {
 public:
  DateReader(std::string_view text, std::string_view pattern) : text_{text}, pattern_{pattern} {}

  bool read() {
    while (!pattern_.empty()) {
      const char expected = next_of_pattern();
      if (expected != '%') {
        if (!take(expected)) return false;
        continue;
      }
      const char directive = next_of_pattern();
      if (directive == '*') {
        text_ = {};
      } else if (directive == '%' ? !take('%') : !read_part(directive)) {
        return false;
      }
    }
    return text_.empty();
  }

  const DateParts& parts() const { return parts_; }

 private:
  char next_of_pattern() {
    const char c = pattern_.front();
    pattern_.remove_prefix(1);
    return c;
  }

  bool take(char expected) {
    if (!text_.starts_with(expected)) return false;
    text_.remove_prefix(1);
    return true;
  }

  bool read_part(char directive) {
    switch (directive) {
      case 'Y':
        return number(4, 4, parts_.year);
      case 'y':
        return short_year();
      case 'm':
        return number(1, 2, parts_.month);
      case 'b':
        return month_name();
      case 'd':
        return number(1, 2, parts_.day);
      case 'H':
        return number(1, 2, parts_.hour);
      case 'I':
        return number(1, 2, parts_.hour_of_12);
      case 'p':
        return half_day();
      case 'M':
        return number(1, 2, parts_.minute);
      case 'S':
        return seconds();
      default:
        return fraction();  // compile() has let through nothing else than %f
    }
  }

  bool number(std::size_t digits_min, std::size_t digits_max, int& value) {
    std::size_t count = 0;
    value = 0;
    while (count < digits_max && count < text_.size() && is_digit(text_[count])) {
      value = value * 10 + (text_[count] - '0');
      ++count;
    }
    text_.remove_prefix(count);
    return count >= digits_min;
  }

  bool short_year() {
    if (!number(2, 2, parts_.year)) return false;
    parts_.year += 2000;
    return true;
  }

  bool month_name() {
    std::string name{text_.substr(0, 3)};
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto found = std::ranges::find(month_names, name);
    if (found == month_names.end()) return false;
    parts_.month = static_cast<int>(found - month_names.begin()) + 1;
    text_.remove_prefix(3);
    return true;
  }

  bool half_day() {
    if (text_.size() < 2 || (text_[1] != 'M' && text_[1] != 'm')) return false;
    const char half = text_[0];
    if (half != 'A' && half != 'a' && half != 'P' && half != 'p') return false;
    parts_.half_day = half == 'P' || half == 'p' ? 1 : 0;
    text_.remove_prefix(2);
    return true;
  }

  bool seconds() {
    int value = 0;
    if (!number(1, 2, value) || value > 59) return false;
    parts_.seconds = parts_.seconds || value != 0;
    return true;
  }

  bool fraction() {
    const std::size_t count = std::min(text_.find_first_not_of("0123456789"), text_.size());
    parts_.seconds =
        parts_.seconds || text_.substr(0, count).find_first_not_of('0') != std::string_view::npos;
    text_.remove_prefix(count);
    return count > 0;
  }

  std::string_view text_;
  std::string_view pattern_;
  DateParts parts_;
};

bool resolve_hour(DateParts& parts) {
  if (parts.hour_of_12 < 0) return true;
  if (parts.hour_of_12 < 1 || parts.hour_of_12 > 12 || parts.half_day < 0) return false;
  parts.hour = parts.hour_of_12 % 12 + parts.half_day * 12;
  return true;
}

void append_padded(std::string& out, int value, int digits) {
  std::array<char, 4> text{};
  for (int i = digits - 1; i >= 0; --i, value /= 10)
    text[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
  out.append(text.data(), static_cast<std::size_t>(digits));
}

// Always with its time, so that an end at midnight is not taken for a day.
void append_with_time(std::string& out, CivilMinutes minutes) {
  const int into_day = minutes.raw() - minutes.day_start().raw();
  out += engine::base::to_string(minutes.day_start());
  out += 'T';
  append_padded(out, into_day / 60, 2);
  out += ':';
  append_padded(out, into_day % 60, 2);
}

bool says_a_day(std::string_view directives) {
  const auto has = [&](char c) { return directives.find(c) != std::string_view::npos; };
  return (has('Y') || has('y')) && (has('m') || has('b')) && has('d') && has('I') == has('p');
}

}  // namespace

Result<void> append_number(std::string& out, std::string_view text, const NumberFormat& format) {
  std::string_view digits = text;
  bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) {
    digits.remove_prefix(1);
  } else if (format.trailing_minus) {
    negative = takes_trailing_minus(digits);
  }
  const std::size_t point = std::min(digits.find(format.decimal_point), digits.size());
  const std::string_view whole = digits.substr(0, point);
  const std::string_view fraction = digits.substr(std::min(point + 1, digits.size()));
  const std::size_t start = out.size();
  if (negative) out += '-';
  const bool grouped =
      format.thousands != 0 && whole.find(format.thousands) != std::string_view::npos;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const bool at_group_border = grouped && i > 0 && (whole.size() - i) % 4 == 0;
    if (at_group_border ? whole[i] == format.thousands : is_digit(whole[i])) {
      if (!at_group_border) out += whole[i];
      continue;
    }
    out.resize(start);
    return bad_number(text,
                      grouped ? "has a thousands separator in the wrong place" : "is not a number");
  }
  if (!std::ranges::all_of(fraction, is_digit) || whole.size() + fraction.size() == 0) {
    out.resize(start);
    return bad_number(text, "is not a number");
  }
  if (!fraction.empty()) out.append(".").append(fraction);
  return {};
}

Result<DatePattern> DatePattern::compile(std::string_view pattern) {
  std::string directives;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') continue;
    const char directive = ++i < pattern.size() ? pattern[i] : ' ';
    if (std::string_view{"YymbdHIpMSf*%"}.find(directive) == std::string_view::npos) {
      return Fault{FaultCode::bad_feed_description, "",
                   in_quotes(pattern) +
                       " has a directive other than %Y %y %m %b %d %H %I %p %M %S %f %* %%"};
    }
    directives += directive;
  }
  if (!says_a_day(directives)) {
    return Fault{FaultCode::bad_feed_description, "",
                 in_quotes(pattern) + " must read a year, a month and a day, and %I only with %p"};
  }
  DatePattern compiled;
  compiled.pattern_ = pattern;
  compiled.has_time_ = directives.find_first_of("HI") != std::string::npos;
  return compiled;
}

Result<ReadDate> DatePattern::read(std::string_view text) const {
  DateReader reader{text, pattern_};
  if (!reader.read()) return bad_date(text, "is not written like " + pattern_);
  DateParts parts = reader.parts();
  if (!resolve_hour(parts)) return bad_date(text, "names a time no day has");
  const auto minutes =
      engine::base::civil(parts.year, parts.month, parts.day, parts.hour, parts.minute);
  if (!minutes) return bad_date(text, "is refused: " + minutes.error().detail);
  return ReadDate{*minutes, has_time_, !parts.seconds};
}

Result<ReadDate> read_date(std::string_view text, const std::vector<DatePattern>& patterns) {
  std::optional<Fault> first;
  for (const DatePattern& pattern : patterns) {
    auto date = pattern.read(text);
    if (date) return date;
    if (!first) first = date.error();
  }
  if (!first) return bad_date(text, "can't be read: the feed description names no date format");
  return *first;
}

Result<void> append_moment(std::string& out, const ReadDate& date) {
  if (!date.whole_minute)
    return Fault{FaultCode::bad_date, "",
                 "a moment of whole minutes is wanted, but seconds are given"};
  if (date.has_time && date.minutes != date.minutes.day_start()) {
    append_with_time(out, date.minutes);
  } else {
    out += engine::base::to_string(date.minutes.day_start());
  }
  return {};
}

Result<void> append_end(std::string& out, const ReadDate& date, EndMeaning meaning) {
  if (meaning == EndMeaning::last_day) {
    out += engine::base::to_string(date.minutes.day_start());
    return {};
  }
  if (meaning == EndMeaning::last_minute && date.has_time) {
    append_with_time(out, CivilMinutes{date.minutes.raw() + 1});
    return {};
  }
  if (meaning == EndMeaning::last_minute) return append_end(out, date, EndMeaning::last_day);
  if (!date.whole_minute)
    return Fault{FaultCode::bad_date, "",
                 "a moment of whole minutes is wanted, but seconds are given"};
  append_with_time(out, date.minutes);
  return {};
}

}  // namespace server::feed

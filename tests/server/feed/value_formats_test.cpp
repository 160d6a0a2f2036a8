#include "server/feed/value_formats.hpp"

#include "tests/catch.hpp"

using engine::base::FaultCode;
using namespace server::feed;

namespace {

std::string number(std::string_view text, const NumberFormat& format) {
  std::string out;
  const auto ok = append_number(out, text, format);
  if (ok) return out;
  CHECK(out.empty());
  return engine::base::fault_name(ok.error().code);
}

std::string written(std::string_view text, const std::string& pattern,
                    std::optional<EndMeaning> end = std::nullopt) {
  const auto compiled = DatePattern::compile(pattern);
  REQUIRE(compiled);
  const auto date = compiled->read(text);
  if (!date) return engine::base::fault_name(date.error().code);
  std::string out;
  const auto ok = end ? append_end(out, *date, *end) : append_moment(out, *date);
  return ok ? out : engine::base::fault_name(ok.error().code);
}

}  // namespace

TEST_CASE("numbers: decimal comma and thousands separators", "[server][feed][value_formats]") {
  const NumberFormat german{',', '.', false};
  CHECK(number("1.234,50", german) == "1234.50");
  CHECK(number("-1.234.567,5", german) == "-1234567.5");
  CHECK(number("1234,5", german) == "1234.5");
  CHECK(number("+7", german) == "7");
  CHECK(number(",5", german) == ".5");
  CHECK(number("12,", german) == "12");
  CHECK(number("999", german) == "999");
  const NumberFormat swiss{'.', '\'', true};
  CHECK(number("1'234.50", swiss) == "1234.50");
  CHECK(number("12.50-", swiss) == "-12.50");
}

TEST_CASE("numbers: a separator in the wrong place is refused, not guessed",
          "[server][feed][value_formats]") {
  const NumberFormat german{',', '.', false};
  for (const char* text :
       {"12.34", "1.23,4", "1.2345", ".123", "1..234", "1.234.5", "1,234.5", "1,2,3", "1 234",
        "12,5-", "--1", "-", "", ",", "1.234,5.6", "x", "1e3", "0x1"}) {
    INFO(text);
    CHECK(number(text, german) == "bad_number");
  }
  CHECK(number("1,234.50", NumberFormat{}) == "bad_number");
}

TEST_CASE("dates: day and month orders, month names, two-digit years",
          "[server][feed][value_formats]") {
  CHECK(written("02/17/2025", "%m/%d/%Y") == "2025-02-17");
  CHECK(written("2/7/2025", "%m/%d/%Y") == "2025-02-07");
  CHECK(written("17.02.2025", "%d.%m.%Y") == "2025-02-17");
  CHECK(written("17.02.25", "%d.%m.%y") == "2025-02-17");
  CHECK(written("20250217", "%Y%m%d") == "2025-02-17");
  CHECK(written("17-Feb-2025", "%d-%b-%Y") == "2025-02-17");
  CHECK(written("17-DEC-2025", "%d-%b-%Y") == "2025-12-17");
  CHECK(written("100% 2025-02-17", "100%% %Y-%m-%d") == "2025-02-17");
}

TEST_CASE("dates: times, halves of the day and seconds", "[server][feed][value_formats]") {
  CHECK(written("2025-02-17 14:30:00.000", "%Y-%m-%d %H:%M:%S.%f") == "2025-02-17T14:30");
  CHECK(written("2025-02-17 00:00:00.000", "%Y-%m-%d %H:%M:%S.%f") == "2025-02-17");
  CHECK(written("2025-02-17 14:30:01.000", "%Y-%m-%d %H:%M:%S.%f") == "bad_date");
  CHECK(written("2025-02-17 14:30:00.001", "%Y-%m-%d %H:%M:%S.%f") == "bad_date");
  CHECK(written("2/17/2025 12:05 AM", "%m/%d/%Y %I:%M %p") == "2025-02-17T00:05");
  CHECK(written("2/17/2025 12:05 PM", "%m/%d/%Y %I:%M %p") == "2025-02-17T12:05");
  CHECK(written("2/17/2025 1:05 pm", "%m/%d/%Y %I:%M %p") == "2025-02-17T13:05");
  CHECK(written("2/17/2025 13:05 PM", "%m/%d/%Y %I:%M %p") == "bad_date");
  CHECK(written("2025-02-17 11:15:07.263", "%Y-%m-%d%*") == "2025-02-17");
}

TEST_CASE("dates: the end of a validity is the day, the minute, or the first moment after",
          "[server][feed][value_formats]") {
  CHECK(written("2025-12-31", "%Y-%m-%d", EndMeaning::last_day) == "2025-12-31");
  CHECK(written("2025-12-31", "%Y-%m-%d", EndMeaning::last_minute) == "2025-12-31");
  CHECK(written("2025-12-31", "%Y-%m-%d", EndMeaning::exclusive) == "2025-12-31T00:00");
  const std::string pattern = "%Y-%m-%d %H:%M:%S";
  CHECK(written("2025-12-31 23:59:59", pattern, EndMeaning::last_day) == "2025-12-31");
  CHECK(written("2025-12-31 23:59:59", pattern, EndMeaning::last_minute) == "2026-01-01T00:00");
  CHECK(written("2025-12-31 18:00:00", pattern, EndMeaning::exclusive) == "2025-12-31T18:00");
  CHECK(written("2025-12-31 23:59:59", pattern, EndMeaning::exclusive) == "bad_date");
}

TEST_CASE("dates: 29 February exists in leap years only", "[server][feed][value_formats]") {
  CHECK(written("29.02.2024", "%d.%m.%Y") == "2024-02-29");
  CHECK(written("29.02.2025", "%d.%m.%Y") == "bad_date");
  CHECK(written("29.02.2100", "%d.%m.%Y") == "bad_date");
  CHECK(written("31.04.2025", "%d.%m.%Y") == "bad_date");
}

TEST_CASE("dates: what does not fit the pattern is refused", "[server][feed][value_formats]") {
  for (const char* text : {"", "2025-13-01", "2025-00-01", "2025-01-00", "2025-1", "25-01-01",
                           "2025-01-01x", " 2025-01-01", "2025/01/01", "x"}) {
    INFO(text);
    CHECK(written(text, "%Y-%m-%d") == "bad_date");
  }
  CHECK(written("2025-01-01 24:00", "%Y-%m-%d %H:%M") == "bad_date");
  CHECK(written("2025-01-01 10:00:60", "%Y-%m-%d %H:%M:%S") == "bad_date");
}

TEST_CASE("dates: several patterns are tried in order", "[server][feed][value_formats]") {
  const std::vector<DatePattern> patterns{*DatePattern::compile("%d.%m.%Y"),
                                          *DatePattern::compile("%Y%m%d")};
  CHECK(read_date("20250217", patterns)->minutes == *engine::base::civil(2025, 2, 17));
  CHECK(read_date("17.02.2025", patterns)->minutes == *engine::base::civil(2025, 2, 17));
  CHECK(read_date("2025-02-17", patterns).error().code == FaultCode::bad_date);
  CHECK(read_date("2025-02-17", {}).error().code == FaultCode::bad_date);
}

TEST_CASE("dates: a pattern must read a whole day and use known directives",
          "[server][feed][value_formats]") {
  for (const char* pattern :
       {"", "%Y", "%Y-%m", "%d.%m", "%Y-%m-%d %Q", "%Y-%m-%d %", "%Y-%m-%d %I:%M"}) {
    INFO(pattern);
    CHECK(DatePattern::compile(pattern).error().code == FaultCode::bad_feed_description);
  }
}

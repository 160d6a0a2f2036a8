#include "engine/base/date.hpp"

#include "tests/catch.hpp"
#include "tests/oracle/world.hpp"

using engine::base::civil;
using engine::base::CivilMinutes;
using engine::base::parse_civil;
using engine::base::Validity;

namespace {

CivilMinutes at(const std::string& text) {
  auto parsed = parse_civil(text);
  INFO(text);
  REQUIRE(parsed);
  return *parsed;
}

std::string refusal(const std::string& text) {
  const auto parsed = parse_civil(text);
  INFO(text);
  REQUIRE_FALSE(parsed);
  return engine::base::fault_name(parsed.error().code);
}

}  // namespace

TEST_CASE("date: every day of five centuries is counted as the calendar does", "[engine][base]") {
  std::int32_t expected = oracle::day(1700, 1, 1);
  for (int year = 1700; year < 2200; ++year) {
    for (int month = 1; month <= 12; ++month) {
      for (int day = 1; day <= 31; ++day) {
        const auto made = civil(year, month, day);
        if (!made) continue;
        if (made->raw() != expected) FAIL(year << "-" << month << "-" << day);
        expected += CivilMinutes::minutes_per_day;
      }
    }
  }
  CHECK(expected == oracle::day(2200, 1, 1));
}

TEST_CASE("date: leap days exist where the calendar has them, also at the turns of centuries",
          "[engine][base]") {
  for (const int year : {1600, 1904, 1996, 2000, 2024, 2400, 4000}) CHECK(civil(year, 2, 29));
  for (const int year : {1700, 1800, 1900, 2023, 2100, 2025, 2200}) CHECK_FALSE(civil(year, 2, 29));
  CHECK(to_string(CivilMinutes{at("2024-02-29").next_day()}) == "2024-03-01");
  CHECK(to_string(CivilMinutes{at("1900-02-28").next_day()}) == "1900-03-01");
}

TEST_CASE("date: the calendar goes from year 1 to 4000, and no part of a date wraps around",
          "[engine][base]") {
  CHECK(civil(1, 1, 1));
  CHECK(civil(4000, 12, 31, 23, 59));
  CHECK_FALSE(civil(0, 12, 31));
  CHECK_FALSE(civil(4001, 1, 1));
  CHECK_FALSE(civil(70000, 1, 1));
  for (const int month : {-1, 0, 13, 256, 257, 268}) CHECK_FALSE(civil(2026, month, 1));
  for (const int day : {-1, 0, 32, 256, 257}) CHECK_FALSE(civil(2026, 1, day));
  CHECK_FALSE(civil(2026, 4, 31));
  for (const int hour : {-1, 24}) CHECK_FALSE(civil(2026, 1, 1, hour));
  for (const int minute : {-1, 60}) CHECK_FALSE(civil(2026, 1, 1, 0, minute));
}

TEST_CASE("date: days and minutes are read in their usual forms", "[engine][base]") {
  CHECK(at("1970-01-01").raw() == 0);
  CHECK(at("1969-12-31T23:59").raw() == -1);
  CHECK(at("2026-11-22T14:30").raw() == at("2026-11-22").raw() + 870);
  CHECK(at("2026-11-22 14:30") == at("2026-11-22T14:30"));
  CHECK(at("2026-11-22T14:30:00") == at("2026-11-22T14:30"));
  CHECK(at("2026-11-22T14:30:00.000") == at("2026-11-22T14:30"));
}

TEST_CASE("date: anything else is refused, and a missing date is told apart", "[engine][base]") {
  CHECK(refusal("") == "missing_value");
  for (const char* text : {"2025-02-29",
                           "2026-13-01",
                           "2026-00-10",
                           "2026-04-31",
                           "2026-1-1",
                           "26-01-01",
                           "20260101",
                           "2026/01/01",
                           "01.02.2026",
                           "2026-01-01T",
                           "2026-01-01T25:00",
                           "2026-01-01T10:60",
                           "2026-01-01T10",
                           "2026-01-01T10:5",
                           "2026-01-01T10:00:30",
                           "2026-01-01T10:00Z",
                           "2026-01-01T10:00+02:00",
                           "2026-01-01x10:00",
                           "0000-01-01",
                           "4001-01-01",
                           "2026-01-01T10:00:00.001",
                           "-026-01-01",
                           "today",
                           "2026-01-01 "}) {
    CHECK(refusal(text) == "bad_date");
  }
}

TEST_CASE("date: what is printed is read as the same moment", "[engine][base]") {
  for (const char* text : {"2026-11-22", "2026-11-22T14:30", "1969-12-31T23:59", "0001-01-01",
                           "1600-02-29", "4000-12-31T23:59"}) {
    CHECK(to_string(at(text)) == text);
  }
  CHECK(to_string(CivilMinutes::earliest()).empty());
  CHECK(to_string(CivilMinutes::latest()).empty());
}

TEST_CASE("date: a day starts at midnight, before 1970 too", "[engine][base]") {
  CHECK(at("2026-11-22T23:59").day_start() == at("2026-11-22"));
  CHECK(at("2026-11-22").day_start() == at("2026-11-22"));
  CHECK(at("1969-12-31T00:01").day_start() == at("1969-12-31"));
  CHECK(at("1969-12-31T23:59").day_start() == at("1969-12-31"));
  CHECK(CivilMinutes::latest().day_start() == CivilMinutes::latest());
}

TEST_CASE("date: an open end stays open, also one day later", "[engine][base]") {
  CHECK(CivilMinutes::latest().next_day() == CivilMinutes::latest());
  CHECK(CivilMinutes::earliest().next_day() == CivilMinutes::earliest());
  CHECK(CivilMinutes::latest().is_open());
  CHECK_FALSE(at("2026-01-01").is_open());
}

TEST_CASE("validity: the first minute belongs to it, the last one does not", "[engine][base]") {
  const Validity span{at("2026-01-01"), at("2026-07-01")};
  CHECK(span.contains(at("2026-01-01")));
  CHECK(span.contains(at("2026-06-30T23:59")));
  CHECK_FALSE(span.contains(at("2026-07-01")));
  CHECK_FALSE(span.contains(at("2025-12-31T23:59")));
  CHECK(Validity{}.contains(at("0001-01-01")));
  CHECK_FALSE(Validity{at("2026-01-01"), at("2026-01-01")}.contains(at("2026-01-01")));
}

TEST_CASE("validity: spans that only touch do not overlap", "[engine][base]") {
  const Validity first{at("2026-01-01"), at("2026-07-01")};
  CHECK_FALSE(first.overlaps({at("2026-07-01"), at("2027-01-01")}));
  CHECK_FALSE(first.overlaps({CivilMinutes::earliest(), at("2026-01-01")}));
  CHECK(first.overlaps({at("2026-06-30T23:59"), CivilMinutes::latest()}));
  CHECK(first.overlaps({}));
  CHECK(first.overlaps(first));
}

#include "server/node/clock.hpp"

#include "tests/catch.hpp"

#include <chrono>

using engine::base::to_string;
using server::node::Clock;
using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

TEST_CASE("clock: a moment is the civil time of its zone, in summer and in winter",
          "[server][node]") {
  const std::chrono::sys_seconds winter{std::chrono::sys_days{std::chrono::year{2026} / 1 / 31} +
                                        23h + 30min + 59s};
  const std::chrono::sys_seconds summer{std::chrono::sys_days{std::chrono::year{2026} / 7 / 1} +
                                        22h};
  CHECK(to_string(Clock{}.at(winter)) == "2026-01-31T23:30");
  const auto stockholm = Clock::in("Europe/Stockholm");
  REQUIRE(stockholm);
  CHECK(to_string(stockholm->at(winter)) == "2026-02-01T00:30");
  CHECK(to_string(stockholm->at(summer)) == "2026-07-02");
  CHECK(server::node::utc_text(winter) == "2026-01-31T23:30:59Z");
  CHECK(Clock::in("UTC")->at(winter) == Clock{}.at(winter));
}

TEST_CASE("clock: a moment before 1970 is rounded down to its minute", "[server][node]") {
  const std::chrono::sys_seconds moment{std::chrono::sys_days{std::chrono::year{1969} / 12 / 31} +
                                        23h + 59min + 30s};
  CHECK(Clock{}.at(moment).raw() == -1);
}

TEST_CASE("clock: a zone that is not known is a fault that names it", "[server][node]") {
  const auto clock = Clock::in("Europe/Atlantis");
  REQUIRE_FALSE(clock);
  CHECK(clock.error().detail.find("Europe/Atlantis") != std::string::npos);
}

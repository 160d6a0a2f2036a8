#include "server/cli/progress.hpp"

#include "tests/catch.hpp"

#include <chrono>

using server::cli::progress_line;
using server::cli::Unit;
using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

TEST_CASE("progress: the line tells share, rate and time left", "[server][cli]") {
  CHECK(progress_line("prices.csv", 40'000'000, 100'000'000, 4'000ms, Unit::bytes) ==
        "prices.csv  [########------------]  40 %  10.0 MB/s  6 s left");
  CHECK(progress_line("customers", 30, 40, 10'000ms, Unit::items) ==
        "customers  [###############-----]  75 %  3/s  4 s left");
  CHECK(progress_line("customers", 1, 1'000, 1'000ms, Unit::items) ==
        "customers  [--------------------]   0 %  1/s  17 min left");
}

TEST_CASE("progress: at its borders the line divides by nothing that is zero", "[server][cli]") {
  CHECK(progress_line("x", 0, 0, 0ms, Unit::items) == "x  0/s");
  CHECK(progress_line("x", 0, 10, 0ms, Unit::items) == "x  [--------------------]   0 %  0/s");
  CHECK(progress_line("x", 10, 10, 1'000ms, Unit::items) ==
        "x  [####################] 100 %  10/s  0 s left");
  CHECK(progress_line("x", 11, 10, 1'000ms, Unit::items) == "x  11/s");
}

// Killed again and again, a node loses nothing. ./dev crash N does the same more often.
#include "tests/catch.hpp"
#include "tests/crash/parts/crash_run.hpp"
#include "tests/server/store/temporary_folder.hpp"

#include <cstdlib>
#include <random>

TEST_CASE("crash: killed 20 times at moments of all kinds, a node has what it acknowledged",
          "[sim]") {
  const char* binary = std::getenv("NETTO");
  if (binary == nullptr) {
    WARN("skipped: NETTO does not name the binary");
    return;
  }
  const tests::TemporaryFolder folder;
  tests::crash::CrashOptions options;
  options.binary = binary;
  options.folder = folder.path();
  options.seed = std::random_device{}();
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  options.large_rows = 10'000;  // of ten times the cost
#endif
  INFO("./dev crash 20 --seed " << options.seed);
  const auto figures = tests::crash::run_crashes(options);
  CHECK(figures.acknowledged > 0);
  CHECK(figures.answers_compared > 0);
  CHECK(figures.reads > 0);
}

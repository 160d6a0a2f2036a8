// crash [N] [--seed SEED]: kills a `netto serve` N times while batches come in, and holds it against
// one that is never killed. Prints the seed first, a bar on a terminal, and what was done last. Exit
// codes: 0 nothing was lost; 1 something was, and what; 2 the arguments can't be used.
#include "server/cli/progress.hpp"
#include "server/cli/report.hpp"

#include "tests/crash/parts/crash_run.hpp"
#include "tests/server/store/temporary_folder.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <random>
#include <string>

namespace {

using namespace tests::crash;
using server::cli::grouped;

void report(const CrashFigures& figures) {
  fmt::print("{:<18}{:>8}{:>10}\n", "killed", "times", "missed");
  for (std::size_t i = 0; i < moment_names.size(); ++i)
    fmt::print("{:<18}{:>8}{:>10}\n", moment_names[i], figures.kills[i], figures.missed[i]);
  fmt::print(
      "{} batches acknowledged, {} rows; {} were under way when the node was killed and were in, "
      "{} "
      "were not\n",
      grouped(figures.acknowledged), grouped(figures.rows), grouped(figures.in_flight_in),
      grouped(figures.in_flight_out));
  fmt::print(
      "{} answers compared with those of a node that was never killed, {} read beside the writing; "
      "{} checkpoints took the place of batches; longest start {} ms\n",
      grouped(figures.answers_compared), grouped(figures.reads), figures.checkpoints,
      figures.start_longest.count());
  fmt::print("nothing was lost\n");
}

// So many rounds share a folder: with each restart that has no image there is more to read.
constexpr std::size_t rounds_a_folder = 50;

CrashFigures run_in_folders(const CrashOptions& all, server::cli::Progress& progress) {
  CrashFigures sum;
  for (std::size_t done = 0; done < all.rounds; done += rounds_a_folder) {
    const tests::TemporaryFolder folder;
    CrashOptions options = all;
    options.folder = folder.path();
    options.rounds = std::min(rounds_a_folder, all.rounds - done);
    options.seed = all.seed + done;
    options.progress = [&, done](std::size_t round) {
      progress.show("killed", done + round, all.rounds);
    };
    sum.add(run_crashes(options));
  }
  return sum;
}

int run_with(int count, char** values) {
  CrashOptions options;
  options.binary = NETTO_BINARY;
  options.seed = std::random_device{}();
  options.rounds = 200;
  CLI::App app{"Kills a serving node while batches come in, and looks what is left.", "crash"};
  app.add_option("rounds", options.rounds, "how often (200)")->check(CLI::Range(1, 100'000));
  app.add_option("--seed", options.seed, "of moments and batches; drawn without it");
  app.add_option("--netto", options.binary, "the program");
  try {
    app.parse(count, values);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  fmt::print("crash {} --seed {}\n", options.rounds, options.seed);
  std::fflush(stdout);
  server::cli::Progress progress{stderr};
  try {
    const auto figures = run_in_folders(options, progress);
    progress.clear();
    report(figures);
    return 0;
  } catch (const std::exception& error) {
    progress.clear();
    fmt::print(stderr, "crash: {}\n", error.what());
    return 1;
  }
}

}  // namespace

int main(int count, char** values) {
  try {
    return run_with(count, values);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "crash: %s\n", error.what());
    return 2;
  }
}

// peers FILE.jsonl [--http COUNT] [--folder DIR] [--mutate SEED]: cases of other systems, priced by
// their own policies as configuration; with a seed (or `random`, which prints the one it draws), each
// that passes once more, mutated. Prints a line a case that does not pass, one a system, and last the
// total as "N passed, M failed, K not expressible". Exit codes: 0 the cases could be run; 1 one
// failed; 2 the file or the arguments can't be used.
#include "tests/peers/parts/runner.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <charconv>
#include <cstdio>
#include <exception>
#include <optional>
#include <random>
#include <string>

namespace {

using namespace tests::peers;

int report(const std::vector<CaseResult>& results) {
  std::size_t over_http = 0;
  for (const CaseResult& result : results) {
    over_http += result.over_http ? 1 : 0;
    if (result.standing == Standing::passed) continue;
    fmt::print("{}: {}{}\n", result.id,
               result.standing == Standing::failed ? "" : "not expressible: ", result.why);
  }
  for (const auto& [system, counts] : count_by_system(results))
    fmt::print("{}: {}\n", system, to_text(counts));
  if (over_http > 0) fmt::print("{} of them asked over HTTP, too\n", over_http);
  const Mutated mutated = count_mutated(results);
  if (mutated.shuffled > 0) fmt::print("{}\n", to_text(mutated));
  const Counts counts = count(results);
  fmt::print("{}\n", to_text(counts));
  return counts.failed == 0 ? 0 : 1;
}

std::optional<std::uint64_t> seed_of(const std::string& text) {
  if (text == "random") return std::random_device{}();
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return seed;
}

int run_with(int count, char** values) {
  std::string file;
  Options options;
  options.folder = NETTO_SOURCE_DIR "/tests/peers";
  CLI::App app{"Prices cases of other systems by their policies and compares.", "peers"};
  app.add_option("file", file, "the cases, one a line (.jsonl)")->required();
  app.add_option("--http", options.over_http,
                 "so many of those that pass are asked over HTTP (20)");
  std::string seed;
  app.add_option("--mutate", seed,
                 "run each case that passes once more, mutated by this seed; 'random' draws one");
  app.add_option("--folder", options.folder, "folder of mappings/ and procedures/");
  try {
    app.parse(count, values);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (!seed.empty()) {
    const auto number = seed_of(seed);
    if (!number) {
      fmt::print(stderr, "peers: --mutate takes a whole number or 'random', not '{}'\n", seed);
      return 2;
    }
    options.mutate = *number;
    fmt::print("--mutate {}\n", *number);
  }
  const auto results = run_file(file, options);
  if (results) return report(*results);
  fmt::print(stderr, "peers: {}: {}\n", results.error().where, results.error().detail);
  return 2;
}

}  // namespace

int main(int count, char** values) {
  try {
    return run_with(count, values);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "peers: %s\n", error.what());
    return 2;
  }
}

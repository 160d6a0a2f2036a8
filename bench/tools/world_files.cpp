// Writes a synthetic world as CSV files: `world_files M DIR` (sizes S, M, L). Beside the world's
// files it writes the questions (q_lookup, q_fixed, q_quote) and the oracle's answers to the
// first 2,000 look-ups and all look-ups on the fixed day (a_lookup, a_fixed).

#include "bench/world/csv_folder.hpp"
#include "bench/world/oracle.hpp"
#include "bench/world/questions.hpp"
#include "bench/world/world.hpp"

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <span>
#include <string>
#include <vector>

namespace {

using bench::world::CsvFolder;
using bench::world::lookups_default;
using bench::world::Question;
using bench::world::quotes_default;
using bench::world::seed_default;
using bench::world::World;

struct Options {
  std::string size;
  std::string folder;
  std::uint64_t seed = seed_default;
  std::size_t lookups = lookups_default;
  std::size_t quotes = quotes_default;
};

// Rows so far of the file being written, on stderr, and only where a person is watching.
class Progress {
 public:
  void operator()(std::string_view file, std::uint64_t rows) const {
    if (!terminal_) return;
    std::fprintf(stderr, "\r\033[K%-28.*s %12llu rows", static_cast<int>(file.size()), file.data(),
                 static_cast<unsigned long long>(rows));
  }

  void finish() const {
    if (terminal_) std::fputs("\r\033[K", stderr);
  }

 private:
  bool terminal_ = ::isatty(STDERR_FILENO) != 0;
};

void write_answers(const World& world, CsvFolder& folder, std::span<const Question> lookups,
                   std::span<const Question> fixed) {
  std::vector<Question> asked{lookups.begin(), lookups.end()};
  asked.insert(asked.end(), fixed.begin(), fixed.end());
  const auto answers = bench::world::oracle_answers(world, asked);
  const std::span all{answers};
  folder.answers("a_lookup.csv", lookups, all.first(lookups.size()));
  folder.answers("a_fixed.csv", fixed, all.last(fixed.size()));
}

void write_world(const World& world, const Options& options) {
  const Progress progress;
  CsvFolder folder{options.folder, progress};
  world.stream(folder);
  const auto lookups = bench::world::lookup_questions(world, options.lookups);
  const auto fixed = bench::world::fixed_questions(world);
  const auto verified = std::min(bench::world::oracle_lookups, lookups.size());
  folder.questions("q_lookup.csv", lookups);
  folder.questions("q_fixed.csv", fixed);
  folder.quotes("q_quote.csv", bench::world::quote_questions(world, options.quotes));
  write_answers(world, folder, std::span{lookups}.first(verified), fixed);
  progress.finish();
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Writes a synthetic trading world as CSV files."};
  app.add_option("size", options.size, "S, M or L")->required();
  app.add_option("folder", options.folder, "where to write; created if missing")->required();
  app.add_option("--seed", options.seed, "another seed, another world")->capture_default_str();
  app.add_option("--lookups", options.lookups, "number of look-ups")->capture_default_str();
  app.add_option("--quotes", options.quotes, "number of quotes of 50 lines")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const auto* size = bench::world::size_named(options.size);
  if (size == nullptr) {
    std::fprintf(stderr, "world_files: unknown size '%s': S, M or L\n", options.size.c_str());
    return 2;
  }
  try {
    write_world(World{*size, options.seed}, options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "world_files: %s\n", error.what());
    return 1;
  }
  return 0;
}

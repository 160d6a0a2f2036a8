// SQLite's look-ups a second on a world, one thread: `sqlite_lookup M`. The first 2,000 answers
// are compared with the oracle's before anything is timed. Prints one line per repetition and
// their median.

#include "bench/peers/sqlite_peer.hpp"
#include "bench/world/oracle.hpp"
#include "bench/world/questions.hpp"
#include "bench/world/world.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <span>
#include <string>
#include <vector>

namespace {

using bench::peers::SqlitePeer;
using bench::world::Answer;
using bench::world::Question;
using bench::world::seed_default;
using bench::world::World;
using bench::world::WorldSize;
using Clock = std::chrono::steady_clock;

struct Options {
  std::string size;
  std::uint64_t seed = seed_default;
  int repetitions = 10;
};

struct Pass {
  double per_second;
  std::int64_t checksum_cents;
};

Answer ask(SqlitePeer& peer, const Question& question) {
  return peer.lookup(question.customer_id, question.sku_id, question.qty, question.at);
}

// The number of answers that differ from the oracle's; says which.
std::size_t verify(SqlitePeer& peer, const World& world, std::span<const Question> questions) {
  const auto expected = bench::world::oracle_answers(world, questions);
  std::size_t wrong = 0;
  for (std::size_t at = 0; at < questions.size(); ++at) {
    if (ask(peer, questions[at]) == expected[at]) continue;
    ++wrong;
    std::fprintf(stderr, "sqlite_lookup: question %u differs from the oracle\n", questions[at].id);
  }
  return wrong;
}

Pass run(SqlitePeer& peer, std::span<const Question> questions) {
  std::int64_t checksum = 0;
  const auto begun = Clock::now();
  for (const auto& question : questions) checksum += ask(peer, question).line_cents;
  const std::chrono::duration<double> seconds = Clock::now() - begun;
  return {static_cast<double>(questions.size()) / seconds.count(), checksum};
}

int measure(const WorldSize& size, const Options& options) {
  const World world{size, options.seed};
  const auto begun = Clock::now();
  SqlitePeer peer{world};
  const std::chrono::duration<double> loading = Clock::now() - begun;
  std::printf("world %s seed %llu: loaded in %.1f s\n", options.size.c_str(),
              static_cast<unsigned long long>(options.seed), loading.count());

  const auto questions = bench::world::lookup_questions(world);
  const auto verified = std::span{questions}.first(bench::world::oracle_lookups);
  if (const auto wrong = verify(peer, world, verified); wrong != 0) {
    std::fprintf(stderr, "sqlite_lookup: %zu of %zu answers differ\n", wrong, verified.size());
    return 1;
  }
  std::printf("verified %zu answers against the oracle\n", verified.size());

  std::vector<double> figures;
  for (int repetition = 0; repetition < options.repetitions; ++repetition) {
    const auto pass = run(peer, questions);
    figures.push_back(pass.per_second);
    std::printf("%10.0f look-ups/s   checksum %lld\n", pass.per_second,
                static_cast<long long>(pass.checksum_cents));
  }
  std::ranges::sort(figures);
  std::printf("median %.0f look-ups/s, %.0f .. %.0f\n", figures[figures.size() / 2],
              figures.front(), figures.back());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"SQLite's look-ups a second on a synthetic world, one thread."};
  app.add_option("size", options.size, "S, M or L")->required();
  app.add_option("--seed", options.seed, "seed of the world")->capture_default_str();
  app.add_option("--repetitions", options.repetitions, "passes over the questions")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  CLI11_PARSE(app, argc, argv);
  const auto* size = bench::world::size_named(options.size);
  if (size == nullptr) {
    std::fprintf(stderr, "sqlite_lookup: unknown size '%s': S, M or L\n", options.size.c_str());
    return 2;
  }
  try {
    return measure(*size, options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sqlite_lookup: %s\n", error.what());
    return 1;
  }
}

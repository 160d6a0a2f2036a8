// What the bars ask of the engine in process: baskets of 50 and single look-ups beside SQLite in
// memory, how a line's cost grows with the world, and what a second thread adds.
//
// Everybody answers the same: source, unit price, line amount and band, from ids. Answers are held
// against the plain oracle before anything is timed. Whoever is compared takes turns, round by
// round, and the median of the rounds is the figure, so that a slow moment of the machine strikes
// all of them. World L takes minutes and gigabytes and is only measured with --large.

#include "engine/price/evaluator.hpp"
#include "engine/quote/answer.hpp"

#include "bench/bars/figures.hpp"
#include "bench/micro/world_facts.hpp"
#include "bench/peers/sqlite_peer.hpp"
#include "bench/world/oracle.hpp"

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using bench::bars::FigureFile;
using bench::bars::median;
using bench::micro::question_of;
using bench::peers::SqlitePeer;
using bench::world::World;
using engine::quote::Question;
using engine::snapshot::Snapshot;
using Clock = std::chrono::steady_clock;
using Lines = std::vector<bench::world::Question>;

constexpr std::size_t quotes_timed = 2'000;
constexpr std::size_t lookups_timed = 100'000;
constexpr std::size_t sqlite_lookups_a_round = 6'000;
constexpr std::size_t quotes_verified = 40;  // 2,000 lines

struct Options {
  std::string figures;
  int rounds = 15;
  int pairs = 10;
  bool large = false;
  bool small = false;  // world S alone: quick, for a look that nothing is broken
};

double seconds_since(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

// One world with its prepared questions.
struct Subject {
  std::string size;
  World world;
  const Snapshot& snapshot;
  Lines basket_lines;
  Lines lookup_lines;
  std::vector<Question> baskets;
  std::vector<Question> lookups;

  explicit Subject(const std::string& name)
      : size{name},
        world{*bench::world::size_named(name)},
        snapshot{bench::micro::loaded(name)},
        basket_lines{bench::world::quote_questions(world, quotes_timed)},
        lookup_lines{bench::world::lookup_questions(world, lookups_timed)} {
    constexpr auto step = bench::world::lines_per_quote;
    for (std::size_t i = 0; i < basket_lines.size(); i += step)
      baskets.push_back(question_of(snapshot, std::span{basket_lines}.subspan(i, step)));
    for (std::size_t i = 0; i < lookup_lines.size(); ++i)
      lookups.push_back(question_of(snapshot, std::span{lookup_lines}.subspan(i, 1)));
  }

  std::string prefix() const { return size == "S" ? "s" : size == "M" ? "m" : "l"; }
};

// A worker with what it keeps from question to question.
class Worker {
 public:
  explicit Worker(const Snapshot& snapshot) : snapshot_{snapshot} {}

  // Seconds for all of them.
  double answer_all(std::span<const Question> questions) {
    const auto begun = Clock::now();
    for (const Question& question : questions) {
      engine::quote::quote(snapshot_, question, engine::quote::Detail::plain, scratch_, answer_);
      for (const auto& line : answer_.priced.lines) checksum_ += line.line_amount.mantissa;
      for (const auto& band : answer_.availability) checksum_ += band.band;
    }
    return seconds_since(begun);
  }

  const engine::quote::Answer& answer(const Question& question) {
    engine::quote::quote(snapshot_, question, engine::quote::Detail::plain, scratch_, answer_);
    return answer_;
  }

  engine::base::Int128 checksum() const { return checksum_; }

 private:
  const Snapshot& snapshot_;
  engine::price::Scratch scratch_;
  engine::quote::Answer answer_;
  engine::base::Int128 checksum_ = 0;
};

constexpr std::array band_codes{"NONE", "LOW", "MEDIUM", "HIGH"};

bool equal(const Snapshot& snapshot, const engine::quote::Answer& answer, std::size_t line,
           const bench::world::Answer& wanted) {
  const auto& priced = answer.priced.lines[line];
  const auto& band = answer.availability[line];
  if (priced.outcome != engine::model::Outcome::priced) return false;
  if (band.band_set == engine::avail::no_band) return false;
  const auto& code = snapshot.rules().band_sets[band.band_set].bands[band.band].code;
  return priced.unit_price.mantissa == wanted.unit_cents &&
         priced.line_amount.mantissa == wanted.line_cents &&
         code == band_codes[static_cast<std::size_t>(wanted.band)];
}

// Single look-ups were held against the oracle when the world was loaded; these are the baskets.
void verify_baskets(const Subject& subject) {
  constexpr auto step = bench::world::lines_per_quote;
  const auto lines = std::span{subject.basket_lines}.first(quotes_verified * step);
  const auto wanted = bench::world::oracle_answers(subject.world, lines);
  Worker worker{subject.snapshot};
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto& answer = worker.answer(subject.baskets[i / step]);
    if (equal(subject.snapshot, answer, i % step, wanted[i])) continue;
    throw std::runtime_error{"world " + subject.size + ", quote " + std::to_string(i / step + 1) +
                             ", line " + std::to_string(i % step + 1) + ": expected unit price " +
                             std::to_string(wanted[i].unit_cents) + " cents, got " +
                             std::to_string(static_cast<std::int64_t>(
                                 answer.priced.lines[i % step].unit_price.mantissa))};
  }
}

bench::world::Answer ask(SqlitePeer& peer, const bench::world::Question& question) {
  return peer.lookup(question.customer_id, question.sku_id, question.qty, question.at);
}

void verify_sqlite(SqlitePeer& peer, const Subject& subject) {
  const auto lines = std::span{subject.lookup_lines}.first(bench::world::oracle_lookups);
  const auto wanted = bench::world::oracle_answers(subject.world, lines);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto got = ask(peer, lines[i]);
    if (got == wanted[i]) continue;
    throw std::runtime_error{"SQLite, look-up " + std::to_string(lines[i].id) +
                             ": expected unit price " + std::to_string(wanted[i].unit_cents) +
                             " cents, got " + std::to_string(got.unit_cents)};
  }
}

// One who takes a turn in every round, and what its turns took.
struct Contestant {
  std::string figure;
  std::size_t items;             // of a turn
  std::function<double()> turn;  // seconds
  std::vector<double> seconds = {};
};

void take_turns(std::vector<Contestant>& contestants, int rounds) {
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  for (auto& contestant : contestants) contestant.turn();  // warm
  for (int round = 1; round <= rounds; ++round) {
    for (auto& contestant : contestants) contestant.seconds.push_back(contestant.turn());
    if (terminal) std::fprintf(stderr, "\r\033[Kround %d of %d", round, rounds);
  }
  if (terminal) std::fputs("\r\033[K", stderr);
}

void tell(const FigureFile& figures, const std::string& name, double value, const char* unit) {
  std::printf("%-44s %14.1f %s\n", name.c_str(), value, unit);
  std::fflush(stdout);
  figures.add(name, value, unit);
}

void tell(const FigureFile& figures, const Contestant& contestant) {
  const double seconds = median(contestant.seconds);
  const auto items = static_cast<double>(contestant.items);
  const std::string& name = contestant.figure;
  tell(figures, name, items / seconds, "1/s");
  if (const auto at = name.find(".lines_per_s");
      at != std::string::npos && name.starts_with("engine"))
    tell(figures, name.substr(0, at) + ".ns_per_line", seconds / items * 1e9, "ns");
}

// SQLite walks on through the questions from turn to turn.
Contestant sqlite_contestant(SqlitePeer& peer, const Subject& subject) {
  auto next = std::make_shared<std::size_t>(0);
  return {"sqlite." + subject.prefix() + ".lookups_per_s", sqlite_lookups_a_round,
          [&peer, &subject, next] {
            std::int64_t checksum = 0;
            const auto begun = Clock::now();
            for (std::size_t i = 0; i < sqlite_lookups_a_round; ++i) {
              checksum += ask(peer, subject.lookup_lines[*next]).line_cents;
              *next = (*next + 1) % subject.lookup_lines.size();
            }
            const double seconds = seconds_since(begun);
            if (checksum == 0) throw std::runtime_error{"SQLite priced everything at nothing"};
            return seconds;
          }};
}

void add_engine(std::vector<Contestant>& contestants, const Subject& subject, Worker& worker) {
  const std::string name = "engine." + subject.prefix();
  contestants.push_back({name + ".basket50.lines_per_s", subject.basket_lines.size(),
                         [&] { return worker.answer_all(subject.baskets); }});
  contestants.push_back({name + ".lookup.per_s", subject.lookup_lines.size(),
                         [&] { return worker.answer_all(subject.lookups); }});
}

void measure_beside_each_other(const std::vector<std::unique_ptr<Subject>>& subjects,
                               const Options& options, const FigureFile& figures) {
  std::vector<std::unique_ptr<SqlitePeer>> peers;
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<Contestant> contestants;
  for (const auto& subject : subjects) {
    verify_baskets(*subject);
    if (subject->size != "L") {
      peers.push_back(std::make_unique<SqlitePeer>(subject->world));
      verify_sqlite(*peers.back(), *subject);
      contestants.push_back(sqlite_contestant(*peers.back(), *subject));
    }
    workers.push_back(std::make_unique<Worker>(subject->snapshot));
    add_engine(contestants, *subject, *workers.back());
  }
  std::printf("answers verified against the plain oracle; medians of %d rounds, taking turns\n",
              options.rounds);
  take_turns(contestants, options.rounds);
  for (const auto& contestant : contestants) tell(figures, contestant);
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    std::printf("checksum of %s: %lld\n", subjects[i]->size.c_str(),
                static_cast<long long>(workers[i]->checksum() % 1'000'000'007));
  }
}

double seconds_of_threads(const Subject& subject, std::span<Worker* const> workers) {
  const auto half = subject.baskets.size() / workers.size();
  std::vector<std::jthread> threads;
  const auto begun = Clock::now();
  for (std::size_t i = 0; i < workers.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int pass = 0; pass < 4; ++pass)
        workers[i]->answer_all(std::span{subject.baskets}.subspan(i * half, half));
    });
  }
  threads.clear();
  return seconds_since(begun);
}

// One thread over all baskets, then two over a half each, in turns; the median of the pairs.
void measure_threads(const Subject& subject, const Options& options, const FigureFile& figures) {
  if (std::thread::hardware_concurrency() < 2) {
    figures.skip("threads", "one core only");
    return;
  }
  Worker first{subject.snapshot};
  Worker second{subject.snapshot};
  const std::array<Worker*, 2> both{&first, &second};
  const auto alone = std::span{both}.first(1);
  seconds_of_threads(subject, both);
  std::vector<double> ratios;
  for (int pair = 0; pair < options.pairs; ++pair) {
    const double one = seconds_of_threads(subject, alone);
    ratios.push_back(one / seconds_of_threads(subject, both));
  }
  tell(figures, "engine." + subject.prefix() + ".basket50.threads2_over_1", median(ratios), "");
}

void measure(const Options& options) {
  const FigureFile figures{options.figures};
  std::vector<std::unique_ptr<Subject>> subjects;
  subjects.push_back(std::make_unique<Subject>("S"));
  if (!options.small) subjects.push_back(std::make_unique<Subject>("M"));
  if (options.large) subjects.push_back(std::make_unique<Subject>("L"));
  measure_beside_each_other(subjects, options, figures);
  measure_threads(*subjects[options.small ? 0 : 1], options, figures);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"The bars of the engine in process, beside SQLite in memory."};
  app.add_option("--figures", options.figures, "append the figures to this file");
  app.add_option("--rounds", options.rounds, "turns of each")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  app.add_option("--pairs", options.pairs, "pairs of one thread and two")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  auto* large = app.add_flag("--large", options.large, "world L too: minutes, gigabytes");
  app.add_flag("--small", options.small, "world S alone")->excludes(large);
  CLI11_PARSE(app, argc, argv);
  try {
    measure(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "engine_bars: %s\n", error.what());
    return 1;
  }
  return 0;
}

// Prices over the generated worlds, in process: baskets of 50 lines, single look-ups, price lists.
// Every world is verified against the plain oracle before anything is timed; each benchmark reports
// a checksum over what it priced.
#include "engine/price/evaluator.hpp"
#include "engine/quote/answer.hpp"
#include "engine/quote/price_list.hpp"

#include "bench/micro/world_facts.hpp"

#include <benchmark/benchmark.h>

#include <atomic>
#include <map>

namespace bench::micro {

namespace {

constexpr std::size_t quotes_timed = 2'000;
constexpr std::size_t lookups_timed = 100'000;

using Questions = std::vector<engine::quote::Question>;

const Questions& baskets(const std::string& size, const engine::snapshot::Snapshot& snapshot) {
  static std::map<std::string, Questions> made;
  Questions& questions = made[size];
  if (!questions.empty()) return questions;
  const auto lines = world::quote_questions(world::World{*world::size_named(size)}, quotes_timed);
  for (std::size_t i = 0; i < lines.size(); i += world::lines_per_quote) {
    questions.push_back(question_of(snapshot, std::span{lines}.subspan(i, world::lines_per_quote)));
  }
  return questions;
}

const Questions& lookups(const std::string& size, const engine::snapshot::Snapshot& snapshot) {
  static std::map<std::string, Questions> made;
  Questions& questions = made[size];
  if (!questions.empty()) return questions;
  const auto lines = world::lookup_questions(world::World{*world::size_named(size)}, lookups_timed);
  for (std::size_t i = 0; i < lines.size(); ++i)
    questions.push_back(question_of(snapshot, std::span{lines}.subspan(i, 1)));
  return questions;
}

// Prices alone, as the peers are asked for them; the answer's availability has a benchmark of its
// own.
void price_all(benchmark::State& state, const engine::snapshot::Snapshot& snapshot,
               const Questions& questions) {
  engine::price::Scratch scratch;
  engine::price::PricedLines priced;
  std::size_t next = 0;
  std::int64_t lines = 0;
  std::uint64_t checksum = 0;
  for (auto _ : state) {
    const engine::quote::Question& question = questions[next];
    next = next + 1 == questions.size() ? 0 : next + 1;
    engine::price::evaluate({&snapshot, question.procedure, &question.header, question.lines},
                            scratch, priced);
    lines += static_cast<std::int64_t>(priced.lines.size());
    for (const auto& line : priced.lines)
      checksum += static_cast<std::uint64_t>(line.unit_price.mantissa);
  }
  state.SetItemsProcessed(lines);
  state.SetLabel("checksum " + std::to_string(checksum % 1'000'000'007));
}

void baskets_of_50(benchmark::State& state, const std::string& size) {
  const auto& snapshot = loaded(size);
  price_all(state, snapshot, baskets(size, snapshot));
}

void single_lookups(benchmark::State& state, const std::string& size) {
  const auto& snapshot = loaded(size);
  price_all(state, snapshot, lookups(size, snapshot));
}

void price_lists(benchmark::State& state, const std::string& size) {
  const auto& snapshot = loaded(size);
  world::Question first{1, 1, 1, 1, world::fixed_day};
  std::uint32_t customer = 0;
  std::int64_t prices = 0;
  std::atomic<std::uint64_t> checksum{0};
  for (auto _ : state) {
    first.customer_id = customer++ % 20 + 1;
    const auto question = question_of(snapshot, std::span{&first, 1});
    engine::quote::price_list(snapshot, question, engine::base::Quantity::whole(1),
                              [&](const engine::quote::PriceListRange& range) {
                                std::uint64_t sum = 0;
                                for (const auto& line : range.priced->lines)
                                  sum += static_cast<std::uint64_t>(line.unit_price.mantissa);
                                checksum += sum;
                              });
    prices += static_cast<std::int64_t>(snapshot.articles().base_units.size());
  }
  state.SetItemsProcessed(prices);
  state.SetLabel("checksum " + std::to_string(checksum.load() % 1'000'000'007));
}

}  // namespace

BENCHMARK_CAPTURE(baskets_of_50, small, std::string{"S"});
BENCHMARK_CAPTURE(baskets_of_50, medium, std::string{"M"});
BENCHMARK_CAPTURE(baskets_of_50, large, std::string{"L"});
BENCHMARK_CAPTURE(single_lookups, small, std::string{"S"});
BENCHMARK_CAPTURE(single_lookups, medium, std::string{"M"});
BENCHMARK_CAPTURE(single_lookups, large, std::string{"L"});
BENCHMARK_CAPTURE(price_lists, small, std::string{"S"})->UseRealTime();
BENCHMARK_CAPTURE(price_lists, medium, std::string{"M"})->UseRealTime();
BENCHMARK_CAPTURE(price_lists, large, std::string{"L"})->UseRealTime();

}  // namespace bench::micro

// Prices over the generated worlds, in process and on one thread: single look-ups by the kind of
// record that gives the price, baskets of 1, 10, 50 and 500 lines with and without stock band, and
// whole price lists.
//
//   warm  2,000 lines again and again: what they touch stays near the core
//   many  100,000 lines in turn, as engine_bars does: little of what one touches is near when it
//         comes again
//   cold  the warm ones, but before each round other memory is read until the core's own caches
//         hold nothing else; a cache that cores or machines share may still hold it
//
// Every line is answered by itself first; the first 2,000 of each set are held against the plain
// oracle. Whatever is timed must then say the same.
#include "engine/price/evaluator.hpp"
#include "engine/quote/answer.hpp"
#include "engine/quote/bulk_list.hpp"

#include "bench/micro/faults.hpp"
#include "bench/micro/round.hpp"
#include "bench/micro/world_facts.hpp"
#include "bench/world/oracle.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <map>

namespace bench::micro {

namespace {

using engine::snapshot::Snapshot;

constexpr std::size_t warm_lines = world::oracle_lookups;
constexpr std::size_t many_lines = 100'000;
constexpr std::size_t longest_basket = 500;
constexpr std::size_t swept_bytes = 64U << 20U;  // many times a core's own caches
constexpr std::int64_t cold_lookups = 10'000;    // five rounds of them, or more of one kind
constexpr std::int64_t cold_rounds = 5;          // of baskets

enum class Band : std::uint8_t { without, with };
enum class Caches : std::uint8_t { warm, many, cold };

// Questions, and what the lines of each add up to.
struct Work {
  std::vector<engine::quote::Question> questions;
  Expected prices;
  Expected prices_and_bands;
};

std::uint64_t sum_of(const engine::price::PricedLine& line) {
  return static_cast<std::uint64_t>(line.unit_price.mantissa) * 4;
}

std::uint64_t sum_of(const engine::avail::Availability& availability) { return availability.band; }

// `lines` by themselves, the first of them held against the oracle.
Work singles_of(const Snapshot& snapshot, const world::World& world,
                std::span<const world::Question> lines) {
  const auto known = lines.first(std::min(lines.size(), world::oracle_lookups));
  verify(snapshot, known, world::oracle_answers(world, known));
  Work work;
  engine::price::Scratch scratch;
  engine::quote::Answer answer;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    work.questions.push_back(question_of(snapshot, lines.subspan(i, 1)));
    engine::quote::quote(snapshot, work.questions.back(), engine::quote::Detail::plain, scratch,
                         answer);
    work.prices.push_back(sum_of(answer.priced.lines.front()));
    work.prices_and_bands.push_back(work.prices.back() + sum_of(answer.availability.front()));
  }
  return work;
}

// Lines that stand together become baskets of `length`; what is left over is left out.
Work baskets_of(const Snapshot& snapshot, const world::World& world,
                std::span<const world::Question> lines, std::size_t length) {
  const Work singles = singles_of(snapshot, world, lines);
  Work work;
  for (std::size_t first = 0; first + length <= lines.size(); first += length) {
    work.questions.push_back(question_of(snapshot, lines.subspan(first, length)));
    std::uint64_t& prices = work.prices.emplace_back();
    std::uint64_t& bands = work.prices_and_bands.emplace_back();
    for (std::size_t i = first; i < first + length; ++i) {
      prices += singles.prices[i];
      bands += singles.prices_and_bands[i];
    }
  }
  return work;
}

// `count` lines in baskets of `length`. Shorter ones are the beginnings of the world's quotes; longer
// ones ask for ten quotes' articles in the name of the first one's customer, so that more of their
// lines fall to base prices.
std::vector<world::Question> basket_lines(const world::World& world, std::size_t length,
                                          std::size_t count) {
  constexpr std::size_t drawn = world::lines_per_quote;
  const std::size_t of_each = std::min(length, drawn);
  const auto quotes = world::quote_questions(world, (count + of_each - 1) / of_each);
  std::vector<world::Question> lines;
  for (std::size_t quote = 0; quote * drawn < quotes.size(); ++quote) {
    const auto first = quotes.begin() + static_cast<std::ptrdiff_t>(quote * drawn);
    lines.insert(lines.end(), first, first + static_cast<std::ptrdiff_t>(of_each));
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    lines[i].customer_id = lines[i / length * length].customer_id;
    lines[i].at = lines[i / length * length].at;
  }
  return lines;
}

// Of the world's look-ups the first that the oracle answers from such a record; '*': any.
std::vector<world::Question> lookup_lines(const world::World& world, char source,
                                          std::size_t count) {
  auto lines = world::lookup_questions(world, count);
  if (source == '*') return lines;
  const auto answers = world::oracle_answers(world, lines);
  std::vector<world::Question> chosen;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (static_cast<char>(answers[i].source) == source) chosen.push_back(lines[i]);
  }
  if (chosen.empty()) give_up(std::string{"no look-up is answered from source "} + source);
  return chosen;
}

// Reads and writes memory that no question needs.
void sweep_caches() {
  static std::vector<std::uint64_t> other(swept_bytes / sizeof(std::uint64_t));
  for (std::size_t i = 0; i < other.size(); i += 8) ++other[i];
  benchmark::ClobberMemory();
}

// What a question's answer adds up to: priced as peers are asked, or with stock band as a quote is.
class Asker {
 public:
  Asker(const Snapshot& snapshot, Band band) : snapshot_{snapshot}, band_{band} {}

  std::uint64_t operator()(const engine::quote::Question& question) {
    std::uint64_t sum = 0;
    auto& priced = answer_.priced;
    if (band_ == Band::with) {
      engine::quote::quote(snapshot_, question, engine::quote::Detail::plain, scratch_, answer_);
      for (const auto& availability : answer_.availability) sum += sum_of(availability);
    } else {
      engine::price::evaluate({&snapshot_, question.procedure, &question.header, question.lines},
                              scratch_, priced);
    }
    for (const auto& line : priced.lines) sum += sum_of(line);
    return sum;
  }

 private:
  const Snapshot& snapshot_;
  Band band_;
  engine::price::Scratch scratch_;
  engine::quote::Answer answer_;
};

void ask_all(benchmark::State& state, const Snapshot& snapshot, const Work& work, Band band,
             Caches caches) {
  Round round{band == Band::with ? work.prices_and_bands : work.prices};
  Asker ask{snapshot, band};
  std::int64_t lines = 0;
  for (auto _ : state) {
    if (caches == Caches::cold && round.turn() == 0) {
      state.PauseTiming();
      sweep_caches();
      state.ResumeTiming();
    }
    const auto& question = work.questions[round.turn()];
    lines += static_cast<std::int64_t>(question.lines.size());
    round.take(ask(question));
  }
  round.report(state, lines);
}

std::size_t line_count(Caches caches) { return caches == Caches::many ? many_lines : warm_lines; }

// Made once for all benchmarks that ask the same.
template <class Make>
const Work& kept(const std::string& name, Make make) {
  static std::map<std::string, Work> works;
  const auto known = works.find(name);
  return known != works.end() ? known->second : works.emplace(name, make()).first->second;
}

struct Size {
  const char* name;
  const char* world;
};

const Work& basket_work(const Size& size, std::size_t length, Caches caches) {
  const std::size_t count = line_count(caches);
  const std::string name =
      std::string{size.world} + std::to_string(length) + "/" + std::to_string(count);
  return kept(name, [&] {
    const world::World world{*world::size_named(size.world)};
    return baskets_of(loaded(size.world), world, basket_lines(world, length, count), length);
  });
}

const Work& lookup_work(const Size& size, char source, Caches caches) {
  const std::size_t count = line_count(caches);
  const std::string name = std::string{size.world} + source + std::to_string(count);
  return kept(name, [&] {
    const world::World world{*world::size_named(size.world)};
    return singles_of(loaded(size.world), world, lookup_lines(world, source, count));
  });
}

class UnitPriceSum final : public engine::quote::BulkSink {
 public:
  void take(const engine::quote::BulkTask& /*task*/, const engine::price::BulkPrices& prices,
            int /*decimals*/) override {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < prices.outcomes.size(); ++i)
      sum += prices.outcomes[i] == engine::model::Outcome::priced
                 ? static_cast<std::uint64_t>(prices.unit_prices[i])
                 : 0;
    total_ += sum;
  }

  bool end(const engine::quote::BulkTask& /*task*/) override { return true; }

  std::uint64_t total() const { return total_; }

 private:
  std::atomic<std::uint64_t> total_ = 0;
};

std::uint64_t list_sum(const Snapshot& snapshot, std::span<const engine::quote::Question> customers,
                       engine::quote::BulkWay way) {
  UnitPriceSum sum;
  engine::quote::bulk_list(
      {&snapshot, customers, engine::base::Quantity::whole(1), {}, false, false}, sum, way);
  return sum.total();
}

// Lists of twenty customers at once, on all cores, against the evaluator's.
void price_lists(benchmark::State& state, const Size& size) {
  constexpr std::uint32_t customers = 20;
  const Snapshot& snapshot = loaded(size.world);
  const auto headers = list_headers(snapshot, customers);
  const Expected expected{list_sum(snapshot, headers, engine::quote::BulkWay::by_evaluator)};
  Round round{expected};
  for (auto _ : state) round.take(list_sum(snapshot, headers, engine::quote::BulkWay::fastest));
  const auto articles = static_cast<std::int64_t>(snapshot.articles().base_units.size());
  round.report(state, state.iterations() * articles * customers);
}

constexpr std::array caches_by_name{std::pair{"warm", Caches::warm},
                                    std::pair{"many", Caches::many},
                                    std::pair{"cold", Caches::cold}};
constexpr std::array kinds_of_hit{std::pair{"agreement", 'A'}, std::pair{"customer_list", 'C'},
                                  std::pair{"group_list", 'G'}, std::pair{"base_price", 'B'},
                                  std::pair{"any", '*'}};

// A world is loaded, and its work made, when the first benchmark that needs it runs.
void add_lookups(const Size& size) {
  for (const auto& [kind, source] : kinds_of_hit) {
    for (const auto& [name, caches] : caches_by_name) {
      // The oracle, which tells kinds apart, would take too long over so many.
      if (caches == Caches::many && source != '*') continue;
      const auto run = [size, source = source, caches = caches](benchmark::State& state) {
        ask_all(state, loaded(size.world), lookup_work(size, source, caches), Band::without,
                caches);
      };
      auto* made = benchmark::RegisterBenchmark(
          (std::string{"single_lookups/"} + size.name + "/" + kind + "/" + name).c_str(), run);
      if (caches == Caches::cold) made->Iterations(cold_lookups);
    }
  }
}

void add_baskets(const Size& size, std::size_t length, Band band) {
  for (const auto& [name, caches] : caches_by_name) {
    if (caches == Caches::many && length == 1) continue;  // they are look-ups then
    const auto run = [=, caches = caches](benchmark::State& state) {
      ask_all(state, loaded(size.world), basket_work(size, length, caches), band, caches);
    };
    const std::string text = "baskets_of_" + std::to_string(length) + "/" + size.name +
                             (band == Band::with ? "/with_band/" : "/") + name;
    auto* made = benchmark::RegisterBenchmark(text.c_str(), run);
    if (caches == Caches::cold)
      made->Iterations(cold_rounds * static_cast<std::int64_t>(warm_lines / length));
  }
}

const bool added = [] {
  for (const Size size : {Size{"small", "S"}, Size{"medium", "M"}, Size{"large", "L"}}) {
    add_lookups(size);
    for (const std::size_t length :
         {std::size_t{1}, std::size_t{10}, std::size_t{50}, longest_basket}) {
      add_baskets(size, length, Band::without);
      add_baskets(size, length, Band::with);
    }
    benchmark::RegisterBenchmark((std::string{"price_lists/"} + size.name).c_str(),
                                 [size](benchmark::State& state) { price_lists(state, size); })
        ->UseRealTime();
  }
  return true;
}();

}  // namespace

}  // namespace bench::micro

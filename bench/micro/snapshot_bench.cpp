// What stands between a change of the data and the answers that show it: new rows merged into what
// is settled, a snapshot built from settled facts (items are price records), its publish, and what readers pay to have the newest one.
// A world's first build is held against the plain oracle, and so is the last one that was timed.
#include "engine/snapshot/snapshot_cell.hpp"

#include "bench/micro/faults.hpp"
#include "bench/micro/round.hpp"
#include "bench/micro/world_facts.hpp"

#include <array>
#include <map>
#include <optional>

namespace bench::micro {

namespace {

using engine::snapshot::Snapshot;
using engine::snapshot::SnapshotCell;
using engine::snapshot::SnapshotReader;
using Pin = std::shared_ptr<const Snapshot>;

WorldFacts& facts_named(const std::string& size) {
  static std::map<std::string, std::unique_ptr<WorldFacts>> made;
  auto& facts = made[size];
  if (facts == nullptr) facts = facts_of(world::World{*world::size_named(size)});
  return *facts;
}

void snapshot_build(benchmark::State& state, const std::string& size) {
  const world::World world{*world::size_named(size)};
  WorldFacts& facts = facts_named(size);
  Pin snapshot = snapshot_of(facts);
  verify(*snapshot, world);
  const std::size_t records = snapshot->conditions().record_count();
  const Expected expected{records};
  Round round{expected};
  for (auto _ : state) {
    state.PauseTiming();
    snapshot.reset();
    state.ResumeTiming();
    snapshot = snapshot_of(facts);
    round.take(snapshot->conditions().record_count());
  }
  verify(*snapshot, world);
  round.report(state, state.iterations() * static_cast<std::int64_t>(records));
}

constexpr std::uint32_t changed_articles = 1'000;

// The base prices of the first articles become this.
void change_prices(engine::model::Facts& facts, std::int64_t price) {
  facts.begin_batch();
  for (std::uint32_t article = 1; article <= changed_articles; ++article) {
    const std::string code = world::sku_code(article);
    const std::array<engine::model::KeyText, 1> keys{{{engine::model::Schema::article, code}}};
    engine::model::ConditionDraft draft;
    draft.type = "base_price";
    draft.keys = keys;
    draft.value = {price, 4};
    draft.currency = "EUR";
    draft.from_quantity = engine::base::Quantity::whole(1);
    if (const auto put = facts.put(draft); !put) give_up(put.error().detail);
  }
}

// How many records of the first articles have this base price.
std::size_t changed(const Snapshot& snapshot, std::int64_t price) {
  const auto& index = snapshot.conditions();
  const auto table = *snapshot.schema().find_table(*snapshot.schema().find_type("base_price"),
                                                   {engine::model::Schema::article});
  const std::uint32_t part = *index.find_part(table, {});
  const auto keys = index.part_keys(part);
  std::size_t count = 0;
  for (std::uint32_t article = 0; article < changed_articles; ++article) {
    std::uint32_t key = index.find_key_in_run(keys, article);
    if (index.has_changes() && index.changed_key(part, article) != index.no_key)
      key = index.changed_key(part, article);
    const auto records = index.records_of(key);
    for (std::uint32_t record = records.begin; record < records.end; ++record)
      count += index.record(record).value == price ? 1 : 0;
  }
  return count;
}

// A batch of a thousand changed prices, from the rows to the snapshot that has them.
void snapshot_of_change(benchmark::State& state, const std::string& size) {
  const auto facts = facts_of(world::World{*world::size_named(size)});
  Pin snapshot = snapshot_of(*facts);
  const Expected expected{changed_articles};
  Round round{expected};
  std::int64_t price = 123'456'789;  // of no article so far, and never with a zero at its end
  change_prices(facts->facts, price);
  snapshot = snapshot_of(*facts);  // the rules are bound to prices of that size from here on
  for (auto _ : state) {
    price += 10;
    change_prices(facts->facts, price);
    snapshot = snapshot_after(*snapshot, *facts);
    state.PauseTiming();
    round.take(changed(*snapshot, price));
    state.ResumeTiming();
  }
  round.report(state, state.iterations() * changed_articles);
}

// Two generations of the small world, to be published in turn.
const std::array<Pin, 2>& generations() {
  static const std::array<Pin, 2> made{snapshot_of(facts_named("S"), 1),
                                       snapshot_of(facts_named("S"), 2)};
  return made;
}

const Expected in_turn{1, 2};

// The old one stays pinned, so that no memory is freed.
void snapshot_publish(benchmark::State& state) {
  const auto& snapshots = generations();
  SnapshotCell cell;
  Round round{in_turn};
  for (auto _ : state) {
    cell.publish(snapshots[round.turn()]);
    round.take(in_turn[cell.version() % 2 == 1 ? 0 : 1]);
  }
  if (cell.pin() != snapshots[1 - round.turn()]) state.SkipWithError("another one was published");
  round.report(state, state.iterations());
}

void snapshot_pin(benchmark::State& state) {
  SnapshotCell cell;
  cell.publish(generations()[0]);
  const Expected expected{1};
  Round round{expected};
  for (auto _ : state) round.take(cell.pin()->generation());
  round.report(state, state.iterations());
}

// Every reader looks before each question; nearly always nothing was published.
void reader_current(benchmark::State& state) {
  static SnapshotCell cell;
  if (state.thread_index() == 0) cell.publish(generations()[0]);
  const Expected expected{1};
  Round round{expected};
  std::optional<SnapshotReader> reader;
  for (auto _ : state) {
    if (!reader) reader.emplace(cell);  // all threads have started
    round.take(reader->current().generation());
  }
  round.report(state, state.iterations());
}

// A publish and the look that sees it.
void reader_current_after_publish(benchmark::State& state) {
  const auto& snapshots = generations();
  SnapshotCell cell;
  SnapshotReader reader{cell};
  Round round{in_turn};
  for (auto _ : state) {
    cell.publish(snapshots[round.turn()]);
    round.take(reader.current().generation());
  }
  round.report(state, state.iterations());
}

}  // namespace

BENCHMARK_CAPTURE(snapshot_build, small, std::string{"S"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(snapshot_build, medium, std::string{"M"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(snapshot_of_change, small, std::string{"S"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(snapshot_of_change, medium, std::string{"M"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(snapshot_publish);
BENCHMARK(snapshot_pin);
BENCHMARK(reader_current)->Threads(1)->Threads(2);
BENCHMARK(reader_current_after_publish);

}  // namespace bench::micro

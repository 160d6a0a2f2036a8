#include "engine/snapshot/snapshot_cell.hpp"

#include "engine/snapshot/builder.hpp"

#include "tests/catch.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace {

using engine::snapshot::Snapshot;
using engine::snapshot::SnapshotBuilder;
using engine::snapshot::SnapshotCell;
using engine::snapshot::SnapshotReader;

std::shared_ptr<const Snapshot> snapshot_of(std::uint64_t generation) {
  engine::model::Facts facts;
  SnapshotBuilder builder{facts, std::make_shared<engine::rule::RuleSet>(), generation};
  auto built = builder.build();
  REQUIRE(built);
  return *std::move(built);
}

}  // namespace

TEST_CASE("snapshot cell: before the first publish there is nothing to pin", "[engine][snapshot]") {
  const SnapshotCell cell;
  CHECK(cell.version() == 0);
  CHECK(cell.pin() == nullptr);
}

TEST_CASE("snapshot cell: a reader stays with its snapshot until its next call",
          "[engine][snapshot]") {
  SnapshotCell cell;
  cell.publish(snapshot_of(1));
  SnapshotReader reader{cell};
  const Snapshot& first = reader.current();
  CHECK(first.generation() == 1);
  cell.publish(snapshot_of(2));
  CHECK(first.generation() == 1);
  CHECK(reader.current().generation() == 2);
  CHECK(&reader.current() == &reader.current());
  CHECK(cell.version() == 2);
}

TEST_CASE("snapshot cell: an old snapshot dies when the last reader has let go",
          "[engine][snapshot]") {
  SnapshotCell cell;
  cell.publish(snapshot_of(1));
  const std::weak_ptr<const Snapshot> first = cell.pin();
  SnapshotReader working{cell};
  SnapshotReader idle{cell};
  CHECK(working.current().generation() == 1);
  CHECK(idle.pinned()->generation() == 1);
  cell.publish(snapshot_of(2));
  CHECK(working.current().generation() == 2);
  CHECK_FALSE(first.expired());
  idle.let_go();
  CHECK(first.expired());
  CHECK(idle.current().generation() == 2);
}

TEST_CASE("snapshot cell: letting go without a publish in between pins the same snapshot again",
          "[engine][snapshot]") {
  SnapshotCell cell;
  cell.publish(snapshot_of(7));
  SnapshotReader reader{cell};
  const Snapshot* before = &reader.current();
  reader.let_go();
  CHECK(&reader.current() == before);
}

TEST_CASE(
    "snapshot cell: readers on several threads see whole generations, in order, while one writer "
    "publishes",
    "[engine][snapshot]") {
  constexpr std::uint64_t generations = 200;
  constexpr int readers = 4;
  std::vector<std::shared_ptr<const Snapshot>> made;
  for (std::uint64_t generation = 1; generation <= generations; ++generation)
    made.push_back(snapshot_of(generation));
  SnapshotCell cell;
  cell.publish(made[0]);
  std::vector<std::uint64_t> backward(readers, 0);
  std::vector<std::uint64_t> last(readers, 0);
  {
    std::vector<std::jthread> threads;
    for (std::size_t worker = 0; worker < readers; ++worker) {
      threads.emplace_back([&cell, &backward, &last, worker] {
        SnapshotReader reader{cell};
        std::uint64_t calls = 0;
        while (last[worker] < generations) {
          const Snapshot& now = reader.current();
          if (now.generation() < last[worker]) ++backward[worker];
          last[worker] = now.generation();
          if (++calls % 64 == 0) reader.let_go();
        }
      });
    }
    for (std::size_t i = 1; i < made.size(); ++i) {
      cell.publish(std::move(made[i]));
      std::this_thread::yield();
    }
  }
  CHECK(std::ranges::all_of(backward, [](std::uint64_t count) { return count == 0; }));
  CHECK(std::ranges::all_of(last,
                            [](std::uint64_t generation) { return generation == generations; }));
}

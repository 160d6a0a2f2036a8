// A generated world as Netto's facts and snapshot, by the same drafts that a feed makes; rules are
// the shipped procedure and the band sets of docs/examples/world. And questions of the world as
// Netto's questions. Faults end the process: a benchmark over other data than it says is worse than
// none.
#pragma once

#include "engine/model/facts.hpp"
#include "engine/quote/question.hpp"
#include "engine/rule/rule_set.hpp"
#include "engine/snapshot/snapshot.hpp"

#include "bench/world/questions.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace bench::micro {

struct WorldFacts {
  engine::model::Facts facts;
  std::shared_ptr<const engine::rule::RuleSet> rules;
};

std::unique_ptr<WorldFacts> facts_of(const world::World& world);
std::shared_ptr<const engine::snapshot::Snapshot> snapshot_of(WorldFacts& made,
                                                              std::uint64_t generation = 1);
// The generation after `previous`, from it where that can be.
std::shared_ptr<const engine::snapshot::Snapshot> snapshot_after(
    const engine::snapshot::Snapshot& previous, WorldFacts& made);

struct LoadTimes {
  long facts_ms = 0;
  long snapshot_ms = 0;
};

std::shared_ptr<const engine::snapshot::Snapshot> load_world(const world::World& world,
                                                             LoadTimes* times = nullptr);

// The world of that size ("S", "M", "L"), loaded once a process.
const engine::snapshot::Snapshot& loaded(std::string_view size);

// Lines that share customer and day, as one question.
engine::quote::Question question_of(const engine::snapshot::Snapshot& snapshot,
                                    std::span<const world::Question> lines);

// Customers 1 to `customers` on the day of bulk price lists, as headers of their lists.
std::vector<engine::quote::Question> list_headers(const engine::snapshot::Snapshot& snapshot,
                                                  std::uint32_t customers);

// Prices each question by itself, and ends the process with the first answer that is not `wanted`.
void verify(const engine::snapshot::Snapshot& snapshot, std::span<const world::Question> questions,
            std::span<const world::Answer> wanted);

// Prices the first world::oracle_lookups look-ups and the questions on the fixed day, and ends the
// process with the first answer that is not the plain oracle's.
void verify(const engine::snapshot::Snapshot& snapshot, const world::World& world);

}  // namespace bench::micro

// The next generation made from the one before, at the cost of what changed: where nothing but
// condition records and stock did, and what the rules were bound to still holds, frame, index and
// filter are shared, records are laid over the store, and stock is written page by page. Everything
// else is SnapshotBuilder's. The writer's thread.
#pragma once

#include "engine/base/result.hpp"
#include "engine/model/facts.hpp"
#include "engine/rule/rule_set.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace engine::snapshot {

// Null: the change is of another kind, the rules would have to be bound anew, or there is no room
// left behind the store; facts are to be built from. Otherwise takes what is pending in the facts.
// `previous` must be the newest generation. Faults: those of stock that does not add up; the facts
// are of no use then.
base::Result<std::shared_ptr<const Snapshot>> advance(
    const Snapshot& previous, model::Facts& facts,
    const std::shared_ptr<const rule::RuleSet>& rules, std::uint64_t generation,
    std::vector<FeedStamp> stamps = {});

}  // namespace engine::snapshot

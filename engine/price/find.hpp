// Finders: which keys hold records for the lines of a block under one access. Two of them, with one
// result: a question looks keys up (HashFinder), a price list scans each part's sorted run beside
// consecutive articles (RunFinder). What they leave are hits grouped by line; the order within a
// line means nothing.
#pragma once

#include "engine/price/scratch.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace engine::price {

struct BlockView {
  const Line* lines = nullptr;  // of the block
  std::uint32_t count = 0;
  std::size_t offset = 0;  // of its first line within the question
};

// Brings near what the look-ups of some lines start from: of their articles, while there is no plan
// yet; and their keys and records, when there is one. Both only pay for few lines: within a block
// of many, the finder's own prefetches overlap.
void prefetch_articles(const snapshot::Snapshot& snapshot, std::span<const Line> lines);
void prefetch_keys(const snapshot::Snapshot& snapshot, const snapshot::BoundProcedure& procedure,
                   const PlanView& plan, std::span<const Line> lines);

// Independent probes overlap: slots are prefetched for the whole block, then keys resolved and
// records prefetched. Where many lines ask parts of few keys, as articles' groups do, the keys are
// laid out in a table once, and a line reads its place there.
class HashFinder {
 public:
  void find(const snapshot::Snapshot& snapshot, const PlanView& plan, const AccessPlan& access,
            const snapshot::TableInfo& table, const BlockView& block, std::uint64_t open,
            BlockScratch& scratch);

 private:
  void probe_article(const snapshot::Snapshot& snapshot, const PlanView& plan, const AccessPlan& access,
                     const snapshot::TableInfo& table, const BlockView& block, std::uint64_t open,
                     BlockScratch& scratch);
  void probe_mapped(const snapshot::Snapshot& snapshot, const PlanView& plan, const AccessPlan& access,
                    const snapshot::TableInfo& table, const BlockView& block, std::uint64_t open,
                    BlockScratch& scratch);
  void resolve(const snapshot::Snapshot& snapshot, const PlanView& plan, BlockScratch& scratch);
};

// Puts right what a finder left, where keys have changed since their store was made: the hit of such
// a key becomes one of its newest version, or goes. Requires an index that has changes.
void lay_changes(const snapshot::Snapshot& snapshot, const PlanView& plan, const AccessPlan& access,
                 const snapshot::TableInfo& table, const BlockView& block, std::uint64_t open,
                 BlockScratch& scratch);

// Requires lines of consecutive articles, rising, each block after the one before.
class RunFinder {
 public:
  void find(const snapshot::Snapshot& snapshot, const PlanView& plan, const AccessPlan& access,
            const snapshot::TableInfo& table, const BlockView& block, std::uint64_t open,
            BlockScratch& scratch);

  // To be called before the first block of a new range of articles.
  void restart() { cursors_.clear(); }

 private:
  std::uint32_t seek(const snapshot::ConditionIndex& index, const PlanView& plan, std::uint32_t part,
                     std::uint32_t article);

  HashFinder hash_;
  std::vector<std::uint32_t>
      cursors_;  // by plan part: position of the next key; 0 is "not placed yet" plus one
};

}  // namespace engine::price

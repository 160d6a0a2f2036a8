// Finders: which keys hold records for the lines of a block under one access. Two of them, with one
// result: a question looks keys up (HashFinder), a price list scans each part's sorted run beside
// consecutive articles (RunFinder). What they leave are hits grouped by line; the order within a
// line means nothing.
#pragma once

#include "engine/price/scratch.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace engine::price {

struct BlockView {
  const Line* lines = nullptr;  // of the block
  std::uint32_t count = 0;
  std::size_t offset = 0;  // of its first line within the question
};

// Brings near what the look-ups of some lines start from, while there is no plan yet.
void prefetch_articles(const snapshot::Snapshot& snapshot, std::span<const Line> lines);

// The keys that a few lines will ask for, of all accesses, looked for together: what a search reads
// first, then the keys, then their records come near in waves, each of which waits once. Where there
// is only one line, its searches take what was found here. More keys than there is room for, and
// more lines, look for theirs block by block, where the finder's own prefetches overlap.
class SoughtKeys {
 public:
  void seek(const snapshot::Snapshot& snapshot, const snapshot::BoundProcedure& procedure,
            const PlanView& plan, std::span<const Line> lines);

  bool is_of(const BlockView& block) const {
    return only_line_ != nullptr && block.lines == only_line_ && block.count == 1;
  }

  // The hits of the line under the access. Requires is_of().
  void take(const AccessPlan& access, BlockScratch& scratch) const;

 private:
  struct Key {
    std::uint64_t hash;
    const PlanPart* plan_part;
    std::uint32_t article_key;
    std::uint32_t part;      // its place in the plan
    std::uint32_t position;  // no_key: to be searched
    std::uint16_t distance;
  };

  static constexpr std::uint32_t keys_per_cache_line = 8;

  void want(const snapshot::ConditionIndex& index, const PlanPart& part, std::uint32_t number,
            const snapshot::ArticleKey& key);
  void want_line(const snapshot::Snapshot& snapshot, const snapshot::BoundProcedure& procedure,
                 const PlanView& plan, const Line& line);
  void fetch(const snapshot::ConditionIndex& index);

  const Line* only_line_ = nullptr;
  std::size_t count_ = 0;
  bool is_full_ = false;
  std::array<Key, 32> keys_;  // the first ones; not written before they are counted
};

// Independent probes overlap: slots are prefetched for the whole block, then keys resolved and
// records prefetched. Where many lines ask parts of few keys, as articles' groups do, the keys are
// laid out in a table once, and a line reads its place there.
class HashFinder {
 public:
  // Before the first block, of few lines.
  void seek(const snapshot::Snapshot& snapshot, const snapshot::BoundProcedure& procedure,
            const PlanView& plan, std::span<const Line> lines) {
    sought_.seek(snapshot, procedure, plan, lines);
  }

  void find(const snapshot::Snapshot& snapshot, const PlanView& plan, const AccessPlan& access,
            const snapshot::TableInfo& table, const BlockView& block, std::uint64_t open,
            BlockScratch& scratch);

 private:
  void probe_article(const snapshot::Snapshot& snapshot, const PlanView& plan,
                     const AccessPlan& access, const snapshot::TableInfo& table,
                     const BlockView& block, std::uint64_t open, BlockScratch& scratch);
  void probe_mapped(const snapshot::Snapshot& snapshot, const PlanView& plan,
                    const AccessPlan& access, const snapshot::TableInfo& table,
                    const BlockView& block, std::uint64_t open, BlockScratch& scratch);
  void resolve(const snapshot::Snapshot& snapshot, const PlanView& plan, BlockScratch& scratch);

  SoughtKeys sought_;
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
  std::uint32_t seek(const snapshot::ConditionIndex& index, const PlanView& plan,
                     std::uint32_t part, std::uint32_t article);

  HashFinder hash_;
  std::vector<std::uint32_t>
      cursors_;  // by plan part: position of the next key; 0 is "not placed yet" plus one
};

}  // namespace engine::price

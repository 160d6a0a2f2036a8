#include "engine/price/find.hpp"

#include <algorithm>
#include <bit>

namespace engine::price {

using snapshot::ArticleSide;
using snapshot::ConditionIndex;
using snapshot::Snapshot;

namespace {

void prefetch(const void* address) { __builtin_prefetch(address); }

// A part that does not need the hash is searched at once; others wait for their slot to arrive.
void probe(const ConditionIndex& index, const PlanPart& part, const PendingProbe& wanted,
           BlockScratch& scratch) {
  std::uint32_t position = ConditionIndex::no_key;
  switch (part.search) {
    case KeySearch::single:
      position = part.range.begin;
      break;
    case KeySearch::dense:
      if (wanted.article_key - part.first_key < part.range.size()) {
        position = part.range.begin + (wanted.article_key - part.first_key);
      }
      break;
    case KeySearch::run:
      position = index.find_key_in_run(part.range, wanted.article_key);
      break;
    case KeySearch::hashed: {
      PendingProbe pending = wanted;
      pending.hash = index.hash_of(part.part, wanted.article_key);
      prefetch(index.slot_address(pending.hash));
      scratch.probes.push_back(pending);
      return;
    }
  }
  if (position == ConditionIndex::no_key) return;
  prefetch(index.key_address(position));
  scratch.hits.push_back({wanted.part, position, wanted.distance, wanted.line});
}

// What a search of the part for the key reads first.
const void* first_read(const ConditionIndex& index, const PlanPart& part, std::uint32_t key) {
  if (part.search == KeySearch::hashed) return index.slot_address(index.hash_of(part.part, key));
  const bool near = part.search == KeySearch::dense && key - part.first_key < part.range.size();
  return index.key_address(part.range.begin + (near ? key - part.first_key : 0));
}

}  // namespace

void prefetch_articles(const Snapshot& snapshot, std::span<const Line> lines) {
  const snapshot::Articles& articles = snapshot.articles();
  for (const Line& line : lines) {
    if (line.article.is_none()) continue;
    const std::uint32_t article = line.article.raw();
    prefetch(snapshot.conditions().signature_address(article));
    prefetch(&articles.base_units[article]);
    for (const auto& mapping : articles.mappings) mapping.prefetch(article);
  }
}

void prefetch_keys(const Snapshot& snapshot, const snapshot::BoundProcedure& procedure,
                   const Plan& plan, std::span<const Line> lines) {
  const ConditionIndex& index = snapshot.conditions();
  const AccessPlan* access = plan.accesses.data();
  for (const snapshot::BoundStep& step : procedure.steps) {
    for (const snapshot::BoundAccess& bound : step.accesses) {
      const AccessPlan& parts = *access++;
      if (index.table(bound.rule->table).side != ArticleSide::article) continue;
      for (std::uint32_t i = parts.begin; i < parts.end; ++i) {
        for (const Line& line : lines)
          prefetch(first_read(index, plan.parts[i], line.article.raw()));
      }
    }
  }
}

void HashFinder::probe_article(const Snapshot& snapshot, const Plan& plan, const AccessPlan& access,
                               const snapshot::TableInfo& table, const BlockView& block,
                               std::uint32_t line, BlockScratch& scratch) {
  const ConditionIndex& index = snapshot.conditions();
  const std::uint32_t article = block.lines[line].article.raw();
  const bool signed_table = table.signature != UINT16_MAX;
  const std::uint64_t present =
      signed_table ? index.signature(article, table.signature) : ~std::uint64_t{0};
  if (signed_table && (present & access.mask) == 0) return;
  for (std::uint32_t i = access.begin; i < access.end; ++i) {
    const PlanPart& part = plan.parts[i];
    if (signed_table && (present & part.bit) == 0) continue;
    probe(index, part, {0, i, article, 0, static_cast<std::uint8_t>(line)}, scratch);
  }
}

void HashFinder::probe_mapped(const Snapshot& snapshot, const Plan& plan, const AccessPlan& access,
                              const snapshot::TableInfo& table, const BlockView& block,
                              std::uint32_t line, BlockScratch& scratch) {
  const std::uint32_t article = block.lines[line].article.raw();
  for (const snapshot::ArticleKey& key : snapshot.articles().mappings[table.mapping][article]) {
    for (std::uint32_t i = access.begin; i < access.end; ++i) {
      probe(snapshot.conditions(), plan.parts[i],
            {0, i, key.key, key.distance, static_cast<std::uint8_t>(line)}, scratch);
    }
  }
}

void HashFinder::resolve(const Snapshot& snapshot, const Plan& plan, BlockScratch& scratch) {
  const ConditionIndex& index = snapshot.conditions();
  const bool mixed = !scratch.hits.empty() && !scratch.probes.empty();
  for (const PendingProbe& probe : scratch.probes) {
    const std::uint32_t position =
        index.find_key_hashed(probe.hash, plan.parts[probe.part].range, probe.article_key);
    if (position == ConditionIndex::no_key) continue;
    prefetch(index.key_address(position));
    scratch.hits.push_back({probe.part, position, probe.distance, probe.line});
  }
  if (mixed) std::ranges::sort(scratch.hits, {}, &Hit::line);  // in place: no allocation
}

void HashFinder::find(const Snapshot& snapshot, const Plan& plan, const AccessPlan& access,
                      const snapshot::TableInfo& table, const BlockView& block, std::uint64_t open,
                      BlockScratch& scratch) {
  scratch.hits.clear();
  scratch.probes.clear();
  if (access.begin == access.end) return;
  for (std::uint64_t rest = open; rest != 0; rest &= rest - 1) {
    const auto line = static_cast<std::uint32_t>(std::countr_zero(rest));
    if (table.side == ArticleSide::mapped) {
      probe_mapped(snapshot, plan, access, table, block, line, scratch);
    } else {
      probe_article(snapshot, plan, access, table, block, line, scratch);
    }
  }
  resolve(snapshot, plan, scratch);
}

std::uint32_t RunFinder::seek(const ConditionIndex& index, const Plan& plan, std::uint32_t part,
                              std::uint32_t article) {
  if (cursors_.size() < plan.parts.size()) cursors_.resize(plan.parts.size(), 0);
  const snapshot::KeyRange range = plan.parts[part].range;
  std::uint32_t position = cursors_[part] == 0 ? range.begin : cursors_[part] - 1;
  std::uint32_t step = 1;  // gallop: the next block's articles are near
  while (position + step < range.end && index.key_at(position + step) < article) {
    position += step;
    step *= 2;
  }
  std::uint32_t high = std::min(position + step, range.end);
  while (position < high) {
    const std::uint32_t middle = position + (high - position) / 2;
    if (index.key_at(middle) < article) {
      position = middle + 1;
    } else {
      high = middle;
    }
  }
  cursors_[part] = position + 1;
  return position;
}

void RunFinder::find(const Snapshot& snapshot, const Plan& plan, const AccessPlan& access,
                     const snapshot::TableInfo& table, const BlockView& block, std::uint64_t open,
                     BlockScratch& scratch) {
  if (table.side != ArticleSide::article) {
    hash_.find(snapshot, plan, access, table, block, open, scratch);
    return;
  }
  scratch.hits.clear();
  const ConditionIndex& index = snapshot.conditions();
  const std::uint32_t first = block.lines[0].article.raw();
  for (std::uint32_t i = access.begin; i < access.end; ++i) {
    const std::uint32_t end = plan.parts[i].range.end;
    for (std::uint32_t position = seek(index, plan, i, first); position < end; ++position) {
      const std::uint32_t line = index.key_at(position) - first;
      if (line >= block.count) break;
      if ((open >> line & 1U) != 0)
        scratch.hits.push_back({i, position, 0, static_cast<std::uint8_t>(line)});
    }
  }
  std::ranges::sort(scratch.hits, {}, &Hit::line);
}

}  // namespace engine::price

#include "engine/price/find.hpp"

#include "engine/price/by_line.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace engine::price {

using snapshot::ArticleSide;
using snapshot::ConditionIndex;
using snapshot::Snapshot;

namespace {

void prefetch(const void* address) { __builtin_prefetch(address); }

// A part that does not need the hash is searched at once; others wait for their slot to arrive.
void probe(const ConditionIndex& index, const PlanPart& part, const Hit& wanted,
           std::uint32_t article_key, BlockScratch& scratch) {
  std::uint32_t position = ConditionIndex::no_key;
  switch (part.search) {
    case KeySearch::single:
      position = part.range.begin;
      break;
    case KeySearch::dense:
      if (article_key - part.first_key < part.range.size())
        position = part.range.begin + (article_key - part.first_key);
      break;
    case KeySearch::run:
      position = index.find_key_in_run(part.range, article_key);
      break;
    case KeySearch::hashed: {
      PendingProbe& pending = scratch.probes.next();
      pending.hash = index.hash_of(part.part, article_key);
      prefetch(index.slot_address(pending.hash));
      pending.part = wanted.part;
      pending.article_key = article_key;
      pending.distance = wanted.distance;
      pending.line = wanted.line;
      return;
    }
  }
  if (position == ConditionIndex::no_key) return;
  prefetch(index.key_address(position));
  scratch.hits.add({wanted.part, position, wanted.distance, wanted.line});
}

// Each probe ends as a hit or waits; so there is room for as many of both.
void make_room(std::size_t probes, BlockScratch& scratch) {
  scratch.probes.make_room(probes);
  scratch.hits.make_room(probes);
}

// How much a table may take: keys that a byte counts, laid out for a few instructions each while a
// search costs some fifty.
constexpr std::uint32_t placed_keys_max = 255;
constexpr std::uint32_t placed_keys_per_line = 8;
constexpr std::uint32_t placed_span_max = 1'024;

bool is_worth_placing(const ConditionIndex& index, const PlanPart& part, std::uint32_t lines) {
  const std::uint32_t size = part.range.size();
  return size > 0 && size <= placed_keys_max && size <= lines * placed_keys_per_line &&
         index.key_at(part.range.end - 1) - index.key_at(part.range.begin) < placed_span_max;
}

// Lays out the keys of all parts of the access, if that is worth it for each of them.
bool lay_out(const ConditionIndex& index, const PlanView& plan, const AccessPlan& access,
             std::uint64_t open, BlockScratch& scratch) {
  if (open >> base::limits::lines_few == 0) return false;  // so few lines that they need no count
  const auto lines = static_cast<std::uint32_t>(std::popcount(open));
  if (lines <= base::limits::lines_few) return false;
  for (std::uint32_t i = access.begin; i < access.end; ++i) {
    if (!is_worth_placing(index, plan.parts[i], lines)) return false;
  }
  scratch.placed.clear();
  scratch.placed.make_room(access.end - access.begin);
  scratch.places.clear();
  for (std::uint32_t i = access.begin; i < access.end; ++i) {
    const snapshot::KeyRange range = plan.parts[i].range;
    const std::uint32_t first = index.key_at(range.begin);
    const std::uint32_t span = index.key_at(range.end - 1) - first + 1;
    const auto table = static_cast<std::uint32_t>(scratch.places.size());
    scratch.places.resize(table + span);
    std::uint8_t* const places = scratch.places.data() + table;
    for (std::uint32_t position = range.begin; position < range.end; ++position)
      places[index.key_at(position) - first] =
          static_cast<std::uint8_t>(position - range.begin + 1);
    scratch.placed.add({i, first, span, range.begin, table});
  }
  return true;
}

void read_places(const snapshot::ArticleKey& key, std::uint8_t line, BlockScratch& scratch) {
  const std::uint8_t* const places = scratch.places.data();
  for (const PlacedPart& part : scratch.placed) {
    const std::uint32_t offset = key.key - part.first_key;
    if (offset >= part.span) continue;
    const std::uint8_t place = places[part.table + offset];
    if (place != 0) scratch.hits.add({part.part, part.begin + place - 1, key.distance, line});
  }
}

}  // namespace

void prefetch_articles(const Snapshot& snapshot, std::span<const Line> lines) {
  const snapshot::Articles& articles = snapshot.articles();
  for (const Line& line : lines) {
    if (line.article.is_none()) continue;
    const std::uint32_t article = line.article.raw();
    prefetch(snapshot.conditions().signature_address(article));
    snapshot.conditions().prefetch_changes(article);
    prefetch(&articles.base_units[article]);
    for (const auto& mapping : articles.mappings) mapping.prefetch(article);
  }
}

void SoughtKeys::want(const ConditionIndex& index, const PlanPart& part, std::uint32_t number,
                      const snapshot::ArticleKey& key) {
  std::uint32_t position = ConditionIndex::no_key;
  std::uint64_t hash = 0;
  switch (part.search) {
    case KeySearch::single:
      position = part.range.begin;
      prefetch(index.key_address(position));
      break;
    case KeySearch::dense:
      if (key.key - part.first_key >= part.range.size()) return;
      position = part.range.begin + (key.key - part.first_key);
      prefetch(index.key_address(position));
      break;
    case KeySearch::run:
      for (std::uint32_t at = part.range.begin; at < part.range.end; at += keys_per_cache_line)
        prefetch(index.key_address(at));
      break;
    case KeySearch::hashed:
      hash = index.hash_of(part.part, key.key);
      prefetch(index.slot_address(hash));
      break;
  }
  if (count_ == keys_.size()) {
    is_full_ = true;
    return;
  }
  keys_[count_++] = {hash, &part, key.key, number, position, key.distance};
}

void SoughtKeys::want_line(const Snapshot& snapshot, const snapshot::BoundProcedure& procedure,
                           const PlanView& plan, const Line& line) {
  const ConditionIndex& index = snapshot.conditions();
  const std::uint32_t article = line.article.raw();
  for (const snapshot::BoundStep& step : procedure.steps) {
    for (std::size_t i = 0; i < step.accesses.size(); ++i) {
      const AccessPlan& access = plan.of(line.fields, step, i);
      if (access.is_empty()) continue;
      const snapshot::TableInfo& table = index.table(step.accesses[i].rule->table);
      if (table.side == ArticleSide::mapped) {
        for (const snapshot::ArticleKey& key :
             snapshot.articles().mappings[table.mapping][article]) {
          for (std::uint32_t part = access.begin; part < access.end; ++part)
            want(index, plan.parts[part], part, key);
        }
        continue;
      }
      std::uint64_t present = ~std::uint64_t{0};
      if (table.signature != UINT16_MAX) present = index.signature(article, table.signature);
      if ((present & access.mask) == 0) continue;
      for (std::uint32_t part = access.begin; part < access.end; ++part) {
        if ((present & plan.parts[part].bit) != 0)
          want(index, plan.parts[part], part, {article, 0});
      }
    }
  }
}

void SoughtKeys::fetch(const ConditionIndex& index) {
  std::size_t found = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    Key key = keys_[i];
    if (key.plan_part->search == KeySearch::hashed) {
      key.position = index.find_key_hashed(key.hash, key.plan_part->range, key.article_key);
    } else if (key.plan_part->search == KeySearch::run) {
      key.position = index.find_key_in_run(key.plan_part->range, key.article_key);
    }
    if (key.position == ConditionIndex::no_key) continue;
    prefetch(index.key_address(key.position));
    keys_[found++] = key;
  }
  count_ = found;
  for (std::size_t i = 0; i < count_; ++i)
    prefetch(&index.record(index.records_of(keys_[i].position).begin));
}

void SoughtKeys::seek(const Snapshot& snapshot, const snapshot::BoundProcedure& procedure,
                      const PlanView& plan, std::span<const Line> lines) {
  count_ = 0;
  is_full_ = false;
  if (plan.accesses.empty()) return;
  constexpr std::uint32_t parts_per_prefetch = 2;
  const std::uint32_t end = plan.accesses.back().end;
  for (std::uint32_t i = plan.accesses.front().begin; i < end; i += parts_per_prefetch)
    prefetch(&plan.parts[i]);
  for (const Line& line : lines) {
    if (!line.article.is_none()) want_line(snapshot, procedure, plan, line);
  }
  fetch(snapshot.conditions());
  only_line_ = lines.size() == 1 && !is_full_ ? lines.data() : nullptr;
}

void SoughtKeys::take(const AccessPlan& access, BlockScratch& scratch) const {
  scratch.hits.make_room(count_);
  for (std::size_t i = 0; i < count_; ++i) {
    const Key& key = keys_[i];
    if (key.part - access.begin < access.end - access.begin)
      scratch.hits.add({key.part, key.position, key.distance, 0});
  }
}

void HashFinder::probe_article(const Snapshot& snapshot, const PlanView& plan,
                               const AccessPlan& access, const snapshot::TableInfo& table,
                               const BlockView& block, std::uint64_t open, BlockScratch& scratch) {
  const ConditionIndex& index = snapshot.conditions();
  const bool signed_table = table.signature != UINT16_MAX;
  const PlanPart* const parts = plan.parts.data();
  for (std::uint64_t rest = open; rest != 0; rest &= rest - 1) {
    const auto line = static_cast<std::uint32_t>(std::countr_zero(rest));
    const std::uint32_t article = block.lines[line].article.raw();
    const std::uint64_t present =
        signed_table ? index.signature(article, table.signature) : ~std::uint64_t{0};
    if (signed_table && (present & access.mask) == 0) continue;
    for (std::uint32_t i = access.begin; i < access.end; ++i) {
      if (signed_table && (present & parts[i].bit) == 0) continue;
      probe(index, parts[i], {i, 0, 0, static_cast<std::uint8_t>(line)}, article, scratch);
    }
  }
}

void HashFinder::probe_mapped(const Snapshot& snapshot, const PlanView& plan,
                              const AccessPlan& access, const snapshot::TableInfo& table,
                              const BlockView& block, std::uint64_t open, BlockScratch& scratch) {
  const auto& mapping = snapshot.articles().mappings[table.mapping];
  const bool laid_out = lay_out(snapshot.conditions(), plan, access, open, scratch);
  for (std::uint64_t rest = open; rest != 0; rest &= rest - 1) {
    const auto line = static_cast<std::uint32_t>(std::countr_zero(rest));
    const auto keys = mapping[block.lines[line].article.raw()];
    make_room(keys.size() * (access.end - access.begin), scratch);
    for (const snapshot::ArticleKey& key : keys) {
      if (laid_out) {
        read_places(key, static_cast<std::uint8_t>(line), scratch);
        continue;
      }
      for (std::uint32_t i = access.begin; i < access.end; ++i) {
        probe(snapshot.conditions(), plan.parts[i],
              {i, 0, key.distance, static_cast<std::uint8_t>(line)}, key.key, scratch);
      }
    }
  }
}

void HashFinder::resolve(const Snapshot& snapshot, const PlanView& plan, BlockScratch& scratch) {
  const ConditionIndex& index = snapshot.conditions();
  const bool mixed = !scratch.hits.empty() && !scratch.probes.empty();
  for (const PendingProbe& probe : scratch.probes) {
    const std::uint32_t position =
        index.find_key_hashed(probe.hash, plan.parts[probe.part].range, probe.article_key);
    if (position == ConditionIndex::no_key) continue;
    prefetch(index.key_address(position));
    scratch.hits.add({probe.part, position, probe.distance, probe.line});
  }
  if (mixed) order_by_line(scratch.hits, scratch.spare_hits);
}

void HashFinder::find(const Snapshot& snapshot, const PlanView& plan, const AccessPlan& access,
                      const snapshot::TableInfo& table, const BlockView& block, std::uint64_t open,
                      BlockScratch& scratch) {
  scratch.hits.clear();
  scratch.probes.clear();
  if (access.begin == access.end) return;
  if (sought_.is_of(block)) return sought_.take(access, scratch);
  if (table.side == ArticleSide::mapped) {
    probe_mapped(snapshot, plan, access, table, block, open, scratch);
  } else {
    make_room(std::size_t{block.count} * (access.end - access.begin), scratch);
    probe_article(snapshot, plan, access, table, block, open, scratch);
  }
  resolve(snapshot, plan, scratch);
}

namespace {

// The key of one part on a line, if it changed. Returns whether hits may stand in another order now.
bool lay_change(const ConditionIndex& index, const PlanPart& part, const Hit& wanted,
                std::uint32_t article_key, BlockScratch& scratch) {
  const std::uint32_t position = index.changed_key(part.part, article_key);
  if (position == ConditionIndex::no_key) return false;
  auto& hits = scratch.hits;
  const auto old = std::ranges::find_if(hits, [&](const Hit& hit) {
    return hit.line == wanted.line && hit.part == wanted.part &&
           index.key_at(hit.position) == article_key && hit.distance == wanted.distance;
  });
  const bool is_there = index.records_of(position).size() > 0;
  if (old != hits.end() && is_there) {
    old->position = position;
    return false;
  }
  if (old != hits.end()) {
    hits.drop(old);
    return true;
  }
  if (!is_there) return false;
  hits.make_room(1);
  hits.add({wanted.part, position, wanted.distance, wanted.line});
  return true;
}

}  // namespace

void lay_changes(const Snapshot& snapshot, const PlanView& plan, const AccessPlan& access,
                 const snapshot::TableInfo& table, const BlockView& block, std::uint64_t open,
                 BlockScratch& scratch) {
  const ConditionIndex& index = snapshot.conditions();
  bool reordered = false;
  const auto lay_key = [&](std::uint8_t line, std::uint32_t key, std::uint16_t distance) {
    if (table.side != ArticleSide::none && !index.may_have_changed(table.side, 0, key, access.mask))
      return;
    for (std::uint32_t i = access.begin; i < access.end; ++i) {
      const PlanPart& part = plan.parts[i];
      if (index.may_have_changed(table.side, part.part, key, part.bit))
        reordered |= lay_change(index, part, {i, 0, distance, line}, key, scratch);
    }
  };
  for (std::uint64_t rest = open; rest != 0; rest &= rest - 1) {
    const auto line = static_cast<std::uint8_t>(std::countr_zero(rest));
    const model::ArticleId article = block.lines[line].article;
    switch (table.side) {
      case ArticleSide::none:
        lay_key(line, 0, 0);
        break;
      case ArticleSide::article:
        lay_key(line, article.raw(), 0);
        break;
      case ArticleSide::mapped:
        for (const auto& key : snapshot.articles().mappings[table.mapping][article.raw()])
          lay_key(line, key.key, key.distance);
        break;
    }
  }
  if (reordered) order_by_line(scratch.hits, scratch.spare_hits);
}

std::uint32_t RunFinder::seek(const ConditionIndex& index, const PlanView& plan, std::uint32_t part,
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

void RunFinder::find(const Snapshot& snapshot, const PlanView& plan, const AccessPlan& access,
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
      if ((open >> line & 1U) != 0) {
        scratch.hits.make_room(1);
        scratch.hits.add({i, position, 0, static_cast<std::uint8_t>(line)});
      }
    }
  }
  std::ranges::sort(scratch.hits, {}, &Hit::line);
}

}  // namespace engine::price

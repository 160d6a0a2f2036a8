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

namespace {

// A key that a few lines are going to ask for.
struct NearKey {
  std::uint64_t hash;      // where it is searched by that
  const PlanPart* part;
  std::uint32_t key;
  std::uint32_t position;  // where that is known
};

// Keys that are brought near in three waves, each of which waits once for all of them: what a search
// reads first, the key, its first record. More than there is room for come when they are read.
class NearKeys {
 public:
  explicit NearKeys(const ConditionIndex& index) : index_{index} {}

  void want(const PlanPart& part, std::uint32_t key) {
    if (count_ == keys_.size()) return;
    NearKey& to = keys_[count_++];
    to.part = &part;
    to.key = key;
    to.position = ConditionIndex::no_key;
    switch (part.search) {
      case KeySearch::single:
        to.position = part.range.begin;
        return prefetch(index_.key_address(to.position));
      case KeySearch::dense:
        if (key - part.first_key >= part.range.size()) {
          --count_;
          return;
        }
        to.position = part.range.begin + (key - part.first_key);
        return prefetch(index_.key_address(to.position));
      case KeySearch::run:
        for (std::uint32_t at = part.range.begin; at < part.range.end; at += keys_per_line)
          prefetch(index_.key_address(at));
        return;
      case KeySearch::hashed:
        to.hash = index_.hash_of(part.part, key);
        return prefetch(index_.slot_address(to.hash));
    }
  }

  void fetch() {
    for (std::size_t i = 0; i < count_; ++i) {
      NearKey& one = keys_[i];
      if (one.part->search == KeySearch::hashed) {
        one.position = index_.find_key_hashed(one.hash, one.part->range, one.key);
        if (one.position != ConditionIndex::no_key) prefetch(index_.key_address(one.position));
      } else if (one.part->search == KeySearch::run) {
        one.position = index_.find_key_in_run(one.part->range, one.key);
      }
    }
    for (std::size_t i = 0; i < count_; ++i) {
      if (keys_[i].position != ConditionIndex::no_key)
        prefetch(&index_.record(index_.records_of(keys_[i].position).begin));
    }
  }

 private:
  static constexpr std::uint32_t keys_per_line = 8;

  const ConditionIndex& index_;
  std::array<NearKey, 32> keys_;  // as far as they are counted
  std::size_t count_ = 0;
};

}  // namespace

void prefetch_keys(const Snapshot& snapshot, const snapshot::BoundProcedure& procedure,
                   const PlanView& plan, std::span<const Line> lines) {
  if (plan.accesses.empty()) return;
  const ConditionIndex& index = snapshot.conditions();
  const std::uint32_t first = plan.accesses.front().begin;
  constexpr std::uint32_t parts_per_line = 2;  // they are read one after the other
  for (std::uint32_t i = first; i < plan.accesses.back().end; i += parts_per_line)
    prefetch(&plan.parts[i]);
  NearKeys near{index};
  for (const Line& line : lines) {
    if (line.article.is_none()) continue;
    const std::uint32_t article = line.article.raw();
    for (const snapshot::BoundStep& step : procedure.steps) {
      for (std::size_t i = 0; i < step.accesses.size(); ++i) {
        const AccessPlan& access = plan.of(line.fields, step, i);
        if (access.is_empty()) continue;
        const snapshot::TableInfo& table = index.table(step.accesses[i].rule->table);
        const auto parts = plan.parts.subspan(access.begin, access.end - access.begin);
        if (table.side == ArticleSide::mapped) {
          for (const auto& key : snapshot.articles().mappings[table.mapping][article]) {
            for (const PlanPart& part : parts) near.want(part, key.key);
          }
          continue;
        }
        const std::uint64_t present = table.signature == UINT16_MAX
                                          ? ~std::uint64_t{0}
                                          : index.signature(article, table.signature);
        if ((present & access.mask) == 0) continue;
        for (const PlanPart& part : parts) {
          if ((present & part.bit) != 0) near.want(part, article);
        }
      }
    }
  }
  near.fetch();
}

void HashFinder::probe_article(const Snapshot& snapshot, const PlanView& plan, const AccessPlan& access,
                               const snapshot::TableInfo& table, const BlockView& block,
                               std::uint64_t open, BlockScratch& scratch) {
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

void HashFinder::probe_mapped(const Snapshot& snapshot, const PlanView& plan, const AccessPlan& access,
                              const snapshot::TableInfo& table, const BlockView& block,
                              std::uint64_t open, BlockScratch& scratch) {
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

#include "rules/check_neighbours.hpp"

#include <algorithm>

namespace rules {

using engine::snapshot::ArticleSide;
using engine::snapshot::Snapshot;

namespace {

constexpr std::size_t pairs_kept = 1 << 20;  // before doubles are dropped

NumberLists neighbours_of(const Snapshot& snapshot, std::uint16_t a, std::uint16_t b) {
  const auto& mappings = snapshot.articles().mappings;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
  const auto articles = static_cast<std::uint32_t>(snapshot.articles().codes->size());
  const auto compact = [&pairs] {
    std::ranges::sort(pairs);
    const auto same = std::ranges::unique(pairs);
    pairs.erase(same.begin(), same.end());
  };
  std::size_t compacted = pairs_kept;
  for (std::uint32_t article = 0; article < articles; ++article) {
    for (const auto& x : mappings[a][article]) {
      for (const auto& y : mappings[b][article]) pairs.emplace_back(x.key, y.key);
    }
    if (pairs.size() < compacted) continue;
    compact();
    compacted = std::max(pairs_kept, 2 * pairs.size());
  }
  return NumberLists{std::move(pairs)};
}

}  // namespace

void Neighbours::add(const CheckContext& context, const engine::snapshot::BoundStep& step) {
  for (const auto& a : step.rule->find->accesses) {
    for (const auto& b : step.rule->find->accesses) {
      const auto& x = context.index().table(a.table);
      const auto& y = context.index().table(b.table);
      if (x.side != ArticleSide::mapped || y.side != ArticleSide::mapped) continue;
      if (lists_.contains({x.mapping, y.mapping})) continue;
      lists_.emplace(std::pair{x.mapping, y.mapping},
                     neighbours_of(context.snapshot(), x.mapping, y.mapping));
    }
  }
}

}  // namespace rules

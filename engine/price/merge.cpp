#include "engine/price/merge.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace engine::price {

using snapshot::Snapshot;

namespace {

using Slot = std::tuple<model::UnitId, model::CurrencyId, base::Quantity>;

Slot slot_of(const Snapshot& snapshot, const Candidate& candidate) {
  const model::ConditionRecord& record = snapshot.conditions().record(candidate.record);
  const model::Terms& terms = snapshot.conditions().terms(record);
  return {terms.unit, terms.currency, record.threshold};
}

model::DocumentId list_of(const Snapshot& snapshot, const Candidate& candidate) {
  return snapshot.conditions().record(candidate.record).document;
}

}  // namespace

std::vector<Candidate> merge(const Snapshot& snapshot, const PlanView& plan,
                             std::span<Candidate> candidates) {
  // Lists of equal rank stand in the order of their codes: never in that of the data.
  const auto place = [&](const Candidate& candidate) {
    const model::DocumentId list = list_of(snapshot, candidate);
    const std::uint32_t code = list.is_none() ? UINT32_MAX : snapshot.order_of(list).by_text;
    return std::tuple{plan.parts[candidate.part].rank, code, list};
  };
  std::ranges::sort(candidates, {}, place);
  std::vector<Candidate> merged;
  std::set<Slot> filled;
  for (std::size_t begin = 0; begin < candidates.size();) {
    std::size_t end = begin + 1;
    while (end < candidates.size() && place(candidates[end]) == place(candidates[begin])) ++end;
    const std::span<Candidate> own = candidates.subspan(begin, end - begin);
    begin = end;
    const model::DocumentId list = list_of(snapshot, own.front());
    const bool refuses = !list.is_none() && snapshot.documents()[list.raw()].refuses_merge;
    if (refuses && !filled.empty()) continue;
    std::set<Slot> filled_here;
    for (const Candidate& candidate : own) {
      const Slot slot = slot_of(snapshot, candidate);
      if (filled.contains(slot)) continue;
      filled_here.insert(slot);
      merged.push_back(candidate);
    }
    filled.merge(filled_here);
    if (refuses) break;
  }
  return merged;
}

}  // namespace engine::price

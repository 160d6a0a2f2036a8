#include "engine/snapshot/condition_index.hpp"

#include "engine/base/contract.hpp"

#include <algorithm>

namespace engine::snapshot {

std::optional<std::uint32_t> ConditionIndex::find_part(
    model::TableId table, std::span<const std::uint32_t> values) const {
  return find_part(part_hash(table, values), table, values);
}

std::optional<std::uint32_t> ConditionIndex::find_part(
    std::uint64_t hash, model::TableId table, std::span<const std::uint32_t> values) const {
  if (part_slots_.empty()) return std::nullopt;
  const std::size_t mask = part_slots_.size() - 1;
  const auto tag = static_cast<std::uint32_t>(hash >> 32U);
  for (std::size_t at = hash & mask; part_slots_[at].next != 0; at = (at + 1) & mask) {
    if (part_slots_[at].tag != tag) continue;
    const std::uint32_t number = part_slots_[at].next - 1;
    const Part& part = parts_[number];
    if (part.table == table.raw() &&
        std::equal(values.begin(), values.end(), part.values.begin()))  // as many: one table
      return number;
  }
  return std::nullopt;
}

std::uint32_t ConditionIndex::find_key_hashed(std::uint64_t hash, KeyRange range,
                                              std::uint32_t article_key) const {
  const auto tag = static_cast<std::uint32_t>(hash >> 32U);
  for (std::uint64_t slot = hash & slot_mask_;; slot = (slot + 1) & slot_mask_) {
    const Slot& entry = slots_[slot];
    if (entry.position == no_key) return no_key;
    if (entry.tag == tag && entry.position >= range.begin && entry.position < range.end &&
        keys_[entry.position].article_key == article_key) {
      return entry.position;
    }
  }
}

std::uint32_t ConditionIndex::find_key_in_run(KeyRange range, std::uint32_t article_key) const {
  const Key* first = keys_.data() + range.begin;
  std::uint32_t count = range.size();
  while (count > 1) {  // branch-free halving: the compiler makes it a conditional move
    const std::uint32_t half = count / 2;
    first += first[half].article_key <= article_key ? half : 0;
    count -= half;
  }
  if (range.size() == 0 || first->article_key != article_key) return no_key;
  return static_cast<std::uint32_t>(first - keys_.data());
}

model::TableId ConditionIndex::table_of_record(std::uint32_t record) const {
  ENSURE(record < records_.size());
  const auto above = std::ranges::upper_bound(tables_, record, {}, &TableInfo::first_record);
  return model::TableId{static_cast<std::uint16_t>(above - tables_.begin() - 1)};
}

std::uint32_t ConditionIndex::key_of_record(std::uint32_t record) const {
  ENSURE(record < records_.size());
  const auto above = std::ranges::upper_bound(keys_, record, {}, &Key::first_record);
  return static_cast<std::uint32_t>(above - keys_.begin()) - 1;
}

std::uint32_t ConditionIndex::part_of_key(std::uint32_t position) const {
  const auto begin_of = [](const Part& part) { return part.keys.begin; };
  const auto above = std::ranges::upper_bound(parts_, position, {}, begin_of);
  return static_cast<std::uint32_t>(above - parts_.begin()) - 1;
}

std::span<const std::uint32_t> ConditionIndex::article_values(std::uint32_t position) const {
  const TableInfo& info = tables_[parts_[part_of_key(position)].table];
  if (info.side == ArticleSide::none) return {};
  if (info.side == ArticleSide::article) return {&keys_[position].article_key, 1};
  const std::size_t width = info.shape.article_fields.size();
  return std::span{mapping_values_[info.mapping]}.subspan(keys_[position].article_key * width,
                                                          width);
}

std::size_t ConditionIndex::memory_bytes() const {
  return records_.capacity() * sizeof(model::ConditionRecord) + keys_.capacity() * sizeof(Key) +
         parts_.capacity() * sizeof(Part) + part_slots_.capacity() * sizeof(PartSlot) +
         slots_.capacity() * sizeof(Slot) + signatures_.capacity() * sizeof(std::uint64_t) +
         extras_.capacity() * sizeof(model::RecordExtra);
}

}  // namespace engine::snapshot

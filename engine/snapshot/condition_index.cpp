#include "engine/snapshot/condition_index.hpp"

#include "engine/base/contract.hpp"

#include <algorithm>

namespace engine::snapshot {

std::uint64_t ConditionIndex::part_hash(model::TableId table,
                                        std::span<const std::uint32_t> values) const {
  std::uint64_t hash = base::mix(table.raw() + 1);
  for (const std::uint32_t value : values) hash = base::combine(hash, value);
  return hash;
}

std::span<const std::uint32_t> ConditionIndex::part_values(std::uint32_t part) const {
  const std::span<const std::uint32_t> all{part_values_};
  return all.subspan(part_value_begin_[part],
                     part_value_begin_[part + 1] - part_value_begin_[part]);
}

std::optional<std::uint32_t> ConditionIndex::find_part(
    model::TableId table, std::span<const std::uint32_t> values) const {
  if (part_slots_.empty()) return std::nullopt;
  const std::size_t mask = part_slots_.size() - 1;
  std::size_t slot = part_hash(table, values) & mask;
  for (; part_slots_[slot] != 0; slot = (slot + 1) & mask) {
    const std::uint32_t part = part_slots_[slot] - 1;
    if (part_tables_[part] == table.raw() && std::ranges::equal(part_values(part), values))
      return part;
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
        keys_[entry.position] == article_key) {
      return entry.position;
    }
  }
}

std::uint32_t ConditionIndex::find_key_in_run(KeyRange range, std::uint32_t article_key) const {
  const std::uint32_t* first = keys_.data() + range.begin;
  std::uint32_t count = range.size();
  while (count > 1) {  // branch-free halving: the compiler makes it a conditional move
    const std::uint32_t half = count / 2;
    first += first[half] <= article_key ? half : 0;
    count -= half;
  }
  if (range.size() == 0 || *first != article_key) return no_key;
  return static_cast<std::uint32_t>(first - keys_.data());
}

std::uint32_t ConditionIndex::key_of_record(std::uint32_t record) const {
  ENSURE(record < records_.size());
  const auto above = std::ranges::upper_bound(first_record_, record);
  return static_cast<std::uint32_t>(above - first_record_.begin()) - 1;
}

std::uint32_t ConditionIndex::part_of_key(std::uint32_t position) const {
  const auto above = std::ranges::upper_bound(part_begin_, position);
  return static_cast<std::uint32_t>(above - part_begin_.begin()) - 1;
}

std::span<const std::uint32_t> ConditionIndex::article_values(std::uint32_t position) const {
  const TableInfo& info = tables_[part_tables_[part_of_key(position)]];
  if (info.side == ArticleSide::none) return {};
  if (info.side == ArticleSide::article) return std::span{keys_}.subspan(position, 1);
  const std::size_t width = info.shape.article_fields.size();
  return std::span{mapping_values_[info.mapping]}.subspan(keys_[position] * width, width);
}

std::size_t ConditionIndex::memory_bytes() const {
  const auto words = keys_.capacity() + first_record_.capacity() + part_begin_.capacity() +
                     part_tables_.capacity() + part_value_begin_.capacity() +
                     part_values_.capacity() + part_slots_.capacity();
  return records_.capacity() * sizeof(model::ConditionRecord) + words * sizeof(std::uint32_t) +
         slots_.capacity() * sizeof(Slot) + signatures_.capacity() * sizeof(std::uint64_t) +
         extras_.capacity() * sizeof(model::RecordExtra);
}

}  // namespace engine::snapshot

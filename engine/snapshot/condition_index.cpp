#include "engine/snapshot/condition_index.hpp"

#include "engine/base/contract.hpp"

#include <algorithm>
#include <bit>

namespace engine::snapshot {

ConditionIndex::ConditionIndex(std::shared_ptr<const model::ConditionStore> store,
                               std::vector<model::Terms> terms, std::size_t articles)
    : store_{std::move(store)},
      signature_columns_{store_->signature_columns()},
      terms_{std::move(terms)} {
  fill_slots();
  fill_signatures(articles);
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

void ConditionIndex::fill_slots() {
  std::size_t hashed = 0;
  for (const Part& part : parts_) {
    if (part.search == KeySearch::hashed) hashed += part.keys.size();
  }
  const std::size_t size = std::bit_ceil(hashed + hashed / 3 + 2);
  slots_.assign(size, {});
  slot_mask_ = size - 1;
  for (std::uint32_t part = 0; part < parts_.size(); ++part) {
    if (parts_[part].search != KeySearch::hashed) continue;
    const KeyRange range = parts_[part].keys;
    for (std::uint32_t position = range.begin; position < range.end; ++position) {
      const std::uint64_t hash = hash_of(part, keys_[position].article_key);
      std::uint64_t slot = hash & slot_mask_;
      while (slots_[slot].position != no_key) slot = (slot + 1) & slot_mask_;
      slots_[slot] = {static_cast<std::uint32_t>(hash >> 32U), position};
    }
  }
}

void ConditionIndex::fill_signatures(std::size_t articles) {
  signatures_.assign(articles * signature_columns_, 0);
  for (std::uint32_t part = 0; part < parts_.size(); ++part) {
    const TableInfo& info = store_->tables()[parts_[part].table];
    if (info.signature == UINT16_MAX) continue;
    const std::uint64_t bit = part_bit(part);
    for (std::uint32_t position = parts_[part].keys.begin; position < parts_[part].keys.end;
         ++position)
      signatures_[keys_[position].article_key * signature_columns_ + info.signature] |= bit;
  }
}

std::size_t ConditionIndex::memory_bytes() const {
  return store_->memory_bytes() + slots_.capacity() * sizeof(Slot) +
         signatures_.capacity() * sizeof(std::uint64_t);
}

}  // namespace engine::snapshot

#include "engine/snapshot/condition_index.hpp"

#include "engine/base/contract.hpp"

#include <algorithm>
#include <bit>

namespace engine::snapshot {

ConditionIndex::ConditionIndex(std::shared_ptr<const model::ConditionStore> store,
                               std::vector<model::Terms> terms, std::size_t articles)
    : store_{std::move(store)},
      extra_count_{static_cast<std::uint32_t>(store_->extras().size())},
      signature_columns_{store_->signature_columns()},
      shared_terms_{std::make_shared<const std::vector<model::Terms>>(std::move(terms))} {
  auto lookup = std::make_shared<Lookup>();
  fill_slots(*lookup);
  fill_signatures(articles, *lookup);
  slots_ = lookup->slots.data();
  slot_mask_ = lookup->slots.size() - 1;
  signatures_ = lookup->signatures.data();
  terms_ = shared_terms_->data();
  lookup_ = std::move(lookup);
}

ConditionIndex ConditionIndex::laid_over(std::shared_ptr<const model::ConditionOverlay> overlay,
                                         std::span<const model::Terms> terms) const {
  ENSURE(&overlay->store() == store_.get());
  ConditionIndex made{*this};
  made.extent_ = overlay->extent();
  made.overlay_ = std::move(overlay);
  if (terms.size() == shared_terms_->size()) return made;
  made.shared_terms_ =
      std::make_shared<const std::vector<model::Terms>>(terms.begin(), terms.end());
  made.terms_ = made.shared_terms_->data();
  return made;
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

void ConditionIndex::fill_slots(Lookup& lookup) const {
  const std::span<const Part> parts = store_->parts();
  std::size_t hashed = 0;
  for (const Part& part : parts) {
    if (part.search == KeySearch::hashed) hashed += part.keys.size();
  }
  auto& slots = lookup.slots;
  slots.assign(std::bit_ceil(hashed + hashed / 3 + 2), {});
  const std::uint64_t mask = slots.size() - 1;
  for (std::uint32_t part = 0; part < parts.size(); ++part) {
    if (parts[part].search != KeySearch::hashed) continue;
    const KeyRange range = parts[part].keys;
    for (std::uint32_t position = range.begin; position < range.end; ++position) {
      const std::uint64_t hash = hash_of(part, keys_[position].article_key);
      std::uint64_t slot = hash & mask;
      while (slots[slot].position != no_key) slot = (slot + 1) & mask;
      slots[slot] = {static_cast<std::uint32_t>(hash >> 32U), position};
    }
  }
}

void ConditionIndex::fill_signatures(std::size_t articles, Lookup& lookup) const {
  auto& signatures = lookup.signatures;
  signatures.assign(articles * signature_columns_, 0);
  const std::span<const Part> parts = store_->parts();
  for (std::uint32_t part = 0; part < parts.size(); ++part) {
    const TableInfo& info = store_->tables()[parts[part].table];
    if (info.signature == UINT16_MAX) continue;
    const std::uint64_t bit = part_bit(part);
    for (std::uint32_t position = parts[part].keys.begin; position < parts[part].keys.end;
         ++position)
      signatures[keys_[position].article_key * signature_columns_ + info.signature] |= bit;
  }
}

std::size_t ConditionIndex::memory_bytes() const {
  return store_->memory_bytes() +
         (lookup_ == nullptr ? 0
                             : lookup_->slots.capacity() * sizeof(Slot) +
                                   lookup_->signatures.capacity() * sizeof(std::uint64_t));
}

}  // namespace engine::snapshot

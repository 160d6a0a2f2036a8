// ConditionIndex: the records of a store, found by (part, article) in the hot path: hash slots for
// large parts, and a signature of every article, which proves most look-ups needless. What a
// question needs of its parts it looks up once; its lines only meet their numbers.
//
// Invariants, beside those of the store: only parts that are searched by hash have slots; the
// signature of an article has the bit of every part that has a record for it, so that a clear bit
// proves absence. Immutable; any number of readers. Shares the store with the facts.
#pragma once

#include "engine/base/hash.hpp"
#include "engine/base/huge_pages.hpp"
#include "engine/model/condition_overlay.hpp"
#include "engine/model/condition_store.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace engine::snapshot {

using model::ArticleSide;
using model::KeyRange;
using model::KeySearch;
using model::Part;
using model::TableInfo;

class ConditionIndex {
 public:
  static constexpr std::uint32_t no_key = model::ConditionStore::none;

  ConditionIndex() = default;
  // `articles`: how many there are. Cost: linear in the keys.
  ConditionIndex(std::shared_ptr<const model::ConditionStore> store,
                 std::vector<model::Terms> terms, std::size_t articles);

  // The same store with what has been laid over it. Cost: a copy of the terms where there are new
  // ones. Requires an overlay of that store.
  ConditionIndex laid_over(std::shared_ptr<const model::ConditionOverlay> overlay,
                           std::span<const model::Terms> terms) const;

  const model::ConditionStore& store() const { return *store_; }

  // Whether anything is laid over the store. Such changes are not among what find_key_hashed() and
  // find_key_in_run() find, nor among what a run of keys holds: changed_key() is to be asked too.
  bool has_changes() const { return overlay_ != nullptr; }

  // Whether something under some of the parts, given by their bits, may have changed.
  bool may_have_changed(ArticleSide side, std::uint32_t part, std::uint32_t article_key,
                        std::uint64_t bits) const {
    return (overlay_->changes(model::ConditionOverlay::word_of(side, part, article_key)) & bits) !=
           0;
  }

  void prefetch_changes(std::uint32_t article) const {
    if (overlay_ == nullptr) return;
    __builtin_prefetch(overlay_->changes_address(
        model::ConditionOverlay::word_of(ArticleSide::article, 0, article)));
  }

  // The position of a key that changed - it may have no records any more - or no_key.
  std::uint32_t changed_key(std::uint32_t part, std::uint32_t article_key) const {
    return overlay_->find(part, article_key, extent_.step);
  }

  std::optional<std::uint32_t> find_part(model::TableId table,
                                         std::span<const std::uint32_t> values) const {
    return find_part(part_hash(table, values), table, values);
  }

  // The same in steps, for one who looks for many parts: what the next step reads is on its way.
  static std::uint64_t part_hash(model::TableId table, std::span<const std::uint32_t> values) {
    return model::ConditionStore::part_hash(table, values);
  }

  void prefetch_part_slot(std::uint64_t hash) const {
    if (!part_slots_.empty()) __builtin_prefetch(&part_slots_[hash & (part_slots_.size() - 1)]);
  }

  void prefetch_part(std::uint64_t hash) const {
    if (part_slots_.empty()) return;
    const std::uint32_t next = part_slots_[hash & (part_slots_.size() - 1)].next;
    if (next != 0) __builtin_prefetch(&parts_[next - 1]);
  }

  std::optional<std::uint32_t> find_part(std::uint64_t hash, model::TableId table,
                                         std::span<const std::uint32_t> values) const {
    const auto settled = store_->find_part(hash, table, values);
    if (settled || overlay_ == nullptr) return settled;
    return overlay_->find_part(hash, table, values);
  }

  const Part& part(std::uint32_t number) const { return parts_[number]; }

  KeyRange part_keys(std::uint32_t part) const { return parts_[part].keys; }

  static std::uint64_t part_bit(std::uint32_t part) {
    return model::ConditionOverlay::part_bit(part);
  }

  // The bits of parts that have a record for `article` under the signature column.
  std::uint64_t signature(std::uint32_t article, std::uint16_t column) const {
    return signatures_[article * signature_columns_ + column];
  }

  // The slot where a search for (part, article key) starts; for prefetching.
  std::uint64_t hash_of(std::uint32_t part, std::uint32_t article_key) const {
    return base::mix((static_cast<std::uint64_t>(part) << 32U) | article_key);
  }

  const void* slot_address(std::uint64_t hash) const { return &slots_[hash & slot_mask_]; }

  const void* signature_address(std::uint32_t article) const {
    return signatures_ + article * signature_columns_;
  }

  // The key's position, by hash; requires a part that is searched by it.
  std::uint32_t find_key_hashed(std::uint64_t hash, KeyRange range,
                                std::uint32_t article_key) const;

  // The same by binary search of the run, for any part.
  std::uint32_t find_key_in_run(KeyRange range, std::uint32_t article_key) const {
    return store_->find_key(range, article_key);
  }

  std::uint32_t key_at(std::uint32_t position) const { return keys_[position].article_key; }

  const void* key_address(std::uint32_t position) const { return &keys_[position]; }

  KeyRange records_of(std::uint32_t position) const {
    return {keys_[position].first_record, keys_[position + 1].first_record};
  }

  const model::ConditionRecord& record(std::uint32_t number) const { return records_[number]; }

  const model::Terms& terms(const model::ConditionRecord& record) const {
    return terms_[record.terms];
  }

  const model::Terms& terms_at(std::uint16_t number) const { return terms_[number]; }

  const model::RecordExtra& extra(const model::ConditionRecord& record) const {
    return record.extra < extra_count_ ? store_->extras()[record.extra]
                                       : overlay_->extra(record.extra);
  }

  // What the record has beside its value; null where it has nothing, and for no_record.
  const model::RecordExtra* find_extra(std::uint32_t number) const {
    if (number == UINT32_MAX) return nullptr;
    const model::ConditionRecord& found = records_[number];
    return found.extra == UINT32_MAX ? nullptr : &extra(found);
  }

  const TableInfo& table(model::TableId id) const { return store_->tables()[id.raw()]; }

  std::size_t table_count() const { return store_->tables().size(); }

  // Records that can be found.
  std::size_t record_count() const {
    return overlay_ == nullptr ? store_->records().size() : extent_.record_count;
  }

  // Of the store.
  std::size_t key_count() const { return store_->keys().size() - 1; }

  std::size_t part_count() const { return store_->parts().size(); }

  // One past the last part, those laid over the store included.
  std::size_t part_count_laid_over() const { return part_count() + extent_.parts; }

  model::TableId table_of_record(std::uint32_t record) const {
    if (is_settled(record)) return store_->table_of_record(record);
    return table_of_part(part_of_key(key_of_record(record)));
  }

  // For show, explain and check: which key a record stands under. Searches all keys.
  std::uint32_t key_of_record(std::uint32_t record) const {
    return is_settled(record) ? store_->key_of_record(record)
                              : overlay_->position_of_record(record, extent_);
  }

  std::uint32_t part_of_key(std::uint32_t position) const {
    if (overlay_ == nullptr || position < overlay_->first_position())
      return store_->part_of_key(position);
    return overlay_->part_of_position(position);
  }

  model::TableId table_of_part(std::uint32_t part) const {
    return model::TableId{parts_[part].table};
  }

  std::span<const std::uint32_t> part_values(std::uint32_t part) const {
    return std::span{parts_[part].values}.first(parts_[part].value_count);
  }

  // The article side of a key, by the table's article fields.
  std::span<const std::uint32_t> article_values(std::uint32_t position) const {
    return store_->article_values(table(table_of_part(part_of_key(position))), keys_[position]);
  }

  std::size_t memory_bytes() const;

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t position = no_key;
  };

  // What is made of a store once.
  struct Lookup {
    base::BigVector<Slot> slots;
    base::BigVector<std::uint64_t> signatures;
  };

  bool is_settled(std::uint32_t record) const {
    return overlay_ == nullptr || record < overlay_->first_record();
  }

  void fill_slots(Lookup& lookup) const;
  void fill_signatures(std::size_t articles, Lookup& lookup) const;

  std::shared_ptr<const model::ConditionStore> store_ = std::make_shared<model::ConditionStore>();
  // The store's own, without the way over it, and what is laid over it behind them.
  const model::ConditionRecord* records_ = store_->records().data();
  const model::ConditionStore::Key* keys_ = store_->keys().data();
  const Part* parts_ = store_->parts().data();
  std::span<const model::ConditionStore::PartSlot> part_slots_ = store_->part_slots();
  std::uint32_t extra_count_ = 0;  // of the store
  const Slot* slots_ = nullptr;
  std::uint64_t slot_mask_ = 0;
  const std::uint64_t* signatures_ = nullptr;
  std::size_t signature_columns_ = 0;
  const model::Terms* terms_ = nullptr;
  std::shared_ptr<const Lookup> lookup_;
  std::shared_ptr<const std::vector<model::Terms>> shared_terms_;
  std::shared_ptr<const model::ConditionOverlay> overlay_;  // null: nothing was laid over
  model::OverlayExtent extent_;
};

}  // namespace engine::snapshot

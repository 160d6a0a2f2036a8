// ConditionIndex: all condition records of a snapshot, found by (part, article).
// A *part* is a combination of question- and party-side key values under one table (customer 4711;
// list PL-7; group G2 in country SE), interned to a dense id: a question looks its parts up once,
// its lines only meet their ids. The article side of a key is a dense id too: the article itself,
// or an interned combination of its groups and attributes.
//
// Invariants: 1. records are sorted by part, article key, threshold, start; 2. keys_[i] is an article
// key, and its records run from keys_[i].first_record to before keys_[i + 1].first_record (a last
// entry ends them); 3. the keys of a part are a contiguous, rising run, so that bulk can scan it and
// a small run is searched without the hash; 4. only parts that are searched by hash have slots;
// 5. the signature of an article has the bit of every part that has a record for it, so that a
// clear bit proves absence. Immutable; any number of readers.
#pragma once

#include "engine/base/hash.hpp"
#include "engine/base/huge_pages.hpp"
#include "engine/base/limits.hpp"
#include "engine/model/condition.hpp"
#include "engine/model/facts.hpp"
#include "engine/model/schema.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace engine::snapshot {

struct KeyRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  std::uint32_t size() const { return end - begin; }
};

// How the keys of a part are found.
enum class KeySearch : std::uint8_t {
  single,  // the key has no article side: the part's one key
  dense,   // keys are consecutive numbers: by subtraction
  run,     // few keys: by binary search of the run
  hashed,  // by hash slot
};

// All that a plan needs of a part stands together, so that finding one costs two cache misses.
struct Part {
  KeyRange keys;
  std::uint32_t first_key = 0;
  std::uint16_t table = 0;
  KeySearch search = KeySearch::single;
  std::uint8_t value_count = 0;
  std::array<std::uint32_t, base::limits::key_fields> values{};  // by party field of the table
};

// Where the article side of a table's key comes from.
enum class ArticleSide : std::uint8_t { none, article, mapped };

struct TableInfo {
  model::TableShape shape;
  ArticleSide side = ArticleSide::none;
  std::uint16_t mapping = 0;  // of a mapped side: index of its ArticleMapping
  std::uint16_t signature =
      UINT16_MAX;  // column in the article signatures; none unless side is article
  std::uint32_t first_record = UINT32_MAX;  // records stand table after table
};

class ConditionIndex {
 public:
  static constexpr std::uint32_t no_key = UINT32_MAX;
  static constexpr std::uint32_t run_searched_max =
      48;  // keys; a binary search of 6 steps within 3 cache lines

  std::optional<std::uint32_t> find_part(model::TableId table,
                                         std::span<const std::uint32_t> values) const;

  // The same in steps, for one who looks for many parts: what the next step reads is on its way.
  static std::uint64_t part_hash(model::TableId table, std::span<const std::uint32_t> values) {
    std::uint64_t hash = base::mix(table.raw() + 1);
    for (const std::uint32_t value : values) hash = base::combine(hash, value);
    return hash;
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
                                         std::span<const std::uint32_t> values) const;

  const Part& part(std::uint32_t number) const { return parts_[number]; }

  KeyRange part_keys(std::uint32_t part) const { return parts_[part].keys; }

  static std::uint64_t part_bit(std::uint32_t part) {
    return std::uint64_t{1} << (base::mix(part) & 63U);
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
    return signatures_.data() + article * signature_columns_;
  }

  // The key's position in keys_, by hash; requires a part that is searched by it.
  std::uint32_t find_key_hashed(std::uint64_t hash, KeyRange range,
                                std::uint32_t article_key) const;
  // The same by binary search of the run, for any part.
  std::uint32_t find_key_in_run(KeyRange range, std::uint32_t article_key) const;

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
    return extras_[record.extra];
  }

  // What the record has beside its value; null where it has nothing, and for no_record.
  const model::RecordExtra* find_extra(std::uint32_t number) const {
    if (number == UINT32_MAX) return nullptr;
    const model::ConditionRecord& found = records_[number];
    return found.extra == UINT32_MAX ? nullptr : &extras_[found.extra];
  }

  const TableInfo& table(model::TableId id) const { return tables_[id.raw()]; }

  std::size_t table_count() const { return tables_.size(); }

  std::size_t record_count() const { return records_.size(); }

  std::size_t key_count() const { return keys_.size() - 1; }

  std::size_t part_count() const { return parts_.size(); }

  model::TableId table_of_record(std::uint32_t record) const;
  // For show, explain and check: which key a record stands under. Searches all keys.
  std::uint32_t key_of_record(std::uint32_t record) const;
  std::uint32_t part_of_key(std::uint32_t position) const;

  model::TableId table_of_part(std::uint32_t part) const {
    return model::TableId{parts_[part].table};
  }

  std::span<const std::uint32_t> part_values(std::uint32_t part) const {
    return std::span{parts_[part].values}.first(parts_[part].value_count);
  }

  // The article side of a key, by the table's article fields.
  std::span<const std::uint32_t> article_values(std::uint32_t position) const;

  std::size_t memory_bytes() const;

 private:
  friend class ConditionIndexBuilder;

  struct PartSlot {
    std::uint32_t tag = 0;   // of the hash, so that another part's values are hardly ever read
    std::uint32_t next = 0;  // the part's number and one; 0: empty
  };

  struct Key {  // what verifies a key and what leads on to its records, in one cache line
    std::uint32_t article_key = 0;
    std::uint32_t first_record = 0;
  };

  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t position = no_key;
  };

  std::vector<TableInfo> tables_;
  base::BigVector<model::ConditionRecord> records_;
  base::BigVector<Key> keys_;
  base::BigVector<Slot> slots_;
  std::uint64_t slot_mask_ = 0;
  base::BigVector<std::uint64_t> signatures_;
  std::size_t signature_columns_ = 0;
  base::BigVector<Part> parts_;
  base::BigVector<PartSlot> part_slots_;  // open addressing
  std::vector<std::vector<std::uint32_t>>
      mapping_values_;  // by mapping: the article fields' values, key after key
  std::vector<model::Terms> terms_;
  std::vector<model::RecordExtra> extras_;
};

}  // namespace engine::snapshot

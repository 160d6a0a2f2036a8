// ConditionStore: all settled condition records, each held once: facts keep it, snapshots read it,
// an image is a copy of it. A *part* is a combination of question- and party-side key values under
// one table (customer 4711; list PL-7; group G2 in country SE), interned to a dense number; the
// article side of a key is a number too: the article itself, or an interned combination of its
// groups and attributes (a mapping's key).
//
// Invariants: 1. parts stand table after table, records part after part, and within a part by
// article key, threshold and start; 2. keys()[i] is an article key, and its records run from
// first_record to before keys()[i + 1].first_record (a last entry ends them); 3. the keys of a part
// are a contiguous, rising run. Immutable: any number of readers. Made by ConditionMerge. Behind the
// end of its tables is room that nobody reads but through a ConditionOverlay.
#pragma once

#include "engine/base/hash.hpp"
#include "engine/base/huge_pages.hpp"
#include "engine/base/limits.hpp"
#include "engine/model/condition.hpp"
#include "engine/model/schema.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace engine::model {

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
  TableShape shape;
  ArticleSide side = ArticleSide::none;
  std::uint16_t mapping = 0;  // of a mapped side: its number among the mappings
  std::uint16_t signature =
      UINT16_MAX;  // column in the article signatures; none unless side is article
  std::uint32_t first_part = 0;
  std::uint32_t first_record = 0;
};

// Combinations of article-side values that occur in records, numbered as they came. A number, once
// given, stays.
struct ArticleMapping {
  std::vector<FieldId> fields;
  std::map<std::vector<std::uint32_t>, std::uint32_t> numbers;
  std::vector<std::uint32_t> values;  // by number, as many as there are fields
};

// An external key: unique within its feed and type.
struct RecordKey {
  ConditionTypeId type;
  std::uint16_t origin = 0;  // of the feed, see ConditionRecord
  std::uint32_t number = 0;  // of the text, in the facts' dictionary of record keys
};

class ConditionStore {
 public:
  struct Key {  // what verifies a key and what leads on to its records, in one cache line
    std::uint32_t article_key = 0;
    std::uint32_t first_record = 0;
  };

  struct PartSlot {
    std::uint32_t tag = 0;   // of the hash, so that another part's values are hardly ever read
    std::uint32_t next = 0;  // the part's number and one; 0: empty
  };

  static constexpr std::uint32_t none = UINT32_MAX;
  static constexpr std::uint32_t run_searched_max = 48;  // keys; a binary search of 6 steps within
                                                         // 3 cache lines

  std::span<const TableInfo> tables() const { return tables_; }

  std::span<const Part> parts() const { return parts_; }

  // Those of the parts, and one more.
  std::span<const Key> keys() const { return keys_; }

  std::span<const ConditionRecord> records() const { return records_; }

  std::span<const PartSlot> part_slots() const { return part_slots_; }

  const std::vector<ArticleMapping>& mappings() const { return mappings_; }

  const std::vector<RecordExtra>& extras() const { return extras_; }

  std::uint32_t signature_columns() const { return signature_columns_; }

  static std::uint64_t part_hash(TableId table, std::span<const std::uint32_t> values) {
    std::uint64_t hash = base::mix(table.raw() + 1);
    for (const std::uint32_t value : values) hash = base::combine(hash, value);
    return hash;
  }

  std::optional<std::uint32_t> find_part(std::uint64_t hash, TableId table,
                                         std::span<const std::uint32_t> values) const;

  // The position of a part's key, by binary search of the run; `none` where it has none.
  std::uint32_t find_key(KeyRange range, std::uint32_t article_key) const;

  // The record with this external key; `none` where there is none.
  std::uint32_t find_keyed(const RecordKey& key) const;

  // Parts and records of a table; empty for one that came after the store was made.
  KeyRange parts_of(TableId table) const;
  KeyRange records_of_table(TableId table) const;
  TableId table_of_record(std::uint32_t record) const;

  std::span<const std::uint32_t> part_values(std::uint32_t part) const {
    return std::span{parts_[part].values}.first(parts_[part].value_count);
  }

  // The article side of a key of the part, by the table's article fields.
  std::span<const std::uint32_t> article_values(std::uint32_t part, std::uint32_t position) const {
    return article_values(tables_[parts_[part].table], keys_[position]);
  }

  // The same of a key wherever it stands; valid as long as the key.
  std::span<const std::uint32_t> article_values(const TableInfo& table, const Key& key) const;

  // Where a record stands, and a key: by binary search of all.
  std::uint32_t key_of_record(std::uint32_t record) const;
  std::uint32_t part_of_key(std::uint32_t position) const;

  // The article side of a key, as the number that keys have; nothing where no record has it.
  std::optional<std::uint32_t> article_key(const TableInfo& table,
                                           std::span<const std::uint32_t> values) const;

  // How many records may be laid over the store; see ConditionOverlay. Memory that is not written
  // to is not there.
  std::uint32_t room() const;

  std::size_t memory_bytes() const;

 private:
  friend struct ImageMembers;
  friend class ConditionMerge;
  friend class ConditionOverlay;

  static std::uint32_t wanted_room(std::size_t records);

  // Less is not enough.
  static std::uint32_t least_room(std::size_t records) { return wanted_room(records) / 8 * 7; }

  void make_room();

  void place_part(std::uint32_t number);
  void place_keyed(std::uint32_t record);

  std::vector<TableInfo> tables_;
  base::BigVector<ConditionRecord> records_;
  base::BigVector<Key> keys_ = base::BigVector<Key>(1, Key{none, 0});
  base::BigVector<Part> parts_;
  base::BigVector<PartSlot> part_slots_;        // open addressing
  base::BigVector<std::uint32_t> keyed_slots_;  // open addressing: a keyed record's number and one
  std::vector<ArticleMapping> mappings_;
  std::vector<RecordExtra> extras_;
  std::uint32_t signature_columns_ = 0;
};

}  // namespace engine::model

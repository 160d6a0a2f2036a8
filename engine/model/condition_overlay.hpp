// ConditionOverlay: what has changed in a store of condition records since it was made, for cheap
// publication of small batches. A key that changes gets a new *version*: all of its records, written
// behind the store's own, so that a record, a key and a part are found by their number as before. A
// version carries the step that wrote it; a generation that sees up to step N finds of every key the
// newest version of N or earlier, and the store's own where there is none.
//
// Invariants: what a step has written is never changed; versions of a key are chained, newest first;
// a clear bit of changes() proves that nothing under (part, key) changed. One writer, which also is
// the only one to call what is named so; any number of readers, without locks, each with the extent
// that was published to it. Room is that of the store: where it ends, the store is made anew.
// Cost of a look-up: a cache line for the bit, two or three where it is set. Of a change: what the
// records of its key cost to copy.
#pragma once

#include "engine/base/hash.hpp"
#include "engine/base/huge_pages.hpp"
#include "engine/model/condition_merge.hpp"
#include "engine/model/condition_store.hpp"
#include "engine/model/record_order.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace engine::model {

// How much of an overlay one generation sees.
struct OverlayExtent {
  std::uint32_t step = 0;
  std::uint32_t versions = 0;
  std::uint32_t records = 0;  // written behind the store's
  std::uint32_t parts = 0;
  std::uint32_t record_count = 0;  // that are there: the store's, less what is gone, and the new
};

class ConditionOverlay {
 public:
  static constexpr std::uint32_t none = ConditionStore::none;

  // Requires room behind the store's tables that no other overlay has begun to use.
  explicit ConditionOverlay(std::shared_ptr<const ConditionStore> store);

  ConditionOverlay(const ConditionOverlay&) = delete;
  ConditionOverlay& operator=(const ConditionOverlay&) = delete;
  ConditionOverlay(ConditionOverlay&&) = delete;
  ConditionOverlay& operator=(ConditionOverlay&&) = delete;
  ~ConditionOverlay() = default;

  const ConditionStore& store() const { return *store_; }

  std::shared_ptr<const ConditionStore> share_store() const { return store_; }

  // ---- readers

  static std::uint64_t part_bit(std::uint32_t part) {
    return std::uint64_t{1} << (base::mix(part) & 63U);
  }

  // The word in which the bits of parts stand that have changes under the key. A part without an
  // article side has one key: its own number spreads such parts over the words.
  static std::uint32_t word_of(ArticleSide side, std::uint32_t part, std::uint32_t article_key) {
    return (side == ArticleSide::none ? part : article_key) & (words - 1);
  }

  std::uint64_t changes(std::uint32_t word) const {
    return changes_[word].load(std::memory_order_relaxed);
  }

  const void* changes_address(std::uint32_t word) const { return &changes_[word]; }

  // Of a part that the store does not have.
  std::optional<std::uint32_t> find_part(std::uint64_t hash, TableId table,
                                         std::span<const std::uint32_t> values) const;

  // The position of the version that `step` sees; `none`: that of the store, if it has the key.
  std::uint32_t find(std::uint32_t part, std::uint32_t article_key, std::uint32_t step) const;

  const RecordExtra& extra(std::uint32_t number) const {
    const std::uint32_t own = number - first_extra_;
    return extras_[own / extras_chunk][own % extras_chunk];
  }

  std::uint32_t first_record() const { return first_record_; }

  std::uint32_t first_position() const { return first_position_; }

  std::uint32_t part_of_position(std::uint32_t position) const {
    return versions_[(position - first_position_) / 2].part;
  }

  // Of a record that the extent holds.
  std::uint32_t position_of_record(std::uint32_t record, const OverlayExtent& extent) const;

  // ---- the writer

  // Lays rows over what is there, and returns whether that was possible; if not, nothing changed.
  // Rows that take away what is not there change nothing. Terms must hold all that rows refer to.
  bool lay(std::span<const TableRows> rows, std::span<const RecordExtra> extras,
           std::span<const Terms> terms);

  const OverlayExtent& extent() const { return extent_; }

  // Where the record with this external key stands now; `none` where there is none.
  std::uint32_t find_keyed(const RecordKey& key) const;

  // The newest position of a key, wherever it stands; `none` where it has no records.
  std::uint32_t newest(std::uint32_t part, std::uint32_t article_key) const;

  std::uint32_t part_of_key(std::uint32_t position) const {
    return position < first_position_ ? store_->part_of_key(position) : part_of_position(position);
  }

  std::uint32_t key_of_record(std::uint32_t record) const {
    return record < first_record_ ? store_->key_of_record(record)
                                  : position_of_record(record, extent_);
  }

  std::optional<std::uint32_t> find_any_part(TableId table,
                                             std::span<const std::uint32_t> values) const;

  const RecordExtra* extra_of(const ConditionRecord& record) const;

  // Records and parts by number, laid over ones included.
  const ConditionRecord& record(std::uint32_t number) const { return records_[number]; }

  const Part& part(std::uint32_t number) const { return parts_[number]; }

  KeyRange records_of(std::uint32_t position) const {
    return {keys_[position].first_record, keys_[position + 1].first_record};
  }

  std::span<const std::uint32_t> part_values(std::uint32_t part) const {
    return std::span{parts_[part].values}.first(parts_[part].value_count);
  }

  std::span<const std::uint32_t> article_values(std::uint32_t part, std::uint32_t position) const {
    return store_->article_values(store_->tables()[parts_[part].table], keys_[position]);
  }

  // Most of the room is used: it is time to make the store anew.
  bool is_filling() const {
    const std::uint32_t much = room_ / 4 * 3;
    return extent_.records >= much || extent_.versions >= much || extent_.parts >= much;
  }

  // ---- any thread

  // All that changed up to a step, as rows that make the store anew, and which of its records they
  // replace.
  MergeChanges as_rows(std::uint32_t step) const;

 private:
  static constexpr std::uint32_t words = 1U << 16U;
  static constexpr std::uint32_t extras_chunk = 1'024;

  struct Version {
    std::uint32_t part = 0;
    std::uint32_t step = 0;
    std::uint32_t older = 0;  // its number and one; 0: the store's own
  };

  struct Slot {
    std::atomic<std::uint64_t> key{0};     // part and one, article key; 0: free
    std::atomic<std::uint32_t> newest{0};  // version and one
  };

  struct Change {  // of one key
    std::uint32_t part = 0;
    std::uint32_t article_key = 0;
    std::uint32_t table = 0;
    std::uint32_t row = none;  // none: a record of it moves to another key
  };

  struct Laid {
    RecordView view;
    bool is_new = false;
  };

  struct Laying;  // what one lay() works with

  bool find_changes(Laying& laying);
  void find_moved(Laying& laying, TableId table, const ConditionRecord& row);
  std::optional<std::uint32_t> part_for(TableId table, std::span<const std::uint32_t> values);
  void write_versions(Laying& laying);
  void write_key(Laying& laying, std::span<const Change> changes);
  void write_version(std::span<const Laid> records, const Change& key);
  void append(const Laid& laid, std::uint32_t table);
  std::uint32_t append_extra(const RecordExtra& extra);
  Slot& slot_for(std::uint64_t key);
  const Slot* find_slot(std::uint64_t key) const;
  std::uint32_t version_at(const Slot& slot, std::uint32_t step) const;
  RecordKey key_of(const ConditionRecord& record, std::uint32_t table) const;
  void add_row(std::uint32_t part, std::uint32_t position, std::uint32_t record,
               MergeChanges& to) const;

  static std::uint64_t slot_key(std::uint32_t part, std::uint32_t article_key) {
    return (std::uint64_t{part} + 1) << 32U | article_key;
  }

  std::shared_ptr<const ConditionStore> store_;
  // The store's tables and the room behind them.
  ConditionRecord* records_ = nullptr;
  ConditionStore::Key* keys_ = nullptr;
  Part* parts_ = nullptr;
  std::uint32_t first_record_ = 0;
  std::uint32_t first_position_ = 0;
  std::uint32_t first_part_ = 0;
  std::uint32_t first_extra_ = 0;
  std::uint32_t room_ = 0;
  base::BigVector<Version> versions_;
  base::BigVector<Slot> slots_;                             // open addressing
  base::BigVector<std::atomic<std::uint64_t>> part_slots_;  // tag, number and one; open addressing
  std::vector<std::atomic<std::uint64_t>> changes_;
  std::vector<std::unique_ptr<RecordExtra[]>> extras_;  // by chunk
  // The writer's.
  OverlayExtent extent_;
  std::uint32_t extra_count_ = 0;
  std::unordered_map<std::uint64_t, std::uint32_t> keyed_;  // of keys that changed; none: gone
};

}  // namespace engine::model

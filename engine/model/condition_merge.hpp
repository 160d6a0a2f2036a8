// ConditionMerge: settled condition records and rows put since become the next store. A row takes
// the place of the record with its identity, or takes it away: its external key (with type and feed), or where it has
// none, its key fields, document, currency, unit, threshold, start and condition. The order of
// records is that of what they say, so that it does not matter in how many steps rows came in.
// Used by Facts only. Cost: a copy of what is there, a sort of what is new, in parallel.
#pragma once

#include "engine/model/condition_store.hpp"
#include "engine/model/record_order.hpp"
#include "engine/model/schema.hpp"
#include "engine/model/spare_store.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace engine::model {

// Rows of one table that are not settled yet.
struct TableRows {
  std::vector<std::uint32_t>
      keys;  // party fields then article fields of the table's shape, row after row
  std::vector<ConditionRecord> records;
  std::vector<std::uint32_t> batches;  // that last wrote the row
  std::vector<bool> removed;  // by row: it stands for a record that is taken away; as long as the
                              // last such row

  bool is_removed(std::size_t row) const { return row < removed.size() && removed[row]; }

  void set_removed(std::size_t row, bool is) {
    if (is && removed.size() <= row) removed.resize(row + 1, false);
    if (row < removed.size()) removed[row] = is;
  }
};

// Rows that write settled keys anew, and the settled records that do not go along.
struct MergeChanges {
  std::vector<TableRows> rows;
  std::vector<RecordExtra> extras;
  std::vector<bool> replaced;      // settled records
  std::vector<bool> part_touched;  // settled parts that have such
};

struct MergeInput {
  const Schema& schema;
  const std::vector<Terms>& terms;
  const ConditionStore& settled;
  std::span<const TableRows> rows;      // by table
  std::span<const RecordExtra> extras;  // of those rows
  // The terms of a record in its document, where documents have changed; none: as they are.
  std::function<std::uint16_t(const ConditionRecord&)> terms_in_document;
  std::vector<bool> replaced;      // settled records that are left out; or empty
  std::vector<bool> part_touched;  // settled parts that have such; or empty
  // Whose memory is used again, and to which that of the new store comes back at last; or null.
  std::shared_ptr<SpareStore> spare = {};
};

class ConditionMerge {
 public:
  explicit ConditionMerge(const MergeInput& input)
      : in_{input},
        old_{input.settled},
        order_{input.terms},
        replaced_{input.replaced},
        part_touched_{input.part_touched} {
    if (input.spare != nullptr) made_ = keep_spare(std::make_unique<ConditionStore>(), input.spare);
  }

  std::shared_ptr<const ConditionStore> make();

 private:
  struct Row {
    std::uint32_t article_key = 0;
    std::uint32_t row = 0;
  };

  void take_memory();
  void describe_tables();
  std::uint16_t mapping_of(const std::vector<FieldId>& fields);
  void find_replaced_keys();
  void take_table(TableId id);
  std::uint32_t intern_part(TableId id, std::span<const std::uint32_t> values);
  void grow_part_slots();
  std::uint32_t article_key(const TableInfo& info, std::span<const std::uint32_t> values);
  RecordView row_entry(const TableRows& rows, std::uint32_t row) const;
  RecordView old_entry(std::uint32_t record) const;
  void sort_rows(const TableRows& rows, std::span<Row> sorted) const;
  void merge_part(const TableRows& rows, std::span<const Row> fresh, KeyRange old);
  void append_run(KeyRange keys);
  void append_key(const TableRows& rows, std::span<const Row> fresh, std::uint32_t old_key);
  void append(const RecordView& entry);
  void finish_part(ArticleSide side, Part& part) const;
  void drop_empty_parts();
  void fill_keyed_slots();

  const MergeInput& in_;
  const ConditionStore& old_;
  RecordOrder order_;
  std::shared_ptr<ConditionStore> made_ = std::make_shared<ConditionStore>();
  std::vector<bool> replaced_;       // settled records whose external key stands in a row; or empty
  std::vector<bool> part_touched_;   // settled parts that had such a record; or empty
  std::vector<RecordView> entries_;  // of append_key: a key that is written anew
};

}  // namespace engine::model

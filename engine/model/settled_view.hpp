// SettledView: the settled condition records with what was laid over them since, as the writer sees
// them. Numbers of records, keys and parts are those of the overlay. Holds on to both.
#pragma once

#include "engine/model/condition_overlay.hpp"
#include "engine/model/condition_store.hpp"

#include <optional>
#include <span>

namespace engine::model {

class SettledView {
 public:
  static constexpr std::uint32_t none = ConditionStore::none;

  // Null: nothing was laid over.
  SettledView(const ConditionStore& store, const ConditionOverlay* overlay)
      : store_{store}, overlay_{overlay} {}

  std::uint32_t find_keyed(const RecordKey& key) const {
    return overlay_ == nullptr ? store_.find_keyed(key) : overlay_->find_keyed(key);
  }

  std::optional<std::uint32_t> find_part(TableId table,
                                         std::span<const std::uint32_t> values) const {
    if (overlay_ != nullptr) return overlay_->find_any_part(table, values);
    return store_.find_part(ConditionStore::part_hash(table, values), table, values);
  }

  // The position of a key; `none` where it has no records.
  std::uint32_t find_key(std::uint32_t part, std::uint32_t article_key) const {
    if (overlay_ != nullptr) return overlay_->newest(part, article_key);
    return store_.find_key(store_.parts()[part].keys, article_key);
  }

  std::uint32_t key_of_record(std::uint32_t record) const {
    return overlay_ == nullptr ? store_.key_of_record(record) : overlay_->key_of_record(record);
  }

  std::uint32_t part_of_key(std::uint32_t position) const {
    return overlay_ == nullptr ? store_.part_of_key(position) : overlay_->part_of_key(position);
  }

  TableId table_of_record(std::uint32_t record) const {
    if (overlay_ == nullptr) return store_.table_of_record(record);
    return TableId{overlay_->part(part_of_key(key_of_record(record))).table};
  }

  KeyRange records_of(std::uint32_t position) const {
    if (overlay_ != nullptr) return overlay_->records_of(position);
    return {store_.keys()[position].first_record, store_.keys()[position + 1].first_record};
  }

  const ConditionRecord& record(std::uint32_t number) const {
    return overlay_ == nullptr ? store_.records()[number] : overlay_->record(number);
  }

  const RecordExtra* extra_of(const ConditionRecord& record) const {
    if (overlay_ != nullptr) return overlay_->extra_of(record);
    return record.extra == nothing_there ? nullptr : &store_.extras()[record.extra];
  }

  std::span<const std::uint32_t> part_values(std::uint32_t part) const {
    return overlay_ == nullptr ? store_.part_values(part) : overlay_->part_values(part);
  }

  std::span<const std::uint32_t> article_values(std::uint32_t part, std::uint32_t position) const {
    return overlay_ == nullptr ? store_.article_values(part, position)
                               : overlay_->article_values(part, position);
  }

 private:
  const ConditionStore& store_;
  const ConditionOverlay* overlay_;
};

}  // namespace engine::model

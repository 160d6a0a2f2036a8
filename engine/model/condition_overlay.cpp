#include "engine/model/condition_overlay.hpp"

#include "engine/base/contract.hpp"

#include <algorithm>
#include <bit>
#include <tuple>

namespace engine::model {

// A reader meets a version by the store that made it known, and its records by the version: all
// stores are in that order, and all of a step before its extent is published.

struct ConditionOverlay::Laying {
  std::span<const TableRows> rows;
  std::span<const RecordExtra> extras;
  RecordOrder order;
  std::vector<Change> changes = {};
  std::vector<std::uint32_t> gone = {};  // records that keyed rows replace or take away
  std::vector<std::uint64_t> removed_keys = {};
  std::vector<Laid> records = {};  // of one key
};

ConditionOverlay::ConditionOverlay(std::shared_ptr<const ConditionStore> store)
    : store_{std::move(store)}, room_{store_->room()}, changes_(words) {
  // The one place where the room behind a store's tables is written to: nobody reads there but
  // through this overlay.
  auto& own = const_cast<ConditionStore&>(*store_);  // NOLINT
  records_ = own.records_.data();
  keys_ = own.keys_.data();
  parts_ = own.parts_.data();
  first_record_ = static_cast<std::uint32_t>(own.records_.size());
  first_position_ = static_cast<std::uint32_t>(own.keys_.size());
  first_part_ = static_cast<std::uint32_t>(own.parts_.size());
  first_extra_ = static_cast<std::uint32_t>(own.extras_.size());
  versions_.reserve(room_);
  slots_ = base::BigVector<Slot>(std::bit_ceil(std::size_t{room_} * 2));
  part_slots_ =
      base::BigVector<std::atomic<std::uint64_t>>(std::bit_ceil(std::size_t{room_} / 2 + 64));
  extras_.resize(room_ / extras_chunk + 1);
  extent_.record_count = first_record_;
}

// ---- readers
// --------------------------------------------------------------------------------------

std::optional<std::uint32_t> ConditionOverlay::find_part(
    std::uint64_t hash, TableId table, std::span<const std::uint32_t> values) const {
  const std::size_t mask = part_slots_.size() - 1;
  const std::uint64_t tag = hash >> 32U;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    const std::uint64_t slot = part_slots_[at].load(std::memory_order_acquire);
    if (slot == 0) return std::nullopt;
    if (slot >> 32U != tag) continue;
    const auto number = static_cast<std::uint32_t>(slot) - 1;
    const Part& part = parts_[number];
    if (part.table == table.raw() && std::equal(values.begin(), values.end(), part.values.begin()))
      return number;
  }
}

const ConditionOverlay::Slot* ConditionOverlay::find_slot(std::uint64_t key) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = base::mix(key) & mask;; at = (at + 1) & mask) {
    const std::uint64_t there = slots_[at].key.load(std::memory_order_acquire);
    if (there == key) return &slots_[at];
    if (there == 0) return nullptr;
  }
}

std::uint32_t ConditionOverlay::find(std::uint32_t part, std::uint32_t article_key,
                                     std::uint32_t step) const {
  const Slot* slot = find_slot(slot_key(part, article_key));
  if (slot == nullptr) return none;
  const std::uint32_t version = version_at(*slot, step);
  return version == 0 ? none : first_position_ + 2 * (version - 1);
}

// Its number and one; 0: there is none.
std::uint32_t ConditionOverlay::version_at(const Slot& slot, std::uint32_t step) const {
  std::uint32_t version = slot.newest.load(std::memory_order_acquire);
  const Version* versions = versions_.data();
  while (version != 0 && versions[version - 1].step > step) version = versions[version - 1].older;
  return version;
}

std::uint32_t ConditionOverlay::position_of_record(std::uint32_t record,
                                                   const OverlayExtent& extent) const {
  std::uint32_t low = 0;  // the last version that starts at the record or before it
  std::uint32_t high = extent.versions;
  while (high - low > 1) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (keys_[first_position_ + 2 * middle].first_record <= record) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return first_position_ + 2 * low;
}

// ---- the writer: looking
// --------------------------------------------------------------------------

namespace {

std::uint64_t keyed_number(const RecordKey& key) {
  return std::uint64_t{key.number} << 32U | std::uint64_t{key.origin} << 16U |
         (key.type.raw() & 0xffffU);
}

}  // namespace

RecordKey ConditionOverlay::key_of(const ConditionRecord& record, std::uint32_t table) const {
  return {store_->tables()[table].shape.type, record.origin, record.number()};
}

std::uint32_t ConditionOverlay::find_keyed(const RecordKey& key) const {
  const auto changed = keyed_.find(keyed_number(key));
  return changed != keyed_.end() ? changed->second : store_->find_keyed(key);
}

std::uint32_t ConditionOverlay::newest(std::uint32_t part, std::uint32_t article_key) const {
  std::uint32_t position = find(part, article_key, extent_.step);
  if (position == none && part < first_part_)
    position = store_->find_key(parts_[part].keys, article_key);
  return position == none || records_of(position).size() == 0 ? none : position;
}

std::optional<std::uint32_t> ConditionOverlay::find_any_part(
    TableId table, std::span<const std::uint32_t> values) const {
  const std::uint64_t hash = ConditionStore::part_hash(table, values);
  const auto settled = store_->find_part(hash, table, values);
  return settled ? settled : find_part(hash, table, values);
}

const RecordExtra* ConditionOverlay::extra_of(const ConditionRecord& record) const {
  if (record.extra == nothing_there) return nullptr;
  return record.extra < first_extra_ ? &store_->extras()[record.extra] : &extra(record.extra);
}

// ---- the writer: laying
// ---------------------------------------------------------------------------

bool ConditionOverlay::lay(std::span<const TableRows> rows, std::span<const RecordExtra> extras,
                           std::span<const Terms> terms) {
  Laying laying{rows, extras, RecordOrder{terms}};
  if (!find_changes(laying)) return false;
  std::ranges::sort(laying.changes, [](const Change& a, const Change& b) {
    return std::tuple{a.part, a.article_key, a.row} < std::tuple{b.part, b.article_key, b.row};
  });
  std::ranges::sort(laying.gone);
  std::size_t needed = 0;  // at most
  for (const Change& change : laying.changes) {
    const std::uint32_t now = newest(change.part, change.article_key);
    needed += 1 + (now == none ? 0 : records_of(now).size());
  }
  if (extent_.records + needed > room_ || extent_.versions + laying.changes.size() > room_)
    return false;
  ++extent_.step;
  write_versions(laying);
  for (const std::uint64_t key : laying.removed_keys) keyed_[key] = none;
  return true;
}

// Which keys the rows change. False: one of them can't be laid over.
bool ConditionOverlay::find_changes(Laying& laying) {
  for (std::uint32_t id = 0; id < laying.rows.size(); ++id) {
    const TableRows& rows = laying.rows[id];
    if (rows.records.empty()) continue;
    if (id >= store_->tables().size()) return false;
    const TableInfo& table = store_->tables()[id];
    const std::size_t party = table.shape.party_fields.size();
    const std::size_t stride = party + table.shape.article_fields.size();
    for (std::size_t row = 0; row < rows.records.size(); ++row) {
      const auto values = std::span{rows.keys}.subspan(row * stride, stride);
      const auto article_key = store_->article_key(table, values.subspan(party));
      const bool is_removed = rows.is_removed(row);
      if (!article_key && !is_removed) return false;  // articles know nothing of this combination
      std::optional<std::uint32_t> part = find_any_part(TableId{id}, values.first(party));
      if (!part && !is_removed) part = part_for(TableId{id}, values.first(party));
      if (!part && !is_removed) return false;
      if (part && article_key) {
        laying.changes.push_back({*part, *article_key, id, static_cast<std::uint32_t>(row)});
      }
      const ConditionRecord& record = rows.records[row];
      if (!record.is_keyed()) continue;
      find_moved(laying, TableId{id}, record);
      if (is_removed) laying.removed_keys.push_back(keyed_number(key_of(record, id)));
    }
  }
  return true;
}

// A keyed row replaces its record wherever that stands.
void ConditionOverlay::find_moved(Laying& laying, TableId table, const ConditionRecord& row) {
  const std::uint32_t record = find_keyed(key_of(row, table.raw()));
  if (record == none) return;
  laying.gone.push_back(record);
  const std::uint32_t position = key_of_record(record);
  const std::uint32_t part = part_of_key(position);
  laying.changes.push_back({part, keys_[position].article_key, parts_[part].table, none});
}

// A new part; nothing where there is no room for one.
std::optional<std::uint32_t> ConditionOverlay::part_for(TableId table,
                                                        std::span<const std::uint32_t> values) {
  if ((extent_.parts + 1) * 2 > part_slots_.size() || extent_.parts == room_) return std::nullopt;
  const std::uint32_t number = first_part_ + extent_.parts++;
  Part part;
  part.keys = {0, 0};
  part.table = static_cast<std::uint16_t>(table.raw());
  part.search = KeySearch::run;  // of no keys
  part.value_count = static_cast<std::uint8_t>(values.size());
  std::ranges::copy(values, part.values.begin());
  parts_[number] = part;
  const std::uint64_t hash = ConditionStore::part_hash(table, values);
  const std::size_t mask = part_slots_.size() - 1;
  std::size_t at = hash & mask;
  while (part_slots_[at].load(std::memory_order_relaxed) != 0) at = (at + 1) & mask;
  part_slots_[at].store((hash >> 32U) << 32U | (number + 1), std::memory_order_release);
  return number;
}

// By key; the rows of one stand together.
void ConditionOverlay::write_versions(Laying& laying) {
  const auto& changes = laying.changes;
  for (std::size_t begin = 0; begin < changes.size();) {
    const Change& key = changes[begin];
    std::size_t end = begin;
    while (end < changes.size() && changes[end].part == key.part &&
           changes[end].article_key == key.article_key)
      ++end;
    write_key(laying, std::span{changes}.subspan(begin, end - begin));
    begin = end;
  }
}

void ConditionOverlay::write_key(Laying& laying, std::span<const Change> changes) {
  const Change& key = changes.front();
  const TableRows* rows = key.table < laying.rows.size() ? &laying.rows[key.table] : nullptr;
  const auto row_view = [&](const Change& change) {
    const ConditionRecord& record = rows->records[change.row];
    return RecordView{&record,
                      record.extra == nothing_there ? nullptr : &laying.extras[record.extra]};
  };
  laying.records.clear();
  for (const Change& change : changes) {
    if (change.row != none && !rows->is_removed(change.row))
      laying.records.push_back({row_view(change), true});
  }
  const std::size_t fresh = laying.records.size();
  const std::uint32_t now = newest(key.part, key.article_key);
  const KeyRange old = now == none ? KeyRange{} : records_of(now);
  for (std::uint32_t number = old.begin; number < old.end; ++number) {
    if (std::ranges::binary_search(laying.gone, number)) continue;
    const RecordView view{&records_[number], extra_of(records_[number])};
    const auto replaces = [&](const Change& change) {
      return change.row != none && laying.order.is_same(row_view(change), view);
    };
    if (std::ranges::none_of(changes, replaces)) laying.records.push_back({view, false});
  }
  if (fresh == 0 && laying.records.size() == old.size()) return;
  std::ranges::sort(laying.records, [&](const Laid& a, const Laid& b) {
    return laying.order.is_before(a.view, b.view);
  });
  write_version(laying.records, key);
  extent_.record_count += static_cast<std::uint32_t>(laying.records.size()) - old.size();
}

void ConditionOverlay::write_version(std::span<const Laid> records, const Change& key) {
  const std::uint32_t position = first_position_ + 2 * extent_.versions;
  const std::uint32_t begin = first_record_ + extent_.records;
  for (const Laid& laid : records) append(laid, key.table);
  keys_[position] = {key.article_key, begin};
  keys_[position + 1] = {none, first_record_ + extent_.records};
  Slot& slot = slot_for(slot_key(key.part, key.article_key));
  versions_.push_back({key.part, extent_.step, slot.newest.load(std::memory_order_relaxed)});
  slot.newest.store(++extent_.versions, std::memory_order_release);
  const ArticleSide side = store_->tables()[key.table].side;
  std::atomic<std::uint64_t>& word = changes_[word_of(side, key.part, key.article_key)];
  word.store(word.load(std::memory_order_relaxed) | part_bit(key.part), std::memory_order_relaxed);
}

// What the store or this overlay holds beside a record, its copies share.
void ConditionOverlay::append(const Laid& laid, std::uint32_t table) {
  const std::uint32_t number = first_record_ + extent_.records++;
  ConditionRecord& made = records_[number];
  made = *laid.view.record;
  if (laid.is_new && laid.view.extra != nullptr) made.extra = append_extra(*laid.view.extra);
  if (made.is_keyed()) keyed_[keyed_number(key_of(made, table))] = number;
}

std::uint32_t ConditionOverlay::append_extra(const RecordExtra& extra) {
  const std::uint32_t own = extra_count_++;
  auto& chunk = extras_[own / extras_chunk];
  if (chunk == nullptr) chunk = std::make_unique<RecordExtra[]>(extras_chunk);  // NOLINT
  chunk[own % extras_chunk] = extra;
  return first_extra_ + own;
}

ConditionOverlay::Slot& ConditionOverlay::slot_for(std::uint64_t key) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = base::mix(key) & mask;
  while (true) {
    const std::uint64_t there = slots_[at].key.load(std::memory_order_relaxed);
    if (there == key) return slots_[at];
    if (there == 0) break;
    at = (at + 1) & mask;
  }
  slots_[at].key.store(key, std::memory_order_release);
  return slots_[at];
}

// ---- made anew
// ------------------------------------------------------------------------------------

MergeChanges ConditionOverlay::as_rows(std::uint32_t step) const {
  MergeChanges made;
  made.rows.resize(store_->tables().size());
  made.replaced.resize(first_record_, false);
  made.part_touched.resize(first_part_, false);
  for (const Slot& slot : slots_) {
    const std::uint64_t key = slot.key.load(std::memory_order_acquire);
    if (key == 0) continue;
    const std::uint32_t version = version_at(slot, step);
    if (version == 0) continue;
    const auto number = static_cast<std::uint32_t>((key >> 32U) - 1);
    const auto article_key = static_cast<std::uint32_t>(key);
    const Part& part = parts_[number];
    if (number < first_part_) {
      const std::uint32_t settled = store_->find_key(part.keys, article_key);
      const KeyRange old = settled == none ? KeyRange{} : records_of(settled);
      for (std::uint32_t record = old.begin; record < old.end; ++record)
        made.replaced[record] = true;
      if (old.size() > 0) made.part_touched[number] = true;
    }
    const std::uint32_t position = first_position_ + 2 * (version - 1);
    const KeyRange records = records_of(position);
    for (std::uint32_t record = records.begin; record < records.end; ++record)
      add_row(number, position, record, made);
  }
  return made;
}

void ConditionOverlay::add_row(std::uint32_t part, std::uint32_t position, std::uint32_t record,
                               MergeChanges& to) const {
  TableRows& rows = to.rows[parts_[part].table];
  const auto party = part_values(part);
  const auto article = article_values(part, position);
  rows.keys.insert(rows.keys.end(), party.begin(), party.end());
  rows.keys.insert(rows.keys.end(), article.begin(), article.end());
  rows.records.push_back(records_[record]);
  const RecordExtra* extra = extra_of(records_[record]);
  if (extra == nullptr) return;
  rows.records.back().extra = static_cast<std::uint32_t>(to.extras.size());
  to.extras.push_back(*extra);
}

}  // namespace engine::model

#include "engine/model/condition_store.hpp"

#include "engine/base/contract.hpp"

#include <algorithm>

namespace engine::model {

namespace {

std::uint64_t keyed_hash(const RecordKey& key) {
  return base::mix(std::uint64_t{key.number} << 32U | std::uint64_t{key.origin} << 16U |
                   (key.type.raw() & 0xffffU));
}

}  // namespace

std::optional<std::uint32_t> ConditionStore::find_part(
    std::uint64_t hash, TableId table, std::span<const std::uint32_t> values) const {
  if (part_slots_.empty()) return std::nullopt;
  const std::size_t mask = part_slots_.size() - 1;
  const auto tag = static_cast<std::uint32_t>(hash >> 32U);
  for (std::size_t at = hash & mask; part_slots_[at].next != 0; at = (at + 1) & mask) {
    if (part_slots_[at].tag != tag) continue;
    const std::uint32_t number = part_slots_[at].next - 1;
    const Part& part = parts_[number];
    if (part.table == table.raw() &&
        std::equal(values.begin(), values.end(), part.values.begin()))  // as many: one table
      return number;
  }
  return std::nullopt;
}

std::uint32_t ConditionStore::find_key(KeyRange range, std::uint32_t article_key) const {
  if (range.size() == 0) return none;
  const Key* first = keys_.data() + range.begin;
  std::uint32_t count = range.size();
  while (count > 1) {  // branch-free halving: the compiler makes it a conditional move
    const std::uint32_t half = count / 2;
    first += first[half].article_key <= article_key ? half : 0;
    count -= half;
  }
  if (first->article_key != article_key) return none;
  return static_cast<std::uint32_t>(first - keys_.data());
}

std::uint32_t ConditionStore::find_keyed(const RecordKey& key) const {
  if (keyed_slots_.empty()) return none;
  const std::size_t mask = keyed_slots_.size() - 1;
  for (std::size_t at = keyed_hash(key) & mask; keyed_slots_[at] != 0; at = (at + 1) & mask) {
    const std::uint32_t number = keyed_slots_[at] - 1;
    const ConditionRecord& record = records_[number];
    if (record.number() == key.number && record.origin == key.origin &&
        tables_[table_of_record(number).raw()].shape.type == key.type)
      return number;
  }
  return none;
}

void ConditionStore::place_part(std::uint32_t number) {
  const Part& part = parts_[number];
  const std::uint64_t hash = part_hash(TableId{part.table}, part_values(number));
  const std::size_t mask = part_slots_.size() - 1;
  std::size_t slot = hash & mask;
  while (part_slots_[slot].next != 0) slot = (slot + 1) & mask;
  part_slots_[slot] = {static_cast<std::uint32_t>(hash >> 32U), number + 1};
}

void ConditionStore::place_keyed(std::uint32_t record) {
  const RecordKey key{tables_[table_of_record(record).raw()].shape.type, records_[record].origin,
                      records_[record].number()};
  const std::size_t mask = keyed_slots_.size() - 1;
  std::size_t slot = keyed_hash(key) & mask;
  while (keyed_slots_[slot] != 0) slot = (slot + 1) & mask;
  keyed_slots_[slot] = record + 1;
}

KeyRange ConditionStore::parts_of(TableId table) const {
  if (table.raw() >= tables_.size()) return {};
  const bool last = table.raw() + 1 == tables_.size();
  return {tables_[table.raw()].first_part,
          last ? static_cast<std::uint32_t>(parts_.size()) : tables_[table.raw() + 1].first_part};
}

KeyRange ConditionStore::records_of_table(TableId table) const {
  if (table.raw() >= tables_.size()) return {};
  const bool last = table.raw() + 1 == tables_.size();
  return {tables_[table.raw()].first_record, last ? static_cast<std::uint32_t>(records_.size())
                                                  : tables_[table.raw() + 1].first_record};
}

TableId ConditionStore::table_of_record(std::uint32_t record) const {
  ENSURE(record < records_.size());
  const auto above = std::ranges::upper_bound(tables_, record, {}, &TableInfo::first_record);
  return TableId{static_cast<std::uint32_t>(above - tables_.begin() - 1)};
}

std::span<const std::uint32_t> ConditionStore::article_values(const TableInfo& table,
                                                              const Key& key) const {
  if (table.side == ArticleSide::none) return {};
  if (table.side == ArticleSide::article) return {&key.article_key, 1};
  const std::size_t width = table.shape.article_fields.size();
  return std::span{mappings_[table.mapping].values}.subspan(key.article_key * width, width);
}

std::uint32_t ConditionStore::key_of_record(std::uint32_t record) const {
  ENSURE(record < records_.size());
  const auto above = std::ranges::upper_bound(keys_, record, {}, &Key::first_record);
  return static_cast<std::uint32_t>(above - keys_.begin()) - 1;
}

std::uint32_t ConditionStore::part_of_key(std::uint32_t position) const {
  const auto begin_of = [](const Part& part) { return part.keys.begin; };
  const auto above = std::ranges::upper_bound(parts_, position, {}, begin_of);
  return static_cast<std::uint32_t>(above - parts_.begin()) - 1;
}

std::optional<std::uint32_t> ConditionStore::article_key(
    const TableInfo& table, std::span<const std::uint32_t> values) const {
  if (table.side == ArticleSide::none) return 0;
  if (table.side == ArticleSide::article) return values.front();
  const auto& numbers = mappings_[table.mapping].numbers;
  const auto known = numbers.find({values.begin(), values.end()});
  return known == numbers.end() ? std::nullopt : std::optional{known->second};
}

// As much as there is: laid over by then, it pays to make the store anew.
std::uint32_t ConditionStore::wanted_room(std::size_t records) {
  constexpr std::size_t least = 4'096;
  constexpr std::size_t most = 4'000'000;
  return static_cast<std::uint32_t>(std::clamp(records, least, most));
}

namespace {

// What is needed: some tables grew by doubling.
template <class Table>
void reserve_behind(Table& table, std::size_t least, std::size_t room) {
  const std::size_t wanted = table.size() + room;
  if (table.capacity() >= table.size() + least && table.capacity() <= wanted + table.size() / 8)
    return;
  Table moved;
  moved.reserve(wanted);
  moved.assign(table.begin(), table.end());
  table.swap(moved);
}

template <class Table>
std::size_t room_behind(const Table& table) {
  return table.capacity() - table.size();
}

}  // namespace

void ConditionStore::make_room() {
  const std::uint32_t room = wanted_room(records_.size());
  const std::uint32_t least = least_room(records_.size());
  reserve_behind(records_, least, room);
  reserve_behind(keys_, std::size_t{2} * least, std::size_t{2} * room);
  reserve_behind(parts_, least, room);
}

std::uint32_t ConditionStore::room() const {
  return static_cast<std::uint32_t>(
      std::min({room_behind(records_), room_behind(keys_) / 2, room_behind(parts_)}));
}

std::size_t ConditionStore::memory_bytes() const {
  return records_.size() * sizeof(ConditionRecord) + keys_.size() * sizeof(Key) +
         parts_.size() * sizeof(Part) + part_slots_.capacity() * sizeof(PartSlot) +
         keyed_slots_.capacity() * sizeof(std::uint32_t) + extras_.capacity() * sizeof(RecordExtra);
}

}  // namespace engine::model

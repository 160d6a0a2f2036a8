#include "engine/model/condition_merge.hpp"

#include "engine/base/contract.hpp"
#include "engine/base/parallel.hpp"

#include <algorithm>
#include <bit>

namespace engine::model {

namespace {

constexpr std::size_t parts_grain = 256;

}  // namespace

// Some of the room may be missing in memory that is used again: the store has grown since.
void ConditionMerge::take_memory() {
  std::size_t fresh = 0;
  for (const TableRows& rows : in_.rows) fresh += rows.records.size();
  const std::size_t replaced = static_cast<std::size_t>(std::ranges::count(in_.replaced, true));
  const std::size_t most = old_.records_.size() - replaced + fresh;
  const std::size_t room = ConditionStore::wanted_room(most);
  if (const auto spare = in_.spare == nullptr ? nullptr : in_.spare->take()) {
    made_->records_.swap(spare->records_);
    made_->keys_.swap(spare->keys_);
    made_->parts_.swap(spare->parts_);
    made_->part_slots_.swap(spare->part_slots_);
    made_->records_.clear();
    made_->parts_.clear();
    made_->part_slots_.clear();
  }
  made_->keys_.clear();
  if (made_->records_.capacity() < most + ConditionStore::least_room(most))
    made_->records_.reserve(most + room);
  if (made_->keys_.capacity() < old_.keys_.size() + 2 * ConditionStore::least_room(most))
    made_->keys_.reserve(old_.keys_.size() + 2 * room);
}

std::shared_ptr<const ConditionStore> ConditionMerge::make() {
  take_memory();
  made_->mappings_ = old_.mappings_;
  describe_tables();
  find_replaced_keys();
  for (std::uint32_t id = 0; id < made_->tables_.size(); ++id) take_table(TableId{id});
  made_->keys_.push_back(
      {ConditionStore::none, static_cast<std::uint32_t>(made_->records_.size())});
  drop_empty_parts();
  if (in_.terms_in_document) {
    for (ConditionRecord& record : made_->records_) record.terms = in_.terms_in_document(record);
  }
  fill_keyed_slots();
  made_->make_room();
  return std::move(made_);
}

std::uint16_t ConditionMerge::mapping_of(const std::vector<FieldId>& fields) {
  auto& mappings = made_->mappings_;
  const auto known = std::ranges::find(mappings, fields, &ArticleMapping::fields);
  if (known != mappings.end()) return static_cast<std::uint16_t>(known - mappings.begin());
  mappings.push_back({fields, {}, {}});
  return static_cast<std::uint16_t>(mappings.size() - 1);
}

void ConditionMerge::describe_tables() {
  for (std::uint32_t id = 0; id < in_.schema.table_count(); ++id) {
    TableInfo info;
    info.shape = in_.schema.table(TableId{id});
    const auto& fields = info.shape.article_fields;
    if (fields.size() == 1 && fields.front() == Schema::article) {
      info.side = ArticleSide::article;
      if (!info.shape.party_fields.empty())
        info.signature = static_cast<std::uint16_t>(made_->signature_columns_++);
    } else if (!fields.empty()) {
      info.side = ArticleSide::mapped;
      info.mapping = mapping_of(fields);
    }
    made_->tables_.push_back(std::move(info));
  }
}

// A keyed row takes the place of its record wherever that stands: its key fields may have changed.
void ConditionMerge::find_replaced_keys() {
  if (old_.keyed_slots_.empty()) return;
  for (std::uint32_t table = 0; table < in_.rows.size(); ++table) {
    const ConditionTypeId type = made_->tables_[table].shape.type;
    for (const ConditionRecord& row : in_.rows[table].records) {
      if (!row.is_keyed()) continue;
      const std::uint32_t record = old_.find_keyed({type, row.origin, row.number()});
      if (record == ConditionStore::none) continue;
      if (replaced_.empty()) {
        replaced_.resize(old_.records_.size(), false);
        part_touched_.resize(old_.parts_.size(), false);
      }
      replaced_[record] = true;
      part_touched_[old_.part_of_key(old_.key_of_record(record))] = true;
    }
  }
}

void ConditionMerge::grow_part_slots() {
  auto& slots = made_->part_slots_;
  slots.assign(std::max<std::size_t>(64, std::bit_ceil(made_->parts_.size() * 2 + 1)), {});
  for (std::uint32_t each = 0; each < made_->parts_.size(); ++each) made_->place_part(each);
}

std::uint32_t ConditionMerge::intern_part(TableId id, std::span<const std::uint32_t> values) {
  const std::uint64_t hash = ConditionStore::part_hash(id, values);
  if (const auto known = made_->find_part(hash, id, values)) return *known;
  const auto number = static_cast<std::uint32_t>(made_->parts_.size());
  Part& part = made_->parts_.emplace_back();
  ENSURE(id.raw() <= UINT16_MAX && values.size() <= part.values.size());
  part.table = static_cast<std::uint16_t>(id.raw());
  part.value_count = static_cast<std::uint8_t>(values.size());
  std::ranges::copy(values, part.values.begin());
  if (made_->parts_.size() * 2 <= made_->part_slots_.size()) {
    made_->place_part(number);
  } else {
    grow_part_slots();
  }
  return number;
}

std::uint32_t ConditionMerge::article_key(const TableInfo& info,
                                          std::span<const std::uint32_t> values) {
  if (info.side == ArticleSide::none) return 0;
  if (info.side == ArticleSide::article) return values.front();
  ArticleMapping& mapping = made_->mappings_[info.mapping];
  const auto next = static_cast<std::uint32_t>(mapping.numbers.size());
  const auto [known, is_new] = mapping.numbers.try_emplace({values.begin(), values.end()}, next);
  if (is_new) mapping.values.insert(mapping.values.end(), values.begin(), values.end());
  return known->second;
}

// Parts of one table are numbered one after the other, so their records stay together too.
void ConditionMerge::take_table(TableId id) {
  static const TableRows no_rows;
  const TableRows& rows = id.raw() < in_.rows.size() ? in_.rows[id.raw()] : no_rows;
  TableInfo& info = made_->tables_[id.raw()];
  info.first_record = static_cast<std::uint32_t>(made_->records_.size());
  info.first_part = static_cast<std::uint32_t>(made_->parts_.size());
  const KeyRange old_parts = old_.parts_of(id);
  for (std::uint32_t part = old_parts.begin; part < old_parts.end; ++part)
    intern_part(id, old_.part_values(part));
  const std::size_t party = info.shape.party_fields.size();
  const std::size_t stride = party + info.shape.article_fields.size();
  const std::span<const std::uint32_t> keys{rows.keys};
  std::vector<std::uint32_t> part_of(rows.records.size());
  std::vector<std::uint32_t> begin(old_parts.size() + 1, 0);
  for (std::size_t row = 0; row < rows.records.size(); ++row) {
    const std::uint32_t part = intern_part(id, keys.subspan(row * stride, party)) - info.first_part;
    part_of[row] = part;
    if (begin.size() < part + 2) begin.resize(part + 2, 0);
    ++begin[part + 1];
  }
  for (std::size_t part = 1; part < begin.size(); ++part) begin[part] += begin[part - 1];
  std::vector<Row> sorted(rows.records.size());
  std::vector<std::uint32_t> next(begin);
  for (std::size_t row = 0; row < rows.records.size(); ++row) {
    const std::uint32_t key = article_key(info, keys.subspan(row * stride + party, stride - party));
    sorted[next[part_of[row]]++] = Row{key, static_cast<std::uint32_t>(row)};
  }
  const auto of_part = [&](std::size_t part) {
    return std::span{sorted}.subspan(begin[part], begin[part + 1] - begin[part]);
  };
  base::parallel_for(begin.size() - 1, parts_grain,
                     [&](std::size_t from, std::size_t to, std::size_t) {
                       for (std::size_t part = from; part < to; ++part)
                         sort_rows(rows, of_part(part));
                     });
  for (std::uint32_t part = 0; part + 1 < begin.size(); ++part) {
    const bool is_old = part < old_parts.size();
    const std::uint32_t old_part = old_parts.begin + part;
    Part& to = made_->parts_[info.first_part + part];
    to.keys.begin = static_cast<std::uint32_t>(made_->keys_.size());
    const bool touched = begin[part + 1] > begin[part] ||
                         (is_old && !part_touched_.empty() && part_touched_[old_part]);
    if (touched) {
      merge_part(rows, of_part(part), is_old ? old_.parts_[old_part].keys : KeyRange{});
    } else {
      append_run(old_.parts_[old_part].keys);
    }
    to.keys.end = static_cast<std::uint32_t>(made_->keys_.size());
    finish_part(info.side, to);
  }
}

RecordView ConditionMerge::row_entry(const TableRows& rows, std::uint32_t row) const {
  const ConditionRecord& record = rows.records[row];
  return {&record, record.extra == nothing_there ? nullptr : &in_.extras[record.extra]};
}

RecordView ConditionMerge::old_entry(std::uint32_t number) const {
  const ConditionRecord& record = old_.records_[number];
  return {&record, record.extra == nothing_there ? nullptr : &old_.extras_[record.extra]};
}

void ConditionMerge::sort_rows(const TableRows& rows, std::span<Row> sorted) const {
  std::sort(sorted.begin(), sorted.end(), [&](const Row& a, const Row& b) {
    if (a.article_key != b.article_key) return a.article_key < b.article_key;
    return order_.is_before(row_entry(rows, a.row), row_entry(rows, b.row));
  });
}

void ConditionMerge::merge_part(const TableRows& rows, std::span<const Row> fresh, KeyRange old) {
  std::uint32_t key = old.begin;
  std::size_t at = 0;
  while (key < old.end || at < fresh.size()) {
    const std::uint32_t next_fresh = at < fresh.size() ? fresh[at].article_key : nothing_there;
    std::uint32_t until = key;  // settled keys before the next fresh one stay as they are
    while (until < old.end && old_.keys_[until].article_key < next_fresh) ++until;
    for (; key < until; ++key) {
      if (replaced_.empty()) {
        append_run({key, until});
        key = until;
        break;
      }
      append_key(rows, {}, key);
    }
    if (at == fresh.size()) continue;
    std::size_t end = at;
    while (end < fresh.size() && fresh[end].article_key == next_fresh) ++end;
    const bool both = key < old.end && old_.keys_[key].article_key == next_fresh;
    append_key(rows, fresh.subspan(at, end - at), both ? key++ : ConditionStore::none);
    at = end;
  }
}

void ConditionMerge::append_run(KeyRange keys) {
  if (keys.size() == 0) return;
  auto& records = made_->records_;
  const std::uint32_t begin = old_.keys_[keys.begin].first_record;
  const std::uint32_t end = old_.keys_[keys.end].first_record;
  const auto moved = static_cast<std::uint32_t>(records.size()) - begin;
  records.insert(records.end(), old_.records_.begin() + begin, old_.records_.begin() + end);
  for (std::uint32_t key = keys.begin; key < keys.end; ++key) {
    const ConditionStore::Key& from = old_.keys_[key];
    made_->keys_.push_back({from.article_key, from.first_record + moved});
  }
  if (old_.extras_.empty()) return;
  for (std::uint32_t record = begin + moved; record < end + moved; ++record) {
    std::uint32_t& extra = records[record].extra;
    if (extra == nothing_there) continue;
    made_->extras_.push_back(old_.extras_[extra]);
    extra = static_cast<std::uint32_t>(made_->extras_.size() - 1);
  }
}

void ConditionMerge::append(const RecordView& entry) {
  made_->records_.push_back(*entry.record);
  if (entry.extra == nullptr) return;
  made_->records_.back().extra = static_cast<std::uint32_t>(made_->extras_.size());
  made_->extras_.push_back(*entry.extra);
}

void ConditionMerge::append_key(const TableRows& rows, std::span<const Row> fresh,
                                std::uint32_t old_key) {
  entries_.clear();
  for (const Row& row : fresh) {
    if (!rows.is_removed(row.row)) entries_.push_back(row_entry(rows, row.row));
  }
  const std::size_t fresh_count = entries_.size();
  if (old_key != ConditionStore::none) {
    const std::uint32_t end = old_.keys_[old_key + 1].first_record;
    for (std::uint32_t record = old_.keys_[old_key].first_record; record < end; ++record) {
      if (!replaced_.empty() && replaced_[record]) continue;
      const RecordView old = old_entry(record);
      const auto replaces = [&](const Row& row) {
        return order_.is_same(row_entry(rows, row.row), old);
      };
      if (std::ranges::none_of(fresh, replaces)) entries_.push_back(old);
    }
  }
  if (entries_.empty()) return;
  if (entries_.size() > fresh_count) {
    std::ranges::sort(entries_, [this](const RecordView& a, const RecordView& b) {
      return order_.is_before(a, b);
    });
  }
  const std::uint32_t number =
      fresh.empty() ? old_.keys_[old_key].article_key : fresh.front().article_key;
  made_->keys_.push_back({number, static_cast<std::uint32_t>(made_->records_.size())});
  for (const RecordView& entry : entries_) append(entry);
}

void ConditionMerge::finish_part(ArticleSide side, Part& part) const {
  const KeyRange keys = part.keys;
  if (keys.size() == 0) return;
  part.first_key = made_->keys_[keys.begin].article_key;
  if (side == ArticleSide::none) {
    part.search = KeySearch::single;
  } else if (made_->keys_[keys.end - 1].article_key - part.first_key + 1 == keys.size()) {
    part.search = KeySearch::dense;
  } else {
    part.search =
        keys.size() > ConditionStore::run_searched_max ? KeySearch::hashed : KeySearch::run;
  }
}

void ConditionMerge::drop_empty_parts() {
  const auto is_empty = [](const Part& part) { return part.keys.size() == 0; };
  if (std::ranges::none_of(made_->parts_, is_empty)) return;
  for (TableInfo& info : made_->tables_) {
    const auto begin = made_->parts_.begin();
    info.first_part -= static_cast<std::uint32_t>(
        std::count_if(begin, begin + static_cast<std::ptrdiff_t>(info.first_part), is_empty));
  }
  std::erase_if(made_->parts_, is_empty);
  grow_part_slots();
}

void ConditionMerge::fill_keyed_slots() {
  const auto& records = made_->records_;
  const auto keyed = static_cast<std::size_t>(
      std::ranges::count_if(records, [](const ConditionRecord& r) { return r.is_keyed(); }));
  if (keyed == 0) return;
  made_->keyed_slots_.assign(std::bit_ceil(keyed + keyed / 3 + 1), 0);
  for (std::uint32_t record = 0; record < records.size(); ++record) {
    if (records[record].is_keyed()) made_->place_keyed(record);
  }
}

}  // namespace engine::model

// Of Facts: condition records that are taken away. A record that is settled is not touched here: a row that
// says so waits beside it until both are merged.
#include "engine/base/contract.hpp"
#include "engine/model/facts.hpp"
#include "engine/model/facts_common.hpp"

#include <algorithm>

namespace engine::model {

using base::Fault;
using base::FaultCode;
using base::Result;
using detail::unknown;

Facts::Removed Facts::remove_pending(Place place) {
  TableRows& rows = rows_[place.table];
  if (rows.batches[place.row] == batch_) {
    return Fault{FaultCode::duplicate_key, "",
                 "an earlier row of this batch has the same key, and was kept"};
  }
  const bool was_there = !rows.is_removed(place.row);
  rows.set_removed(place.row, true);
  rows.batches[place.row] = batch_;
  return was_there;
}

// A row under resolved_keys_ that takes away the settled record it stands for.
void Facts::bury(TableId table, const Identity& identity, const ConditionRecord& record,
                 std::uint32_t when) {
  if (rows_.size() <= table.raw()) rows_.resize(schema.table_count());
  ConditionRecord grave = record;
  grave.extra = nothing_there;
  if (when != nothing_there) {
    grave.extra = static_cast<std::uint32_t>(extras_.size());
    extras_.emplace_back().when = when;
  }
  const Place place{table.raw(), append_row(table, grave)};
  rows_[table.raw()].set_removed(place.row, true);
  condition_places_.find_or_insert(identity, place);
}

void Facts::bury_settled(const Identity& identity, std::uint32_t number) {
  const SettledView there = settled();
  const std::uint32_t key = there.key_of_record(number);
  const std::uint32_t part = there.part_of_key(key);
  const auto article = std::ranges::copy(there.part_values(part), resolved_keys_.begin());
  std::ranges::copy(there.article_values(part, key), article.out);
  const ConditionRecord& record = there.record(number);
  const RecordExtra* extra = there.extra_of(record);
  bury(there.table_of_record(number), identity, record,
       extra == nullptr ? nothing_there : extra->when);
}

Facts::Removed Facts::remove_keyed(const ConditionDraft& draft) {
  const auto type = schema.find_type(draft.type);
  if (!type) return unknown(FaultCode::unknown_condition_type, "type", draft.type);
  const Identity identity =
      Identity{}.add(1).add(type->raw()).add_text(draft.feed).add_text(draft.key);
  if (const Place* pending = condition_places_.find(identity)) return remove_pending(*pending);
  const auto text = record_keys_.find(draft.key);
  const auto origin = record_origins_index_.find(RecordOrigin{std::string{draft.feed}, 0});
  if (!text) return false;
  if (origin == record_origins_index_.end() && !draft.feed.empty()) return false;
  const std::uint16_t feed = origin == record_origins_index_.end() ? 0 : origin->second;
  const std::uint32_t number = settled().find_keyed({*type, feed, *text});
  if (number == SettledView::none) return false;
  bury_settled(identity, number);
  return true;
}

// The settled record under resolved_keys_, without an external key, that says the same.
std::uint32_t Facts::find_settled(TableId table, const ConditionRecord& like, const Terms& terms,
                                  std::uint32_t when) const {
  if (table.raw() >= conditions_->tables().size()) return SettledView::none;
  const SettledView there = settled();
  const TableInfo& info = conditions_->tables()[table.raw()];
  const std::size_t party = info.shape.party_fields.size();
  const auto part = there.find_part(table, std::span{resolved_keys_}.first(party));
  const auto article_key = conditions_->article_key(
      info, std::span{resolved_keys_}.subspan(party, info.shape.article_fields.size()));
  if (!part || !article_key) return SettledView::none;
  const std::uint32_t key = there.find_key(*part, *article_key);
  if (key == SettledView::none) return SettledView::none;
  const KeyRange records = there.records_of(key);
  for (std::uint32_t number = records.begin; number < records.end; ++number) {
    const ConditionRecord& record = there.record(number);
    const Terms& own = terms_[record.terms];
    const RecordExtra* extra = there.extra_of(record);
    const std::uint32_t own_when = extra == nullptr ? nothing_there : extra->when;
    if (!record.is_keyed() && record.threshold == like.threshold &&
        record.valid_from == like.valid_from && record.document == like.document &&
        own.currency == terms.currency && own.unit == terms.unit && own_when == when)
      return number;
  }
  return SettledView::none;
}

Facts::Removed Facts::remove_by_keys(const ConditionDraft& draft) {
  const auto table = table_of(draft);
  if (!table) return table.error();
  const TableShape& shape = schema.table(*table);
  if (auto ok = resolve_keys(draft, shape); !ok) return ok.error();
  const auto document = document_of(draft);
  if (!document) return document.error();
  Terms terms;
  if (!draft.currency.empty()) {
    const auto currency = currency_of(draft.currency);
    if (!currency) return currency.error();
    terms.currency = *currency;
  } else if (!document->is_none()) {
    terms.currency = documents_[document->raw()].currency;
  }
  if (!draft.unit.empty()) {
    const auto unit = units_->find(draft.unit);
    if (!unit) return false;
    terms.unit = UnitId{*unit};
  }
  ConditionRecord record;
  record.threshold = draft.from_quantity;
  record.valid_from = draft.validity.from;
  record.document = *document;
  const Identity identity = identity_of(draft, *table, record, terms);
  if (const Place* pending = condition_places_.find(identity)) return remove_pending(*pending);
  const std::uint32_t when =
      draft.when.empty() ? nothing_there
                         : find_text(draft.when, TextUse::condition, schema.type(shape.type));
  if (!draft.when.empty() && when == nothing_there) return false;
  const std::uint32_t number = find_settled(*table, record, terms, when);
  if (number == SettledView::none) return false;
  bury_settled(identity, number);
  return true;
}

Facts::Removed Facts::remove(const ConditionDraft& draft) {
  return draft.key.empty() ? remove_by_keys(draft) : remove_keyed(draft);
}

Identity Facts::identity_of_settled(TableId table, std::uint32_t part, std::uint32_t key,
                                    std::uint32_t number) const {
  const ConditionRecord& record = conditions_->records()[number];
  Identity identity;
  if (record.is_keyed()) {
    return identity.add(1)
        .add(schema.table(table).type.raw())
        .add_text(record_origins_[record.origin].feed)
        .add_text(record_keys_.text(record.number()));
  }
  identity.add(2).add(table.raw()).add(record.document.raw());
  for (const std::uint32_t value : conditions_->part_values(part)) identity.add(value);
  for (const std::uint32_t value : conditions_->article_values(part, key)) identity.add(value);
  const Terms& terms = terms_[record.terms];
  identity.add(terms.currency.raw()).add(terms.unit.raw());
  identity.add(static_cast<std::uint64_t>(record.threshold.mantissa()));
  if (record.extra != nothing_there) {
    const std::uint32_t when = conditions_->extras()[record.extra].when;
    if (when != nothing_there) identity.add_text(record_texts_[when].text);
  }
  return identity.add(static_cast<std::uint32_t>(record.valid_from.raw()));
}

// Nothing: no record can be of it, since a value of it is not known.
Result<std::optional<ResolvedPartition>> Facts::resolve(const ConditionPartition& draft) const {
  const auto type = schema.find_type(draft.type);
  if (!type) return unknown(FaultCode::unknown_condition_type, "type", draft.type);
  ResolvedPartition made{*type, {}, {}};
  for (const auto& [field, text] : draft.keys) {
    const auto value = find_key_value(schema.field(field), text);
    if (!value) return value.error();
    if (!*value) return std::optional<ResolvedPartition>{};
    made.keys.emplace_back(field, **value);
  }
  if (!draft.agreement.empty() && !draft.promotion.empty()) {
    return Fault{FaultCode::contradicting_values, "agreement",
                 "a record comes from an agreement or from a promotion, not from both"};
  }
  const bool is_agreement = !draft.agreement.empty();
  const std::string_view code = is_agreement ? draft.agreement : draft.promotion;
  if (code.empty()) return std::optional{made};
  const auto document =
      find_document(is_agreement ? DocumentKind::agreement : DocumentKind::promotion, code);
  if (!document)
    return unknown(FaultCode::unknown_document, is_agreement ? "agreement" : "promotion", code);
  made.document = *document;
  return std::optional{made};
}

namespace {

// Whether the fields of one side have the values that the partition names. `named` counts those
// that it names on this side.
bool has_values(const ResolvedPartition& partition, std::span<const FieldId> fields,
                std::span<const std::uint32_t> values) {
  for (const auto& [field, value] : partition.keys) {
    const auto own = std::ranges::find(fields, field);
    if (own == fields.end()) continue;
    if (values[static_cast<std::size_t>(own - fields.begin())] != value) return false;
  }
  return true;
}

bool has_fields(const ResolvedPartition& partition, const TableShape& shape) {
  return std::ranges::all_of(partition.keys, [&](const auto& key) {
    return std::ranges::count(shape.party_fields, key.first) +
               std::ranges::count(shape.article_fields, key.first) !=
           0;
  });
}

bool is_of(const ResolvedPartition& partition, const ConditionRecord& record) {
  return partition.document.is_none() || record.document == partition.document;
}

}  // namespace

std::size_t Facts::remove_rest_pending(const ResolvedPartition& partition, TableId table) {
  if (table.raw() >= rows_.size()) return 0;
  TableRows& rows = rows_[table.raw()];
  const TableShape& shape = schema.table(table);
  const std::size_t party = shape.party_fields.size();
  const std::size_t stride = party + shape.article_fields.size();
  std::size_t count = 0;
  for (std::size_t row = 0; row < rows.records.size(); ++row) {
    if (rows.batches[row] == batch_ || rows.is_removed(row) || !is_of(partition, rows.records[row]))
      continue;
    const auto keys = std::span<const std::uint32_t>{rows.keys}.subspan(row * stride, stride);
    if (!has_values(partition, shape.party_fields, keys.first(party)) ||
        !has_values(partition, shape.article_fields, keys.subspan(party)))
      continue;
    rows.set_removed(row, true);
    rows.batches[row] = batch_;
    ++count;
  }
  return count;
}

std::size_t Facts::remove_rest_settled(const ResolvedPartition& partition, TableId table) {
  const auto store = conditions_;
  const TableShape& shape = schema.table(table);
  const KeyRange parts = store->parts_of(table);
  std::size_t count = 0;
  for (std::uint32_t part = parts.begin; part < parts.end; ++part) {
    if (!has_values(partition, shape.party_fields, store->part_values(part))) continue;
    const KeyRange keys = store->parts()[part].keys;
    for (std::uint32_t key = keys.begin; key < keys.end; ++key) {
      if (!has_values(partition, shape.article_fields, store->article_values(part, key))) continue;
      const std::uint32_t end = store->keys()[key + 1].first_record;
      for (std::uint32_t number = store->keys()[key].first_record; number < end; ++number) {
        if (!is_of(partition, store->records()[number])) continue;
        const Identity identity = identity_of_settled(table, part, key, number);
        if (condition_places_.find(identity) != nullptr) continue;  // a row speaks for it
        bury_settled(identity, number);
        ++count;
      }
    }
  }
  return count;
}

Facts::Count Facts::remove_rest(const ConditionPartition& draft) {
  const auto partition = resolve(draft);
  if (!partition) return partition.error();
  if (!*partition) return std::size_t{0};
  fold_overlay();  // all records of a table are looked through
  std::size_t count = 0;
  bool found = false;
  for (std::uint32_t number = 0; number < schema.table_count(); ++number) {
    const TableId table{number};
    const TableShape& shape = schema.table(table);
    if (shape.type != (*partition)->type || !has_fields(**partition, shape)) continue;
    found = true;
    count += remove_rest_pending(**partition, table);
    count += remove_rest_settled(**partition, table);
  }
  if (found) return count;
  return Fault{FaultCode::unknown_key_fields, "type",
               "no access of '" + std::string{draft.type} +
                   "' looks under all key fields of this partition; it takes " +
                   schema.declared_keys((*partition)->type)};
}

}  // namespace engine::model

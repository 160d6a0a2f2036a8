#include "engine/base/limits.hpp"
#include "engine/model/facts.hpp"
#include "engine/model/facts_common.hpp"

#include <algorithm>

namespace engine::model {

namespace limits = base::limits;
using base::Fault;
using base::FaultCode;
using base::Int128;
using base::Result;
using detail::unknown;
using detail::writable;

namespace {

template <class Master>
Result<std::uint32_t> number_of(const Masters<Master>& masters, std::string_view code,
                                FaultCode fault, const std::string& column) {
  const auto number = masters.codes->find(code);
  if (!number) return unknown(fault, column.c_str(), code);
  return *number;
}

}  // namespace

// Nothing: a text that no record and no master has.
Result<std::optional<std::uint32_t>> Facts::find_key_value(const Field& field,
                                                           std::string_view code) const {
  const auto master = [](const Result<std::uint32_t>& number) {
    using Found = Result<std::optional<std::uint32_t>>;
    return number ? Found{std::optional{*number}} : Found{number.error()};
  };
  switch (field.domain) {
    case Domain::article:
      return master(number_of(articles_, code, FaultCode::unknown_article, field.name));
    case Domain::article_group:
      return master(number_of(article_groups_, code, FaultCode::unknown_article_group, field.name));
    case Domain::customer:
      return master(number_of(customers_, code, FaultCode::unknown_customer, field.name));
    case Domain::customer_group:
      return master(
          number_of(customer_groups_, code, FaultCode::unknown_customer_group, field.name));
    case Domain::price_list: {
      const auto list = find_document(DocumentKind::price_list, code);
      if (!list) return unknown(FaultCode::unknown_document, field.name.c_str(), code);
      return std::optional{list->raw()};
    }
    case Domain::currency:
    case Domain::unit:
    case Domain::text:
      break;
  }
  if (code.size() > limits::code_length) {
    return Fault{FaultCode::too_large, field.name,
                 "a key value has at most " + std::to_string(limits::code_length) + " bytes"};
  }
  return texts_->find(code);
}

Result<std::uint32_t> Facts::key_value(const Field& field, std::string_view code) {
  const auto known = find_key_value(field, code);
  if (!known) return known.error();
  return *known ? **known : writable(texts_).intern(code);
}

Result<TableId> Facts::table_of(const ConditionDraft& draft) const {
  const auto type = schema.find_type(draft.type);
  if (!type) {
    return Fault{draft.type.empty() ? FaultCode::missing_value : FaultCode::unknown_condition_type,
                 "type",
                 "no procedure declares the condition type '" + std::string{draft.type} + "'"};
  }
  std::vector<FieldId> fields;
  for (const auto& key : draft.keys) fields.push_back(key.first);
  const auto table = schema.find_table(*type, std::move(fields));
  if (!table) {
    std::string names;
    for (const auto& key : draft.keys)
      names += (names.empty() ? "" : ", ") + schema.field(key.first).name;
    return Fault{FaultCode::unknown_key_fields, "type",
                 "no access of '" + std::string{draft.type} + "' looks under (" + names +
                     "); it takes " + schema.declared_keys(*type)};
  }
  return *table;
}

Facts::Put Facts::resolve_keys(const ConditionDraft& draft, const TableShape& shape) {
  std::size_t at = 0;
  const auto resolve = [&](FieldId id) -> Put {
    const auto text = std::ranges::find(draft.keys, id, &KeyText::first);
    auto value = key_value(schema.field(id), text->second);
    if (!value) return value.error();
    resolved_keys_[at++] = *value;
    return {};
  };
  for (const FieldId id : shape.party_fields) {
    if (auto ok = resolve(id); !ok) return ok;
  }
  for (const FieldId id : shape.article_fields) {
    if (auto ok = resolve(id); !ok) return ok;
  }
  return {};
}

Result<DocumentId> Facts::document_of(const ConditionDraft& draft) const {
  const auto list = std::ranges::find(draft.keys, Schema::price_list, &KeyText::first);
  const bool has_list = list != draft.keys.end();
  if (static_cast<int>(has_list) + static_cast<int>(!draft.agreement.empty()) +
          static_cast<int>(!draft.promotion.empty()) >
      1) {
    return Fault{FaultCode::contradicting_values, "agreement",
                 "a record comes from one document: a price list, an agreement or a promotion"};
  }
  const auto find = [&](DocumentKind kind, std::string_view code,
                        const char* column) -> Result<DocumentId> {
    const auto document = find_document(kind, code);
    if (!document) return unknown(FaultCode::unknown_document, column, code);
    return *document;
  };
  if (has_list) return find(DocumentKind::price_list, list->second, "price_list");
  if (!draft.agreement.empty()) return find(DocumentKind::agreement, draft.agreement, "agreement");
  if (!draft.promotion.empty()) return find(DocumentKind::promotion, draft.promotion, "promotion");
  return DocumentId{};
}

Result<Terms> Facts::terms_of(const ConditionDraft& draft, const ConditionType& type,
                              DocumentId document) {
  Terms terms;
  terms.rank = draft.rank;
  terms.flags =
      static_cast<std::uint32_t>((type.default_flags | draft.flags_set) & ~draft.flags_cleared);
  if (!draft.currency.empty()) {
    auto currency = currency_of(draft.currency);
    if (!currency) return currency.error();
    terms.currency = *currency;
  } else if (!document.is_none()) {
    terms.currency = documents_[document.raw()].currency;
  }
  const bool needs_currency = type.value == ValueKind::price || type.value == ValueKind::amount;
  if (needs_currency && terms.currency.is_none()) {
    return Fault{FaultCode::missing_value, "currency",
                 "a price or amount needs a currency, its own or its list's"};
  }
  if (!draft.unit.empty()) {
    const auto known = units_->find(draft.unit);
    terms.unit = UnitId{known ? *known : writable(units_).intern(draft.unit)};
  }
  constexpr std::int64_t price_unit_max = 1'000'000;
  if (draft.price_unit < 1 || draft.price_unit > price_unit_max) {
    return Fault{FaultCode::out_of_range, "price_unit", "a price is for 1 to 1,000,000 units"};
  }
  terms.price_unit = static_cast<std::uint32_t>(draft.price_unit);
  return terms;
}

Facts::Put Facts::put_value(const ConditionDraft& draft, const ConditionType& type, Terms& terms,
                            ConditionRecord& record, RecordExtra& extra) {
  if (!draft.scale.empty() || !draft.formula.empty()) {
    if (draft.value.mantissa == 0) return put_scale(draft, type, terms, extra);
    return Fault{FaultCode::contradicting_values, "value",
                 "a record has one of value, scale and formula"};
  }
  base::Decimal value = draft.value;
  while (value.decimals > 0 && value.mantissa % 10 == 0) {
    value.mantissa /= 10;
    --value.decimals;
  }
  if (type.value == ValueKind::percent)
    value.decimals = static_cast<std::uint8_t>(value.decimals + percent_decimals);
  if (value.decimals > limits::value_decimals) {
    return Fault{FaultCode::out_of_range, "value",
                 base::to_string(draft.value) + " has more decimals than the " +
                     std::to_string(limits::value_decimals) + " that a record keeps"};
  }
  terms.decimals = value.decimals;
  if (base::fits_int64(value.mantissa)) {
    record.value = static_cast<std::int64_t>(value.mantissa);
    return {};
  }
  terms.wide = true;
  extra.wide = value.mantissa;
  return {};
}

Result<std::uint16_t> Facts::intern_terms(const Terms& terms) {
  if (const auto known = terms_index_.find(terms); known != terms_index_.end())
    return known->second;
  if (terms_.size() >= limits::terms) {
    return Fault{FaultCode::too_many, "rank",
                 "more than " + std::to_string(limits::terms) +
                     " combinations of currency, unit, price unit, rank and flags"};
  }
  const auto number = static_cast<std::uint16_t>(terms_.size());
  terms_.push_back(terms);
  terms_index_.emplace(terms, number);
  return number;
}

// 0 where there are as many as a record can tell apart.
std::uint16_t Facts::intern_origin(std::string_view feed, std::uint64_t import) {
  const RecordOrigin& last = record_origins_.back();
  if (last.import == import && last.feed == feed)
    return static_cast<std::uint16_t>(record_origins_.size() - 1);
  RecordOrigin origin{std::string{feed}, import};
  if (const auto known = record_origins_index_.find(origin); known != record_origins_index_.end())
    return known->second;
  const std::size_t most = limits::record_origins + (import == 0 ? limits::keyed_feeds : 0);
  if (record_origins_.size() >= most) return 0;
  const auto number = static_cast<std::uint16_t>(record_origins_.size());
  record_origins_.push_back(origin);
  record_origins_index_.emplace(std::move(origin), number);
  return number;
}

// Feed and key, or feed, import and line.
Facts::Put Facts::put_origin(const ConditionDraft& draft, ConditionRecord& record) {
  if (draft.key.empty()) {
    record.row = std::min(draft.line, ~ConditionRecord::by_key);
    if (import_ != 0) record.origin = intern_origin(draft.feed, import_);
    return {};
  }
  record.origin = intern_origin(draft.feed, 0);
  if (record.origin == 0 && !draft.feed.empty()) {
    return Fault{FaultCode::too_many, "key",
                 "more than " + std::to_string(limits::keyed_feeds) +
                     " feeds have records with keys of their own"};
  }
  record.row = ConditionRecord::by_key | record_keys_.intern(draft.key);
  return {};
}

// A document that refuses discounts does so for all of its records, whenever it came to refuse
// them.
std::uint16_t Facts::terms_in_document(const ConditionRecord& record) {
  const Terms& own = terms_[record.terms];
  const bool is_discountable = (own.flags & flag_bit(Schema::discountable)) != 0;
  const bool refused =
      !record.document.is_none() && documents_[record.document.raw()].refuses_discounts;
  if (refused ? !is_discountable : !own.lost_discounts) return record.terms;
  Terms twin = own;
  twin.flags ^= flag_bit(Schema::discountable);
  twin.lost_discounts = refused;
  const auto next = static_cast<std::uint16_t>(terms_.size());
  const auto [known, is_new] = terms_index_.try_emplace(twin, next);
  if (is_new) terms_.push_back(twin);
  return known->second;
}

Identity Facts::identity_of(const ConditionDraft& draft, TableId table,
                            const ConditionRecord& record, const Terms& terms) const {
  const TableShape& shape = schema.table(table);
  Identity identity;
  if (!draft.key.empty())
    return identity.add(1).add(shape.type.raw()).add_text(draft.feed).add_text(draft.key);
  identity.add(2).add(table.raw()).add(record.document.raw());
  const std::size_t count = shape.party_fields.size() + shape.article_fields.size();
  for (std::size_t i = 0; i < count; ++i) identity.add(resolved_keys_[i]);
  identity.add(terms.currency.raw()).add(terms.unit.raw());
  identity.add(static_cast<std::uint64_t>(record.threshold.mantissa()));
  if (!draft.when.empty()) identity.add_text(draft.when);
  return identity.add(static_cast<std::uint32_t>(record.valid_from.raw()));
}

namespace {

Fault other_fields() {
  return {FaultCode::contradicting_values, "key",
          "this external key stands for a record under other key fields"};
}

}  // namespace

// Under resolved_keys_.
std::uint32_t Facts::append_row(TableId table, const ConditionRecord& record) {
  TableRows& rows = rows_[table.raw()];
  const TableShape& shape = schema.table(table);
  const std::size_t stride = shape.party_fields.size() + shape.article_fields.size();
  rows.records.push_back(record);
  rows.keys.insert(rows.keys.end(), resolved_keys_.begin(),
                   resolved_keys_.begin() + static_cast<std::ptrdiff_t>(stride));
  rows.batches.push_back(batch_);
  return static_cast<std::uint32_t>(rows.records.size() - 1);
}

Facts::Put Facts::store(TableId table, const Identity& identity, const ConditionRecord& record,
                        std::uint32_t line) {
  if (rows_.size() <= table.raw()) rows_.resize(schema.table_count());
  Place* known = condition_places_.find(identity);
  if (known != nullptr && rows_[known->table].batches[known->row] == batch_) {
    const ConditionRecord& first = rows_[known->table].records[known->row];
    const std::string where =
        first.is_keyed() ? "an earlier row" : "line " + std::to_string(first.number());
    return Fault{
        FaultCode::duplicate_key, "",
        "line " + std::to_string(line) + " has the same key as " + where + ", which was kept"};
  }
  const bool was_removed =
      known != nullptr && rows_[known->table].is_removed(known->row);  // it may come back elsewhere
  if (known != nullptr && !was_removed && known->table != table.raw()) return other_fields();
  if (known == nullptr && record.is_keyed()) {
    const SettledView there = settled();
    const std::uint32_t known_record =
        there.find_keyed({schema.table(table).type, record.origin, record.number()});
    if (known_record != SettledView::none && there.table_of_record(known_record) != table)
      return other_fields();
  }
  if (known == nullptr || known->table != table.raw()) {
    const Place place{table.raw(), append_row(table, record)};
    if (known != nullptr) {
      *known = place;
    } else {
      condition_places_.find_or_insert(identity, place);
    }
    return {};
  }
  TableRows& rows = rows_[known->table];
  rows.records[known->row] = record;
  const std::size_t stride = rows.keys.size() / rows.records.size();
  std::copy_n(resolved_keys_.begin(), stride,
              rows.keys.begin() + static_cast<std::ptrdiff_t>(known->row * stride));
  rows.batches[known->row] = batch_;
  rows.set_removed(known->row, false);
  return {};
}

namespace {

Result<void> check_bounds(const ConditionDraft& draft) {
  if (draft.validity.from >= draft.validity.to) {
    return Fault{FaultCode::contradicting_values, "valid_to", "the validity ends before it starts"};
  }
  if (draft.to_quantity && *draft.to_quantity < draft.from_quantity) {
    return Fault{FaultCode::contradicting_values, "to_quantity",
                 "the quantity window ends before it starts"};
  }
  if (draft.from_quantity < base::Quantity{}) {
    return Fault{FaultCode::out_of_range, "from_quantity", "a threshold can't be negative"};
  }
  return {};
}

}  // namespace

Facts::Put Facts::put(const ConditionDraft& draft) {
  auto table = table_of(draft);
  if (!table) return table.error();
  const TableShape& shape = schema.table(*table);
  const ConditionType& type = schema.type(shape.type);
  if (auto ok = resolve_keys(draft, shape); !ok) return ok;
  auto document = document_of(draft);
  if (!document) return document.error();
  if (auto ok = check_bounds(draft); !ok) return ok;
  auto terms = terms_of(draft, type, *document);
  if (!terms) return terms.error();
  ConditionRecord record;
  RecordExtra extra;
  if (auto ok = put_value(draft, type, *terms, record, extra); !ok) return ok;
  if (auto ok = put_more(draft, type, *terms, extra); !ok) return ok;
  if (draft.to_quantity) {
    terms->has_window = true;
    extra.window_to = *draft.to_quantity;
  }
  auto terms_number = intern_terms(*terms);
  if (!terms_number) return terms_number.error();
  record.threshold = draft.from_quantity;
  record.valid_from = draft.validity.from;
  record.valid_to = draft.validity.to;
  record.document = *document;
  record.terms = *terms_number;
  if (auto ok = put_origin(draft, record); !ok) return ok;
  record.terms = terms_in_document(record);
  const bool has_extra = terms->has_window || terms->wide || terms->has_more;
  if (has_extra) record.extra = static_cast<std::uint32_t>(extras_.size());
  const Identity identity = identity_of(draft, *table, record, *terms);
  auto stored = store(*table, identity, record, draft.line);
  if (stored && has_extra) extras_.push_back(std::move(extra));
  return stored;
}

}  // namespace engine::model

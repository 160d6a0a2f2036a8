#include "engine/model/facts.hpp"

#include "engine/base/limits.hpp"
#include "engine/model/facts_common.hpp"

#include <algorithm>

namespace engine::model {

using base::Fault;
using base::FaultCode;
using base::Result;
using detail::check_code;
using detail::duplicate;
using detail::unknown;
using detail::writable;

namespace {

// The entry of `code`, made if it is new. A Fault where this batch has written it already.
template <class Master>
Result<std::uint32_t> entry(Masters<Master>& masters, std::string_view code, std::uint32_t batch,
                            const char* column) {
  if (auto ok = check_code(code, column); !ok) return ok.error();
  const std::uint32_t number = writable(masters.codes).intern(code);
  if (number == masters.items.size()) {
    masters.items.emplace_back();
    masters.batches.push_back(0);
  }
  if (masters.batches[number] == batch) return duplicate(column, code);
  masters.batches[number] = batch;
  return number;
}

template <class IdType, class Master>
Result<IdType> find_master(const Masters<Master>& masters, std::string_view code, FaultCode fault,
                           const char* column) {
  const auto number = masters.codes->find(code);
  if (!number) return unknown(fault, column, code);
  return IdType{*number};
}

template <class IdType, class Master>
Result<std::vector<IdType>> find_all(const Masters<Master>& masters,
                                     std::span<const std::string_view> codes, FaultCode fault,
                                     const char* column) {
  std::vector<IdType> ids;
  for (const std::string_view code : codes) {
    auto id = find_master<IdType>(masters, code, fault, column);
    if (!id) return id.error();
    if (std::ranges::find(ids, *id) == ids.end()) ids.push_back(*id);
  }
  return ids;
}

// Sums over warehouses and orders stay far within 64 bits.
Result<void> check_stock(base::Quantity quantity, const char* column) {
  constexpr auto most = base::Quantity::whole(base::limits::quantity_whole);
  if (quantity <= most && quantity >= base::Quantity::whole(-base::limits::quantity_whole))
    return {};
  return Fault{FaultCode::out_of_range, column, "a quantity of goods is at most a billion units"};
}

// Formulas count on a number where a field is declared as one.
Result<void> check_attributes(const Schema& schema, std::span<const AttributeText> attributes) {
  for (const auto& [id, value] : attributes) {
    const Field& field = schema.field(id);
    const std::string column = "attribute:" + field.name;
    if (id >= Schema::status && id <= Schema::multiple_quantity) {
      return Fault{FaultCode::contradicting_values, column,
                   "'" + field.name + "' has a column of its own"};
    }
    if (field.value == FieldValue::number) {
      const auto number = parse_field_number(value);
      if (!number) return Fault{number.error().code, column, number.error().detail};
    }
    if (field.value == FieldValue::truth && value != "true" && value != "false") {
      return Fault{FaultCode::bad_text, column,
                   "'" + std::string{value} + "' is neither true nor false"};
    }
  }
  return {};
}

}  // namespace

void Facts::know_unit(std::string_view name) { writable(units_).intern(name); }

void Facts::know_record_key(std::string_view name) { record_keys_.intern(name); }

std::span<const std::uint32_t> Facts::listed_by(CustomerId customer) const {
  const auto listed = listed_.find(customer);
  return listed == listed_.end() ? std::span<const std::uint32_t>{} : listed->second;
}

Facts::Put Facts::put(const CurrencyDraft& draft) {
  ++frame_version_;
  if (draft.decimals > 6) {
    return Fault{FaultCode::out_of_range, "decimals", "a currency has at most 6 decimals"};
  }
  auto number = entry(currencies_, draft.code, batch_, "code");
  if (!number) return number.error();
  currencies_.items[*number] = Currency{draft.decimals, std::string{draft.name}};
  return {};
}

Facts::Put Facts::put(const ArticleGroupDraft& draft) {
  ++frame_version_;
  ArticleGroup group{std::string{draft.name}, {}};
  if (!draft.parent.empty()) {
    auto parent = find_master<ArticleGroupId>(article_groups_, draft.parent,
                                              FaultCode::unknown_article_group, "parent");
    if (!parent) return parent.error();
    group.parent = *parent;
  }
  auto number = entry(article_groups_, draft.code, batch_, "code");
  if (!number) return number.error();
  article_groups_.items[*number] = std::move(group);
  return {};
}

Facts::Put Facts::put(const ArticleDraft& draft) {
  ++frame_version_;
  auto groups = find_all<ArticleGroupId>(article_groups_, draft.groups,
                                         FaultCode::unknown_article_group, "groups");
  if (!groups) return groups.error();
  if (auto ok = check_stock(draft.safety_stock, "safety_stock"); !ok) return ok;
  if (auto ok = check_attributes(schema, draft.attributes); !ok) return ok;
  auto number = entry(articles_, draft.code, batch_, "code");
  if (!number) return number.error();
  Article& article = articles_.items[*number];
  article.name = draft.name;
  article.declared = true;
  article.base_unit =
      draft.base_unit.empty() ? UnitId{} : UnitId{writable(units_).intern(draft.base_unit)};
  article.safety_stock = draft.safety_stock;
  article.minimum_quantity = draft.minimum_quantity;
  article.maximum_quantity = draft.maximum_quantity;
  article.multiple_quantity = draft.multiple_quantity;
  article.status = draft.status;
  article.successor = draft.successor;
  article.groups = *std::move(groups);
  article.attributes.clear();
  for (const auto& [field, value] : draft.attributes) {
    article.attributes.push_back({field, TextId{writable(texts_).intern(value)}});
  }
  add_own_columns(article);
  return {};
}

// What expressions may ask of an article's own columns; those that say nothing are not there.
void Facts::add_own_columns(Article& article) {
  const auto add = [&](FieldId field, const std::string& value) {
    article.attributes.push_back({field, TextId{writable(texts_).intern(value)}});
  };
  const auto add_quantity = [&](FieldId field, base::Quantity quantity) {
    if (quantity != base::Quantity{}) add(field, base::to_string(quantity.decimal()));
  };
  if (!article.status.empty()) add(Schema::status, article.status);
  add_quantity(Schema::min_quantity, article.minimum_quantity);
  add_quantity(Schema::max_quantity, article.maximum_quantity);
  add_quantity(Schema::multiple_quantity, article.multiple_quantity);
}

Facts::Put Facts::put(const ArticleUnitDraft& draft) {
  ++frame_version_;
  auto article =
      find_master<ArticleId>(articles_, draft.article, FaultCode::unknown_article, "article");
  if (!article) return article.error();
  if (auto ok = check_code(draft.unit, "unit"); !ok) return ok;
  constexpr std::int64_t factor_max = 1'000'000'000;
  if (draft.numerator < 1 || draft.denominator < 1 || draft.numerator > factor_max ||
      draft.denominator > factor_max) {
    return Fault{FaultCode::out_of_range, "numerator",
                 "numerator and denominator must lie between 1 and a billion"};
  }
  const UnitId unit{writable(units_).intern(draft.unit)};
  auto& units = articles_.items[article->raw()].units;
  const ArticleUnit factor{unit, draft.numerator, draft.denominator};
  const auto known = std::ranges::find(units, unit, &ArticleUnit::unit);
  if (known == units.end()) {
    units.push_back(factor);
  } else {
    *known = factor;
  }
  return {};
}

Facts::Put Facts::put(const CustomerGroupDraft& draft) {
  ++frame_version_;
  CustomerGroup group{std::string{draft.name}, {}, draft.rank};
  if (!draft.parent.empty()) {
    auto parent = find_master<CustomerGroupId>(customer_groups_, draft.parent,
                                               FaultCode::unknown_customer_group, "parent");
    if (!parent) return parent.error();
    group.parent = *parent;
  }
  auto number = entry(customer_groups_, draft.code, batch_, "code");
  if (!number) return number.error();
  customer_groups_.items[*number] = std::move(group);
  return {};
}

Facts::Put Facts::put(const CustomerDraft& draft) {
  ++frame_version_;
  auto groups = find_all<CustomerGroupId>(customer_groups_, draft.groups,
                                          FaultCode::unknown_customer_group, "groups");
  if (!groups) return groups.error();
  Customer customer;
  customer.name = draft.name;
  customer.groups = *std::move(groups);
  if (!draft.parent.empty()) {
    auto parent =
        find_master<CustomerId>(customers_, draft.parent, FaultCode::unknown_customer, "parent");
    if (!parent) return parent.error();
    customer.parent = *parent;
  }
  if (!draft.currency.empty()) {
    auto currency = currency_of(draft.currency);
    if (!currency) return currency.error();
    customer.currency = *currency;
  }
  for (const std::string_view list : draft.price_lists) {
    if (!find_document(DocumentKind::price_list, list))
      return unknown(FaultCode::unknown_document, "price_lists", list);
  }
  if (auto ok = check_attributes(schema, draft.attributes); !ok) return ok;
  for (const auto& [field, value] : draft.attributes) {
    customer.attributes.push_back({field, TextId{writable(texts_).intern(value)}});
  }
  auto number = entry(customers_, draft.code, batch_, "code");
  if (!number) return number.error();
  customers_.items[*number] = std::move(customer);
  list_prices_of(CustomerId{*number}, draft.price_lists);
  return {};
}

// A customer's row names all of its lists: those that an earlier row named and this one does not
// are withdrawn.
void Facts::list_prices_of(CustomerId customer, std::span<const std::string_view> lists) {
  if (const auto listed = listed_.find(customer); listed != listed_.end()) {
    for (const std::uint32_t row : listed->second)
      assignments_[row].withdrawn = assignments_[row].from_customer;
    listed->second.clear();
  }
  std::int32_t rank = 0;
  for (const std::string_view list : lists) {
    const ListAssignment assignment{*find_document(DocumentKind::price_list, list),
                                    customer,
                                    {},
                                    ++rank,
                                    {},
                                    true,
                                    true,
                                    false};
    listed_[customer].push_back(put_assignment(assignment));
  }
}

Result<CurrencyId> Facts::currency_of(std::string_view code) const {
  return find_master<CurrencyId>(currencies_, code, FaultCode::unknown_currency, "currency");
}

std::optional<DocumentId> Facts::find_document(DocumentKind kind, std::string_view code) const {
  const auto number = document_codes_.find(detail::document_key(kind, code));
  return number ? std::optional{DocumentId{*number}} : std::nullopt;
}

Facts::Put Facts::put(const DocumentDraft& draft) {
  ++frame_version_;
  if (auto ok = check_code(draft.code, "code"); !ok) return ok;
  Document document;
  document.kind = draft.kind;
  document.code = draft.code;
  document.name = draft.name;
  document.validity = draft.validity;
  document.rank = draft.rank;
  document.refuses_discounts = draft.refuses_discounts;
  document.declared = true;
  if (!draft.currency.empty()) {
    auto currency = currency_of(draft.currency);
    if (!currency) return currency.error();
    document.currency = *currency;
  }
  auto customers =
      find_all<CustomerId>(customers_, draft.customers, FaultCode::unknown_customer, "customers");
  if (!customers) return customers.error();
  document.customers = *std::move(customers);
  document.refuses_merge = draft.refuses_merge;
  if (!draft.based_on.empty()) {
    const auto base_list = find_document(DocumentKind::price_list, draft.based_on);
    if (!base_list) return unknown(FaultCode::unknown_document, "based_on", draft.based_on);
    document.based_on = *base_list;
  }
  if (!draft.when.empty()) {
    auto when = intern_text(draft.when, TextUse::condition, nullptr);
    if (!when) return Fault{when.error().code, "when", when.error().detail};
    document.when = *when;
  }
  const std::uint32_t number = document_codes_.intern(detail::document_key(draft.kind, draft.code));
  if (number == documents_.size()) {
    documents_.emplace_back();
    document_batches_.push_back(0);
  }
  if (document_batches_[number] == batch_) return duplicate("code", draft.code);
  document_batches_[number] = batch_;
  if (documents_[number].rank != document.rank) {
    for (ListAssignment& assignment : assignments_) {
      if (assignment.list == DocumentId{number} && !assignment.has_own_rank)
        assignment.rank = document.rank;
    }
  }
  documents_changed_ |= documents_[number].refuses_discounts != document.refuses_discounts;
  documents_[number] = std::move(document);
  return {};
}

Facts::Put Facts::put(const ListAssignmentDraft& draft) {
  ++frame_version_;
  const auto list = find_document(DocumentKind::price_list, draft.price_list);
  if (!list) return unknown(FaultCode::unknown_document, "price_list", draft.price_list);
  ListAssignment assignment{*list,
                            {},
                            {},
                            draft.rank.value_or(documents_[list->raw()].rank),
                            draft.validity,
                            draft.rank.has_value(),
                            false,
                            false};
  if (!draft.customer.empty() && !draft.customer_group.empty()) {
    return Fault{FaultCode::contradicting_values, "customer_group",
                 "name a customer or a customer group, not both"};
  }
  if (!draft.customer.empty()) {
    auto customer = find_master<CustomerId>(customers_, draft.customer, FaultCode::unknown_customer,
                                            "customer");
    if (!customer) return customer.error();
    assignment.customer = *customer;
  }
  if (!draft.customer_group.empty()) {
    auto group = find_master<CustomerGroupId>(customer_groups_, draft.customer_group,
                                              FaultCode::unknown_customer_group, "customer_group");
    if (!group) return group.error();
    assignment.group = *group;
  }
  put_assignment(assignment);
  return {};
}

std::uint32_t Facts::put_assignment(const ListAssignment& assignment) {
  const Place next{0, static_cast<std::uint32_t>(assignments_.size())};
  const Place place = assignment_places_.find_or_insert(detail::identity_of(assignment), next);
  if (place.row == assignments_.size()) {
    assignments_.push_back(assignment);
    assignment_batches_.push_back(batch_);
  } else {
    assignments_[place.row] = assignment;
    assignment_batches_[place.row] = batch_;
  }
  return place.row;
}

Facts::Put Facts::put(const WarehouseDraft& draft) {
  ++frame_version_;
  auto number = entry(warehouses_, draft.code, batch_, "code");
  if (!number) return number.error();
  warehouses_.items[*number] = Warehouse{std::string{draft.name}};
  return {};
}

Facts::Put Facts::put(const StockDraft& draft) {
  auto article =
      find_master<ArticleId>(articles_, draft.article, FaultCode::unknown_article, "article");
  if (!article) return article.error();
  auto warehouse = find_master<WarehouseId>(warehouses_, draft.warehouse,
                                            FaultCode::unknown_warehouse, "warehouse");
  if (!warehouse) return warehouse.error();
  if (auto ok = check_stock(draft.on_hand, "on_hand"); !ok) return ok;
  if (auto ok = check_stock(draft.reserved, "reserved"); !ok) return ok;
  std::uint32_t row = stock_places_.find(stock_, *article, *warehouse);
  const bool is_new = row == StockPlaces::none;
  if (is_new) {
    row = static_cast<std::uint32_t>(stock_.size());
    stock_.push_back(StockRow{*article, *warehouse, {}, 0});
    stock_places_.insert_last(stock_);
  } else if (stock_[row].batch == batch_) {
    return duplicate("article", std::string{draft.article} + " in " + std::string{draft.warehouse});
  }
  stock_changes_.push_back(*article);
  note_stock(*article, *warehouse, is_new ? nullptr : &stock_[row]);
  stock_[row].stock = Stock{draft.on_hand, draft.reserved};
  stock_[row].batch = batch_;
  return {};
}

Facts::Put Facts::put(const ReceiptDraft& draft) {
  auto article =
      find_master<ArticleId>(articles_, draft.article, FaultCode::unknown_article, "article");
  if (!article) return article.error();
  Receipt receipt{*article, {}, draft.date, draft.quantity, std::string{draft.reference}};
  if (!draft.warehouse.empty()) {
    auto warehouse = find_master<WarehouseId>(warehouses_, draft.warehouse,
                                              FaultCode::unknown_warehouse, "warehouse");
    if (!warehouse) return warehouse.error();
    receipt.warehouse = *warehouse;
  }
  if (draft.quantity < base::Quantity{}) {
    return Fault{FaultCode::out_of_range, "quantity",
                 "a receipt brings goods; it can't be negative"};
  }
  if (auto ok = check_stock(draft.quantity, "quantity"); !ok) return ok;
  stock_changes_.push_back(*article);
  const Place place = receipt_places_.find_or_insert(
      detail::identity_of(receipt), {0, static_cast<std::uint32_t>(receipts_.size())});
  if (place.row == receipts_.size()) {
    note_receipt(receipt, false);
    receipts_.push_back(std::move(receipt));
    receipt_batches_.push_back(batch_);
    return {};
  }
  if (receipt_batches_[place.row] == batch_) {
    return duplicate(draft.reference.empty() ? "date" : "reference", draft.reference);
  }
  note_receipt(receipts_[place.row], true);
  receipts_[place.row] = std::move(receipt);
  receipt_batches_[place.row] = batch_;
  return {};
}

std::size_t Facts::record_count() const {
  std::size_t count =
      overlay_ == nullptr ? conditions_->records().size() : overlay_->extent().record_count;
  for (const TableRows& table : rows_) count += table.records.size();
  return count;
}

}  // namespace engine::model

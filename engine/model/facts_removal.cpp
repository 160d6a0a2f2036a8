// Of Facts: stock, receipts, units, rates and assignments of lists that are taken away.
#include "engine/model/facts.hpp"
#include "engine/model/facts_common.hpp"

#include <algorithm>

namespace engine::model {

using base::FaultCode;
using base::Result;
using detail::unknown;

namespace {

template <class Id, class Master>
Result<Id> known_id(const Masters<Master>& masters, std::string_view code, FaultCode fault,
                    const char* column) {
  const auto number = masters.codes->find(code);
  if (!number) return unknown(fault, column, code);
  return Id{*number};
}

// The last one moves to where one was taken out.
template <class Row>
void take_out(std::vector<Row>& rows, std::uint32_t row) {
  if (row + 1 != rows.size()) rows[row] = std::move(rows.back());
  rows.pop_back();
}

}  // namespace

Facts::Removed Facts::remove(const ArticleUnitDraft& draft) {
  ++frame_version_;
  const auto article =
      known_id<ArticleId>(articles_, draft.article, FaultCode::unknown_article, "article");
  if (!article) return article.error();
  const auto unit = units_->find(draft.unit);
  if (!unit) return false;
  return std::erase_if(articles_.items[article->raw()].units,
                       [&](const ArticleUnit& own) { return own.unit == UnitId{*unit}; }) != 0;
}

Facts::Removed Facts::remove(const ListAssignmentDraft& draft) {
  ++frame_version_;
  const auto list = find_document(DocumentKind::price_list, draft.price_list);
  if (!list) return unknown(FaultCode::unknown_document, "price_list", draft.price_list);
  ListAssignment like;
  like.list = *list;
  like.validity = draft.validity;
  if (!draft.customer.empty()) {
    const auto customer =
        known_id<CustomerId>(customers_, draft.customer, FaultCode::unknown_customer, "customer");
    if (!customer) return customer.error();
    like.customer = *customer;
  }
  if (!draft.customer_group.empty()) {
    const auto group =
        known_id<CustomerGroupId>(customer_groups_, draft.customer_group,
                                  FaultCode::unknown_customer_group, "customer_group");
    if (!group) return group.error();
    like.group = *group;
  }
  const Place* place = assignment_places_.find(detail::identity_of(like));
  if (place == nullptr) return false;
  assignment_batches_[place->row] = batch_;
  return !std::exchange(assignments_[place->row].withdrawn, true);
}

Facts::Count Facts::remove_rest(const AssignmentPartition& partition) {
  ++frame_version_;
  DocumentId list;
  if (!partition.price_list.empty()) {
    const auto known = find_document(DocumentKind::price_list, partition.price_list);
    if (!known) return unknown(FaultCode::unknown_document, "price_list", partition.price_list);
    list = *known;
  }
  std::size_t count = 0;
  for (std::size_t row = 0; row < assignments_.size(); ++row) {
    ListAssignment& own = assignments_[row];
    if (assignment_batches_[row] == batch_ || own.withdrawn || own.from_customer) continue;
    if (!list.is_none() && own.list != list) continue;
    own.withdrawn = true;
    ++count;
  }
  return count;
}

void Facts::drop_stock(std::uint32_t row) {
  stock_changes_.push_back(stock_[row].article);
  note_stock(stock_[row].article, stock_[row].warehouse, &stock_[row]);
  stock_places_.erase(stock_, row);
  take_out(stock_, row);
}

Facts::Removed Facts::remove(const StockDraft& draft) {
  const auto article =
      known_id<ArticleId>(articles_, draft.article, FaultCode::unknown_article, "article");
  if (!article) return article.error();
  const auto warehouse = known_id<WarehouseId>(warehouses_, draft.warehouse,
                                               FaultCode::unknown_warehouse, "warehouse");
  if (!warehouse) return warehouse.error();
  const std::uint32_t row = stock_places_.find(stock_, *article, *warehouse);
  if (row == StockPlaces::none) return false;
  drop_stock(row);
  return true;
}

Facts::Count Facts::remove_rest(const StockPartition& partition) {
  WarehouseId warehouse;
  if (!partition.warehouse.empty()) {
    const auto known = known_id<WarehouseId>(warehouses_, partition.warehouse,
                                             FaultCode::unknown_warehouse, "warehouse");
    if (!known) return known.error();
    warehouse = *known;
  }
  std::size_t count = 0;
  for (auto row = static_cast<std::uint32_t>(stock_.size()); row-- > 0;) {
    if (stock_[row].batch == batch_) continue;
    if (!warehouse.is_none() && stock_[row].warehouse != warehouse) continue;
    drop_stock(row);
    ++count;
  }
  return count;
}

void Facts::drop_receipt(std::uint32_t row) {
  stock_changes_.push_back(receipts_[row].article);
  note_receipt(receipts_[row], true);
  receipt_places_.erase(detail::identity_of(receipts_[row]));
  take_out(receipts_, row);
  take_out(receipt_batches_, row);
  if (row < receipts_.size()) receipt_places_.find(detail::identity_of(receipts_[row]))->row = row;
}

Facts::Removed Facts::remove(const ReceiptDraft& draft) {
  const auto article =
      known_id<ArticleId>(articles_, draft.article, FaultCode::unknown_article, "article");
  if (!article) return article.error();
  Receipt like{*article, {}, draft.date, {}, std::string{draft.reference}};
  if (!draft.warehouse.empty()) {
    const auto warehouse = known_id<WarehouseId>(warehouses_, draft.warehouse,
                                                 FaultCode::unknown_warehouse, "warehouse");
    if (!warehouse) return warehouse.error();
    like.warehouse = *warehouse;
  }
  const Place* place = receipt_places_.find(detail::identity_of(like));
  if (place == nullptr) return false;
  drop_receipt(place->row);
  return true;
}

Facts::Count Facts::remove_rest(const ReceiptPartition& partition) {
  WarehouseId warehouse;
  if (!partition.warehouse.empty()) {
    const auto known = known_id<WarehouseId>(warehouses_, partition.warehouse,
                                             FaultCode::unknown_warehouse, "warehouse");
    if (!known) return known.error();
    warehouse = *known;
  }
  std::size_t count = 0;
  for (auto row = static_cast<std::uint32_t>(receipts_.size()); row-- > 0;) {
    if (receipt_batches_[row] == batch_) continue;
    if (!warehouse.is_none() && receipts_[row].warehouse != warehouse) continue;
    drop_receipt(row);
    ++count;
  }
  return count;
}

void Facts::drop_exchange_rate(std::uint32_t row) {
  exchange_rate_places_.erase(identity_of_rate(exchange_rates_[row]));
  take_out(exchange_rates_, row);
  take_out(exchange_rate_batches_, row);
  if (row < exchange_rates_.size())
    exchange_rate_places_.find(identity_of_rate(exchange_rates_[row]))->row = row;
}

Identity Facts::identity_of_rate(const ExchangeRate& rate) const {
  const std::string_view kind = rate.kind.is_none() ? "" : texts_->text(rate.kind.raw());
  return detail::identity_of(rate.from, rate.to, kind, rate.valid_from);
}

Facts::Removed Facts::remove(const ExchangeRateDraft& draft) {
  ++frame_version_;
  const auto from =
      known_id<CurrencyId>(currencies_, draft.from, FaultCode::unknown_currency, "from");
  if (!from) return from.error();
  const auto to = known_id<CurrencyId>(currencies_, draft.to, FaultCode::unknown_currency, "to");
  if (!to) return to.error();
  const Place* place =
      exchange_rate_places_.find(detail::identity_of(*from, *to, draft.kind, draft.valid_from));
  if (place == nullptr) return false;
  drop_exchange_rate(place->row);
  return true;
}

Facts::Count Facts::remove_rest(const ExchangeRatePartition& partition) {
  ++frame_version_;
  const auto kind = texts_->find(partition.kind);
  if (!partition.kind.empty() && !kind) return std::size_t{0};
  std::size_t count = 0;
  for (auto row = static_cast<std::uint32_t>(exchange_rates_.size()); row-- > 0;) {
    if (exchange_rate_batches_[row] == batch_) continue;
    if (!partition.kind.empty() && exchange_rates_[row].kind != TextId{*kind}) continue;
    drop_exchange_rate(row);
    ++count;
  }
  return count;
}

}  // namespace engine::model

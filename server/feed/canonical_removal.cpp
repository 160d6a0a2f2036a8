// Of CanonicalTable: rows that take a record away. Only what the record is known by is read.
#include "server/feed/canonical_columns.hpp"
#include "server/feed/canonical_row.hpp"
#include "server/feed/canonical_table.hpp"

namespace server::feed {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Quantity;
using engine::base::Result;

Result<bool> CanonicalTable::remove(Row& row) {
  switch (kind_) {
    case Kind::exchange_rates:
      return remove_exchange_rate(row);
    case Kind::article_units: {
      namespace at = place::article_units;
      return facts_->remove(
          engine::model::ArticleUnitDraft{row.text(at::article), row.text(at::unit)});
    }
    case Kind::price_list_assignments:
      return remove_assignment(row);
    case Kind::conditions:
      return remove_condition(row);
    case Kind::stock: {
      namespace at = place::stock;
      return facts_->remove(
          engine::model::StockDraft{row.text(at::article), row.text(at::warehouse), {}, {}});
    }
    case Kind::receipts:
      return remove_receipt(row);
    default:
      break;
  }
  return Fault{FaultCode::unsupported, std::string{op_column},
               "a record of " + std::string{kind_name(kind_)} +
                   " can't be deleted: others name it; end its validity, set its status, or delete "
                   "what stands under it"};
}

Result<bool> CanonicalTable::remove_exchange_rate(Row& row) {
  namespace at = place::exchange_rates;
  engine::model::ExchangeRateDraft draft;
  draft.from = row.text(at::from);
  draft.to = row.text(at::to);
  draft.kind = row.text(at::kind);
  if (!row.text(at::valid_from).empty()) draft.valid_from = row.moment(at::valid_from);
  if (row.fault()) return *row.fault();
  return facts_->remove(draft);
}

Result<bool> CanonicalTable::remove_assignment(Row& row) {
  namespace at = place::price_list_assignments;
  engine::model::ListAssignmentDraft draft;
  draft.price_list = row.text(at::price_list);
  draft.customer = row.text(at::customer);
  draft.customer_group = row.text(at::customer_group);
  if (!row.text(at::valid_from).empty()) draft.validity.from = row.moment(at::valid_from);
  if (row.fault()) return *row.fault();
  return facts_->remove(draft);
}

// What a condition record is known by.
engine::model::ConditionDraft CanonicalTable::condition_identity(Row& row) {
  namespace at = place::conditions;
  engine::model::ConditionDraft draft;
  draft.type = row.text(at::type);
  draft.keys = row.open_values();
  draft.agreement = row.text(at::agreement);
  draft.promotion = row.text(at::promotion);
  draft.when = row.text(at::when);
  draft.currency = row.text(at::currency);
  draft.unit = row.text(at::unit);
  draft.from_quantity = row.quantity(at::from_quantity).value_or(Quantity{});
  if (!row.text(at::valid_from).empty()) draft.validity.from = row.moment(at::valid_from);
  draft.feed = feed_;
  draft.key = row.text(at::key);
  return draft;
}

Result<bool> CanonicalTable::remove_condition(Row& row) {
  const engine::model::ConditionDraft draft = condition_identity(row);
  if (row.fault()) return *row.fault();
  return facts_->remove(draft);
}

Result<bool> CanonicalTable::remove_receipt(Row& row) {
  namespace at = place::receipts;
  engine::model::ReceiptDraft draft;
  draft.article = row.text(at::article);
  draft.warehouse = row.text(at::warehouse);
  draft.reference = row.text(at::reference);
  if (draft.reference.empty()) draft.date = row.moment(at::date);
  if (row.fault()) return *row.fault();
  return facts_->remove(draft);
}

}  // namespace server::feed

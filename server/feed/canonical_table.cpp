#include "server/feed/canonical_table.hpp"

#include "server/feed/canonical_columns.hpp"
#include "server/feed/canonical_row.hpp"

#include <algorithm>
#include <limits>

namespace server::feed {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Quantity;
using engine::base::Result;
using engine::model::DocumentKind;
using engine::model::Schema;

Result<CanonicalTable> CanonicalTable::bind(engine::model::Facts& facts, Kind kind,
                                            std::vector<std::string> columns, std::string feed) {
  if (auto ok = check_header(kind, columns, facts.schema); !ok) return ok.error();
  CanonicalTable table;
  table.facts_ = &facts;
  table.kind_ = kind;
  table.feed_ = std::move(feed);
  table.columns_ = std::move(columns);
  for (const Column& column : columns_of(kind)) {
    const auto found = std::ranges::find(table.columns_, column.name);
    table.cell_of_.push_back(
        found == table.columns_.end() ? -1 : static_cast<int>(found - table.columns_.begin()));
  }
  for (std::size_t i = 0; i < table.columns_.size(); ++i) {
    std::string_view name = table.columns_[i];
    if (name == op_column) {
      table.op_cell_ = i;
      continue;
    }
    if (std::ranges::find(columns_of(kind), name, &Column::name) != columns_of(kind).end()) {
      if (kind == Kind::customers && name == "country")
        table.open_columns_.emplace_back(Schema::country, i);
      continue;
    }
    if (kind != Kind::conditions) name.remove_prefix(attribute_prefix.size());
    if (const auto field = facts.schema.find_field(name)) {
      table.open_columns_.emplace_back(*field, i);
    } else {
      table.parameter_columns_.push_back(i);
    }
  }
  return table;
}

Result<RowEffect> CanonicalTable::put(std::span<const std::string_view> cells, std::uint32_t line) {
  ENSURE(cells.size() == columns_.size());
  Row row{*this, cells};
  row.check_sizes();
  if (row.fault()) return *row.fault();
  if (removes(cells)) {
    const auto was_there = remove(row);
    if (!was_there) return was_there.error();
    return *was_there ? RowEffect::removed : RowEffect::not_there;
  }
  if (op_cell_ && !cells[*op_cell_].empty() && cells[*op_cell_] != "upsert") {
    return Fault{FaultCode::bad_text, std::string{op_column},
                 "'" + std::string{cells[*op_cell_]} + "' is none of upsert, delete"};
  }
  if (auto ok = put_row(row, line); !ok) return ok.error();
  return RowEffect::put;
}

Result<void> CanonicalTable::put_row(Row& row, std::uint32_t line) {
  switch (kind_) {
    case Kind::currencies:
      return put_currency(row);
    case Kind::exchange_rates:
      return put_exchange_rate(row);
    case Kind::article_groups:
      return put_article_group(row);
    case Kind::articles:
      return put_article(row);
    case Kind::article_units:
      return put_article_unit(row);
    case Kind::customer_groups:
      return put_customer_group(row);
    case Kind::price_lists:
      return put_price_list(row);
    case Kind::promotions:
      return put_promotion(row);
    case Kind::customers:
      return put_customer(row);
    case Kind::agreements:
      return put_agreement(row);
    case Kind::price_list_assignments:
      return put_assignment(row);
    case Kind::conditions:
      return put_condition(row, line);
    case Kind::warehouses:
      return put_warehouse(row);
    case Kind::stock:
      return put_stock(row);
    case Kind::receipts:
      return put_receipt(row);
  }
  return {};
}

Result<void> CanonicalTable::put_currency(Row& row) {
  namespace at = place::currencies;
  engine::model::CurrencyDraft draft;
  draft.code = row.text(at::code);
  draft.name = row.text(at::name);
  constexpr std::int64_t decimals_max = 6;
  if (row.text(at::decimals).empty())
    row.refuse(FaultCode::missing_value, "decimals", "the currency's decimals are missing");
  draft.decimals = static_cast<std::uint8_t>(row.integer(at::decimals, 0, 0, decimals_max));
  if (row.fault()) return *row.fault();
  return facts_->put(draft);
}

Result<void> CanonicalTable::put_exchange_rate(Row& row) {
  namespace at = place::exchange_rates;
  engine::model::ExchangeRateDraft draft;
  draft.from = row.text(at::from);
  draft.to = row.text(at::to);
  draft.kind = row.text(at::kind);
  if (const auto rate = row.decimal(at::rate)) {
    draft.rate = *rate;
  } else {
    row.refuse(FaultCode::missing_value, "rate", "the rate is missing");
  }
  draft.per = row.integer(at::per, 1, 0, std::numeric_limits<std::int64_t>::max());
  if (!row.text(at::valid_from).empty()) draft.valid_from = row.moment(at::valid_from);
  if (row.fault()) return *row.fault();
  return facts_->put(draft);
}

Result<void> CanonicalTable::put_article_group(Row& row) {
  namespace at = place::article_groups;
  return facts_->put(engine::model::ArticleGroupDraft{row.text(at::code), row.text(at::name),
                                                      row.text(at::parent)});
}

Result<void> CanonicalTable::put_article(Row& row) {
  namespace at = place::articles;
  engine::model::ArticleDraft draft;
  draft.code = row.text(at::code);
  draft.name = row.text(at::name);
  draft.base_unit = row.text(at::base_unit);
  draft.status = row.text(at::status);
  draft.successor = row.text(at::successor);
  draft.groups = row.codes(at::groups, list_a_);
  draft.attributes = row.open_values();
  draft.safety_stock = row.quantity(at::safety_stock).value_or(Quantity{});
  draft.minimum_quantity = row.quantity(at::min_quantity).value_or(Quantity{});
  draft.maximum_quantity = row.quantity(at::max_quantity).value_or(Quantity{});
  draft.multiple_quantity = row.quantity(at::multiple_quantity).value_or(Quantity{});
  if (row.fault()) return *row.fault();
  return facts_->put(draft);
}

Result<void> CanonicalTable::put_article_unit(Row& row) {
  namespace at = place::article_units;
  engine::model::ArticleUnitDraft draft;
  draft.article = row.text(at::article);
  draft.unit = row.text(at::unit);
  constexpr auto most =
      std::numeric_limits<std::int64_t>::max();  // Facts knows the narrower bounds
  if (row.text(at::numerator).empty())
    row.refuse(FaultCode::missing_value, "numerator", "the unit's factor is missing");
  draft.numerator = row.integer(at::numerator, 1, 0, most);
  draft.denominator = row.integer(at::denominator, 1, 0, most);
  if (row.fault()) return *row.fault();
  return facts_->put(draft);
}

Result<void> CanonicalTable::put_customer_group(Row& row) {
  namespace at = place::customer_groups;
  engine::model::CustomerGroupDraft draft;
  draft.code = row.text(at::code);
  draft.name = row.text(at::name);
  draft.parent = row.text(at::parent);
  draft.rank = row.rank(at::rank);
  if (row.fault()) return *row.fault();
  return facts_->put(draft);
}

Result<void> CanonicalTable::put_price_list(Row& row) {
  namespace at = place::price_lists;
  engine::model::DocumentDraft draft;
  draft.kind = DocumentKind::price_list;
  draft.code = row.text(at::code);
  draft.name = row.text(at::name);
  draft.currency = row.text(at::currency);
  draft.validity = row.validity(at::valid_from, at::valid_to);
  draft.refuses_discounts = !row.boolean(at::discountable, true);
  draft.rank = row.rank(at::rank);
  draft.when = row.text(at::when);
  draft.based_on = row.text(at::based_on);
  draft.refuses_merge = !row.boolean(at::merge, true);
  if (row.fault()) return *row.fault();
  return facts_->put(draft);
}

Result<void> CanonicalTable::put_promotion(Row& row) {
  namespace at = place::promotions;
  engine::model::DocumentDraft draft;
  draft.kind = DocumentKind::promotion;
  draft.code = row.text(at::code);
  draft.name = row.text(at::name);
  draft.validity = row.validity(at::valid_from, at::valid_to);
  draft.when = row.text(at::when);
  draft.rank = row.rank(at::rank);
  if (row.fault()) return *row.fault();
  return facts_->put(draft);
}

Result<void> CanonicalTable::put_customer(Row& row) {
  namespace at = place::customers;
  engine::model::CustomerDraft draft;
  draft.code = row.text(at::code);
  draft.name = row.text(at::name);
  draft.parent = row.text(at::parent);
  draft.currency = row.text(at::currency);
  draft.groups = row.codes(at::groups, list_a_);
  draft.price_lists = row.codes(at::price_lists, list_b_);
  draft.attributes = row.open_values();
  return facts_->put(draft);
}

Result<void> CanonicalTable::put_agreement(Row& row) {
  namespace at = place::agreements;
  engine::model::DocumentDraft draft;
  draft.kind = DocumentKind::agreement;
  draft.code = row.text(at::code);
  draft.name = row.text(at::name);
  draft.customers = row.codes(at::customers, list_a_);
  draft.validity = row.validity(at::valid_from, at::valid_to);
  if (row.fault()) return *row.fault();
  return facts_->put(draft);
}

Result<void> CanonicalTable::put_assignment(Row& row) {
  namespace at = place::price_list_assignments;
  engine::model::ListAssignmentDraft draft;
  draft.price_list = row.text(at::price_list);
  draft.customer = row.text(at::customer);
  draft.customer_group = row.text(at::customer_group);
  if (!row.text(at::rank).empty()) draft.rank = row.rank(at::rank);
  draft.validity = row.validity(at::valid_from, at::valid_to);
  if (row.fault()) return *row.fault();
  return facts_->put(draft);
}

Result<engine::model::ConditionDraft> CanonicalTable::condition(
    std::span<const std::string_view> cells, std::uint32_t line) {
  Row row{*this, cells};
  return read_condition(row, line);
}

Result<void> CanonicalTable::put_condition(Row& row, std::uint32_t line) {
  const auto draft = read_condition(row, line);
  if (!draft) return draft.error();
  return facts_->put(*draft);
}

Result<engine::model::ConditionDraft> CanonicalTable::read_condition(Row& row, std::uint32_t line) {
  namespace at = place::conditions;
  engine::model::ConditionDraft draft = condition_identity(row);
  row.value(draft);
  draft.buy_when = row.text(at::buy_when);
  draft.free_article = row.text(at::free_article);
  draft.parameters = row.parameters();
  draft.price_unit = row.integer(at::price_unit, 1, 0, std::numeric_limits<std::int64_t>::max());
  draft.to_quantity = row.quantity(at::to_quantity);
  draft.validity = row.validity(at::valid_from, at::valid_to);
  draft.rank = row.rank(at::rank);
  row.flags(draft);
  draft.line = line;
  if (row.fault()) return *row.fault();
  return draft;
}

Result<void> CanonicalTable::put_warehouse(Row& row) {
  namespace at = place::warehouses;
  return facts_->put(engine::model::WarehouseDraft{row.text(at::code), row.text(at::name)});
}

Result<void> CanonicalTable::put_stock(Row& row) {
  namespace at = place::stock;
  engine::model::StockDraft draft;
  draft.article = row.text(at::article);
  draft.warehouse = row.text(at::warehouse);
  if (const auto on_hand = row.quantity(at::on_hand)) {
    draft.on_hand = *on_hand;
  } else {
    row.refuse(FaultCode::missing_value, "on_hand", "the quantity is missing");
  }
  draft.reserved = row.quantity(at::reserved).value_or(Quantity{});
  if (row.fault()) return *row.fault();
  return facts_->put(draft);
}

Result<void> CanonicalTable::put_receipt(Row& row) {
  namespace at = place::receipts;
  engine::model::ReceiptDraft draft;
  draft.article = row.text(at::article);
  draft.warehouse = row.text(at::warehouse);
  draft.reference = row.text(at::reference);
  if (const auto quantity = row.quantity(at::quantity)) {
    draft.quantity = *quantity;
  } else {
    row.refuse(FaultCode::missing_value, "quantity", "the quantity is missing");
  }
  draft.date = row.moment(at::date);
  if (row.fault()) return *row.fault();
  return facts_->put(draft);
}

}  // namespace server::feed

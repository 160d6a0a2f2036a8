#include "server/feed/fact_rows.hpp"

#include "server/feed/canonical_columns.hpp"
#include "server/feed/row_writer.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

namespace server::feed {

using engine::model::Attribute;
using engine::model::CustomerId;
using engine::model::Document;
using engine::model::DocumentId;
using engine::model::DocumentKind;
using engine::model::Facts;
using engine::model::FieldId;
using engine::model::ListAssignment;
using engine::model::Schema;

namespace {

std::vector<std::string> names_of(std::span<const Column> columns) {
  std::vector<std::string> titles;
  for (const Column& column : columns) titles.emplace_back(column.name);
  return titles;
}

std::string_view truth(bool value) { return value ? "true" : "false"; }

// Attributes that have a column of the same kind for themselves, or none at all.
bool is_own_column(FieldId field) {
  return field == Schema::country ||
         (field >= Schema::status && field <= Schema::multiple_quantity);
}

// The masters and what stands with them.
class MasterRows {
 public:
  MasterRows(const Facts& facts, RowWriter& writer) : facts_{facts}, writer_{writer} {}

  void known_names() {
    writer_.begin_names("units");
    for (std::uint32_t i = 0; i < facts_.units().size(); ++i) {
      writer_.cell(facts_.units().text(i)).end_row();
    }
    const auto& keys = facts_.record_keys();
    std::vector<bool> used(keys.size());
    for (const auto& record : facts_.conditions().records()) {
      if (record.is_keyed()) used[record.number()] = true;
    }
    writer_.begin_names("record_keys");
    for (std::uint32_t i = 0; i < used.size(); ++i) {
      if (used[i]) writer_.cell(keys.text(i)).end_row();
    }
  }

  void currencies() {
    writer_.begin(Kind::currencies, {"code", "decimals", "name"});
    for (std::uint32_t i = 0; i < facts_.currencies().items.size(); ++i) {
      const auto& currency = facts_.currencies().items[i];
      writer_.cell(facts_.currencies().codes->text(i))
          .number(currency.decimals)
          .cell(currency.name)
          .end_row();
    }
    writer_.begin(Kind::exchange_rates, names_of(columns::exchange_rates));
    for (const auto& rate : facts_.exchange_rates()) {
      writer_.cell(facts_.currencies().codes->text(rate.from.raw()))
          .cell(facts_.currencies().codes->text(rate.to.raw()))
          .cell(rate.kind.is_none() ? "" : facts_.share_texts()->text(rate.kind.raw()))
          .cell(engine::base::to_string(engine::base::Decimal{rate.mantissa, rate.decimals}))
          .number(rate.per)
          .cell(start_text(rate.valid_from))
          .end_row();
    }
  }

  // Codes alone, in their order, of masters that name others of their kind.
  template <class Master>
  void codes(Kind kind, const engine::model::Masters<Master>& masters) {
    writer_.begin(kind, {"code"});
    for (std::uint32_t i = 0; i < masters.items.size(); ++i) {
      writer_.cell(masters.codes->text(i)).end_row();
    }
  }

  void article_groups() {
    writer_.begin(Kind::article_groups, names_of(columns::article_groups));
    const auto& groups = facts_.article_groups();
    for (std::uint32_t i = 0; i < groups.items.size(); ++i) {
      const auto parent = groups.items[i].parent;
      writer_.cell(groups.codes->text(i))
          .cell(parent.is_none() ? "" : groups.codes->text(parent.raw()))
          .cell(groups.items[i].name)
          .end_row();
    }
  }

  void articles() {
    const auto& articles = facts_.articles();
    const std::vector<FieldId> fields = attributes_of(articles);
    writer_.begin(Kind::articles, with_attributes(columns::articles, fields));
    for (std::uint32_t i = 0; i < articles.items.size(); ++i) {
      const auto& article = articles.items[i];
      writer_.cell(articles.codes->text(i))
          .cell(article.name)
          .cell(joined(article.groups, *facts_.article_groups().codes))
          .cell(article.base_unit.is_none() ? "" : facts_.units().text(article.base_unit.raw()))
          .cell(quantity_text(article.safety_stock))
          .cell(quantity_text(article.minimum_quantity))
          .cell(quantity_text(article.maximum_quantity))
          .cell(quantity_text(article.multiple_quantity))
          .cell(article.status)
          .cell(article.successor);
      attributes(article.attributes, fields);
      writer_.end_row();
    }
    writer_.begin(Kind::article_units, names_of(columns::article_units));
    for (std::uint32_t i = 0; i < articles.items.size(); ++i) {
      for (const auto& unit : articles.items[i].units) {
        writer_.cell(articles.codes->text(i))
            .cell(facts_.units().text(unit.unit.raw()))
            .number(unit.numerator)
            .number(unit.denominator)
            .end_row();
      }
    }
  }

  void customer_groups() {
    writer_.begin(Kind::customer_groups, names_of(columns::customer_groups));
    const auto& groups = facts_.customer_groups();
    for (std::uint32_t i = 0; i < groups.items.size(); ++i) {
      const auto parent = groups.items[i].parent;
      writer_.cell(groups.codes->text(i))
          .cell(parent.is_none() ? "" : groups.codes->text(parent.raw()))
          .number(groups.items[i].rank)
          .cell(groups.items[i].name)
          .end_row();
    }
  }

  void customers() {
    const auto& customers = facts_.customers();
    const std::vector<FieldId> fields = attributes_of(customers);
    writer_.begin(Kind::customers, with_attributes(columns::customers, fields));
    for (std::uint32_t i = 0; i < customers.items.size(); ++i) {
      const auto& customer = customers.items[i];
      writer_.cell(customers.codes->text(i))
          .cell(customer.name)
          .cell(customer.parent.is_none() ? "" : customers.codes->text(customer.parent.raw()))
          .cell(joined(customer.groups, *facts_.customer_groups().codes))
          .cell(attribute(customer.attributes, Schema::country))
          .cell(customer.currency.is_none()
                    ? ""
                    : facts_.currencies().codes->text(customer.currency.raw()))
          .cell(lists_of(CustomerId{i}));
      attributes(customer.attributes, fields);
      writer_.end_row();
    }
  }

  void document_codes() {
    each_document([this](const Document& document) { writer_.cell(document.code).end_row(); },
                  {"code"}, {"code"}, {"code"});
  }

  void documents() {
    each_document([this](const Document& document) { write(document); },
                  names_of(columns::price_lists), names_of(columns::promotions),
                  names_of(columns::agreements));
  }

  void assignments() {
    std::vector<std::string> titles = names_of(columns::price_list_assignments);
    titles.emplace_back(op_column);
    writer_.begin(Kind::price_list_assignments, std::move(titles));
    for (const ListAssignment& own : facts_.assignments()) {
      if (!own.withdrawn && !own.from_customer) write(own, "");
    }
    for (std::uint32_t i = 0; i < facts_.customers().items.size(); ++i) {
      for (const std::uint32_t at : facts_.listed_by(CustomerId{i})) {
        if (facts_.assignments()[at].withdrawn) write(facts_.assignments()[at], "delete");
      }
    }
  }

  void stock() {
    const auto& warehouses = facts_.warehouses();
    writer_.begin(Kind::warehouses, names_of(columns::warehouses));
    for (std::uint32_t i = 0; i < warehouses.items.size(); ++i) {
      writer_.cell(warehouses.codes->text(i)).cell(warehouses.items[i].name).end_row();
    }
    const auto& articles = *facts_.articles().codes;
    writer_.begin(Kind::stock, names_of(columns::stock));
    for (const auto& row : facts_.stock()) {
      writer_.cell(articles.text(row.article.raw()))
          .cell(warehouses.codes->text(row.warehouse.raw()))
          .cell(engine::base::to_string_short(row.stock.on_hand.decimal()))
          .cell(quantity_text(row.stock.reserved))
          .end_row();
    }
    writer_.begin(Kind::receipts, names_of(columns::receipts));
    for (const auto& row : facts_.receipts()) {
      writer_.cell(articles.text(row.article.raw()))
          .cell(row.warehouse.is_none() ? "" : warehouses.codes->text(row.warehouse.raw()))
          .cell(to_string(row.date))
          .cell(engine::base::to_string_short(row.quantity.decimal()))
          .cell(row.reference)
          .end_row();
    }
  }

 private:
  template <class Master>
  std::vector<FieldId> attributes_of(const engine::model::Masters<Master>& masters) const {
    std::vector<bool> used(facts_.schema.field_count());
    for (const Master& master : masters.items) {
      for (const Attribute& own : master.attributes) used[own.field.raw()] = true;
    }
    std::vector<FieldId> fields;
    for (std::uint32_t i = 0; i < used.size(); ++i) {
      if (used[i] && !is_own_column(FieldId{i})) fields.emplace_back(i);
    }
    return fields;
  }

  std::vector<std::string> with_attributes(std::span<const Column> columns,
                                           const std::vector<FieldId>& fields) const {
    std::vector<std::string> titles = names_of(columns);
    for (const FieldId field : fields)
      titles.push_back(std::string{attribute_prefix} + facts_.schema.field(field).name);
    return titles;
  }

  std::string_view attribute(const std::vector<Attribute>& own, FieldId field) const {
    const auto found = std::ranges::find(own, field, &Attribute::field);
    return found == own.end() ? std::string_view{} : texts_->text(found->value.raw());
  }

  void attributes(const std::vector<Attribute>& own, const std::vector<FieldId>& fields) {
    for (const FieldId field : fields) writer_.cell(attribute(own, field));
  }

  template <class Id>
  static std::string joined(const std::vector<Id>& ids, const engine::model::Dictionary& codes) {
    std::string text;
    for (const Id id : ids) text.append(text.empty() ? "" : ";").append(codes.text(id.raw()));
    return text;
  }

  // Also those that were taken away since, so that the others keep their ranks.
  std::string lists_of(CustomerId customer) const {
    std::string text;
    for (const std::uint32_t at : facts_.listed_by(customer)) {
      const DocumentId list = facts_.assignments()[at].list;
      text.append(text.empty() ? "" : ";").append(facts_.documents()[list.raw()].code);
    }
    return text;
  }

  template <class Write>
  void each_document(const Write& write, const std::vector<std::string>& price_lists,
                     const std::vector<std::string>& promotions,
                     const std::vector<std::string>& agreements) {
    std::optional<DocumentKind> kind;
    for (const Document& document : facts_.documents()) {
      if (kind != document.kind) {
        kind = document.kind;
        if (kind == DocumentKind::price_list) writer_.begin(Kind::price_lists, price_lists);
        if (kind == DocumentKind::promotion) writer_.begin(Kind::promotions, promotions);
        if (kind == DocumentKind::agreement) writer_.begin(Kind::agreements, agreements);
      }
      write(document);
    }
  }

  std::string_view when_of(const Document& document) const {
    return document.when == engine::model::nothing_there
               ? std::string_view{}
               : std::string_view{facts_.record_texts()[document.when].text};
  }

  void write(const Document& document) {
    writer_.cell(document.code).cell(document.name);
    const std::string from = start_text(document.validity.from);
    const std::string to = end_text(document.validity.to);
    switch (document.kind) {
      case DocumentKind::price_list:
        writer_
            .cell(document.currency.is_none()
                      ? ""
                      : facts_.currencies().codes->text(document.currency.raw()))
            .cell(from)
            .cell(to)
            .cell(truth(!document.refuses_discounts))
            .number(document.rank)
            .cell(when_of(document))
            .cell(document.based_on.is_none()
                      ? std::string_view{}
                      : std::string_view{facts_.documents()[document.based_on.raw()].code})
            .cell(truth(!document.refuses_merge));
        break;
      case DocumentKind::promotion:
        writer_.cell(from).cell(to).cell(when_of(document)).number(document.rank);
        break;
      case DocumentKind::agreement:
        writer_.cell(joined(document.customers, *facts_.customers().codes)).cell(from).cell(to);
        break;
    }
    writer_.end_row();
  }

  void write(const ListAssignment& own, std::string_view op) {
    writer_.cell(facts_.documents()[own.list.raw()].code)
        .cell(own.customer.is_none() ? "" : facts_.customers().codes->text(own.customer.raw()))
        .cell(own.group.is_none() ? "" : facts_.customer_groups().codes->text(own.group.raw()))
        .cell(own.has_own_rank && op.empty() ? std::to_string(own.rank) : std::string{})
        .cell(start_text(own.validity.from))
        .cell(end_text(own.validity.to))
        .cell(op)
        .end_row();
  }

  const Facts& facts_;
  RowWriter& writer_;
  std::shared_ptr<const engine::model::Dictionary> texts_ = facts_.share_texts();
};

}  // namespace

// Conditions before the documents say more than their codes: a record without a currency of its own
// would take on that which its list has got since.
std::uint64_t write_fact_rows(const Facts& facts, const RowsSink& sink, std::size_t piece_bytes) {
  RowWriter writer{sink, piece_bytes};
  MasterRows rows{facts, writer};
  rows.known_names();
  rows.currencies();
  rows.codes(Kind::article_groups, facts.article_groups());
  rows.codes(Kind::customer_groups, facts.customer_groups());
  rows.codes(Kind::customers, facts.customers());
  rows.document_codes();
  writer.end_piece();
  rows.article_groups();
  rows.articles();
  rows.customer_groups();
  write_condition_rows(facts, writer);
  rows.documents();
  rows.customers();
  rows.assignments();
  rows.stock();
  writer.end_piece();
  return writer.rows_sum();
}

}  // namespace server::feed

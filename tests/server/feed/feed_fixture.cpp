#include "tests/server/feed/feed_fixture.hpp"

#include <sstream>

namespace tests::feed {

namespace {

using engine::base::to_string;

std::string text_of(engine::base::Quantity quantity) {
  return engine::base::to_string_short(quantity.decimal());
}

template <class Id>
std::string text_of(Id id) {
  return id.is_none() ? "-" : std::to_string(id.raw());
}

std::string text_of(const engine::base::Validity& validity) {
  return "[" + to_string(validity.from) + "," + to_string(validity.to) + ")";
}

void dump_parties(const Facts& facts, std::ostream& out) {
  for (std::size_t i = 0; i < facts.currencies().items.size(); ++i) {
    const auto& currency = facts.currencies().items[i];
    out << "currency " << facts.currencies().codes->text(static_cast<std::uint32_t>(i)) << ' '
        << int{currency.decimals} << ' ' << currency.name << '\n';
  }
  for (std::size_t i = 0; i < facts.customer_groups().items.size(); ++i) {
    const auto& group = facts.customer_groups().items[i];
    out << "customer_group " << facts.customer_groups().codes->text(static_cast<std::uint32_t>(i))
        << ' ' << group.name << ' ' << text_of(group.parent) << ' ' << group.rank << '\n';
  }
  for (std::size_t i = 0; i < facts.customers().items.size(); ++i) {
    const auto& customer = facts.customers().items[i];
    out << "customer " << facts.customers().codes->text(static_cast<std::uint32_t>(i)) << ' '
        << customer.name << ' ' << text_of(customer.parent) << ' ' << text_of(customer.currency);
    for (const auto group : customer.groups) out << " g" << group.raw();
    for (const auto& attribute : customer.attributes)
      out << " a" << attribute.field.raw() << '=' << attribute.value.raw();
    out << '\n';
  }
  for (const auto& assignment : facts.assignments()) {
    out << "assignment " << text_of(assignment.list) << ' ' << text_of(assignment.customer) << ' '
        << text_of(assignment.group) << ' ' << assignment.rank << ' '
        << text_of(assignment.validity) << '\n';
  }
}

void dump_articles(const Facts& facts, std::ostream& out) {
  for (std::size_t i = 0; i < facts.article_groups().items.size(); ++i) {
    const auto& group = facts.article_groups().items[i];
    out << "article_group " << facts.article_groups().codes->text(static_cast<std::uint32_t>(i))
        << ' ' << group.name << ' ' << text_of(group.parent) << '\n';
  }
  for (std::size_t i = 0; i < facts.articles().items.size(); ++i) {
    const auto& article = facts.articles().items[i];
    out << "article " << facts.articles().codes->text(static_cast<std::uint32_t>(i)) << ' '
        << article.name << ' ' << text_of(article.base_unit) << ' ' << text_of(article.safety_stock)
        << ' ' << text_of(article.minimum_quantity) << ' ' << text_of(article.maximum_quantity)
        << ' ' << text_of(article.multiple_quantity) << ' ' << article.status << ' '
        << article.successor;
    for (const auto group : article.groups) out << " g" << group.raw();
    for (const auto& unit : article.units)
      out << " u" << unit.unit.raw() << '=' << unit.numerator << '/' << unit.denominator;
    for (const auto& attribute : article.attributes)
      out << " a" << attribute.field.raw() << '=' << attribute.value.raw();
    out << '\n';
  }
}

void dump_records(const Facts& facts, std::ostream& out) {
  for (const auto& document : facts.documents()) {
    out << "document " << static_cast<int>(document.kind) << ' ' << document.code << ' '
        << document.name << ' ' << text_of(document.validity) << ' ' << text_of(document.currency)
        << ' ' << document.rank << ' ' << document.refuses_discounts << ' '
        << document.customers.size() << ' ' << document.when << ' ' << text_of(document.based_on)
        << ' ' << document.refuses_merge << '\n';
  }
  for (const auto& terms : facts.terms()) {
    out << "terms " << text_of(terms.currency) << ' ' << text_of(terms.unit) << ' '
        << terms.price_unit << ' ' << terms.rank << ' ' << terms.flags << ' ' << int{terms.decimals}
        << ' ' << terms.has_window << ' ' << terms.wide << ' ' << terms.has_more << '\n';
  }
  Facts settled = facts;
  settled.settle();
  const auto& store = settled.conditions();
  for (std::uint32_t part = 0; part < store.parts().size(); ++part) {
    out << "part of table " << store.parts()[part].table;
    for (const auto value : store.part_values(part)) out << ' ' << value;
    const auto keys = store.parts()[part].keys;
    for (auto key = keys.begin; key < keys.end; ++key) {
      out << ',';
      for (const auto value : store.article_values(part, key)) out << ' ' << value;
    }
    out << '\n';
  }
  for (const auto& record : store.records()) {
    out << "record " << record.value << ' ' << text_of(record.threshold) << ' '
        << text_of(record.validity()) << ' ' << text_of(record.document) << ' ' << record.number()
        << ' ' << record.extra << ' ' << record.terms << ' ' << record.is_keyed() << '\n';
  }
  for (const auto& extra : store.extras()) {
    out << "extra " << text_of(extra.window_to) << ' ' << extra.scale << ' ' << extra.when << ' '
        << extra.formula << ' ' << extra.buy_when << ' ' << text_of(extra.free_article);
    for (const auto& [position, value] : extra.parameters)
      out << ' ' << position << '=' << engine::base::to_string(value);
    out << '\n';
  }
  for (const auto& text : facts.record_texts())
    out << "text " << static_cast<int>(text.use) << ' ' << text.type << ' ' << text.text << '\n';
  for (const auto& scale : facts.scales()) {
    out << "scale " << static_cast<int>(scale.kind) << ' ' << scale.upper_bounds << ' '
        << scale.open_above << ' ' << int{scale.decimals} << ' ' << text_of(scale.package_size)
        << ' ' << text_of(scale.free_units);
    for (const auto& tier : scale.tiers) {
      out << ' ' << text_of(tier.bound) << ':' << static_cast<std::int64_t>(tier.rate) << '+'
          << static_cast<std::int64_t>(tier.flat);
    }
    out << '\n';
  }
}

void dump_rates(const Facts& facts, std::ostream& out) {
  for (const auto& rate : facts.exchange_rates()) {
    out << "rate " << text_of(rate.from) << ' ' << text_of(rate.to) << ' ' << text_of(rate.kind)
        << ' ' << to_string(rate.valid_from) << ' ' << rate.mantissa << ' ' << int{rate.decimals}
        << ' ' << rate.per << '\n';
  }
}

void dump_supply(const Facts& facts, std::ostream& out) {
  for (std::size_t i = 0; i < facts.warehouses().items.size(); ++i) {
    out << "warehouse " << facts.warehouses().codes->text(static_cast<std::uint32_t>(i)) << ' '
        << facts.warehouses().items[i].name << '\n';
  }
  for (const auto& row : facts.stock()) {
    out << "stock " << text_of(row.article) << ' ' << text_of(row.warehouse) << ' '
        << text_of(row.stock.on_hand) << ' ' << text_of(row.stock.reserved) << '\n';
  }
  for (const auto& receipt : facts.receipts()) {
    out << "receipt " << text_of(receipt.article) << ' ' << text_of(receipt.warehouse) << ' '
        << to_string(receipt.date) << ' ' << text_of(receipt.quantity) << ' ' << receipt.reference
        << '\n';
  }
}

}  // namespace

std::string dump(const Facts& facts) {
  std::ostringstream out;
  dump_parties(facts, out);
  dump_articles(facts, out);
  dump_records(facts, out);
  dump_rates(facts, out);
  dump_supply(facts, out);
  return std::move(out).str();
}

}  // namespace tests::feed

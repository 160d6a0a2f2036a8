#include "server/cli/show.hpp"
#include "server/cli/suggest.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Quantity;
using engine::base::Result;
using engine::model::Article;
using engine::model::ArticleGroupId;
using engine::model::ArticleId;
using engine::model::ConditionRecord;
using engine::model::FieldId;
using engine::model::Schema;
using engine::model::TableShape;

namespace {

// "hand tools > hammers", from the top of the tree down.
std::string group_path(const Knowledge& known, ArticleGroupId id) {
  const auto& groups = known.facts.article_groups();
  std::string path;
  for (; !id.is_none(); id = groups.items[id.raw()].parent) {
    const std::string step = named(groups.codes->text(id.raw()), groups.items[id.raw()].name);
    path = path.empty() ? step : fmt::format("{} > {}", step, path);
  }
  return path;
}

std::string groups_text(const Knowledge& known, const Article& article) {
  std::vector<std::string> paths;
  for (const ArticleGroupId id : article.groups) paths.push_back(group_path(known, id));
  return joined(paths, "; ");
}

std::string units_text(const Knowledge& known, const Article& article) {
  const std::string_view base = known.snapshot.unit_code(article.base_unit);
  std::vector<std::string> units;
  for (const auto& unit : article.units) {
    const std::string factor = unit.denominator == 1
                                   ? std::to_string(unit.numerator)
                                   : fmt::format("{}/{}", unit.numerator, unit.denominator);
    units.push_back(fmt::format("1 {} = {} {}", known.snapshot.unit_code(unit.unit), factor,
                                base.empty() ? "base units" : base));
  }
  return joined(units);
}

std::string attributes_text(const Knowledge& known, const Article& article) {
  std::vector<std::string> attributes;
  for (const auto& attribute : article.attributes) {
    using engine::model::Schema;
    if (attribute.field >= Schema::status && attribute.field <= Schema::multiple_quantity)
      continue;  // shown by its own name
    attributes.push_back(fmt::format("{} {}", known.facts.schema.field(attribute.field).name,
                                     known.snapshot.text(attribute.value)));
  }
  return joined(attributes);
}

std::string quantity_or_nothing(Quantity quantity) {
  return quantity == Quantity{} ? "" : text_of(quantity);
}

void add_masters(Report& report, const Knowledge& known, ArticleId id) {
  const Article& article = known.facts.articles().items[id.raw()];
  report.fact("article", "article", known.snapshot.article_code(id));
  report.fact("name", "name", article.name);
  report.fact("declared", "note", article.declared ? "" : "known only from records that name it");
  report.fact("status", "status", article.status);
  report.fact("successor", "successor", article.successor);
  report.fact("groups", "groups", groups_text(known, article));
  report.fact("base_unit", "base unit", known.snapshot.unit_code(article.base_unit));
  report.fact("units", "other units", units_text(known, article));
  report.fact("attributes", "attributes", attributes_text(known, article));
  report.fact("minimum_quantity", "least order", quantity_or_nothing(article.minimum_quantity));
  report.fact("maximum_quantity", "most order", quantity_or_nothing(article.maximum_quantity));
  report.fact("multiple_quantity", "in steps of", quantity_or_nothing(article.multiple_quantity));
  report.fact("safety_stock", "safety stock", quantity_or_nothing(article.safety_stock));
  report.fact("available", "available",
              text_of(known.snapshot.stock().free(id.raw()) - article.safety_stock));
}

void add_stock(Report& report, const Knowledge& known, ArticleId id) {
  Table& table = report.table("stock", "Stock",
                              {{"warehouse", "warehouse"},
                               {"on_hand", "on hand", Align::right},
                               {"reserved", "reserved", Align::right}});
  const auto& warehouses = known.facts.warehouses();
  for (const auto& row : known.facts.stock()) {
    if (row.article != id) continue;
    table.add({named(warehouses.codes->text(row.warehouse.raw()),
                     warehouses.items[row.warehouse.raw()].name),
               text_of(row.stock.on_hand), text_of(row.stock.reserved)});
  }
}

void add_receipts(Report& report, const Knowledge& known, ArticleId id) {
  std::vector<const engine::model::Receipt*> receipts;
  for (const auto& receipt : known.facts.receipts()) {
    if (receipt.article == id) receipts.push_back(&receipt);
  }
  std::ranges::stable_sort(receipts, {}, &engine::model::Receipt::date);
  Table& table = report.table("receipts", "On their way",
                              {{"date", "date"},
                               {"quantity", "quantity", Align::right},
                               {"warehouse", "warehouse"},
                               {"reference", "reference"}});
  for (const auto* receipt : receipts) {
    const bool placed = !receipt->warehouse.is_none();
    table.add({engine::base::to_string(receipt->date), text_of(receipt->quantity),
               placed ? known.facts.warehouses().codes->text(receipt->warehouse.raw()) : "",
               receipt->reference});
  }
}

// Whether the article side of a key is the article's: itself, one of its groups or their ancestors,
// its attributes.
class ArticleTest {
 public:
  ArticleTest(const Knowledge& known, ArticleId id)
      : id_{id},
        groups_{known.snapshot.articles().groups[id.raw()]},
        attributes_{known.facts.articles().items[id.raw()].attributes} {}

  bool operator()(const TableShape& shape, KeyValues keys, const ConditionRecord&) const {
    const KeyValues article_keys = keys.subspan(shape.party_fields.size());
    for (std::size_t i = 0; i < article_keys.size(); ++i) {
      if (!fits(shape.article_fields[i], article_keys[i])) return false;
    }
    return !article_keys.empty();
  }

 private:
  bool fits(FieldId field, std::uint32_t value) const {
    if (field == Schema::article) return value == id_.raw();
    if (field == Schema::article_group) {
      return std::ranges::find(groups_, value, &engine::snapshot::Reached::id) != groups_.end();
    }
    return std::ranges::any_of(attributes_, [&](const engine::model::Attribute& attribute) {
      return attribute.field == field && attribute.value.raw() == value;
    });
  }

  ArticleId id_;
  std::span<const engine::snapshot::Reached> groups_;
  std::span<const engine::model::Attribute> attributes_;
};

}  // namespace

Result<Report> show_article(const Knowledge& known, std::string_view code) {
  const auto id = known.snapshot.find_article(code);
  if (!id) {
    return Fault{FaultCode::unknown_article, "",
                 fmt::format("there is no article '{}'{}", code,
                             did_you_mean(near_matches(code, *known.facts.articles().codes)))};
  }
  Report report;
  add_masters(report, known, *id);
  const ArticleTest is_its{known, *id};
  const auto records = find_records(known, is_its);
  const auto for_all =
      find_records(known, [](const TableShape& shape, KeyValues, const ConditionRecord&) {
        return shape.article_fields.empty();
      });
  report.fact("records_for_all_articles", "records for all",
              for_all.empty() ? Value{""} : Value{for_all.size()});
  report.fact("record_counts", "records", counts_text(known, records));
  add_stock(report, known, *id);
  add_receipts(report, known, *id);
  add_records(report, known, "records", "Condition records", records);
  report.csv_is("records");
  return report;
}

}  // namespace server::cli

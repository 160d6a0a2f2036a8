#include "server/json/comparison_text.hpp"

#include "engine/base/decimal.hpp"
#include "server/json/json_writer.hpp"

#include <algorithm>
#include <optional>

namespace server::json {

using engine::quote::ComparedPrice;
using engine::quote::ListComparison;
using engine::quote::ListDifference;
using engine::quote::PriceChange;
using engine::quote::Question;
using engine::snapshot::Snapshot;

namespace {

constexpr std::size_t unlisted_told_max = 100;

PriceCells price_cells(const Snapshot& snapshot, const std::optional<Question>& question,
                       engine::model::ArticleId article, const ComparedPrice& price) {
  PriceCells made;
  made.outcome = outcome_name(price.outcome);
  if (price.outcome != engine::model::Outcome::priced) return made;
  engine::base::append_decimal(made.unit_price, price.unit_price.mantissa,
                               price.unit_price.decimals);
  made.price_unit = std::to_string(price.price_unit);
  const auto base_unit = snapshot.articles().base_units[article.raw()];
  made.price_unit_of_measure = snapshot.unit_code(price.unit.is_none() ? base_unit : price.unit);
  if (question) made.currency = snapshot.currency_code(question->header.currency);
  return made;
}

void write_price(std::string_view side, const PriceCells& price, JsonWriter& json) {
  json.key(side);
  json.begin_object();
  json.member("outcome", price.outcome);
  json.member_unless_empty("unit_price", price.unit_price);
  if (!price.price_unit.empty()) {
    json.key("price_unit");
    json.raw(price.price_unit);
  }
  json.member_unless_empty("price_unit_of_measure", price.price_unit_of_measure);
  json.member_unless_empty("currency", price.currency);
  json.end_object();
}

std::string text_of(const rules::Json& object, std::string_view name) {
  const auto* member = object.find(name);
  return member == nullptr ? std::string{} : member->text();
}

PriceCells price_of(const rules::Json& written, std::string_view side) {
  const auto* price = written.find(side);
  if (price == nullptr) return {};
  return {text_of(*price, "outcome"), text_of(*price, "unit_price"), text_of(*price, "price_unit"),
          text_of(*price, "price_unit_of_measure"), text_of(*price, "currency")};
}

void write_largest(std::string_view name, const ListComparison& comparison,
                   const std::optional<ListDifference>& largest, JsonWriter& json) {
  json.key(name);
  if (!largest) return json.null();
  std::string text;
  write_difference(difference_cells(comparison, *largest), text);
  json.raw(text);
}

std::uint64_t articles_of(const ListComparison& comparison) {
  if (comparison.wanted.empty()) return comparison.after->articles().base_units.size();
  return static_cast<std::uint64_t>(std::ranges::count(comparison.wanted, std::uint8_t{1}));
}

// Of any of them: the day is everybody's.
engine::base::CivilMinutes day_of(const ListComparison& comparison) {
  for (const auto& customer : comparison.customers)
    return customer.after ? customer.after->date : customer.before->date;
  return engine::base::CivilMinutes::latest();
}

}  // namespace

DifferenceCells difference_cells(const ListComparison& comparison,
                                 const ListDifference& difference) {
  const auto& customer = comparison.customers[difference.customer];
  DifferenceCells made;
  made.customer = comparison.after->customer_code(customer.customer);
  made.article = comparison.after->article_code(difference.article);
  made.change = engine::quote::price_change_name(difference.change);
  if (difference.percent) {
    made.percent = engine::base::to_string(*difference.percent);
    if (difference.percent->mantissa >= 0) made.percent.insert(0, 1, '+');
  }
  made.live =
      price_cells(*comparison.before, customer.before, difference.article, difference.before);
  made.draft = price_cells(*comparison.after, customer.after, difference.article, difference.after);
  return made;
}

DifferenceCells difference_cells(const rules::Json& written) {
  return {text_of(written, "customer"), text_of(written, "article"), text_of(written, "change"),
          text_of(written, "percent"),  price_of(written, "live"),   price_of(written, "draft")};
}

void write_difference(const DifferenceCells& difference, std::string& out) {
  std::string made;
  JsonWriter json{made};
  json.begin_object();
  json.member("customer", difference.customer);
  json.member("article", difference.article);
  json.member("change", difference.change);
  json.member_unless_empty("percent", difference.percent);
  write_price("live", difference.live, json);
  write_price("draft", difference.draft, json);
  json.end_object();
  out += made;
}

std::string comparison_opening(const ComparisonTold& told) {
  std::string made;
  JsonWriter json{made};
  json.begin_object();
  json.key("draft");
  json.begin_object();
  json.member("name", told.draft);
  json.key("based_on");
  json.number(told.based_on);
  json.end_object();
  json.key("date");
  json.moment(day_of(*told.comparison));
  json.member("quantity", engine::base::to_string_short(told.comparison->quantity.decimal()));
  json.key("customers");
  json.number(told.comparison->customers.size());
  json.key("articles");
  json.number(articles_of(*told.comparison));
  json.end_object();
  made.back() = ',';
  return made + "\"changes\":[";
}

std::string comparison_closing(const ComparisonTold& told,
                               const engine::quote::ComparisonTotals& totals,
                               std::uint64_t left_out) {
  std::string made;
  JsonWriter json{made};
  json.begin_object();
  json.key("left_out");
  json.number(left_out);
  json.key("totals");
  json.begin_object();
  for (std::size_t i = 0; i < totals.prices.size(); ++i) {
    json.key(engine::quote::price_change_names[i]);
    json.number(totals.prices[i]);
  }
  json.key("unpriced");
  json.number(totals.unpriced);
  json.key("customers_changed");
  json.number(totals.customers);
  json.end_object();
  write_largest("largest_rise", *told.comparison, totals.dearest, json);
  write_largest("largest_fall", *told.comparison, totals.cheapest, json);
  json.key("customers_without_list");
  json.number(told.unlisted->size());
  json.key("without_list");
  json.begin_array();
  for (std::size_t i = 0; i < std::min(unlisted_told_max, told.unlisted->size()); ++i) {
    const auto& fault = (*told.unlisted)[i];
    json.begin_object();
    json.member("customer", fault.where);
    json.member("code", engine::base::fault_name(fault.code));
    json.member("detail", fault.detail);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  made.front() = ',';
  return "]" + made;
}

}  // namespace server::json

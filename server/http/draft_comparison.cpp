#include "server/http/draft_comparison.hpp"

#include "engine/base/decimal.hpp"
#include "engine/base/limits.hpp"
#include "engine/quote/list_comparison.hpp"
#include "engine/quote/list_scope.hpp"
#include "server/http/drafts.hpp"
#include "server/http/limits.hpp"
#include "server/http/problem.hpp"
#include "server/json/comparison_text.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server::http {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Quantity;
using engine::base::Result;
using engine::model::CustomerId;
using engine::quote::ListComparison;
using engine::quote::ListDifference;
using engine::snapshot::Snapshot;

namespace {

constexpr std::size_t compared_rows_default = 100;

// What stands in the address; views into it.
struct Asked {
  std::vector<std::string_view> customers;
  std::string_view group;
  bool all = false;
  std::vector<std::string_view> articles;
  std::string_view article_group;
  Quantity quantity = Quantity::whole(1);
  std::size_t limit = compared_rows_default;
  engine::quote::QuoteRequest request;
};

Fault wrong_parameter(std::string_view name, std::string detail) {
  return {FaultCode::bad_request, "/" + std::string{name}, std::move(detail)};
}

Result<std::size_t> rows_asked(std::string_view value) {
  std::size_t limit = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), limit);
  if (error == std::errc{} && end == value.data() + value.size() && limit <= limits::compared_rows)
    return limit;
  return wrong_parameter("limit",
                         "limit is a number from 0 to " + std::to_string(limits::compared_rows));
}

Result<Quantity> quantity_asked(std::string_view value) {
  const auto decimal = engine::base::parse_decimal(value);
  if (!decimal) return Fault{decimal.error().code, "/quantity", decimal.error().detail};
  const auto quantity = Quantity::exactly(*decimal);
  if (quantity && *quantity > Quantity{} &&
      *quantity <= Quantity::whole(engine::base::limits::quantity_whole))
    return *quantity;
  return wrong_parameter(
      "quantity", "a quantity lies above 0 and at most at a billion, with at most six decimals");
}

Result<void> read_compared(std::string_view name, std::string_view value, Asked& asked) {
  if (name == "customer") {
    asked.customers.push_back(value);
  } else if (name == "group") {
    asked.group = value;
  } else if (name == "all") {
    if (value != "true") return wrong_parameter(name, "all is true, or left out");
    asked.all = true;
  } else if (name == "article") {
    asked.articles.push_back(value);
  } else if (name == "article_group") {
    asked.article_group = value;
  } else if (name == "quantity") {
    const auto quantity = quantity_asked(value);
    if (!quantity) return quantity.error();
    asked.quantity = *quantity;
  } else if (name == "limit") {
    const auto limit = rows_asked(value);
    if (!limit) return limit.error();
    asked.limit = *limit;
  } else if (name == "date") {
    const auto date = engine::base::parse_civil(value);
    if (!date) return Fault{date.error().code, "/date", date.error().detail};
    asked.request.date = *date;
  } else if (name == "currency") {
    asked.request.currency = value;
  } else {
    asked.request.fields.emplace_back(name, value);
  }
  return {};
}

Result<Asked> read_asked(const Target& target) {
  Asked asked;
  for (const auto& [name, value] : target.parameters) {
    if (auto ok = read_compared(name, value, asked); !ok) return ok.error();
  }
  const int ways =
      (asked.customers.empty() ? 0 : 1) + (asked.group.empty() ? 0 : 1) + (asked.all ? 1 : 0);
  if (ways == 1) return asked;
  return wrong_parameter("customer",
                         "name one customer or several, or a group, or all=true: one of them");
}

Result<std::vector<CustomerId>> customers_asked(const Snapshot& snapshot, const Asked& asked) {
  if (asked.all) return engine::quote::all_customers(snapshot);
  if (!asked.group.empty()) return engine::quote::customers_of_group(snapshot, asked.group);
  std::vector<CustomerId> customers;
  for (const std::string_view code : asked.customers) {
    const auto customer = snapshot.find_customer(code);
    if (!customer) {
      return Fault{FaultCode::unknown_customer, "/customer",
                   "customer '" + std::string{code} + "' is not known"};
    }
    if (std::ranges::find(customers, *customer) == customers.end()) customers.push_back(*customer);
  }
  return customers;
}

Result<std::vector<std::uint8_t>> articles_asked(const Snapshot& snapshot, const Asked& asked) {
  std::vector<std::uint8_t> wanted;
  if (!asked.article_group.empty()) {
    auto of_group = engine::quote::articles_of_group(snapshot, asked.article_group);
    if (!of_group) return of_group.error();
    wanted = *std::move(of_group);
  }
  if (asked.articles.empty()) return wanted;
  std::vector<std::uint8_t> named(snapshot.articles().base_units.size(), 0);
  for (const std::string_view code : asked.articles) {
    const auto article = snapshot.find_article(code);
    if (!article)
      return wrong_parameter("article", "article '" + std::string{code} + "' is not known");
    named[article->raw()] = wanted.empty() ? 1 : wanted[article->raw()];
  }
  return named;
}

std::string compared_text(const json::ComparisonTold& told, std::size_t limit) {
  std::string text = json::comparison_opening(told);
  std::size_t shown = 0;
  const auto totals = engine::quote::compare_lists(
      *told.comparison, [&](std::span<const ListDifference> differences) {
        for (const ListDifference& difference : differences) {
          if (shown == limit) break;
          if (shown++ > 0) text += ',';
          json::write_difference(json::difference_cells(*told.comparison, difference), text);
        }
        return true;
      });
  return text + json::comparison_closing(told, totals, totals.different() - shown);
}

Result<std::string> compared(const node::DraftView& view, const Asked& asked,
                             engine::base::CivilMinutes now, std::string_view draft) {
  const auto ids = customers_asked(*view.snapshot, asked);
  if (!ids) return ids.error();
  const auto wanted = articles_asked(*view.snapshot, asked);
  if (!wanted) return wanted.error();
  const auto customers =
      engine::quote::compared_customers(*view.live, *view.snapshot, *ids, asked.request, now);
  if (!customers) return customers.error();
  const ListComparison comparison{view.live.get(), view.snapshot.get(), customers->customers,
                                  asked.quantity, *wanted};
  if (const auto prices = engine::quote::comparison_size(comparison);
      prices > limits::compared_prices) {
    return Fault{FaultCode::too_large, "/customer",
                 "these are " + std::to_string(prices) + " prices of at most " +
                     std::to_string(limits::compared_prices) +
                     " (compared_prices); ask for fewer customers or articles, or compare in the "
                     "data folder (netto draft compare)"};
  }
  return compared_text({draft, view.based_on, &comparison, &customers->unlisted}, asked.limit);
}

}  // namespace

void compare_draft(node::DraftViews& views, std::uint64_t live, engine::base::CivilMinutes now,
                   const Target& target, Response& response) {
  const auto asked = read_asked(target);
  if (!asked) return write_query_problem(asked.error(), response);
  const std::string& name = target.segments[2];
  const auto view = views.view(name, live, node::ViewOf::both);
  if (!view) return write_unanswered_draft(view.error(), response);
  auto text = compared(*view, *asked, now, name);
  if (!text) return write_query_problem(text.error(), response);
  response.body = *std::move(text);
}

}  // namespace server::http

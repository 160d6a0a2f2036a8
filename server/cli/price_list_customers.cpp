#include "server/cli/price_list_customers.hpp"

#include "engine/base/decimal.hpp"
#include "engine/quote/list_scope.hpp"
#include "server/cli/suggest.hpp"
#include "server/node/clock.hpp"

#include <algorithm>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Quantity;
using engine::base::Result;
using engine::model::CustomerId;
using engine::snapshot::Snapshot;

namespace {

Fault without_slash(Fault fault) {
  if (!fault.where.empty() && fault.where.front() == '/') fault.where.erase(0, 1);
  return fault;
}

Fault at_option(Fault fault) {
  std::ranges::replace(fault.where, '_', '-');
  fault.where.replace(0, 1, "--");
  return fault;
}

Result<std::vector<CustomerId>> many_of(const Snapshot& snapshot, const ListedCustomers& listed) {
  if (!listed.all) {
    auto customers = engine::quote::customers_of_group(snapshot, listed.group);
    if (!customers) return at_option(customers.error());
    return customers;
  }
  auto customers = engine::quote::all_customers(snapshot);
  if (customers.empty()) return Fault{FaultCode::bad_request, "--all", "there are no customers"};
  return customers;
}

int ways_named(const std::string& customer, const ListedCustomers& listed) {
  return (customer.empty() ? 0 : 1) + (listed.group.empty() ? 0 : 1) + (listed.all ? 1 : 0);
}

Fault named_twice() {
  return {FaultCode::bad_request, "--customer",
          "name one customer, or a --group, or --all: one of them"};
}

}  // namespace

Result<engine::quote::QuoteRequest> list_request(const AskOptions& options) {
  engine::quote::QuoteRequest request;
  request.currency = options.currency;
  request.language = options.language;
  if (!options.date.empty()) {
    const auto date = engine::base::parse_civil(options.date);
    if (!date) return Fault{date.error().code, "--date", date.error().detail};
    request.date = *date;
  }
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) request.fields.emplace_back(name, value);
  };
  add("sales_organisation", options.sales_organisation);
  add("site", options.site);
  add("channel", options.channel);
  add("document_kind", options.document_kind);
  for (const auto& field : options.fields) {
    const auto equals = field.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Fault{FaultCode::bad_request, "--field",
                   "'" + field + "' is not of the form NAME=VALUE"};
    }
    request.fields.emplace_back(std::string_view{field}.substr(0, equals),
                                std::string_view{field}.substr(equals + 1));
  }
  return request;
}

Result<Quantity> list_quantity(const std::string& text) {
  const auto decimal = engine::base::parse_decimal(text);
  if (!decimal) return Fault{decimal.error().code, "--quantity", decimal.error().detail};
  const auto quantity = Quantity::exactly(*decimal);
  if (!quantity || *quantity <= Quantity{} ||
      *quantity > Quantity::whole(engine::base::limits::quantity_whole)) {
    return Fault{FaultCode::out_of_range, "--quantity",
                 "a quantity lies above 0 and at most at a billion, with at most six decimals"};
  }
  return *quantity;
}

Result<std::vector<CustomerId>> listed_customers(const Snapshot& snapshot,
                                                 const std::string& customer,
                                                 const ListedCustomers& listed) {
  if (ways_named(customer, listed) != 1) return named_twice();
  if (listed.are_many()) return many_of(snapshot, listed);
  if (const auto known = snapshot.find_customer(customer)) return std::vector{*known};
  return Fault{FaultCode::unknown_customer, "customer",
               "customer '" + customer + "' is not known" +
                   did_you_mean(near_matches(customer, *snapshot.customers().codes))};
}

Result<CustomerQuestions> customers_of(const Snapshot& snapshot, const AskOptions& options,
                                       const ListedCustomers& listed) {
  if (ways_named(options.customer, listed) > 1) return named_twice();
  auto request = list_request(options);
  if (!request) return request.error();
  const auto clock = node::Clock::in(node::time_zone_of(snapshot));
  if (!clock) return clock.error();
  const auto now = clock->now();
  CustomerQuestions made;
  if (!listed.are_many()) {
    request->customer = options.customer;
    auto question = engine::quote::resolve(snapshot, *request, now);
    if (question) {
      made.questions.push_back(*std::move(question));
      return made;
    }
    auto fault = without_slash(question.error());
    if (fault.code == FaultCode::unknown_customer)
      fault.detail += did_you_mean(near_matches(options.customer, *snapshot.customers().codes));
    return fault;
  }
  const auto customers = many_of(snapshot, listed);
  if (!customers) return customers.error();
  for (const CustomerId customer : *customers) {
    request->customer = snapshot.customer_code(customer);
    auto question = engine::quote::resolve(snapshot, *request, now);
    if (question) {
      made.questions.push_back(*std::move(question));
    } else if (engine::quote::is_of_one_customer(question.error())) {
      made.unlisted.push_back(
          {question.error().code, std::string{request->customer}, question.error().detail});
    } else {
      return without_slash(question.error());
    }
  }
  return made;
}

Result<std::vector<std::uint8_t>> articles_of(const Snapshot& snapshot, const std::string& group) {
  if (group.empty()) return std::vector<std::uint8_t>{};
  auto wanted = engine::quote::articles_of_group(snapshot, group);
  if (!wanted) return at_option(wanted.error());
  return wanted;
}

}  // namespace server::cli

#include "server/cli/price_list_customers.hpp"

#include "server/cli/suggest.hpp"
#include "server/node/clock.hpp"

#include <algorithm>
#include <map>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using engine::model::CustomerId;
using engine::model::Schema;
using engine::snapshot::Snapshot;

namespace {

// The question without lines, whoever's it is.
Result<engine::quote::QuoteRequest> request_of(const AskOptions& options) {
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

Fault without_slash(Fault fault) {
  if (!fault.where.empty() && fault.where.front() == '/') fault.where.erase(0, 1);
  return fault;
}

Result<std::vector<CustomerId>> many_of(const Snapshot& snapshot, const ListedCustomers& listed) {
  std::vector<CustomerId> customers;
  const auto count = static_cast<std::uint32_t>(snapshot.customers().codes->size());
  const auto group = snapshot.find_customer_group(listed.group);
  if (!listed.all && !group)
    return Fault{FaultCode::bad_request, "--group",
                 "customer group '" + listed.group + "' is not known"};
  for (std::uint32_t customer = 0; customer < count; ++customer) {
    const auto groups = snapshot.customers().groups[customer];
    const auto is_it = [&](const auto& reached) { return reached.id == group->raw(); };
    if (listed.all || std::ranges::any_of(groups, is_it)) customers.emplace_back(customer);
  }
  if (customers.empty())
    return Fault{FaultCode::bad_request, listed.all ? "--all" : "--group",
                 listed.all ? "there are no customers"
                            : "no customer belongs to group '" + listed.group + "'"};
  return customers;
}

// The fault of one customer is of his own, unless it is everybody's: a field that is none.
bool is_own(const Fault& fault) {
  return fault.code == FaultCode::no_procedure || fault.code == FaultCode::unknown_customer ||
         (fault.code == FaultCode::missing_value && fault.where == "/currency");
}

}  // namespace

Result<CustomerQuestions> customers_of(const Snapshot& snapshot, const AskOptions& options,
                                       const ListedCustomers& listed) {
  const int ways =
      (options.customer.empty() ? 0 : 1) + (listed.group.empty() ? 0 : 1) + (listed.all ? 1 : 0);
  if (ways > 1)
    return Fault{FaultCode::bad_request, "--customer",
                 "name one customer, or a --group, or --all: one of them"};
  auto request = request_of(options);
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
    } else if (is_own(question.error())) {
      made.unlisted.push_back(
          {question.error().code, std::string{request->customer}, question.error().detail});
    } else {
      return without_slash(question.error());
    }
  }
  return made;
}

Result<std::vector<std::uint8_t>> articles_of(const Snapshot& snapshot, const std::string& group) {
  std::vector<std::uint8_t> wanted;
  if (group.empty()) return wanted;
  const auto& articles = snapshot.articles();
  const auto& field = snapshot.schema().field(Schema::article_group);
  std::map<std::uint32_t, bool> is_it;  // by group
  wanted.resize(articles.base_units.size(), 0);
  bool any = false;
  for (std::uint32_t article = 0; article < wanted.size(); ++article) {
    for (const auto& reached : articles.groups[article]) {
      const auto [known, is_new] = is_it.try_emplace(reached.id, false);
      if (is_new) known->second = snapshot.code_of(field, reached.id) == group;
      if (known->second) wanted[article] = 1;
    }
    any = any || wanted[article] != 0;
  }
  if (!any)
    return Fault{FaultCode::bad_request, "--article-group",
                 "no article belongs to group '" + group + "'"};
  return wanted;
}

}  // namespace server::cli

#include "engine/quote/list_scope.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace engine::quote {

using base::Fault;
using base::FaultCode;
using base::Result;
using model::CustomerId;
using snapshot::Snapshot;

std::vector<CustomerId> all_customers(const Snapshot& snapshot) {
  std::vector<CustomerId> customers;
  const auto count = static_cast<std::uint32_t>(snapshot.customers().codes->size());
  customers.reserve(count);
  for (std::uint32_t customer = 0; customer < count; ++customer) customers.emplace_back(customer);
  return customers;
}

Result<std::vector<CustomerId>> customers_of_group(const Snapshot& snapshot,
                                                   std::string_view group) {
  const auto known = snapshot.find_customer_group(group);
  if (!known) {
    return Fault{FaultCode::bad_request, "/group",
                 "customer group '" + std::string{group} + "' is not known"};
  }
  auto customers = all_customers(snapshot);
  std::erase_if(customers, [&](CustomerId customer) {
    const auto groups = snapshot.customers().groups[customer.raw()];
    return std::ranges::none_of(groups,
                                [&](const auto& reached) { return reached.id == known->raw(); });
  });
  if (!customers.empty()) return customers;
  return Fault{FaultCode::bad_request, "/group",
               "no customer belongs to group '" + std::string{group} + "'"};
}

Result<std::vector<std::uint8_t>> articles_of_group(const Snapshot& snapshot,
                                                    std::string_view group) {
  const auto& articles = snapshot.articles();
  const auto& field = snapshot.schema().field(model::Schema::article_group);
  std::vector<std::uint8_t> wanted(articles.base_units.size(), 0);
  std::map<std::uint32_t, bool> is_it;  // by group
  bool any = false;
  for (std::uint32_t article = 0; article < wanted.size(); ++article) {
    for (const auto& reached : articles.groups[article]) {
      const auto [known, is_new] = is_it.try_emplace(reached.id, false);
      if (is_new) known->second = snapshot.code_of(field, reached.id) == group;
      if (known->second) wanted[article] = 1;
    }
    any = any || wanted[article] != 0;
  }
  if (any) return wanted;
  return Fault{FaultCode::bad_request, "/article_group",
               "no article belongs to group '" + std::string{group} + "'"};
}

bool is_of_one_customer(const Fault& fault) {
  return fault.code == FaultCode::no_procedure || fault.code == FaultCode::unknown_customer ||
         (fault.code == FaultCode::missing_value && fault.where == "/currency");
}

}  // namespace engine::quote

// Whose price lists are written, and of which articles: codes and options become the questions of
// customers. Where many are asked for, one that can't have a list - it has no currency, no procedure
// prices it - is left out and told; where one is, that is a fault. One thread; about a microsecond
// and half a kilobyte a customer.
#pragma once

#include "engine/base/fixed.hpp"
#include "engine/base/result.hpp"
#include "engine/quote/question.hpp"
#include "server/cli/ask.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace server::cli {

// Beside AskOptions::customer.
struct ListedCustomers {
  std::string group;
  bool all = false;

  bool are_many() const { return all || !group.empty(); }
};

struct CustomerQuestions {
  std::vector<engine::quote::Question> questions;  // in the order in which customers came in
  std::vector<engine::base::Fault> unlisted;       // `where` is the customer's code
};

// The question without lines, whoever's it is; views into the options. Faults: bad_date, bad_request.
engine::base::Result<engine::quote::QuoteRequest> list_request(const AskOptions& options);

// Of every article, in its base unit. Faults: bad_number, out_of_range.
engine::base::Result<engine::base::Quantity> list_quantity(const std::string& text);

// Whom the options name. Faults: bad_request, unknown_customer.
engine::base::Result<std::vector<engine::model::CustomerId>> listed_customers(
    const engine::snapshot::Snapshot& snapshot, const std::string& customer,
    const ListedCustomers& listed);

// Faults: bad_request, missing_value, bad_date, unknown_customer, and what a field can be wrong in.
engine::base::Result<CustomerQuestions> customers_of(const engine::snapshot::Snapshot& snapshot,
                                                     const AskOptions& options,
                                                     const ListedCustomers& listed);

// By article, whether it belongs to the group or one below; empty where no group is named. Fault:
// bad_request where no article does.
engine::base::Result<std::vector<std::uint8_t>> articles_of(
    const engine::snapshot::Snapshot& snapshot, const std::string& group);

}  // namespace server::cli

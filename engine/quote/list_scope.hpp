// Whom a list is for and what stands in it: codes of groups become customers and articles. Pure;
// a look at each customer or article.
#pragma once

#include "engine/base/result.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace engine::quote {

// In the order in which they came in.
std::vector<model::CustomerId> all_customers(const snapshot::Snapshot& snapshot);

// Those of the group and of groups below it. Fault: bad_request at "/group", where there is no such
// group or nobody is in it.
base::Result<std::vector<model::CustomerId>> customers_of_group(const snapshot::Snapshot& snapshot,
                                                                std::string_view group);

// By article, whether it belongs to the group or one below. Fault: bad_request at "/article_group",
// where no article does.
base::Result<std::vector<std::uint8_t>> articles_of_group(const snapshot::Snapshot& snapshot,
                                                          std::string_view group);

// Whether a question without lines that can't be resolved is one customer's own trouble - no
// currency, no procedure that prices him - and not everybody's, such as a field that is none.
bool is_of_one_customer(const base::Fault& fault);

}  // namespace engine::quote

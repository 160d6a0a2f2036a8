// netto draft compare: what a draft changes - for a basket, priced as an order on both sides, or in
// the price lists of one customer, a group or all, by the bulk way. One thread starts it.
#pragma once

#include "server/cli/ask.hpp"
#include "server/cli/command.hpp"
#include "server/cli/price_list_customers.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace server::cli {

struct CompareOptions {
  std::string draft;
  AskOptions asked;  // its lines: a basket; none: lists
  ListedCustomers listed;
  std::string article_group;
  std::vector<std::string> articles;
  std::string quantity = "1";
  std::optional<std::size_t> limit;  // rows told; 0: all of them
  std::size_t threads = 0;
};

void add_compare_options(CLI::App& command, CompareOptions& options);
void compare_draft(const CompareOptions& options, Run& run);

}  // namespace server::cli

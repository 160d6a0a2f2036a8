// What is free of articles over all warehouses, and what is due, from facts into a table of stock.
#pragma once

#include "engine/base/result.hpp"
#include "engine/model/facts.hpp"
#include "engine/snapshot/stock_table.hpp"

#include <span>

namespace engine::snapshot {

// Of all articles that have any; the table is otherwise empty. Faults: out_of_range.
base::Result<void> sum_stock(const model::Facts& facts, StockTable& to);

// Of these articles, in any order, once or more often. Cost: one look at every row of stock and
// every receipt.
base::Result<void> sum_stock(const model::Facts& facts, std::span<const model::ArticleId> articles,
                             StockTable& to);

}  // namespace engine::snapshot

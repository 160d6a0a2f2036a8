// Prices a customer's list range by range: what the parts that the customer reaches say (sheets) is
// laid over consecutive articles, level by level, in columns; formulas run over those. The rules of
// the search are those of block_search.hpp: the first level with a candidate wins, candidates of one
// level are chosen among, a tie is left to the evaluator - as is every line on which an entry is
// hard. So each price is either what the evaluator says or what follows from single records.
// A BulkRun is one worker's.
#pragma once

#include "engine/price/bulk_search.hpp"
#include "engine/price/evaluator.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace engine::price {

// Prices of consecutive articles; views into the run's columns, until its next call.
struct BulkPrices {
  std::uint32_t first_article = 0;
  std::span<const model::Outcome> outcomes;
  std::span<const std::int64_t> unit_prices;   // meaningful where the outcome is `priced`
  std::span<const base::Int128> wide_prices;   // instead of them, where 64 bits do not hold them
  std::span<const std::uint32_t> records;      // that gave the price; empty unless asked for
  std::span<const base::CivilMinutes> untils;  // empty unless asked for
};

class BulkRun {
 public:
  static constexpr std::uint32_t lines_at_once = 1'024;

  BulkRun(const BulkTerms& terms, const BulkProcedure& procedure,
          std::span<const BulkArticleKeys> keys);

  // The customer's articles from `first` on, until the next call of this.
  void start(const BulkCustomer& customer, std::uint32_t first);
  // The next `count` of them, at most lines_at_once.
  BulkPrices run(std::uint32_t count);

 private:
  void set_active(const BulkStep& step);
  void test(const snapshot::BoundFormula& when);
  void close_unfound(const BulkColumns& columns);
  void compute(const BulkStep& step);
  void price_hard();
  BulkPrices prices();

  const BulkTerms& terms_;
  const BulkProcedure& procedure_;
  const snapshot::Snapshot& snapshot_;
  const snapshot::BoundProcedure& bound_;
  const BulkCustomer* customer_ = nullptr;
  std::uint32_t first_ = 0;
  std::uint32_t count_ = 0;
  BulkFormulas formulas_;
  std::vector<BulkColumns> columns_;  // by step
  BulkSearch search_;
  std::vector<std::uint8_t> active_;  // by line; only where not all are
  std::vector<model::Outcome> outcomes_;
  std::vector<std::int64_t> unit_prices_;
  std::vector<std::uint32_t> records_;
  bool all_priced_ = true;
  bool all_active_ = true;
  std::vector<Line> hard_lines_;
  PricedLines hard_priced_;
  Scratch scratch_;
};

}  // namespace engine::price

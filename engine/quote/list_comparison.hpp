// Two states of the same data compared, such as what is live and what a draft would make of it: what
// every customer asked for pays for every article then and before, in line scope, by the bulk way.
// Prices count as the same where a base unit costs the same, however they are written; nothing is
// rounded to find that out. `after` is a later state of the data that `before` is of: what both
// know has the same id in both. Memory: some 50 MB for what is at hand, never customers x articles,
// and what differs for a few customers. Pure; the sink is called by the caller's thread.
#pragma once

#include "engine/base/decimal.hpp"
#include "engine/base/result.hpp"
#include "engine/price/priced.hpp"
#include "engine/quote/question.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace engine::quote {

enum class PriceChange : std::uint8_t {
  same,
  dearer,
  cheaper,
  added,          // priced after only
  gone,           // priced before only
  other_currency  // nothing to compare by
};

inline constexpr std::array<std::string_view, 6> price_change_names{
    "same", "dearer", "cheaper", "new", "gone", "other_currency"};

constexpr std::string_view price_change_name(PriceChange change) {
  return price_change_names[static_cast<std::size_t>(change)];
}

struct ComparedPrice {
  model::Outcome outcome = model::Outcome::no_price;
  price::Amount unit_price;  // where it is priced: per price_unit of `unit`
  std::uint32_t price_unit = 1;
  model::UnitId unit;  // none: the base unit
};

// A price that is not the same after.
struct ListDifference {
  std::size_t customer = 0;  // index into ListComparison::customers
  model::ArticleId article;
  PriceChange change = PriceChange::same;
  ComparedPrice before, after;
  // Of the price before, with two decimals (half_up); none where nothing was or nothing compares,
  // and where 38 digits do not hold it.
  std::optional<base::Decimal> percent;
};

// At least one of the two is there. A customer who has no list in a state has no price in it.
struct ComparedCustomer {
  model::CustomerId customer;
  std::optional<Question> before, after;
};

struct ComparedCustomers {
  std::vector<ComparedCustomer> customers;
  std::vector<base::Fault> unlisted;  // who has no list in either; `where` is the customer's code
};

// The question without lines, as each of the customers of `after` would put it. Faults: those of
// resolve() that are not one customer's own, and these where there is but one customer.
base::Result<ComparedCustomers> compared_customers(const snapshot::Snapshot& before,
                                                   const snapshot::Snapshot& after,
                                                   std::span<const model::CustomerId> customers,
                                                   QuoteRequest request, base::CivilMinutes today);

struct ListComparison {
  const snapshot::Snapshot* before = nullptr;
  const snapshot::Snapshot* after = nullptr;
  std::span<const ComparedCustomer> customers;
  base::Quantity quantity;                 // of every article, in its base unit
  std::span<const std::uint8_t> wanted{};  // by article; empty: all of them
};

// How many prices it takes on each side, wanted or not: the bulk way prices stretches of articles.
std::uint64_t comparison_size(const ListComparison& comparison);

struct ComparisonTotals {
  std::array<std::uint64_t, price_change_names.size()> prices{};  // by PriceChange
  std::uint64_t unpriced = 0;              // without a price before and after, beside these
  std::uint64_t customers = 0;             // to whom anything changes
  std::optional<ListDifference> dearest;   // the largest rise in percent; the first of equals
  std::optional<ListDifference> cheapest;  // the largest fall

  std::uint64_t of(PriceChange change) const { return prices[static_cast<std::size_t>(change)]; }

  std::uint64_t different() const;
};

// What differs, by customer and article. False: no more is wanted.
using DifferenceSink = std::function<bool(std::span<const ListDifference>)>;
// Customers done, of how many.
using ComparisonProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;

ComparisonTotals compare_lists(const ListComparison& comparison, const DifferenceSink& sink,
                               const ComparisonProgress& progress = {});

}  // namespace engine::quote

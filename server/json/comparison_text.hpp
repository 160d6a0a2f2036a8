// What a draft changes in price lists, as text: differences as cells, for tables, CSV and JSON alike,
// and the one JSON document that the command line and HTTP both answer with. Decimals keep their
// digits. Pure; about a microsecond a difference.
#pragma once

#include "engine/quote/list_comparison.hpp"
#include "rules/json_tree.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace server::json {

struct PriceCells {
  std::string outcome, unit_price, price_unit, price_unit_of_measure, currency;

  friend bool operator==(const PriceCells&, const PriceCells&) = default;
};

struct DifferenceCells {
  std::string customer, article, change;
  std::string percent;  // with its sign; empty where there is none
  PriceCells live, draft;

  friend bool operator==(const DifferenceCells&, const DifferenceCells&) = default;
};

DifferenceCells difference_cells(const engine::quote::ListComparison& comparison,
                                 const engine::quote::ListDifference& difference);
// As write_difference() has written it.
DifferenceCells difference_cells(const rules::Json& written);

void write_difference(const DifferenceCells& difference, std::string& out);

// Of the whole answer.
struct ComparisonTold {
  std::string_view draft;
  std::uint64_t based_on = 0;
  const engine::quote::ListComparison* comparison = nullptr;
  const std::vector<engine::base::Fault>* unlisted = nullptr;
};

// The document is the opening, the differences with commas between them, and the closing.
std::string comparison_opening(const ComparisonTold& told);
std::string comparison_closing(const ComparisonTold& told,
                               const engine::quote::ComparisonTotals& totals,
                               std::uint64_t left_out);

}  // namespace server::json

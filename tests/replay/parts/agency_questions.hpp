// Questions of agencies about a Federal Supply Schedule, and the comparison of answers with what
// they must be: every price in force on its own contract, and every article for every group without
// one. One thread.
#pragma once

#include "engine/base/date.hpp"
#include "engine/base/decimal.hpp"
#include "engine/base/result.hpp"
#include "engine/snapshot/snapshot.hpp"

#include "tests/replay/parts/published_prices.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tests::replay {

// A price with where it came from, or that there is none.
struct PriceFound {
  std::optional<engine::base::Decimal> price;
  std::string contract;
  std::string type;
};

struct AgencyQuestion {
  std::string article;
  std::string group;     // the asking agency is in
  std::string contract;  // named by the line; empty: none
  PriceFound expected;
};

// Every row in force on the day: its contract named, its group asking.
std::vector<AgencyQuestion> questions_on_contracts(const PublishedPrices& prices,
                                                   engine::base::CivilMinutes day);

// Every article as each group, without a contract; expected is what price_for() says.
std::vector<AgencyQuestion> questions_by_group(const PublishedPrices& prices,
                                               engine::base::CivilMinutes day);

// A CSV as va_fss_expected.py prints it: article, group, price, contract, price_type.
engine::base::Result<std::vector<AgencyQuestion>> questions_in(std::string_view csv);

struct AgencyResult {
  std::uint64_t asked = 0;
  std::uint64_t right = 0;
  std::vector<std::string> shown;  // the first deviations, for people
  std::map<std::string, std::uint64_t>
      priced_by;  // "Big4 by FSS": right answers by asking group and price type
};

// Asks as the customer that stands for each group in docs/examples/va-fss/customers.csv.
engine::base::Result<AgencyResult> ask(const engine::snapshot::Snapshot& snapshot,
                                       engine::base::CivilMinutes day,
                                       const std::vector<AgencyQuestion>& questions);

}  // namespace tests::replay

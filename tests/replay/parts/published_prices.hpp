// The rows of a Federal Supply Schedule price file, read by themselves and not through the feed
// that imports use, and the price each group of agencies should get: the search order as straight
// loops over an article's rows. Plain values; any thread. Cost: a search looks at all rows of the
// article.
#pragma once

#include "engine/base/date.hpp"
#include "engine/base/decimal.hpp"
#include "engine/base/result.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tests::replay {

struct PublishedPrice {
  std::uint64_t line = 0;  // of the file
  std::string contract;
  std::string article;  // NDC, or NDC/sub-item
  std::string type;     // the group the price is for
  engine::base::Decimal price;
  engine::base::CivilMinutes contract_start;
  engine::base::CivilMinutes start, stop;  // first and last day

  bool in_force(engine::base::CivilMinutes day) const { return start <= day && day <= stop; }
};

struct UnusableRow {
  std::uint64_t line = 0;
  std::string reason;
};

struct PublishedPrices {
  std::vector<PublishedPrice> rows;
  std::vector<UnusableRow> unusable;

  std::uint64_t read() const { return rows.size() + unusable.size(); }
};

// The groups of agencies, each with the types of price it may get, best first.
inline constexpr std::array<std::string_view, 3> agency_groups{"FSS", "Big4", "NC"};

// Plain or xz. Faults: the file can't be read; wrong_header.
engine::base::Result<PublishedPrices> read_published_prices(const std::string& path);

using PricesByArticle = std::map<std::string, std::vector<const PublishedPrice*>>;

// Good as long as `prices`.
PricesByArticle by_article(const PublishedPrices& prices);

// The row that prices the article for the group where no contract is named; null where there is
// none.
const PublishedPrice* price_for(const std::vector<const PublishedPrice*>& rows,
                                std::string_view group, engine::base::CivilMinutes day);

}  // namespace tests::replay

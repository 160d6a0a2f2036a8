// Bulk: the prices of one customer for a range of articles, by the same evaluator with the scanning
// finder. Ranges are priced in parallel; each range is handed over complete, in the order of
// articles, from whichever worker priced it. Pure; the sink is called from several threads at once,
// never twice for one range.
#pragma once

#include "engine/price/evaluator.hpp"
#include "engine/quote/question.hpp"

#include <cstdint>
#include <functional>
#include <span>

namespace engine::quote {

struct PriceListRange {
  std::uint32_t number = 0;  // ranges count up with the articles
  std::uint32_t first_article = 0;
  std::span<const price::Line> lines;  // of consecutive articles
  const price::PricedLines* priced = nullptr;
};

inline constexpr std::uint32_t price_list_range = 4096;  // articles

// `header` and procedure as in a resolved question. Line scope only: order-level rules have no say
// in a list.
void price_list(const snapshot::Snapshot& snapshot, const Question& header, base::Quantity quantity,
                const std::function<void(const PriceListRange&)>& sink);

constexpr std::uint32_t price_list_ranges(std::size_t articles) {
  return static_cast<std::uint32_t>((articles + price_list_range - 1) / price_list_range);
}

}  // namespace engine::quote

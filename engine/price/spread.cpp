#include "engine/price/spread.hpp"

#include <algorithm>
#include <numeric>

namespace engine::price {

using base::Int128;
using base::Int256;
using rule::Leftover;

namespace {

struct Cut {
  std::size_t line = 0;
  Int256 rest = 0;  // of the division that cut its share
};

// The lines that get one smallest unit each of what is left, in their order.
std::vector<std::size_t> takers(const std::vector<Cut>& cuts, std::span<const Int256> weights,
                                Leftover leftover) {
  std::vector<std::size_t> order;
  for (const Cut& cut : cuts) order.push_back(cut.line);
  if (order.empty()) return order;
  switch (leftover) {
    case Leftover::largest_remainder: {
      std::vector<Cut> sorted = cuts;
      std::ranges::stable_sort(sorted, [](const Cut& a, const Cut& b) { return a.rest > b.rest; });
      for (std::size_t i = 0; i < sorted.size(); ++i) order[i] = sorted[i].line;
      return order;
    }
    case Leftover::largest_amount: {
      const auto largest = std::ranges::max_element(
          order, [&](std::size_t a, std::size_t b) { return weights[a] < weights[b]; });
      return {*largest};
    }
    case Leftover::first_line:
      return {order.front()};
    case Leftover::last_line:
      return {order.back()};
    case Leftover::in_order:
      return order;
  }
  return order;
}

// One pass: the shares of `amount` (not negative) among `lines`.
void share(Int128 amount, std::span<const Int256> weights, const std::vector<std::size_t>& lines,
           Leftover leftover, std::vector<Int128>& shares) {
  Int256 sum = 0;
  for (const std::size_t line : lines) sum += weights[line];
  Int128 left = amount;
  std::vector<Cut> cuts;
  for (const std::size_t line : lines) {
    const Int256 part = Int256{amount} * weights[line];
    const Int128 own = static_cast<Int128>(Int256{part / sum});
    shares[line] += own;
    left -= own;
    if (weights[line] > 0) cuts.push_back({line, Int256{part % sum}});
  }
  const std::vector<std::size_t> order = takers(cuts, weights, leftover);
  if (order.size() == 1) {
    shares[order.front()] += left;
    return;
  }
  for (std::size_t i = 0; left > 0; i = (i + 1) % order.size(), --left) shares[order[i]] += 1;
}

}  // namespace

std::vector<Int128> spread(Int128 amount, std::span<const Int256> weights,
                           std::span<const Int128> caps, const rule::SpreadRule& rule) {
  std::vector<Int128> shares(weights.size(), 0);
  std::vector<Int256> own{weights.begin(), weights.end()};
  for (Int256& weight : own) weight = std::max(weight, Int256{0});
  const bool none = std::ranges::all_of(own, [](const Int256& weight) { return weight == 0; });
  if (none) std::ranges::fill(own, Int256{1});
  const bool negative = amount < 0;
  Int128 left = negative ? -amount : amount;
  std::vector<std::size_t> lines(weights.size());
  std::iota(lines.begin(), lines.end(), std::size_t{0});
  while (left > 0 && !lines.empty()) {
    const Int256 weighed = std::accumulate(
        lines.begin(), lines.end(), Int256{0},
        [&](const Int256& sum, std::size_t line) { return Int256{sum + own[line]}; });
    if (weighed == 0) break;  // only lines without weight are left to take it
    share(left, own, lines, rule.leftover, shares);
    left = 0;
    if (caps.empty()) break;
    std::erase_if(lines, [&](std::size_t line) {
      if (shares[line] < caps[line]) return false;
      left += shares[line] - caps[line];
      shares[line] = caps[line];
      return true;
    });
    if (!rule.redistribute) break;
  }
  if (negative) {
    for (Int128& one : shares) one = -one;
  }
  return shares;
}

}  // namespace engine::price

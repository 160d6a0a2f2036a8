#include "tests/oracle/spread.hpp"

#include <algorithm>

namespace oracle {

namespace {

using Places = std::vector<std::size_t>;

// Who gets what rounding leaves over, in which order, a unit each; one alone gets all of it.
Places takers(const Places& lines, const std::vector<Rational>& weights,
              const std::vector<Rational>& cut, const std::string& leftover) {
  Places order;
  for (const std::size_t line : lines) {
    if (weights[line] > 0) order.push_back(line);
  }
  if (order.empty()) return order;
  const auto by = [&](const std::vector<Rational>& numbers) {
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return numbers[a] > numbers[b]; });
  };
  if (leftover == "largest_remainder") by(cut);
  if (leftover == "largest_amount") by(weights);
  if (leftover == "last_line") std::reverse(order.begin(), order.end());
  if (leftover != "largest_remainder" && leftover != "in_order") order.resize(1);
  return order;
}

void share_out(const Whole& amount, const Places& lines, const std::vector<Rational>& weights,
               const std::string& leftover, std::vector<Whole>& shares) {
  Rational sum;
  for (const std::size_t line : lines) sum += weights[line];
  Whole left = amount;
  std::vector<Rational> cut(weights.size());
  for (const std::size_t line : lines) {
    const Rational exact = Rational{amount} * weights[line] / sum;
    const Whole own = numerator(rounded(exact, 0, "down"));
    cut[line] = exact - Rational{own};
    shares[line] += own;
    left -= own;
  }
  const Places order = takers(lines, weights, cut, leftover);
  if (order.size() == 1) shares[order.front()] += left;
  for (std::size_t i = 0; order.size() > 1 && left > 0; i = (i + 1) % order.size(), --left)
    shares[order[i]] += 1;
}

}  // namespace

std::vector<Whole> spread(const Whole& amount, std::vector<Rational> weights,
                          const std::vector<Whole>& caps, const SpreadRule& rule) {
  for (Rational& weight : weights) weight = std::max(weight, Rational{0});
  if (std::all_of(weights.begin(), weights.end(), [](const Rational& one) { return one == 0; }))
    std::fill(weights.begin(), weights.end(), Rational{1});
  std::vector<Whole> shares(weights.size());
  Places lines;
  for (std::size_t i = 0; i < weights.size(); ++i) lines.push_back(i);
  Whole left = abs(amount);
  while (left > 0) {
    const bool weighed = std::any_of(lines.begin(), lines.end(),
                                     [&](std::size_t line) { return weights[line] > 0; });
    if (!weighed) break;
    share_out(left, lines, weights, rule.leftover, shares);
    left = 0;
    if (caps.empty()) break;
    Places below;
    for (const std::size_t line : lines) {
      if (shares[line] < caps[line]) {
        below.push_back(line);
      } else {
        left += shares[line] - caps[line];
        shares[line] = caps[line];
      }
    }
    lines = below;
    if (!rule.redistribute) break;
  }
  for (Whole& share : shares) {
    if (amount < 0) share = -share;
  }
  return shares;
}

}  // namespace oracle

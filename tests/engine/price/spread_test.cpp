// Amounts spread over lines: examples worked out by hand, and what must hold of any spread.
#include "engine/price/spread.hpp"

#include "tests/catch.hpp"

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

using engine::base::Int128;
using engine::base::Int256;
using engine::price::spread;
using engine::rule::Leftover;
using engine::rule::SpreadRule;

namespace {

std::vector<int> shares_of(int amount, const std::vector<int>& weights,
                           const std::vector<int>& caps = {}, const SpreadRule& rule = {}) {
  const std::vector<Int256> wide_weights(weights.begin(), weights.end());
  const std::vector<Int128> wide_caps(caps.begin(), caps.end());
  std::vector<int> shares;
  for (const Int128& share : spread(amount, wide_weights, wide_caps, rule))
    shares.push_back(static_cast<int>(share));
  return shares;
}

SpreadRule rule_of(Leftover leftover, bool redistribute = true) {
  SpreadRule rule;
  rule.leftover = leftover;
  rule.redistribute = redistribute;
  return rule;
}

}  // namespace

TEST_CASE("spread: what rounding leaves goes where the rule says", "[engine][price]") {
  const std::vector<int> weights{1, 1, 2};  // 10 by weight: 2.5, 2.5, 5
  CHECK(shares_of(10, weights, {}, rule_of(Leftover::largest_remainder)) == std::vector{3, 2, 5});
  CHECK(shares_of(10, weights, {}, rule_of(Leftover::largest_amount)) == std::vector{2, 2, 6});
  CHECK(shares_of(10, weights, {}, rule_of(Leftover::first_line)) == std::vector{3, 2, 5});
  CHECK(shares_of(10, weights, {}, rule_of(Leftover::last_line)) == std::vector{2, 2, 6});
  CHECK(shares_of(11, {1, 1, 1}, {}, rule_of(Leftover::in_order)) == std::vector{4, 4, 3});
}

TEST_CASE("spread: lines without weight take nothing, unless none has any", "[engine][price]") {
  CHECK(shares_of(40, {10, 0}) == std::vector{40, 0});
  CHECK(shares_of(5, {0, 0, 0}) == std::vector{2, 2, 1});
  CHECK(shares_of(5, {-7, 1}) == std::vector{0, 5});
  CHECK(shares_of(0, {1, 2}) == std::vector{0, 0});
  CHECK(shares_of(7, {}).empty());
}

TEST_CASE("spread: a negative amount is spread like a positive one", "[engine][price]") {
  CHECK(shares_of(-10, {1, 1, 2}) == std::vector{-3, -2, -5});
}

TEST_CASE("spread: what a floor keeps off goes to the others, or is lost", "[engine][price]") {
  const auto lost = rule_of(Leftover::largest_remainder, false);
  CHECK(shares_of(20, {1, 1}, {5, 100}) == std::vector{5, 15});
  CHECK(shares_of(20, {1, 1}, {5, 100}, lost) == std::vector{5, 10});
  CHECK(shares_of(20, {1, 1}, {5, 6}) == std::vector{5, 6});  // more than the lines can take
  CHECK(shares_of(30, {1, 1, 1}, {0, 12, 100}) == std::vector{0, 12, 18});
}

TEST_CASE("spread: shares sum to the amount, and none is a unit away from its part",
          "[engine][price]") {
  std::mt19937 random{20261122};
  const auto draw = [&](int least, int most) {
    return std::uniform_int_distribution<int>{least, most}(random);
  };
  for (int round = 0; round < 2'000; ++round) {
    std::vector<int> weights(static_cast<std::size_t>(draw(1, 9)));
    for (int& weight : weights) weight = draw(0, 3) == 0 ? 0 : draw(1, 1'000);
    const int amount = draw(0, 5'000);
    const auto rule = rule_of(draw(0, 1) == 0 ? Leftover::largest_remainder : Leftover::in_order);
    const auto shares = shares_of(amount, weights, {}, rule);
    CHECK(std::accumulate(shares.begin(), shares.end(), 0) == amount);
    const int sum = std::accumulate(weights.begin(), weights.end(), 0);
    for (std::size_t i = 0; i < weights.size() && sum > 0; ++i) {
      const int whole = amount * weights[i] / sum;  // at most 5,000 * 1,000
      CHECK(shares[i] >= whole);
      CHECK(shares[i] <= whole + 1);
    }
  }
}

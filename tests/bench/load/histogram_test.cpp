#include "bench/load/histogram.hpp"

#include "tests/catch.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

using bench::load::LatencyHistogram;

TEST_CASE("latency histogram: quantiles are at most a thousandth above the exact ones",
          "[bench][load]") {
  LatencyHistogram histogram;
  std::vector<std::int64_t> values;
  std::uint64_t state = 20'260'701;
  for (int i = 0; i < 50'000; ++i) {
    state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    // From nanoseconds to seconds, as many of each size.
    const auto value = static_cast<std::int64_t>((state >> 33U) >> (state % 31));
    values.push_back(value);
    histogram.add(value);
  }
  std::ranges::sort(values);
  for (const double quantile : {0.0, 0.01, 0.5, 0.9, 0.99, 0.999, 0.9999, 1.0}) {
    const auto at = static_cast<std::size_t>(quantile * static_cast<double>(values.size()));
    const auto exact = values[std::min(values.size() - 1, at == 0 ? 0 : at - 1)];
    CAPTURE(quantile, exact);
    CHECK(histogram.at_quantile(quantile) >= exact);
    CHECK(histogram.at_quantile(quantile) <= exact + exact / 1'000 + 1);
  }
  CHECK(histogram.min() == values.front());
  CHECK(histogram.max() == values.back());
  CHECK(histogram.count() == values.size());
}

TEST_CASE("latency histogram: the borders of its buckets", "[bench][load]") {
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{2'047}, std::int64_t{2'048},
        std::int64_t{2'049}, std::int64_t{4'095}, std::int64_t{4'096}, std::int64_t{1} << 36,
        LatencyHistogram::value_max}) {
    LatencyHistogram histogram;
    histogram.add(value);
    CHECK(histogram.at_quantile(0.5) == value);  // never above the largest
  }
  LatencyHistogram beyond;
  beyond.add(LatencyHistogram::value_max + 1);
  beyond.add(-5);
  CHECK(beyond.max() == LatencyHistogram::value_max);
  CHECK(beyond.min() == 0);
}

TEST_CASE("latency histogram: two together are as one, and an empty one says nothing",
          "[bench][load]") {
  LatencyHistogram a;
  LatencyHistogram b;
  LatencyHistogram both;
  for (std::int64_t i = 1; i <= 1'000; ++i) {
    (i % 3 == 0 ? a : b).add(i * 977);
    both.add(i * 977);
  }
  a.add(b);
  for (const double quantile : {0.1, 0.5, 0.99})
    CHECK(a.at_quantile(quantile) == both.at_quantile(quantile));
  CHECK(a.count() == both.count());
  CHECK(static_cast<std::int64_t>(a.mean()) == static_cast<std::int64_t>(both.mean()));
  const LatencyHistogram none;
  CHECK(none.count() == 0);
  CHECK(none.min() == 0);
  CHECK(none.at_quantile(0.99) == 0);
}

// LatencyHistogram: how long answers took, as counts in log-linear buckets, after the manner of
// HdrHistogram (which Debian does not have as a package). Below 2,048 ns each value has a bucket;
// above, every power of two is cut into 1,024, so that a quantile is at most 0.1 % above the value
// that was added. Values beyond value_max count as value_max. Memory: 216 KB, whatever is added;
// adding costs a few nanoseconds and allocates nothing. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench::load {

class LatencyHistogram {
 public:
  static constexpr std::int64_t value_max = (std::int64_t{1} << 37) - 1;  // ns: 137 s

  LatencyHistogram();

  void add(std::int64_t ns);
  void add(const LatencyHistogram& other);

  std::uint64_t count() const { return count_; }

  // 0 where nothing was added.
  std::int64_t min() const { return count_ == 0 ? 0 : min_; }

  std::int64_t max() const { return max_; }

  double mean() const;

  // The value that the share `quantile` (0 to 1) of all values does not exceed, never above max().
  std::int64_t at_quantile(double quantile) const;

 private:
  static std::size_t bucket_of(std::int64_t ns);
  static std::int64_t highest_of(std::size_t bucket);

  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::int64_t min_ = value_max;
  std::int64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace bench::load

#include "bench/load/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace bench::load {

namespace {

constexpr unsigned sub_bits = 10;  // 1,024 buckets for every power of two
constexpr std::size_t sub_count = std::size_t{1} << sub_bits;

}  // namespace

LatencyHistogram::LatencyHistogram() : counts_(bucket_of(value_max) + 1) {}

// Values below 2 * sub_count are their own bucket; a value with `shift` more bits than that loses
// its lowest `shift` bits.
std::size_t LatencyHistogram::bucket_of(std::int64_t ns) {
  const auto value = static_cast<std::uint64_t>(ns);
  if (value < 2 * sub_count) return static_cast<std::size_t>(value);
  const auto shift = static_cast<unsigned>(std::bit_width(value)) - (sub_bits + 1);
  return (std::size_t{shift} << sub_bits) + static_cast<std::size_t>(value >> shift);
}

std::int64_t LatencyHistogram::highest_of(std::size_t bucket) {
  if (bucket < 2 * sub_count) return static_cast<std::int64_t>(bucket);
  const auto shift = static_cast<unsigned>((bucket >> sub_bits) - 1);
  const std::uint64_t kept = bucket - (std::size_t{shift} << sub_bits);
  return static_cast<std::int64_t>(((kept + 1) << shift) - 1);
}

void LatencyHistogram::add(std::int64_t ns) {
  const auto value = std::clamp(ns, std::int64_t{0}, value_max);
  ++counts_[bucket_of(value)];
  ++count_;
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
  sum_ += static_cast<double>(value);
}

void LatencyHistogram::add(const LatencyHistogram& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

double LatencyHistogram::mean() const {
  return count_ == 0 ? 0.0 : sum_ / static_cast<double>(count_);
}

std::int64_t LatencyHistogram::at_quantile(double quantile) const {
  const auto share = std::clamp(quantile, 0.0, 1.0) * static_cast<double>(count_);
  const auto wanted = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(share)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= wanted) return std::min(highest_of(i), max_);
  }
  return max_;
}

}  // namespace bench::load

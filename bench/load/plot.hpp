// Latency by percentile as an SVG picture: the share of requests that were at least as quick goes
// right in steps of nines (50 %, 90 %, 99 %, 99.9 % ...), so that the slow few are as wide as the
// quick many; latency goes up, on a logarithmic scale. Pure function.
#pragma once

#include "bench/load/histogram.hpp"

#include <string>
#include <vector>

namespace bench::load {

struct Curve {
  std::string name;
  const LatencyHistogram* latency = nullptr;
};

// `subtitle` says what was measured and where. Curves that have no values are left out.
std::string latency_plot(const std::string& title, const std::string& subtitle,
                         const std::vector<Curve>& curves);

}  // namespace bench::load

// What a buyer may see of stock: a band, and where goods are on their way the date from which they
// cover the quantity. available = sum over warehouses of (on hand - reserved) - safety stock; the
// band is the last one that starts at or below it. The number itself is for callers with the right
// to it: answers for shops carry Availability only. Pure; any thread. Cost: a few cache lines an
// article.
#pragma once

#include "engine/base/date.hpp"
#include "engine/base/fixed.hpp"
#include "engine/model/ids.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <cstdint>

namespace engine::avail {

inline constexpr std::uint16_t no_band = UINT16_MAX;

struct Availability {
  std::uint16_t band_set =
      no_band;                   // index into the rule set's band sets; no_band: nothing is shown
  std::uint16_t band = no_band;  // index into the set's bands
  bool covers = false;           // the quantity asked for is there now
  base::CivilMinutes expected =
      base::CivilMinutes::latest();  // day from which it will be; latest: not known
};

// Who looks: decides which set of bands applies.
struct Viewer {
  model::CustomerId customer;
  const snapshot::FieldValues* fields = nullptr;  // question fields given
};

// The set of bands that `viewer` sees `article` by; no_band where no row of the look-up matches.
std::uint16_t band_set_for(const snapshot::Snapshot& snapshot, model::ArticleId article,
                           const Viewer& viewer);

// `wanted` in base units. Receipts before `date` are overdue and promise nothing.
Availability availability_of(const snapshot::Snapshot& snapshot, model::ArticleId article,
                             base::Quantity wanted, base::CivilMinutes date,
                             std::uint16_t band_set);

}  // namespace engine::avail

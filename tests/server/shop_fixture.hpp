// A small shop for tests of answers: two customers, a handful of articles, an offer, an agreement
// and stock - made through the same doors as real data. Prices are chosen so that results are
// easily done by hand.
#pragma once

#include "engine/snapshot/snapshot.hpp"

#include <memory>
#include <vector>

namespace tests {

// C1 (EUR, group RING) and C2 (no currency of its own); one procedure, "shop", that takes returns.
// A1    10.00 per PCE, BOX = 12 PCE; offer O-5 of 5 % from 10, for channel web; 25 in stock
// A2    234.50 per 100; 3 in stock
// A3    no price; none in stock, 40 expected on 2026-03-12
// A/4   1.00, of AG-1 0.80; its name has a quote and a backslash
// A5    two prices that nothing decides between
// A6    price on request
std::shared_ptr<const engine::snapshot::Snapshot> small_shop(
    std::uint64_t generation = 7, std::vector<engine::snapshot::FeedStamp> stamps = {});

}  // namespace tests

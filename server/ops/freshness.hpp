// Freshness: how old the data is that an answer rests on, and what follows from it. Prices rest on
// the feeds that brought articles, customers, documents or conditions; bands and expected days on
// those of stock and receipts. What is worked out is kept until the second or the generation
// changes, so an answer costs a comparison; nothing is looked at per line. One object a worker
// thread. Moments are UTC seconds since 1970.
#pragma once

#include "engine/snapshot/feed_stamp.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace engine::snapshot {
class Snapshot;
}

namespace server::ops {

// What a question asks for: it decides which feeds its answer rests on.
enum class RestsOn : std::uint8_t { prices, stock, prices_and_stock };

// The age of a feed at a moment; nothing where it never brought anything. Never negative.
std::optional<std::uint64_t> age_of(const engine::snapshot::FeedStamp& stamp, std::int64_t now);

bool is_stale(const engine::snapshot::FeedStamp& stamp, std::int64_t now);

struct Freshness {
  std::string json;               // the feeds as a JSON array; empty where there are none
  std::string header;             // the same as a list of RFC 8941
  std::string refused;            // why no answer is given; empty: one is
  bool is_stale = false;          // some feed is beyond its limit
  bool is_flagged = false;        // and wants to be told of
  bool price_on_request = false;  // no price may be given
  bool stock_unknown = false;     // no band may be given
};

Freshness freshness_of(std::span<const engine::snapshot::FeedStamp> stamps, RestsOn rests,
                       std::int64_t now);

// Why a node whose feeds these are should take no traffic; empty: it may.
std::string too_stale_for_traffic(std::span<const engine::snapshot::FeedStamp> stamps,
                                  std::int64_t now);

// The system's clock.
std::int64_t utc_seconds();

class FreshnessKept {
 public:
  // Good until the next call.
  const Freshness& at(const engine::snapshot::Snapshot& snapshot, RestsOn rests, std::int64_t now);

 private:
  struct Kept {
    const engine::snapshot::Snapshot* snapshot = nullptr;  // never followed
    std::uint64_t generation = 0;
    std::int64_t moment = INT64_MIN;
    Freshness freshness;
  };

  std::array<Kept, 3> kept_;  // by RestsOn
};

}  // namespace server::ops

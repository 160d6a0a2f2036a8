// From what feeds brought and when, and what their descriptions want, to the stamps that a snapshot
// carries. What a feed bears on follows from the kinds of its records: stock, receipts and
// warehouses on bands and expected days, everything else on prices. Pure; any thread.
#pragma once

#include "engine/snapshot/feed_stamp.hpp"
#include "server/feed/feed_description.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace server::feed {

struct FeedMoment {
  std::string feed;              // a description's name or a canonical kind's
  std::int64_t accepted_at = 0;  // of its last accepted batch; UTC seconds since 1970
};

// One for each feed that brought something or has a rule, in order of name.
std::vector<engine::snapshot::FeedStamp> feed_stamps(std::span<const FeedMoment> moments,
                                                     std::span<const FeedDescription> descriptions);

// "2026-03-01T02:00:00Z" as seconds since 1970, as the journal keeps it; nothing where it isn't.
std::optional<std::int64_t> utc_seconds_of(std::string_view text);

}  // namespace server::feed

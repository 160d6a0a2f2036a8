// The member "freshness" of a feed description. Faults stay in `json`. One thread.
#pragma once

#include "server/feed/description_json.hpp"
#include "server/feed/feed_description.hpp"

namespace server::feed {

FreshnessRule read_freshness(const rules::Json& node, DescriptionJson& json);

}  // namespace server::feed

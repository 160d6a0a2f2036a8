// The member "guards" of a feed description. Faults stay in `json`. One thread.
#pragma once

#include "server/feed/description_json.hpp"
#include "server/feed/guards.hpp"

namespace server::feed {

GuardRules read_guards(const rules::Json& node, DescriptionJson& json);

}  // namespace server::feed

// What no question can reach: condition types that no access reads, accesses without records, and
// records under a group, attribute or list that no customer and no article has. Records of the past
// or the future are reachable: validity is no matter here.
#pragma once

#include "rules/check_context.hpp"
#include "rules/check_sink.hpp"

#include <vector>

namespace rules {

// `reached`: by part of the index, whether some customer reaches it under some access.
void check_reachable(const CheckContext& context, const std::vector<bool>& reached,
                     FindingSink& sink);

}  // namespace rules

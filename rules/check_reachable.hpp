// What no question can reach: condition types that no access reads, accesses without records or
// that bring no customer to theirs, and records under a group, attribute or list that no customer
// and no article has. Records of the past or the future are reachable: validity is no matter here.
#pragma once

#include "rules/check_meetings.hpp"
#include "rules/check_sink.hpp"

namespace rules {

void check_reachable(const CheckContext& context, const Reached& reached, FindingSink& sink);

}  // namespace rules

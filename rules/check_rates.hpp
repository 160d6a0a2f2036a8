// Currencies that can't be converted: where a step takes records of any currency, those that the
// newest exchange rates turn into some customer's currency in no way.
#pragma once

#include "rules/check_context.hpp"
#include "rules/check_sink.hpp"

namespace rules {

void check_rates(const CheckContext& context, FindingSink& sink);

}  // namespace rules

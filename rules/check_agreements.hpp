// Articles that are on several framework agreements at one time, with the rule that decides between
// them where none is named: one finding an article.
#pragma once

#include "rules/check_context.hpp"
#include "rules/check_sink.hpp"

namespace rules {

void check_agreements(const CheckContext& context, WorkerSinks& sinks);

}  // namespace rules

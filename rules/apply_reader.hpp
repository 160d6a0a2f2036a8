// Reads what a step does beside finding a record and computing an amount: it applies records to an
// amount of the lines, spreads an amount over them, or guards.
#pragma once

#include "rules/procedure_draft.hpp"

namespace rules {

// `step` is not yet among the draft's steps; it has its phase and subject, and its search where it
// applies what it finds.
engine::rule::Apply read_apply(const Json& json, const engine::rule::Step& step,
                               ProcedureDraft& draft);
engine::rule::Spread read_spread(const Json& json, const engine::rule::Step& step,
                                 ProcedureDraft& draft);
engine::rule::Guard read_guard(const Json& json, ProcedureDraft& draft);

}  // namespace rules

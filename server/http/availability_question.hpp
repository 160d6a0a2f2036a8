// The question behind a look at availability: as a quote's, but it needs no currency, no procedure,
// and no customer where nobody in particular looks. What concerns one article becomes its line's
// outcome. Faults: unknown_customer, unknown_field; `where` is the JSON pointer.
#pragma once

#include "engine/base/result.hpp"
#include "engine/quote/question.hpp"

namespace server::http {

engine::base::Result<engine::quote::Question> resolve_availability(
    const engine::snapshot::Snapshot& snapshot, const engine::quote::QuoteRequest& request,
    engine::base::CivilMinutes today);

}  // namespace server::http

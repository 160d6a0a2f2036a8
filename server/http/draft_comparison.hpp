// GET /v1/drafts/{name}/compare: what a draft changes in the price lists of a customer, some, a group
// or all, as far as that is no more than a named maximum of prices. Any thread; about 50 ns a price,
// on all cores.
#pragma once

#include "server/http/message.hpp"
#include "server/node/draft_views.hpp"

#include <cstdint>

namespace server::http {

// `live` is the generation that is served, `now` the moment of a question without a date.
void compare_draft(node::DraftViews& views, std::uint64_t live, engine::base::CivilMinutes now,
                   const Target& target, Response& response);

}  // namespace server::http

// A question that stands in an address instead of a body:
// ?quantity=5&unit=BOX&date=2026-11-22&channel=internet ... Parameters that are no part of a line
// are question fields by their name; an unknown one is refused when the question is resolved. Also
// what little of HTTP's header values the handlers read themselves. Pure; any thread.
#pragma once

#include "engine/base/result.hpp"
#include "server/http/message.hpp"
#include "server/json/quote_body.hpp"

#include <string_view>

namespace server::http {

// Overwrites `body` with a question of one line; its views point into `target` and `article`.
// Faults, with "/NAME" as `where`: bad_date, bad_request, duplicate_key, too_large.
engine::base::Result<void> read_query(const Target& target, std::string_view article,
                                      json::QuoteBody& body);

// Whether an If-None-Match header names this tag, strong or weak, or is "*".
bool is_tag_among(std::string_view tag, std::string_view if_none_match);

bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace server::http

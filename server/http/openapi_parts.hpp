// The parts of the OpenAPI document, in the order in which it puts them together: paths, then
// schemas. Each is a run of members with the comma behind it, but for the last of its object, as the
// document shows them. Where a list of names stands once in the engine, a part has a line "@..." for
// it that openapi_text fills in.
#pragma once

#include <string_view>

namespace server::http {

std::string_view openapi_price_paths();
std::string_view openapi_availability_paths();
std::string_view openapi_feed_paths();
std::string_view openapi_feed_schemas();
std::string_view openapi_draft_paths();
std::string_view openapi_draft_schemas();
std::string_view openapi_audit_paths();
std::string_view openapi_audit_schemas();
std::string_view openapi_service_paths();

std::string_view openapi_quote_schemas();  // with lines "@outcomes" and "@reasons"
std::string_view openapi_availability_schemas();
std::string_view openapi_waterfall_schemas();  // with a line "@outcomes"

}  // namespace server::http

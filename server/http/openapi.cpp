#include "engine/model/outcome.hpp"
#include "server/http/api.hpp"
#include "server/http/openapi_parts.hpp"

#include <initializer_list>
#include <span>
#include <string>

namespace server::http {

namespace {

constexpr std::string_view head = R"json({
 "openapi": "3.1.0",
 "info": {
  "title": "Netto",
  "version": "0.1.0",
  "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
  "description": "What a customer pays for a quantity of an article on a day, and when it can be delivered. All lines of an answer come from one generation of the data. Decimals travel as strings, dates in ISO 8601, currencies in ISO 4217. A line that has no price is an outcome of that line and never fails the others. Errors are RFC 9457 problem details."
 },
 "servers": [{"url": "http://127.0.0.1:8080"}],
 "paths": {
)json";

constexpr std::string_view components = R"json( },
 "components": {
  "schemas": {
)json";

constexpr std::string_view problem_schema = R"json(   "Problem": {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
     "type": {"type": "string", "format": "uri"},
     "title": {"type": "string"},
     "status": {"type": "integer"},
     "detail": {"type": "string"},
     "code": {"type": "string", "description": "Stable; for programs."},
     "pointer": {
      "type": "string",
      "format": "json-pointer",
      "description": "The member of the body that is to blame."
     },
     "parameter": {"type": "string", "description": "The parameter of the address that is to blame."},
     "state": {"enum": ["loading", "draining", "stale"], "description": "Of /readyz: why no traffic should come."},
     "batches_read": {"type": "integer", "description": "Of /readyz: how far the loading of data is."},
     "batches_all": {"type": "integer"}
    }
   },
   "Freshness": {
    "type": "array",
    "description": "How old the data is that the answer rests on, feed by feed.",
    "items": {
     "type": "object",
     "required": ["feed", "age", "fresh"],
     "properties": {
      "feed": {"type": "string"},
      "age": {
       "type": ["integer", "null"],
       "description": "Seconds since its last accepted batch; null: it has not brought anything yet."
      },
      "fresh": {"type": "boolean", "description": "Whether it is within its limit, or has none."},
      "behaviour": {
       "enum": ["serve", "flag", "price_on_request", "refuse"],
       "description": "What answers do beyond its limit; without a limit it is left out."
      }
     }
    }
   },
   "Notices": {
    "type": "array",
    "description": "What whoever reads the answer should be told.",
    "items": {"enum": ["stale_feed"]}
   }
)json";

constexpr std::string_view tail = R"json(  }
 }
})json";

// Puts the names, one a line, where the document has a line with the placeholder alone.
void fill_in(std::string& document, std::string_view placeholder,
             std::span<const std::string_view> names) {
  for (auto at = document.find(placeholder); at != std::string::npos;
       at = document.find(placeholder, at)) {
    const auto line = document.rfind('\n', at) + 1;
    const std::string separator = ",\n" + document.substr(line, at - line);
    std::string list;
    for (const std::string_view name : names)
      list.append(list.empty() ? "" : separator).append("\"").append(name).append("\"");
    document.replace(at, placeholder.size(), list);
  }
}

std::string assembled() {
  std::string document;
  for (const std::string_view part :
       {head, openapi_price_paths(), openapi_availability_paths(), openapi_feed_paths(),
        openapi_draft_paths(), openapi_audit_paths(), openapi_service_paths(), components,
        openapi_quote_schemas(), openapi_availability_schemas(), openapi_feed_schemas(),
        openapi_draft_schemas(), openapi_audit_schemas(), openapi_waterfall_schemas(),
        problem_schema, tail})
    document += part;
  const std::span<const std::string_view> reasons{engine::model::reason_names};
  fill_in(document, "\"@outcomes\"", engine::model::outcome_names);
  fill_in(document, "\"@reasons\"", reasons.subspan(1));  // `none` is never given
  return document;
}

}  // namespace

// Kept beside the routes it describes: tests/server/http/openapi_test.cpp holds the two together.
std::string_view openapi_text() {
  static const std::string document = assembled();
  return document;
}

}  // namespace server::http

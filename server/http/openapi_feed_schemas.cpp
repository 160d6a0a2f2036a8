#include "server/http/openapi_parts.hpp"

namespace server::http {

std::string_view openapi_feed_schemas() {
  return R"json(   "RowCounts": {
    "type": "object",
    "description": "read = accepted + set_aside + refused",
    "required": ["read", "accepted", "set_aside", "refused"],
    "properties": {
     "read": {"type": "integer"},
     "accepted": {"type": "integer"},
     "set_aside": {"type": "integer", "description": "By the feed description's own rules."},
     "refused": {"type": "integer"}
    }
   },
   "RefusedRow": {
    "type": "object",
    "required": ["line", "column", "value", "code", "reason"],
    "properties": {
     "line": {"type": "integer"},
     "column": {"type": "string"},
     "value": {"type": "string"},
     "code": {"type": "string"},
     "reason": {"type": "string"}
    }
   },
   "BatchTaken": {
    "type": "object",
    "required": ["feed", "sequence", "generation", "repeated"],
    "properties": {
     "feed": {"type": "string"},
     "sequence": {"type": "integer", "description": "Of the batch in the journal; of a repeat that of the first time."},
     "generation": {"type": "integer", "description": "From which on answers know of it."},
     "repeated": {"type": "boolean", "description": "It was in already; nothing was changed."},
     "rows": {"$ref": "#/components/schemas/RowCounts"},
     "refused": {
      "type": "array",
      "description": "The first 100; all at /v1/batches/{sequence}/refused.",
      "items": {"$ref": "#/components/schemas/RefusedRow"}
     }
    }
   },
   "BatchProblem": {
    "allOf": [
     {"$ref": "#/components/schemas/Problem"},
     {
      "type": "object",
      "properties": {
       "rows": {"$ref": "#/components/schemas/RowCounts"},
       "refused": {"type": "array", "items": {"$ref": "#/components/schemas/RefusedRow"}}
      }
     }
    ]
   },
   "Feed": {
    "type": "object",
    "required": ["feed", "sequence", "sender_sequence", "received_at", "age_seconds", "limit_seconds", "behaviour", "fresh", "batches", "last", "all", "last_error"],
    "properties": {
     "feed": {"type": "string"},
     "sequence": {"type": "integer", "description": "Of its last batch in the journal."},
     "sender_sequence": {"type": ["integer", "null"], "description": "The last that its sender gave."},
     "received_at": {"type": "string", "format": "date-time"},
     "age_seconds": {"type": ["integer", "null"]},
     "limit_seconds": {"type": ["integer", "null"], "description": "How old it may grow; null: any age."},
     "behaviour": {"enum": ["serve", "flag", "price_on_request", "refuse", null], "description": "What answers do beyond the limit."},
     "fresh": {"type": "boolean", "description": "Within its limit, or without one."},
     "batches": {"type": "integer"},
     "last": {"$ref": "#/components/schemas/RowCounts"},
     "all": {"$ref": "#/components/schemas/RowCounts"},
     "last_error": {
      "type": ["object", "null"],
      "description": "The last batch that did not go in, since this process runs.",
      "properties": {
       "at": {"type": "string", "format": "date-time"},
       "code": {"type": "string"},
       "detail": {"type": "string"}
      }
     }
    }
   },
)json";
}

}  // namespace server::http

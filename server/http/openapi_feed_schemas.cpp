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
   "Finding": {
    "type": "object",
    "description": "What a guard of a feed found in a batch.",
    "required": ["feed", "guard", "then", "records", "detail"],
    "properties": {
     "feed": {"type": "string"},
     "guard": {"enum": ["refused_rows", "vanished", "price_jump", "zero_price", "below_cost", "ties"]},
     "then": {"enum": ["flag", "hold"]},
     "records": {"type": "integer"},
     "detail": {"type": "string", "description": "For people, with the first three."}
    }
   },
   "BatchHeld": {
    "type": "object",
    "description": "Nothing has changed; the batch waits for a person.",
    "required": ["feed", "held", "repeated"],
    "properties": {
     "feed": {"type": "string"},
     "held": {"type": "integer", "description": "Its number among the held batches."},
     "repeated": {"type": "boolean", "description": "It is held already."},
     "rows": {"$ref": "#/components/schemas/RowCounts"},
     "removed": {"type": "integer"},
     "not_there": {"type": "integer"},
     "vanished": {"type": "integer"},
     "refused": {"type": "array", "items": {"$ref": "#/components/schemas/RefusedRow"}},
     "findings": {"type": "array", "description": "Why it is held.", "items": {"$ref": "#/components/schemas/Finding"}}
    }
   },
   "HeldBatch": {
    "type": "object",
    "required": ["number", "state", "received_at", "feed", "batch_id", "source", "decided_at", "decided_by", "sequence", "findings"],
    "properties": {
     "number": {"type": "integer"},
     "state": {"enum": ["held", "released", "rejected"]},
     "received_at": {"type": "string", "format": "date-time"},
     "feed": {"type": "string"},
     "batch_id": {"type": "string"},
     "source": {"type": "string"},
     "decided_at": {"type": "string", "description": "Empty while it is held."},
     "decided_by": {"type": "string"},
     "sequence": {"type": ["integer", "null"], "description": "That it was released as."},
     "findings": {"type": "array", "description": "Why it was held.", "items": {"$ref": "#/components/schemas/Finding"}}
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
     "removed": {"type": "integer", "description": "Records that rows with op delete took away."},
     "not_there": {"type": "integer", "description": "Records that rows should have taken away and that were not there; no fault."},
     "vanished": {"type": "integer", "description": "Of mode=replace: records of the partition that the batch did not bring, and that are gone."},
     "refused": {
      "type": "array",
      "description": "The first 100; all at /v1/batches/{sequence}/refused.",
      "items": {"$ref": "#/components/schemas/RefusedRow"}
     },
     "findings": {"type": "array", "description": "Of guards that only tell.", "items": {"$ref": "#/components/schemas/Finding"}}
    }
   },
   "BatchProblem": {
    "allOf": [
     {"$ref": "#/components/schemas/Problem"},
     {
      "type": "object",
      "properties": {
       "rows": {"$ref": "#/components/schemas/RowCounts"},
       "removed": {"type": "integer"},
       "not_there": {"type": "integer"},
       "refused": {"type": "array", "items": {"$ref": "#/components/schemas/RefusedRow"}}
      }
     }
    ]
   },
   "FeedForm": {
    "type": "object",
    "description": "What a sender needs to know of a feed description: which files it reads, and how they are written.",
    "required": ["feed", "files", "layout", "header", "separator", "row_end", "quote"],
    "properties": {
     "feed": {"type": "string"},
     "files": {"type": "array", "items": {"type": "string"}, "description": "Patterns with * and ?"},
     "layout": {"enum": ["csv", "ndjson"]},
     "header": {"type": "boolean"},
     "separator": {"type": "string"},
     "row_end": {"type": "string", "description": "Empty: a line feed, or carriage return and line feed."},
     "quote": {"type": ["string", "null"]}
    }
   },
   "Feed": {
    "type": "object",
    "required": ["feed", "sequence", "sender_sequence", "received_at", "age_seconds", "limit_seconds", "behaviour", "fresh", "batches", "last", "all", "findings", "last_error"],
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
     "findings": {"type": "array", "description": "Of guards in its last batch that they looked at.", "items": {"$ref": "#/components/schemas/Finding"}},
     "last_error": {
      "type": ["object", "null"],
      "description": "The last batch that did not go in; it stays when a later one does.",
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

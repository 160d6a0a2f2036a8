#include "server/http/openapi_parts.hpp"

namespace server::http {

std::string_view openapi_audit_paths() {
  return R"json(  "/v1/audit": {
   "get": {
    "operationId": "audit",
    "summary": "Who changed what when: changes of records, newest first, with their old and new values",
    "description": "All that is named must hold; at least one of article, customer, document, feed and sequence. One question is answered at a time.",
    "parameters": [
     {
      "name": "article",
      "in": "query",
      "description": "Records that name it, as its price, its stock, its own.",
      "schema": {"type": "string"}
     },
     {
      "name": "customer",
      "in": "query",
      "description": "Records that name it.",
      "schema": {"type": "string"}
     },
     {
      "name": "document",
      "in": "query",
      "description": "The code of a price list, an agreement or a promotion, or the name of a rules document.",
      "schema": {"type": "string"}
     },
     {
      "name": "feed",
      "in": "query",
      "description": "What came of this feed: its description, or a kind of record.",
      "schema": {"type": "string"}
     },
     {
      "name": "sequence",
      "in": "query",
      "description": "What this one batch changed.",
      "schema": {"type": "integer", "minimum": 1}
     },
     {
      "name": "from",
      "in": "query",
      "description": "The first day or moment, UTC: 2026-03-01, 2026-03-01T14:30.",
      "schema": {"type": "string"}
     },
     {
      "name": "to",
      "in": "query",
      "description": "The last one; all of it is within.",
      "schema": {"type": "string"}
     },
     {
      "name": "limit",
      "in": "query",
      "description": "At most so many changes, the newest.",
      "schema": {"type": "integer", "minimum": 1, "maximum": 10000, "default": 100}
     }
    ],
    "responses": {
     "200": {
      "description": "Its changes; none is an answer, too.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Audit"}}}
     },
     "404": {
      "description": "no_audit: none is written here, or not yet.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "422": {
      "description": "A parameter is wrong or missing; too_large: more records than one question may look at.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "503": {
      "description": "too_many: another question is being answered; store_corrupt: the audit is damaged, and the problem says how to renew it.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   }
  },
)json";
}

std::string_view openapi_audit_schemas() {
  return R"json(   "Audit": {
    "type": "object",
    "required": ["first_sequence", "last_sequence", "since", "gaps", "more", "changes"],
    "properties": {
     "first_sequence": {"type": "integer", "description": "The first batch that the audit knows; 0: none."},
     "last_sequence": {"type": "integer", "description": "The last; later ones follow within seconds."},
     "since": {"type": "string", "description": "When the first of them came."},
     "gaps": {
      "type": "array",
      "description": "Batches between them that the audit does not know.",
      "items": {"type": "object", "required": ["from", "to"], "properties": {"from": {"type": "integer"}, "to": {"type": "integer"}}}
     },
     "more": {"type": "boolean", "description": "There are older ones beyond the limit."},
     "changes": {"type": "array", "description": "Newest first.", "items": {"$ref": "#/components/schemas/AuditChange"}}
    }
   },
   "AuditChange": {
    "type": "object",
    "required": ["received_at", "sequence", "feed", "source", "batch_id", "sender_sequence", "kind", "what", "record", "old_known", "columns"],
    "properties": {
     "received_at": {"type": "string", "format": "date-time"},
     "sequence": {"type": "integer", "description": "Of the batch."},
     "feed": {"type": "string"},
     "source": {"type": "string", "description": "For people: where it came from; of a batch that was held, who released it."},
     "batch_id": {"type": "string"},
     "sender_sequence": {"type": ["integer", "null"]},
     "kind": {"type": "string", "description": "Of record: conditions, stock, articles ...; rules, feed_description."},
     "what": {"enum": ["new", "changed", "removed", "removed_by_replace", "set"], "description": "set: what it was before is not known."},
     "record": {"type": "object", "description": "What it is known by.", "additionalProperties": {"type": "string"}},
     "old_known": {"type": "boolean"},
     "not_known_before": {"type": "string", "description": "Where the old value is not known: the audit begins here."},
     "columns": {
      "type": "array",
      "description": "What differs; null: it said nothing. Of rules: the lines from the first that differs to the last.",
      "items": {
       "type": "object",
       "required": ["column", "old", "new"],
       "properties": {"column": {"type": "string"}, "old": {"type": ["string", "null"]}, "new": {"type": ["string", "null"]}}
      }
     }
    }
   },
)json";
}

}  // namespace server::http

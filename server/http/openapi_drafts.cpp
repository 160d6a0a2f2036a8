#include "server/http/openapi_parts.hpp"

namespace server::http {

std::string_view openapi_draft_paths() {
  return R"json(  "/v1/drafts/{name}/parts": {
   "post": {
    "operationId": "draft_part",
    "summary": "Rows of a feed, a rules document or a feed description, kept in a draft; nothing live changes",
    "parameters": [
     {
      "name": "name",
      "in": "path",
      "required": true,
      "description": "Of the draft: 1 to 64 letters, digits, '-', '_' and '.'.",
      "schema": {"type": "string", "maxLength": 64}
     },
     {
      "name": "use",
      "in": "query",
      "description": "create makes the draft, add puts the part behind those of one that is there.",
      "schema": {"enum": ["create", "add"], "default": "add"}
     },
     {
      "name": "feed",
      "in": "query",
      "description": "Whose rows these are: a feed description, or a kind of record. Not of a document.",
      "schema": {"type": "string"}
     },
     {
      "name": "mode",
      "in": "query",
      "description": "As of a batch.",
      "schema": {"enum": ["good_rows", "all_or_nothing", "replace"], "default": "good_rows"}
     },
     {
      "name": "partition",
      "in": "query",
      "description": "Of mode=replace, and needed there, as of a batch.",
      "schema": {"type": "string"}
     },
     {
      "name": "by",
      "in": "query",
      "description": "Of use=create: who makes it; kept with the draft.",
      "schema": {"type": "string", "maxLength": 200}
     },
     {
      "name": "note",
      "in": "query",
      "description": "Of use=create: what it is for; kept with the draft.",
      "schema": {"type": "string", "maxLength": 2000}
     }
    ],
    "requestBody": {
     "required": true,
     "content": {"text/csv": {"schema": {"type": "string"}}, "application/x-ndjson": {"schema": {"type": "string"}}, "application/json": {"schema": {"type": "object"}}}
    },
    "responses": {
     "200": {
      "description": "The part is kept.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DraftPartTaken"}}}
     },
     "404": {
      "description": "unknown_draft, or unknown_feed.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "409": {
      "description": "draft_exists: use=create, and there is one of this name; contradicting_values: the draft does not fit what is live any more; read_only: this node does not write.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "411": {
      "description": "A body without length.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "413": {
      "description": "More than 128 MiB (batch_bytes).",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "415": {
      "description": "Another content type or encoding.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "422": {
      "description": "refused_rows: too many rows can't be used; or the part can't be read at all, or a parameter. Nothing was kept.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/BatchProblem"}}}
     },
     "503": {
      "description": "The node can't write now, or its queue is full; Retry-After says when to try again.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   }
  },
  "/v1/drafts": {
   "get": {
    "operationId": "drafts",
    "summary": "The drafts there are",
    "responses": {
     "200": {
      "description": "By name.",
      "content": {
       "application/json": {
        "schema": {
         "type": "object",
         "required": ["drafts"],
         "properties": {"drafts": {"type": "array", "items": {"$ref": "#/components/schemas/Draft"}}}
        }
       }
      }
     },
     "503": {
      "description": "The data folder can't be read.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   }
  },
  "/v1/drafts/{name}": {
   "get": {
    "operationId": "draft",
    "summary": "One draft",
    "parameters": [
     {
      "name": "name",
      "in": "path",
      "required": true,
      "description": "Of the draft: 1 to 64 letters, digits, '-', '_' and '.'.",
      "schema": {"type": "string", "maxLength": 64}
     }
    ],
    "responses": {
     "200": {
      "description": "What is known of it.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Draft"}}}
     },
     "404": {
      "description": "unknown_draft: there is no draft of this name.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "503": {
      "description": "The data folder can't be read.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   },
   "delete": {
    "operationId": "drop_draft",
    "summary": "Drops a draft; nothing live changes",
    "parameters": [
     {
      "name": "name",
      "in": "path",
      "required": true,
      "description": "Of the draft: 1 to 64 letters, digits, '-', '_' and '.'.",
      "schema": {"type": "string", "maxLength": 64}
     },
     {
      "name": "by",
      "in": "query",
      "description": "Who says so; in the log.",
      "schema": {"type": "string", "maxLength": 200}
     }
    ],
    "responses": {
     "200": {
      "description": "It is gone.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DraftState"}}}
     },
     "404": {
      "description": "unknown_draft: there is no draft of this name.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "409": {
      "description": "read_only: this node does not write.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "422": {
      "description": "Another parameter.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "503": {
      "description": "The node can't write now, or its queue is full; Retry-After says when to try again.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   }
  },
  "/v1/drafts/{name}/publish": {
   "post": {
    "operationId": "publish_draft",
    "summary": "Makes a draft live as one batch, now or at a set time",
    "parameters": [
     {
      "name": "name",
      "in": "path",
      "required": true,
      "description": "Of the draft: 1 to 64 letters, digits, '-', '_' and '.'.",
      "schema": {"type": "string", "maxLength": 64}
     },
     {
      "name": "by",
      "in": "query",
      "required": true,
      "description": "Who publishes; kept with the batch.",
      "schema": {"type": "string", "maxLength": 200}
     },
     {
      "name": "at",
      "in": "query",
      "description": "When, in UTC to the second: 2026-12-31T23:00:00Z; now without it.",
      "schema": {"type": "string", "format": "date-time"}
     }
    ],
    "responses": {
     "200": {
      "description": "It is live, or has its time.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DraftState"}}}
     },
     "404": {
      "description": "unknown_draft: there is no draft of this name.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "409": {
      "description": "contradicting_values: it does not fit what is live any more, and stays; read_only: this node does not write.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "422": {
      "description": "Nobody is named, or the time is none.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "503": {
      "description": "The node can't write now, or its queue is full; Retry-After says when to try again.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   }
  },
  "/v1/drafts/{name}/unschedule": {
   "post": {
    "operationId": "unschedule_draft",
    "summary": "Lets a draft wait until somebody publishes it",
    "parameters": [
     {
      "name": "name",
      "in": "path",
      "required": true,
      "description": "Of the draft: 1 to 64 letters, digits, '-', '_' and '.'.",
      "schema": {"type": "string", "maxLength": 64}
     },
     {
      "name": "by",
      "in": "query",
      "description": "Who says so; in the log.",
      "schema": {"type": "string", "maxLength": 200}
     }
    ],
    "responses": {
     "200": {
      "description": "It has no time any more.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DraftState"}}}
     },
     "404": {
      "description": "unknown_draft: there is no draft of this name.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "409": {
      "description": "read_only: this node does not write.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "422": {
      "description": "Another parameter.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "503": {
      "description": "The node can't write now, or its queue is full; Retry-After says when to try again.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   }
  },
)json";
}

std::string_view openapi_draft_schemas() {
  return R"json(   "DraftPartTaken": {
    "type": "object",
    "required": ["draft", "rows", "removed", "not_there", "refused", "findings"],
    "properties": {
     "draft": {"type": "string"},
     "rows": {"$ref": "#/components/schemas/RowCounts"},
     "removed": {"type": "integer"},
     "not_there": {"type": "integer"},
     "vanished": {"type": "integer"},
     "refused": {"type": "array", "description": "The first 100; they are not in the draft.", "items": {"$ref": "#/components/schemas/RefusedRow"}},
     "findings": {"type": "array", "description": "Of guards, which hold nothing here.", "items": {"$ref": "#/components/schemas/Finding"}}
    }
   },
   "Draft": {
    "type": "object",
    "required": ["name", "created_at", "created_by", "note", "publish_at", "scheduled_by", "problem", "parts"],
    "properties": {
     "name": {"type": "string"},
     "created_at": {"type": "string", "format": "date-time"},
     "created_by": {"type": "string"},
     "note": {"type": "string"},
     "publish_at": {"type": ["string", "null"], "format": "date-time", "description": "null: when somebody says so."},
     "scheduled_by": {"type": "string", "description": "Who said when."},
     "problem": {"type": "string", "description": "Why it could not be published at its time; empty: it was not tried."},
     "parts": {
      "type": "array",
      "items": {
       "type": "object",
       "required": ["received_at", "source", "findings"],
       "properties": {
        "received_at": {"type": "string", "format": "date-time"},
        "source": {"type": "string"},
        "findings": {"type": "array", "description": "Of guards, when the part came in.", "items": {"$ref": "#/components/schemas/Finding"}}
       }
      }
     }
    }
   },
   "DraftState": {
    "type": "object",
    "required": ["draft", "state", "sequence"],
    "properties": {
     "draft": {"type": "string"},
     "state": {"enum": ["published", "scheduled", "waiting", "dropped"]},
     "sequence": {"type": ["integer", "null"], "description": "Of the batch that it was published as."}
    }
   },
)json";
}

}  // namespace server::http

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
  "/v1/drafts/{name}/compare": {
   "get": {
    "operationId": "compare_draft",
    "summary": "What a draft changes in the price lists of customers, in line scope; other parameters are question fields by their name",
    "parameters": [
     {
      "name": "name",
      "in": "path",
      "required": true,
      "description": "Of the draft: 1 to 64 letters, digits, '-', '_' and '.'.",
      "schema": {"type": "string", "maxLength": 64}
     },
     {
      "name": "customer",
      "in": "query",
      "description": "Whose list; may be repeated. This, or group, or all.",
      "schema": {"type": "string"}
     },
     {
      "name": "group",
      "in": "query",
      "description": "Those of this customer group, and of groups below it.",
      "schema": {"type": "string"}
     },
     {
      "name": "all",
      "in": "query",
      "description": "All customers.",
      "schema": {"enum": ["true"]}
     },
     {
      "name": "article",
      "in": "query",
      "description": "Only this article; may be repeated.",
      "schema": {"type": "string"}
     },
     {
      "name": "article_group",
      "in": "query",
      "description": "Only articles of this group, and of groups below it.",
      "schema": {"type": "string"}
     },
     {
      "name": "quantity",
      "in": "query",
      "description": "Of every article, in its base unit.",
      "schema": {"type": "string", "default": "1"}
     },
     {
      "name": "date",
      "in": "query",
      "description": "The deciding date; now without it.",
      "schema": {"type": "string"}
     },
     {
      "name": "currency",
      "in": "query",
      "description": "Without it each customer's own.",
      "schema": {"type": "string"}
     },
     {
      "name": "limit",
      "in": "query",
      "description": "Changes told; the totals are those of all.",
      "schema": {"type": "integer", "minimum": 0, "maximum": 10000, "default": 100}
     }
    ],
    "responses": {
     "200": {
      "description": "What changes, by customer and article.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DraftComparison"}}}
     },
     "404": {
      "description": "unknown_draft: there is no draft of this name.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "409": {
      "description": "contradicting_values: the draft does not fit what is live any more.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "422": {
      "description": "A parameter can't be used; too_large: more than 20,000,000 prices (compared_prices).",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "503": {
      "description": "draft_not_ready: the draft is being read; Retry-After says when to ask again.",
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
   "DraftComparison": {
    "type": "object",
    "required": ["draft", "date", "quantity", "customers", "articles", "changes", "left_out", "totals", "largest_rise", "largest_fall", "customers_without_list", "without_list"],
    "properties": {
     "draft": {
      "type": "object",
      "required": ["name", "based_on"],
      "properties": {"name": {"type": "string"}, "based_on": {"type": "integer", "description": "The generation that was live, which it is compared with."}}
     },
     "date": {"type": ["string", "null"]},
     "quantity": {"type": "string"},
     "customers": {"type": "integer", "description": "Whose lists were compared."},
     "articles": {"type": "integer"},
     "changes": {"type": "array", "items": {"$ref": "#/components/schemas/ListDifference"}},
     "left_out": {"type": "integer", "description": "Changes beyond the limit."},
     "totals": {
      "type": "object",
      "description": "Prices by what becomes of them, and the customers to whom anything changes.",
      "required": ["same", "dearer", "cheaper", "new", "gone", "other_currency", "unpriced", "customers_changed"],
      "properties": {"same": {"type": "integer"}, "dearer": {"type": "integer"}, "cheaper": {"type": "integer"}, "new": {"type": "integer"}, "gone": {"type": "integer"}, "other_currency": {"type": "integer"}, "unpriced": {"type": "integer"}, "customers_changed": {"type": "integer"}}
     },
     "largest_rise": {"oneOf": [{"$ref": "#/components/schemas/ListDifference"}, {"type": "null"}]},
     "largest_fall": {"oneOf": [{"$ref": "#/components/schemas/ListDifference"}, {"type": "null"}]},
     "customers_without_list": {"type": "integer"},
     "without_list": {
      "type": "array",
      "description": "The first 100 of them, and why.",
      "items": {
       "type": "object",
       "required": ["customer", "code", "detail"],
       "properties": {"customer": {"type": "string"}, "code": {"type": "string"}, "detail": {"type": "string"}}
      }
     }
    }
   },
   "ListDifference": {
    "type": "object",
    "required": ["customer", "article", "change", "live", "draft"],
    "properties": {
     "customer": {"type": "string"},
     "article": {"type": "string"},
     "change": {"enum": ["dearer", "cheaper", "new", "gone", "other_currency"]},
     "percent": {"type": "string", "description": "Of the live price of a base unit, with its sign and two decimals; left out where nothing compares."},
     "live": {"$ref": "#/components/schemas/ComparedPrice"},
     "draft": {"$ref": "#/components/schemas/ComparedPrice"}
    }
   },
   "ComparedPrice": {
    "type": "object",
    "required": ["outcome"],
    "properties": {
     "outcome": {"type": "string"},
     "unit_price": {"type": "string"},
     "price_unit": {"type": "integer"},
     "price_unit_of_measure": {"type": "string"},
     "currency": {"type": "string"}
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

#include "server/http/openapi_parts.hpp"

namespace server::http {

std::string_view openapi_feed_paths() {
  return R"json(  "/v1/documents": {
   "post": {
    "operationId": "documents",
    "summary": "Rules documents and feed descriptions, all of them as one batch or none; what has the name of an earlier one takes its place",
    "requestBody": {
     "required": true,
     "content": {
      "application/json": {
       "schema": {
        "type": "object",
        "required": ["documents"],
        "properties": {
         "documents": {
          "type": "array",
          "minItems": 1,
          "maxItems": 1000,
          "items": {
           "type": "object",
           "required": ["name", "text"],
           "properties": {"name": {"type": "string", "description": "For people: faults are told by it."}, "text": {"type": "string", "description": "The document as it is written, JSON."}}
          }
         }
        }
       }
      }
     }
    },
    "responses": {
     "200": {
      "description": "They are in. repeated: they were before, and nothing was changed.",
      "content": {
       "application/json": {
        "schema": {
         "type": "object",
         "required": ["documents", "sequence", "generation", "repeated"],
         "properties": {"documents": {"type": "array", "items": {"type": "string"}}, "sequence": {"type": ["integer", "null"]}, "generation": {"type": "integer"}, "repeated": {"type": "boolean"}}
        }
       }
      }
     },
     "400": {
      "description": "The body is no JSON.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "409": {
      "description": "read_only: this node does not write.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "415": {
      "description": "Another content type or encoding.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "422": {
      "description": "The body has no documents, or one can't be used; the member faults says all that is wrong, and where. Nothing was changed.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "503": {
      "description": "The node can't write now, or its queue is full; Retry-After says when to try again.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   }
  },
  "/v1/feeds/{feed}/batches": {
   "post": {
    "operationId": "batch",
    "summary": "A batch of rows of one feed; answered when it is durable and the next question sees it",
    "parameters": [
     {
      "name": "feed",
      "in": "path",
      "required": true,
      "description": "A feed description, or a kind of record: conditions, stock, articles ...",
      "schema": {"type": "string"}
     },
     {
      "name": "mode",
      "in": "query",
      "description": "What refused rows do: stay out, up to a tenth of them, or let nothing in. replace: the batch brings all of the partition, what it lacks of that goes, and nothing goes in where a row is refused.",
      "schema": {"enum": ["good_rows", "all_or_nothing", "replace"], "default": "good_rows"}
     },
     {
      "name": "partition",
      "in": "query",
      "description": "Of mode=replace, and needed there: column:value,column:value with \\ before a comma inside a value. Conditions: type and any of key fields, agreement, promotion; stock and receipts: warehouse; price_list_assignments: price_list; exchange_rates: kind. Empty: every record of the feed, but for conditions. records:KIND where a feed description makes several kinds of record that can be replaced.",
      "schema": {"type": "string"}
     },
     {
      "name": "sequence",
      "in": "query",
      "description": "The sender's own count of batches of this feed, without gaps; the first one starts it.",
      "schema": {"type": "integer", "minimum": 0}
     },
     {
      "name": "Idempotency-Key",
      "in": "header",
      "description": "The sender's name for the batch: a repeat changes nothing.",
      "schema": {"type": "string", "maxLength": 200}
     }
    ],
    "requestBody": {
     "required": true,
     "content": {"text/csv": {"schema": {"type": "string"}}, "application/x-ndjson": {"schema": {"type": "string"}}}
    },
    "responses": {
     "200": {
      "description": "The batch is in, or was before.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/BatchTaken"}}}
     },
     "202": {
      "description": "A guard of the feed holds the batch: nothing is changed until somebody releases it.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/BatchHeld"}}}
     },
     "404": {
      "description": "unknown_feed: there is no such feed.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "409": {
      "description": "other_content, out_of_order or missing_batches: the id or number does not fit what came before; rejected: it was held and somebody rejected it; read_only: this node does not write.",
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
      "description": "refused_rows: too many rows can't be used; or the batch can't be read at all, or a parameter. Nothing was changed.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/BatchProblem"}}}
     },
     "503": {
      "description": "The queue of batches is full (write_queue_max), or nothing can be written now; Retry-After says when to try again.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   }
  },
  "/v1/feeds": {
   "get": {
    "operationId": "feeds",
    "summary": "All feeds that batches have come of",
    "responses": {
     "200": {
      "description": "In the order in which they came first.",
      "content": {
       "application/json": {
        "schema": {
         "type": "object",
         "required": ["generation", "feeds", "descriptions"],
         "properties": {
          "generation": {"type": "integer"},
          "feeds": {"type": "array", "items": {"$ref": "#/components/schemas/Feed"}},
          "descriptions": {"type": "array", "items": {"$ref": "#/components/schemas/FeedForm"}}
         }
        }
       }
      }
     },
     "503": {
      "description": "No data yet, or the data folder is being read.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   }
  },
  "/v1/feeds/{feed}": {
   "get": {
    "operationId": "feed",
    "summary": "One feed",
    "parameters": [
     {
      "name": "feed",
      "in": "path",
      "required": true,
      "description": "A feed description, or a kind of record: conditions, stock, articles ...",
      "schema": {"type": "string"}
     }
    ],
    "responses": {
     "200": {
      "description": "What is known of it.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Feed"}}}
     },
     "404": {
      "description": "unknown_feed: no batch of it has come.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "503": {
      "description": "No data yet, or the data folder is being read.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   }
  },
  "/v1/batches": {
   "get": {
    "operationId": "held",
    "summary": "Batches that guards hold, or held",
    "parameters": [
     {
      "name": "state",
      "in": "query",
      "description": "Only those.",
      "schema": {"enum": ["held", "released", "rejected", "all"], "default": "held"}
     }
    ],
    "responses": {
     "200": {
      "description": "In the order of their numbers.",
      "content": {
       "application/json": {
        "schema": {
         "type": "object",
         "required": ["batches"],
         "properties": {"batches": {"type": "array", "items": {"$ref": "#/components/schemas/HeldBatch"}}}
        }
       }
      }
     },
     "422": {
      "description": "Another state.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "503": {
      "description": "The data folder can't be read.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   }
  },
  "/v1/batches/{held}/release": {
   "post": {
    "operationId": "release",
    "summary": "Applies a held batch now, as a batch of its own sequence number",
    "parameters": [
     {
      "name": "held",
      "in": "path",
      "required": true,
      "description": "The number of a held batch.",
      "schema": {"type": "integer", "minimum": 1}
     },
     {
      "name": "by",
      "in": "query",
      "required": true,
      "description": "Who says so; kept with the batch.",
      "schema": {"type": "string", "maxLength": 200}
     }
    ],
    "responses": {
     "200": {
      "description": "It is done.",
      "content": {
       "application/json": {
        "schema": {
         "type": "object",
         "required": ["held", "state", "sequence"],
         "properties": {
          "held": {"type": "integer"},
          "state": {"enum": ["released", "rejected"]},
          "sequence": {"type": ["integer", "null"], "description": "That it was released as."}
         }
        }
       }
      }
     },
     "404": {
      "description": "unknown_batch: no batch of this number is held.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "409": {
      "description": "It does not fit what has come in since; it stays held. read_only: this node does not write.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "422": {
      "description": "Nobody is named.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "503": {
      "description": "The node can't write now.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   }
  },
  "/v1/batches/{held}/reject": {
   "post": {
    "operationId": "reject",
    "summary": "Drops a held batch",
    "parameters": [
     {
      "name": "held",
      "in": "path",
      "required": true,
      "description": "The number of a held batch.",
      "schema": {"type": "integer", "minimum": 1}
     },
     {
      "name": "by",
      "in": "query",
      "required": true,
      "description": "Who says so; kept with the batch.",
      "schema": {"type": "string", "maxLength": 200}
     }
    ],
    "responses": {
     "200": {
      "description": "It is done.",
      "content": {
       "application/json": {
        "schema": {
         "type": "object",
         "required": ["held", "state", "sequence"],
         "properties": {
          "held": {"type": "integer"},
          "state": {"enum": ["released", "rejected"]},
          "sequence": {"type": ["integer", "null"], "description": "That it was released as."}
         }
        }
       }
      }
     },
     "404": {
      "description": "unknown_batch: no batch of this number is held.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "409": {
      "description": "It does not fit what has come in since; it stays held. read_only: this node does not write.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "422": {
      "description": "Nobody is named.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "503": {
      "description": "The node can't write now.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   }
  },
  "/v1/batches/{sequence}/refused": {
   "get": {
    "operationId": "refused",
    "summary": "The rows of a batch that could not be used",
    "parameters": [
     {
      "name": "sequence",
      "in": "path",
      "required": true,
      "description": "Of the batch.",
      "schema": {"type": "integer", "minimum": 1}
     },
     {
      "name": "format",
      "in": "query",
      "description": "A table, objects, or the rows as they were sent, to be corrected and sent again; otherwise as Accept says.",
      "schema": {"enum": ["csv", "ndjson", "as_sent"]}
     },
     {
      "name": "file",
      "in": "query",
      "description": "as_sent: of a batch of several files.",
      "schema": {"type": "string"}
     }
    ],
    "responses": {
     "200": {
      "description": "One line a row.",
      "content": {
       "application/x-ndjson": {"schema": {"type": "string"}},
       "text/csv": {"schema": {"type": "string"}},
       "text/plain": {"schema": {"type": "string"}}
      }
     },
     "404": {
      "description": "unknown_batch: there is none of this number.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "422": {
      "description": "Another format, or rows that were not kept as text.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "503": {
      "description": "The data folder can't be read.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   }
  },
)json";
}

}  // namespace server::http

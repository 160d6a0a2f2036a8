#include "server/http/openapi_parts.hpp"

namespace server::http {

std::string_view openapi_price_paths() {
  return R"json(  "/v1/quote": {
   "post": {
    "operationId": "quote",
    "summary": "Price a basket",
    "parameters": [
     {
      "name": "draft",
      "in": "query",
      "description": "Asked of what would be live with this draft, not of live data; the answer has a member draft then: its name, and based_on, the generation of live data it stands on. 404 unknown_draft; 409 where it does not fit any more; 503 draft_not_ready while it is being read, with Retry-After.",
      "schema": {"type": "string"}
     }
    ],
    "requestBody": {
     "required": true,
     "content": {
      "application/json": {
       "schema": {"$ref": "#/components/schemas/QuoteRequest"},
       "example": {
        "customer": "AW00000634",
        "currency": "USD",
        "date": "2024-06-12",
        "channel": "reseller",
        "lines": [{"article": "BK-T18Y-44", "quantity": 12}, {"article": "CA-1098", "quantity": "3"}]
       }
      }
     }
    },
    "responses": {
     "200": {
      "description": "Every line with its price or its reason.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Quote"}}}
     },
     "400": {
      "description": "Not valid JSON.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "411": {
      "description": "A body without length.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "413": {
      "description": "More than a MiB (body_bytes).",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "415": {
      "description": "Not application/json.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "422": {
      "description": "A member that is unknown, missing or of the wrong type; an unknown customer, currency or field.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "503": {
      "description": "No data yet, data too old (stale_feed), or too busy.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   }
  },
  "/v1/customers/{customer}/prices/{article}": {
   "get": {
    "operationId": "price",
    "summary": "Price one article",
    "parameters": [
     {
      "name": "draft",
      "in": "query",
      "description": "Asked of what would be live with this draft, not of live data; the answer has a member draft then: its name, and based_on, the generation of live data it stands on. 404 unknown_draft; 409 where it does not fit any more; 503 draft_not_ready while it is being read, with Retry-After.",
      "schema": {"type": "string"}
     },
     {
      "name": "customer",
      "in": "path",
      "required": true,
      "description": "The customer's code.",
      "schema": {"type": "string"}
     },
     {
      "name": "article",
      "in": "path",
      "required": true,
      "description": "The article's code; a slash in it is written %2F.",
      "schema": {"type": "string"}
     },
     {
      "name": "quantity",
      "in": "query",
      "description": "A decimal; 1 without it.",
      "schema": {"type": "string", "default": "1"}
     },
     {
      "name": "unit",
      "in": "query",
      "description": "The unit ordered; the base unit without it.",
      "schema": {"type": "string"}
     },
     {
      "name": "date",
      "in": "query",
      "description": "The day; now without it.",
      "schema": {
       "type": "string",
       "description": "ISO 8601: 2026-11-22, or 2026-11-22T14:30 in the time zone of the pricing procedure."
      }
     },
     {
      "name": "currency",
      "in": "query",
      "description": "ISO 4217; the customer's without it.",
      "schema": {"type": "string"}
     },
     {
      "name": "agreement",
      "in": "query",
      "description": "The framework agreement called off.",
      "schema": {"type": "string"}
     },
     {
      "name": "language",
      "in": "query",
      "description": "Of texts.",
      "schema": {"type": "string", "default": "en"}
     },
     {
      "name": "sales_organisation",
      "in": "query",
      "description": "The selling company.",
      "schema": {"type": "string"}
     },
     {
      "name": "site",
      "in": "query",
      "description": "The shop or branch.",
      "schema": {"type": "string"}
     },
     {
      "name": "channel",
      "in": "query",
      "description": "For instance internet.",
      "schema": {"type": "string"}
     },
     {
      "name": "document_kind",
      "in": "query",
      "description": "For instance order.",
      "schema": {"type": "string"}
     },
     {
      "name": "explain",
      "in": "query",
      "description": "Adds the waterfall.",
      "schema": {"type": "boolean", "default": false}
     },
     {
      "name": "ladder",
      "in": "query",
      "description": "Adds from which quantity on it costs what.",
      "schema": {"type": "boolean", "default": false}
     },
     {
      "name": "availability",
      "in": "query",
      "description": "Leaves out the band where false.",
      "schema": {"type": "boolean", "default": true}
     },
     {
      "name": "fields",
      "in": "query",
      "description": "Any other parameter is a field that the pricing procedure declares; an unknown one is refused.",
      "style": "form",
      "explode": true,
      "schema": {"type": "object", "additionalProperties": {"type": "string"}}
     },
     {
      "name": "If-None-Match",
      "in": "header",
      "schema": {"type": "string"},
      "description": "The ETag of an earlier answer."
     }
    ],
    "responses": {
     "200": {
      "description": "The price, or the reason why there is none.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Price"}}},
      "headers": {
       "ETag": {"schema": {"type": "string"}, "description": "The same while the answer is the same."},
       "Netto-Freshness": {
        "schema": {"type": "string"},
        "description": "The age in seconds of each feed that the answer rests on, as a list of RFC 8941; with stale where it is beyond its limit."
       }
      }
     },
     "304": {"description": "The answer has not changed."},
     "400": {
      "description": "An address that can't be read.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "404": {
      "description": "No such article.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "422": {
      "description": "An unknown customer, currency or field, or a bad value.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     },
     "503": {
      "description": "No data yet, data too old (stale_feed), or too busy.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   }
  },
)json";
}

}  // namespace server::http

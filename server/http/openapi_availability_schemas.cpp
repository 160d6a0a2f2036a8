#include "server/http/openapi_parts.hpp"

namespace server::http {

std::string_view openapi_availability_schemas() {
  return R"json(   "Availability": {
    "type": "object",
    "required": ["band"],
    "properties": {
     "band": {
      "type": "string",
      "description": "Of the set of bands that applies; unknown: what is known of the stock is too old."
     },
     "text": {"type": "string"},
     "symbol": {"type": "string"},
     "colour": {"type": "string"},
     "schema_org": {"type": "string"},
     "expected": {"type": "string", "description": "The day from which what is on its way covers the quantity."}
    }
   },
   "AvailabilityRequest": {
    "type": "object",
    "additionalProperties": false,
    "required": ["articles"],
    "properties": {
     "customer": {
      "type": "string",
      "maxLength": 256,
      "description": "Whose bands are shown; without it everybody's."
     },
     "date": {
      "type": "string",
      "description": "The day, or moment, that the question is about; without it the present one. ISO 8601: 2026-11-22, or 2026-11-22T14:30 in the time zone of the pricing procedure."
     },
     "language": {"type": "string", "maxLength": 256, "description": "Of texts in the answer: en, sv, de ..."},
     "sales_organisation": {"type": "string", "maxLength": 256, "description": "The selling company."},
     "site": {"type": "string", "maxLength": 256, "description": "The shop or branch."},
     "channel": {"type": "string", "maxLength": 256, "description": "For instance internet or reseller."},
     "document_kind": {"type": "string", "maxLength": 256, "description": "For instance order or return."},
     "attributes": {"$ref": "#/components/schemas/Attributes"},
     "articles": {
      "type": "array",
      "maxItems": 10000,
      "items": {
       "type": "object",
       "additionalProperties": false,
       "required": ["article"],
       "properties": {
        "id": {
         "type": ["string", "number"],
         "maxLength": 256,
         "description": "The caller's own, given back as a string."
        },
        "article": {"type": "string", "maxLength": 256, "description": "The article's code."},
        "quantity": {
         "type": ["string", "number"],
         "maxLength": 256,
         "default": "1",
         "description": "A decimal of at most six decimals, read digit by digit. What is no quantity is the line's outcome bad_quantity."
        },
        "unit": {
         "type": "string",
         "maxLength": 256,
         "description": "The unit ordered; without it the article's base unit."
        },
        "date": {
         "type": "string",
         "description": "ISO 8601: 2026-11-22, or 2026-11-22T14:30 in the time zone of the pricing procedure."
        }
       }
      }
     }
    }
   },
   "AvailableArticle": {
    "type": "object",
    "required": ["article", "quantity", "outcome"],
    "properties": {
     "id": {"type": "string"},
     "article": {"type": "string"},
     "quantity": {"type": "string"},
     "unit": {"type": "string"},
     "outcome": {
      "type": "string",
      "enum": [
       "known",
       "too_old",
       "not_shown",
       "unknown_article",
       "unknown_unit",
       "bad_quantity",
       "negative_quantity",
       "quantity_out_of_range"
      ]
     },
     "reason": {"type": "string"},
     "availability": {"$ref": "#/components/schemas/Availability"}
    }
   },
   "AvailabilityList": {
    "type": "object",
    "required": ["generation", "date", "articles"],
    "properties": {
     "generation": {"type": "integer"},
     "freshness": {"$ref": "#/components/schemas/Freshness"},
     "notices": {"$ref": "#/components/schemas/Notices"},
     "date": {
      "type": "string",
      "description": "ISO 8601: 2026-11-22, or 2026-11-22T14:30 in the time zone of the pricing procedure."
     },
     "articles": {"type": "array", "items": {"$ref": "#/components/schemas/AvailableArticle"}}
    }
   },
   "AvailabilityOfOne": {
    "allOf": [
     {"$ref": "#/components/schemas/AvailableArticle"},
     {
      "type": "object",
      "required": ["generation"],
      "properties": {
       "generation": {"type": "integer"},
       "freshness": {"$ref": "#/components/schemas/Freshness"},
       "notices": {"$ref": "#/components/schemas/Notices"}
      }
     }
    ]
   },
)json";
}

}  // namespace server::http

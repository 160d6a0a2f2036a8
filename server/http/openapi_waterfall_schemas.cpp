#include "server/http/openapi_parts.hpp"

namespace server::http {

std::string_view openapi_waterfall_schemas() {
  return R"json(   "Step": {
    "type": "object",
    "required": ["step"],
    "properties": {
     "step": {"type": "string"},
     "title": {"type": "string"},
     "statistical": {"type": "boolean", "description": "Shown, and no part of any amount."},
     "skipped": {"type": "boolean"},
     "guard": {"type": "string", "enum": ["refuses", "notes"], "description": "What the step found wrong: see reason_code."},
     "reason_code": {"$ref": "#/components/schemas/Reason"},
     "amount": {
      "type": "string",
      "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
      "description": "An exact decimal; digits as they stand."
     },
     "before_rounding": {
      "type": "string",
      "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
      "description": "An exact decimal; digits as they stand."
     },
     "winner": {"anyOf": [{"$ref": "#/components/schemas/Record"}, {"type": "null"}]},
     "candidates": {
      "type": "array",
      "items": {
       "allOf": [
        {"$ref": "#/components/schemas/Record"},
        {
         "type": "object",
         "required": ["outcome"],
         "properties": {
          "outcome": {"type": "string", "enum": ["won", "lost"]},
          "why": {
           "type": "string",
           "description": "validity, currency, unit, threshold, window, agreement, condition, merged, not_applied, tie, or: comparator NAME"
          },
          "access": {"type": "string"}
         }
        }
       ]
      }
     }
    }
   },
   "Record": {
    "type": "object",
    "required": ["record", "type", "kind", "key"],
    "properties": {
     "record": {"type": "string", "description": "The record's own key, or its row in the file it came from."},
     "type": {"type": "string"},
     "kind": {"type": "string", "enum": ["price", "percent", "amount", "factor"]},
     "key": {"type": "object", "additionalProperties": {"type": "string"}},
     "document": {"$ref": "#/components/schemas/Document"},
     "value": {
      "type": "string",
      "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
      "description": "Percents as percents: 12.5 is 12.5 %. A record with a scale or a formula has none."
     },
     "scale": {"type": "string", "description": "Its tiers: 10.00; 9.00 from 10."},
     "scale_kind": {"type": "string", "enum": ["whole", "graduated", "package"]},
     "formula": {"type": "string", "description": "Computes the value."},
     "when": {"type": "string", "description": "The record counts only where this holds."},
     "buy_when": {"type": "string", "description": "Lines whose units count as bought."},
     "free_article": {"type": "string"},
     "numbers": {
      "type": "object",
      "additionalProperties": {"type": "string"},
      "description": "What the record carries beside its value, by the names that its condition type gives."
     },
     "currency": {"type": "string"},
     "unit": {"type": "string"},
     "price_unit": {"type": "integer"},
     "from_quantity": {
      "type": "string",
      "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
      "description": "An exact decimal; digits as they stand."
     },
     "to_quantity": {
      "type": "string",
      "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
      "description": "An exact decimal; digits as they stand."
     },
     "valid_from": {
      "type": "string",
      "description": "ISO 8601: 2026-11-22, or 2026-11-22T14:30 in the time zone of the pricing procedure."
     },
     "valid_to": {
      "type": "string",
      "description": "ISO 8601: 2026-11-22, or 2026-11-22T14:30 in the time zone of the pricing procedure."
     }
    }
   },
)json";
}

}  // namespace server::http

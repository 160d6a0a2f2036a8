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
      "description": "An exact decimal; digits as they stand. Where it is the amount itself, and of steps that apply records or spread an amount, whose parts are rounded one by one, it is left out."
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
           "description": "validity, currency, unit, threshold, window, agreement, condition, merged, tie, or: comparator NAME. Of records that a step applies also excluded (one that is exclusive or not stackable leaves only the first), stopped (one before it says stop), not_taken (the step takes one, and took another), no_longer_met (its condition, when its turn came), limit_reached (a cap left it nothing), no_effect (it changed nothing), line_closed (the line had no price any more)"
          },
          "access": {"type": "string"},
          "cuts": {"type": "array", "items": {"$ref": "#/components/schemas/Cut"}}
         }
        }
       ]
      }
     }
    }
   },
   "Ladder": {
    "type": "object",
    "description": "The line by itself, at other quantities of the unit ordered: for its article, customer and day. What an order adds or takes off as a whole is not in it. A line whose article, unit or quantity can't be priced at all has none.",
    "required": ["valid_until", "tiers"],
    "properties": {
     "valid_until": {
      "type": ["string", "null"],
      "description": "The ladder holds before this moment; null: nothing known ends it."
     },
     "complete_below": {
      "type": "string",
      "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
      "description": "Only where the ladder is cut off: it says nothing of this quantity and larger ones."
     },
     "tiers": {
      "type": "array",
      "description": "By rising quantity; each one holds up to the next. They start at 1, or, where other records price less than 1, at the smallest quantity.",
      "items": {
       "type": "object",
       "required": ["from", "outcome"],
       "properties": {
        "from": {
         "type": "string",
         "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
         "description": "In the unit ordered; of a return without its sign."
        },
        "outcome": {
         "type": "string",
         "enum": [
          "@outcomes"
         ]
        },
        "reason": {"type": "string", "description": "One sentence, where there is no price."},
        "reason_code": {"$ref": "#/components/schemas/Reason", "description": "Of the outcome refused."},
        "unit_price": {
         "type": "string",
         "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
         "description": "An exact decimal; digits as they stand."
        },
        "price_unit": {"type": "integer", "minimum": 1, "description": "The unit price is for this many units."},
        "price_unit_of_measure": {"type": "string", "description": "The unit that the unit price is for."},
        "line_amount": {
         "type": "string",
         "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
         "description": "Of a line of exactly that quantity."
        },
        "source": {"$ref": "#/components/schemas/Source"},
        "records": {
         "type": "array",
         "description": "Other records that steps found or applied.",
         "items": {
          "type": "object",
          "required": ["step", "type", "record"],
          "properties": {
           "step": {"type": "string"},
           "type": {"type": "string", "description": "The condition type of the record."},
           "document": {"$ref": "#/components/schemas/Document"},
           "record": {"type": "string", "description": "The record's own key, or its row in the file it came from."}
          }
         }
        }
       }
      }
     }
    }
   },
   "Cut": {
    "type": "object",
    "description": "What kept a record from taking off all that it would have: the amount of the line (or of the charge) but for this cap, and with it. The caps of one record stand in the order in which they came to bear.",
    "required": ["by", "instead_of", "amount"],
    "properties": {
     "by": {
      "type": "string",
      "enum": ["max_units", "unit_step", "groups", "pool", "worth", "floor", "charge"],
      "description": "max_units, unit_step, groups: numbers of the record. pool: units that another record has used. worth: what the units are worth. floor: what the line never falls below. charge: what there was of the charge."
     },
     "instead_of": {
      "type": "string",
      "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
      "description": "An exact decimal; digits as they stand."
     },
     "amount": {
      "type": "string",
      "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
      "description": "An exact decimal; digits as they stand."
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

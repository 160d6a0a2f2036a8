#include "server/http/openapi_parts.hpp"

namespace server::http {

std::string_view openapi_quote_schemas() {
  return R"json(   "QuoteRequest": {
    "type": "object",
    "additionalProperties": false,
    "required": ["customer", "lines"],
    "properties": {
     "customer": {"type": "string", "maxLength": 256, "description": "The customer's code."},
     "currency": {"type": "string", "maxLength": 256, "description": "ISO 4217; without it the customer's own."},
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
     "lines": {
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
        },
        "agreement": {
         "type": "string",
         "maxLength": 256,
         "description": "The framework agreement that is called off."
        },
        "attributes": {
         "$ref": "#/components/schemas/Attributes",
         "description": "Fields that this line gives itself, instead of those of the question."
        }
       }
      }
     },
     "explain": {"type": "boolean", "default": false, "description": "Adds the waterfall to every line."},
     "ladder": {
      "type": "boolean",
      "default": false,
      "description": "Adds to every line from which quantity on it costs what; of at most 1000 lines (ladder_lines)."
     },
     "availability": {"type": "boolean", "default": true}
    }
   },
   "Quote": {
    "type": "object",
    "required": ["generation", "procedure", "currency", "date", "valid_until", "lines", "totals"],
    "properties": {
     "generation": {
      "type": "integer",
      "description": "The number of the last batch of data that the answer knows."
     },
     "procedure": {"type": "string"},
     "customer": {"type": "string"},
     "currency": {"type": "string"},
     "date": {
      "type": "string",
      "description": "ISO 8601: 2026-11-22, or 2026-11-22T14:30 in the time zone of the pricing procedure."
     },
     "valid_until": {
      "type": ["string", "null"],
      "description": "The price holds before this moment; null: nothing known ends it."
     },
     "freshness": {"$ref": "#/components/schemas/Freshness"},
     "notices": {"$ref": "#/components/schemas/Notices"},
     "lines": {
      "type": "array",
      "items": {
       "type": "object",
       "required": ["line", "article", "quantity", "outcome"],
       "properties": {
        "line": {"type": "integer", "minimum": 1},
        "article": {"type": "string"},
        "id": {"type": "string"},
        "name": {"type": "string"},
        "quantity": {"type": "string"},
        "unit": {"type": "string"},
        "outcome": {
         "type": "string",
         "enum": [
          "@outcomes"
         ]
        },
        "reason": {"type": "string", "description": "One sentence, where there is no price."},
        "reason_code": {"$ref": "#/components/schemas/Reason", "description": "Of the outcome refused."},
        "notes": {
         "type": "array",
         "items": {"$ref": "#/components/schemas/Reason"},
         "description": "What rules of the procedure only mark."
        },
        "adjustments": {"type": "array", "items": {"$ref": "#/components/schemas/Adjustment"}},
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
         "description": "An exact decimal; digits as they stand."
        },
        "components": {
         "type": "object",
         "additionalProperties": {
          "type": "string",
          "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
          "description": "An exact decimal; digits as they stand."
         },
         "description": "Further amounts and rates, by the names that the procedure gives them. Rates are fractions."
        },
        "source": {"$ref": "#/components/schemas/Source"},
        "valid_until": {
         "type": ["string", "null"],
         "description": "The price holds before this moment; null: nothing known ends it."
        },
        "availability": {"$ref": "#/components/schemas/Availability"},
        "waterfall": {"type": "array", "items": {"$ref": "#/components/schemas/Step"}},
        "ladder": {"$ref": "#/components/schemas/Ladder"}
       }
      }
     },
     "totals": {
      "type": "object",
      "additionalProperties": {
       "type": "string",
       "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
       "description": "An exact decimal; digits as they stand."
      },
      "required": ["line_amount"],
      "description": "Sums over the lines that have a price."
     },
     "order": {
      "type": "object",
      "additionalProperties": {
       "type": "string",
       "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
       "description": "An exact decimal; digits as they stand."
      },
      "description": "Amounts of the order, by the names that the procedure gives them: shipping ..."
     },
     "order_adjustments": {
      "type": "array",
      "items": {"$ref": "#/components/schemas/Adjustment"},
      "description": "What records took off charges of the order."
     },
     "free_lines": {"type": "array", "items": {"$ref": "#/components/schemas/FreeLine"}}
    }
   },
   "Price": {
    "type": "object",
    "required": ["generation", "procedure", "scope", "currency", "article", "quantity", "outcome"],
    "properties": {
     "generation": {"type": "integer"},
     "notices": {"$ref": "#/components/schemas/Notices"},
     "procedure": {"type": "string"},
     "scope": {
      "type": "string",
      "enum": ["line"],
      "description": "The line by itself: what an order adds or takes off as a whole is not in this price. Ask POST /v1/quote for that."
     },
     "customer": {"type": "string"},
     "currency": {"type": "string"},
     "date": {"type": "string", "description": "The day, where it was asked for."},
     "article": {"type": "string"},
     "id": {"type": "string"},
     "name": {"type": "string"},
     "quantity": {"type": "string"},
     "unit": {"type": "string"},
     "outcome": {
      "type": "string",
      "enum": [
       "@outcomes"
      ]
     },
     "reason": {"type": "string", "description": "One sentence, where there is no price."},
     "reason_code": {"$ref": "#/components/schemas/Reason", "description": "Of the outcome refused."},
     "notes": {
      "type": "array",
      "items": {"$ref": "#/components/schemas/Reason"},
      "description": "What rules of the procedure only mark."
     },
     "adjustments": {"type": "array", "items": {"$ref": "#/components/schemas/Adjustment"}},
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
      "description": "An exact decimal; digits as they stand."
     },
     "components": {
      "type": "object",
      "additionalProperties": {
       "type": "string",
       "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
       "description": "An exact decimal; digits as they stand."
      },
      "description": "Further amounts and rates, by the names that the procedure gives them. Rates are fractions."
     },
     "source": {"$ref": "#/components/schemas/Source"},
     "valid_until": {
      "type": ["string", "null"],
      "description": "The price holds before this moment; null: nothing known ends it."
     },
     "availability": {"$ref": "#/components/schemas/Availability"},
     "waterfall": {"type": "array", "items": {"$ref": "#/components/schemas/Step"}},
     "ladder": {"$ref": "#/components/schemas/Ladder"},
     "free_lines": {"type": "array", "items": {"$ref": "#/components/schemas/FreeLine"}}
    }
   },
   "Attributes": {
    "type": "object",
    "additionalProperties": {"type": ["string", "number", "boolean"], "maxLength": 256},
    "maxProperties": 64,
    "description": "Further fields that the pricing procedure declares, by name. A number field takes at most six decimals; a number is read digit by digit."
   },
   "Reason": {
    "type": "string",
    "enum": [
     "@reasons"
    ]
   },
   "Adjustment": {
    "type": "object",
    "required": ["step", "amount"],
    "properties": {
     "charge": {"type": "string", "description": "The charge of the order that it is about."},
     "step": {"type": "string"},
     "type": {"type": "string", "description": "The condition type of the record."},
     "document": {"$ref": "#/components/schemas/Document"},
     "record": {"type": "string", "description": "The record's own key, or its row in the file it came from."},
     "amount": {
      "type": "string",
      "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
      "description": "What was taken off; negative, what was put on."
     }
    }
   },
   "FreeLine": {
    "type": "object",
    "required": ["article", "quantity", "unit_price", "step"],
    "properties": {
     "article": {"type": "string"},
     "name": {"type": "string"},
     "quantity": {"type": "string", "description": "In the article's base unit."},
     "unit": {"type": "string"},
     "unit_price": {
      "type": "string",
      "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
      "description": "An exact decimal; digits as they stand."
     },
     "earned_by": {"type": "integer", "minimum": 1, "description": "The line that earned it; without it the order did."},
     "step": {"type": "string"},
     "type": {"type": "string", "description": "The condition type of the record."},
     "document": {"$ref": "#/components/schemas/Document"},
     "record": {"type": "string", "description": "The record's own key, or its row in the file it came from."}
    }
   },
   "Source": {
    "type": "object",
    "required": ["type", "record"],
    "properties": {
     "type": {"type": "string", "description": "The condition type, for instance list_price."},
     "document": {"$ref": "#/components/schemas/Document"},
     "record": {"type": "string", "description": "The record's own key, or its row in the file it came from."}
    }
   },
   "Document": {
    "type": "object",
    "required": ["kind", "code"],
    "properties": {
     "kind": {"type": "string", "enum": ["price_list", "agreement", "promotion"]},
     "code": {"type": "string"},
     "name": {"type": "string"}
    }
   },
)json";
}

}  // namespace server::http

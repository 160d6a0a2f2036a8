#include "server/http/api.hpp"

namespace server::http {

// Kept beside the routes it describes: tests/server/http/openapi_test.cpp holds the two together.
std::string_view openapi_text() {
  static constexpr std::string_view text = R"json({
 "openapi": "3.1.0",
 "info": {
  "title": "Netto",
  "version": "0.1.0",
  "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
  "description": "What a customer pays for a quantity of an article on a day, and when it can be delivered. All lines of an answer come from one generation of the data. Decimals travel as strings, dates in ISO 8601, currencies in ISO 4217. A line that has no price is an outcome of that line and never fails the others. Errors are RFC 9457 problem details."
 },
 "servers": [{"url": "http://127.0.0.1:8080"}],
 "paths": {
  "/v1/quote": {
   "post": {
    "operationId": "quote",
    "summary": "Price a basket",
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
      "description": "No data yet, or too busy.",
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
       "ETag": {"schema": {"type": "string"}, "description": "The same while the answer is the same."}
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
      "description": "No data yet, or too busy.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   }
  },
  "/v1/availability": {
   "post": {
    "operationId": "availability",
    "summary": "Availability of many articles",
    "requestBody": {
     "required": true,
     "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AvailabilityRequest"}}}
    },
    "responses": {
     "200": {
      "description": "What a buyer may see of each article's stock.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AvailabilityList"}}}
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
      "description": "No data yet, or too busy.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   }
  },
  "/v1/availability/{article}": {
   "get": {
    "operationId": "availabilityOfOne",
    "summary": "Availability of one article",
    "parameters": [
     {
      "name": "article",
      "in": "path",
      "required": true,
      "description": "The article's code.",
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
      "name": "customer",
      "in": "query",
      "description": "Whose bands are shown.",
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
      "name": "fields",
      "in": "query",
      "description": "Any other parameter is a field that the pricing procedure declares; an unknown one is refused.",
      "style": "form",
      "explode": true,
      "schema": {"type": "object", "additionalProperties": {"type": "string"}}
     }
    ],
    "responses": {
     "200": {
      "description": "What a buyer may see of its stock.",
      "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AvailabilityOfOne"}}}
     },
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
      "description": "No data yet, or too busy.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   }
  },
  "/openapi.json": {
   "get": {
    "operationId": "openapi",
    "summary": "This document",
    "responses": {
     "200": {
      "description": "OpenAPI 3.1.",
      "content": {"application/json": {"schema": {"type": "object"}}}
     }
    }
   }
  },
  "/healthz": {
   "get": {
    "operationId": "health",
    "summary": "Whether the process answers",
    "responses": {
     "200": {
      "description": "It does.",
      "content": {
       "application/json": {
        "schema": {"type": "object", "properties": {"status": {"const": "ok"}}, "required": ["status"]}
       }
      }
     }
    }
   }
  },
  "/readyz": {
   "get": {
    "operationId": "readiness",
    "summary": "Whether traffic should come",
    "responses": {
     "200": {
      "description": "It should.",
      "content": {
       "application/json": {
        "schema": {
         "type": "object",
         "properties": {"status": {"const": "ready"}, "generation": {"type": "integer"}},
         "required": ["status", "generation"]
        }
       }
      }
     },
     "503": {
      "description": "Not yet; detail says why.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   }
  }
 },
 "components": {
  "schemas": {
   "QuoteRequest": {
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
          "priced",
          "unknown_article",
          "unknown_unit",
          "unknown_agreement",
          "agreement_not_allowed",
          "bad_quantity",
          "zero_quantity",
          "negative_quantity",
          "quantity_out_of_range",
          "no_price",
          "price_on_request",
          "not_on_agreement",
          "ambiguous",
          "amount_out_of_range",
          "division_by_zero",
          "missing_value",
          "no_exchange_rate",
          "refused"
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
        "waterfall": {"type": "array", "items": {"$ref": "#/components/schemas/Step"}}
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
    "required": ["generation", "procedure", "currency", "article", "quantity", "outcome"],
    "properties": {
     "generation": {"type": "integer"},
     "procedure": {"type": "string"},
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
       "priced",
       "unknown_article",
       "unknown_unit",
       "unknown_agreement",
       "agreement_not_allowed",
       "bad_quantity",
       "zero_quantity",
       "negative_quantity",
       "quantity_out_of_range",
       "no_price",
       "price_on_request",
       "not_on_agreement",
       "ambiguous",
       "amount_out_of_range",
       "division_by_zero",
       "missing_value",
       "no_exchange_rate",
       "refused"
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
     "refused",
     "below_floor",
     "margin_too_low",
     "discount_too_high",
     "price_too_high",
     "price_too_low",
     "below_minimum_quantity",
     "above_maximum_quantity",
     "not_a_multiple",
     "below_minimum_amount",
     "not_for_sale",
     "blocked",
     "lower_general_price"
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
   "Availability": {
    "type": "object",
    "required": ["band"],
    "properties": {
     "band": {"type": "string"},
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
      "properties": {"generation": {"type": "integer"}}
     }
    ]
   },
   "Step": {
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
   "Problem": {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
     "type": {"type": "string", "format": "uri"},
     "title": {"type": "string"},
     "status": {"type": "integer"},
     "detail": {"type": "string"},
     "code": {"type": "string", "description": "Stable; for programs."},
     "pointer": {
      "type": "string",
      "format": "json-pointer",
      "description": "The member of the body that is to blame."
     },
     "parameter": {"type": "string", "description": "The parameter of the address that is to blame."}
    }
   }
  }
 }
})json";
  return text;
}

}  // namespace server::http

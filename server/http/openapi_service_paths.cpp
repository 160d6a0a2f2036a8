#include "server/http/openapi_parts.hpp"

namespace server::http {

std::string_view openapi_service_paths() {
  return R"json(  "/openapi.json": {
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
      "description": "Not now: state and detail say why; while it loads, how far it is.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   }
  },
  "/metrics": {
   "get": {
    "operationId": "metrics",
    "summary": "Figures for Prometheus",
    "responses": {
     "200": {
      "description": "The text format, version 0.0.4.",
      "content": {"text/plain": {"schema": {"type": "string"}}}
     },
     "404": {
      "description": "Nothing is counted here.",
      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
     }
    }
   }
  }
)json";
}

}  // namespace server::http

// A validator for the part of JSON Schema 2020-12 that this project's schemas use, so that the
// tests can hold documents, schemas and readers together. Findings name the place in the document
// and the reason. A keyword it does not know is a finding too: a schema must not promise what
// nobody checks. Numbers are compared as decimals, never as floating point. Plain functions over
// trees that outlive the call; any thread. Only for tests.
#pragma once

#include "rules/json_tree.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tests {

struct SchemaFinding {
  std::string pointer;  // into the document
  std::string reason;
};

// `root` is the whole schema; references are looked up in it ("#/$defs/step").
std::vector<SchemaFinding> validate(const rules::Json& document, const rules::Json& root);

// The schema at `reference`; null where there is none.
const rules::Json* schema_at(const rules::Json& root, std::string_view reference);

// For messages: one finding a line.
std::string describe(const std::vector<SchemaFinding>& findings);

}  // namespace tests

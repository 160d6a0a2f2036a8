// Reads what a procedure declares about the data: fields, flags and condition types.
#pragma once

#include "engine/model/schema.hpp"
#include "rules/document_reader.hpp"

namespace rules {

// Everything is declared in `schema`; Faults go to the reader.
void read_declarations(const Json& document, DocumentReader& reader, engine::model::Schema& schema);

}  // namespace rules

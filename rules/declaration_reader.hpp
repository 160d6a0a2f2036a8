// Reads what a rules document declares about the data: a procedure its fields, flags and condition
// types, a look-up the fields that its rows ask for.
#pragma once

#include "engine/model/schema.hpp"
#include "rules/document_reader.hpp"

namespace rules {

// Everything is declared in `schema`; Faults go to the reader.
void read_fields(const Json& document, DocumentReader& reader, engine::model::Schema& schema);
void read_declarations(const Json& document, DocumentReader& reader, engine::model::Schema& schema);

}  // namespace rules

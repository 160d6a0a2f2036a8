// Reads one procedure document (see procedure.schema.json) and compiles it to the closed form of
// engine/rule.
#pragma once

#include "engine/model/schema.hpp"
#include "engine/rule/procedure.hpp"
#include "rules/document_reader.hpp"

#include <optional>

namespace rules {

// Declares fields, flags, condition types and accesses in `schema`. Faults go to the reader; with
// any fault the procedure is not to be used.
std::optional<engine::rule::Procedure> read_procedure(const Json& document, DocumentReader& reader,
                                                      engine::model::Schema& schema);

}  // namespace rules

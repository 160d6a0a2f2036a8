// Reads one procedure document (see procedure.schema.json) and compiles it to the closed form of
// engine/rule. Its parts have readers of their own: parameters, declaration_reader, find_reader,
// apply_reader; its expressions are compiled by expression. Everything happens at publish time.
#pragma once

#include "engine/model/schema.hpp"
#include "engine/rule/procedure.hpp"
#include "rules/document_reader.hpp"
#include "rules/parameters.hpp"

namespace rules {

// Declares fields, flags, condition types and accesses in `schema`. Faults go to the reader; with
// any fault the procedure is not to be used. `given` has the values of a look-up's row for the
// procedure's parameters, and makes a variant of it.
engine::rule::Procedure read_procedure(const Json& document, DocumentReader& reader,
                                       engine::model::Schema& schema,
                                       const GivenParameters& given = {});

}  // namespace rules

// Reads the other rules documents: which procedure prices a question
// (procedure_lookup.schema.json), and availability bands with the look-up that says which set an
// article is shown by (availability_bands.schema.json).
#pragma once

#include "engine/model/schema.hpp"
#include "engine/rule/rule_set.hpp"
#include "rules/document_reader.hpp"

namespace rules {

// Fields that the document declares are put into `schema` first.
void read_procedure_lookup(const Json& document, DocumentReader& reader,
                           engine::model::Schema& schema, engine::rule::RuleSet& rules);
void read_availability_bands(const Json& document, DocumentReader& reader,
                             engine::model::Schema& schema, engine::rule::RuleSet& rules);

}  // namespace rules

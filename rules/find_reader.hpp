// Reads a step's search for records: its accesses, how one of several is chosen, and what the
// records' own texts and scales are read with.
#pragma once

#include "rules/procedure_draft.hpp"

namespace rules {

enum class RecordUse : std::uint8_t {
  found,    // the step takes one record
  applied,  // it applies all that it finds
};

// `step` is the one that the search belongs to, not yet among the draft's steps. Declares the
// accesses' tables in the schema.
engine::rule::Find read_find(const Json& json, const engine::rule::Step& step, RecordUse use,
                             ProcedureDraft& draft);

}  // namespace rules

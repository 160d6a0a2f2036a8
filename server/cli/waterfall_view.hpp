// The waterfall as a pricing manager reads it: every step with its amount, what it found and what
// lost against it and why; and as rows for a spreadsheet. Pure; one thread.
#pragma once

#include "rules/json_tree.hpp"

#include <string>

namespace server::cli {

std::string waterfall_text(const rules::Json& answer, bool may_colour);

// One row a step, and one a candidate.
std::string waterfall_csv(const rules::Json& answer);

}  // namespace server::cli

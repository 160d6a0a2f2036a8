// The ladders of an answer - from which quantity on a line costs what - as people like to read them
// and as spreadsheets take them. Pure; one thread.
#pragma once

#include "rules/json_tree.hpp"

#include <string>

namespace server::cli {

// A table a line below its title; nothing where no line has a ladder.
std::string ladder_table(const rules::Json& answer, bool may_colour);

// One row a tier. RFC 4180.
std::string ladder_csv(const rules::Json& answer);

}  // namespace server::cli

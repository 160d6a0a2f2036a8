// The values that a field has on a line: given by the line itself, else by the question, else one
// of the customer's attributes; of an article side field the article's.
#pragma once

#include "tests/oracle/state.hpp"

#include <optional>
#include <string>

namespace oracle {

// Of a text field. None: it is missing.
Texts field_texts(const OpenLine& line, const std::string& field);

// Of a decimal field, or a bool one as "true" and "false"; nothing where it is missing.
std::optional<std::string> field_value(const OpenLine& line, const std::string& field);

}  // namespace oracle

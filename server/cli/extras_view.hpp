// What an answer tells beside its lines' prices, for people: notes of guards, what promotions took
// off, amounts of the order and free lines. Pure; one thread.
#pragma once

#include "rules/json_tree.hpp"

#include <string>
#include <string_view>

namespace server::cli {

// "list_price row 17", "list_price row 5 of agreement AG-1": of an object with the members "type",
// "record" and "document", which stand below `path` where one is given.
std::string record_place_text(const rules::Json& json, std::string_view path = "");

// Notes and adjustments of all lines and of the order, its amounts, free lines; each part below a
// title, and nothing where there is nothing to tell.
std::string extras_text(const rules::Json& answer, bool may_colour);

// Of one line: its notes and adjustments, a row each.
std::string line_extras_text(const rules::Json& line, std::string_view indent, bool may_colour);

// Of the order alone: as extras_text without the lines' part.
std::string order_extras_text(const rules::Json& answer, bool may_colour);

// Codes of notes, separated by `;`.
std::string notes_codes(const rules::Json& line);

}  // namespace server::cli

// The answer to a quote, as people like to read it and as spreadsheets take it. Pure; one thread.
#pragma once

#include "rules/json_tree.hpp"
#include "server/cli/columns.hpp"

#include <span>
#include <string>
#include <string_view>

namespace server::cli {

// Who, when and by which procedure; every line; the totals.
std::string quote_table(const rules::Json& answer, bool may_colour);

// One row a line, then one a free line, whose outcome is "free" and whose line is the one that
// earned it. RFC 4180; components are columns.
std::string quote_csv(const rules::Json& answer);

bool has_line_without_price(const rules::Json& answer);

// ---- what the views share
// -------------------------------------------------------------------------

// The text at a path of member names, "availability/band"; empty where there is none.
std::string_view text_at(const rules::Json& json, std::string_view path);

// The elements of a member that is an array.
std::span<const rules::Json> items_of(const rules::Json& json, std::string_view name);

// "Customer   AW00000676": what the whole answer is about.
std::string answer_head(const rules::Json& answer, bool may_colour);

// "2024.9940", "234.50 per 100 PCE".
std::string unit_price_text(const rules::Json& line);
// "12 PCE".
std::string quantity_text(const rules::Json& line);

}  // namespace server::cli

// CSV as commands write it: RFC 4180, UTF-8, quotes only where a cell needs them. Appends; nothing
// is kept.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace server::cli {

void append_csv_cell(std::string& out, std::string_view text);
// The cells and the end of the line.
void append_csv_row(std::string& out, std::span<const std::string_view> cells);

}  // namespace server::cli

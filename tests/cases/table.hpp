// A table of cases as a pricing clerk writes it: comment lines in front, a header, a case a line.
// Columns whose name begins with "=" hold what is expected; the others say what is given. Kept as
// it stands, so that UPDATE_CASES=1 can write the expectations anew and leave the rest alone.
#pragma once

#include <string>
#include <vector>

namespace cases {

struct Table {
  std::vector<std::string> comments;  // with their "#"
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;

  // Paths from the project's root behind "# rules:" in the comments.
  std::vector<std::string> rules() const;
  // The cell under a column; empty where there is no such column.
  std::string cell(std::size_t row, const std::string& column) const;
};

// Throws std::runtime_error with the line that is no row of the table.
Table read_table(const std::string& path);
void write_table(const std::string& path, const Table& table);

}  // namespace cases

// Rows of a CSV file for the replay tools: the plainest reader there is, which shares nothing with the one that imports
// use, so that a mistake there can't hide here. Comma, quotes doubled within quotes, rows ending in \n or \r\n, a byte
// order mark passed over, blank lines too. A row that can't be split, or is not UTF-8, says so in `problem` and costs
// itself only: reading goes on with the line after the one where it began.
// Plain functions, any thread; rows are copies. Cost: about 50 ns a cell.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace tests::replay {

struct CsvRow {
  std::uint64_t line = 0;  // where it begins, from 1
  std::vector<std::string> cells;
  std::string problem;     // empty: none
};

// Whether a quoted cell may hold line ends.
enum class QuotedCells { one_line, several_lines };

std::vector<CsvRow> csv_rows(std::string_view text, QuotedCells quoted);

// As above, of a file that may be xz. The first row must be exactly `header`; it is left out of the result.
// Faults: those of reading the file; wrong_header.
engine::base::Result<std::vector<CsvRow>> read_csv(const std::string& path, const std::vector<std::string_view>& header,
                                                   QuotedCells quoted);

// "line 12: the day '2022-13-01' ..." for messages.
std::string at_line(std::uint64_t line, std::string_view what);

}  // namespace tests::replay

// Rows of a CSV file for the replay tools: the plainest reader there is, which shares nothing with
// the one that imports use, so that a mistake there can't hide here. Comma, quotes doubled within
// quotes, rows ending in \n or \r\n, a byte order mark passed over, blank lines too. A row that
// can't be split, or is not UTF-8, says so in `problem` and costs itself only: reading goes on with
// the line after the one where it began. Plain functions, any thread; rows are copies. Cost: about
// 50 ns a cell.
#pragma once

#include "engine/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tests::replay {

struct CsvRow {
  std::uint64_t line = 0;  // where it begins, from 1
  std::vector<std::string> cells;
  std::string problem;  // empty: none
};

// Whether a quoted cell may hold line ends.
enum class QuotedCells { one_line, several_lines };

std::vector<CsvRow> csv_rows(std::string_view text, QuotedCells quoted);

struct CsvTable {
  std::vector<std::string> header;
  std::vector<CsvRow>
      rows;  // those below the header; one of another width than the header has a problem
};

// As above, of a file that may be xz; the first row is the header and must have every one of
// `columns`. Faults: those of reading the file; wrong_header.
engine::base::Result<CsvTable> read_csv(const std::string& path,
                                        std::span<const std::string_view> columns,
                                        QuotedCells quoted);

// Where each of `columns` stands in the header, which has them all.
std::vector<std::size_t> positions_of(const CsvTable& table,
                                      std::span<const std::string_view> columns);

// "line 12: the day '2022-13-01' ..." for messages.
std::string at_line(std::uint64_t line, std::string_view what);

}  // namespace tests::replay

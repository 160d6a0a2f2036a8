#include "tests/replay/parts/csv_rows.hpp"

#include "server/feed/text_source.hpp"
#include "server/json/utf8.hpp"

#include <algorithm>
#include <utility>

namespace tests::replay {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

class Splitter {
 public:
  Splitter(std::string_view text, QuotedCells quoted) : text_{text}, quoted_{quoted} {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  bool done() const { return at_ >= text_.size(); }

  CsvRow next() {
    CsvRow row;
    row.line = line_;
    const std::size_t begin = at_;
    if (!split(row)) {
      row.cells.clear();
      at_ = begin;
      line_ = row.line;
      skip_line();
    } else if (!server::json::is_utf8(text_.substr(begin, at_ - begin))) {
      row.problem = "the row is not UTF-8";
    }
    return row;
  }

 private:
  bool split(CsvRow& row) {
    for (;;) {
      std::string& cell = row.cells.emplace_back();
      const bool whole =
          !done() && text_[at_] == '"' ? quoted_cell(cell, row) : plain_cell(cell, row);
      if (!whole) return false;
      if (done() || text_[at_] != ',') break;
      ++at_;
    }
    skip_line();
    return true;
  }

  bool plain_cell(std::string& cell, CsvRow& row) {
    const std::size_t end = std::min(text_.find_first_of(",\n", at_), text_.size());
    cell = text_.substr(at_, end - at_);
    at_ = end;
    const bool row_ends = end == text_.size() || text_[end] == '\n';
    if (row_ends && cell.ends_with('\r')) cell.pop_back();
    if (cell.find('"') == std::string::npos) return true;
    row.problem = "a quote stands within a cell that has none around it";
    return false;
  }

  bool quoted_cell(std::string& cell, CsvRow& row) {
    for (++at_; !done(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        if (at_ + 1 == text_.size() || text_[at_ + 1] != '"') return quoted_cell_ends(row);
        ++at_;
      }
      if (c == '\n' && quoted_ == QuotedCells::one_line) break;
      if (c == '\n') ++line_;
      cell += c;
    }
    row.problem = "a quoted cell has no end";
    return false;
  }

  bool quoted_cell_ends(CsvRow& row) {
    ++at_;
    if (text_.substr(at_).starts_with("\r\n")) ++at_;
    if (done() || text_[at_] == ',' || text_[at_] == '\n') return true;
    row.problem = "text follows a closing quote";
    return false;
  }

  void skip_line() {
    at_ = std::min(text_.find('\n', at_), text_.size() - 1) + 1;
    ++line_;
  }

  std::string_view text_;
  QuotedCells quoted_;
  std::size_t at_ = 0;
  std::uint64_t line_ = 1;
};

bool is_blank(const CsvRow& row) {
  return row.problem.empty() && row.cells.size() == 1 && row.cells.front().empty();
}

std::string joined(const auto& names) {
  std::string all;
  for (const auto& name : names) all.append(all.empty() ? "" : ",").append(name);
  return all;
}

}  // namespace

std::vector<CsvRow> csv_rows(std::string_view text, QuotedCells quoted) {
  std::vector<CsvRow> rows;
  Splitter splitter{text, quoted};
  while (!splitter.done()) {
    CsvRow row = splitter.next();
    if (!is_blank(row)) rows.push_back(std::move(row));
  }
  return rows;
}

Result<CsvTable> read_csv(const std::string& path, std::span<const std::string_view> columns,
                          QuotedCells quoted) {
  const auto text = server::feed::read_file(path);
  if (!text) return Fault{text.error().code, path, text.error().detail};
  CsvTable table;
  table.rows = csv_rows(*text, quoted);
  if (table.rows.empty()) return Fault{FaultCode::wrong_header, path, "the file is empty"};
  if (!table.rows.front().problem.empty())
    return Fault{FaultCode::wrong_header, path, "the header: " + table.rows.front().problem};
  table.header = std::move(table.rows.front().cells);
  table.rows.erase(table.rows.begin());
  for (const std::string_view column : columns) {
    if (std::ranges::count(table.header, column) == 1) continue;
    return Fault{FaultCode::wrong_header, path,
                 "the header must have the column '" + std::string{column} + "' once; it is '" +
                     joined(table.header).substr(0, 400) + "'"};
  }
  for (CsvRow& row : table.rows) {
    if (!row.problem.empty() || row.cells.size() == table.header.size()) continue;
    row.problem = "it has " + std::to_string(row.cells.size()) + " columns, not " +
                  std::to_string(table.header.size());
  }
  return table;
}

std::vector<std::size_t> positions_of(const CsvTable& table,
                                      std::span<const std::string_view> columns) {
  std::vector<std::size_t> positions;
  for (const std::string_view column : columns) {
    positions.push_back(
        static_cast<std::size_t>(std::ranges::find(table.header, column) - table.header.begin()));
  }
  return positions;
}

std::string at_line(std::uint64_t line, std::string_view what) {
  return "line " + std::to_string(line) + ": " + std::string{what};
}

}  // namespace tests::replay

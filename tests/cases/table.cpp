#include "tests/cases/table.hpp"

#include <fstream>
#include <stdexcept>

namespace cases {

namespace {

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  return first == std::string::npos
             ? ""
             : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') {
      const bool twice = quoted && i + 1 < line.size() && line[i + 1] == '"';
      if (twice) cells.back() += line[++i];
      if (!twice) quoted = !quoted;
    } else if (line[i] == ',' && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += line[i];
    }
  }
  for (std::string& cell : cells) cell = trimmed(cell);
  return cells;
}

std::string line_of(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += ',';
    if (cells[i].find_first_of(",\"") == std::string::npos) {
      line += cells[i];
      continue;
    }
    line += '"';
    for (const char c : cells[i]) line += c == '"' ? std::string{"\"\""} : std::string(1, c);
    line += '"';
  }
  return line;
}

}  // namespace

std::vector<std::string> Table::rules() const {
  std::vector<std::string> paths;
  const std::string word = "# rules:";
  for (const std::string& comment : comments) {
    if (comment.rfind(word, 0) == 0) paths.push_back(trimmed(comment.substr(word.size())));
  }
  return paths;
}

std::string Table::cell(std::size_t row, const std::string& column) const {
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header[i] == column) return rows[row][i];
  }
  return "";
}

Table read_table(const std::string& path) {
  std::ifstream in{path};
  if (!in) throw std::runtime_error("cannot read " + path);
  Table table;
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (table.header.empty() && line.rfind('#', 0) == 0) {
      table.comments.push_back(line);
      continue;
    }
    if (trimmed(line).empty()) continue;
    auto cells = cells_of(line);
    if (table.header.empty()) {
      table.header = std::move(cells);
      continue;
    }
    if (cells.size() != table.header.size()) {
      throw std::runtime_error(path + ", line " + std::to_string(number) + ": " +
                               std::to_string(cells.size()) + " cells under " +
                               std::to_string(table.header.size()) + " columns");
    }
    table.rows.push_back(std::move(cells));
  }
  if (table.rows.empty()) throw std::runtime_error(path + " has no cases");
  return table;
}

void write_table(const std::string& path, const Table& table) {
  std::ofstream out{path};
  for (const std::string& comment : table.comments) out << comment << '\n';
  out << line_of(table.header) << '\n';
  for (const auto& row : table.rows) out << line_of(row) << '\n';
}

}  // namespace cases

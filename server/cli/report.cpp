#include "server/cli/report.hpp"

#include "engine/base/contract.hpp"
#include "server/cli/csv.hpp"
#include "server/json/json_writer.hpp"

#include <algorithm>
#include <utility>

namespace server::cli {

namespace {

constexpr std::size_t gap = 2;  // blanks between columns

void append_padded(std::string& line, std::string_view text, std::size_t width, Align align) {
  const std::size_t blanks = width - std::min(width, shown_width(text));
  if (align == Align::right) line.append(blanks, ' ');
  line += text;
  if (align == Align::left) line.append(blanks, ' ');
}

void end_line(std::string& text) {
  while (!text.empty() && text.back() == ' ') text.pop_back();
  text += '\n';
}

void write_value(json::JsonWriter& json, const Value& value) {
  if (value.is_number) {
    json.number(std::stoull(value.text));
  } else {
    json.text(value.text);
  }
}

std::string shown(const Value& value) {
  return value.is_number ? grouped(std::stoull(value.text)) : value.text;
}

}  // namespace

Value::Value(std::uint64_t count) : text{std::to_string(count)}, is_number{true} {}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return text;
}

std::size_t shown_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\x1b') {  // a colour: up to its m
      at = std::min(text.find('m', at), text.size());
    } else if ((static_cast<unsigned char>(text[at]) & 0xc0U) != 0x80U) {
      ++width;
    }
  }
  return width;
}

// ---- Table
// ----------------------------------------------------------------------------------------

void Table::add(std::vector<Value> row) {
  ENSURE(row.size() == headings_.size());
  rows_.push_back(std::move(row));
}

std::string Table::as_text() const {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < headings_.size(); ++column) {
    std::size_t width = shown_width(headings_[column].title);
    for (const auto& row : rows_) width = std::max(width, shown_width(shown(row[column])));
    widths.push_back(width);
  }
  std::string text = title_.empty() ? "" : title_ + "\n";
  std::string line;
  const auto append_line = [&](const auto& cell_of) {
    line = title_.empty() ? "" : "  ";
    for (std::size_t column = 0; column < headings_.size(); ++column) {
      append_padded(line, cell_of(column), widths[column], headings_[column].align);
      line.append(gap, ' ');
    }
    end_line(line);
    text += line;
  };
  append_line([&](std::size_t column) { return headings_[column].title; });
  for (const auto& row : rows_) append_line([&](std::size_t column) { return shown(row[column]); });
  if (!note_.empty()) text += (title_.empty() ? "" : "  ") + note_ + "\n";
  return text;
}

std::string Table::as_csv() const {
  std::string text;
  for (std::size_t column = 0; column < headings_.size(); ++column) {
    if (column > 0) text += ',';
    append_csv_cell(text, headings_[column].name);
  }
  text += "\r\n";
  for (const auto& row : rows_) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      if (column > 0) text += ',';
      append_csv_cell(text, row[column].text);
    }
    text += "\r\n";
  }
  return text;
}

// ---- Report
// ---------------------------------------------------------------------------------------

void Report::fact(std::string name, std::string label, const Value& value) {
  facts_.push_back({std::move(name), std::move(label), value});
}

Table& Report::table(std::string name, std::string title, std::vector<Heading> headings) {
  return tables_.emplace_back(std::move(name), std::move(title), std::move(headings));
}

std::string Report::as_text() const {
  std::size_t width = 0;
  for (const Fact& fact : facts_) {
    if (!fact.value.text.empty()) width = std::max(width, shown_width(fact.label));
  }
  std::string text = title_.empty() ? "" : title_ + "\n";
  for (const Fact& fact : facts_) {
    if (fact.value.text.empty()) continue;
    if (!title_.empty()) text += "  ";
    append_padded(text, fact.label, width + gap, Align::left);
    text += shown(fact.value) + "\n";
  }
  for (const Table& table : tables_) {
    if (table.empty() && table.note_.empty()) continue;
    if (!text.empty()) text += '\n';
    if (table.empty()) {
      text += table.note_ + "\n";
    } else {
      text += table.as_text();
    }
  }
  return text;
}

std::string Report::as_json() const {
  std::string text;
  json::JsonWriter json{text};
  json.begin_object();
  for (const Fact& fact : facts_) {
    json.key(fact.name);
    write_value(json, fact.value);
  }
  for (const Table& table : tables_) {
    json.key(table.name_);
    json.begin_array();
    for (const auto& row : table.rows_) {
      json.begin_object();
      for (std::size_t column = 0; column < row.size(); ++column) {
        json.key(table.headings_[column].name);
        write_value(json, row[column]);
      }
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
  return text + "\n";
}

std::string Report::as_csv() const {
  for (const Table& table : tables_) {
    if (csv_table_.empty() || table.name_ == csv_table_) return table.as_csv();
  }
  return "";
}

void Report::write(Run& run) const {
  switch (run.format) {
    case Format::table:
      write_out(run, as_text());
      break;
    case Format::json:
      write_out(run, as_json());
      break;
    case Format::csv:
      write_out(run, as_csv());
      break;
  }
}

}  // namespace server::cli

#include "server/feed/table_reader.hpp"

#include <algorithm>

namespace server::feed {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  if (text.empty() || (text.front() > ' ' && text.back() > ' ')) return text;
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string listed(std::span<const std::string> names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string counted(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " column" : " columns");
}

}  // namespace

Result<TableReader> TableReader::open(const SourceText& source, const FileFormat& format,
                                      std::span<const std::string> needed) {
  const bool ndjson = format.layout == Layout::ndjson;
  TableReader reader{
      source, format,
      ndjson ? Rows{NdjsonReader{source.text}} : Rows{CsvReader{source.text, format.csv}}};
  if (ndjson) {
    reader.columns_ = std::get<NdjsonReader>(reader.rows_).columns();
  } else if (format.header) {
    if (auto ok = reader.read_header(std::get<CsvReader>(reader.rows_)); !ok) return ok.error();
  } else {
    reader.columns_ = format.columns;
  }
  if (auto ok = reader.check_separator(); !ok) return ok.error();
  if (auto ok = reader.check_needed(needed); !ok) return ok.error();
  return reader;
}

Result<void> TableReader::read_header(CsvReader& rows) {
  if (!rows.next()) {
    return Fault{FaultCode::wrong_header, "", "the file is empty; a header row is expected"};
  }
  if (rows.problem()) {
    return Fault{FaultCode::wrong_header, "",
                 "the header can't be read: " + rows.problem()->detail};
  }
  if (!source_->all_utf8 && !is_utf8(rows.raw())) {
    return Fault{FaultCode::bad_encoding, "",
                 "the header is not in the encoding expected (UTF-8 unless a feed description says "
                 "otherwise)"};
  }
  header_ = rows.raw();
  for (const std::string_view field : rows.fields()) columns_.emplace_back(without_blanks(field));
  while (format_->extra_columns != ExtraColumns::refuse && columns_.size() > 1 &&
         columns_.back().empty()) {
    columns_.pop_back();
  }
  return {};
}

// A file of one column where another separator splits every line alike was written with that one.
Result<void> TableReader::check_separator() const {
  constexpr int rows_looked_at = 10;
  if (format_->layout == Layout::ndjson) return {};
  if (format_->header ? columns_.size() != 1 : columns_.size() < 2) return {};
  CsvReader rows{source_->text, format_->csv};
  bool any = false;
  for (int i = 0; i < rows_looked_at && rows.next(); ++i) {
    if (rows.fields().size() != 1) return {};
    any = true;
  }
  const std::string guess = any ? separator_guess(source_->text) : "";
  if (!any || (format_->header && guess.empty())) return {};
  return Fault{FaultCode::wrong_delimiter, "",
               "the columns are not separated by " + separator_name(format_->csv.separator) +
                   (guess.empty() ? "" : "; the separator seems to be " + separator_name(guess)) +
                   ": say so in a feed description"};
}

Result<void> TableReader::check_needed(std::span<const std::string> needed) const {
  for (const std::string& name : needed) {
    const auto count = std::ranges::count(columns_, name);
    if (count == 1) continue;
    std::string detail = "the column '" + name;
    detail.append(count == 0 ? "' is missing" : "' stands twice").append("; the file has ");
    return Fault{FaultCode::wrong_header, name, detail.append(listed(columns_))};
  }
  return {};
}

std::optional<std::size_t> TableReader::column(std::string_view name) const {
  const auto found = std::ranges::find(columns_, name);
  if (found == columns_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns_.begin());
}

bool TableReader::next() {
  const bool more = std::visit(
      [&](auto& rows) {
        if (!rows.next()) return false;
        fields_ = rows.fields();
        problem_ = rows.problem();
        return true;
      },
      rows_);
  if (!more || problem_) return more;
  if (!source_->all_utf8 && !is_utf8(raw())) {
    problem_ = Fault{
        FaultCode::bad_encoding, "",
        "the row is not in the encoding expected (UTF-8 unless a feed description says otherwise)"};
  } else if (fields_.size() != columns_.size()) {
    check_columns();
  }
  return true;
}

void TableReader::check_columns() {
  const std::size_t expected = columns_.size();
  const bool extra = fields_.size() > expected;
  if (extra && format_->extra_columns == ExtraColumns::ignore) return;
  if (extra && format_->extra_columns == ExtraColumns::ignore_empty &&
      std::ranges::all_of(fields_.subspan(expected),
                          [](std::string_view field) { return without_blanks(field).empty(); })) {
    return;
  }
  if (!extra && format_->missing_columns == MissingColumns::empty) {
    padded_.assign(fields_.begin(), fields_.end());
    padded_.resize(expected);
    fields_ = padded_;
    return;
  }
  problem_ =
      Fault{FaultCode::wrong_columns, "",
            "the row has " + counted(fields_.size()) + " instead of " + std::to_string(expected)};
}

std::string_view TableReader::cell(std::size_t column) const {
  std::string_view value = fields_[column];
  if (format_->trim) value = without_blanks(value);
  const auto& empty_values = format_->empty_values;
  if (!empty_values.empty() && std::ranges::find(empty_values, value) != empty_values.end())
    return {};
  return value;
}

}  // namespace server::feed

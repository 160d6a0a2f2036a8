#include "server/feed/row_parts.hpp"

#include <algorithm>

namespace server::feed {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

std::uint64_t lines_in(std::string_view text) {
  return static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

// Where rows end, one after the other. Lines are counted by their line feeds.
class RowEnds {
 public:
  RowEnds(std::string_view text, const FeedForm& form)
      : text_{text}, is_csv_{form.layout == Layout::csv}, reader_{text, form.csv} {}

  // False at the end of the text.
  bool next() {
    begin_ = end_;
    if (begin_ == text_.size()) return false;
    if (is_csv_) {
      end_ = reader_.next() ? reader_.offset() : text_.size();
    } else {
      end_ = std::min(text_.find('\n', begin_), text_.size() - 1) + 1;
    }
    return true;
  }

  std::size_t begin() const { return begin_; }

  std::size_t end() const { return end_; }

 private:
  std::string_view text_;
  bool is_csv_;
  CsvReader reader_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace

std::string RowParts::text_of(const RowPart& part) const {
  std::string text;
  text.reserve(header.size() + part.rows.size());
  return text.append(header).append(part.rows);
}

std::uint64_t RowParts::line_in_text(const RowPart& part, std::uint64_t line) const {
  return line <= header_lines ? line : line - header_lines + part.lines_before;
}

Result<RowParts> row_parts(std::string_view text, const FeedForm& form, std::size_t bytes_max) {
  RowParts made;
  if (text.size() <= bytes_max) {
    made.parts.push_back({text, 0});
    return made;
  }
  RowEnds row{text, form};
  std::size_t begin = 0;  // of the part
  if (form.layout == Layout::csv && form.header && row.next()) {
    begin = row.end();
    made.header = text.substr(0, begin);
    made.header_lines = lines_in(made.header);
  }
  std::uint64_t lines = made.header_lines;
  std::size_t end = begin;
  const auto close = [&] {
    made.parts.push_back({text.substr(begin, end - begin), lines});
    lines += lines_in(made.parts.back().rows);
    begin = end;
  };
  while (row.next()) {
    if (made.header.size() + row.end() - begin > bytes_max && end > begin) close();
    if (made.header.size() + row.end() - begin > bytes_max) {
      return Fault{FaultCode::too_large, "line " + std::to_string(lines + 1),
                   "the row has more than " + std::to_string(bytes_max) +
                       " bytes with its header, more than one batch may have"};
    }
    end = row.end();
  }
  if (end > begin || made.parts.empty()) close();
  return made;
}

}  // namespace server::feed

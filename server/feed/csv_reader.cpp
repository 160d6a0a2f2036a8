#include "server/feed/csv_reader.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace server::feed {

using engine::base::Fault;
using engine::base::FaultCode;

namespace {

std::uint64_t line_feeds(std::string_view text) {
  return static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

}  // namespace

CsvReader::CsvReader(std::string_view text, CsvFormat format)
    : text_{text}, format_{std::move(format)} {
  ENSURE(!format_.separator.empty());
}

bool CsvReader::next() {
  fields_.clear();
  unquoted_used_ = 0;
  problem_.reset();
  while (at_ < text_.size()) {
    const std::size_t start = at_;
    line_ = next_line_;
    std::size_t end = row_end_from(start);
    const bool quoted = format_.quote && end > start &&
                        std::memchr(text_.data() + start, *format_.quote, end - start) != nullptr;
    if (quoted) {
      const std::size_t quoted_end = split_quoted(start);
      if (quoted_end != none) end = quoted_end;
    } else if (end > start) {
      split_plain(text_.substr(start, end - start));
    }
    raw_ = text_.substr(start, end - start);
    at_ = end + row_end_size_at(end);
    const bool one_line = !quoted && format_.row_end.empty();
    next_line_ += one_line ? 1 : line_feeds(text_.substr(start, at_ - start));
    if (end == start) continue;
    check_limits();
    return true;
  }
  return false;
}

// Where the row end that follows `from` begins; the text's size when none does.
std::size_t CsvReader::row_end_from(std::size_t from) const {
  if (!format_.row_end.empty()) return std::min(text_.find(format_.row_end, from), text_.size());
  const void* found = std::memchr(text_.data() + from, '\n', text_.size() - from);
  std::size_t end = found == nullptr
                        ? text_.size()
                        : static_cast<std::size_t>(static_cast<const char*>(found) - text_.data());
  if (end > from && text_[end - 1] == '\r') --end;
  return end;
}

// 0 where no row ends at `at`, and at the end of the text.
std::size_t CsvReader::row_end_size_at(std::size_t at) const {
  const std::string_view rest = text_.substr(at);
  if (!format_.row_end.empty())
    return rest.starts_with(format_.row_end) ? format_.row_end.size() : 0;
  if (rest.starts_with('\n') || rest == "\r") return 1;
  return rest.starts_with("\r\n") ? 2 : 0;
}

void CsvReader::split_plain(std::string_view row) {
  const std::string& separator = format_.separator;
  if (separator.size() == 1) {
    const char* begin = row.data();
    const char* const end = begin + row.size();
    while (const void* found =
               std::memchr(begin, separator.front(), static_cast<std::size_t>(end - begin))) {
      if (fields_.size() > fields_per_row_max) return;  // refused by check_limits
      const char* const stop = static_cast<const char*>(found);
      fields_.emplace_back(begin, static_cast<std::size_t>(stop - begin));
      begin = stop + 1;
    }
    fields_.emplace_back(begin, static_cast<std::size_t>(end - begin));
    return;
  }
  std::size_t begin = 0;
  for (std::size_t stop = row.find(separator); stop != std::string_view::npos;
       stop = row.find(separator, begin)) {
    if (fields_.size() > fields_per_row_max) return;
    fields_.push_back(row.substr(begin, stop - begin));
    begin = stop + separator.size();
  }
  fields_.push_back(row.substr(begin));
}

// The end of the row; none when it has a problem.
std::size_t CsvReader::split_quoted(std::size_t start) {
  std::size_t at = start;
  while (true) {
    const bool quoted = at < text_.size() && text_[at] == *format_.quote;
    at = quoted ? read_quoted(at) : read_unquoted(at);
    if (at == none || at == text_.size() || row_end_size_at(at) != 0) return at;
    if (fields_.size() > fields_per_row_max) return none;
    at += format_.separator.size();
  }
}

// A quote inside an unquoted field is an ordinary character: 5" pipe.
std::size_t CsvReader::read_unquoted(std::size_t start) {
  const std::string_view separator = format_.separator;
  std::size_t at = start;
  while (at < text_.size() && row_end_size_at(at) == 0 &&
         text_.substr(at, separator.size()) != separator)
    ++at;
  fields_.push_back(text_.substr(start, at - start));
  return at;
}

std::size_t CsvReader::read_quoted(std::size_t start) {
  const char quote = *format_.quote;
  const std::size_t limit = std::min(text_.size(), start + 1 + field_size_max);
  bool doubled = false;
  std::size_t at = start + 1;
  while (true) {
    at = std::min(text_.find(quote, at), limit);
    if (at >= limit) {
      refuse(FaultCode::bad_text, "a quote in column " + std::to_string(fields_.size() + 1) +
                                      " is not closed within " + std::to_string(field_size_max) +
                                      " bytes");
      return none;
    }
    if (text_.substr(at + 1, 1) != std::string_view{&quote, 1}) break;
    doubled = true;
    at += 2;
  }
  const std::string_view field = text_.substr(start + 1, at - start - 1);
  const std::size_t end = at + 1;
  if (end < text_.size() && row_end_size_at(end) == 0 &&
      !text_.substr(end).starts_with(format_.separator)) {
    refuse(FaultCode::bad_text, "text follows the closing quote in column " +
                                    std::to_string(fields_.size() + 1) +
                                    "; a quote inside a text is doubled");
    return none;
  }
  fields_.push_back(doubled ? without_doubled_quotes(field) : field);
  return end;
}

std::string_view CsvReader::without_doubled_quotes(std::string_view field) {
  if (unquoted_used_ == unquoted_.size()) unquoted_.emplace_back();
  std::string& plain = unquoted_[unquoted_used_++];
  plain.clear();
  for (std::size_t i = 0; i < field.size(); ++i) {
    plain += field[i];
    if (field[i] == *format_.quote) ++i;
  }
  return plain;
}

void CsvReader::check_limits() {
  if (fields_.size() > fields_per_row_max) {
    refuse(FaultCode::too_large, "the row has more than " + std::to_string(fields_per_row_max) +
                                     " columns (fields_per_row_max)");
  } else if (raw_.size() > field_size_max &&
             std::ranges::any_of(
                 fields_, [](std::string_view field) { return field.size() > field_size_max; })) {
    refuse(FaultCode::too_large,
           "a cell has more than " + std::to_string(field_size_max) + " bytes (field_size_max)");
  }
}

void CsvReader::refuse(FaultCode code, std::string reason) {
  fields_.clear();
  problem_ = Fault{code, "", std::move(reason)};
}

std::string separator_guess(std::string_view text) {
  constexpr std::array<std::string_view, 6> candidates{"+|", "\t", ";", ",", "|", "^"};
  constexpr int lines_looked_at = 5;
  std::string best;
  std::size_t best_count = 0;
  for (const std::string_view candidate : candidates) {
    std::size_t least = static_cast<std::size_t>(-1);
    CsvReader rows{text.substr(0, std::min<std::size_t>(text.size(), field_size_max)),
                   CsvFormat{std::string{candidate}, "", '"'}};
    for (int line = 0; line < lines_looked_at && rows.next(); ++line)
      least = std::min(least, rows.fields().size());
    if (least != static_cast<std::size_t>(-1) && least > 1 && least > best_count) {
      best = candidate;
      best_count = least;
    }
  }
  return best;
}

std::string separator_name(std::string_view separator) {
  if (separator == "\t") return "a tab";
  return "'" + std::string{separator} + "'";
}

void append_cell(std::string& out, std::string_view cell) {
  const bool plain = std::ranges::none_of(
      cell, [](char c) { return c == ',' || c == '"' || c == '\n' || c == '\r'; });
  if (plain) {
    out += cell;
    return;
  }
  out += '"';
  for (const char c : cell) {
    out += c;
    if (c == '"') out += c;
  }
  out += '"';
}

}  // namespace server::feed

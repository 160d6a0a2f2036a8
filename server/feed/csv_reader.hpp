// CsvReader: rows of fields out of a text in memory. RFC 4180 by default; separator, row end and
// quoting can be set. Fields are views into the text (or, where quotes had to be undone, into the
// reader) and good until next(). A row that can't be split has a problem() and the reader goes on
// with the line after the one where it began, so that a stray quote costs one row and not the rest
// of the file. Blank lines are passed over. One thread. Cost: about 1 GB/s for plain rows; no
// allocation per row.
#pragma once

#include "engine/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace server::feed {

struct CsvFormat {
  std::string separator = ",";      // one character or more
  std::string row_end;              // empty: \n or \r\n
  std::optional<char> quote = '"';  // none: quotes are ordinary characters
};

inline constexpr std::size_t fields_per_row_max = 4'096;
inline constexpr std::size_t field_size_max = 65'536;  // bytes

class CsvReader {
 public:
  CsvReader(std::string_view text, CsvFormat format);

  // False at the end of the text.
  bool next();

  // Of the row read last; empty where it has a problem.
  std::span<const std::string_view> fields() const { return fields_; }

  // Where the row read last begins, from 1.
  std::uint64_t line() const { return line_; }

  // The row as it stands in the text, without its end.
  std::string_view raw() const { return raw_; }

  // wrong_columns, too_large or bad_text; `where` is empty.
  const std::optional<engine::base::Fault>& problem() const { return problem_; }

  // Bytes read so far.
  std::size_t offset() const { return at_; }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  std::size_t row_end_from(std::size_t from) const;
  std::size_t row_end_size_at(std::size_t at) const;
  void split_plain(std::string_view row);
  std::size_t split_quoted(std::size_t start);
  std::size_t read_quoted(std::size_t start);
  std::size_t read_unquoted(std::size_t start);
  std::string_view without_doubled_quotes(std::string_view field);
  void check_limits();
  void refuse(engine::base::FaultCode code, std::string reason);

  std::string_view text_;
  CsvFormat format_;
  std::size_t at_ = 0;           // where the next row begins
  std::uint64_t next_line_ = 1;  // and its line
  std::uint64_t line_ = 0;
  std::string_view raw_;
  std::vector<std::string_view> fields_;
  std::deque<std::string>
      unquoted_;  // fields whose doubled quotes were undone; the first unquoted_used_ of them
  std::size_t unquoted_used_ = 0;
  std::optional<engine::base::Fault> problem_;
};

// The separator that the first lines of `text` seem to have; empty when none stands out.
std::string separator_guess(std::string_view text);

// "a tab", "';'": for messages.
std::string separator_name(std::string_view separator);

// Appends one cell of an RFC 4180 row, quoted where it must be.
void append_cell(std::string& out, std::string_view cell);

}  // namespace server::feed

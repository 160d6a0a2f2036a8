// TableReader: the rows of one file by its FileFormat, CSV or NDJSON: header or given names,
// trimmed cells, and the checks that need no knowledge of what the columns mean. Rows that fail one
// have a problem() and are the caller's to count. Views are good until next() and while the text
// lives. One thread.
#pragma once

#include "engine/base/result.hpp"
#include "server/feed/csv_reader.hpp"
#include "server/feed/feed_description.hpp"
#include "server/feed/ndjson_reader.hpp"
#include "server/feed/text_source.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace server::feed {

class TableReader {
 public:
  // Requires that `source` and `format` outlive the reader. Faults: wrong_delimiter, with the one
  // that it seems to be; wrong_header where one of `needed` is missing or stands twice.
  static engine::base::Result<TableReader> open(const SourceText& source, const FileFormat& format,
                                                std::span<const std::string> needed);

  const std::vector<std::string>& columns() const { return columns_; }

  std::optional<std::size_t> column(std::string_view name) const;

  // False at the end.
  bool next();

  // wrong_columns, bad_encoding, bad_text or too_large; `where` is empty.
  const std::optional<engine::base::Fault>& problem() const { return problem_; }

  // As they stand in the file; at least one for each column.
  std::span<const std::string_view> fields() const { return fields_; }

  // Without blanks around it, and empty where its text stands for no value.
  std::string_view cell(std::size_t column) const;

  // The header row as it stands in the file; empty where there is none.
  const std::string& header() const { return header_; }

  std::string_view raw() const {
    return std::visit([](const auto& rows) { return rows.raw(); }, rows_);
  }

  std::uint64_t line() const {
    return std::visit([](const auto& rows) { return rows.line(); }, rows_);
  }

  std::size_t offset() const {
    return std::visit([](const auto& rows) { return rows.offset(); }, rows_);
  }

 private:
  using Rows = std::variant<CsvReader, NdjsonReader>;

  TableReader(const SourceText& source, const FileFormat& format, Rows rows)
      : source_{&source}, format_{&format}, rows_{std::move(rows)} {}

  engine::base::Result<void> read_header(CsvReader& rows);
  engine::base::Result<void> check_separator() const;
  engine::base::Result<void> check_needed(std::span<const std::string> needed) const;
  void check_columns();

  const SourceText* source_;
  const FileFormat* format_;
  Rows rows_;
  std::vector<std::string> columns_;
  std::string header_;
  std::span<const std::string_view> fields_;
  std::vector<std::string_view> padded_;  // of a row with fewer fields than columns
  std::optional<engine::base::Fault> problem_;
};

}  // namespace server::feed

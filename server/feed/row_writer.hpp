// RowWriter: rows of canonical cells in the journal's form, in pieces of about the same size. A
// section goes on in the next piece with its header again. One thread. Only for fact_*_rows.cpp.
#pragma once

#include "engine/model/facts.hpp"
#include "server/feed/canonical.hpp"
#include "server/feed/fact_rows.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace server::feed {

class RowWriter {
 public:
  RowWriter(const RowsSink& sink, std::size_t piece_bytes)
      : sink_{sink}, piece_bytes_{piece_bytes} {}

  // Rows of one kind follow; of conditions, with the feed of their keys or lines, and the import.
  void begin(Kind kind, std::vector<std::string> columns, std::string feed = {},
             std::optional<std::uint64_t> import = {});
  // Names that get their numbers in this order: `units` or `record_keys`.
  void begin_names(std::string_view what);

  // The cells of a row, one for each column, after its line where it has one.
  RowWriter& cell(std::string_view text);
  RowWriter& number(std::int64_t value);
  void end_row();

  // What follows is a batch of its own: the same record may come again.
  void end_piece();

  // Over all rows with their sections, whatever their order.
  std::uint64_t rows_sum() const { return rows_sum_; }

 private:
  void open_section();
  void close_section();

  const RowsSink& sink_;
  std::size_t piece_bytes_;
  std::string text_;
  std::string section_;  // its first line, around the number of rows
  std::string section_end_;
  std::vector<std::string> columns_;
  bool is_open_ = false;
  std::size_t count_at_ = 0;
  std::uint64_t rows_ = 0;
  std::size_t cells_ = 0;   // of the row at hand
  std::size_t row_at_ = 0;  // where it begins
  std::uint64_t section_hash_ = 0;
  std::uint64_t rows_sum_ = 0;
};

// The condition records, section after section.
void write_condition_rows(const engine::model::Facts& facts, RowWriter& writer);

// "2026-11-22" or with a time; as the end of a validity, always with one. Open ends are empty.
std::string start_text(engine::base::CivilMinutes at);
std::string end_text(engine::base::CivilMinutes at);

// Empty for none, and for zero.
std::string quantity_text(engine::base::Quantity quantity);

}  // namespace server::feed

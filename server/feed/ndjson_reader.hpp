// NdjsonReader: one JSON object a line as a row of cells, so that what follows need not know where
// a row came from. Columns are the members' names, in the order in which the file first uses them;
// a member that a row lacks, and null, are empty; numbers keep their text; an array is a list
// separated by `;`. Views are good until next(). One thread. Cost: microseconds a row, twice.
#pragma once

#include "engine/base/result.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace server::feed {

class NdjsonReader {
 public:
  // Reads the text once for its columns. Lines that are no JSON object are left to next().
  explicit NdjsonReader(std::string_view text);

  const std::vector<std::string>& columns() const { return columns_; }

  // False at the end. Blank lines are passed over.
  bool next();

  std::span<const std::string_view> fields() const { return fields_; }

  // bad_json, or bad_text for a value that is no cell; `where` is empty.
  const std::optional<engine::base::Fault>& problem() const { return problem_; }

  std::uint64_t line() const { return line_; }

  std::string_view raw() const { return raw_; }

  std::size_t offset() const { return at_; }

 private:
  bool next_line();
  void read_row();

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint64_t line_ = 0;
  std::string_view raw_;
  std::vector<std::string> columns_;
  std::vector<std::string> cells_;
  std::vector<std::string_view> fields_;
  std::optional<engine::base::Fault> problem_;
};

}  // namespace server::feed

// The journal's form of a batch: sections of accepted rows in the order in which they were put,
// each a line `kind NAME rows N feed FEED` and canonical CSV with its header. Conditions carry the
// line of their source first. Where all facts are told anew (fact_rows.hpp) a section may say
// `import I` before its feed, of the import that its rows came with; and there are sections
// `names WHAT rows N feed`, of names that get their numbers in this order. One thread.
#pragma once

#include "server/feed/canonical_table.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace server::feed {

// A number of rows, with leading zeros: it is written when the section ends.
inline constexpr std::size_t row_count_digits = 12;

// Into the zeros that begin at `at`.
void write_row_count(std::string& text, std::size_t at, std::uint64_t rows);

class BatchWriter {
 public:
  // A row that `table` has taken.
  void add(const CanonicalTable& table, std::span<const std::string_view> cells,
           std::uint32_t line);

  // The batch; empty when no row was added. The writer is spent.
  std::string take();

 private:
  void begin_section(const CanonicalTable& table);
  void end_section();

  std::string text_;
  const CanonicalTable* table_ = nullptr;  // of the open section
  std::size_t count_at_ = 0;               // where its number of rows belongs
  std::uint64_t rows_ = 0;                 // in it
};

}  // namespace server::feed

// The journal's form of a batch: sections of accepted rows in the order in which they were put,
// each a line `kind NAME rows N feed FEED` and canonical CSV with its header. Conditions carry the
// line of their source first. One thread.
#pragma once

#include "server/feed/canonical_table.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace server::feed {

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

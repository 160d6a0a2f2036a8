// StockTable: what is free of every article, over all warehouses, and what is due. Kept in pages
// that tables of consecutive generations share: a change copies the pages it touches and the list
// of pages, never the table. A value: copies are cheap, each is one generation's, and nobody sees
// another's changes. Reading: any thread. Cost of a look-up: two cache lines.
#pragma once

#include "engine/base/date.hpp"
#include "engine/base/fixed.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace engine::snapshot {

struct ReceiptDue {
  base::CivilMinutes date;
  base::Quantity quantity;
};

class StockTable {
 public:
  StockTable() = default;

  // Nothing on hand of any of `articles`, nothing due.
  explicit StockTable(std::size_t articles);

  // On hand less reserved.
  base::Quantity free(std::uint32_t article) const { return at(article).free; }

  // By date.
  std::span<const ReceiptDue> receipts(std::uint32_t article) const {
    const auto& due = at(article).due;
    return due == nullptr ? std::span<const ReceiptDue>{} : std::span{*due};
  }

  void prefetch(std::uint32_t article) const { __builtin_prefetch(&at(article)); }

  // The writer's, of a table that nobody else looks at yet.
  void set_free(std::uint32_t article, base::Quantity free) { writable(article).free = free; }

  void set_receipts(std::uint32_t article, std::vector<ReceiptDue> due);

 private:
  static constexpr std::uint32_t page_bits = 8;
  static constexpr std::uint32_t page_size = 1U << page_bits;

  struct Entry {
    base::Quantity free;
    std::shared_ptr<const std::vector<ReceiptDue>> due;  // null: nothing
  };

  using Page = std::array<Entry, page_size>;

  const Entry& at(std::uint32_t article) const {
    return (*pages_[article >> page_bits])[article & (page_size - 1)];
  }

  Entry& writable(std::uint32_t article);

  std::vector<std::shared_ptr<Page>> pages_;  // one that others share is copied before a write
};

}  // namespace engine::snapshot

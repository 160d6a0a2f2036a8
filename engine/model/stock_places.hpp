// StockPlaces: which row of stock is of an article and warehouse. Keeps row numbers alone, four bytes a
// slot: what they are of stands in the rows, which every call is given, and each of which it has once.
// Open addressing; what is erased leaves no trace. One writer. Cost: one hash and about two cache
// lines a look-up.
#pragma once

#include "engine/base/hash.hpp"
#include "engine/model/ids.hpp"
#include "engine/model/masters.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace engine::model {

struct StockRow {
  ArticleId article;
  WarehouseId warehouse;
  Stock stock;
  std::uint32_t batch = 0;
};

class StockPlaces {
 public:
  using Rows = std::vector<StockRow>;

  static constexpr std::uint32_t none = UINT32_MAX;

  // `none` where there is no such row.
  std::uint32_t find(const Rows& rows, ArticleId article, WarehouseId warehouse) const {
    if (slots_.empty()) return none;
    std::size_t slot = home_of(article, warehouse);
    for (; slots_[slot] != none; slot = (slot + 1) & (slots_.size() - 1)) {
      const StockRow& row = rows[slots_[slot]];
      if (row.article == article && row.warehouse == warehouse) return slots_[slot];
    }
    return none;
  }

  // The last of the rows, which is new.
  void insert_last(const Rows& rows) {
    if (rows.size() * 4 > slots_.size() * 3) return grow(rows);
    enter(rows, static_cast<std::uint32_t>(rows.size() - 1));
  }

  // `row` goes, and the last of the rows is about to take its number.
  void erase(const Rows& rows, std::uint32_t row) {
    const std::size_t mask = slots_.size() - 1;
    const auto last = static_cast<std::uint32_t>(rows.size() - 1);
    std::size_t hole = slot_of(rows, row);
    slots_[slot_of(rows, last)] = row;
    slots_[hole] = none;
    for (std::size_t next = (hole + 1) & mask; slots_[next] != none; next = (next + 1) & mask) {
      // Those behind that belong before move up.
      const StockRow& own = rows[slots_[next] == row ? last : slots_[next]];
      if (((next - home_of(own.article, own.warehouse)) & mask) < ((next - hole) & mask)) continue;
      slots_[hole] = slots_[next];
      slots_[next] = none;
      hole = next;
    }
  }

 private:
  friend struct ImageMembers;

  std::size_t home_of(ArticleId article, WarehouseId warehouse) const {
    return base::combine(article.raw(), warehouse.raw()) & (slots_.size() - 1);
  }

  // Where a row that is there stands.
  std::size_t slot_of(const Rows& rows, std::uint32_t row) const {
    std::size_t slot = home_of(rows[row].article, rows[row].warehouse);
    while (slots_[slot] != row) slot = (slot + 1) & (slots_.size() - 1);
    return slot;
  }

  void enter(const Rows& rows, std::uint32_t row) {
    std::size_t slot = home_of(rows[row].article, rows[row].warehouse);
    while (slots_[slot] != none) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = row;
  }

  void grow(const Rows& rows) {
    slots_.assign(slots_.empty() ? 64 : slots_.size() * 2, none);
    for (std::uint32_t row = 0; row < rows.size(); ++row) enter(rows, row);
  }

  std::vector<std::uint32_t> slots_;
};

}  // namespace engine::model

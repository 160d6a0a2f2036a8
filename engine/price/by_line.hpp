// Brings what was found for the lines of a block into the order of its lines: by counting, since
// nothing can be guessed of an order that two searches make, and a sort guesses at every step. What
// stands within a line keeps its order. `spare` is memory to work in.
#pragma once

#include "engine/base/limits.hpp"
#include "engine/base/pile.hpp"

#include <array>
#include <cstdint>
#include <utility>

namespace engine::price {

template <class Entry>
void order_by_line(base::Pile<Entry>& entries, base::Pile<Entry>& spare) {
  constexpr std::size_t counted_from = 16;  // fewer are sorted as quickly
  if (entries.size() < counted_from) {
    for (std::size_t i = 1; i < entries.size(); ++i) {
      Entry* const all = entries.begin();
      const Entry moved = all[i];
      std::size_t to = i;
      for (; to > 0 && all[to - 1].line > moved.line; --to) all[to] = all[to - 1];
      all[to] = moved;
    }
    return;
  }
  std::array<std::uint32_t, base::limits::lines_per_block> places{};
  for (const Entry& entry : entries) ++places[entry.line];
  std::uint32_t next = 0;
  for (std::uint32_t& place : places) next += std::exchange(place, next);
  spare.clear();
  spare.make_room(entries.size());
  spare.spread(entries.size());
  for (const Entry& entry : entries) spare.begin()[places[entry.line]++] = entry;
  std::swap(entries, spare);
}

}  // namespace engine::price

// IdentityMap: from the 128-bit hash of a record's identity to its place (table and row). Open
// addressing, 24 bytes an entry; what is erased leaves no trace. Two different identities with one hash are not told apart: with
// ten million records the chance of any such pair is below 10^-24. One writer.
#pragma once

#include "engine/base/hash.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace engine::model {

struct Identity {
  std::uint64_t low = 0x243f6a8885a308d3U;
  std::uint64_t high = 0x13198a2e03707344U;

  Identity& add(std::uint64_t value) {
    low = base::combine(low, value);
    high = base::combine(high, ~value);
    return *this;
  }

  Identity& add_text(std::string_view text) {
    low = base::combine(low, base::hash_text(text));
    high =
        base::combine(high ^ text.size(), base::mix(base::hash_text(text) + 0x5851f42d4c957f2dU));
    for (const char c : text) high = base::combine(high, static_cast<unsigned char>(c));
    return *this;
  }

  friend bool operator==(const Identity&, const Identity&) = default;
};

struct Place {
  std::uint32_t table = 0;
  std::uint32_t row = 0;
};

class IdentityMap {
 public:
  // The place of `identity`; `fallback` is stored and returned when it is new.
  Place find_or_insert(const Identity& identity, Place fallback) {
    if ((used_ + 1) * 4 > entries_.size() * 3) grow();
    Entry& entry = entries_[slot_of(identity)];
    if (entry.place.row == free) {
      entry = Entry{identity, fallback};
      ++used_;
    }
    return entry.place;
  }

  // Null where there is none; valid until the next change.
  Place* find(const Identity& identity) {
    if (entries_.empty()) return nullptr;
    Entry& entry = entries_[slot_of(identity)];
    return entry.place.row == free ? nullptr : &entry.place;
  }

  void erase(const Identity& identity) {
    if (find(identity) == nullptr) return;
    const std::size_t mask = entries_.size() - 1;
    std::size_t hole = slot_of(identity);
    for (std::size_t next = (hole + 1) & mask; entries_[next].place.row != free;
         next = (next + 1) & mask) {  // those behind that belong before move up
      const std::size_t home = entries_[next].identity.low & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      entries_[hole] = entries_[next];
      hole = next;
    }
    entries_[hole] = Entry{};
    --used_;
  }

 private:
  friend struct ImageMembers;

  static constexpr std::uint32_t free = UINT32_MAX;

  struct Entry {
    Identity identity;
    Place place{0, free};
  };

  std::size_t slot_of(const Identity& identity) const {
    const std::size_t mask = entries_.size() - 1;
    std::size_t slot = identity.low & mask;
    while (entries_[slot].place.row != free && !(entries_[slot].identity == identity))
      slot = (slot + 1) & mask;
    return slot;
  }

  void grow() {
    std::vector<Entry> old(entries_.empty() ? 64 : entries_.size() * 2);
    old.swap(entries_);
    for (const Entry& entry : old) {
      if (entry.place.row != free) entries_[slot_of(entry.identity)] = entry;
    }
  }

  std::vector<Entry> entries_;
  std::size_t used_ = 0;
};

}  // namespace engine::model

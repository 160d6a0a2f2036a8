// GrowingDictionary: codes to dense numbers 0, 1, 2 ... and back, as Dictionary, for a table of
// millions that grows by a few at a time while others read it. Append-only: a number, once given,
// stays, and a text, once there, never moves. A copy costs nothing: it shares the memory, has the size
// that this one has now, and never knows a code that came later. Only one of them goes on in the
// memory they share - the one that gave its numbers; another that is given a new code takes a copy of
// all of it first. That one may give numbers on its thread while copies are read on theirs, if they
// were handed over with the usual care. Cost: one hash and three cache lines a look-up; a new code
// besides, once in a doubling, a new table of places. Some 20 bytes a code beside the text.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace engine::model {

class GrowingDictionary {
 public:
  GrowingDictionary() = default;

  GrowingDictionary(const GrowingDictionary& other)
      : texts_{other.texts_}, places_{other.places_}, size_{other.size_} {}

  GrowingDictionary(GrowingDictionary&& other) noexcept { swap(other); }

  GrowingDictionary& operator=(GrowingDictionary other) noexcept {
    swap(other);
    return *this;
  }

  ~GrowingDictionary() = default;

  static constexpr std::size_t code_bytes_max = 65'535;

  // The code's number, given now if it is new. Requires fewer than 2^32 - 1 entries, and a code of no
  // more than code_bytes_max.
  std::uint32_t intern(std::string_view code);

  std::optional<std::uint32_t> find(std::string_view code) const;

  // Valid as long as this one, or a copy of it.
  std::string_view text(std::uint32_t number) const;

  std::size_t size() const { return size_; }

  // Of what it shares with copies, too.
  std::size_t memory_bytes() const;

 private:
  friend struct ImageMembers;

  // Chunk k of a table has room for first << k; what is before it adds up to (first << k) - first.
  template <class Item, unsigned first_bits>
  class Chunks {
   public:
    static constexpr std::size_t first = std::size_t{1} << first_bits;
    static constexpr std::size_t count = 48 - first_bits;

    static std::size_t chunk_of(std::uint64_t at);

    static std::uint64_t begin_of(std::size_t chunk) { return (first << chunk) - first; }

    Item* at(std::uint64_t at) const {
      const std::size_t chunk = chunk_of(at);
      return &chunks_[chunk][at - begin_of(chunk)];
    }

    void make_room_at(std::uint64_t at);

    std::size_t memory_bytes() const;

   private:
    std::array<std::unique_ptr<Item[]>, count> chunks_;  // NOLINT(modernize-avoid-c-arrays)
  };

  struct Entry {
    std::uint64_t begin : 48;
    std::uint64_t size : 16;
  };

  struct Texts {
    Chunks<Entry, 10> entries;
    Chunks<char, 16> characters;
    std::uint64_t end = 0;  // of the characters that are taken
  };

  // Open addressing, a power of two; 0 is free, else number + 1. Numbers only come: where one stood
  // when it was sought, it stands for good, so that a copy passes those that came after it.
  using Places = std::vector<std::atomic<std::uint32_t>>;

  void swap(GrowingDictionary& other) noexcept;
  std::size_t place_of(std::string_view code) const;
  void own();
  void append(std::string_view code);
  void make_places(std::size_t count);

  // For images: a block of texts, one after the other, and the places as numbers.
  void texts_from(std::uint64_t first, std::vector<std::uint32_t>& sizes,
                  std::string& characters) const;
  bool append_all(const std::vector<std::uint32_t>& sizes, std::string_view characters);
  std::vector<std::uint32_t> places() const;
  void set_places(const std::vector<std::uint32_t>& places);

  std::shared_ptr<Texts> texts_;
  std::shared_ptr<Places> places_;
  std::uint32_t size_ = 0;
  bool gives_numbers_ = false;  // and so no other does
};

}  // namespace engine::model

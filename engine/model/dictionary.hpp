// Dictionary: codes to dense numbers 0, 1, 2 ... and back. Append-only: a number, once given,
// stays. One writer or many readers. Cost: one hash and about one cache line a look-up; 8 bytes an
// entry beside the text.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace engine::model {

class Dictionary {
 public:
  // The code's number, given now if it is new. Requires fewer than 2^32 - 1 entries.
  std::uint32_t intern(std::string_view code);

  std::optional<std::uint32_t> find(std::string_view code) const;

  static constexpr std::uint32_t none = UINT32_MAX;

  // The same for many codes: what a look-up reads is on its way before any of it is read. `none`
  // where a code is not known. Requires as much room in `numbers`. Pays on tables
  // that no cache holds.
  void find_all(std::span<const std::string_view> codes, std::span<std::uint32_t> numbers) const;

  // Valid until the next intern().
  std::string_view text(std::uint32_t number) const;

  std::size_t size() const { return ends_.size(); }

  std::size_t memory_bytes() const;

 private:
  friend struct ImageMembers;

  std::size_t slot_of(std::string_view code) const;
  std::size_t slot_from(std::size_t slot, std::string_view code) const;
  void grow();

  std::string texts_;                 // all codes, one after the other
  std::vector<std::uint64_t> ends_;   // entry i ends here in texts_
  std::vector<std::uint32_t> slots_;  // open addressing, a power of two; 0 is free, else number + 1
};

}  // namespace engine::model

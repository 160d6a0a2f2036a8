// Checksum: CRC-64/XZ over any number of pieces, as batches carry it in the journal. Part of the
// stored format: never change what it computes. A value type; cost about a nanosecond for a byte
// and a half.
#pragma once

#include <cstdint>
#include <string_view>

namespace server::store {

class Checksum {
 public:
  Checksum& add(std::string_view bytes);
  // Eight bytes, the lowest first.
  Checksum& add(std::uint64_t number);

  std::uint64_t value() const { return ~state_; }

 private:
  std::uint64_t state_ = ~std::uint64_t{0};
};

}  // namespace server::store

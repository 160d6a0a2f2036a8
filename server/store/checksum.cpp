#include "server/store/checksum.hpp"

#include <array>
#include <cstddef>

namespace server::store {

namespace {

constexpr std::size_t slices = 8;  // bytes taken at a time

using Tables = std::array<std::array<std::uint64_t, 256>, slices>;

// tables[s][b] is what byte b does to the state when s further bytes follow it.
constexpr Tables make_tables() {
  constexpr std::uint64_t polynomial = 0xc96c5795d7870f42U;  // ECMA-182, bits reversed
  Tables tables{};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    std::uint64_t state = byte;
    for (int bit = 0; bit < 8; ++bit) {
      state = (state >> 1U) ^ ((state & 1U) != 0 ? polynomial : 0);
    }
    tables[0][byte] = state;
  }
  for (std::size_t slice = 1; slice < slices; ++slice) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint64_t before = tables[slice - 1][byte];
      tables[slice][byte] = (before >> 8U) ^ tables[0][before & 0xffU];
    }
  }
  return tables;
}

constexpr Tables tables = make_tables();

std::uint64_t word_at(const char* bytes) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    word |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return word;
}

}  // namespace

Checksum& Checksum::add(std::string_view bytes) {
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  std::uint64_t state = state_;
  for (; end - at >= 8; at += 8) {
    const std::uint64_t word = state ^ word_at(at);
    state = 0;
    for (std::size_t i = 0; i < slices; ++i) {
      state ^= tables[slices - 1 - i][(word >> (8 * i)) & 0xffU];
    }
  }
  for (; at != end; ++at) {
    state = (state >> 8U) ^ tables[0][(state ^ static_cast<unsigned char>(*at)) & 0xffU];
  }
  state_ = state;
  return *this;
}

Checksum& Checksum::add(std::uint64_t number) {
  std::array<char, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>((number >> (8 * i)) & 0xffU);
  }
  return add(std::string_view{bytes.data(), bytes.size()});
}

}  // namespace server::store

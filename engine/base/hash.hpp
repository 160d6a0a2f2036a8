// Hashes for tables that live in memory only: never written to a file, so free to change.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace engine::base {

// A full-avalanche mix of 64 bits (the finalizer of SplitMix64).
constexpr std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9U;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebU;
  x ^= x >> 31;
  return x;
}

constexpr std::uint64_t combine(std::uint64_t seed, std::uint64_t value) {
  return mix(seed + 0x9e3779b97f4a7c15U + value);
}

inline std::uint64_t hash_text(std::string_view text) {
  std::uint64_t hash = text.size();
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    hash = combine(hash, word);
  }
  std::uint64_t rest = 0;
  if (at < text.size())
    std::memcpy(&rest, text.data() + at, text.size() - at);  // an empty view may be null
  return combine(hash, rest);
}

}  // namespace engine::base

// Random numbers that are the same on every machine and compiler: no standard distribution is used.
//
// `Random` is splitmix64. `mix` turns a few numbers (seed, stream, owner, position) into the seed
// of an independent `Random`, so that any single row of the world can be drawn without those
// before it. `Shuffle` is a keyed permutation of 0 .. count-1: element k of an owner's targets is
// known without the others, and all are distinct by construction. Pure values; any thread. A draw
// costs 1-2 ns, an element of a shuffle 10-20 ns.
#pragma once

#include <bit>
#include <cstdint>

namespace bench::world {

constexpr std::uint64_t scramble(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9U;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebU;
  return bits ^ (bits >> 31);
}

constexpr std::uint64_t mix(std::uint64_t seed, std::uint64_t stream, std::uint64_t owner = 0,
                            std::uint64_t position = 0) {
  auto bits = scramble(seed + 0x9e3779b97f4a7c15U * (stream + 1));
  bits = scramble(bits + 0xd1342543de82ef95U * (owner + 1));
  return scramble(bits + 0xaf251af3b0f025b5U * (position + 1));
}

class Random {
 public:
  constexpr explicit Random(std::uint64_t seed) : state_{seed} {}

  constexpr std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    return scramble(state_);
  }

  // 0 .. count-1. Not perfectly even: off by less than count / 2^32, which no reader of these
  // files sees.
  constexpr std::uint32_t below(std::uint32_t count) {
    return static_cast<std::uint32_t>(((next() >> 32U) * count) >> 32U);
  }

  constexpr std::int32_t between(std::int32_t first, std::int32_t last) {
    return first + static_cast<std::int32_t>(below(static_cast<std::uint32_t>(last - first + 1)));
  }

  constexpr bool percent(std::uint32_t chance) { return below(100) < chance; }

 private:
  std::uint64_t state_;
};

class Shuffle {
 public:
  constexpr Shuffle(std::uint64_t key, std::uint32_t count)
      : key_{key},
        count_{count},
        half_bits_{(static_cast<std::uint32_t>(std::bit_width(count - 1)) + 1) / 2} {}

  // A Feistel network permutes the next even power of two; walking on until the value lies inside
  // the range keeps it a permutation.
  constexpr std::uint32_t operator()(std::uint32_t index) const {
    do {
      index = permuted(index);
    } while (index >= count_);
    return index;
  }

 private:
  constexpr std::uint32_t permuted(std::uint32_t value) const {
    const std::uint32_t mask = (1U << half_bits_) - 1;
    auto left = value >> half_bits_;
    auto right = value & mask;
    for (std::uint32_t round = 0; round < 4; ++round) {
      const auto turned = static_cast<std::uint32_t>(scramble(key_ + (right << 2U) + round)) & mask;
      const auto mixed = left ^ turned;
      left = right;
      right = mixed;
    }
    return (left << half_bits_) | right;
  }

  std::uint64_t key_;
  std::uint32_t count_;
  std::uint32_t half_bits_;
};

}  // namespace bench::world

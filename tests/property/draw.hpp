// Draw: random choices that are the same on every machine: SplitMix64, and nothing of <random>'s
// distributions. A case of a property test is made from one number; printing that number is enough
// to make it again.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

namespace property {

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_{seed} {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t bits = state_;
    bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9U;
    bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebU;
    return bits ^ (bits >> 31U);
  }

  // 0 .. count - 1.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }

  int between(int least, int most) {
    return least + static_cast<int>(below(static_cast<std::size_t>(most - least + 1)));
  }

  bool percent(unsigned chance) { return below(100) < chance; }

  template <class T>
  const T& of(const std::vector<T>& choices) {
    return choices[below(choices.size())];
  }

  template <class T>
  T of(std::vector<T>&& choices) {
    return std::move(choices[below(choices.size())]);
  }

  template <class T>
  void shuffle(std::vector<T>& things) {
    for (std::size_t i = things.size(); i > 1; --i) std::swap(things[i - 1], things[below(i)]);
  }

 private:
  std::uint64_t state_;
};

// NETTO_SEED where it is set, so that a failed run can be repeated, else the number given.
inline std::uint64_t seed_or(std::uint64_t otherwise) {
  const char* given =
      std::getenv("NETTO_SEED");  // NOLINT(concurrency-mt-unsafe): tests start no thread before
  return given == nullptr ? otherwise : std::strtoull(given, nullptr, 10);
}

// NETTO_CASES where it is set. Sanitizers cost a factor of ten or more, so a run under them tries
// fewer cases.
inline std::size_t cases_or(std::size_t otherwise) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  otherwise = otherwise / 10 + 1;
#endif
  const char* given = std::getenv("NETTO_CASES");  // NOLINT(concurrency-mt-unsafe)
  return given == nullptr ? otherwise : std::strtoull(given, nullptr, 10);
}

}  // namespace property

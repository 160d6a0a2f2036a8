// Id<Tag>: a dense 32-bit number for something that has a code outside. ArticleId and CustomerId
// cannot be swapped. Codes become ids once, at the edge (model/dictionary.hpp); the engine compares
// ids and never text.
#pragma once

#include <compare>
#include <cstdint>

namespace engine::base {

template <class Tag>
class Id {
 public:
  constexpr Id() = default;

  constexpr explicit Id(std::uint32_t raw) : raw_{raw} {}

  static constexpr Id none() { return Id{}; }

  constexpr std::uint32_t raw() const { return raw_; }

  constexpr bool is_none() const { return raw_ == UINT32_MAX; }

  friend constexpr auto operator<=>(Id, Id) = default;  // NOLINT(modernize-use-nullptr)

 private:
  std::uint32_t raw_ = UINT32_MAX;
};

}  // namespace engine::base

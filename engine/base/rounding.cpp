#include "engine/base/rounding.hpp"

#include <array>
#include <cstddef>

namespace engine::base {

namespace {

constexpr std::array<std::string_view, 5> names{"half_up", "half_even", "half_down", "up", "down"};

}  // namespace

std::optional<Rounding> rounding_from(std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<Rounding>(i);
  }
  return std::nullopt;
}

std::string_view rounding_name(Rounding mode) { return names[static_cast<std::size_t>(mode)]; }

}  // namespace engine::base

// Which lines of a block have a result that can't be told, and why.
#pragma once

#include "engine/model/outcome.hpp"

#include <cstdint>

namespace engine::price {

struct Unknown {  // without initializers: the kernel keeps a stack of them, most of it unused
  std::uint64_t divided_by_zero;
  std::uint64_t missing;  // a number that the article or question does not have
  std::uint64_t no_rate;

  std::uint64_t any() const { return divided_by_zero | missing | no_rate; }

  Unknown only(std::uint64_t lines) const {
    return {divided_by_zero & lines, missing & lines, no_rate & lines};
  }

  // The first line of these is line number `by` of the block, and the other way round.
  Unknown up(std::size_t by) const { return {divided_by_zero << by, missing << by, no_rate << by}; }

  Unknown down(std::size_t by) const {
    return {divided_by_zero >> by, missing >> by, no_rate >> by};
  }

  Unknown& operator|=(const Unknown& other) {
    divided_by_zero |= other.divided_by_zero;
    missing |= other.missing;
    no_rate |= other.no_rate;
    return *this;
  }
};

// What becomes of a line whose result is unknown; priced where it is not.
inline model::Outcome outcome_of(const Unknown& unknown) {
  if (unknown.divided_by_zero != 0) return model::Outcome::division_by_zero;
  if (unknown.no_rate != 0) return model::Outcome::no_exchange_rate;
  return unknown.missing != 0 ? model::Outcome::missing_value : model::Outcome::priced;
}

}  // namespace engine::price

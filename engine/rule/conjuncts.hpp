// The parts of a condition that stand between && at its top: where one is false, the condition is,
// whatever the others say. So those that speak of the article alone, or of the customer and the
// question alone, can be told apart and tested once for many lines. Pure.
#pragma once

#include "engine/model/schema.hpp"
#include "engine/rule/formula.hpp"

#include <cstdint>
#include <vector>

namespace engine::rule {

// In the order in which they are written; a condition without && is its only part.
std::vector<Formula> conjuncts(const Formula& condition);

enum class Speaks : std::uint8_t {
  of_article,  // fields of the article and constants, compared and combined; no arithmetic
  of_party,    // fields of the customer and the question, and constants
  of_line      // anything else
};

Speaks speaks(const Formula& part, const model::Schema& schema);

// The parts of `condition` that speak so, with && between them; empty where there is none.
Formula part_of(const Formula& condition, Speaks wanted, const model::Schema& schema);

}  // namespace engine::rule

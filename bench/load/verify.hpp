// Answers over HTTP against the plain oracle's, before anything is timed: outcome, source, unit
// price, line amount and band of every line. The first that differs throws std::runtime_error with
// the question, what was expected and the answer.
#pragma once

#include "bench/load/driver.hpp"
#include "bench/load/requests.hpp"
#include "bench/world/world.hpp"

#include <cstddef>

namespace bench::load {

// Asks the set's first requests, as many as put `lines_max` questions, and returns how many lines
// were compared. About a second on world M: the oracle reads the whole world.
std::size_t verify_answers(const Driver& driver, const world::World& world, const RequestSet& set,
                           std::size_t lines_max);

}  // namespace bench::load

// Exchange rates as of a moment: the newest one that has started. Where a pair has none, the other
// direction's turned over; then both halves through one currency.
#pragma once

#include "tests/oracle/numbers.hpp"
#include "tests/oracle/rules.hpp"
#include "tests/oracle/world.hpp"

#include <optional>
#include <string>

namespace oracle {

std::optional<Rational> find_rate(const World& world, const ProcedureRule& procedure,
                                  const std::string& from, const std::string& to, Minutes at);

// The first moment after `at` from which other rates count, or the first one does.
Minutes rate_until(const World& world, const ProcedureRule& procedure, const std::string& from,
                   const std::string& to, Minutes at);

}  // namespace oracle

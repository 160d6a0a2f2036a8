// Makes a world and a question out of one line of a table of cases; see README.md for what cells
// mean.
#pragma once

#include "tests/cases/table.hpp"
#include "tests/oracle/rules.hpp"
#include "tests/oracle/world.hpp"

#include <string>

namespace cases {

struct Case {
  oracle::World world;
  oracle::Ask ask;
};

// Throws std::runtime_error naming the cell that can't be read.
Case make_case(const Table& table, std::size_t row, const oracle::Rules& rules);

}  // namespace cases

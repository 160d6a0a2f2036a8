// Makes rules documents out of a number: a procedure of random steps with random accesses,
// comparators, conditions, formulas and roundings, sometimes with a look-up and with availability
// bands. Every text is one that the rules accept; whether 256 bits can be proved to hold its
// numbers is for the binder to say.
#pragma once

#include "tests/property/draw.hpp"

#include <string>
#include <vector>

namespace property {

struct ProcedurePlan {
  int value_decimals = 6;       // of the records that it will meet
  int steps_max = 5;            // between the price and the answer
  bool whole_language = false;  // orders, applied records, spreads, guards, fields, conversions
  bool buys = false;            // some condition types count units bought: keep quantities small
};

std::vector<std::string> make_rules(const ProcedurePlan& plan, Draw& draw);

}  // namespace property

// Makes a small company out of a number: groups in trees, lists by several ways and ranks,
// restricted agreements, odd units, three currencies, and condition records that overlap, tie and
// sit on borders. And questions that aim at those borders. Records stand only under keys that the
// procedure looks under.
#pragma once

#include "tests/oracle/rules.hpp"
#include "tests/oracle/world.hpp"
#include "tests/property/draw.hpp"

#include <string>
#include <vector>

namespace property {

struct WorldPlan {
  int records = 60;
  int decimals_max = 6;         // of a record's value
  bool wide_values = false;     // some mantissas need more than 64 bits
  bool whole_language = false;  // scales, formulas and conditions in records, rates, all fields
};

oracle::World make_world(const oracle::Rules& rules, const WorldPlan& plan, Draw& draw);

oracle::Ask make_ask(const oracle::World& world, Draw& draw, std::size_t lines);

// Values that a field of the question, of a party or an article has in these worlds; an empty one is
// none of it.
const std::vector<std::string>& values_of(const std::string& field);

// Days on which something starts or ends.
const std::vector<oracle::Minutes>& borders();

// The same facts in another order; what refers to a row still stands behind it.
oracle::World shuffled(oracle::World world, Draw& draw);

// The same codes and identities with other contents: what a later batch with the world itself must
// leave nothing of.
oracle::World disturbed(oracle::World world, Draw& draw);

}  // namespace property

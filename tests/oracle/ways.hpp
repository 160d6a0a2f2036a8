// How a question comes to the key of a record: by the customer or one above it, by a group and those
// above it, by a price list's assignments, by fields given.
#pragma once

#include "tests/oracle/masters.hpp"
#include "tests/oracle/state.hpp"

#include <string>
#include <vector>

namespace oracle {

struct Way {
  std::string code;
  int rank = 0;
  int distance = 0;
  Span validity;
};

// All ways to all keys of the record at once; none where the access does not lead to it.
std::vector<Way> ways_to_record(const OpenLine& line, const AccessRule& access,
                                const RecordRow& record);

}  // namespace oracle

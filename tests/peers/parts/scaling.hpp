// Other amounts for a case: all of them times a power of ten; see mutation.hpp. That what is expected
// grows with them is proved from the numbers: every number of the case is an amount, a percent, a
// quantity or a rank; the procedure makes nothing of them but sums and products; and an amount times
// all percents and the longest quantity has no more decimals than any rounding leaves - so no
// rounding has anything to do, before or after. One thread.
#pragma once

#include "rules/json_tree.hpp"

#include "tests/peers/parts/mapping.hpp"

#include <map>
#include <random>
#include <string>

namespace tests::peers {

// By pointer, numbers with the decimals they had; empty where there is no such proof.
std::map<std::string, std::string> other_amounts(const rules::Json& root, const System& system,
                                                 std::mt19937_64& random);

}  // namespace tests::peers

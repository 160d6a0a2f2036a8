// Other dates for a case; see mutation.hpp. One thread.
#pragma once

#include "rules/json_tree.hpp"

#include "tests/peers/parts/question_maker.hpp"

#include <map>
#include <random>
#include <string>
#include <vector>

namespace tests::peers {

// By pointer. Empty where there is nothing to shift, or something that depends on a date stays: a
// date within a text, a question that a mapping dates.
std::map<std::string, std::string> other_dates(const rules::Json& root,
                                               const std::vector<AskedQuestion>& questions,
                                               std::mt19937_64& random);

}  // namespace tests::peers

// Other names for the ids of a case; see mutation.hpp. One thread.
#pragma once

#include "rules/json_tree.hpp"

#include "tests/peers/parts/mapping.hpp"

#include <map>
#include <random>
#include <string>

namespace tests::peers {

// By old name; all new ones begin alike, so that they sort among each other as the old ones do.
std::map<std::string, std::string> other_names(const rules::Json& root, const System& system,
                                               std::mt19937_64& random);

}  // namespace tests::peers

// Mutations: the same case said otherwise, so that what is expected of it is still known.
//   renamed  ids that the case itself gives (world.x[].id) get another beginning, wherever they
//            stand; their order stays
//   shifted  all dates by whole weeks, or by 28 years, after which the calendar is the same
//   scaled   all amounts times ten, a hundred or a thousand
// (The order in which facts are put is the maker's to shuffle; see FactsMaker.) Each is done only
// where it provably changes nothing: an id that a mapping knows as a word, or that stands within
// another text, stays with all of its kind; dates stay where a question has none of its own; amounts
// stay unless every number of the case is known for what it is and no rounding can have anything to
// do. One thread.
#pragma once

#include "rules/json_tree.hpp"

#include "tests/peers/parts/mapping.hpp"
#include "tests/peers/parts/question_maker.hpp"

#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace tests::peers {

struct Mutation {
  std::string text;         // the case as JSON
  std::size_t renamed = 0;  // ids
  bool shifted = false;
  bool scaled = false;
};

// `questions` are those that the case comes to as it stands.
Mutation mutate(const rules::Json& root, const System& system,
                const std::vector<AskedQuestion>& questions, std::mt19937_64& random);

}  // namespace tests::peers

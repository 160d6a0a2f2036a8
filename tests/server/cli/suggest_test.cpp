#include "server/cli/suggest.hpp"

#include "tests/catch.hpp"

#include <string>
#include <string_view>
#include <vector>

using server::cli::did_you_mean;
using server::cli::near_matches;
using Codes = std::vector<std::string>;

TEST_CASE(
    "suggest: codes a slip of the finger away come first, then those that begin with or contain it",
    "[server][cli]") {
  const std::vector<std::string_view> known{"S-4050", "S-5080",     "S-4055",
                                            "M-4050", "AW00011000", "K-42"};
  CHECK(near_matches("s-4050", known) == Codes{"S-4050", "M-4050", "S-4055", "S-5080"});
  CHECK(near_matches("S-4500", known).front() == "S-4050");  // two neighbours swapped
  CHECK(near_matches("11000", known) == Codes{"AW00011000"});
  CHECK(near_matches("AW0001100", known) == Codes{"AW00011000"});
  CHECK(near_matches("K42", known) == Codes{"K-42"});
  CHECK(near_matches("quite different", known).empty());
  CHECK(near_matches("", known).empty());
}

TEST_CASE("suggest: at most five, and in words", "[server][cli]") {
  const std::vector<std::string_view> known{"A1", "A2", "A3", "A4", "A5", "A6"};
  CHECK(near_matches("A7", known) == Codes{"A1", "A2", "A3", "A4", "A5"});
  CHECK(did_you_mean({}).empty());
  CHECK(did_you_mean({"A1"}) == "; did you mean 'A1'?");
  CHECK(did_you_mean({"A1", "A2", "A3"}) == "; did you mean 'A1', 'A2' or 'A3'?");
}

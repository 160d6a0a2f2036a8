#include "engine/snapshot/code_order.hpp"

#include "tests/catch.hpp"

#include <algorithm>
#include <string>
#include <vector>

using engine::snapshot::is_number_code;
using engine::snapshot::number_order_less;

TEST_CASE("code order: digits alone make a number", "[engine][snapshot]") {
  for (const char* code : {"0", "7", "007", "123456789012345678901234567890"})
    CHECK(is_number_code(code));
  for (const char* code : {"", "-1", "1.5", "1 ", "7a", "\xEF\xBC\x91"})
    CHECK_FALSE(is_number_code(code));
}

TEST_CASE("code order: numbers by value and of any length, then text; equal values by length",
          "[engine][snapshot]") {
  const std::vector<std::string> sorted{
      "0", "00", "7",   "07", "007", "9", "10", "99999999999999999999", "100000000000000000000",
      "",  "-1", "10a", "A",  "a"};
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    for (std::size_t j = 0; j < sorted.size(); ++j) {
      INFO("'" << sorted[i] << "' and '" << sorted[j] << "'");
      CHECK(number_order_less(sorted[i], sorted[j]) == (i < j));
    }
  }
}

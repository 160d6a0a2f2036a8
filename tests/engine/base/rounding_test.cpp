#include "engine/base/rounding.hpp"

#include "engine/base/wide.hpp"

#include "tests/catch.hpp"
#include "tests/oracle/numbers.hpp"

#include <limits>
#include <vector>

using engine::base::Int128;
using engine::base::Int256;
using engine::base::round_quotient;
using engine::base::Rounding;

namespace {

const std::vector<Rounding> modes{Rounding::half_up, Rounding::half_even, Rounding::half_down,
                                  Rounding::up, Rounding::down};

template <class Int>
oracle::Whole whole(const Int& value) {
  return oracle::Whole{value};
}

// The quotient against two neighbours compared as rationals.
template <class Int>
void check(const Int& numerator, const Int& denominator) {
  for (const Rounding mode : modes) {
    const auto expected = oracle::rounded(oracle::Rational{whole(numerator), whole(denominator)}, 0,
                                          engine::base::rounding_name(mode));
    INFO(whole(numerator).str() << " / " << whole(denominator).str() << " "
                                << engine::base::rounding_name(mode));
    REQUIRE(oracle::Rational{whole(round_quotient<Int>(numerator, denominator, mode))} == expected);
  }
}

template <class Int>
void check_around_ties(const std::vector<Int>& denominators, const std::vector<Int>& quotients) {
  for (const Int& denominator : denominators) {
    for (const Int& quotient : quotients) {
      for (int offset = -2; offset <= 2; ++offset) {
        const Int tie = Int(quotient * denominator + denominator / 2 + offset);
        check<Int>(tie, denominator);
        check<Int>(Int(-tie), denominator);
        check<Int>(Int(quotient * denominator + offset), denominator);
      }
    }
  }
}

}  // namespace

TEST_CASE("rounding: ties, their neighbours and whole quotients in 64 bits", "[engine][base]") {
  check_around_ties<std::int64_t>({1, 2, 3, 7, 10, 100, 1'000'000},
                                  {0, 1, 2, 3, 99, 1'000'000'007});
}

TEST_CASE("rounding: ties, their neighbours and whole quotients in 128 bits", "[engine][base]") {
  const Int128 large = engine::base::pow10<Int128>(20);
  check_around_ties<Int128>({1, 2, 3, large, Int128(large + 1)},
                            {0, 1, 2, 12345, Int128(engine::base::pow10<Int128>(17) + 1)});
}

TEST_CASE("rounding: ties, their neighbours and whole quotients in 256 bits", "[engine][base]") {
  const auto large = engine::base::pow10<Int256>(38);
  check_around_ties<Int256>({Int256{2}, Int256{3}, large, Int256{large + 1}},
                            {Int256{0}, Int256{1}, Int256{7}, large});
}

TEST_CASE("rounding: the largest numbers of each width do not overflow on the way",
          "[engine][base]") {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  for (const std::int64_t denominator :
       {std::int64_t{1}, std::int64_t{2}, std::int64_t{3}, most - 1, most}) {
    for (const std::int64_t numerator :
         {most, most - 1, least, least + 1, most / 2, most / 2 + 1, -(most / 2) - 1}) {
      check<std::int64_t>(numerator, denominator);
    }
  }
  const Int128 wide = engine::base::int128_max;
  for (const Int128 denominator : {Int128{1}, Int128{2}, Int128(wide - 1), wide}) {
    for (const Int128 numerator :
         {wide, Int128(-wide), Int128(-wide - 1), Int128(wide / 2), Int128(wide / 2 + 1)}) {
      check<Int128>(numerator, denominator);
    }
  }
}

TEST_CASE("rounding: modes go by their published names and no others", "[engine][base]") {
  for (const Rounding mode : modes)
    CHECK(engine::base::rounding_from(engine::base::rounding_name(mode)) == mode);
  for (const char* name : {"", "Half_up", "half-up", "bankers", "half_odd", "half_up "})
    CHECK_FALSE(engine::base::rounding_from(name));
}

TEST_CASE("powers of ten: each width holds those it promises", "[engine][base]") {
  for (int exponent = 0; exponent <= 18; ++exponent)
    CHECK(whole(engine::base::pow10<std::int64_t>(exponent)) == oracle::power_of_ten(exponent));
  for (int exponent = 0; exponent <= 38; ++exponent)
    CHECK(whole(engine::base::pow10<Int128>(exponent)) == oracle::power_of_ten(exponent));
  for (int exponent = 0; exponent <= 76; ++exponent)
    CHECK(whole(engine::base::pow10<Int256>(exponent)) == oracle::power_of_ten(exponent));
}

#include "engine/base/fixed.hpp"

#include "tests/catch.hpp"

using engine::base::Decimal;
using engine::base::Quantity;
using engine::base::Rate;
using engine::base::Rounding;
using engine::base::UnitPrice;

TEST_CASE("fixed: a decimal is taken exactly or not at all", "[engine][base]") {
  CHECK(Quantity::exactly(Decimal{125, 1})->mantissa() == 12'500'000);
  CHECK(Quantity::exactly(Decimal{-1, 6})->mantissa() == -1);
  CHECK_FALSE(Quantity::exactly(Decimal{1, 7}));
  CHECK(Quantity::exactly(Decimal{10, 7})->mantissa() == 1);
  CHECK(Quantity::exactly(Decimal{INT64_MAX, 6})->mantissa() == INT64_MAX);
  CHECK_FALSE(Quantity::exactly(Decimal{engine::base::Int128{INT64_MAX} + 1, 6}));
  CHECK_FALSE(Quantity::exactly(Decimal{INT64_MAX, 5}));
  CHECK(Quantity::exactly(Decimal{INT64_MIN, 6})->mantissa() == INT64_MIN);
}

TEST_CASE("fixed: whole numbers, sums and order", "[engine][base]") {
  CHECK(Quantity::whole(3) == Quantity::from_mantissa(3'000'000));
  CHECK(Quantity::whole(3) + Quantity::from_mantissa(1) > Quantity::whole(3));
  CHECK(Quantity::whole(1) - Quantity::whole(2) == Quantity::whole(-1));
  CHECK(Rate::whole(1).decimal() == Decimal{1, 0});
}

TEST_CASE("fixed: a price times a rate is rounded by the mode that is named", "[engine][base]") {
  const auto price = UnitPrice::from_mantissa(1'000'005);  // 1.000005
  const auto rate = Rate::from_mantissa(10'000'000);       // 0.1
  CHECK(multiply(price, rate, Rounding::down).mantissa() == 100'000);
  CHECK(multiply(price, rate, Rounding::half_up).mantissa() == 100'001);
  CHECK(multiply(price, rate, Rounding::half_even).mantissa() == 100'000);
  CHECK(multiply(UnitPrice::from_mantissa(-1'000'005), rate, Rounding::half_up).mantissa() ==
        -100'001);
}

#include "engine/base/decimal.hpp"

#include "tests/catch.hpp"
#include "tests/oracle/numbers.hpp"

#include <vector>

using engine::base::Decimal;
using engine::base::FaultCode;
using engine::base::Int128;
using engine::base::int128_max;
using engine::base::parse_decimal;
using engine::base::Rounding;

namespace {

Decimal parsed(const std::string& text) {
  auto value = parse_decimal(text);
  INFO(text);
  REQUIRE(value);
  return *value;
}

std::string refusal(const std::string& text) {
  const auto value = parse_decimal(text);
  INFO(text);
  REQUIRE_FALSE(value);
  CHECK(value.error().where.empty());
  return engine::base::fault_name(value.error().code);
}

}  // namespace

TEST_CASE("decimal: what is read is printed again, with every decimal", "[engine][base]") {
  for (const std::string text :
       {"0", "1", "-1", "12.50", "-12.50", "0.0200", "1000000", "0.000001", "99999999999999999999",
        "-0.00000000000000000000000000000000000001", "99999999999999999999999999999999999999",
        "-99999999999999999999999999999999999999", "9223372036854775807", "9223372036854775808",
        "18446744073709551616", "1844674407370955161.6", "0.0"}) {
    CHECK(to_string(parsed(text)) == text);
  }
  CHECK(to_string(parsed("+5")) == "5");
  CHECK(to_string(parsed("7.")) == "7");
  CHECK(to_string(parsed(".5")) == "0.5");
  CHECK(to_string(parsed("-.25")) == "-0.25");
  CHECK(to_string(parsed("007.10")) == "7.10");
  CHECK(to_string(parsed("-0")) == "0");
}

TEST_CASE("decimal: short text drops zeros behind the point and no others", "[engine][base]") {
  CHECK(to_string_short(parsed("2025.00")) == "2025");
  CHECK(to_string_short(parsed("100")) == "100");
  CHECK(to_string_short(parsed("0.500")) == "0.5");
  CHECK(to_string_short(parsed("-0.0")) == "0");
}

TEST_CASE("decimal: what is no number is told apart from what is missing or too long",
          "[engine][base]") {
  CHECK(refusal("") == "missing_value");
  for (const char* text :
       {"-", "+", ".", "-.", "abc", "1,5", "1 000", " 1", "1 ", "1e3", "0x10", "1.2.3", "--1", "1-",
        "\xE2\x88\x92"
        "1"}) {
    CHECK(refusal(text) == "bad_number");
  }
  CHECK(refusal("100000000000000000000000000000000000000") == "out_of_range");  // 39 digits
  CHECK(refusal("170141183460469231731687303715884105728") == "out_of_range");  // 2^127
  CHECK(refusal("9999999999999999999999999999999999999.99") ==
        "out_of_range");  // 39 digits about the point
  CHECK(refusal("0.000000000000000000000000000000000000001") == "out_of_range");  // 39 decimals
}

TEST_CASE("decimal: hundreds of decimals are refused, not counted in a circle", "[engine][base]") {
  for (const std::size_t zeros : {38U, 39U, 254U, 255U, 256U, 257U, 300U, 512U}) {
    CHECK(refusal("0." + std::string(zeros, '0') + "5") == "out_of_range");
  }
}

TEST_CASE("decimal: zeros in front of 38 digits do not count", "[engine][base]") {
  const std::string digits(38, '9');
  CHECK(to_string(parsed("00000" + digits)) == digits);
}

TEST_CASE("decimal: equality is of numbers, not of texts", "[engine][base]") {
  CHECK(parsed("5") == parsed("5.00"));
  CHECK(parsed("0") == parsed("-0.000"));
  CHECK(parsed("0.10") == parsed("0.1"));
  CHECK_FALSE(parsed("5") == parsed("50"));
  CHECK_FALSE(parsed("0.05") == parsed("0.5"));
  CHECK_FALSE(parsed("5") == parsed("-5"));
}

TEST_CASE("decimal: an amount is printed at any number of decimals that a step can have",
          "[engine][base]") {
  const auto printed = [](Int128 mantissa, int decimals) {
    std::string out = ">";
    engine::base::append_decimal(out, mantissa, decimals);
    return out;
  };
  CHECK(printed(0, 0) == ">0");
  CHECK(printed(0, 60) == ">0." + std::string(60, '0'));
  CHECK(printed(-1, 60) == ">-0." + std::string(59, '0') + "1");
  CHECK(printed(1, 255) == ">0." + std::string(254, '0') + "1");
  CHECK(printed(int128_max, 0) == ">170141183460469231731687303715884105727");
  CHECK(printed(-int128_max, 38) == ">-1.70141183460469231731687303715884105727");
  CHECK(printed(-int128_max - 1, 39) == ">-0.170141183460469231731687303715884105728");
  CHECK(printed(int128_max, 60) ==
        ">0." + std::string(21, '0') + "170141183460469231731687303715884105727");
}

TEST_CASE("decimal: a mantissa at other decimals is exact or nothing", "[engine][base]") {
  using engine::base::mantissa_at;
  CHECK(mantissa_at(parsed("12.50"), 1) == Int128{125});
  CHECK(mantissa_at(parsed("12.50"), 6) == Int128{12'500'000});
  CHECK_FALSE(mantissa_at(parsed("12.55"), 1));
  CHECK(mantissa_at(parsed("-0.000000"), 0) == Int128{0});
  CHECK(mantissa_at(Decimal{0, 0}, 200) == Int128{0});
  CHECK_FALSE(mantissa_at(Decimal{1, 0}, 39));
  CHECK(mantissa_at(Decimal{1, 0}, 38) == engine::base::pow10<Int128>(38));
  CHECK_FALSE(mantissa_at(Decimal{2, 0}, 38));  // 2 * 10^38 is beyond 128 bits
  CHECK_FALSE(mantissa_at(Decimal{-2, 0}, 38));
}

TEST_CASE("decimal: a mantissa is rounded by its mode", "[engine][base]") {
  for (const std::string text : {"0.5", "1.5", "2.5", "-0.5", "-1.5", "-2.5", "0.4999999",
                                 "0.5000001", "-0.0000001", "1.25", "-1.35", "7", "0"}) {
    for (const auto mode : {Rounding::half_up, Rounding::half_even, Rounding::half_down,
                            Rounding::up, Rounding::down}) {
      for (const int decimals : {0, 1, 3, 8}) {
        const auto mantissa = engine::base::mantissa_rounded(parsed(text), decimals, mode);
        REQUIRE(mantissa);
        const auto expected =
            oracle::rounded(oracle::number(text), decimals, engine::base::rounding_name(mode));
        INFO(text << " to " << decimals << " by " << engine::base::rounding_name(mode));
        CHECK(oracle::Rational{oracle::Whole{*mantissa}, oracle::power_of_ten(decimals)} ==
              expected);
      }
    }
  }
}

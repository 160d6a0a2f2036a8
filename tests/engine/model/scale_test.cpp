#include "engine/model/scale.hpp"

#include "engine/base/decimal.hpp"

#include "tests/catch.hpp"

#include <limits>
#include <string>

using engine::base::Decimal;
using engine::base::Quantity;
using engine::base::to_string_short;
using engine::model::parse_scale;
using engine::model::Scale;
using engine::model::ScaleKind;

namespace {

std::string amount(engine::base::Int128 mantissa, const Scale& scale) {
  return engine::base::to_string(Decimal{mantissa, scale.decimals});
}

// A scale as text, tier by tier: "from 0: 10.00 + 0.00; from 10: 9.50 + 0.00".
std::string read(const char* text, ScaleKind kind = ScaleKind::whole, bool is_percent = false) {
  const auto scale = parse_scale(text, kind, is_percent);
  if (!scale) {
    CHECK(scale.error().where.empty());
    return std::string{engine::base::fault_name(scale.error().code)} + ": " + scale.error().detail;
  }
  CHECK(scale->kind == kind);
  std::string told;
  for (const auto& tier : scale->tiers) {
    const bool open = tier.bound.mantissa() == std::numeric_limits<std::int64_t>::max();
    told += told.empty() ? "" : "; ";
    told += scale->upper_bounds ? "to " : "from ";
    told += open ? "any" : to_string_short(tier.bound.decimal());
    told += ": " + amount(tier.rate, *scale);
    if (tier.flat != 0) told += " + " + amount(tier.flat, *scale);
  }
  if (scale->package_size != Quantity{})
    told += " per " + to_string_short(scale->package_size.decimal());
  if (scale->free_units != Quantity{})
    told += " after " + to_string_short(scale->free_units.decimal());
  return told + (scale->open_above ? "" : ", closed");
}

}  // namespace

TEST_CASE("scale: tiers with `from` start at their bound; the first one may start at 0 unsaid",
          "[engine][model][scale]") {
  CHECK(read("10.00; 9.50 from 10; 9 from 100") == "from 0: 10.0; from 10: 9.5; from 100: 9.0");
  CHECK(read("10 from 0; 9 from 10") == "from 0: 10; from 10: 9");
  CHECK(read("10 from 5") == "from 5: 10");
  CHECK(read("  10  ;9   from   0.5 ;") == "from 0: 10; from 0.5: 9");
  CHECK(read("-1.25; .5 from 2") == "from 0: -1.25; from 2: 0.50");
  CHECK(read("4.20") == "from 0: 4.2");
}

TEST_CASE("scale: tiers with `to` end with their bound; the last one may be open",
          "[engine][model][scale]") {
  CHECK(read("10 to 5; 12 to 20; 15 to 100") == "to 5: 10; to 20: 12; to 100: 15, closed");
  CHECK(read("10 to 5; 12 to 20; 15") == "to 5: 10; to 20: 12; to any: 15");
  CHECK(read("10 to 5", ScaleKind::graduated) == "to 5: 10, closed");
}

TEST_CASE("scale: a tier may have a flat amount beside its rate", "[engine][model][scale]") {
  CHECK(read("10 + 2 to 10; 5 + 3.50", ScaleKind::graduated) ==
        "to 10: 10.0 + 2.0; to any: 5.0 + 3.5");
  CHECK(read("0 + 25; 0+40.125 from 100") == "from 0: 0.000 + 25.000; from 100: 0.000 + 40.125");
}

TEST_CASE("scale: percents are percent numbers in the text and fractions in the tiers",
          "[engine][model][scale]") {
  CHECK(read("5; 12.5 from 10", ScaleKind::whole, true) == "from 0: 0.050; from 10: 0.125");
  CHECK(read("100", ScaleKind::whole, true) == "from 0: 1.00");
}

TEST_CASE("scale: a package has an amount, a size and units before the first one",
          "[engine][model][scale]") {
  CHECK(read("4.50 per 10", ScaleKind::package) == "from 0: 4.5 per 10");
  CHECK(read("4.50 per 0.75 after 2.5", ScaleKind::package) == "from 0: 4.5 per 0.75 after 2.5");
}

TEST_CASE("scale: what can't be read names its tier", "[engine][model][scale]") {
  CHECK(read("") == "missing_value: the scale is empty");
  CHECK(read("10; ; 9 from 5") == "missing_value: tier 2 (''): there is nothing in it");
  CHECK(read("10; 9.o0 from 10") ==
        "bad_number: tier 2 ('9.o0 from 10'): the rate '9.o0' is not a decimal number");
  CHECK(read("10; 9 from ten") ==
        "bad_number: tier 2 ('9 from ten'): the bound 'ten' is not a decimal number");
  CHECK(read("10; from 10") == "missing_value: tier 2 ('from 10'): the rate is missing");
  CHECK(read("10 from") ==
        "bad_number: tier 1 ('10 from'): the rate '10 from' is not a decimal number");
  CHECK(read("10 upto 5").starts_with("bad_number: tier 1 "));
  CHECK(read("10 + to 5") == "missing_value: tier 1 ('10 + to 5'): the flat amount is missing");
  CHECK(read("10 + two") ==
        "bad_number: tier 1 ('10 + two'): the flat amount 'two' is not a decimal number");
  CHECK(read("10; 9 from -1") ==
        "out_of_range: tier 2 ('9 from -1'): the bound '-1' is no quantity: 0 to a billion, with "
        "at most 6 decimals");
  CHECK(read("10; 9 from 0.1234567").starts_with("out_of_range: tier 2 "));
  CHECK(read("10,00; 9 from 5").starts_with("bad_number: tier 1 "));
  CHECK(read("10 %; 9 from 5").starts_with("bad_number: tier 1 "));
}

TEST_CASE("scale: bounds rise, are of one kind, and only one end goes without",
          "[engine][model][scale]") {
  const auto refused = [](const char* text) {
    const auto told = read(text);
    CHECK(told.starts_with("contradicting_values: "));
    return told.substr(told.find("): ") + 3);
  };
  CHECK(refused("10; 9 from 10; 8 from 10") == "its bound is not above that of the tier before");
  CHECK(refused("10 to 20; 12 to 5") == "its bound is not above that of the tier before");
  CHECK(refused("10; 9") == "only the first tier may go without 'from'");
  CHECK(refused("10; 9 to 5") == "only the last tier may go without 'to'");
  CHECK(refused("10 from 5; 9 to 20") == "a scale has bounds of one kind, either 'from' or 'to'");
  CHECK(refused("10 to 0; 12 to 5") == "a tier up to 0 has nothing in it");
}

TEST_CASE("scale: percents have neither flat amounts nor packages", "[engine][model][scale]") {
  CHECK(read("5 + 1", ScaleKind::whole, true) ==
        "contradicting_values: tier 1 ('5 + 1'): a percent has no flat amount beside it");
  CHECK(read("5 per 10", ScaleKind::package, true).starts_with("contradicting_values: "));
}

TEST_CASE("scale: a package needs a size above 0 and takes no tiers", "[engine][model][scale]") {
  const auto package = [](const char* text) { return read(text, ScaleKind::package); };
  CHECK(package("4.50").starts_with("missing_value: tier 1 ('4.50'): its size is missing"));
  CHECK(package("4.50 per 0").starts_with("out_of_range: "));
  CHECK(package("4.50 per 10; 4 per 20").starts_with("contradicting_values: "));
  CHECK(package("4.50 per ten").starts_with("bad_number: "));
  CHECK(package("per 10").starts_with("missing_value: "));
  CHECK(package("4 per 10 after -1").starts_with("out_of_range: "));
  CHECK(read("4 per 10").starts_with("bad_number: "));  // not said to be a package
}

TEST_CASE("scale: decimals, digits and tiers have limits", "[engine][model][scale]") {
  CHECK(read("0.000000000000000001") == "from 0: 0.000000000000000001");
  CHECK(read("0.0000000000000000001").starts_with("out_of_range: "));
  CHECK(read("0.00000000000000001", ScaleKind::whole, true).starts_with("out_of_range: "));
  CHECK(read("1.500000000000000000000000") == "from 0: 1.5");
  CHECK(read("1000000000000000000000; 0.000000000000000001 from 1").starts_with("out_of_range: "));
  std::string text = "1";
  for (std::size_t i = 1; i < engine::model::scale_tiers_max; ++i)
    text += "; 1 from " + std::to_string(i);
  CHECK(parse_scale(text, ScaleKind::whole, false));
  CHECK(read((text + "; 1 from 1000").c_str()).starts_with("too_many: "));
}

TEST_CASE("scale: two scales are equal where nothing tells them apart", "[engine][model][scale]") {
  const auto scale = [](const char* text, ScaleKind kind = ScaleKind::whole) {
    const auto made = parse_scale(text, kind, false);
    REQUIRE(made);
    return *made;
  };
  CHECK(scale("10.00; 9 from 5") == scale("10 from 0;9.0 from 5.00"));
  CHECK_FALSE(scale("10; 9 from 5") == scale("10; 9 from 6"));
  CHECK_FALSE(scale("10; 9 from 5") == scale("10; 8 from 5"));
  CHECK_FALSE(scale("10; 9 from 5") == scale("10; 9 from 5", ScaleKind::graduated));
  CHECK_FALSE(scale("10 to 5; 9") == scale("10 to 5; 9 to 8"));
  CHECK_FALSE(scale("10 + 1") == scale("10 + 2"));
  CHECK_FALSE(scale("4 per 5", ScaleKind::package) == scale("4 per 6", ScaleKind::package));
}

TEST_CASE("scale: its text says the same again", "[engine][model][scale]") {
  struct Case {
    const char* text;
    ScaleKind kind;
    bool is_percent;
  };

  const auto given = GENERATE(values<Case>({
      {"10.00; 9.50 from 10; 9.25 from 100", ScaleKind::whole, false},
      {"10.5 from 5; 8.0 from 7.5", ScaleKind::graduated, false},
      {"10 to 5; 12 to 20", ScaleKind::graduated, false},
      {"10 + 2 to 10; 5 + 3", ScaleKind::whole, false},
      {"5.0; 12.5 from 10", ScaleKind::whole, true},
      {"5", ScaleKind::whole, true},
      {"4.5 per 10 after 2", ScaleKind::package, false},
      {"4 per 0.75", ScaleKind::package, false},
  }));
  const auto scale = parse_scale(given.text, given.kind, given.is_percent);
  REQUIRE(scale);
  CHECK(engine::model::scale_text(*scale, given.is_percent) == given.text);
}

TEST_CASE("scale: kinds have the names that feeds use", "[engine][model][scale]") {
  CHECK(engine::model::scale_kind_name(ScaleKind::whole) == "whole");
  CHECK(engine::model::scale_kind_name(ScaleKind::graduated) == "graduated");
  CHECK(engine::model::scale_kind_name(ScaleKind::package) == "package");
}

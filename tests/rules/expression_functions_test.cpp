// The functions of expressions, and the sums over lines.
#include "engine/base/limits.hpp"
#include "rules/expression.hpp"

#include "tests/catch.hpp"
#include "tests/rules/expression_scope.hpp"

using engine::rule::AggregateKind;
using rules::compile_expression;
using rules::ExpressionType;
using tests::condition;
using tests::program;
using tests::Scope;

TEST_CASE("expression functions: rounding to a unit, by a scale, in another currency",
          "[rules][expression]") {
  CHECK(program("round(per_unit(price), 4, 'half_up')") == "price unit(price 4 half_up)");
  CHECK(program("round(per_unit(net, rate), 4, 'up')") == "net unit(rate 4 up)");
  CHECK(program("round(scaled(price), 2, 'half_up')") == "scale(price 2 half_up)");
  CHECK(program("round(converted(net * 2, price), 2, 'down')") == "net 2 * convert(price 2 down)");
  CHECK(program("round(extended(lines.sum(l, l.net)), 2, 'up')") == "#0 extend(price 2 up)");
}

TEST_CASE("expression functions: decimals and mode can be parameters", "[rules][expression]") {
  CHECK(program("round(net, four, mode)") == "net round(4 half_even)");
  CHECK(program("round(net / 3, four, 'up')") == "net 3 divide(4 up)");
  CHECK(program("round(extended(net), 2, mode)") == "net extend(price 2 half_even)");
}

TEST_CASE("expression functions: abs, round_to and ending", "[rules][expression]") {
  CHECK(program("abs(net - 1)") == "net 1 - net 1 - neg max");
  CHECK(program("round_to(net, 0.05, 'half_up')") == "net 0.05 divide(0 half_up) 0.05 *");
  CHECK(program("round_to(net * 2, share, mode)") == "net 2 * 0.60 divide(0 half_even) 0.60 *");
  CHECK(program("round_to(net, weight + 1, 'up')") == "net weight 1 + divide(0 up) weight 1 + *");
  CHECK(program("ending(net, [0.99, 0.49, 0.990], 1, 'nearest')") ==
        "net ending(0.49,0.99) per 1 half_up");
  CHECK(program("ending(net * 2, [9.99], 10.0, 'up')") == "net 2 * ending(9.99) per 10.0 up");
  CHECK(program("ending(net, endings, four, 'down')") == "net ending(0.49,0.99) per 4.0 down");
}

TEST_CASE("expression functions: mistakes have their caret", "[rules][expression]") {
  Scope given;
  tests::check_mistakes(
      {
          {"per_unit(price)", 0, "per_unit(...) stands directly inside round"},
          {"scaled(price)", 0, "scaled(...) stands directly inside round"},
          {"converted(1, price)", 0, "converted(...) stands directly inside round"},
          {"round(scaled(net), 2, 'up')", 13, "a step that finds a price is wanted"},
          {"round(scaled(promotions), 2, 'up')", 13, "a step that finds a price is wanted"},
          {"round(scaled(2), 2, 'up')", 13, "a step that finds a price is wanted"},
          {"round(scaled(price, rate), 2, 'up')", 18, "')' is missing"},
          {"round(converted(net), 2, 'up')", 19, "whose record says the currency"},
          {"round(converted(net, share), 2, 'up')", 21, "a step that finds a price is wanted"},
          {"round(per_unit(brand), 2, 'up')", 15, "a number is wanted"},
          {"round(net, share, 'up')", 11, "0 to 18 decimals"},
          {"round(net, mode, 'up')", 11, "number of decimals"},
          {"round(net, 2, groups)", 14, "a mode is wanted"},
          {"round(net, 2, share)", 14, "a mode is wanted"},
          {"abs net", 4, "'(' is missing"},
          {"abs(brand)", 4, "a number is wanted"},
          {"abs(net, 1)", 7, "')' is missing"},
          {"round_to(net, 0, 'up')", 14, "a multiple above 0"},
          {"round_to(net, 'a', 'up')", 14, "a number is wanted"},
          {"round_to(brand, 1, 'up')", 9, "a number is wanted"},
          {"round_to(net / 2, 1, 'up')", 13, "',' is missing"},
          {"round_to(net, 1, 'nearest')", 17, "a mode is wanted"},
          {"round_to(net, 1)", 15, "',' is missing"},
          {"ending(brand, [0.9], 1, 'up')", 7, "a number is wanted"},
          {"ending(net, 0.9, 1, 'up')", 12, "a list of numbers"},
          {"ending(net, groups, 1, 'up')", 12, "a list of numbers"},
          {"ending(net, [1], 1, 'up')", 12, "less than their base"},
          {"ending(net, [-0.1], 1, 'up')", 12, "less than their base"},
          {"ending(net, [0.9], 0, 'up')", 19, "a number above 0"},
          {"ending(net, [0.9], net, 'up')", 19, "a number above 0"},
          {"ending(net, [0.9], 1, 'half_up')", 22, "'nearest', 'up' or 'down'"},
          {"ending(net, [0.9], 1, up)", 22, "'nearest', 'up' or 'down'"},
          {"ending(net, [0.9], 1)", 20, "',' is missing"},
      },
      ExpressionType::decimal, given);
}

TEST_CASE("expression lines: sums over lines are numbers of the order", "[rules][expression]") {
  Scope given;
  const auto number = [&](const char* text) {
    return program(text, ExpressionType::decimal, given);
  };
  const auto truth = [&](const char* text) { return program(text, ExpressionType::truth, given); };
  CHECK(number("lines.sum(l, l.net * l.quantity)") == "#0");
  CHECK(number("1 + lines.sum(row, net * row.quantity)") == "1 #0 +");  // the same
  CHECK(number("lines.count(l, l.brand == 'Acme' && l.heavy)") == "#1");
  CHECK(truth("lines.exists(l, l.price.found)") == "#2");
  CHECK(truth("lines.all(l, has(l.weight) && l.brand.startsWith('A'))") == "#3");
  CHECK(number("lines.min(l, net) - lines.max(l, l.net)") == "#4 #5 -");
  CHECK(number("lines.sum(l, round(extended(l.net, l.price), 2, 'up'))") == "#6");
  CHECK(number("lines.sum(l, shipping) + shipping") == "#7 shipping +");
  using Kind = AggregateKind;
  const std::vector<std::pair<Kind, std::string>> wanted{
      {Kind::sum, "net quantity *"},
      {Kind::count, "brand(Acme) heavy(true) &&"},
      {Kind::exists, "price.found"},
      {Kind::all, "weight.given brand.starts(A) &&"},
      {Kind::minimum, "net"},
      {Kind::maximum, "net"},
      {Kind::sum, "net extend(price 2 up)"},
      {Kind::sum, "shipping"}};
  REQUIRE(given.aggregates.size() == wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    CHECK(given.aggregates[i].kind == wanted[i].first);
    CHECK(program(given.aggregates[i].of, given) == wanted[i].second);
    CHECK_FALSE(given.aggregates[i].running);
  }
}

TEST_CASE("expression lines: mistakes have their caret", "[rules][expression]") {
  Scope given;
  tests::check_mistakes(
      {
          {"lines", 0, "lines have sum, count, exists, all, min and max"},
          {"lines.average(l, l.net)", 0, "lines have sum, count"},
          {"lines.sum l", 10, "'(' is missing"},
          {"lines.sum(l)", 11, "',' is missing"},
          {"lines.sum(net)", 10, "a name for each line"},
          {"lines.sum(share, 1)", 10, "a name for each line"},
          {"lines.sum(brand, 1)", 10, "a name for each line"},
          {"lines.sum(quantity, 1)", 10, "a name for each line"},
          {"lines.sum(l.net, 1)", 10, "a name for each line"},
          {"lines.sum(1, 1)", 10, "a name for each line"},
          {"lines.sum(l, l)", 13, "'l' is the line as a whole"},
          {"lines.sum(l, l.colour)", 13, "'colour' is no parameter"},
          {"lines.sum(l, k.net)", 13, "'k' is no parameter"},
          {"lines.sum(l, l.brand)", 13, "a number is wanted"},
          {"lines.sum(l, l.price.found)", 13, "a number is wanted"},
          {"lines.count(l, l.net)", 15, "true or false is wanted"},
          {"lines.sum(l, lines.sum(k, k.net))", 13, "do not stand in one another"},
          {"lines.sum(l, l.mixed)", 13, "'mixed' stands in the phase of this step"},
          {"lines.sum(l, l.running)", 13, "running stands only"},
          {"lines.exists(l, l.price.found)", 0, "a number is wanted"},
          {"lines.sum(l, l.net) + l.net", 22, "'l' is no parameter"},
          {"lines.sum(l, net", 16, "')' is missing"},
      },
      ExpressionType::decimal, given);
}

TEST_CASE("expression functions: what repeats a part of the text stays within the limit",
          "[rules][expression]") {
  Scope given;
  for (const auto& [open, close] : {std::pair{"abs(", ")"}, std::pair{"round_to(1, ", ", 'up')"}}) {
    std::string text = "net";
    for (int i = 0; i < 5; ++i) text = open + text + close;
    CHECK(compile_expression(text, ExpressionType::decimal, given.scope));
    for (int i = 0; i < 20; ++i) text = open + text + close;
    CHECK_FALSE(compile_expression(text, ExpressionType::decimal, given.scope));
  }
  std::string list = "net in [1";
  for (std::size_t i = 0; i < engine::base::limits::formula_length; ++i) list += ", 1";
  CHECK_FALSE(compile_expression(list + "]", ExpressionType::truth, given.scope));
  std::string sum = "lines.sum(l, 1";
  for (std::size_t i = 0; i < engine::base::limits::formula_length; ++i) sum += "+1";
  CHECK_FALSE(compile_expression(sum + ")", ExpressionType::decimal, given.scope));
}

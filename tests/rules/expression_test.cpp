// Expressions: what they compile to, and where the caret stands under each mistake.
#include "rules/expression.hpp"

#include "engine/base/limits.hpp"

#include "tests/catch.hpp"
#include "tests/rules/expression_scope.hpp"

#include <chrono>

namespace limits = engine::base::limits;
using rules::compile_expression;
using rules::ExpressionType;
using tests::condition;
using tests::Mistake;
using tests::program;
using tests::refusal;
using tests::Scope;

TEST_CASE("expression: operators bind as in CEL and associate to the left", "[rules][expression]") {
  CHECK(program("1 + 2 * 3") == "1 2 3 * +");
  CHECK(program("(1 + 2) * 3") == "1 2 + 3 *");
  CHECK(program("10 - 3 - 2") == "10 3 - 2 -");
  CHECK(program("-price * 2") == "price neg 2 *");
  CHECK(program("- -price") == "price neg neg");
  CHECK(program("price - -1") == "price 1 neg -");
  CHECK(condition("1 < 2 && 3 < 4 || true") == "1 2 < 3 4 < && 1 ||");
  CHECK(condition("true || false && false") == "1 0 0 && ||");
  CHECK(condition("!rate.found && price > 1") == "rate.found ! 1 price < &&");
  CHECK(condition("price > net + 1") == "net 1 + price <");
  CHECK(condition("price * 2 >= net") == "net price 2 * <=");
  CHECK(program("true ? 1 : false ? 2 : 3") == "1 1 0 2 3 ? ?");
  CHECK(condition("price == 1 ? true : rate.found") == "price 1 == 1 rate.found ?");
}

TEST_CASE("expression: names are the quantity, parameters, steps and what their records say",
          "[rules][expression]") {
  CHECK(program("quantity") == "quantity");
  CHECK(program("share") == "0.60");
  CHECK(program("net + net.exact") == "net net.exact +");
  CHECK(program("rate.rate + rate.value") == "rate.value rate.value +");
  CHECK(condition("price.found && price.discountable && !price.price_on_request") ==
        "price.found price.discountable && price.price_on_request ! &&");
  CHECK(program("0.60") == "0.60");
  CHECK(program("\tmin(1,\n max(2, 3))") == "1 2 3 max min");
}

TEST_CASE("expression: divisions and extended prices stand directly inside a rounding",
          "[rules][expression]") {
  CHECK(program("round(price, 4, 'half_up')") == "price round(4 half_up)");
  CHECK(program("round(price + 1, 0, \"down\")") == "price 1 + round(0 down)");
  CHECK(program("round(price / 3, 2, 'half_even')") == "price 3 divide(2 half_even)");
  CHECK(program("round(price * 2 / (net + 1), 2, 'up')") == "price 2 * net 1 + divide(2 up)");
  CHECK(program("round(-price / -3, 2, 'up')") == "price neg 3 neg divide(2 up)");
  CHECK(program("round(extended(price), 2, 'half_up')") == "price extend(price 2 half_up)");
  CHECK(program("round(extended(price * share, rate), 2, 'half_up')") ==
        "price 0.60 * extend(rate 2 half_up)");
  CHECK(program("round(price > 1 ? price : net, 2, 'up')") == "1 price < price net ? round(2 up)");
  CHECK(program("round(round(price, 4, 'up') * 2, 2, 'up') + 1") ==
        "price round(4 up) 2 * round(2 up) 1 +");
  CHECK(program("round(price, 18, 'up')") == "price round(18 up)");
}

TEST_CASE("expression: every mistake is told with a caret under its place", "[rules][expression]") {
  const std::vector<Mistake> mistakes{
      {"", 0, "is wanted here"},
      {"   ", 3, "is wanted here"},
      {"1 +", 3, "a number, a name or '(' is wanted here"},
      {"1 + * 2", 4, "a number, a name or '(' is wanted here"},
      {"1 2", 2, "should end here"},
      {"(1 + 2", 6, "')' is missing"},
      {"1 + 2)", 5, "should end here"},
      {"price % 2", 6, "'%' has no meaning"},
      {"price = 2", 6, "'=' has no meaning"},
      {"price & net", 6, "'&' has no meaning"},
      {"1.5.2", 3, "'.' has no meaning"},
      {"7.", 1, "'.' has no meaning"},
      {".5", 0, "'.' has no meaning"},
      {"1e5", 1, "should end here"},
      {"prices", 0, "'prices' is no parameter, no earlier step and no field"},
      {"1 + later", 4, "'later' is no parameter, no earlier step and no field"},
      {"price.colour", 0, "'colour' is none of them"},
      {"price.", 0, "has exact, value, rate, found"},
      {"net.value", 0, "looks for no record"},
      {"net.discountable", 0, "looks for no record"},
      {"share.value", 0, "'share' is a parameter, and nothing stands behind its name"},
      {"price / 2", 6, "a division says how it is rounded"},
      {"/ 2", 0, "round(a / b, decimals, mode)"},
      {"round(price + 1 / 2, 2, 'up')", 16, "in parentheses"},
      {"round(price / 2 * 3, 2, 'up')", 16, "one division at a time"},
      {"round(price / 2 / 3, 2, 'up')", 16, "one division at a time"},
      {"extended(price)", 0, "directly inside round"},
      {"round(price)", 11, "',' is missing"},
      {"round(price, 2)", 14, "',' is missing"},
      {"round(price, two, 'up')", 13, "number of decimals"},
      {"round(price, 19, 'up')", 13, "0 to 18 decimals"},
      {"round(price, 1.5, 'up')", 13, "number of decimals"},
      {"round(price, 2, up)", 16, "a mode is wanted"},
      {"round(price, 2, 'bankers')", 16, "a mode is wanted"},
      {"round(price, 2, 'up", 16, "no closing quote"},
      {"round(price.found, 2, 'up')", 6, "a number is wanted"},
      {"round(price.found / 2, 2, 'up')", 6, "a number is wanted"},
      {"round(2 / price.found, 2, 'up')", 10, "a number is wanted"},
      {"round(extended(price, net), 2, 'up')", 22, "finds a price"},
      {"min(1)", 5, "',' is missing"},
      {"min(1, 2, 3)", 8, "')' is missing"},
      {"max(1, price.found)", 7, "a number is wanted"},
      {"price && true", 0, "true or false is wanted"},
      {"price.found + 1", 0, "a number is wanted"},
      {"1 < 2 < 3", 0, "a number is wanted"},
      {"!price", 1, "true or false is wanted"},
      {"-price.found", 1, "a number is wanted"},
      {"price ? 1 : 2", 0, "true or false is wanted"},
      {"true ? 1 : false", 11, "a number is wanted"},
      {"true ? 1", 8, "':' is missing"},
      {"price.found", 0, "a number is wanted"},
      {"100000000000000000000000000000000000000", 0, "38 digits"},
      {"price + '12'", 8, "is wanted here"},
  };
  Scope given;
  tests::check_mistakes(mistakes, ExpressionType::decimal, given);
  CHECK(refusal("price + 1", ExpressionType::truth).why.find("a condition is true or false") !=
        std::string::npos);
}

TEST_CASE("expression: a character of several bytes is told whole", "[rules][expression]") {
  CHECK(refusal("price \xC3\x97 2").why.find("'\xC3\x97'") == 0);
  CHECK(refusal("price \xE2\x88\x92 2").why.find("'\xE2\x88\x92'") == 0);
}

TEST_CASE("expression: a step may refer to its own record, not to its own amount",
          "[rules][expression]") {
  Scope given;
  given.steps.resize(2);  // rate is the expression's own step now
  given.scope.own_step_found = true;
  CHECK(compile_expression("rate.value * 2", ExpressionType::decimal, given.scope));
  CHECK(compile_expression("price + 1", ExpressionType::decimal, given.scope));
  CHECK(compile_expression("round(scaled(rate), 2, 'up')", ExpressionType::decimal, given.scope));
  CHECK_FALSE(compile_expression("rate * 2", ExpressionType::decimal, given.scope));
  CHECK_FALSE(compile_expression("rate.exact", ExpressionType::decimal, given.scope));
  CHECK_FALSE(
      compile_expression("lines.sum(l, l.rate.value)", ExpressionType::decimal, given.scope));
}

TEST_CASE("expression: without a required step, extended names the step whose unit counts",
          "[rules][expression]") {
  Scope given;
  given.steps[0].find->required = false;
  for (const char* function : {"extended", "per_unit"}) {
    const std::string open = "round(" + std::string{function} + "(price";
    CHECK_FALSE(compile_expression(open + "), 2, 'up')", ExpressionType::decimal, given.scope));
    CHECK(compile_expression(open + ", price), 2, 'up')", ExpressionType::decimal, given.scope));
  }
}

TEST_CASE("expression: nesting has a limit, whatever nests", "[rules][expression]") {
  const auto nested = [](const std::string& open, const std::string& close, std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += open;
    text += "1";
    for (std::size_t i = 0; i < depth; ++i) text += close;
    return text;
  };
  const Scope given;
  for (const auto& [open, close] :
       {std::pair{"(", ")"}, std::pair{"-", ""}, std::pair{"min(1, ", ")"},
        std::pair{"round(", ", 2, 'up')"}, std::pair{"round(1 + ", ", 2, 'up')"},
        std::pair{"round(1 / (", "), 2, 'up')"}, std::pair{"round(extended(", "), 2, 'up')"},
        std::pair{"true ? 1 : ", ""}}) {
    INFO(open);
    CHECK(compile_expression(nested(open, close, limits::expression_nesting / 3),
                             ExpressionType::decimal, given.scope));
    CHECK_FALSE(compile_expression(nested(open, close, limits::expression_nesting + 1),
                                   ExpressionType::decimal, given.scope));
  }
}

TEST_CASE("expression: the cost of reading does not double with every rounding around it",
          "[rules][expression]") {
  std::string text = "price";
  for (int i = 0; i < 28; ++i) text = "round(" + text + ", 2, 'up')";
  const Scope given;
  const auto start = std::chrono::steady_clock::now();
  CHECK(compile_expression(text, ExpressionType::decimal, given.scope));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{1});
}

TEST_CASE("expression: length has a limit, in text and in instructions", "[rules][expression]") {
  const Scope given;
  std::string text = "1";
  while (text.size() + 4 <= limits::text_length) text += " + 1";
  CHECK_FALSE(
      compile_expression(text, ExpressionType::decimal, given.scope));  // too many instructions
  CHECK_FALSE(compile_expression(std::string(limits::text_length + 1, ' ') + "1",
                                 ExpressionType::decimal, given.scope));
  std::string longest = "1";
  for (std::size_t i = 0; i < (limits::formula_length - 1) / 2; ++i) longest += "+1";
  CHECK(compile_expression(longest, ExpressionType::decimal, given.scope));
  CHECK_FALSE(compile_expression(longest + "+1", ExpressionType::decimal, given.scope));
}

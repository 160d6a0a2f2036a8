#include "rules/expression.hpp"

#include "engine/base/limits.hpp"

#include "tests/catch.hpp"

#include <chrono>
#include <map>

namespace limits = engine::base::limits;
using engine::rule::Op;
using rules::compile_expression;
using rules::ExpressionType;

namespace {

// Steps: price (finds, required), rate (finds), net (an amount). Parameters: share. Flags of the
// schema.
struct Scope {
  engine::model::Schema schema;
  std::map<std::string, engine::base::Decimal> parameters{{"share", {60, 2}}};
  std::vector<engine::rule::Step> steps{3};
  rules::ExpressionScope scope;

  Scope() {
    steps[0].name = "price";
    steps[0].find.emplace();
    steps[0].find->required = true;
    steps[1].name = "rate";
    steps[1].find.emplace();
    steps[2].name = "net";
    scope = {&steps, &parameters, &schema, false};
  }
};

// The program as words, to compare with what was meant.
std::string program(const std::string& text, ExpressionType type = ExpressionType::decimal) {
  static const std::map<Op, std::string> words{
      {Op::quantity, "quantity"}, {Op::add, "+"},         {Op::subtract, "-"},
      {Op::multiply, "*"},        {Op::negate, "neg"},    {Op::minimum, "min"},
      {Op::maximum, "max"},       {Op::less, "<"},        {Op::less_equal, "<="},
      {Op::equal, "=="},          {Op::not_equal, "!="},  {Op::logical_and, "&&"},
      {Op::logical_or, "||"},     {Op::logical_not, "!"}, {Op::select, "?"}};
  const Scope given;
  const auto compiled = compile_expression(text, type, given.scope);
  INFO(text);
  if (!compiled) FAIL(compiled.error().detail);
  std::string all;
  for (const auto& i : *compiled) {
    const std::string step = given.steps[i.step].name;
    const std::string rounding =
        std::to_string(i.decimals) + " " + std::string{engine::base::rounding_name(i.mode)};
    std::string word = words.contains(i.op) ? words.at(i.op) : "";
    if (i.op == Op::constant) word = to_string(i.constant);
    if (i.op == Op::step_amount) word = step;
    if (i.op == Op::step_exact) word = step + ".exact";
    if (i.op == Op::record_value) word = step + ".value";
    if (i.op == Op::record_found) word = step + ".found";
    if (i.op == Op::record_flag) word = step + "." + given.schema.flag_name(i.flag);
    if (i.op == Op::round) word = "round(" + rounding + ")";
    if (i.op == Op::divide_round) word = "divide(" + rounding + ")";
    if (i.op == Op::extend_round) word = "extend(" + step + " " + rounding + ")";
    all += (all.empty() ? "" : " ") + word;
  }
  return all;
}

std::string condition(const std::string& text) { return program(text, ExpressionType::truth); }

struct Refusal {
  std::string why;
  std::size_t caret = 0;
};

Refusal refusal(const std::string& text, ExpressionType type = ExpressionType::decimal) {
  const Scope given;
  const auto compiled = compile_expression(text, type, given.scope);
  INFO(text);
  REQUIRE_FALSE(compiled);
  CHECK(compiled.error().code == engine::base::FaultCode::bad_expression);
  const std::string& detail = compiled.error().detail;
  const auto first = detail.find('\n');
  const auto second = detail.find('\n', first + 1);
  REQUIRE(second != std::string::npos);
  CHECK(detail.substr(first + 5, second - first - 5) == text);
  return {detail.substr(0, first), detail.size() - second - 6};
}

}  // namespace

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
  struct Mistake {
    const char* text;
    std::size_t caret;
    const char* why;
  };

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
      {"prices", 0, "'prices' is no parameter and no earlier step"},
      {"1 + later", 4, "'later' is no parameter and no earlier step"},
      {"price.colour", 0, "'colour' is none of them"},
      {"price.", 0, "has exact, value, rate, found"},
      {"net.value", 0, "looks for no record"},
      {"net.discountable", 0, "looks for no record"},
      {"share.value", 0, "'share' is no parameter and no earlier step"},
      {"price / 2", 6, "should end here"},
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
  for (const Mistake& mistake : mistakes) {
    const Refusal told = refusal(mistake.text);
    INFO(mistake.text << ": " << told.why);
    CHECK(told.why.find(mistake.why) != std::string::npos);
    CHECK(told.caret == mistake.caret);
  }
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
  given.steps.pop_back();  // rate is the expression's own step now
  given.scope.own_step_found = true;
  CHECK(compile_expression("rate.value * 2", ExpressionType::decimal, given.scope));
  CHECK(compile_expression("price + 1", ExpressionType::decimal, given.scope));
  CHECK_FALSE(compile_expression("rate * 2", ExpressionType::decimal, given.scope));
  CHECK_FALSE(compile_expression("rate.exact", ExpressionType::decimal, given.scope));
}

TEST_CASE("expression: without a required step, extended names the step whose unit counts",
          "[rules][expression]") {
  Scope given;
  given.steps[0].find->required = false;
  CHECK_FALSE(
      compile_expression("round(extended(price), 2, 'up')", ExpressionType::decimal, given.scope));
  CHECK(compile_expression("round(extended(price, price), 2, 'up')", ExpressionType::decimal,
                           given.scope));
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

// What names, texts and lists mean in expressions.
#include "rules/expression.hpp"

#include "tests/catch.hpp"
#include "tests/rules/expression_scope.hpp"

using rules::ExpressionType;
using rules::Subject;
using tests::condition;
using tests::program;
using tests::refusal;
using tests::Scope;

TEST_CASE("expression names: quantities, parameters of every type, fields and numbers of records",
          "[rules][expression]") {
  CHECK(program("quantity + base_quantity") == "quantity base_quantity +");
  CHECK(condition("strict && share < four") == "1 0.60 4.0 < &&");
  CHECK(program("weight * 2") == "weight 2 *");
  CHECK(condition("heavy && weight > limit") == "heavy(true) limit weight < &&");
  CHECK(program("price.cost + price.margin") == "price.number0 price.number1 +");
  // Whichever of the step's condition types have it, and wherever they list it.
  CHECK(program("mixed.cost + mixed.margin + rate.cost") ==
        "mixed.number0 mixed.number1 + rate.number0 +");
  CHECK(condition("has(price.margin) && has(brand) && !has(weight)") ==
        "price.has1 brand.given && weight.given ! &&");
  CHECK(program("promotions + promotions.exact + promotions.shipping") ==
        "promotions promotions + promotions.left0 +");
  CHECK(condition("promotions.found") == "promotions.found");
  CHECK(program("shipping.exact") == "shipping.exact");
}

TEST_CASE("expression names: a field equals a text where any of its values does",
          "[rules][expression]") {
  CHECK(condition("brand == 'Acme'") == "brand(Acme)");
  CHECK(condition("'Acme' == brand") == "brand(Acme)");
  CHECK(condition("brand == mode") == "brand(half_even)");
  CHECK(condition("brand != \"Acme\"") == "brand.given brand(Acme) ! &&");
  CHECK(condition("customer_group in ['A', 'B']") == "customer_group(A,B)");
  CHECK(condition("!(article_group in groups)") == "article_group(A,B) !");
  CHECK(condition("currency == 'EUR' || unit == 'BOX'") == "currency(EUR) unit(BOX) ||");
  CHECK(condition("country in nobody") == "0");
  CHECK(condition("brand.startsWith('Ac') && tier.endsWith(mode) || brand.contains('m')") ==
        "brand.starts(Ac) tier.ends(half_even) && brand.contains(m) ||");
}

TEST_CASE("expression names: what is known when it is read is settled then",
          "[rules][expression]") {
  CHECK(condition("mode == 'half_even'") == "1");
  CHECK(condition("mode != 'half_even'") == "0");
  CHECK(condition("'A' in groups") == "1");
  CHECK(condition("'C' in ['A', 'B']") == "0");
  CHECK(condition("mode.startsWith('half')") == "1");
  CHECK(condition("mode.endsWith('half')") == "0");
  CHECK(condition("mode.contains('_')") == "1");
}

TEST_CASE("expression names: numbers and truths are compared, too", "[rules][expression]") {
  CHECK(condition("quantity in [1, -2.5]") == "quantity 1 == quantity -2.5 == ||");
  CHECK(condition("net + 1 in endings") == "net 1 + 0.99 == net 1 + 0.49 == ||");
  CHECK(condition("price.found == heavy") == "price.found heavy(true) ==");
  CHECK(condition("price.found != strict") == "price.found 1 !=");
}

TEST_CASE("expression names: mistakes have their caret", "[rules][expression]") {
  Scope given;
  tests::check_mistakes(
      {
          {"running", 0, "running stands only in the inputs"},
          {"brand", 0, "this is a text"},
          {"groups", 0, "this is a list of texts"},
          {"endings", 0, "this is a list of numbers"},
          {"brand + 1", 0, "a number is wanted here"},
          {"1 + brand", 4, "a number is wanted here"},
          {"1 + groups", 4, "a number is wanted here"},
          {"brand.colour == 'x' ? 1 : 2", 0, "'brand' is a field; behind it stand only startsWith"},
          {"mode.size", 0, "'mode' is a parameter"},
          {"low", 0, "'low' is a guard, which has no amount"},
          {"low.found", 0, "'low' is a guard"},
          {"promotions.value", 0, "'value' is none of them"},
          {"promotions.discountable ? 1 : 2", 0, "'discountable' is none of them"},
          {"price.weight", 0, "'weight' is none of them"},
          {"rate.margin", 0, "'margin' is none of them"},
          {"true ? 'a' : 'b'", 7, "texts and lists are only compared"},
          {"true ? 1 : 'b'", 11, "a number is wanted here"},
          {"brand == tier ? 1 : 2", 9, "not with another field"},
          {"brand == 1 ? 1 : 2", 9, "a text is wanted here"},
          {"weight == 'heavy' ? 1 : 2", 10, "a number is wanted here"},
          {"heavy == 'true' ? 1 : 2", 9, "true or false is wanted here"},
          {"groups == 'A' ? 1 : 2", 0, "a list stands behind in"},
          {"brand == ['A'] ? 1 : 2", 9, "a text is wanted here"},
          {"brand < 'A' ? 1 : 2", 0, "a number is wanted here"},
          {"brand in 'A' ? 1 : 2", 9, "a list of texts is wanted here"},
          {"brand in [1] ? 1 : 2", 9, "a list of texts is wanted here"},
          {"quantity in ['A'] ? 1 : 2", 12, "a list of numbers is wanted here"},
          {"heavy in groups ? 1 : 2", 0, "a text or a number is wanted here"},
          {"quantity in [1, 'A'] ? 1 : 2", 16, "and not both"},
          {"brand in ['A', 1] ? 1 : 2", 15, "and not both"},
          {"brand in ['A', tier] ? 1 : 2", 15, "texts in quotes, or numbers"},
          {"quantity in [net] ? 1 : 2", 13, "texts in quotes, or numbers"},
          {"brand in [] ? 1 : 2", 10, "is wanted here"},
          {"brand in ['A' ? 1 : 2", 14, "']' is missing"},
          {"brand.startsWith ? 1 : 2", 17, "'(' is missing"},
          {"brand.startsWith(tier) ? 1 : 2", 17, "a text in quotes is wanted here"},
          {"brand.startsWith(1) ? 1 : 2", 17, "a text in quotes is wanted here"},
          {"brand.startsWith('a' ? 1 : 2", 21, "')' is missing"},
          {"weight.startsWith('a') ? 1 : 2", 0, "a text is wanted here"},
          {"colour.contains('a') ? 1 : 2", 0, "'colour' is no parameter"},
          {"has(quantity) ? 1 : 2", 4, "has(...) asks for a field"},
          {"has(share) ? 1 : 2", 4, "has(...) asks for a field"},
          {"has(price) ? 1 : 2", 4, "has(...) asks for a field"},
          {"has(price.found) ? 1 : 2", 4, "'found' is none of them"},
          {"has(promotions.cost) ? 1 : 2", 4, "has(...) asks for a field"},
          {"has(1) ? 1 : 2", 4, "the name of a field is wanted"},
          {"has brand ? 1 : 2", 4, "'(' is missing"},
      },
      ExpressionType::decimal, given);
  CHECK(refusal("brand", ExpressionType::truth).why ==
        "this is a text; a condition is true or false");
}

TEST_CASE("expression names: where records are applied, running is what is left of the line",
          "[rules][expression]") {
  Scope given;
  given.scope.running = true;
  CHECK(program("running * 2", ExpressionType::decimal, given) == "running 2 *");
  CHECK(program("lines.sum(l, l.running)", ExpressionType::decimal, given) == "#0");
  CHECK(given.aggregates[0].running);
}

TEST_CASE("expression names: an order has no line, but its own steps, the buyer and the question",
          "[rules][expression]") {
  Scope given;
  given.scope.subject = Subject::order;
  const auto taken = [&](const char* text) { return program(text, ExpressionType::truth, given); };
  CHECK(taken("shipping > limit && tier == 'gold' && country == 'SE' && strict") ==
        "limit shipping < tier(gold) && country(SE) && 1 &&");
  CHECK(taken("lines.sum(l, l.net * quantity) > 100 && lines.exists(l, l.brand == 'Acme')") ==
        "100 #0 < #1 &&");
  tests::check_mistakes({{"quantity > 1", 0, "lines.sum(l, l.quantity)"},
                         {"base_quantity > 1", 0, "an order has no quantity"},
                         {"weight > 1", 0, "'weight' belongs to one line"},
                         {"brand == 'A'", 0, "'brand' belongs to one line"},
                         {"has(brand)", 4, "'brand' belongs to one line"},
                         {"unit == 'PCE'", 0, "'unit' belongs to one line"},
                         {"article in ['A']", 0, "'article' belongs to one line"},
                         {"net > 1", 0, "lines.sum(l, l.net)"},
                         {"price.found", 0, "has an amount for each line"},
                         {"promotions.shipping > 1", 0, "has an amount for each line"},
                         {"round(extended(1), 2, 'up') > 1", 6, "an order has no quantity"},
                         {"round(per_unit(1), 2, 'up') > 1", 6, "an order has no quantity"},
                         {"round(scaled(price), 2, 'up') > 1", 6, "an order has no quantity"},
                         {"round(converted(1, price), 2, 'up') > 1", 19, "amount for each line"}},
                        ExpressionType::truth, given);
  given.scope.group = &given.steps[2];
  CHECK(taken("net > 1 && lines.count(l, l.price.found) > 0") == "1 net < 0 #2 < &&");
}

TEST_CASE("expression names: a parameter or step of a field's name stands before it",
          "[rules][expression]") {
  Scope given;
  CHECK(program("limit", ExpressionType::decimal, given) == "limit");
  given.parameters.emplace("limit", engine::base::Decimal{5, 0});
  CHECK(program("limit", ExpressionType::decimal, given) == "5");
  given.steps[2].name = "weight";
  CHECK(program("weight.exact", ExpressionType::decimal, given) == "weight.exact");
}

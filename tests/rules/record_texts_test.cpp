// Conditions and formulas that stand in records and documents.
#include "rules/record_texts.hpp"

#include "engine/rule/formula.hpp"

#include "tests/catch.hpp"
#include "tests/rules/expression_scope.hpp"

using engine::model::ConditionType;
using engine::model::TextUse;
using engine::rule::RecordFormula;

namespace {

struct Texts {
  tests::Scope given;
  const ConditionType* type = nullptr;
  RecordFormula last;

  Texts() { type = &given.schema.type(*given.schema.find_type("price")); }

  std::string compiled(const char* text, TextUse use) {
    const auto made = rules::RecordTexts{}.compile(text, use, given.schema, type);
    INFO(text);
    if (!made) FAIL(made.error().detail);
    last = dynamic_cast<const RecordFormula&>(**made);
    return tests::program(last.code, given);
  }

  std::string refused(const char* text, TextUse use) {
    const auto made = rules::RecordTexts{}.compile(text, use, given.schema, type);
    INFO(text);
    REQUIRE_FALSE(made);
    CHECK(made.error().code == engine::base::FaultCode::bad_expression);
    CHECK(made.error().detail.find("^") != std::string::npos);
    return made.error().detail.substr(0, made.error().detail.find('\n'));
  }
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("record texts: fields, the quantity, inputs of the type and the record's own numbers",
          "[rules][expression]") {
  Texts texts;
  CHECK(texts.compiled("spent >= 100 && brand == 'Acme' && quantity > 2", TextUse::condition) ==
        "100 input0 <= brand(Acme) && 2 quantity < &&");
  CHECK(texts.last.inputs == Names{"spent"});
  CHECK(texts.compiled("paid * (1 + margin) + spent - paid", TextUse::formula) ==
        "input0 1 record.number1 + * input1 + input0 -");
  CHECK(texts.last.inputs == Names{"paid", "spent"});
  CHECK(texts.last.code[2].step == engine::rule::no_step);
  CHECK(texts.compiled("has(cost) ? cost : weight", TextUse::formula) ==
        "record.has0 record.number0 weight ?");
  CHECK(texts.compiled("ending(round(paid / 3, 2, 'up'), [0.49], 1, 'up')", TextUse::formula) ==
        "input0 3 divide(2 up) ending(0.49) per 1 up");
  CHECK(texts.compiled("base_quantity in [12, 24]", TextUse::condition) ==
        "base_quantity 12 == base_quantity 24 == ||");
}

TEST_CASE("record texts: they sum over the lines", "[rules][expression]") {
  Texts texts;
  CHECK(texts.compiled("lines.sum(l, l.article == 'A' ? l.paid : 0) >= 200 && "
                       "lines.exists(l, l.article_group == 'Trousers')",
                       TextUse::condition) == "200 #0 <= #1 &&");
  REQUIRE(texts.last.aggregates.size() == 2);
  CHECK(tests::program(texts.last.aggregates[0].of, texts.given) == "article(A) input0 0 ?");
  CHECK(texts.last.inputs == Names{"paid"});
}

TEST_CASE("record texts: a document's may name an input of any condition type",
          "[rules][expression]") {
  Texts texts;
  texts.type = nullptr;
  CHECK(texts.compiled("spent > 5 && country == 'SE'", TextUse::condition) ==
        "5 input0 < country(SE) &&");
  CHECK(texts.refused("margin > 5", TextUse::condition).find("no input of any condition type") !=
        std::string::npos);
}

TEST_CASE("record texts: nothing of a procedure is known to them", "[rules][expression]") {
  Texts texts;
  const auto why = [&](const char* text) { return texts.refused(text, TextUse::formula); };
  CHECK(why("share").find("neither input nor parameter of 'price'") != std::string::npos);
  CHECK(why("net * 2").find("'net' is no field") != std::string::npos);
  CHECK(why("price.value").find("'price.value' is no field") != std::string::npos);
  CHECK(why("running").find("running stands only") != std::string::npos);
  CHECK(why("round(extended(paid), 2, 'up')").find("no earlier step") != std::string::npos);
  CHECK(why("round(scaled(price), 2, 'up')").find("a step that finds") != std::string::npos);
  CHECK(why("round(paid, four, 'up')").find("number of decimals") != std::string::npos);
  CHECK(why("has(paid) ? 1 : 2").find("has(...) asks") != std::string::npos);
  CHECK(why("paid > 5").find("a number is wanted") != std::string::npos);
  CHECK(texts.refused("paid", TextUse::condition).find("a condition is true or false") !=
        std::string::npos);
  CHECK(texts.refused("", TextUse::condition).find("is wanted here") != std::string::npos);
}

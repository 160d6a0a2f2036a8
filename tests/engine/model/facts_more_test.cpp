// What few records have: scales, conditions, formulas, named numbers; lists made from each other;
// exchange rates; attributes that are numbers or truths.
#include "tests/engine/support/facts_fixture.hpp"

#include <array>
#include <string>

namespace model = engine::model;
using engine::base::Fault;
using engine::base::FaultCode;
using fixture::decimal;
using fixture::put;
using fixture::refusal;
using fixture::Shop;
using model::Schema;

namespace {

// Takes every text but "bad", and remembers nothing but that it was there.
class AnyText final : public model::RecordTextCompiler {
 public:
  engine::base::Result<std::shared_ptr<const model::CompiledText>> compile(
      std::string_view text, model::TextUse, const Schema&,
      const model::ConditionType*) const override {
    if (text == "bad") return Fault{FaultCode::bad_expression, "", "bad\n^ is not known"};
    return std::shared_ptr<const model::CompiledText>{std::make_shared<model::CompiledText>()};
  }
};

// A shop whose type "deal" has the numbers "buy" and "get" and stands by article.
struct DealShop : Shop {
  DealShop() {
    model::ConditionType deal;
    deal.name = "deal";
    deal.value = model::ValueKind::percent;
    deal.parameters = {"buy", "get"};
    const auto type = facts.schema.declare_type(deal);
    REQUIRE(type);
    REQUIRE(facts.schema.declare_table(*type, {Schema::article}));
    facts.set_compiler(std::make_shared<AnyText>());
  }

  model::ConditionDraft deal() {
    auto draft = price("100");
    draft.type = "deal";
    draft.currency = "";
    return draft;
  }

  model::ConditionDraft scaled(const char* scale) {
    auto draft = price("0");
    draft.scale = scale;
    return draft;
  }
};

const model::ConditionRecord& last_record(model::Facts& facts, std::string_view type) {
  facts.settle();
  const auto table = facts.schema.find_table(*facts.schema.find_type(type), {Schema::article});
  REQUIRE(table);
  const auto records = facts.conditions().records_of_table(*table);
  REQUIRE(records.size() > 0);
  return facts.conditions().records()[records.end - 1];
}

const model::RecordExtra& extra_of(model::Facts& facts, std::string_view type) {
  const auto& record = last_record(facts, type);
  REQUIRE(facts.terms()[record.terms].has_more);
  return facts.conditions().extras().at(record.extra);
}

}  // namespace

TEST_CASE("a record's scale stands beside it, with the scale's decimals in its terms",
          "[engine][model]") {
  DealShop shop;
  put(shop.facts, shop.scaled("10.00; 9.25 from 10"));
  const auto& record = last_record(shop.facts, "price");
  CHECK(record.value == 0);
  CHECK(shop.facts.terms()[record.terms].decimals == 2);
  const auto& extra = extra_of(shop.facts, "price");
  CHECK(shop.facts.scales().at(extra.scale).tiers.back().rate == 925);
  CHECK(extra.when == model::nothing_there);
  auto draft = shop.scaled("5; 12.5 from 10");
  draft.type = "deal";
  put(shop.facts, draft);
  const auto& percents = shop.facts.scales().at(extra_of(shop.facts, "deal").scale);
  CHECK(percents.decimals == 3);
  CHECK(percents.tiers.back().rate == 125);
}

TEST_CASE("one scale in many records is kept once", "[engine][model]") {
  DealShop shop;
  put(shop.facts, shop.scaled("10; 9 from 10"));
  auto draft = shop.scaled("10; 9 from 10");
  draft.validity.from = fixture::at("2027-01-01");
  put(shop.facts, draft);
  CHECK(shop.facts.scales().size() == 1);
  draft.validity.from = fixture::at("2028-01-01");
  draft.scale_kind = model::ScaleKind::graduated;
  put(shop.facts, draft);
  CHECK(shop.facts.scales().size() == 2);
}

TEST_CASE("a record has one of value, scale and formula; a scaled price has its currency",
          "[engine][model]") {
  DealShop shop;
  auto draft = shop.price("10");
  draft.scale = "10; 9 from 10";
  CHECK(refusal(shop.facts.put(draft)) == "contradicting_values at value");
  draft = shop.price("10");
  draft.formula = "list * 2";
  CHECK(refusal(shop.facts.put(draft)) == "contradicting_values at value");
  draft = shop.scaled("10");
  draft.formula = "list * 2";
  CHECK(refusal(shop.facts.put(draft)) == "contradicting_values at formula");
  draft = shop.scaled("10");
  draft.currency = "";
  CHECK(refusal(shop.facts.put(draft)) == "missing_value at currency");
  CHECK(refusal(shop.facts.put(shop.scaled("10; 9"))) == "contradicting_values at scale");
  CHECK(refusal(shop.facts.put(shop.scaled("ten"))) == "bad_number at scale");
  CHECK(shop.facts.record_count() == 0);
  CHECK(shop.facts.scales().empty());
}

TEST_CASE("a record's texts are compiled once each, by use and type", "[engine][model]") {
  DealShop shop;
  auto draft = shop.price("10");
  draft.when = "quantity > 5";
  put(shop.facts, draft);
  auto formula = shop.price("0");
  formula.formula = "quantity > 5";
  put(shop.facts, formula);
  draft.validity.from = fixture::at("2027-01-01");
  put(shop.facts, draft);
  const auto& texts = shop.facts.record_texts();
  REQUIRE(texts.size() == 2);
  CHECK(extra_of(shop.facts, "price").when == 0);
  CHECK(texts[0].use == model::TextUse::condition);
  CHECK(texts[1].use == model::TextUse::formula);
  CHECK(texts[0].type == "price");
  CHECK(texts[0].compiled);
  auto deal = shop.deal();
  deal.when = "quantity > 5";
  put(shop.facts, deal);
  CHECK(shop.facts.record_texts().size() == 3);
}

TEST_CASE(
    "a text that can't be compiled, or that nobody can compile, leaves the facts as they were",
    "[engine][model]") {
  DealShop shop;
  auto draft = shop.price("10");
  draft.when = "bad";
  const auto refused = shop.facts.put(draft);
  CHECK(refusal(refused) == "bad_expression at when");
  CHECK(refused.error().detail == "bad\n^ is not known");
  draft = shop.price("0");
  draft.formula = "bad";
  CHECK(refusal(shop.facts.put(draft)) == "bad_expression at formula");
  CHECK(shop.facts.record_texts().empty());
  CHECK(shop.facts.record_count() == 0);
  Shop without;
  draft = without.price("10");
  draft.when = "quantity > 5";
  CHECK(refusal(without.facts.put(draft)) == "unsupported at when");
}

TEST_CASE("records under one key with different conditions are different records",
          "[engine][model]") {
  DealShop shop;
  auto draft = shop.price("10");
  put(shop.facts, draft);
  draft.when = "quantity > 5";
  put(shop.facts, draft);
  CHECK(shop.facts.record_count() == 2);
  CHECK(refusal(shop.facts.put(draft)) == "duplicate_key at ");
  draft.value = decimal("11");
  CHECK(refusal(shop.facts.put(draft)) == "duplicate_key at ");
  shop.facts.begin_batch();
  put(shop.facts, draft);
  shop.facts.settle();
  CHECK(shop.facts.record_count() == 2);
  CHECK(shop.facts.conditions().extras().size() == 1);
}

TEST_CASE("a record's numbers are those that its type declares, each once", "[engine][model]") {
  DealShop shop;
  using Numbers = std::vector<std::pair<std::string_view, engine::base::Decimal>>;
  const auto refused = [&](const Numbers& numbers) {
    auto draft = shop.deal();
    draft.parameters = numbers;
    return refusal(shop.facts.put(draft));
  };
  CHECK(refused({{"buy", decimal("3")}, {"give", decimal("1")}}) == "unknown_field at give");
  CHECK(refused({{"buy", decimal("3")}, {"buy", decimal("4")}}) == "contradicting_values at buy");
  CHECK(refused({{"buy", decimal("0.0000000000000000001")}}) == "out_of_range at buy");
  CHECK(refused({{"get", decimal("1")}, {"buy", decimal("3")}}).empty());
  const auto& numbers = extra_of(shop.facts, "deal").parameters;
  REQUIRE(numbers.size() == 2);
  CHECK(numbers[0] == std::pair{std::uint16_t{0}, decimal("3")});
  CHECK(numbers[1] == std::pair{std::uint16_t{1}, decimal("1")});
  auto price = shop.price("10");
  const Numbers buy{{"buy", decimal("3")}};
  price.parameters = buy;
  CHECK(refusal(shop.facts.put(price)) == "unknown_field at buy");
}

TEST_CASE("what is bought and what comes free stand in records of their calculations only",
          "[engine][model]") {
  DealShop shop;
  model::ConditionType type;
  type.name = "bundle";
  type.parameters = {"buy", "get"};
  type.value = model::ValueKind::percent;
  type.calculation = model::Calculation::buy_get;
  const auto bundle = shop.facts.schema.declare_type(type);
  REQUIRE(bundle);
  REQUIRE(shop.facts.schema.declare_table(*bundle, {Schema::article}));
  type.name = "gift";
  type.parameters.clear();
  type.calculation = model::Calculation::free_goods;
  const auto gift = shop.facts.schema.declare_type(type);
  REQUIRE(gift);
  REQUIRE(shop.facts.schema.declare_table(*gift, {Schema::article}));
  auto draft = shop.deal();
  draft.buy_when = "article_group == 'G'";
  CHECK(refusal(shop.facts.put(draft)) == "contradicting_values at buy_when");
  const std::vector<std::pair<std::string_view, engine::base::Decimal>> three_one{
      {"buy", decimal("3")}, {"get", decimal("1")}};
  draft.type = "bundle";
  CHECK(refusal(shop.facts.put(draft)) == "missing_value at buy");
  draft.parameters = three_one;
  put(shop.facts, draft);
  CHECK(extra_of(shop.facts, "bundle").buy_when == 0);
  draft.buy_when = "bad";
  CHECK(refusal(shop.facts.put(draft)) == "bad_expression at buy_when");
  draft.buy_when = "";
  draft.free_article = "B";
  CHECK(refusal(shop.facts.put(draft)) == "contradicting_values at free_article");
  draft.flags_set = model::flag_bit(Schema::per_group);
  CHECK(refusal(shop.facts.put(draft)) == "contradicting_values at flags");
  draft.flags_set |= model::flag_bit(Schema::per_line) | model::flag_bit(Schema::partial_group);
  CHECK(refusal(shop.facts.put(draft)) == "contradicting_values at flags");
  draft.flags_set = 0;
  draft.type = "gift";
  draft.parameters = {};
  put(shop.facts, draft);
  CHECK(extra_of(shop.facts, "gift").free_article == model::ArticleId{1});
  draft.free_article = "Z";
  CHECK(refusal(shop.facts.put(draft)) == "unknown_article at free_article");
}

TEST_CASE("price lists may be under a condition, made from another list, and refuse to be merged",
          "[engine][model]") {
  DealShop shop;
  model::DocumentDraft draft;
  draft.code = "L2";
  draft.when = "bad";
  CHECK(refusal(shop.facts.put(draft)) == "bad_expression at when");
  draft.when = "channel == 'web'";
  draft.based_on = "L9";
  CHECK(refusal(shop.facts.put(draft)) == "unknown_document at based_on");
  draft.based_on = "F";  // an agreement is no list
  CHECK(refusal(shop.facts.put(draft)) == "unknown_document at based_on");
  draft.based_on = "L";
  draft.refuses_merge = true;
  put(shop.facts, draft);
  const auto id = shop.facts.find_document(model::DocumentKind::price_list, "L2");
  REQUIRE(id);
  const auto& list = shop.facts.documents()[id->raw()];
  CHECK(shop.facts.documents()[list.based_on.raw()].code == "L");
  CHECK(list.refuses_merge);
  CHECK(shop.facts.record_texts().at(list.when).type.empty());
  CHECK(model::check_list_chains(shop.facts));
}

TEST_CASE("price lists that are based on each other in a circle are told", "[engine][model]") {
  Shop shop;
  const auto put_list = [&](const char* code, const char* based_on) {
    model::DocumentDraft draft;
    draft.code = code;
    draft.based_on = based_on;
    put(shop.facts, draft);
  };
  put_list("L2", "L");
  put_list("L3", "L2");
  CHECK(model::check_list_chains(shop.facts));
  shop.facts.begin_batch();
  put_list("L", "L3");
  const auto circle = model::check_list_chains(shop.facts);
  CHECK(refusal(circle) == "circular_reference at based_on");
  CHECK(circle.error().detail.find("'L'") != std::string::npos);
  shop.facts.begin_batch();
  put_list("L", "L");
  CHECK(refusal(model::check_list_chains(shop.facts)) == "circular_reference at based_on");
}

TEST_CASE("exchange rates: what they can't be is refused with the column", "[engine][model]") {
  Shop shop;
  put(shop.facts, model::CurrencyDraft{"USD", "", 2});
  const model::ExchangeRateDraft good{"USD", "EUR", "", decimal("0.9254"), 1, {}};
  const auto refused = [&](auto change) {
    auto draft = good;
    change(draft);
    return refusal(shop.facts.put(draft));
  };
  using Draft = model::ExchangeRateDraft;
  CHECK(refused([](Draft& draft) { draft.from = "SEK"; }) == "unknown_currency at from");
  CHECK(refused([](Draft& draft) { draft.to = "SEK"; }) == "unknown_currency at to");
  CHECK(refused([](Draft& draft) { draft.to = ""; }) == "missing_value at to");
  CHECK(refused([](Draft& draft) { draft.to = "USD"; }) == "contradicting_values at to");
  CHECK(refused([](Draft& draft) { draft.rate = decimal("0"); }) == "out_of_range at rate");
  CHECK(refused([](Draft& draft) { draft.rate = decimal("-1"); }) == "out_of_range at rate");
  CHECK(refused([](Draft& draft) { draft.rate = decimal("0.0000000000000000001"); }) ==
        "out_of_range at rate");
  CHECK(refused([](Draft& draft) { draft.rate = decimal("10000000000000000000"); }) ==
        "out_of_range at rate");
  CHECK(refused([](Draft& draft) { draft.per = 0; }) == "out_of_range at per");
  CHECK(refused([](Draft& draft) { draft.per = 1'000'001; }) == "out_of_range at per");
  const std::string long_kind(257, 'x');
  CHECK(refused([&](Draft& draft) { draft.kind = long_kind; }) == "too_large at kind");
  CHECK(shop.facts.exchange_rates().empty());
  CHECK(refused([](Draft& draft) {
          draft.rate = decimal("0.000000000000000001");
          draft.per = 1'000'000;
        }).empty());
}

TEST_CASE("exchange rates: currencies, kind and start identify; a later row takes its place",
          "[engine][model]") {
  Shop shop;
  put(shop.facts, model::CurrencyDraft{"USD", "", 2});
  model::ExchangeRateDraft draft{"USD", "EUR", "", decimal("92.540"), 100, {}};
  put(shop.facts, draft);
  CHECK(refusal(shop.facts.put(draft)) == "duplicate_key at valid_from");
  draft.kind = "M";
  put(shop.facts, draft);
  draft.valid_from = fixture::at("2026-01-01");
  put(shop.facts, draft);
  REQUIRE(shop.facts.exchange_rates().size() == 3);
  shop.facts.begin_batch();
  draft.rate = decimal("93");
  put(shop.facts, draft);
  REQUIRE(shop.facts.exchange_rates().size() == 3);
  CHECK(shop.facts.exchange_rates()[0].kind.is_none());
  CHECK(shop.facts.exchange_rates()[0].mantissa == 9254);
  CHECK(shop.facts.exchange_rates()[0].decimals == 2);
  CHECK(shop.facts.exchange_rates()[0].per == 100);
  CHECK(shop.facts.exchange_rates()[2].mantissa == 93);
}

TEST_CASE("attributes that are declared numbers or truths are read as such", "[engine][model]") {
  Shop shop;
  const auto declare = [&](const char* name, model::FieldSide side, model::FieldValue value) {
    const auto id = shop.facts.schema.declare_field(name, side, model::Domain::text, value);
    REQUIRE(id);
    return *id;
  };
  const auto weight = declare("weight", model::FieldSide::article, model::FieldValue::number);
  const auto fragile = declare("fragile", model::FieldSide::article, model::FieldValue::truth);
  const auto credit = declare("credit", model::FieldSide::party, model::FieldValue::number);
  const auto article = [&](model::FieldId field, const char* value) {
    const std::array<model::AttributeText, 1> attributes{{{field, value}}};
    model::ArticleDraft draft;
    draft.code = "X";
    draft.attributes = attributes;
    shop.facts.begin_batch();
    return refusal(shop.facts.put(draft));
  };
  CHECK(article(weight, "12.5").empty());
  CHECK(article(weight, "-1000000000000.000000").empty());
  CHECK(article(weight, "12,5") == "bad_number at attribute:weight");
  CHECK(article(weight, "heavy") == "bad_number at attribute:weight");
  CHECK(article(weight, "0.0000001") == "out_of_range at attribute:weight");
  CHECK(article(weight, "1000000000000.01") == "out_of_range at attribute:weight");
  CHECK(article(fragile, "true").empty());
  CHECK(article(fragile, "false").empty());
  CHECK(article(fragile, "yes") == "bad_text at attribute:fragile");
  const std::array<model::AttributeText, 1> attributes{{{credit, "much"}}};
  model::CustomerDraft customer;
  customer.code = "C2";
  customer.attributes = attributes;
  CHECK(refusal(shop.facts.put(customer)) == "bad_number at attribute:credit");
  CHECK_FALSE(shop.facts.customers().codes->find("C2"));
}

#include "engine/base/limits.hpp"

#include "tests/engine/support/facts_fixture.hpp"

#include <array>
#include <string>

namespace model = engine::model;
using fixture::decimal;
using fixture::put;
using fixture::refusal;
using fixture::Shop;
using model::Schema;

namespace {

using Keys = std::vector<model::KeyText>;

const model::ConditionRecord& only_record(model::Facts& facts) {
  facts.settle();
  REQUIRE(facts.record_count() == 1);
  return facts.conditions().records().front();
}

}  // namespace

TEST_CASE("condition records: what their type or keys can't be is refused with the column",
          "[engine][model]") {
  Shop shop;
  auto draft = shop.price("10");
  draft.type = "rebate";
  CHECK(refusal(shop.facts.put(draft)) == "unknown_condition_type at type");
  draft.type = "";
  CHECK(refusal(shop.facts.put(draft)) == "missing_value at type");
  draft = shop.price("10");
  const Keys by_country{{Schema::country, "SE"}};
  draft.keys = by_country;
  CHECK(refusal(shop.facts.put(draft)) == "unknown_key_fields at type");
  const Keys twice{{Schema::article, "A"}, {Schema::article, "A"}};
  draft.keys = twice;
  CHECK(refusal(shop.facts.put(draft)) == "unknown_key_fields at type");
  const auto put_keys = [&](const Keys& keys) {
    auto row = shop.price("10");
    row.keys = keys;
    return refusal(shop.facts.put(row));
  };
  CHECK(put_keys({{Schema::article, "??"}}) == "unknown_article at article");
  CHECK(put_keys({{Schema::article, ""}}) == "missing_value at article");
  CHECK(put_keys({{Schema::customer, "??"}, {Schema::article, "A"}}) ==
        "unknown_customer at customer");
  CHECK(put_keys({{Schema::article_group, "??"}}) == "unknown_article_group at article_group");
  CHECK(put_keys({{Schema::price_list, "??"}, {Schema::article, "A"}}) ==
        "unknown_document at price_list");
  CHECK(put_keys({{Schema::customer_group, "??"}, {shop.brand, "acme"}}) ==
        "unknown_customer_group at customer_group");
  CHECK(put_keys({{Schema::customer_group, "CG"}, {shop.brand, std::string(257, 'x')}}) ==
        "too_large at brand");
  CHECK(put_keys({{Schema::customer_group, "CG"}, {shop.brand, ""}})
            .empty());  // a brand of no name is a brand
}

TEST_CASE("condition records: the message lists the keys that the type takes", "[engine][model]") {
  Shop shop;
  auto draft = shop.price("10");
  const Keys by_country{{Schema::country, "SE"}};
  draft.keys = by_country;
  const auto result = shop.facts.put(draft);
  REQUIRE_FALSE(result);
  CHECK(result.error().detail.find("(country)") != std::string::npos);
  CHECK(result.error().detail.find("(customer, article)") != std::string::npos);
}

TEST_CASE("condition records: a record comes from one document at most", "[engine][model]") {
  Shop shop;
  const Keys in_list{{Schema::price_list, "L"}, {Schema::article, "A"}};
  auto draft = shop.price("10");
  draft.agreement = "F";
  draft.promotion = "P";
  CHECK(refusal(shop.facts.put(draft)) == "contradicting_values at agreement");
  draft.promotion = "";
  draft.keys = in_list;
  CHECK(refusal(shop.facts.put(draft)) == "contradicting_values at agreement");
  draft = shop.price("10");
  draft.agreement = "??";
  CHECK(refusal(shop.facts.put(draft)) == "unknown_document at agreement");
  draft.agreement = "P";  // a promotion is no agreement
  CHECK(refusal(shop.facts.put(draft)) == "unknown_document at agreement");
  draft = shop.price("10");
  draft.promotion = "??";
  CHECK(refusal(shop.facts.put(draft)) == "unknown_document at promotion");
}

TEST_CASE("condition records: validity, window, threshold and price unit must make sense",
          "[engine][model]") {
  Shop shop;
  auto draft = shop.price("10");
  draft.validity = {fixture::at("2026-01-01"), fixture::at("2026-01-01")};
  CHECK(refusal(shop.facts.put(draft)) == "contradicting_values at valid_to");
  draft = shop.price("10");
  draft.from_quantity = fixture::quantity("10");
  draft.to_quantity = fixture::quantity("9.999999");
  CHECK(refusal(shop.facts.put(draft)) == "contradicting_values at to_quantity");
  draft.to_quantity.reset();
  draft.from_quantity = fixture::quantity("-0.000001");
  CHECK(refusal(shop.facts.put(draft)) == "out_of_range at from_quantity");
  for (const std::int64_t price_unit :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1'000'001}}) {
    draft = shop.price("10");
    draft.price_unit = price_unit;
    CHECK(refusal(shop.facts.put(draft)) == "out_of_range at price_unit");
  }
  draft.price_unit = 1'000'000;
  CHECK(refusal(shop.facts.put(draft)).empty());
}

TEST_CASE(
    "condition records: a price has a currency, its own or its document's; a percent needs none",
    "[engine][model]") {
  Shop shop;
  auto draft = shop.price("10");
  draft.currency = "";
  CHECK(refusal(shop.facts.put(draft)) == "missing_value at currency");
  draft.currency = "QQQ";
  CHECK(refusal(shop.facts.put(draft)) == "unknown_currency at currency");
  draft.currency = "";
  draft.type = "charge";
  CHECK(refusal(shop.facts.put(draft)) == "missing_value at currency");
  draft.type = "discount";
  CHECK(refusal(shop.facts.put(draft)).empty());
  model::DocumentDraft list;
  list.code = "E";
  list.currency = "EUR";
  put(shop.facts, list);
  const Keys in_list{{Schema::price_list, "E"}, {Schema::article, "A"}};
  draft.type = "price";
  draft.keys = in_list;
  CHECK(refusal(shop.facts.put(draft)).empty());
}

TEST_CASE(
    "condition records: a value keeps its own decimals, up to eighteen; a percent has two more",
    "[engine][model]") {
  struct Kept {
    const char* type;
    const char* value;
    std::int64_t mantissa;
    int decimals;
  };

  for (const Kept& kept :
       {Kept{"price", "10", 10, 0}, Kept{"price", "10.500", 105, 1},
        Kept{"price", "0.000000000000000001", 1, 18}, Kept{"price", "-2.50", -25, 1},
        Kept{"price", "0.000", 0, 0}, Kept{"discount", "12.5", 125, 3},
        Kept{"discount", "10", 10, 2}, Kept{"discount", "0.0000000000000001", 1, 18},
        Kept{"multiplier", "1.25", 125, 2}, Kept{"price", "0.1000000000000000000", 1, 1}}) {
    Shop shop;
    auto draft = shop.price(kept.value);
    draft.type = kept.type;
    INFO(kept.type << " " << kept.value);
    put(shop.facts, draft);
    const auto& record = only_record(shop.facts);
    CHECK(record.value == kept.mantissa);
    CHECK(shop.facts.terms()[record.terms].decimals == kept.decimals);
  }
  Shop shop;
  CHECK(refusal(shop.facts.put(shop.price("0.0000000000000000001"))) == "out_of_range at value");
  auto percent = shop.price("0.00000000000000001");
  percent.type = "discount";
  CHECK(refusal(shop.facts.put(percent)) == "out_of_range at value");
}

TEST_CASE("condition records: a mantissa beyond 64 bits is kept beside the record",
          "[engine][model]") {
  for (const char* value :
       {"9223372036854775808", "-9223372036854775809", "99999999999999999999999999999999999999"}) {
    Shop shop;
    put(shop.facts, shop.price(value));
    const auto& record = only_record(shop.facts);
    REQUIRE(shop.facts.terms()[record.terms].wide);
    CHECK(shop.facts.conditions().extras()[record.extra].wide == decimal(value).mantissa);
  }
  for (const char* value : {"9223372036854775807", "-9223372036854775808"}) {
    Shop shop;
    put(shop.facts, shop.price(value));
    CHECK_FALSE(shop.facts.terms()[only_record(shop.facts).terms].wide);
  }
}

TEST_CASE("condition records: flags come from the type, then from the record", "[engine][model]") {
  Shop shop;
  const auto flags_of = [&](const model::ConditionDraft& draft) {
    model::Facts facts = shop.facts;
    put(facts, draft);
    return facts.terms()[only_record(facts).terms].flags;
  };
  const auto discountable = model::flag_bit(Schema::discountable);
  const auto stackable = model::flag_bit(Schema::stackable);
  auto draft = shop.price("10");
  CHECK(flags_of(draft) == discountable);
  draft.flags_set = stackable;
  CHECK(flags_of(draft) == (discountable | stackable));
  draft.flags_cleared = discountable;
  CHECK(flags_of(draft) == stackable);
}

TEST_CASE(
    "condition records: the same identity replaces in a later batch and is refused in the same one",
    "[engine][model]") {
  Shop shop;
  auto draft = shop.price("10");
  draft.line = 2;
  put(shop.facts, draft);
  draft.value = decimal("11");
  draft.line = 3;
  const auto again = shop.facts.put(draft);
  CHECK(refusal(again) == "duplicate_key at ");
  CHECK(again.error().detail.find("line 3") != std::string::npos);
  CHECK(again.error().detail.find("line 2") != std::string::npos);
  CHECK(only_record(shop.facts).value == 10);
  shop.facts.begin_batch();
  put(shop.facts, draft);
  CHECK(only_record(shop.facts).value == 11);
}

TEST_CASE(
    "condition records: without an external key, identity is key fields, document, currency, unit, "
    "threshold and start",
    "[engine][model]") {
  Shop shop;
  put(shop.facts, model::CurrencyDraft{"USD", "", 2});
  put(shop.facts, shop.price("10"));
  std::size_t count = 1;
  const auto is_another = [&](const model::ConditionDraft& draft) {
    put(shop.facts, draft);
    CHECK(shop.facts.record_count() == ++count);
  };
  auto draft = shop.price("10");
  draft.currency = "USD";
  is_another(draft);
  draft = shop.price("10");
  draft.unit = "BOX";
  is_another(draft);
  draft = shop.price("10");
  draft.from_quantity = fixture::quantity("1");
  is_another(draft);
  draft = shop.price("10");
  draft.validity.from = fixture::at("2026-01-01");
  is_another(draft);
  draft = shop.price("10");
  draft.agreement = "F";
  is_another(draft);
  draft = shop.price("10");
  draft.promotion = "P";
  is_another(draft);
  draft = shop.price("10");
  draft.rank = 9;
  draft.price_unit = 100;
  draft.validity.to = fixture::at("2027-01-01");
  draft.to_quantity = fixture::quantity("5");
  CHECK(refusal(shop.facts.put(draft)) ==
        "duplicate_key at ");  // none of these tells records apart
}

TEST_CASE(
    "condition records: an external key identifies within its feed and type, whatever else changes",
    "[engine][model]") {
  Shop shop;
  auto draft = shop.price("10");
  draft.feed = "prices";
  draft.key = "K1";
  put(shop.facts, draft);
  draft.feed = "offers";
  put(shop.facts, draft);
  draft.type = "discount";
  put(shop.facts, draft);
  CHECK(shop.facts.record_count() == 3);
  draft = shop.price("12");
  draft.feed = "prices";
  draft.key = "K1";
  draft.from_quantity = fixture::quantity("100");
  CHECK(refusal(shop.facts.put(draft)) == "duplicate_key at ");
  shop.facts.begin_batch();
  put(shop.facts, draft);
  CHECK(shop.facts.record_count() == 3);
  const Keys in_list{{Schema::price_list, "L"}, {Schema::article, "A"}};
  draft.keys = in_list;
  shop.facts.begin_batch();
  CHECK(refusal(shop.facts.put(draft)) == "contradicting_values at key");
  const Keys other_article{{Schema::article, "B"}};
  draft.keys = other_article;  // the same key fields: the record moves
  put(shop.facts, draft);
  CHECK(shop.facts.record_count() == 3);
}

TEST_CASE("condition records: combinations of terms are counted, and one too many is told",
          "[engine][model]") {
  Shop shop;
  auto draft = shop.price("10");
  draft.feed = "f";
  for (std::size_t i = 0; i < engine::base::limits::terms; ++i) {
    const std::string key = std::to_string(i);
    draft.key = key;
    draft.rank = static_cast<std::int32_t>(i);
    REQUIRE(shop.facts.put(draft));
  }
  const std::string key = "one more";
  draft.key = key;
  draft.rank = -1;
  CHECK(refusal(shop.facts.put(draft)) == "too_many at rank");
  draft.rank = 5;
  CHECK(refusal(shop.facts.put(draft)).empty());
}

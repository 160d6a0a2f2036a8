#include "tests/engine/support/facts_fixture.hpp"

#include <array>

namespace fixture {

namespace model = engine::model;
using model::Schema;

Shop::Shop() {
  auto declared =
      facts.schema.declare_field("brand", model::FieldSide::article, model::Domain::text);
  REQUIRE(declared);
  brand = *declared;
  const std::array<model::ConditionType, 4> types{
      {{"price", model::ValueKind::price, model::flag_bit(Schema::discountable)},
       {"discount", model::ValueKind::percent, 0},
       {"charge", model::ValueKind::amount, 0},
       {"multiplier", model::ValueKind::factor, 0}}};
  for (const model::ConditionType& type : types) {
    const auto id = facts.schema.declare_type(type);
    REQUIRE(id);
    REQUIRE(facts.schema.declare_table(*id, {Schema::article}));
    REQUIRE(facts.schema.declare_table(*id, {Schema::customer, Schema::article}));
    REQUIRE(facts.schema.declare_table(*id, {Schema::price_list, Schema::article}));
    REQUIRE(facts.schema.declare_table(*id, {Schema::article_group}));
    REQUIRE(facts.schema.declare_table(*id, {Schema::customer_group, brand}));
    REQUIRE(facts.schema.declare_table(*id, {}));
  }
  facts.begin_batch();
  put(facts, model::CurrencyDraft{"EUR", "Euro", 2});
  put(facts, model::ArticleGroupDraft{"G", "", ""});
  const std::array<std::string_view, 1> groups{"G"};
  for (const char* code : {"A", "B"}) {
    model::ArticleDraft article;
    article.code = code;
    article.base_unit = "PCE";
    article.groups = groups;
    put(facts, article);
  }
  put(facts, model::CustomerGroupDraft{"CG", "", "", 0});
  model::CustomerDraft customer;
  customer.code = "C";
  customer.currency = "EUR";
  put(facts, customer);
  for (const auto& [kind, code] : {std::pair{model::DocumentKind::price_list, "L"},
                                   std::pair{model::DocumentKind::agreement, "F"},
                                   std::pair{model::DocumentKind::promotion, "P"}}) {
    model::DocumentDraft document;
    document.kind = kind;
    document.code = code;
    put(facts, document);
  }
  put(facts, model::WarehouseDraft{"W", ""});
}

model::ConditionDraft Shop::price(const char* value) {
  model::ConditionDraft draft;
  draft.type = "price";
  draft.keys = article_key;
  draft.value = decimal(value);
  draft.currency = "EUR";
  return draft;
}

}  // namespace fixture

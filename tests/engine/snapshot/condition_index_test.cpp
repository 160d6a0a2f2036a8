#include "engine/snapshot/condition_index.hpp"

#include "engine/snapshot/builder.hpp"

#include "tests/engine/support/facts_fixture.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace model = engine::model;
using engine::snapshot::ArticleSide;
using engine::snapshot::ConditionIndex;
using fixture::put;
using fixture::Shop;
using model::Schema;

namespace {

std::shared_ptr<const engine::snapshot::Snapshot> built(model::Facts facts) {
  auto result =
      engine::snapshot::SnapshotBuilder{facts, std::make_shared<engine::rule::RuleSet>(), 1}
          .build();
  REQUIRE(result);
  return *std::move(result);
}

model::TableId table_of(const model::Facts facts, std::vector<model::FieldId> fields) {
  return facts.schema.find_table(*facts.schema.find_type("price"), std::move(fields)).value();
}

void put_price(Shop& shop, const std::vector<model::KeyText>& keys, const char* from = "0",
               const char* start = "") {
  auto draft = shop.price("10");
  draft.keys = keys;
  draft.from_quantity = fixture::quantity(from);
  if (*start != '\0') draft.validity.from = fixture::at(start);
  put(shop.facts, draft);
}

// Articles N0000 ... in the order of their ids, behind A and B of the shop.
void put_articles(Shop& shop, int count) {
  for (int i = 0; i < count; ++i) {
    const std::string code = "N" + std::to_string(10'000 + i);
    model::ArticleDraft draft;
    draft.code = code;
    put(shop.facts, draft);
  }
}

}  // namespace

TEST_CASE("condition index: a part is found by its table and values, and by nothing else",
          "[engine][snapshot]") {
  Shop shop;
  put_price(shop, {{Schema::customer, "C"}, {Schema::article, "A"}});
  put_price(shop, {{Schema::article, "A"}});
  const auto made = built(shop.facts);
  const ConditionIndex& index = made->conditions();
  const auto by_customer = table_of(shop.facts, {Schema::customer, Schema::article});
  const std::array<std::uint32_t, 1> c{0};
  const std::array<std::uint32_t, 1> nobody{UINT32_MAX};
  REQUIRE(index.part_count() == 2);
  CHECK(index.find_part(by_customer, c));
  CHECK_FALSE(index.find_part(by_customer, nobody));
  CHECK_FALSE(index.find_part(by_customer, {}));
  CHECK(index.find_part(table_of(shop.facts, {Schema::article}), {}));
  CHECK_FALSE(index.find_part(table_of(shop.facts, {Schema::article}), c));
  CHECK_FALSE(index.find_part(table_of(shop.facts, {}), {}));
}

TEST_CASE("condition index: records of a key stand by threshold, then start",
          "[engine][snapshot]") {
  Shop shop;
  put_price(shop, {{Schema::article, "A"}}, "100");
  put_price(shop, {{Schema::article, "A"}}, "0", "2026-02-01");
  put_price(shop, {{Schema::article, "A"}}, "10.5");
  put_price(shop, {{Schema::article, "A"}}, "0", "2026-01-01");
  put_price(shop, {{Schema::article, "B"}}, "1");
  const auto made = built(shop.facts);
  const ConditionIndex& index = made->conditions();
  REQUIRE(index.key_count() == 2);
  REQUIRE(index.record_count() == 5);
  const auto records = index.records_of(0);
  REQUIRE(records.size() == 4);
  std::string order;
  for (std::uint32_t i = records.begin; i < records.end; ++i) {
    order += to_string_short(index.record(i).threshold.decimal()) + " " +
             to_string(index.record(i).valid_from) + ";";
  }
  CHECK(order == "0 2026-01-01;0 2026-02-01;10.5 ;100 ;");
}

TEST_CASE("condition index: what a record stands under can be told from the record",
          "[engine][snapshot]") {
  Shop shop;
  put(shop.facts, model::ArticleGroupDraft{"H", "", ""});
  put_price(shop, {{Schema::customer, "C"}, {Schema::article, "B"}});
  put_price(shop, {{Schema::article_group, "H"}});
  put_price(shop, {{Schema::article_group, "G"}});
  put_price(shop, {{Schema::customer_group, "CG"}, {shop.brand, "zeta"}});
  put_price(shop, {{Schema::customer_group, "CG"}, {shop.brand, "acme"}});
  put_price(shop, {});
  const auto made = built(shop.facts);
  const ConditionIndex& index = made->conditions();
  std::vector<std::string> keys;
  for (std::uint32_t number = 0; number < index.record_count(); ++number) {
    const auto position = index.key_of_record(number);
    const auto part = index.part_of_key(position);
    CHECK(index.table_of_record(number) == index.table_of_part(part));
    const auto& shape = index.table(index.table_of_part(part)).shape;
    std::string text;
    const auto add = [&](const std::vector<model::FieldId>& fields,
                         std::span<const std::uint32_t> values) {
      REQUIRE(values.size() == fields.size());
      for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto& field = made->schema().field(fields[i]);
        text += field.name + "=" + std::string{made->code_of(field, values[i])} + " ";
      }
    };
    add(shape.party_fields, index.part_values(part));
    add(shape.article_fields, index.article_values(position));
    keys.push_back(text);
  }
  std::ranges::sort(keys);
  const std::vector<std::string> expected{"",
                                          "article_group=G ",
                                          "article_group=H ",
                                          "customer=C article=B ",
                                          "customer_group=CG brand=acme ",
                                          "customer_group=CG brand=zeta "};
  CHECK(keys == expected);
}

TEST_CASE(
    "condition index: a key is found in runs and hashes alike, present or not, at every size "
    "around the border",
    "[engine][snapshot]") {
  for (const int keys : {1, 2, 3, 47, 48, 49, 50, 300}) {
    Shop shop;
    put_articles(shop, 2 * keys);
    for (int i = 0; i < keys; ++i)
      put_price(shop,
                {{Schema::customer, "C"}, {Schema::article, "N" + std::to_string(10'000 + 2 * i)}});
    const auto made = built(shop.facts);
    const ConditionIndex& index = made->conditions();
    const std::array<std::uint32_t, 1> c{0};
    const auto part =
        index.find_part(table_of(shop.facts, {Schema::customer, Schema::article}), c).value();
    const auto range = index.part_keys(part);
    REQUIRE(range.size() == static_cast<std::uint32_t>(keys));
    const bool is_hashed = range.size() > engine::model::ConditionStore::run_searched_max;
    for (std::uint32_t article = 0; article < made->articles().codes->size(); ++article) {
      const bool present = article >= 2 && article % 2 == 0;
      const auto in_run = index.find_key_in_run(range, article);
      INFO(keys << " keys, article " << article);
      CHECK((in_run != ConditionIndex::no_key) == present);
      if (present) CHECK(index.key_at(in_run) == article);
      if (is_hashed)
        CHECK(index.find_key_hashed(index.hash_of(part, article), range, article) == in_run);
    }
  }
}

TEST_CASE("condition index: hashed keys of many parts do not meet", "[engine][snapshot]") {
  Shop shop;
  put_articles(shop, 120);
  for (int c = 0; c < 20; ++c) {
    const std::string code = "D" + std::to_string(c);
    model::CustomerDraft customer;
    customer.code = code;
    put(shop.facts, customer);
    for (int i = 0; i < 120; ++i) {
      if ((i + c) % 3 != 0)
        put_price(shop,
                  {{Schema::customer, code}, {Schema::article, "N" + std::to_string(10'000 + i)}});
    }
  }
  const auto made = built(shop.facts);
  const ConditionIndex& index = made->conditions();
  const auto table = table_of(shop.facts, {Schema::customer, Schema::article});
  for (std::uint32_t c = 0; c < 20; ++c) {
    const std::array<std::uint32_t, 1> customer{c + 1};
    const auto part = index.find_part(table, customer).value();
    for (std::uint32_t i = 0; i < 120; ++i) {
      const auto position =
          index.find_key_hashed(index.hash_of(part, i + 2), index.part_keys(part), i + 2);
      REQUIRE((position != ConditionIndex::no_key) == ((i + c) % 3 != 0));
      if (position != ConditionIndex::no_key) REQUIRE(index.part_of_key(position) == part);
    }
  }
}

TEST_CASE("condition index: a signature never denies a record that is there",
          "[engine][snapshot]") {
  Shop shop;
  put_articles(shop, 200);
  for (int c = 0; c < 100; ++c) {
    const std::string code = "D" + std::to_string(c);
    model::CustomerDraft customer;
    customer.code = code;
    put(shop.facts, customer);
    put_price(shop,
              {{Schema::customer, code}, {Schema::article, "N" + std::to_string(10'000 + c)}});
    put_price(
        shop,
        {{Schema::customer, code}, {Schema::article, "N" + std::to_string(10'000 + 2 * c % 200)}},
        "5");
  }
  const auto made = built(shop.facts);
  const ConditionIndex& index = made->conditions();
  const auto& info = index.table(table_of(shop.facts, {Schema::customer, Schema::article}));
  REQUIRE(info.side == ArticleSide::article);
  REQUIRE(info.signature != UINT16_MAX);
  for (std::uint32_t part = 0; part < index.part_count(); ++part) {
    const auto range = index.part_keys(part);
    for (std::uint32_t position = range.begin; position < range.end; ++position) {
      CHECK((index.signature(index.key_at(position), info.signature) &
             ConditionIndex::part_bit(part)) != 0);
    }
  }
  CHECK(index.signature(1, info.signature) == 0);  // B has no record
}

TEST_CASE("condition index: tables without articles, by article and by group are told apart",
          "[engine][snapshot]") {
  const Shop shop;
  const auto made = built(shop.facts);
  const ConditionIndex& index = made->conditions();
  CHECK(index.table(table_of(shop.facts, {})).side == ArticleSide::none);
  CHECK(index.table(table_of(shop.facts, {Schema::article})).side == ArticleSide::article);
  CHECK(index.table(table_of(shop.facts, {Schema::article})).signature == UINT16_MAX);
  CHECK(index.table(table_of(shop.facts, {Schema::article_group})).side == ArticleSide::mapped);
}

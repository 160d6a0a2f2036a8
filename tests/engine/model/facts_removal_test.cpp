// What is taken away: by identity, and as the rest of a partition.
#include "tests/engine/support/facts_fixture.hpp"

namespace model = engine::model;
using fixture::put;
using fixture::quantity;
using fixture::Shop;
using model::Schema;

namespace {

template <class Draft>
bool removed(model::Facts& facts, const Draft& draft) {
  facts.begin_batch();
  const auto result = facts.remove(draft);
  REQUIRE(result);
  return *result;
}

template <class Made>
std::string fault_of(const Made& result) {
  if (result) return "";
  return engine::base::fault_name(result.error().code) + std::string{" at "} + result.error().where;
}

}  // namespace

TEST_CASE("removal: a record goes by its key fields, whatever else the row says",
          "[engine][model]") {
  Shop shop;
  put(shop.facts, shop.price("10"));
  shop.facts.settle();
  auto draft = shop.price("99");
  draft.price_unit = 100;
  draft.rank = 7;
  CHECK(removed(shop.facts, draft));
  CHECK_FALSE(removed(shop.facts, draft));
  shop.facts.settle();
  CHECK(shop.facts.record_count() == 0);
  put(shop.facts, shop.price("11"));
  shop.facts.settle();
  CHECK(shop.facts.conditions().records().front().value == 11);
}

TEST_CASE("removal: another threshold, start or unit is another record", "[engine][model]") {
  Shop shop;
  put(shop.facts, shop.price("10"));
  auto other = shop.price("10");
  other.from_quantity = quantity("5");
  CHECK_FALSE(removed(shop.facts, other));
  other = shop.price("10");
  other.validity.from = fixture::at("2026-01-01");
  CHECK_FALSE(removed(shop.facts, other));
  other = shop.price("10");
  other.unit = "BOX";
  CHECK_FALSE(removed(shop.facts, other));
  other = shop.price("10");
  other.unit = "never heard of";
  CHECK_FALSE(removed(shop.facts, other));
  CHECK(shop.facts.record_count() == 1);
}

TEST_CASE("removal: an external key is enough, and frees the record for other key fields",
          "[engine][model]") {
  Shop shop;
  auto keyed = shop.price("10");
  keyed.key = "4711";
  keyed.feed = "erp";
  put(shop.facts, keyed);
  shop.facts.settle();
  model::ConditionDraft by_key;
  by_key.type = "price";
  by_key.key = "4711";
  by_key.feed = "crm";
  CHECK_FALSE(removed(shop.facts, by_key));
  by_key.feed = "erp";
  CHECK(removed(shop.facts, by_key));
  const std::vector<model::KeyText> for_customer{{Schema::customer, "C"}, {Schema::article, "A"}};
  keyed.keys = for_customer;
  shop.facts.begin_batch();
  put(shop.facts, keyed);
  shop.facts.settle();
  CHECK(shop.facts.record_count() == 1);
  CHECK(shop.facts.conditions().part_values(0).size() == 1);
}

TEST_CASE("removal: a row and its removal in one batch are one too many", "[engine][model]") {
  Shop shop;
  shop.facts.begin_batch();
  put(shop.facts, shop.price("10"));
  CHECK(fault_of(shop.facts.remove(shop.price("10"))) == "duplicate_key at ");
  shop.facts.settle();
  shop.facts.begin_batch();
  CHECK(*shop.facts.remove(shop.price("10")));
  CHECK(fault_of(shop.facts.put(shop.price("11"))) == "duplicate_key at ");
}

TEST_CASE("removal: codes that are not known are told", "[engine][model]") {
  Shop shop;
  auto draft = shop.price("10");
  draft.type = "nonsense";
  CHECK(fault_of(shop.facts.remove(draft)) == "unknown_condition_type at type");
  draft.key = "1";
  CHECK(fault_of(shop.facts.remove(draft)) == "unknown_condition_type at type");
  draft = shop.price("10");
  const std::vector<model::KeyText> wrong{{Schema::article, "??"}};
  draft.keys = wrong;
  CHECK(fault_of(shop.facts.remove(draft)) == "unknown_article at article");
  CHECK(fault_of(shop.facts.remove(model::StockDraft{"A", "??", {}, {}})) ==
        "unknown_warehouse at warehouse");
  CHECK(fault_of(shop.facts.remove(model::ListAssignmentDraft{"??", "C", "", {}, {}})) ==
        "unknown_document at price_list");
  CHECK(fault_of(shop.facts.remove_rest(model::ConditionPartition{"", {}, "", ""})) ==
        "missing_value at type");
  const std::vector<model::KeyText> country{{Schema::country, "SE"}};
  CHECK(fault_of(shop.facts.remove_rest(model::ConditionPartition{"price", country, "", ""})) ==
        "");  // nothing can be of it: no record has that country
  CHECK(fault_of(shop.facts.remove_rest(model::ConditionPartition{"price", {}, "??", ""})) ==
        "unknown_document at agreement");
}

TEST_CASE("removal: stock, receipts, units, rates and assignments", "[engine][model]") {
  Shop shop;
  model::Facts& facts = shop.facts;
  put(facts, model::StockDraft{"A", "W", quantity("5"), {}});
  put(facts, model::StockDraft{"B", "W", quantity("6"), {}});
  CHECK(removed(facts, model::StockDraft{"A", "W", {}, {}}));
  CHECK_FALSE(removed(facts, model::StockDraft{"A", "W", {}, {}}));
  REQUIRE(facts.stock().size() == 1);
  facts.begin_batch();
  put(facts, model::StockDraft{"B", "W", quantity("7"), {}});
  CHECK(facts.stock().front().stock.on_hand == quantity("7"));

  const auto day = fixture::at("2026-05-01");
  put(facts, model::ReceiptDraft{"A", "W", "PO-1", day, quantity("1")});
  put(facts, model::ReceiptDraft{"A", "", "", day, quantity("2")});
  put(facts, model::ReceiptDraft{"B", "W", "PO-3", day, quantity("3")});
  CHECK(removed(facts, model::ReceiptDraft{"A", "W", "PO-1", {}, {}}));
  CHECK_FALSE(removed(facts, model::ReceiptDraft{"A", "", "", day.next_day(), {}}));
  CHECK(removed(facts, model::ReceiptDraft{"A", "", "", day, {}}));
  REQUIRE(facts.receipts().size() == 1);
  CHECK(facts.receipts().front().reference == "PO-3");
  CHECK(removed(facts, model::ReceiptDraft{"B", "W", "PO-3", day, {}}));

  put(facts, model::ArticleUnitDraft{"A", "BOX", 10, 1});
  CHECK(removed(facts, model::ArticleUnitDraft{"A", "BOX"}));
  CHECK_FALSE(removed(facts, model::ArticleUnitDraft{"A", "BOX"}));

  put(facts, model::CurrencyDraft{"USD", "", 2});
  model::ExchangeRateDraft rate;
  rate.from = "EUR";
  rate.to = "USD";
  rate.rate = fixture::decimal("1.1");
  put(facts, rate);
  rate.kind = "M";
  put(facts, rate);
  rate.kind = "";
  CHECK(removed(facts, rate));
  CHECK_FALSE(removed(facts, rate));
  REQUIRE(facts.exchange_rates().size() == 1);
  rate.kind = "M";
  CHECK(removed(facts, rate));

  put(facts, model::ListAssignmentDraft{"L", "C", "", {}, {}});
  CHECK(removed(facts, model::ListAssignmentDraft{"L", "C", "", {}, {}}));
  CHECK_FALSE(removed(facts, model::ListAssignmentDraft{"L", "C", "", {}, {}}));
  CHECK_FALSE(removed(facts, model::ListAssignmentDraft{"L", "", "", {}, {}}));
  put(facts, model::ListAssignmentDraft{"L", "C", "", {}, {}});
  CHECK_FALSE(facts.assignments().front().withdrawn);
}

TEST_CASE("removal: what a batch does not bring of a partition goes", "[engine][model]") {
  Shop shop;
  model::Facts& facts = shop.facts;
  put(facts, model::WarehouseDraft{"W2", ""});
  put(facts, model::StockDraft{"A", "W", quantity("5"), {}});
  put(facts, model::StockDraft{"B", "W", quantity("6"), {}});
  put(facts, model::StockDraft{"B", "W2", quantity("7"), {}});
  facts.begin_batch();
  put(facts, model::StockDraft{"B", "W", quantity("8"), {}});
  CHECK(*facts.remove_rest(model::StockPartition{"W"}) == 1);
  CHECK(facts.stock().size() == 2);
  facts.begin_batch();
  CHECK(*facts.remove_rest(model::StockPartition{}) == 2);
  CHECK(facts.stock().empty());

  const auto day = fixture::at("2026-05-01");
  put(facts, model::ReceiptDraft{"A", "W", "PO-1", day, quantity("1")});
  put(facts, model::ReceiptDraft{"A", "W2", "PO-2", day, quantity("1")});
  facts.begin_batch();
  CHECK(*facts.remove_rest(model::ReceiptPartition{"W2"}) == 1);
  CHECK(facts.receipts().front().reference == "PO-1");

  put(facts, model::ListAssignmentDraft{"L", "C", "", {}, {}});
  put(facts, model::ListAssignmentDraft{"L", "", "CG", {}, {}});
  facts.begin_batch();
  put(facts, model::ListAssignmentDraft{"L", "C", "", {}, {}});
  CHECK(*facts.remove_rest(model::AssignmentPartition{"L"}) == 1);
  CHECK_FALSE(facts.assignments()[0].withdrawn);
  CHECK(facts.assignments()[1].withdrawn);
}

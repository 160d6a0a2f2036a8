#include "engine/base/limits.hpp"

#include "tests/engine/support/facts_fixture.hpp"

#include <array>
#include <string>

namespace model = engine::model;
using fixture::put;
using fixture::refusal;
using fixture::Shop;

namespace {

using Codes = std::vector<std::string_view>;

model::ArticleDraft article(std::string_view code) {
  model::ArticleDraft draft;
  draft.code = code;
  return draft;
}

model::CustomerDraft customer(std::string_view code) {
  model::CustomerDraft draft;
  draft.code = code;
  return draft;
}

}  // namespace

TEST_CASE("facts: every master refuses an empty and an overlong code", "[engine][model]") {
  Shop shop;
  const std::string longest(engine::base::limits::code_length, 'x');
  const std::string too_long = longest + "x";
  for (const std::string& code : {std::string{}, too_long}) {
    const std::string expected = code.empty() ? "missing_value at code" : "too_large at code";
    CHECK(refusal(shop.facts.put(model::CurrencyDraft{code, "", 2})) == expected);
    CHECK(refusal(shop.facts.put(model::ArticleGroupDraft{code, "", ""})) == expected);
    CHECK(refusal(shop.facts.put(article(code))) == expected);
    CHECK(refusal(shop.facts.put(model::CustomerGroupDraft{code, "", "", 0})) == expected);
    CHECK(refusal(shop.facts.put(customer(code))) == expected);
    CHECK(refusal(shop.facts.put(model::WarehouseDraft{code, ""})) == expected);
    model::DocumentDraft document;
    document.code = code;
    CHECK(refusal(shop.facts.put(document)) == expected);
    CHECK(refusal(shop.facts.put(model::ArticleUnitDraft{"A", code, 1, 1})) ==
          (code.empty() ? "missing_value at unit" : "too_large at unit"));
  }
  CHECK(refusal(shop.facts.put(article(longest))).empty());
}

TEST_CASE(
    "facts: every master that stands twice in a batch is refused, in the next batch it replaces",
    "[engine][model]") {
  Shop shop;
  CHECK(refusal(shop.facts.put(model::CurrencyDraft{"EUR", "", 3})) == "duplicate_key at code");
  CHECK(refusal(shop.facts.put(model::ArticleGroupDraft{"G", "", ""})) == "duplicate_key at code");
  CHECK(refusal(shop.facts.put(article("A"))) == "duplicate_key at code");
  CHECK(refusal(shop.facts.put(model::CustomerGroupDraft{"CG", "", "", 0})) ==
        "duplicate_key at code");
  CHECK(refusal(shop.facts.put(customer("C"))) == "duplicate_key at code");
  CHECK(refusal(shop.facts.put(model::WarehouseDraft{"W", ""})) == "duplicate_key at code");
  model::DocumentDraft list;
  list.code = "L";
  CHECK(refusal(shop.facts.put(list)) == "duplicate_key at code");
  shop.facts.begin_batch();
  list.rank = 7;
  put(shop.facts, list);
  put(shop.facts, model::CurrencyDraft{"EUR", "", 3});
  CHECK(shop.facts.currencies().items[0].decimals == 3);
  CHECK(shop.facts.currencies().items.size() == 1);
  const auto id = shop.facts.find_document(model::DocumentKind::price_list, "L");
  REQUIRE(id);
  CHECK(shop.facts.documents()[id->raw()].rank == 7);
}

TEST_CASE("facts: the first batch needs no beginning", "[engine][model]") {
  model::Facts facts;
  CHECK(refusal(facts.put(model::CurrencyDraft{"EUR", "", 2})).empty());
}

TEST_CASE("facts: documents of different kinds may share a code", "[engine][model]") {
  Shop shop;
  model::DocumentDraft draft;
  draft.code = "L";
  draft.kind = model::DocumentKind::agreement;
  put(shop.facts, draft);
  CHECK(shop.facts.find_document(model::DocumentKind::agreement, "L") !=
        shop.facts.find_document(model::DocumentKind::price_list, "L"));
  CHECK_FALSE(shop.facts.find_document(model::DocumentKind::promotion, "L"));
}

TEST_CASE("facts: a row that names what nobody knows is refused, with the column that named it",
          "[engine][model]") {
  Shop shop;
  model::Facts& facts = shop.facts;
  const Codes unknown{"??"};
  CHECK(refusal(facts.put(model::ArticleGroupDraft{"X", "", "??"})) ==
        "unknown_article_group at parent");
  CHECK(refusal(facts.put(model::CustomerGroupDraft{"X", "", "??", 0})) ==
        "unknown_customer_group at parent");
  auto new_article = article("X");
  new_article.groups = unknown;
  CHECK(refusal(facts.put(new_article)) == "unknown_article_group at groups");
  auto new_customer = customer("X");
  new_customer.groups = unknown;
  CHECK(refusal(facts.put(new_customer)) == "unknown_customer_group at groups");
  new_customer = customer("X");
  new_customer.parent = "??";
  CHECK(refusal(facts.put(new_customer)) == "unknown_customer at parent");
  new_customer = customer("X");
  new_customer.currency = "QQQ";
  CHECK(refusal(facts.put(new_customer)) == "unknown_currency at currency");
  new_customer = customer("X");
  new_customer.price_lists = unknown;
  CHECK(refusal(facts.put(new_customer)) == "unknown_document at price_lists");
  CHECK(refusal(facts.put(model::ArticleUnitDraft{"??", "BOX", 12, 1})) ==
        "unknown_article at article");
  CHECK(refusal(facts.put(model::ArticleUnitDraft{"", "BOX", 12, 1})) ==
        "missing_value at article");
  model::DocumentDraft document;
  document.code = "X";
  document.currency = "QQQ";
  CHECK(refusal(facts.put(document)) == "unknown_currency at currency");
  document.currency = "";
  document.customers = unknown;
  CHECK(refusal(facts.put(document)) == "unknown_customer at customers");
  CHECK(refusal(facts.put(model::StockDraft{"??", "W", {}, {}})) == "unknown_article at article");
  CHECK(refusal(facts.put(model::StockDraft{"A", "??", {}, {}})) ==
        "unknown_warehouse at warehouse");
  CHECK(refusal(facts.put(model::StockDraft{"A", "", {}, {}})) == "missing_value at warehouse");
  CHECK(refusal(facts.put(model::ReceiptDraft{"??", "W", "", {}, {}})) ==
        "unknown_article at article");
  CHECK(refusal(facts.put(model::ReceiptDraft{"A", "??", "", {}, {}})) ==
        "unknown_warehouse at warehouse");
}

TEST_CASE("facts: a refused row leaves nothing behind", "[engine][model]") {
  Shop shop;
  const Codes unknown{"??"};
  auto new_article = article("X");
  new_article.groups = unknown;
  CHECK_FALSE(shop.facts.put(new_article));
  CHECK_FALSE(shop.facts.articles().codes->find("X"));
  auto new_customer = customer("X");
  new_customer.price_lists = unknown;
  CHECK_FALSE(shop.facts.put(new_customer));
  CHECK_FALSE(shop.facts.customers().codes->find("X"));
  model::DocumentDraft document;
  document.code = "X";
  document.customers = unknown;
  CHECK_FALSE(shop.facts.put(document));
  CHECK_FALSE(shop.facts.find_document(model::DocumentKind::price_list, "X"));
  CHECK(refusal(shop.facts.put(article("X"))).empty());  // and the code is free in the same batch
}

TEST_CASE("facts: numbers of masters are kept within their bounds", "[engine][model]") {
  Shop shop;
  CHECK(refusal(shop.facts.put(model::CurrencyDraft{"BTC", "", 7})) == "out_of_range at decimals");
  CHECK(refusal(shop.facts.put(model::CurrencyDraft{"XAU", "", 6})).empty());
  constexpr std::int64_t billion = 1'000'000'000;
  for (const auto& [numerator, denominator] : {std::pair<std::int64_t, std::int64_t>{0, 1},
                                               {1, 0},
                                               {-1, 1},
                                               {1, -1},
                                               {billion + 1, 1},
                                               {1, billion + 1}}) {
    CHECK(refusal(shop.facts.put(model::ArticleUnitDraft{"A", "BOX", numerator, denominator})) ==
          "out_of_range at numerator");
  }
  CHECK(refusal(shop.facts.put(model::ArticleUnitDraft{"A", "BIG", billion, 1})).empty());
  CHECK(refusal(shop.facts.put(model::ArticleUnitDraft{"A", "SMALL", 1, billion})).empty());
  CHECK(refusal(shop.facts.put(model::ReceiptDraft{"A", "W", "PO", fixture::at("2026-01-01"),
                                                   fixture::quantity("-1")})) ==
        "out_of_range at quantity");
}

TEST_CASE("facts: stock that no shop can have is refused, so that sums can't overflow",
          "[engine][model]") {
  Shop shop;
  const auto most = engine::base::Quantity::whole(engine::base::limits::quantity_whole);
  const auto more = most + engine::base::Quantity::from_mantissa(1);
  CHECK(refusal(shop.facts.put(model::StockDraft{"A", "W", most, most})).empty());
  CHECK(refusal(shop.facts.put(model::StockDraft{"B", "W", more, {}})) ==
        "out_of_range at on_hand");
  CHECK(refusal(shop.facts.put(model::StockDraft{"B", "W", {}, more})) ==
        "out_of_range at reserved");
  const auto less = engine::base::Quantity{} - more;
  CHECK(refusal(shop.facts.put(model::StockDraft{"B", "W", less, {}})) ==
        "out_of_range at on_hand");
  CHECK(refusal(shop.facts.put(model::ReceiptDraft{"A", "W", "PO", fixture::at("2026-01-01"),
                                                   more})) == "out_of_range at quantity");
  auto draft = article("X");
  draft.safety_stock = more;
  CHECK(refusal(shop.facts.put(draft)) == "out_of_range at safety_stock");
}

TEST_CASE("facts: a list is given to a customer, to a group or to everybody", "[engine][model]") {
  Shop shop;
  model::ListAssignmentDraft draft;
  draft.price_list = "??";
  CHECK(refusal(shop.facts.put(draft)) == "unknown_document at price_list");
  draft.price_list = "";
  CHECK(refusal(shop.facts.put(draft)) == "missing_value at price_list");
  draft.price_list = "L";
  draft.customer = "C";
  draft.customer_group = "CG";
  CHECK(refusal(shop.facts.put(draft)) == "contradicting_values at customer_group");
  draft.customer = "??";
  draft.customer_group = "";
  CHECK(refusal(shop.facts.put(draft)) == "unknown_customer at customer");
  draft.customer = "";
  draft.customer_group = "??";
  CHECK(refusal(shop.facts.put(draft)) == "unknown_customer_group at customer_group");
  draft.customer_group = "CG";
  put(shop.facts, draft);
  draft.customer_group = "";
  put(shop.facts, draft);
  draft.rank = 4;
  put(shop.facts, draft);  // replaces the one before
  REQUIRE(shop.facts.assignments().size() == 2);
  CHECK(shop.facts.assignments()[1].rank == 4);
}

TEST_CASE("facts: stock and receipts replace their earlier rows, once a batch", "[engine][model]") {
  Shop shop;
  const auto ten = fixture::quantity("10");
  put(shop.facts, model::StockDraft{"A", "W", ten, {}});
  CHECK(refusal(shop.facts.put(model::StockDraft{"A", "W", {}, {}})) == "duplicate_key at article");
  const auto day = fixture::at("2026-05-01");
  put(shop.facts, model::ReceiptDraft{"A", "W", "PO1", day, ten});
  CHECK(refusal(shop.facts.put(model::ReceiptDraft{"A", "W", "PO1", day.next_day(), ten})) ==
        "duplicate_key at reference");
  put(shop.facts, model::ReceiptDraft{"A", "W", "", day, ten});
  CHECK(refusal(shop.facts.put(model::ReceiptDraft{"A", "W", "", day, ten})) ==
        "duplicate_key at date");
  put(shop.facts, model::ReceiptDraft{"A", "W", "", day.next_day(), ten});
  shop.facts.begin_batch();
  put(shop.facts, model::StockDraft{"A", "W", {}, ten});
  put(shop.facts, model::ReceiptDraft{"A", "W", "PO1", day.next_day(), {}});
  REQUIRE(shop.facts.stock().size() == 1);
  CHECK(shop.facts.stock()[0].stock.on_hand == engine::base::Quantity{});
  CHECK(shop.facts.receipts().size() == 3);
  CHECK(shop.facts.receipts()[0].date == day.next_day());
}

TEST_CASE("facts: a unit is replaced by its next row", "[engine][model]") {
  Shop shop;
  put(shop.facts, model::ArticleUnitDraft{"A", "BOX", 12, 1});
  put(shop.facts, model::ArticleUnitDraft{"A", "BOX", 10, 1});
  REQUIRE(shop.facts.articles().items[0].units.size() == 1);
  CHECK(shop.facts.articles().items[0].units[0].numerator == 10);
}

TEST_CASE("facts: a snapshot's dictionaries do not grow under it", "[engine][model]") {
  Shop shop;
  const auto before = shop.facts.articles().codes;
  put(shop.facts, article("X"));
  CHECK_FALSE(before->find("X"));
  CHECK(shop.facts.articles().codes->find("X"));
}

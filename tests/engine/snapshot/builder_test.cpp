#include "engine/snapshot/builder.hpp"

#include "tests/engine/support/facts_fixture.hpp"
#include "tests/oracle/engine_of.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace model = engine::model;
namespace snapshot = engine::snapshot;
using engine::snapshot::SnapshotBuilder;
using fixture::put;
using fixture::Shop;

namespace {

engine::base::Result<std::shared_ptr<const snapshot::Snapshot>> build(
    model::Facts facts, engine::rule::RuleSet rules = {}) {
  return SnapshotBuilder{facts, std::make_shared<engine::rule::RuleSet>(std::move(rules)), 7}
      .build();
}

std::shared_ptr<const snapshot::Snapshot> built(model::Facts facts,
                                                engine::rule::RuleSet rules = {}) {
  auto result = build(std::move(facts), std::move(rules));
  if (!result) FAIL(result.error().where << ": " << result.error().detail);
  return *std::move(result);
}

std::string refusal(model::Facts facts, engine::rule::RuleSet rules = {}) {
  const auto result = build(std::move(facts), std::move(rules));
  REQUIRE_FALSE(result);
  return engine::base::fault_name(result.error().code) + std::string{" at "} + result.error().where;
}

void put_article(model::Facts& facts, std::string_view code, std::vector<std::string_view> groups) {
  model::ArticleDraft draft;
  draft.code = code;
  draft.groups = groups;
  put(facts, draft);
}

}  // namespace

TEST_CASE("snapshot: nothing known makes a snapshot of nothing", "[engine][snapshot]") {
  const auto made = built(model::Facts{});
  CHECK(made->generation() == 7);
  CHECK(made->conditions().record_count() == 0);
  CHECK(made->conditions().part_count() == 0);
  CHECK_FALSE(made->find_article("A"));
}

TEST_CASE("snapshot: groups in a circle are told, by article groups and customer groups alike",
          "[engine][snapshot]") {
  for (const bool of_articles : {true, false}) {
    Shop shop;
    for (const auto& [code, parent] :
         {std::pair{"X", ""}, std::pair{"Y", "X"}, std::pair{"Z", "Y"}}) {
      if (of_articles) {
        put(shop.facts, model::ArticleGroupDraft{code, "", parent});
      } else {
        put(shop.facts, model::CustomerGroupDraft{code, "", parent, 0});
      }
    }
    shop.facts.begin_batch();
    const std::array<std::string_view, 1> groups{"Y"};
    if (of_articles) {
      put(shop.facts, model::ArticleGroupDraft{"X", "", "Z"});
      put_article(shop.facts, "N", {"Y"});
    } else {
      put(shop.facts, model::CustomerGroupDraft{"X", "", "Z", 0});
      model::CustomerDraft customer;
      customer.code = "N";
      customer.groups = groups;
      put(shop.facts, customer);
    }
    CHECK(refusal(shop.facts) == "circular_reference at parent");
  }
}

TEST_CASE("snapshot: a tree of groups may be as deep as its limit, one deeper is told",
          "[engine][snapshot]") {
  Shop shop;
  std::string parent;
  for (std::size_t depth = 0; depth <= engine::base::limits::group_depth; ++depth) {
    const std::string code = "D" + std::to_string(depth);
    put(shop.facts, model::ArticleGroupDraft{code, "", parent});
    parent = code;
  }
  put_article(shop.facts, "N", {parent});
  const auto made = built(shop.facts);
  CHECK(made->articles().groups[made->find_article("N")->raw()].size() ==
        engine::base::limits::group_depth + 1);
  put(shop.facts, model::ArticleGroupDraft{"D", "", parent});
  put_article(shop.facts, "M", {"D"});
  CHECK(refusal(shop.facts) == "circular_reference at parent");
}

TEST_CASE("snapshot: an article reaches each group once, the nearest way", "[engine][snapshot]") {
  Shop shop;
  for (const auto& [code, parent] : {std::pair{"top", ""}, std::pair{"middle", "top"},
                                     std::pair{"low", "middle"}, std::pair{"side", "top"}}) {
    put(shop.facts, model::ArticleGroupDraft{code, "", parent});
  }
  put_article(shop.facts, "N", {"low", "side", "middle"});
  const auto made = built(shop.facts);
  std::map<std::string, int> reached;
  const auto groups = made->articles().groups[made->find_article("N")->raw()];
  for (const auto& group : groups)
    reached.emplace(shop.facts.article_groups().codes->text(group.id), group.distance);
  CHECK(groups.size() == 4);
  CHECK(reached == std::map<std::string, int>{{"low", 0}, {"side", 0}, {"middle", 0}, {"top", 1}});
  CHECK(std::ranges::is_sorted(groups, {}, &snapshot::Reached::distance));
}

TEST_CASE("snapshot: a look-up that names what is not there is told", "[engine][snapshot]") {
  const Shop shop;
  engine::rule::RuleSet rules;
  rules.procedure_lookup.push_back({{}, "missing"});
  CHECK(refusal(shop.facts, rules) == "no_procedure at procedure_lookup");
  rules.procedure_lookup.clear();
  rules.band_lookup.push_back({{}, "missing"});
  CHECK(refusal(shop.facts, rules) == "no_procedure at availability_bands");
}

TEST_CASE("snapshot: free stock is on hand less reserved over all warehouses",
          "[engine][snapshot]") {
  Shop shop;
  put(shop.facts, model::WarehouseDraft{"W2", ""});
  put(shop.facts, model::StockDraft{"A", "W", fixture::quantity("10"), fixture::quantity("3.5")});
  put(shop.facts, model::StockDraft{"A", "W2", fixture::quantity("1"), fixture::quantity("20")});
  const auto made = built(shop.facts);
  CHECK(made->stock().free(0) == fixture::quantity("-12.5"));
  CHECK(made->stock().free(1) == engine::base::Quantity{});
}

TEST_CASE("snapshot: stock beyond a trillion units is told, not wrapped", "[engine][snapshot]") {
  Shop shop;
  const auto most = engine::base::Quantity::whole(engine::base::limits::quantity_whole);
  for (int i = 0; i <= 1'000; ++i) {
    const std::string code = "W" + std::to_string(i);
    put(shop.facts, model::WarehouseDraft{code, ""});
    put(shop.facts, model::StockDraft{"A", code, most, {}});
    if (i == 999) CHECK(build(shop.facts));
  }
  CHECK(refusal(shop.facts) == "out_of_range at on_hand");
}

TEST_CASE("snapshot: receipts stand by date, whatever order they came in", "[engine][snapshot]") {
  Shop shop;
  for (const char* date : {"2026-03-01", "2026-01-01", "2026-02-01"}) {
    put(shop.facts, model::ReceiptDraft{"B", "W", date, fixture::at(date), fixture::quantity("1")});
  }
  const auto made = built(shop.facts);
  CHECK(made->stock().receipts(0).empty());
  const auto due = made->stock().receipts(1);
  REQUIRE(due.size() == 3);
  CHECK(std::ranges::is_sorted(due, {}, &snapshot::ReceiptDue::date));
}

TEST_CASE(
    "snapshot: documents of one code share a place in both orders, whatever order they came in",
    "[engine][snapshot]") {
  Shop shop;
  for (const auto& [kind, code] : {std::pair{model::DocumentKind::price_list, "10"},
                                   std::pair{model::DocumentKind::agreement, "9"},
                                   std::pair{model::DocumentKind::agreement, "10"},
                                   std::pair{model::DocumentKind::promotion, "010"}}) {
    model::DocumentDraft draft;
    draft.kind = kind;
    draft.code = code;
    put(shop.facts, draft);
  }
  const auto made = built(shop.facts);
  const auto order = [&](model::DocumentKind kind, const char* code) {
    return made->order_of(made->find_document(kind, code).value());
  };
  const auto list = order(model::DocumentKind::price_list, "10");
  const auto agreement = order(model::DocumentKind::agreement, "10");
  CHECK(list.by_number == agreement.by_number);
  CHECK(list.by_text == agreement.by_text);
  CHECK(order(model::DocumentKind::agreement, "9").by_number < list.by_number);
  CHECK(order(model::DocumentKind::agreement, "9").by_text > list.by_text);
  CHECK(order(model::DocumentKind::promotion, "010").by_number > list.by_number);
  CHECK(order(model::DocumentKind::promotion, "010").by_text < list.by_text);
}

TEST_CASE("snapshot: agreements are for the customers they name, or for whoever names them",
          "[engine][snapshot]") {
  Shop shop;
  const std::array<std::string_view, 1> customers{"C"};
  model::CustomerDraft other;
  other.code = "D";
  put(shop.facts, other);
  model::DocumentDraft draft;
  draft.kind = model::DocumentKind::agreement;
  draft.code = "closed";
  draft.customers = customers;
  put(shop.facts, draft);
  const auto made = built(shop.facts);
  const auto closed = made->find_document(model::DocumentKind::agreement, "closed").value();
  const auto open = made->find_document(model::DocumentKind::agreement, "F").value();
  const auto list = made->find_document(model::DocumentKind::price_list, "L").value();
  CHECK(made->may_use(closed, made->find_customer("C").value()));
  CHECK_FALSE(made->may_use(closed, made->find_customer("D").value()));
  CHECK(made->may_use(open, made->find_customer("D").value()));
  CHECK(made->is_agreement(open));
  CHECK_FALSE(made->is_agreement(list));
  CHECK(made->may_use(list, made->find_customer("D").value()));
}

TEST_CASE(
    "snapshot: a list that comes to refuse discounts refuses them for the records it has, and "
    "gives them back",
    "[engine][snapshot]") {
  Shop shop;
  const std::vector<model::KeyText> in_list{{model::Schema::price_list, "L"},
                                            {model::Schema::article, "A"}};
  auto record = shop.price("10");
  record.keys = in_list;
  put(shop.facts, record);
  put(shop.facts, shop.price("11"));
  const auto flags = [&] {
    const auto made = built(shop.facts);
    const auto& index = made->conditions();
    std::vector<int> found;
    for (std::uint32_t i = 0; i < index.record_count(); ++i) {
      if (!index.record(i).document.is_none()) found.push_back(index.terms(index.record(i)).flags);
    }
    return found;
  };
  CHECK(flags() == std::vector<int>{1});
  model::DocumentDraft list;
  list.code = "L";
  list.refuses_discounts = true;
  shop.facts.begin_batch();
  put(shop.facts, list);
  CHECK(flags() == std::vector<int>{0});
  list.refuses_discounts = false;
  shop.facts.begin_batch();
  put(shop.facts, list);
  CHECK(flags() == std::vector<int>{1});
}

TEST_CASE("snapshot: lists that a customer's row no longer names are withdrawn, and can come back",
          "[engine][snapshot]") {
  Shop shop;
  const auto lists_of = [&](std::vector<std::string_view> named) {
    shop.facts.begin_batch();
    model::CustomerDraft customer;
    customer.code = "C";
    customer.price_lists = named;
    put(shop.facts, customer);
    const auto made = built(shop.facts);
    std::string text;
    for (const auto& list : made->customers().lists[made->find_customer("C")->raw()]) {
      text += made->documents()[list.list.raw()].code + std::to_string(list.rank) + " ";
    }
    return text;
  };
  model::DocumentDraft second;
  second.code = "M";
  put(shop.facts, second);
  CHECK(lists_of({"L", "M"}) == "L1 M2 ");
  CHECK(lists_of({"M"}) == "M1 ");
  CHECK(lists_of({}).empty());
  CHECK(lists_of({"M", "L"}) == "L2 M1 ");
}

TEST_CASE("snapshot: an assignment without a rank has its list's, also a later one",
          "[engine][snapshot]") {
  Shop shop;
  model::ListAssignmentDraft assignment;
  assignment.price_list = "L";
  assignment.customer = "C";
  put(shop.facts, assignment);
  const auto rank = [&] {
    const auto made = built(shop.facts);
    return made->customers().lists[0].front().rank;
  };
  CHECK(rank() == 0);
  shop.facts.begin_batch();
  model::DocumentDraft list;
  list.code = "L";
  list.rank = 8;
  put(shop.facts, list);
  CHECK(rank() == 8);
}

TEST_CASE("snapshot: codes come back from ids, and none has no code", "[engine][snapshot]") {
  Shop shop;
  auto record = shop.price("10");
  record.key = "K-1";
  put(shop.facts, record);
  auto row = shop.price("12");
  row.from_quantity = fixture::quantity("5");
  row.line = 17;
  put(shop.facts, row);
  shop.facts.begin_import(3);
  auto imported = shop.price("13");
  imported.from_quantity = fixture::quantity("8");
  imported.line = 17;
  imported.feed = "list_prices";
  put(shop.facts, imported);
  const auto made = built(shop.facts);
  CHECK(made->article_code(made->find_article("B").value()) == "B");
  CHECK(made->customer_code(made->find_customer("C").value()) == "C");
  CHECK(made->currency_code(made->find_currency("EUR").value()) == "EUR");
  CHECK(made->unit_code(made->find_unit("PCE").value()) == "PCE");
  CHECK(made->unit_code(model::UnitId::none()).empty());
  CHECK(made->currency_decimals(made->find_currency("EUR").value()) == 2);
  CHECK(made->record_label(made->conditions().record(0)) == "K-1");
  CHECK(made->record_label(made->conditions().record(1)) == "row 17");
  CHECK(made->record_label(made->conditions().record(2)) == "row 17 (import 3 of list_prices)");
  CHECK(made->memory_bytes() > 0);
}

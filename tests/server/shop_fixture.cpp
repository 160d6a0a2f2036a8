#include "tests/server/shop_fixture.hpp"

#include "engine/model/facts.hpp"
#include "engine/snapshot/builder.hpp"
#include "rules/rule_book.hpp"

#include "tests/catch.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace tests {

using engine::base::Quantity;
using engine::model::Facts;
using engine::model::KeyText;
using engine::model::Schema;

namespace {

constexpr std::string_view shop_procedure = R"json({
  "procedure": "shop",
  "title": "List price less the best offer",
  "fields": {"campaign": {"side": "question"}, "size": {"side": "question", "value": "decimal"}},
  "condition_types": {
    "list_price": {"value": "price"},
    "offer": {"value": "percent"},
    "tax_rate": {"value": "percent"}
  },
  "steps": [
    {"step": "price", "title": "List price",
     "find": {"type": "list_price", "required": true,
              "accesses": [{"access": "agreement", "keys": ["article"], "agreement": "asked"},
                           {"access": "list", "keys": ["article"], "agreement": "none"}],
              "choose": ["highest_threshold"], "tie": "refuse"}},
    {"step": "offer", "title": "Best offer", "statistical": true,
     "find": {"type": "offer", "accesses": [{"keys": ["channel", "article"]}, {"keys": ["campaign", "article"]}],
              "choose": ["highest_value"], "tie": "report"}},
    {"step": "net", "title": "Net price", "amount": "price * (1 - offer.rate)",
     "round": [{"decimals": 4, "mode": "half_up"}]},
    {"step": "line", "title": "Line amount", "amount": "round(extended(net, price), 2, 'half_up')"},
    {"step": "tax", "title": "Tax", "phase": "tax",
     "find": {"type": "tax_rate", "accesses": [{"keys": []}], "required": true},
     "amount": "line * tax.rate", "round": [{"decimals": 2, "mode": "half_up"}]}
  ],
  "answer": {"price": "price", "unit_price": "net", "line_amount": "line",
             "components": {"list_price": "price", "tax": "tax"}, "totals": ["tax"]},
  "quantity": {"returns": ["return"]}
})json";

constexpr std::string_view shop_bands = R"json({
  "availability_bands": [
    {"set": "shop", "expected_band": "expected", "bands": [
      {"band": "none", "symbol": "-", "colour": "red", "schema_org": "OutOfStock", "texts": {"en": "out of stock"}},
      {"band": "few", "from": 1, "texts": {"en": "few left", "sv": "få kvar"}},
      {"band": "many", "from": 20, "schema_org": "InStock", "texts": {"en": "{quantity} or more"}},
      {"band": "expected", "texts": {"en": "expected {date}"}}]}
  ],
  "lookup": [{"set": "shop"}]
})json";

template <class Draft>
void put(Facts& facts, const Draft& draft) {
  const auto done = facts.put(draft);
  if (!done) FAIL(done.error().where + ": " + done.error().detail);
}

void put_masters(Facts& facts) {
  put(facts, engine::model::CurrencyDraft{"EUR", "Euro", 2});
  put(facts, engine::model::CurrencyDraft{"SEK", "Krona", 2});
  const std::array<std::pair<std::string_view, std::string_view>, 6> articles{
      {{"A1", "Spanner"},
       {"A2", "Screw"},
       {"A3", "Lathe"},
       {"A/4", "3/4\" \\ pipe"},
       {"A5", "Twin"},
       {"A6", "Special"}}};
  for (const auto& [code, name] : articles) {
    engine::model::ArticleDraft draft;
    draft.code = code;
    draft.name = name;
    draft.base_unit = "PCE";
    put(facts, draft);
  }
  put(facts, engine::model::ArticleUnitDraft{"A1", "BOX", 12, 1});
  put(facts, engine::model::CustomerGroupDraft{"RING", "Buying ring", "", 0});
  const std::array<std::string_view, 1> ring{"RING"};
  engine::model::CustomerDraft customer;
  customer.code = "C1";
  customer.name = "Andersson";
  customer.currency = "EUR";
  customer.groups = ring;
  put(facts, customer);
  engine::model::CustomerDraft other;
  other.code = "C2";
  put(facts, other);
}

void put_documents(Facts& facts) {
  const std::array<std::string_view, 1> first{"C1"};
  engine::model::DocumentDraft agreement;
  agreement.kind = engine::model::DocumentKind::agreement;
  agreement.code = "AG-1";
  agreement.name = "Frame 2026";
  agreement.customers = first;
  put(facts, agreement);
  engine::model::DocumentDraft offer;
  offer.kind = engine::model::DocumentKind::promotion;
  offer.code = "O-5";
  offer.name = "Spring offer";
  put(facts, offer);
}

engine::base::Decimal decimal(std::string_view text) { return *engine::base::parse_decimal(text); }

// A price of `article`, line by line as a feed would have it.
engine::model::ConditionDraft price(const std::vector<KeyText>& keys, std::string_view value,
                                    std::uint32_t line) {
  engine::model::ConditionDraft draft;
  draft.type = "list_price";
  draft.keys = keys;
  draft.value = decimal(value);
  draft.currency = "EUR";
  draft.unit = "PCE";
  draft.feed = "prices";
  draft.line = line;
  return draft;
}

void put_prices(Facts& facts) {
  const auto of = [](std::string_view article) {
    return std::vector<KeyText>{{Schema::article, article}};
  };
  const auto a1 = of("A1");
  put(facts, price(a1, "10.00", 2));
  const auto a2 = of("A2");
  auto per_hundred = price(a2, "234.50", 3);
  per_hundred.price_unit = 100;
  put(facts, per_hundred);
  const auto a4 = of("A/4");
  put(facts, price(a4, "1.00", 4));
  auto agreed = price(a4, "0.80", 5);
  agreed.agreement = "AG-1";
  put(facts, agreed);
  const auto a5 = of("A5");
  auto twin = price(a5, "5.00", 6);
  twin.key = "twin-1";
  put(facts, twin);
  twin.key = "twin-2";
  twin.value = decimal("6.00");
  put(facts, twin);
  const auto a6 = of("A6");
  auto on_request = price(a6, "0", 7);
  on_request.flags_set = engine::model::flag_bit(Schema::price_on_request);
  put(facts, on_request);
}

void put_offer_and_tax(Facts& facts) {
  const std::vector<KeyText> keys{{Schema::channel, "web"}, {Schema::article, "A1"}};
  engine::model::ConditionDraft offer;
  offer.type = "offer";
  offer.keys = keys;
  offer.value = decimal("5");
  offer.promotion = "O-5";
  offer.from_quantity = Quantity::whole(10);
  offer.validity = {*engine::base::civil(2026, 1, 1), *engine::base::civil(2026, 7, 1)};
  offer.feed = "offers";
  offer.line = 2;
  put(facts, offer);
  engine::model::ConditionDraft tax;
  tax.type = "tax_rate";
  tax.value = decimal("20");
  tax.feed = "taxes";
  tax.line = 2;
  put(facts, tax);
}

void put_stock(Facts& facts) {
  put(facts, engine::model::WarehouseDraft{"W1", "Main"});
  put(facts, engine::model::StockDraft{"A1", "W1", Quantity::whole(25), {}});
  put(facts, engine::model::StockDraft{"A2", "W1", Quantity::whole(3), {}});
  put(facts, engine::model::ReceiptDraft{"A3", "W1", "PO-1", *engine::base::civil(2026, 3, 12),
                                         Quantity::whole(40)});
}

}  // namespace

std::shared_ptr<const engine::snapshot::Snapshot> small_shop(
    std::uint64_t generation, std::vector<engine::snapshot::FeedStamp> stamps) {
  Facts facts;
  const std::vector<rules::RuleDocument> documents{{"shop.json", std::string{shop_procedure}},
                                                   {"bands.json", std::string{shop_bands}}};
  const auto compiled = rules::compile(documents, facts.schema);
  for (const auto& fault : compiled.faults) UNSCOPED_INFO(fault.where + ": " + fault.detail);
  REQUIRE(compiled.faults.empty());
  facts.begin_batch();
  put_masters(facts);
  put_documents(facts);
  put_prices(facts);
  put_offer_and_tax(facts);
  put_stock(facts);
  engine::snapshot::SnapshotBuilder builder{facts, compiled.rules, generation};
  builder.set_feed_stamps(std::move(stamps));
  auto snapshot = builder.build();
  if (!snapshot) FAIL(snapshot.error().where + ": " + snapshot.error().detail);
  return *snapshot;
}

}  // namespace tests

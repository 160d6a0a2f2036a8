// What conditions in records cost: 10, 100 or 1,000 promotions under one key, each with a condition
// over the article's brand, the channel and the quantity, of which 10 can still apply to a line.
// Before it is timed, every line is held against the amount that the promotions' own numbers give.
#include "bench/micro/faults.hpp"
#include "bench/micro/small_shop.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace bench::micro {

namespace {

namespace model = engine::model;
using engine::base::Decimal;

constexpr int brands = 100;
constexpr int articles_of_brand = 50;
constexpr int promotions_of_brand = 10;

constexpr const char* rules_text = R"json({
  "procedure": "promotions",
  "fields": {"brand": {"side": "article"}},
  "condition_types": {"price": {"value": "price"},
                      "promotion": {"value": "percent"}},
  "steps": [
    {"step": "price", "find": {"type": "price", "accesses": [{"keys": ["article"]}], "required": true}},
    {"step": "promotion", "find": {"type": "promotion", "accesses": [{"keys": []}],
                                   "choose": ["highest_value", "record_text"]}},
    {"step": "net", "amount": "price * (1 - promotion.rate)", "round": [{"decimals": 2, "mode": "half_up"}]},
    {"step": "line", "amount": "net * quantity", "round": [{"decimals": 2, "mode": "half_up"}]}],
  "answer": {"price": "price", "unit_price": "net", "line_amount": "line"}})json";

std::string article(int brand, int number) {
  return "A" + std::to_string(brand) + "-" + std::to_string(number);
}

void put_articles(model::Facts& facts) {
  const auto brand_field = *facts.schema.find_field("brand");
  for (int brand = 0; brand < brands; ++brand) {
    const std::string name = "brand " + std::to_string(brand);
    const std::array<model::AttributeText, 1> attributes{{{brand_field, name}}};
    for (int number = 0; number < articles_of_brand; ++number) {
      const std::string code = article(brand, number);
      put_article(facts, code, attributes);
      const std::array<model::KeyText, 1> keys{{{model::Schema::article, code}}};
      model::ConditionDraft price;
      price.type = "price";
      price.keys = keys;
      price.currency = "EUR";
      price.value = Decimal{1'000 + number, 2};
      put(facts.put(price));
    }
  }
}

// Those of the first brand first: they are the ones that can apply.
void put_promotions(model::Facts& facts, int count) {
  for (int i = 0; i < count; ++i) {
    const std::string key = "promotion " + std::to_string(i);
    const std::string when =
        "brand == 'brand " + std::to_string(i / promotions_of_brand) +
        "' && channel == 'web' && quantity >= " + std::to_string(1 + i % promotions_of_brand);
    model::ConditionDraft draft;
    draft.type = "promotion";
    draft.feed = "promotions";
    draft.key = key;
    draft.when = when;
    draft.value = Decimal{1 + i % promotions_of_brand, 0};
    put(facts.put(draft));
  }
}

const Shop& shop_with(int promotions) {
  static std::map<int, Shop> made;
  Shop& shop = made[promotions];
  if (shop.snapshot) return shop;
  std::vector<ShopLine> lines;
  for (int i = 0; i < articles_of_brand; ++i) lines.push_back({article(0, i), 1 + i % 12});
  const auto fill = [&](model::Facts& facts) {
    put_articles(facts);
    put_promotions(facts, promotions);
  };
  shop = make_shop(rules_text, fill, lines, {{"channel", "web"}});
  return shop;
}

void ten_that_apply_among(benchmark::State& state) {
  std::vector<std::int64_t> line_cents;
  for (int i = 0; i < articles_of_brand; ++i) {
    const int quantity = 1 + i % 12;
    const int percent = std::min(quantity, promotions_of_brand);
    line_cents.push_back(((1'000 + i) * (100 - percent) + 50) / 100 * quantity);
  }
  price_basket(state, shop_with(static_cast<int>(state.range(0))), line_cents);
}

}  // namespace

BENCHMARK(ten_that_apply_among)->ArgName("small/promotions")->Arg(10)->Arg(100)->Arg(1'000);

}  // namespace bench::micro

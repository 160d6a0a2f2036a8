// What conditions in records cost: 10, 100 or 1,000 promotions under one key, each with a condition
// over the article's brand, the channel and the quantity, of which 10 can still apply to a line.
// Before it is timed, every line is held against the price that the promotions' own numbers give.
#include "engine/base/date.hpp"
#include "engine/model/facts.hpp"
#include "engine/price/evaluator.hpp"
#include "engine/quote/question.hpp"
#include "engine/snapshot/builder.hpp"
#include "rules/record_texts.hpp"
#include "rules/rule_book.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bench::micro {

namespace {

namespace model = engine::model;
using engine::base::Decimal;
using engine::quote::Question;

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

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "netto_bench: %s\n", why.c_str());
  std::exit(1);
}

template <class T>
T taken(engine::base::Result<T> result) {
  if (!result) give_up(result.error().where + ": " + result.error().detail);
  return std::move(result).value();
}

void put(const engine::base::Result<void>& result) {
  if (!result) give_up(result.error().where + ": " + result.error().detail);
}

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
      model::ArticleDraft draft;
      draft.code = code;
      draft.attributes = attributes;
      put(facts.put(draft));
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

struct Shop {
  std::shared_ptr<const engine::snapshot::Snapshot> snapshot;
  Question question;
};

Question question_of(const engine::snapshot::Snapshot& snapshot) {
  engine::quote::QuoteRequest request;
  request.customer = "C";
  request.fields = {{"channel", "web"}};
  std::vector<std::string> codes;
  std::vector<std::string> quantities;
  for (int i = 0; i < articles_of_brand; ++i) {
    codes.push_back(article(0, i));
    quantities.push_back(std::to_string(1 + i % 12));
  }
  for (std::size_t i = 0; i < codes.size(); ++i) {
    engine::quote::LineRequest line;
    line.article = codes[i];
    line.quantity = quantities[i];
    request.lines.push_back(line);
  }
  return taken(engine::quote::resolve(snapshot, request, engine::base::CivilMinutes{0}));
}

void verify(const Shop& shop) {
  engine::price::Scratch scratch;
  engine::price::PricedLines plain;
  engine::price::PricedLines explained;
  std::vector<engine::price::LineTrace> traces;
  const engine::price::Task task{shop.snapshot.get(), shop.question.procedure,
                                 &shop.question.header, shop.question.lines};
  engine::price::evaluate(task, scratch, plain);
  engine::price::explain(task, scratch, explained, traces);
  for (std::size_t i = 0; i < plain.lines.size(); ++i) {
    const auto percent = static_cast<int>(std::min<std::size_t>(i % 12 + 1, promotions_of_brand));
    const auto price = static_cast<int>(1'000 + i);
    const int net = (price * (100 - percent) + 50) / 100;
    if (plain.lines[i].unit_price.mantissa != net || explained.lines[i].unit_price.mantissa != net)
      give_up("line " + std::to_string(i) + " of the promotions has another price");
  }
}

const Shop& shop_with(int promotions) {
  static std::map<int, Shop> made;
  Shop& shop = made[promotions];
  if (shop.snapshot) return shop;
  model::Facts facts;
  facts.set_compiler(std::make_shared<rules::RecordTexts>());
  const std::vector<rules::RuleDocument> documents{{"promotions.json", rules_text}};
  auto compiled = rules::compile(documents, facts.schema);
  if (!compiled.rules) give_up("the rules of the promotions do not compile");
  put(facts.put(model::CurrencyDraft{"EUR", "Euro", 2}));
  model::CustomerDraft customer;
  customer.code = "C";
  customer.currency = "EUR";
  put(facts.put(customer));
  put_articles(facts);
  put_promotions(facts, promotions);
  shop.snapshot = taken(engine::snapshot::SnapshotBuilder{facts, compiled.rules, 1}.build());
  shop.question = question_of(*shop.snapshot);
  verify(shop);
  return shop;
}

void ten_that_apply_among(benchmark::State& state) {
  const Shop& shop = shop_with(static_cast<int>(state.range(0)));
  engine::price::Scratch scratch;
  engine::price::PricedLines priced;
  std::uint64_t checksum = 0;
  for (auto _ : state) {
    engine::price::evaluate(
        {shop.snapshot.get(), shop.question.procedure, &shop.question.header, shop.question.lines},
        scratch, priced);
    for (const auto& line : priced.lines)
      checksum += static_cast<std::uint64_t>(line.unit_price.mantissa);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * articles_of_brand);
  state.SetLabel("checksum " + std::to_string(checksum % 1'000'000'007));
}

}  // namespace

BENCHMARK(ten_that_apply_among)->ArgName("small/promotions")->Arg(10)->Arg(100)->Arg(1'000);

}  // namespace bench::micro

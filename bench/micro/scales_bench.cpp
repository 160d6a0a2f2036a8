// What tiers cost: a basket of 50 lines over articles whose price has 1, 5, 20 or 100 tiers - as
// records of one key with a threshold each, and as the own scale of one record, whole and graduated.
// Before it is timed, every line is held against the amount that the tiers' own numbers give.
#include "bench/micro/faults.hpp"
#include "bench/micro/small_shop.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace bench::micro {

namespace {

namespace model = engine::model;
using engine::base::Decimal;
using engine::base::Quantity;

constexpr int articles = 50;
constexpr std::int64_t tier_units = 7;  // from one tier to the next

enum class Tiers : std::uint8_t { thresholds, whole, graduated };

constexpr const char* unit_price_rules = R"json({
  "procedure": "tiers",
  "condition_types": {"price": {"value": "price"}},
  "steps": [
    {"step": "price", "find": {"type": "price", "accesses": [{"keys": ["article"]}], "required": true,
                               "choose": ["highest_threshold"]}},
    {"step": "line", "amount": "price * quantity", "round": [{"decimals": 2, "mode": "half_up"}]}],
  "answer": {"price": "price", "unit_price": "price", "line_amount": "line"}})json";

constexpr const char* own_scale_rules = R"json({
  "procedure": "tiers",
  "condition_types": {"price": {"value": "price"}},
  "steps": [
    {"step": "price", "find": {"type": "price", "accesses": [{"keys": ["article"]}], "required": true}},
    {"step": "line", "amount": "round(scaled(price), 2, 'half_up')"}],
  "answer": {"price": "price", "unit_price": "price", "line_amount": "line"}})json";

std::int64_t cents_of(int article, std::int64_t tier) { return 5'000 + article - 10 * tier; }

std::int64_t quantity_of(int article, std::int64_t tiers) {
  return 1 + article * tiers * tier_units / articles;
}

std::string code_of(int article) { return "A" + std::to_string(article); }

void put_thresholds(model::Facts& facts, model::ConditionDraft draft, int article,
                    std::int64_t tiers) {
  for (std::int64_t tier = 0; tier < tiers; ++tier) {
    draft.value = Decimal{cents_of(article, tier), 2};
    draft.from_quantity = Quantity::whole(tier * tier_units);
    put(facts.put(draft));
  }
}

void put_scale(model::Facts& facts, model::ConditionDraft draft, int article, std::int64_t tiers) {
  std::string text;
  for (std::int64_t tier = 0; tier < tiers; ++tier) {
    if (tier > 0) text += "; ";
    text += engine::base::to_string(Decimal{cents_of(article, tier), 2});
    if (tier > 0) text += " from " + std::to_string(tier * tier_units);
  }
  draft.scale = text;
  put(facts.put(draft));
}

void put_prices(model::Facts& facts, Tiers kind, std::int64_t tiers) {
  for (int article = 0; article < articles; ++article) {
    const std::string code = code_of(article);
    put_article(facts, code);
    const std::array<model::KeyText, 1> keys{{{model::Schema::article, code}}};
    model::ConditionDraft draft;
    draft.type = "price";
    draft.keys = keys;
    draft.currency = "EUR";
    draft.scale_kind =
        kind == Tiers::graduated ? model::ScaleKind::graduated : model::ScaleKind::whole;
    (kind == Tiers::thresholds ? put_thresholds : put_scale)(facts, draft, article, tiers);
  }
}

// Slice by slice where graduated; else all at the price of the tier reached.
std::int64_t line_cents_of(Tiers kind, int article, std::int64_t tiers) {
  const std::int64_t quantity = quantity_of(article, tiers);
  const std::int64_t reached = std::min(quantity / tier_units, tiers - 1);
  if (kind != Tiers::graduated) return cents_of(article, reached) * quantity;
  std::int64_t sum = cents_of(article, reached) * (quantity - reached * tier_units);
  for (std::int64_t tier = 0; tier < reached; ++tier) sum += cents_of(article, tier) * tier_units;
  return sum;
}

void scales(benchmark::State& state, Tiers kind) {
  const std::int64_t tiers = state.range(0);
  std::vector<ShopLine> lines;
  std::vector<std::int64_t> line_cents;
  for (int article = 0; article < articles; ++article) {
    lines.push_back({code_of(article), quantity_of(article, tiers)});
    line_cents.push_back(line_cents_of(kind, article, tiers));
  }
  const Shop shop = make_shop(
      kind == Tiers::thresholds ? unit_price_rules : own_scale_rules,
      [&](model::Facts& facts) { put_prices(facts, kind, tiers); }, lines);
  price_basket(state, shop, line_cents);
}

}  // namespace

BENCHMARK_CAPTURE(scales, thresholds, Tiers::thresholds)
    ->ArgName("tiers")
    ->Arg(1)
    ->Arg(5)
    ->Arg(20)
    ->Arg(100);
BENCHMARK_CAPTURE(scales, whole, Tiers::whole)->ArgName("tiers")->Arg(1)->Arg(5)->Arg(20)->Arg(100);
BENCHMARK_CAPTURE(scales, graduated, Tiers::graduated)
    ->ArgName("tiers")
    ->Arg(1)
    ->Arg(5)
    ->Arg(20)
    ->Arg(100);

}  // namespace bench::micro

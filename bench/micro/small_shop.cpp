#include "bench/micro/small_shop.hpp"

#include "engine/price/evaluator.hpp"
#include "engine/snapshot/builder.hpp"
#include "rules/record_texts.hpp"
#include "rules/rule_book.hpp"

#include "bench/micro/faults.hpp"

namespace bench::micro {

namespace model = engine::model;

namespace {

engine::price::Task task_of(const Shop& shop) {
  return {shop.snapshot.get(), shop.question.procedure, &shop.question.header, shop.question.lines};
}

void hold(const engine::price::PricedLines& priced, const std::vector<std::int64_t>& line_cents) {
  for (std::size_t i = 0; i < line_cents.size(); ++i) {
    const auto& line = priced.lines.at(i);
    if (line.outcome != model::Outcome::priced || line.line_amount.decimals != 2 ||
        line.line_amount.mantissa != line_cents[i])
      give_up("line " + std::to_string(i) + " of the small shop has another amount");
  }
}

void verify(const Shop& shop, const std::vector<std::int64_t>& line_cents) {
  engine::price::Scratch scratch;
  engine::price::PricedLines priced;
  std::vector<engine::price::LineTrace> traces;
  engine::price::evaluate(task_of(shop), scratch, priced);
  hold(priced, line_cents);
  engine::price::explain(task_of(shop), scratch, priced, traces);
  hold(priced, line_cents);
}

}  // namespace

Shop make_shop(const char* rules, const std::function<void(model::Facts&)>& fill,
               const std::vector<ShopLine>& lines,
               std::vector<std::pair<std::string_view, std::string_view>> fields) {
  model::Facts facts;
  facts.set_compiler(std::make_shared<rules::RecordTexts>());
  const std::vector<rules::RuleDocument> documents{{"small_shop.json", rules}};
  const auto compiled = rules::compile(documents, facts.schema);
  if (!compiled.rules)
    give_up(compiled.faults.front().where + ": " + compiled.faults.front().detail);
  put(facts.put(model::CurrencyDraft{"EUR", "Euro", 2}));
  model::CustomerDraft customer;
  customer.code = "C";
  customer.currency = "EUR";
  put(facts.put(customer));
  fill(facts);
  Shop shop;
  shop.snapshot = taken(engine::snapshot::SnapshotBuilder{facts, compiled.rules, 1}.build());

  engine::quote::QuoteRequest request;
  request.customer = customer.code;
  request.fields = std::move(fields);
  std::vector<std::string> quantities;
  for (const ShopLine& line : lines) quantities.push_back(std::to_string(line.quantity));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    engine::quote::LineRequest& line = request.lines.emplace_back();
    line.article = lines[i].article;
    line.quantity = quantities[i];
  }
  shop.question =
      taken(engine::quote::resolve(*shop.snapshot, request, engine::base::CivilMinutes{0}));
  return shop;
}

void put_article(model::Facts& facts, std::string_view code,
                 std::span<const model::AttributeText> attributes) {
  model::ArticleDraft draft;
  draft.code = code;
  draft.attributes = attributes;
  put(facts.put(draft));
}

void price_basket(benchmark::State& state, const Shop& shop,
                  const std::vector<std::int64_t>& line_cents) {
  verify(shop, line_cents);
  std::uint64_t sum = 0;
  for (const std::int64_t cents : line_cents) sum += static_cast<std::uint64_t>(cents);
  const Expected expected{sum};
  Round round{expected};
  engine::price::Scratch scratch;
  engine::price::PricedLines priced;
  for (auto _ : state) {
    engine::price::evaluate(task_of(shop), scratch, priced);
    std::uint64_t got = 0;
    for (const auto& line : priced.lines)
      got += static_cast<std::uint64_t>(line.line_amount.mantissa);
    round.take(got);
  }
  round.report(state, state.iterations() * static_cast<std::int64_t>(line_cents.size()));
}

}  // namespace bench::micro

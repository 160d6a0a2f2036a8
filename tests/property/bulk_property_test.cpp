// Price lists of many customers against single questions in line scope: over made-up companies, and
// over companies whose procedure is of the kind that lists price without the evaluator.
#include "engine/base/parallel.hpp"
#include "engine/price/evaluator.hpp"
#include "engine/quote/bulk_list.hpp"

#include "tests/catch.hpp"
#include "tests/property/made_case.hpp"

#include <mutex>
#include <set>

namespace {

namespace quote = engine::quote;
using engine::model::Outcome;
using oracle::Ask;
using property::Case;
using property::Draw;

struct Price {
  Outcome outcome = Outcome::priced;
  engine::base::Int128 mantissa = 0;
  int decimals = 0;
  std::uint32_t record = 0;
  engine::base::CivilMinutes until;

  friend bool operator==(const Price&, const Price&) = default;
};

// By customer, then article.
class Collector final : public quote::BulkSink {
 public:
  Collector(std::size_t customers, std::size_t articles)
      : prices(customers, std::vector<Price>(articles)) {}

  void take(const quote::BulkTask& task, const engine::price::BulkPrices& from,
            int decimals) override {
    const std::lock_guard lock{mutex_};
    for (std::size_t i = 0; i < from.outcomes.size(); ++i) {
      Price& to = prices[task.customer][from.first_article + i];
      to.outcome = from.outcomes[i];
      if (!from.untils.empty()) to.until = from.untils[i];
      if (to.outcome != Outcome::priced) continue;
      to.mantissa = from.wide_prices.empty() ? engine::base::Int128{from.unit_prices[i]}
                                             : from.wide_prices[i];
      to.decimals = decimals;
      if (!from.records.empty()) to.record = from.records[i];
    }
  }

  bool end(const quote::BulkTask& task) override {
    const std::lock_guard lock{mutex_};
    return numbers_.insert(task.number).second;
  }

  std::vector<std::vector<Price>> prices;

 private:
  std::mutex mutex_;
  std::set<std::uint64_t> numbers_;
};

std::vector<std::vector<Price>> list_of(const quote::BulkList& list, quote::BulkWay way) {
  Collector collector{list.customers.size(), list.snapshot->articles().base_units.size()};
  quote::bulk_list(list, collector, way);
  return collector.prices;
}

// The same by single questions.
std::vector<Price> singles_of(const quote::BulkList& list, const quote::Question& header) {
  const auto& snapshot = *list.snapshot;
  engine::price::Scratch scratch;
  engine::price::PricedLines priced;
  std::vector<Price> made;
  for (std::uint32_t article = 0; article < snapshot.articles().base_units.size(); ++article) {
    engine::price::Line line;
    line.article = engine::model::ArticleId{article};
    line.quantity = list.quantity;
    line.unit = snapshot.articles().base_units[article];
    line.date = header.date;
    engine::price::evaluate({&snapshot, header.procedure, &header.header, {&line, 1}, true},
                            scratch, priced);
    const auto& one = priced.lines.front();
    Price& price = made.emplace_back();
    price.outcome = one.outcome;
    price.until = one.valid_until;
    if (one.outcome != Outcome::priced) continue;
    price.mantissa = one.unit_price.mantissa;
    price.decimals = one.unit_price.decimals;
    price.record = one.record;
  }
  return made;
}

void hold(const Case& made, Draw& draw, std::size_t& fast, std::size_t& general) {
  const auto& snapshot = made.engine->snapshot();
  const std::string quantity = draw.of(std::vector<std::string>{"1", "10", "0.5", "12", "100"});
  const Ask any = make_ask(made.world, draw, 1);
  std::vector<quote::Question> headers;
  for (const auto& customer : made.world.customers) {
    Ask ask = any;
    ask.customer = customer.code;
    ask.lines.clear();
    auto header = made.engine->question(ask);
    if (header) headers.push_back(*std::move(header));
  }
  quote::BulkList list{&snapshot, headers,
                       *engine::base::Quantity::exactly(*engine::base::parse_decimal(quantity))};
  std::erase_if(headers, [&](const quote::Question& header) {
    return list.quantity > snapshot.procedures()[header.procedure].rule->quantity.maximum;
  });
  list.customers = headers;
  const auto bulk = list_of(list, quote::BulkWay::fastest);
  const auto evaluated = list_of(list, quote::BulkWay::by_evaluator);
  list.asks_until = false;
  const auto short_of = list_of(list, quote::BulkWay::fastest);
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const auto& procedure = snapshot.procedures()[headers[i].procedure];
    ++(engine::price::bulk_procedure(procedure, list.quantity, true) ? fast : general);
    const auto singles = singles_of(list, headers[i]);
    for (std::size_t article = 0; article < singles.size(); ++article) {
      INFO("customer "
           << i << ", article " << article << ", quantity " << quantity << ": "
           << outcome_name(bulk[i][article].outcome) << " "
           << engine::base::to_string(
                  {bulk[i][article].mantissa, static_cast<std::uint8_t>(bulk[i][article].decimals)})
           << ", single " << outcome_name(singles[article].outcome) << " "
           << engine::base::to_string(
                  {singles[article].mantissa, static_cast<std::uint8_t>(singles[article].decimals)})
           << ", records " << bulk[i][article].record << " and " << singles[article].record
           << ", until " << bulk[i][article].until.raw() << " and "
           << singles[article].until.raw());
      REQUIRE(bulk[i][article] == singles[article]);
      REQUIRE(evaluated[i][article] == singles[article]);
      Price without = singles[article];
      without.until = {};
      REQUIRE(short_of[i][article] == without);
    }
  }
}

// Steps that find plain records, formulas of 64 bits over them: what is drawn is how they are found,
// chosen and combined.
std::string simple_rules(Draw& draw) {
  const auto any = [&](std::vector<std::string> of) { return draw.of(of); };
  const std::string accesses = any(
      {R"("search": "first", "accesses": [{"type": "price", "keys": ["customer", "article"]}, {"type": "price", "keys": ["price_list", "article"]}, {"type": "price", "keys": ["article_group"]}, {"type": "price", "keys": ["article"]}])",
       R"("search": "all", "accesses": [{"type": "price", "keys": ["article"]}, {"type": "price", "keys": ["price_list", "article"]}, {"type": "price", "keys": ["customer", "article"]}])",
       R"("search": "first", "accesses": [{"type": "price", "keys": ["article_group"]}, {"type": "price", "keys": ["article"]}, {"type": "price", "keys": []}])",
       R"("search": "all", "accesses": [{"type": "price", "keys": ["customer_group", "article_group"]}, {"type": "price", "keys": ["customer_group", "article"]}, {"type": "price", "keys": ["article"]}])"});
  const std::string choose =
      any({R"(["rank", "highest_threshold", "lowest_value"])",
           R"(["highest_threshold", "lowest_value"])", R"(["lowest_value"])",
           R"(["nearest", "newest_start", "highest_value"])", R"(["most_fields", "rank"])"});
  const std::string tie = any({R"("refuse")", R"("report")"});
  const std::string when =
      any({"", R"("when": "price.discountable", )", R"("when": "price > 10", )",
           R"("when": "quantity >= 5 && price.discountable", )"});
  const std::string amount =
      any({"price * (1 - discount.rate)", "max(price - price * discount.rate, 1)",
           "price > 20 ? price * (1 - discount.rate) : price",
           "round(price / (1 + discount.rate), 4, 'half_even')", "round(price, 1, 'down')"});
  const std::string mode = any({R"("half_up")", R"("half_even")", R"("down")", R"("up")"});
  return R"({"procedure": "p", "fields": {"tier": {"side": "question"}, "region": {"side": "party"}, "brand": {"side": "article"}},
    "condition_types": {
      "price": {"value": "price", "flags": ["discountable"]}, "discount": {"value": "percent"}},
    "steps": [
      {"step": "price", "find": {)" +
         accesses + R"(, "choose": )" + choose + R"(, "tie": )" + tie + R"(, "required": )" +
         any({"true", "false"}) + R"(}},
      {"step": "discount", )" +
         when + R"("find": {"type": "discount", "search": )" + any({R"("all")", R"("first")"}) +
         R"(, "accesses": [{"keys": ["customer", "article_group"]}, {"keys": ["customer_group", "article"]}, {"keys": ["article_group"]}],
          "choose": [)" +
         any({R"("highest_value")", R"("lowest_value")", R"("nearest", "highest_value")"}) +
         R"(], "tie": "report"}, "statistical": true},
      {"step": "unit_price", "amount": ")" +
         amount + R"rules(", "round": [{"decimals": 2, "mode": )rules" + mode + R"rules(}]},
      {"step": "line_amount", "amount": "round(extended(unit_price, price), 2, 'half_up')"}],
    "answer": {"price": "price", "unit_price": "unit_price", "line_amount": "line_amount"}})rules";
}

}  // namespace

TEST_CASE("property: lists of many customers have the prices of single questions", "[property]") {
  std::size_t fast = 0;
  std::size_t general = 0;
  property::each_case(20'261'122, 150, property::Language::any, [&](const Case& made) {
    Draw draw{made.seed ^ 31U};
    for (int i = 0; i < 2; ++i) hold(made, draw, fast, general);
  });
  WARN(fast << " lists by single records, " << general << " by the evaluator");
  CHECK(general > 0);
}

TEST_CASE("property: lists by single records have the prices of single questions", "[property]") {
  std::size_t fast = 0;
  std::size_t general = 0;
  const std::uint64_t seed = property::seed_or(20'261'123);
  const std::size_t count = property::cases_or(400);
  for (std::size_t i = 0; i < count; ++i) {
    Case made;
    made.seed = property::case_seed(seed, i);
    INFO("NETTO_SEED=" << made.seed << " NETTO_CASES=1");
    Draw draw{made.seed};
    made.documents = {simple_rules(draw)};
    INFO(property::all_of(made.documents));
    made.rules = oracle::read_rules(made.documents);
    property::WorldPlan plan;
    plan.records = draw.between(30, 300);
    plan.decimals_max = 2;
    made.world = make_world(made.rules, plan, draw);
    made.engine.emplace(made.world, made.documents);
    for (int j = 0; j < 3; ++j) hold(made, draw, fast, general);
  }
  WARN(fast << " lists by single records, " << general << " by the evaluator");
  CHECK((count == 1 || fast > general));
}

#include "engine/quote/bulk_list.hpp"

#include "engine/base/parallel.hpp"

#include "tests/engine/support/price_fixture.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <set>

namespace model = engine::model;
namespace quote = engine::quote;
using oracle::World;

namespace {

const std::string list_rules = fixture::price_rules(
    R"("accesses": [{"keys": ["customer", "article"]}, {"keys": ["price_list", "article"]}, {"keys": ["article_group"]}, {"keys": ["article"]}],
       "choose": ["highest_threshold", "lowest_value"])");

// `count` articles; every third has a price of the customer, every fifth one in the list, every
// seventh a group's.
World large(std::size_t count) {
  World world = fixture::shop();
  world.articles.clear();
  const auto add = [&](const std::string& article, oracle::Pairs keys, std::size_t value) {
    auto record = fixture::price("", std::to_string(value));
    record.keys = std::move(keys);
    record.line = static_cast<std::uint32_t>(world.records.size() + 1);
    world.records.push_back(record);
    return article;
  };
  for (std::size_t i = 0; i < count; ++i) {
    const std::string code = "N" + std::to_string(i);
    world.articles.push_back({code, "PCE", {}, {}, {}, "0"});
    if (i % 7 == 3) world.articles.back().groups = {i % 2 == 0 ? "G1" : "G2"};
    if (i % 3 == 0) add(code, {{"customer", "C"}, {"article", code}}, i);
    if (i % 5 == 0) add(code, {{"price_list", "L"}, {"article", code}}, i + 1);
    if (i % 11 < 6) add(code, {{"article", code}}, i + 2);
  }
  add("", {{"article_group", "G1"}}, 7);
  return world;
}

struct Price {
  model::Outcome outcome = model::Outcome::priced;
  engine::base::Int128 mantissa = 0;
  std::uint32_t record = 0;

  friend bool operator==(const Price&, const Price&) = default;
};

// What a list hands over: tasks and their prices in whatever order, here brought into that of the
// articles.
class Listed final : public quote::BulkSink {
 public:
  explicit Listed(std::size_t articles) : prices(articles), taken(articles) {}

  void take(const quote::BulkTask& task, const engine::price::BulkPrices& from,
            int /*decimals*/) override {
    const std::lock_guard lock{mutex_};
    for (std::size_t i = 0; i < from.outcomes.size(); ++i) {
      const std::size_t article = from.first_article + i;
      CHECK(article / quote::bulk_task_articles == task.number);
      ++taken.at(article);
      Price& to = prices.at(article);
      to.outcome = from.outcomes[i];
      if (to.outcome != model::Outcome::priced) continue;
      to.mantissa = from.wide_prices.empty() ? engine::base::Int128{from.unit_prices[i]}
                                             : from.wide_prices[i];
      to.record = from.records[i];
    }
  }

  bool end(const quote::BulkTask& task) override {
    const std::lock_guard lock{mutex_};
    CHECK(tasks.insert(task.number).second);
    return true;
  }

  std::vector<Price> prices;
  std::vector<int> taken;  // how often each article came
  std::set<std::uint64_t> tasks;

 private:
  std::mutex mutex_;
};

quote::BulkList bulk_of(const oracle::Engine& engine, std::span<const quote::Question> headers) {
  return {&engine.snapshot(), headers, engine::base::Quantity::whole(1), {}, false, true};
}

std::unique_ptr<Listed> list_of(const oracle::Engine& engine, const quote::Question& header,
                                quote::BulkWay way) {
  auto listed = std::make_unique<Listed>(engine.snapshot().articles().base_units.size());
  quote::bulk_list(bulk_of(engine, std::span{&header, 1}), *listed, way);
  return listed;
}

oracle::Ask ask_for_all(std::size_t count, const char* quantity) {
  auto ask = fixture::ask_for("");
  ask.lines.clear();
  for (std::size_t i = 0; i < count; ++i)
    ask.lines.push_back({"N" + std::to_string(i), quantity, "", "", {}});
  return ask;
}

}  // namespace

TEST_CASE("bulk list: tasks cover all articles once, the last one what is left",
          "[engine][quote]") {
  constexpr std::size_t full = quote::bulk_task_articles;
  for (const std::size_t count :
       {std::size_t{1}, std::size_t{63}, std::size_t{64}, std::size_t{65}, std::size_t{1'024},
        std::size_t{1'025}, std::size_t{4'097}, full, full + 1}) {
    const oracle::Engine engine{large(count), std::vector<std::string>{list_rules}};
    const auto header = engine.question(ask_for_all(0, "1")).value();
    CHECK(quote::bulk_tasks(bulk_of(engine, std::span{&header, 1})) == (count + full - 1) / full);
    for (const auto way : {quote::BulkWay::fastest, quote::BulkWay::by_evaluator}) {
      const auto listed = list_of(engine, header, way);
      CHECK(listed->tasks.size() == (count + full - 1) / full);
      CHECK(*listed->tasks.rbegin() == (count - 1) / full);
      CHECK(std::ranges::count(listed->taken, 1) == static_cast<std::ptrdiff_t>(count));
    }
  }
}

TEST_CASE(
    "bulk list: nine thousand articles cost what nine thousand single questions say, on one "
    "worker or on all",
    "[engine][quote]") {
  constexpr std::size_t count = 9'000;
  const oracle::Engine engine{large(count), std::vector<std::string>{list_rules}};
  const auto question = engine.question(ask_for_all(count, "1")).value();
  const auto single = engine.answer(question, quote::Detail::plain);
  for (const auto way : {quote::BulkWay::fastest, quote::BulkWay::by_evaluator}) {
    const auto listed = list_of(engine, question, way);
    std::size_t priced = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const auto& wanted = single.priced.lines[i];
      const Price& price = listed->prices[question.lines[i].article.raw()];
      REQUIRE(price.outcome == wanted.outcome);
      if (wanted.outcome != model::Outcome::priced) continue;
      REQUIRE(price.mantissa == wanted.unit_price.mantissa);
      REQUIRE(price.record == wanted.record);
      ++priced;
    }
    CHECK(priced > count / 2);
    CHECK(priced < count);
    const engine::base::WorkerLimit one_worker{1};
    CHECK(list_of(engine, question, way)->prices == listed->prices);
  }
}

TEST_CASE("bulk list: an empty shop has an empty list", "[engine][quote]") {
  World world = fixture::shop();
  world.articles.clear();
  const oracle::Engine engine{world, std::vector<std::string>{list_rules}};
  const auto header = engine.question(ask_for_all(0, "1")).value();
  CHECK(quote::bulk_tasks(bulk_of(engine, std::span{&header, 1})) == 0);
  CHECK(list_of(engine, header, quote::BulkWay::fastest)->tasks.empty());
}

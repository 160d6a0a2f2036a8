#include "engine/quote/price_list.hpp"

#include "engine/base/parallel.hpp"

#include "tests/engine/support/price_fixture.hpp"

#include <map>
#include <mutex>

namespace quote = engine::quote;
using oracle::World;

namespace {

const std::string rules = fixture::price_rules(
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

struct Listed {
  std::map<std::uint32_t, std::size_t> ranges;  // number to lines
  std::vector<oracle::LineText> lines;
};

Listed list_of(const oracle::Engine& engine, const quote::Question& header, const char* quantity) {
  Listed listed;
  std::mutex mutex;
  std::map<std::uint32_t, std::vector<oracle::LineText>> parts;
  quote::price_list(engine.snapshot(), header,
                    *engine::base::Quantity::exactly(*engine::base::parse_decimal(quantity)),
                    [&](const quote::PriceListRange& range) {
                      quote::Answer answer;
                      answer.priced = *range.priced;
                      const auto texts = oracle::texts_of(engine.snapshot(), header, answer);
                      const std::lock_guard lock{mutex};
                      CHECK(listed.ranges.emplace(range.number, range.lines.size()).second);
                      CHECK(range.first_article == range.number * quote::price_list_range);
                      CHECK(range.lines.front().article.raw() == range.first_article);
                      CHECK(range.lines.size() == range.priced->lines.size());
                      parts[range.number] = texts;
                    });
  for (auto& [number, lines] : parts)
    listed.lines.insert(listed.lines.end(), lines.begin(), lines.end());
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

TEST_CASE("price list: ranges cover all articles once, the last one what is left",
          "[engine][quote]") {
  CHECK(quote::price_list_ranges(0) == 0);
  CHECK(quote::price_list_ranges(1) == 1);
  CHECK(quote::price_list_ranges(4096) == 1);
  CHECK(quote::price_list_ranges(4097) == 2);
  for (const std::size_t count : {std::size_t{1}, std::size_t{63}, std::size_t{64}, std::size_t{65},
                                  std::size_t{4096}, std::size_t{4097}, std::size_t{9000}}) {
    const oracle::Engine engine{large(count), std::vector<std::string>{rules}};
    const auto header = engine.question(ask_for_all(0, "1")).value();
    const Listed listed = list_of(engine, header, "1");
    CHECK(listed.ranges.size() == quote::price_list_ranges(count));
    CHECK(listed.lines.size() == count);
    const std::size_t rest = count % quote::price_list_range;
    CHECK(listed.ranges.rbegin()->second == (rest == 0 ? quote::price_list_range : rest));
  }
}

TEST_CASE(
    "price list: nine thousand articles cost what nine thousand single questions say, on one "
    "worker or on all",
    "[engine][quote]") {
  constexpr std::size_t count = 9'000;
  const oracle::Engine engine{large(count), std::vector<std::string>{rules}};
  const auto ask = ask_for_all(count, "1");
  const auto question = engine.question(ask).value();
  auto expected =
      oracle::texts_of(engine.snapshot(), question, engine.answer(question, quote::Detail::plain));
  const auto all_workers = list_of(engine, question, "1").lines;
  std::size_t priced = 0;
  for (std::size_t i = 0; i < count; ++i) {
    REQUIRE(all_workers[i] == expected[i]);
    priced += all_workers[i].outcome == "priced" ? 1 : 0;
  }
  CHECK(priced > count / 2);
  CHECK(priced < count);
  const engine::base::WorkerLimit one_worker{1};
  CHECK(list_of(engine, question, "1").lines == all_workers);
}

TEST_CASE("price list: an empty shop has an empty list", "[engine][quote]") {
  World world = fixture::shop();
  world.articles.clear();
  const oracle::Engine engine{world, std::vector<std::string>{rules}};
  const auto header = engine.question(ask_for_all(0, "1")).value();
  CHECK(list_of(engine, header, "1").ranges.empty());
}

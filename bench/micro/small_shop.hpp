// A shop of a few articles for benchmarks of one thing: currency EUR, one customer, rules and
// records as the benchmark says, and one basket over it. Faults end the process. One thread.
#pragma once

#include "engine/model/facts.hpp"
#include "engine/quote/question.hpp"
#include "engine/snapshot/snapshot.hpp"

#include "bench/micro/round.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench::micro {

struct Shop {
  std::shared_ptr<const engine::snapshot::Snapshot> snapshot;
  engine::quote::Question question;
};

struct ShopLine {
  std::string article;
  std::int64_t quantity = 1;
};

// `fill` puts articles and records. Questions carry `fields`.
Shop make_shop(const char* rules, const std::function<void(engine::model::Facts&)>& fill,
               const std::vector<ShopLine>& lines,
               std::vector<std::pair<std::string_view, std::string_view>> fields = {});

// An article for everybody, with attributes if any.
void put_article(engine::model::Facts& facts, std::string_view code,
                 std::span<const engine::model::AttributeText> attributes = {});

// Holds the basket's line amounts, plain and explained, against `line_cents`; then prices it again
// and again.
void price_basket(benchmark::State& state, const Shop& shop,
                  const std::vector<std::int64_t>& line_cents);

}  // namespace bench::micro

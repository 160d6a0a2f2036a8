#include "engine/model/stock_places.hpp"

#include "tests/catch.hpp"

#include <map>
#include <random>
#include <utility>

using engine::model::ArticleId;
using engine::model::StockPlaces;
using engine::model::WarehouseId;

TEST_CASE("stock places: rows are found by what they are of, as they come and go",
          "[engine][model]") {
  std::mt19937 random{20'261'132};  // NOLINT(cert-msc51-cpp): the same cases each time
  StockPlaces places;
  StockPlaces::Rows rows;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> plain;  // batch, as a mark
  CHECK(places.find(rows, ArticleId{0}, WarehouseId{0}) == StockPlaces::none);
  for (std::uint32_t step = 0; step < 40'000; ++step) {
    const std::pair<std::uint32_t, std::uint32_t> key{random() % 300, random() % 5};
    const ArticleId article{key.first};
    const WarehouseId warehouse{key.second};
    const std::uint32_t row = places.find(rows, article, warehouse);
    REQUIRE((row != StockPlaces::none) == plain.contains(key));
    if (row == StockPlaces::none) {
      rows.push_back({article, warehouse, {}, step});
      places.insert_last(rows);
      plain[key] = step;
    } else if (random() % 3 != 0) {
      places.erase(rows, row);
      rows[row] = rows.back();
      rows.pop_back();
      plain.erase(key);
    }
    if (step % 500 != 0) continue;
    REQUIRE(rows.size() == plain.size());
    for (const auto& [own, mark] : plain) {
      const std::uint32_t at = places.find(rows, ArticleId{own.first}, WarehouseId{own.second});
      REQUIRE(at != StockPlaces::none);
      REQUIRE(rows[at].batch == mark);
    }
  }
}

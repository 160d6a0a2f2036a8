// The synthetic trading world that benchmarks run on: articles, customers, price lists, agreements,
// discounts and stock, in three sizes. The same size and seed give the same rows on every machine.
//
// A row is a function of (seed, owner, position): streaming needs memory for one owner only, and
// questions pick an article of an owner without reading the files. Unique by construction are
// (customer, sku, min_qty, valid_from) in agreements, (list, sku, min_qty) in list rows and
// (owner, target, valid_from) in discounts; the rows of a file come sorted by just that key.
// Lists 1 .. group_list_count() belong to groups, the others to customers 10, 20, 30 ... `World`
// is immutable: any thread. About 0.1 us a row.
#pragma once

#include "bench/world/random.hpp"
#include "bench/world/rows.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace bench::world {

// "on average": owners share unevenly, see deals.hpp, but the totals are exact.
struct WorldSize {
  std::string_view name;
  std::uint32_t product_groups;
  std::uint32_t skus;
  std::uint32_t customers;
  std::uint32_t customer_groups;
  std::uint32_t rows_per_group_list;
  std::uint32_t rows_per_customer_list;       // on average
  std::uint32_t agreements_per_customer;      // on average
  std::uint32_t discounts_per_customer;       // on average
  std::uint32_t product_discounts_per_group;  // for product groups
  std::uint32_t sku_discounts_per_group;
  std::uint32_t
      bulk_customers;  // customers 1 .. this many: bulk price lists, questions on a fixed day
};

inline constexpr WorldSize size_s{.name = "S",
                                  .product_groups = 100,
                                  .skus = 10'000,
                                  .customers = 2'000,
                                  .customer_groups = 20,
                                  .rows_per_group_list = 1'000,
                                  .rows_per_customer_list = 400,
                                  .agreements_per_customer = 40,
                                  .discounts_per_customer = 15,
                                  .product_discounts_per_group = 40,
                                  .sku_discounts_per_group = 1'000,
                                  .bulk_customers = 200};
inline constexpr WorldSize size_m{.name = "M",
                                  .product_groups = 200,
                                  .skus = 200'000,
                                  .customers = 20'000,
                                  .customer_groups = 50,
                                  .rows_per_group_list = 10'000,
                                  .rows_per_customer_list = 1'000,
                                  .agreements_per_customer = 100,
                                  .discounts_per_customer = 25,
                                  .product_discounts_per_group = 80,
                                  .sku_discounts_per_group = 4'000,
                                  .bulk_customers = 20};
inline constexpr WorldSize size_l{.name = "L",
                                  .product_groups = 500,
                                  .skus = 1'000'000,
                                  .customers = 100'000,
                                  .customer_groups = 100,
                                  .rows_per_group_list = 20'000,
                                  .rows_per_customer_list = 800,
                                  .agreements_per_customer = 80,
                                  .discounts_per_customer = 20,
                                  .product_discounts_per_group = 200,
                                  .sku_discounts_per_group = 10'000,
                                  .bulk_customers = 20};

const WorldSize* size_named(std::string_view name);  // null for a name that is not S, M or L

inline constexpr std::uint64_t seed_default = 20'260'701;
inline constexpr std::uint32_t customers_per_list = 10;  // every tenth customer has one list
inline constexpr std::uint32_t lists_per_group = 2;
inline constexpr std::uint32_t groups_per_customer_max = 3;
inline constexpr std::uint32_t warehouse_count = 3;
inline constexpr std::uint32_t band_profile_count = 3;

class World {
 public:
  explicit World(const WorldSize& size, std::uint64_t seed = seed_default)
      : size_{size}, seed_{seed} {}

  const WorldSize& size() const { return size_; }

  std::uint64_t seed() const { return seed_; }

  std::uint32_t group_list_count() const { return size_.customer_groups * lists_per_group; }

  std::uint32_t customer_list_count() const { return size_.customers / customers_per_list; }

  void stream(WorldSink& sink) const;
  void stream(WorldFile file, WorldSink& sink) const;
  // Exact, but for `member`, where it is what to expect.
  std::uint64_t row_count(WorldFile file) const;

  // Single rows by id, ids as the files have them.
  ProductGroupRow product_group(std::uint32_t id) const;
  SkuRow sku(std::uint32_t id) const;
  PriceListHead price_list(std::uint32_t id) const;
  std::vector<std::uint32_t> groups_of(std::uint32_t customer) const;  // ascending
  std::uint32_t list_of_customer(std::uint32_t customer) const;        // 0: has none
  std::uint32_t list_of_group(std::uint32_t group, std::uint32_t which) const;

  // A random one of the articles that have a row there.
  std::uint32_t agreement_sku(std::uint32_t customer, Random& random) const;
  std::uint32_t list_sku(std::uint32_t list, Random& random) const;

 private:
  std::uint32_t list_rows(std::uint32_t list) const;
  void stream_lists(WorldSink& sink) const;
  void stream_agreements(WorldSink& sink) const;
  void stream_discounts(WorldFile file, WorldSink& sink) const;
  void stream_stock(WorldSink& sink) const;

  WorldSize size_;
  std::uint64_t seed_;
};

}  // namespace bench::world

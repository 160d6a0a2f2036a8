#include "bench/world/world.hpp"

#include "bench/world/deals.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace bench::world {

namespace {

// Independent sources of randomness. Their numbers are part of what a seed means: append only.
enum class Stream : std::uint8_t {
  product_group,
  sku,
  member_count,
  member_groups,
  price_list,
  list_targets,
  list_deal,
  agreement_targets,
  agreement_deal,
  discount_targets,
  discount_deal = discount_targets + 3,  // three files each
  stock = discount_deal + 3,
};

std::uint64_t seed_for(std::uint64_t seed, Stream stream, std::uint32_t owner,
                       std::uint32_t position = 0) {
  return mix(seed, static_cast<std::uint64_t>(stream), owner, position);
}

Stream operator+(Stream first, std::uint32_t offset) {
  return static_cast<Stream>(static_cast<std::uint32_t>(first) + offset);
}

// Calls visit(target id, deal, rows of the deal) for all deals of an owner, targets ascending.
class DealOrder {
 public:
  template <class RowsOf, class Visit>
  void visit(const Shuffle& targets, std::uint32_t rows, RowsOf rows_of, Visit visit) {
    order_.clear();
    auto left = rows;
    for (std::uint32_t deal = 0; left > 0; ++deal) {
      const auto taken = std::min(left, rows_of(deal));
      order_.push_back({targets(deal) + 1, deal, taken});
      left -= taken;
    }
    std::ranges::sort(order_, {}, &Entry::target);
    for (const auto& entry : order_) visit(entry.target, entry.deal, entry.rows);
  }

 private:
  struct Entry {
    std::uint32_t target;
    std::uint32_t deal;
    std::uint32_t rows;
  };

  std::vector<Entry> order_;  // kept between owners for its memory only
};

struct DiscountShape {
  std::uint32_t index;  // among the discount files
  std::uint32_t owners;
  std::uint32_t targets;
  std::uint32_t rows_per_owner;
  std::int32_t bp_max;
};

DiscountShape discount_shape(const WorldSize& size, WorldFile file) {
  if (file == WorldFile::disc_cust_pg) {
    return {0, size.customers, size.product_groups, size.discounts_per_customer, 1500};
  }
  if (file == WorldFile::disc_group_pg) {
    return {1, size.customer_groups, size.product_groups, size.product_discounts_per_group, 1000};
  }
  return {2, size.customer_groups, size.skus, size.sku_discounts_per_group, 2000};
}

void visit_discount(WorldFile file, const DiscountRow& row, WorldSink& sink) {
  if (file == WorldFile::disc_cust_pg) return sink.disc_cust_pg(row);
  if (file == WorldFile::disc_group_pg) return sink.disc_group_pg(row);
  sink.disc_group_sku(row);
}

constexpr std::array<std::array<std::int32_t, 4>, band_profile_count> band_borders{
    {{0, 1, 50, 500}, {0, 5, 20, 100}, {0, 10, 200, 2'000}}};

void stream_bands(WorldSink& sink) {
  for (std::uint32_t profile = 0; profile < band_profile_count; ++profile) {
    for (std::size_t band = 0; band < 4; ++band) {
      sink.band({profile + 1, band_borders[profile][band], static_cast<Band>(band)});
    }
  }
}

}  // namespace

const WorldSize* size_named(std::string_view name) {
  for (const auto* size : {&size_s, &size_m, &size_l}) {
    if (size->name == name) return size;
  }
  return nullptr;
}

std::uint64_t World::row_count(WorldFile file) const {
  switch (file) {
    case WorldFile::product_group:
      return size_.product_groups;
    case WorldFile::sku:
      return size_.skus;
    case WorldFile::customer:
      return size_.customers;
    case WorldFile::member:
      return size_.customers * (1 + groups_per_customer_max) / 2;
    case WorldFile::price_list:
      return group_list_count() + customer_list_count();
    case WorldFile::price_list_row:
      return std::uint64_t{group_list_count()} * size_.rows_per_group_list +
             std::uint64_t{customer_list_count()} * size_.rows_per_customer_list;
    case WorldFile::agreement:
      return std::uint64_t{size_.customers} * size_.agreements_per_customer;
    case WorldFile::disc_cust_pg:
    case WorldFile::disc_group_pg:
    case WorldFile::disc_group_sku: {
      const auto shape = discount_shape(size_, file);
      return std::uint64_t{shape.owners} * shape.rows_per_owner;
    }
    case WorldFile::stock:
      return std::uint64_t{size_.skus} * warehouse_count;
    case WorldFile::band:
      return band_profile_count * band_borders[0].size();
  }
  return 0;
}

ProductGroupRow World::product_group(std::uint32_t id) const {
  return {id, 1 + Random{seed_for(seed_, Stream::product_group, id)}.below(band_profile_count)};
}

SkuRow World::sku(std::uint32_t id) const {
  Random random{seed_for(seed_, Stream::sku, id)};
  const auto group = 1 + random.below(size_.product_groups);
  return {id, group, draw_base_price(random)};
}

std::vector<std::uint32_t> World::groups_of(std::uint32_t customer) const {
  const auto count =
      1 + Random{seed_for(seed_, Stream::member_count, customer)}.below(groups_per_customer_max);
  const Shuffle groups{seed_for(seed_, Stream::member_groups, customer), size_.customer_groups};
  std::vector<std::uint32_t> members(count);
  for (std::uint32_t at = 0; at < count; ++at) members[at] = groups(at) + 1;
  std::ranges::sort(members);
  return members;
}

// In every second group the list of higher id goes first, so that order by id alone is not enough.
PriceListHead World::price_list(std::uint32_t id) const {
  Random random{seed_for(seed_, Stream::price_list, id)};
  const bool discountable = random.percent(75);
  const auto validity = draw_validity(random);
  if (id > group_list_count()) {
    const auto owner = (id - group_list_count()) * customers_per_list;
    return {id, OwnerType::customer, owner, 10, discountable, validity};
  }
  const auto group = (id - 1) / lists_per_group + 1;
  const bool first = (id - 1) % lists_per_group == group % 2;
  return {id, OwnerType::group, group, first ? 10 : 20, discountable, validity};
}

std::uint32_t World::list_of_customer(std::uint32_t customer) const {
  if (customer % customers_per_list != 0) return 0;
  return group_list_count() + customer / customers_per_list;
}

std::uint32_t World::list_of_group(std::uint32_t group, std::uint32_t which) const {
  return (group - 1) * lists_per_group + which + 1;
}

std::uint32_t World::list_rows(std::uint32_t list) const {
  if (list <= group_list_count()) return size_.rows_per_group_list;
  return uneven_share(size_.rows_per_customer_list, list - group_list_count() - 1);
}

std::uint32_t World::agreement_sku(std::uint32_t customer, Random& random) const {
  const auto rows = uneven_share(size_.agreements_per_customer, customer - 1);
  const Shuffle targets{seed_for(seed_, Stream::agreement_targets, customer), size_.skus};
  return targets(random.below(price_deals_in(rows))) + 1;
}

std::uint32_t World::list_sku(std::uint32_t list, Random& random) const {
  const Shuffle targets{seed_for(seed_, Stream::list_targets, list), size_.skus};
  return targets(random.below(price_deals_in(list_rows(list)))) + 1;
}

void World::stream_lists(WorldSink& sink) const {
  DealOrder order;
  const auto lists = group_list_count() + customer_list_count();
  for (std::uint32_t list = 1; list <= lists; ++list) {
    const Shuffle targets{seed_for(seed_, Stream::list_targets, list), size_.skus};
    const auto visit = [&](std::uint32_t target, std::uint32_t at, std::uint32_t taken) {
      Random random{seed_for(seed_, Stream::list_deal, list, at)};
      const auto deal = draw_list_deal(sku(target).base_price, price_deal_rows(at), random);
      for (std::uint32_t row = 0; row < taken; ++row) {
        sink.price_list_row({list, target, deal.rows[row].min_qty, deal.rows[row].price});
      }
    };
    order.visit(targets, list_rows(list), price_deal_rows, visit);
  }
}

void World::stream_agreements(WorldSink& sink) const {
  DealOrder order;
  for (std::uint32_t customer = 1; customer <= size_.customers; ++customer) {
    const auto rows = uneven_share(size_.agreements_per_customer, customer - 1);
    const Shuffle targets{seed_for(seed_, Stream::agreement_targets, customer), size_.skus};
    const auto visit = [&](std::uint32_t target, std::uint32_t at, std::uint32_t taken) {
      Random random{seed_for(seed_, Stream::agreement_deal, customer, at)};
      const auto deal = draw_agreement_deal(sku(target).base_price, price_deal_rows(at), random);
      for (std::uint32_t row = 0; row < taken; ++row) {
        const auto& [min_qty, price, discountable, validity] = deal.rows[row];
        sink.agreement({customer, target, min_qty, price, discountable, validity});
      }
    };
    order.visit(targets, rows, price_deal_rows, visit);
  }
}

void World::stream_discounts(WorldFile file, WorldSink& sink) const {
  const auto shape = discount_shape(size_, file);
  DealOrder order;
  for (std::uint32_t owner = 1; owner <= shape.owners; ++owner) {
    const bool customers = file == WorldFile::disc_cust_pg;
    const auto rows =
        customers ? uneven_share(shape.rows_per_owner, owner - 1) : shape.rows_per_owner;
    const Shuffle targets{seed_for(seed_, Stream::discount_targets + shape.index, owner),
                          shape.targets};
    const auto visit = [&](std::uint32_t target, std::uint32_t at, std::uint32_t taken) {
      Random random{seed_for(seed_, Stream::discount_deal + shape.index, owner, at)};
      const auto deal = draw_discount_deal(discount_deal_rows(at), shape.bp_max, random);
      for (std::uint32_t row = 0; row < taken; ++row) {
        visit_discount(file, {owner, target, deal.rows[row].bp, deal.rows[row].validity}, sink);
      }
    };
    order.visit(targets, rows, discount_deal_rows, visit);
  }
}

// A tenth of the articles has nothing on hand, a fifth a handful, so that all bands occur.
void World::stream_stock(WorldSink& sink) const {
  constexpr std::array<std::int32_t, 10> maxima{0, 3, 3, 20, 20, 80, 80, 300, 300, 2'000};
  for (std::uint32_t id = 1; id <= size_.skus; ++id) {
    Random random{seed_for(seed_, Stream::stock, id)};
    const auto maximum = maxima[random.below(maxima.size())];
    for (std::uint32_t warehouse = 1; warehouse <= warehouse_count; ++warehouse) {
      sink.stock({id, warehouse, random.between(0, maximum)});
    }
  }
}

void World::stream(WorldSink& sink) const {
  for (std::size_t file = 0; file < world_file_count; ++file) {
    stream(static_cast<WorldFile>(file), sink);
  }
}

void World::stream(WorldFile file, WorldSink& sink) const {
  sink.begin(file);
  switch (file) {
    case WorldFile::product_group:
      for (std::uint32_t id = 1; id <= size_.product_groups; ++id)
        sink.product_group(product_group(id));
      break;
    case WorldFile::sku:
      for (std::uint32_t id = 1; id <= size_.skus; ++id) sink.sku(sku(id));
      break;
    case WorldFile::customer:
      for (std::uint32_t id = 1; id <= size_.customers; ++id) sink.customer({id});
      break;
    case WorldFile::member:
      for (std::uint32_t id = 1; id <= size_.customers; ++id) {
        for (const auto group : groups_of(id)) sink.member({id, group});
      }
      break;
    case WorldFile::price_list:
      for (std::uint32_t id = 1; id <= row_count(file); ++id) sink.price_list(price_list(id));
      break;
    case WorldFile::price_list_row:
      stream_lists(sink);
      break;
    case WorldFile::agreement:
      stream_agreements(sink);
      break;
    case WorldFile::disc_cust_pg:
    case WorldFile::disc_group_pg:
    case WorldFile::disc_group_sku:
      stream_discounts(file, sink);
      break;
    case WorldFile::stock:
      stream_stock(sink);
      break;
    case WorldFile::band:
      stream_bands(sink);
      break;
  }
  sink.end(file);
}

}  // namespace bench::world

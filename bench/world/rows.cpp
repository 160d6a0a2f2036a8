#include "bench/world/rows.hpp"

#include <array>

namespace bench::world {

namespace {

std::string padded(std::uint32_t number, std::size_t width) {
  auto digits = std::to_string(number);
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

}  // namespace

std::string_view file_name(WorldFile file) {
  constexpr std::array<std::string_view, world_file_count> names{
      "product_group.csv", "sku.csv",
      "customer.csv",      "customer_group_member.csv",
      "price_list.csv",    "price_list_row.csv",
      "agreement.csv",     "disc_cust_pg.csv",
      "disc_group_pg.csv", "disc_group_sku.csv",
      "stock.csv",         "band.csv"};
  return names[static_cast<std::size_t>(file)];
}

std::string_view band_name(Band band) {
  constexpr std::array<std::string_view, 4> names{"NONE", "LOW", "MEDIUM", "HIGH"};
  return names[static_cast<std::size_t>(band)];
}

std::string sku_code(std::uint32_t id) { return "SKU-" + padded(id, 7); }

std::string customer_code(std::uint32_t id) { return "C" + padded(id, 6); }

std::string iso_date(Day day) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  return std::to_string(static_cast<int>(date.year())) + "-" +
         padded(static_cast<unsigned>(date.month()), 2) + "-" +
         padded(static_cast<unsigned>(date.day()), 2);
}

}  // namespace bench::world

// The rows of the synthetic trading world, one plain struct per file, and the sink that receives
// them.
//
// Units: prices 1/10000 of the currency, at most 10^10; discounts in basis points (1250 = 12.50 %);
// days since 1970-01-01; a validity includes both its ends. Ids count from 1 without gaps.
// A sink is called from the thread that streams, file after file in the order of `WorldFile`.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bench::world {

using Day = std::int32_t;

struct Validity {
  Day from;
  Day to;  // inclusive

  constexpr bool covers(Day day) const { return from <= day && day <= to; }

  friend constexpr bool operator==(const Validity&, const Validity&) = default;
};

enum class OwnerType : char { customer = 'C', group = 'G' };
enum class Band : std::uint8_t { none, low, medium, high };

struct ProductGroupRow {
  std::uint32_t id;
  std::uint32_t band_profile;
};

struct SkuRow {
  std::uint32_t id;
  std::uint32_t product_group_id;
  std::int64_t base_price;
};

struct CustomerRow {
  std::uint32_t id;
};

struct MemberRow {
  std::uint32_t customer_id;
  std::uint32_t group_id;
};

struct PriceListHead {
  std::uint32_t id;
  OwnerType owner_type;
  std::uint32_t owner_id;
  std::int32_t priority;  // the smaller is asked first
  bool discountable;
  Validity validity;
};

struct PriceListRow {
  std::uint32_t list_id;
  std::uint32_t sku_id;
  std::int32_t min_qty;
  std::int64_t price;
};

struct AgreementRow {
  std::uint32_t customer_id;
  std::uint32_t sku_id;
  std::int32_t min_qty;
  std::int64_t price;
  bool discountable;
  Validity validity;
};

// The shape of all three discount files; the file says what owner and target are.
struct DiscountRow {
  std::uint32_t owner_id;
  std::uint32_t target_id;
  std::int32_t bp;
  Validity validity;
};

struct StockRow {
  std::uint32_t sku_id;
  std::uint32_t warehouse;
  std::int32_t qty;
};

struct BandRow {
  std::uint32_t band_profile;
  std::int32_t min_qty;
  Band band;
};

enum class WorldFile : std::uint8_t {
  product_group,
  sku,
  customer,
  member,
  price_list,
  price_list_row,
  agreement,
  disc_cust_pg,
  disc_group_pg,
  disc_group_sku,
  stock,
  band,
};

inline constexpr std::size_t world_file_count = 12;

// A visit does nothing unless overridden, so a sink names only the files it wants.
class WorldSink {
 public:
  WorldSink() = default;
  WorldSink(const WorldSink&) = delete;
  WorldSink& operator=(const WorldSink&) = delete;
  virtual ~WorldSink() = default;

  virtual void begin(WorldFile) {}

  virtual void end(WorldFile) {}

  virtual void product_group(const ProductGroupRow&) {}

  virtual void sku(const SkuRow&) {}

  virtual void customer(const CustomerRow&) {}

  virtual void member(const MemberRow&) {}

  virtual void price_list(const PriceListHead&) {}

  virtual void price_list_row(const PriceListRow&) {}

  virtual void agreement(const AgreementRow&) {}

  virtual void disc_cust_pg(const DiscountRow&) {}

  virtual void disc_group_pg(const DiscountRow&) {}

  virtual void disc_group_sku(const DiscountRow&) {}

  virtual void stock(const StockRow&) {}

  virtual void band(const BandRow&) {}
};

std::string_view file_name(WorldFile file);   // "agreement.csv"
std::string_view band_name(Band band);        // "MEDIUM"
std::string sku_code(std::uint32_t id);       // "SKU-0000001"
std::string customer_code(std::uint32_t id);  // "C000001"
std::string iso_date(Day day);                // "2026-07-01", for the years 1000 to 9999

constexpr Day day_of(int year, unsigned month, unsigned day) {
  const auto date = std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day};
  return static_cast<Day>(std::chrono::sys_days{date}.time_since_epoch().count());
}

}  // namespace bench::world

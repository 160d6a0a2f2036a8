// How owners come by their rows: who has how many, and what a single deal looks like.
//
// A deal is what one owner has for one target: up to four rows. Deal k of an owner goes to
// element k of the owner's shuffle, and the number of its rows depends on k alone, so any deal
// can be drawn without the others. Ten neighbouring owners share ten times the average unevenly
// (1 : 2 : 3 : ... : 32), and every block of ten adds up exactly; `position` of the shares moves
// by one from block to block. Rows of a deal come sorted by (min_qty, valid_from). Pure
// functions; any thread.
#pragma once

#include "bench/world/random.hpp"
#include "bench/world/rows.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace bench::world {

inline constexpr std::size_t rows_per_deal_max = 4;

// Rows of the owner with this index (from 0), when ten owners share ten times the average.
std::uint32_t uneven_share(std::uint32_t average, std::uint32_t owner_index);
// An owner index below `owners` (a multiple of ten), drawn in proportion to its uneven share.
std::uint32_t owner_by_share(std::uint32_t owners, Random& random);

// Rows of deal k, and how many deals an owner's rows fill; the last one may be cut short.
std::uint32_t price_deal_rows(std::uint32_t deal);
std::uint32_t price_deals_in(std::uint32_t rows);
std::uint32_t discount_deal_rows(std::uint32_t deal);
std::uint32_t discount_deals_in(std::uint32_t rows);

struct DealRow {
  std::int32_t min_qty;
  std::int64_t price;
  bool discountable;
  Validity validity;
};

struct Deal {
  std::array<DealRow, rows_per_deal_max> rows;
  std::uint32_t count;
};

struct DiscountDeal {
  std::array<DiscountRow, 2> rows;  // owner and target are the caller's to set
  std::uint32_t count;
};

// 1/10000: mostly full cents, from 0.10 to below 100,000.00.
std::int64_t draw_base_price(Random& random);
// Covers all of the asked days mostly; else ended, not begun, or with a border among them.
Validity draw_validity(Random& random);

// Tiers of one price list: no period of their own, each quantity once.
Deal draw_list_deal(std::int64_t base_price, std::uint32_t rows, Random& random);
// Tiers of an agreement, at times in two periods that follow each other or overlap.
Deal draw_agreement_deal(std::int64_t base_price, std::uint32_t rows, Random& random);
DiscountDeal draw_discount_deal(std::uint32_t rows, std::int32_t bp_max, Random& random);

}  // namespace bench::world

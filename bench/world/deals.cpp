#include "bench/world/deals.hpp"

#include <algorithm>

namespace bench::world {

namespace {

constexpr std::uint32_t owners_per_block = 10;
constexpr std::uint32_t share_sum = 100;
constexpr std::array<std::uint32_t, owners_per_block + 1> share_bounds{0,  1,  3,  6,  10,       16,
                                                                       24, 34, 48, 68, share_sum};

constexpr std::array<std::uint32_t, 8> price_pattern{1, 2, 3, 4, 2, 1, 3, 4};
constexpr std::array<std::uint32_t, 4> discount_pattern{1, 1, 1, 2};

using Ladder = std::array<std::int32_t, rows_per_deal_max>;
constexpr std::size_t ladders_per_length = 4;
constexpr std::array<std::array<Ladder, ladders_per_length>, rows_per_deal_max> ladders{{
    {{{1}, {1}, {1}, {10}}},
    {{{1, 10}, {1, 50}, {1, 100}, {10, 100}}},
    {{{1, 10, 50}, {1, 10, 100}, {1, 5, 20}, {5, 20, 100}}},
    {{{1, 10, 50, 100}, {1, 5, 10, 50}, {1, 10, 100, 200}, {10, 50, 100, 150}}},
}};

// Questions ask for days in this range, so borders of validity are drawn inside and around it.
constexpr Day first_asked = day_of(2026, 6, 1);
constexpr Day last_asked = day_of(2026, 7, 31);
constexpr Validity business_year{day_of(2026, 1, 1), day_of(2026, 12, 31)};

template <std::size_t length>
std::uint32_t owners_deals(const std::array<std::uint32_t, length>& pattern, std::uint32_t rows) {
  std::uint32_t sum = 0;
  for (const auto part : pattern) sum += part;
  auto deals = rows / sum * static_cast<std::uint32_t>(length);
  auto left = rows % sum;
  for (std::size_t at = 0; left > 0; ++at, ++deals) left -= std::min(left, pattern[at]);
  return deals;
}

enum class Ending : std::uint8_t { full_cent, half_cent, as_it_falls };

std::int64_t with_ending(std::int64_t price, Ending ending) {
  if (ending == Ending::as_it_falls || price < 100) return std::max<std::int64_t>(price, 1);
  return price - price % 100 + (ending == Ending::half_cent ? 50 : 0);
}

Ending draw_ending(Random& random) {
  const auto draw = random.below(100);
  if (draw < 50) return Ending::full_cent;
  return draw < 58 ? Ending::half_cent : Ending::as_it_falls;
}

// The more, the cheaper; in a few deals dearer, since the largest reached quantity prices all the
// same.
void fill_tiers(std::int64_t base_price, Deal& deal, Random& random) {
  const auto& ladder = ladders[deal.count - 1][random.below(ladders_per_length)];
  const auto ending = draw_ending(random);
  const auto reduction = random.between(100, 4000);
  const auto step = random.percent(4) ? -50 : random.between(100, 600);
  for (std::uint32_t at = 0; at < deal.count; ++at) {
    const auto factor = 10'000 - reduction - step * static_cast<std::int32_t>(at);
    deal.rows[at].min_qty = ladder[at];
    deal.rows[at].price = with_ending(base_price * factor / 10'000, ending);
  }
}

enum class Overlap : std::uint8_t { follows, other_flag, other_price, same };

// Doubles every tier with a second period, so that the rules for ties of quantity and of price
// decide.
void add_second_period(Deal& deal, Random& random) {
  const auto kind = static_cast<Overlap>(random.below(4));
  auto first = deal.rows[0].validity;
  auto second = Validity{std::max(first.from + 1, first_asked - 30) + random.between(0, 60), 0};
  second.to = second.from + random.between(0, 400);
  if (kind == Overlap::follows) first.to = second.from - 1;
  const auto change = random.between(9000, 10'500);
  for (auto at = deal.count; at-- > 0;) {
    auto early = deal.rows[at];
    early.validity = first;
    auto late = early;
    late.validity = second;
    if (kind == Overlap::other_flag) late.discountable = !early.discountable;
    if (kind == Overlap::other_price || kind == Overlap::follows) {
      late.price = std::max<std::int64_t>(early.price * change / 10'000, 1);
    }
    deal.rows[2 * at] = early;
    deal.rows[2 * at + 1] = late;
  }
  deal.count *= 2;
}

}  // namespace

std::uint32_t uneven_share(std::uint32_t average, std::uint32_t owner_index) {
  const auto position = (owner_index + owner_index / owners_per_block) % owners_per_block;
  return average * share_bounds[position + 1] / owners_per_block -
         average * share_bounds[position] / owners_per_block;
}

std::uint32_t owner_by_share(std::uint32_t owners, Random& random) {
  const auto block = random.below(owners / owners_per_block);
  const auto draw = random.below(share_sum);
  std::uint32_t position = 0;
  while (share_bounds[position + 1] <= draw) ++position;
  const auto in_block = (position + owners_per_block - block % owners_per_block) % owners_per_block;
  return block * owners_per_block + in_block;
}

std::uint32_t price_deal_rows(std::uint32_t deal) {
  return price_pattern[deal % price_pattern.size()];
}

std::uint32_t price_deals_in(std::uint32_t rows) { return owners_deals(price_pattern, rows); }

std::uint32_t discount_deal_rows(std::uint32_t deal) {
  return discount_pattern[deal % discount_pattern.size()];
}

std::uint32_t discount_deals_in(std::uint32_t rows) { return owners_deals(discount_pattern, rows); }

std::int64_t draw_base_price(Random& random) {
  constexpr std::array<std::int64_t, 8> decades{1, 10, 10, 100, 100, 100, 1000, 10'000};
  const auto decade = decades[random.below(decades.size())];
  // A tenth of a cent at the finest decade, so rounding to cents of the base price matters too.
  const auto price = decade * random.between(1000, 9999) * (random.percent(1) ? 10 : 1);
  return random.percent(80) ? price - price % 100 : price + random.between(0, 99);
}

Validity draw_validity(Random& random) {
  const Day began = day_of(2025, 1, 1) + random.between(0, 500);
  const Day ends = last_asked + random.between(0, 600);
  const auto draw = random.below(100);
  if (draw < 45) return business_year;
  if (draw < 72) return {began, ends};
  if (draw < 80) return {began, std::max(began, first_asked - 1 - random.between(0, 120))};
  if (draw < 86) return {last_asked + 1 + random.between(0, 120), ends + 200};
  const Day border = random.between(first_asked, last_asked);
  if (draw < 92) return {border, ends};
  if (draw < 98) return {began, border};
  return {border, border};
}

Deal draw_list_deal(std::int64_t base_price, std::uint32_t rows, Random& random) {
  Deal deal{};
  deal.count = rows;
  fill_tiers(base_price, deal, random);
  return deal;
}

Deal draw_agreement_deal(std::int64_t base_price, std::uint32_t rows, Random& random) {
  const bool two_periods = rows % 2 == 0 && random.percent(40);
  Deal deal{};
  deal.count = two_periods ? rows / 2 : rows;
  fill_tiers(base_price, deal, random);
  const bool discountable = random.percent(50);
  const auto validity = draw_validity(random);
  for (auto& row : deal.rows) {
    row.discountable = discountable;
    row.validity = validity;
  }
  if (two_periods) add_second_period(deal, random);
  return deal;
}

DiscountDeal draw_discount_deal(std::uint32_t rows, std::int32_t bp_max, Random& random) {
  DiscountDeal deal{};
  deal.count = rows;
  for (std::uint32_t at = 0; at < rows; ++at) {
    auto& row = deal.rows[at];
    const auto bp = random.between(1, bp_max);
    row.bp = random.percent(80) ? std::max(50, bp - bp % 50) : bp;
    row.validity = draw_validity(random);
  }
  if (rows == 2) {
    auto& late = deal.rows[1].validity;
    late.from = deal.rows[0].validity.from + random.between(1, 90);
    late.to = std::max(late.from, late.to);
  }
  return deal;
}

}  // namespace bench::world

// What is asked of the world, and what an answer looks like. Three sets, all drawn from the
// world's seed: single look-ups, look-ups for the bulk customers on one day, and quotes of 50
// lines.
//
// Of all lines 35 % take an article of an agreement of the customer, 20 % one of a list of his
// own, 25 % one of a list of his groups, 20 % any; whether that row applies to quantity and day
// is left to chance. Large customers ask more often, in proportion to their agreements.
// Quantities 1 .. 200, half below 10; days 2026-06-01 .. 2026-07-31. Pure functions; any thread.
#pragma once

#include "bench/world/rows.hpp"
#include "bench/world/world.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench::world {

struct Question {
  std::uint32_t id;  // from 1, in the order of the set
  std::uint32_t customer_id;
  std::uint32_t sku_id;
  std::int32_t qty;
  Day at;
};

// Which rule gave the price, see the four steps of `Oracle`.
enum class Source : char { agreement = 'A', customer_list = 'C', group_list = 'G', base = 'B' };

struct Answer {
  Source source;
  std::int64_t unit_cents;
  std::int64_t line_cents;
  Band band;

  friend bool operator==(const Answer&, const Answer&) = default;
};

inline constexpr std::size_t lookups_default = 200'000;
inline constexpr std::size_t oracle_lookups = 2'000;  // that many of the first ones are verified
inline constexpr std::size_t fixed_default = 2'000;
inline constexpr std::size_t quotes_default = 4'000;
inline constexpr std::size_t lines_per_quote = 50;
inline constexpr Day fixed_day = day_of(2026, 7, 1);  // also the day of bulk price lists

std::vector<Question> lookup_questions(const World& world, std::size_t count = lookups_default);
std::vector<Question> fixed_questions(const World& world, std::size_t count = fixed_default);
// Lines of one quote stand together and share customer and day; no article twice in a quote.
std::vector<Question> quote_questions(const World& world, std::size_t quotes = quotes_default);

}  // namespace bench::world

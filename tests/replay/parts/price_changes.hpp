// A year of a Federal Supply Schedule as a stream of changes, made from one published file: what was
// known on the first day, and then day by day the prices that begin, those that are prolonged, and
// those that end and are taken away. Starts and ends are the file's own. What a file of one day can't
// tell is made up, from a seed: the shorter validity that a prolonged price had, and the price that
// one under an older contract took the place of. Plain values; any thread.
#pragma once

#include "tests/replay/parts/published_prices.hpp"

#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace tests::replay {

struct PriceChange {
  enum class Kind : std::uint8_t { begins, prolonged, removed };

  Kind kind = Kind::begins;
  engine::base::CivilMinutes day;
  PublishedPrice price;
};

struct PriceYear {
  std::vector<PublishedPrice> before;  // known on the first day
  std::vector<PriceChange> changes;    // in the order of days
  PublishedPrices after;               // rows that are left on the last day, as the file has them

  std::uint64_t count(PriceChange::Kind kind) const;
};

// From `first` to `last`, both days inclusive.
PriceYear year_of_changes(const PublishedPrices& prices, engine::base::CivilMinutes first,
                          engine::base::CivilMinutes last, std::uint32_t seed);

// As files of the kinds of those names.
std::string articles_csv(const PublishedPrices& prices);
std::string agreements_csv(const PublishedPrices& prices);
std::string conditions_csv(std::span<const PublishedPrice> prices);
// With column op. A batch says each record once: of several changes of one only the last is there.
std::string conditions_csv(std::span<const PriceChange> changes);

}  // namespace tests::replay

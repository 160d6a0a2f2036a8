#include "bench/world/questions.hpp"

#include "bench/world/deals.hpp"

#include <algorithm>

namespace bench::world {

namespace {

// Far from the streams of the rows.
enum class QuestionStream : std::uint16_t { lookup = 1000, fixed, quote };

enum class Wanted : std::uint8_t { agreement, customer_list, group_list, any };

// Percent of lines; what is left takes any article.
struct Mix {
  std::uint32_t agreement;
  std::uint32_t customer_list;
  std::uint32_t group_list;
};

constexpr Mix lookup_mix{35, 20, 25};
// Half of the quotes come from customers with a list of their own; both halves give the mix above.
constexpr Mix with_list_mix{25, 40, 20};
constexpr Mix without_list_mix{45, 0, 30};

constexpr Validity asked_days{day_of(2026, 6, 1), day_of(2026, 7, 31)};

Wanted draw_wanted(const Mix& chances, Random& random) {
  const auto draw = random.below(100);
  const auto own_until = chances.agreement + chances.customer_list;
  if (draw < chances.agreement) return Wanted::agreement;
  if (draw < own_until) return Wanted::customer_list;
  return draw < own_until + chances.group_list ? Wanted::group_list : Wanted::any;
}

Day draw_day(Random& random) { return random.between(asked_days.from, asked_days.to); }

std::int32_t draw_qty(Random& random) {
  return random.percent(50) ? random.between(1, 9) : random.between(10, 200);
}

// Among customers 1 .. limit.
std::uint32_t draw_customer(std::uint32_t limit, Random& random) {
  return owner_by_share(limit, random) + 1;
}

std::uint32_t draw_list_customer(std::uint32_t limit, Random& random) {
  return (random.below(limit / customers_per_list) + 1) * customers_per_list;
}

std::uint32_t draw_sku(const World& world, Wanted wanted, std::uint32_t customer, Random& random) {
  switch (wanted) {
    case Wanted::agreement:
      return world.agreement_sku(customer, random);
    case Wanted::customer_list:
      return world.list_sku(world.list_of_customer(customer), random);
    case Wanted::group_list: {
      const auto groups = world.groups_of(customer);
      const auto group = groups[random.below(static_cast<std::uint32_t>(groups.size()))];
      return world.list_sku(world.list_of_group(group, random.below(lists_per_group)), random);
    }
    case Wanted::any:
      break;
  }
  return random.below(world.size().skus) + 1;
}

Question draw_question(const World& world, std::uint32_t limit, Random& random) {
  const auto wanted = draw_wanted(lookup_mix, random);
  const auto customer = wanted == Wanted::customer_list ? draw_list_customer(limit, random)
                                                        : draw_customer(limit, random);
  const auto sku = draw_sku(world, wanted, customer, random);
  const auto qty = draw_qty(random);
  return {0, customer, sku, qty, draw_day(random)};
}

Random random_for(const World& world, QuestionStream stream, std::size_t position) {
  return Random{mix(world.seed(), static_cast<std::uint64_t>(stream), 0, position)};
}

// A small customer soon runs out of articles of his own; then any other fills the basket.
std::uint32_t draw_new_sku(const World& world, const Mix& chances, std::uint32_t customer,
                           const std::vector<std::uint32_t>& taken, Random& random) {
  auto wanted = draw_wanted(chances, random);
  for (int attempt = 0;; ++attempt) {
    const auto sku = draw_sku(world, wanted, customer, random);
    if (std::ranges::find(taken, sku) == taken.end()) return sku;
    if (attempt == 8) wanted = Wanted::any;
  }
}

void add_quote(const World& world, std::vector<Question>& lines, Random& random) {
  // Of the other five ninths a tenth has a list by chance, which makes it one half.
  const bool with_list = random.below(9) < 4;
  const auto limit = world.size().customers;
  const auto customer =
      with_list ? draw_list_customer(limit, random) : draw_customer(limit, random);
  const auto& chances = world.list_of_customer(customer) != 0 ? with_list_mix : without_list_mix;
  const auto at = draw_day(random);
  std::vector<std::uint32_t> taken;
  while (taken.size() < lines_per_quote) {
    taken.push_back(draw_new_sku(world, chances, customer, taken, random));
    lines.push_back({static_cast<std::uint32_t>(lines.size()) + 1, customer, taken.back(),
                     draw_qty(random), at});
  }
}

}  // namespace

std::vector<Question> lookup_questions(const World& world, std::size_t count) {
  std::vector<Question> questions(count);
  for (std::size_t at = 0; at < count; ++at) {
    auto random = random_for(world, QuestionStream::lookup, at);
    questions[at] = draw_question(world, world.size().customers, random);
    questions[at].id = static_cast<std::uint32_t>(at) + 1;
  }
  return questions;
}

std::vector<Question> fixed_questions(const World& world, std::size_t count) {
  std::vector<Question> questions(count);
  for (std::size_t at = 0; at < count; ++at) {
    auto random = random_for(world, QuestionStream::fixed, at);
    questions[at] = draw_question(world, world.size().bulk_customers, random);
    questions[at].id = static_cast<std::uint32_t>(at) + 1;
    questions[at].at = fixed_day;
  }
  return questions;
}

std::vector<Question> quote_questions(const World& world, std::size_t quotes) {
  std::vector<Question> lines;
  lines.reserve(quotes * lines_per_quote);
  for (std::size_t at = 0; at < quotes; ++at) {
    auto random = random_for(world, QuestionStream::quote, at);
    add_quote(world, lines, random);
  }
  return lines;
}

}  // namespace bench::world

#include "tests/replay/parts/price_changes.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace tests::replay {

using engine::base::CivilMinutes;
using Kind = PriceChange::Kind;

namespace {

constexpr std::string_view price_columns =
    "type,customer_group,article,agreement,value,currency,valid_from,valid_to\n";

CivilMinutes days_after(CivilMinutes day, int days) {
  return engine::base::CivilMinutes{day.raw() + days * CivilMinutes::minutes_per_day};
}

std::string row_of(const PublishedPrice& price) {
  return fmt::format("fss_price,{},{},{},{},USD,{},{}\n", price.type, price.article, price.contract,
                     engine::base::to_string(price.price), engine::base::to_string(price.start),
                     engine::base::to_string(price.stop));
}

class YearMaker {
 public:
  YearMaker(CivilMinutes first, CivilMinutes last, std::uint32_t seed)
      : first_{first}, last_{last}, draw_{seed} {}

  void add(const PublishedPrice& row) {
    if (row.start > last_ || row.stop < first_) return;
    if (row.start > first_) {
      begin(row);
    } else {
      known(row);
    }
    if (row.stop < last_) {
      change(Kind::removed, days_after(row.stop, 1), row);
    } else {
      year_.after.rows.push_back(row);
    }
  }

  PriceYear take() {
    std::ranges::stable_sort(year_.changes, {}, &PriceChange::day);
    return std::move(year_);
  }

 private:
  int drawn(int below) { return static_cast<int>(draw_() % static_cast<std::uint32_t>(below)); }

  void change(Kind kind, CivilMinutes day, const PublishedPrice& price) {
    year_.changes.push_back({kind, day, price});
  }

  // A new price. Where its contract is older than the year, another was there before it.
  void begin(const PublishedPrice& row) {
    if (row.contract_start < first_) {
      PublishedPrice before = row;
      before.start = row.contract_start;
      before.stop = days_after(row.start, -1);
      before.price.mantissa -= before.price.mantissa / 33;
      year_.before.push_back(before);
      change(Kind::removed, row.start, before);
    }
    change(Kind::begins, row.start, row);
  }

  // One that is there already; every third was to end within the year, and is prolonged before that.
  void known(const PublishedPrice& row) {
    const int days = 30 + drawn(300);
    PublishedPrice shorter = row;
    shorter.stop = days_after(first_, days);
    if (row.stop < last_ || shorter.stop >= row.stop || drawn(3) != 0) {
      year_.before.push_back(row);
      return;
    }
    year_.before.push_back(shorter);
    change(Kind::prolonged, days_after(first_, 1 + drawn(days)), row);
  }

  CivilMinutes first_;
  CivilMinutes last_;
  std::mt19937 draw_;
  PriceYear year_;
};

}  // namespace

std::uint64_t PriceYear::count(Kind kind) const {
  return static_cast<std::uint64_t>(std::ranges::count(changes, kind, &PriceChange::kind));
}

PriceYear year_of_changes(const PublishedPrices& prices, CivilMinutes first, CivilMinutes last,
                          std::uint32_t seed) {
  YearMaker maker{first, last, seed};
  for (const PublishedPrice& row : prices.rows) maker.add(row);
  return maker.take();
}

std::string articles_csv(const PublishedPrices& prices) {
  std::set<std::string_view> codes;
  for (const PublishedPrice& row : prices.rows) codes.insert(row.article);
  std::string text = "code\n";
  for (const std::string_view code : codes) text.append(code).append("\n");
  return text;
}

std::string agreements_csv(const PublishedPrices& prices) {
  std::map<std::string_view, CivilMinutes> starts;
  for (const PublishedPrice& row : prices.rows) starts.emplace(row.contract, row.contract_start);
  std::string text = "code,valid_from\n";
  for (const auto& [code, start] : starts)
    text += fmt::format("{},{}\n", code, engine::base::to_string(start));
  return text;
}

std::string conditions_csv(std::span<const PublishedPrice> prices) {
  std::string text{price_columns};
  for (const PublishedPrice& price : prices) text += row_of(price);
  return text;
}

std::string conditions_csv(std::span<const PriceChange> changes) {
  const auto key_of = [](const PublishedPrice& price) {
    return std::tuple{std::string_view{price.contract}, std::string_view{price.article},
                      std::string_view{price.type}, price.start};
  };
  std::map<decltype(key_of(changes.front().price)), const PriceChange*> last;
  for (const PriceChange& change : changes) last[key_of(change.price)] = &change;
  std::string text = "op," + std::string{price_columns};
  for (const PriceChange& change : changes) {
    if (last.at(key_of(change.price)) != &change) continue;
    text += change.kind == Kind::removed ? "delete," : "upsert,";
    text += row_of(change.price);
  }
  return text;
}

}  // namespace tests::replay

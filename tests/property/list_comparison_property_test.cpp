// What lists of two generations differ in, against asking every customer for every article by itself
// in both: over made-up companies with all of the language, some of whose records changed, went or
// came. What a base unit costs is worked out here by hand.
#include "engine/base/wide.hpp"
#include "engine/price/evaluator.hpp"
#include "engine/quote/list_comparison.hpp"
#include "engine/quote/list_scope.hpp"

#include "tests/catch.hpp"
#include "tests/property/made_case.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <tuple>
#include <vector>

namespace {

namespace quote = engine::quote;
using engine::base::BigInt;
using engine::model::Outcome;
using engine::snapshot::Snapshot;
using property::Case;
using property::Draw;
using quote::PriceChange;

struct Single {
  Outcome outcome = Outcome::no_price;
  engine::price::PricedLine line;
  BigInt numerator = 0, denominator = 1;  // what a base unit costs
};

Single single_of(const Snapshot& snapshot, const std::optional<quote::Question>& header,
                 engine::base::Quantity quantity, std::uint32_t article) {
  Single made;
  if (!header) return made;
  engine::price::Scratch scratch;
  engine::price::PricedLines priced;
  engine::price::Line line;
  line.article = engine::model::ArticleId{article};
  line.quantity = quantity;
  line.unit = snapshot.articles().base_units[article];
  line.date = header->date;
  engine::price::evaluate({&snapshot, header->procedure, &header->header, {&line, 1}, true},
                          scratch, priced);
  made.line = priced.lines.front();
  made.outcome = made.line.outcome;
  if (made.outcome != Outcome::priced) return made;
  made.numerator = BigInt{made.line.unit_price.mantissa};
  made.denominator = made.line.price_unit;
  for (int i = 0; i < made.line.unit_price.decimals; ++i) made.denominator *= 10;
  for (const auto& unit : snapshot.articles().units[article]) {
    if (unit.unit != made.line.unit || unit.unit == line.unit) continue;
    made.numerator *= unit.denominator;
    made.denominator *= unit.numerator;
  }
  return made;
}

PriceChange change_between(const Single& was, const Single& is, bool same_currency) {
  if (was.outcome != Outcome::priced) return PriceChange::added;
  if (is.outcome != Outcome::priced) return PriceChange::gone;
  if (!same_currency) return PriceChange::other_currency;
  const BigInt before = was.numerator * is.denominator;
  const BigInt after = is.numerator * was.denominator;
  if (before == after) return PriceChange::same;
  return after > before ? PriceChange::dearer : PriceChange::cheaper;
}

// Nothing else than the nearest hundredth of a per cent fits.
void check_percent(const quote::ListDifference& found, const Single& was, const Single& is) {
  const bool compares = found.change == PriceChange::dearer || found.change == PriceChange::cheaper;
  if (!compares || was.numerator == 0) {
    REQUIRE_FALSE(found.percent);
    return;
  }
  if (!found.percent) return;  // more digits than it may have
  BigInt before = was.numerator * is.denominator;
  const BigInt difference = is.numerator * was.denominator - before;
  if (before < 0) before = -before;
  BigInt off = difference * 10'000 - BigInt{found.percent->mantissa} * before;
  if (off < 0) off = -off;
  REQUIRE(found.percent->decimals == 2);
  REQUIRE(off * 2 <= before);
}

// Some records get another's value, some go, and others come back.
void change(Case& made, Draw& draw, const std::vector<oracle::RecordRow>& withheld) {
  auto& facts = made.engine->facts();
  facts.begin_batch();
  for (const oracle::RecordRow& row : made.world.records) {
    const auto what = draw.below(4);
    if (what == 0) {
      REQUIRE(oracle::remove_record(row, facts));
    } else if (what == 1) {
      oracle::RecordRow other = row;
      const oracle::RecordRow& from = draw.of(made.world.records);
      if (from.type == row.type && !from.value.empty() && !row.value.empty())
        other.value = from.value;
      REQUIRE(oracle::put_record(other, facts));
    }
  }
  for (const oracle::RecordRow& row : withheld) REQUIRE(oracle::put_record(row, facts));
}

struct Counts {
  std::array<std::size_t, quote::price_change_names.size()> changes{};
};

void hold(const quote::ListComparison& comparison, Counts& counts) {
  std::vector<quote::ListDifference> found;
  const auto totals = quote::compare_lists(comparison, [&](auto differences) {
    found.insert(found.end(), differences.begin(), differences.end());
    return true;
  });
  quote::ComparisonTotals wanted;
  auto next = found.begin();
  const auto articles = static_cast<std::uint32_t>(comparison.after->articles().base_units.size());
  for (std::size_t i = 0; i < comparison.customers.size(); ++i) {
    const auto& customer = comparison.customers[i];
    const bool same_currency = customer.before && customer.after &&
                               customer.before->header.currency == customer.after->header.currency;
    bool differs = false;
    for (std::uint32_t article = 0; article < articles; ++article) {
      if (!comparison.wanted.empty() && comparison.wanted[article] == 0) continue;
      const Single was =
          single_of(*comparison.before, customer.before, comparison.quantity, article);
      const Single is = single_of(*comparison.after, customer.after, comparison.quantity, article);
      if (was.outcome != Outcome::priced && is.outcome != Outcome::priced) {
        ++wanted.unpriced;
        continue;
      }
      const PriceChange change = change_between(was, is, same_currency);
      ++wanted.prices[static_cast<std::size_t>(change)];
      ++counts.changes[static_cast<std::size_t>(change)];
      if (change == PriceChange::same) continue;
      differs = true;
      INFO("customer " << i << ", article " << article << ": " << price_change_name(change));
      REQUIRE(next != found.end());
      REQUIRE(std::tuple{next->customer, next->article.raw(), next->change} ==
              std::tuple{i, article, change});
      REQUIRE(next->before.outcome == was.outcome);
      REQUIRE(next->after.outcome == is.outcome);
      REQUIRE(next->after.unit_price.mantissa ==
              is.line.unit_price.mantissa * (is.outcome == Outcome::priced ? 1 : 0));
      check_percent(*next, was, is);
      ++next;
    }
    wanted.customers += differs ? 1 : 0;
  }
  REQUIRE(next == found.end());
  REQUIRE(totals.prices == wanted.prices);
  REQUIRE(totals.unpriced == wanted.unpriced);
  REQUIRE(totals.customers == wanted.customers);
  for (const auto& one : found) {
    if (!one.percent) continue;
    if (one.percent->mantissa > 0)
      REQUIRE(one.percent->mantissa <= totals.dearest->percent->mantissa);
    if (one.percent->mantissa < 0)
      REQUIRE(one.percent->mantissa >= totals.cheapest->percent->mantissa);
  }
}

}  // namespace

TEST_CASE("property: lists of two generations differ in what single questions differ in",
          "[property]") {
  Counts counts;
  property::each_case(20'261'131, 120, property::Language::any, [&](Case& whole) {
    Draw draw{whole.seed ^ 51U};
    std::vector<oracle::RecordRow> withheld;
    Case made{whole.seed, whole.documents, whole.rules, whole.world, {}};
    made.world.records.clear();
    for (const oracle::RecordRow& row : whole.world.records)
      (draw.below(4) == 0 ? withheld : made.world.records).push_back(row);
    made.engine.emplace(made.world, made.documents);
    const auto before = made.engine->share_snapshot();
    change(made, draw, withheld);
    made.engine->advance();
    const auto after = made.engine->share_snapshot();
    const auto ids = quote::all_customers(*after);
    quote::QuoteRequest request;
    request.date = *engine::base::civil(2026, 3, 1);
    const auto customers = quote::compared_customers(*before, *after, ids, request, *request.date);
    if (!customers) return;  // a field that everybody has to give
    std::vector<std::uint8_t> wanted(after->articles().base_units.size(), 1);
    for (auto& one : wanted) one = draw.below(3) == 0 ? 0 : 1;
    const auto quantity = draw.of(std::vector<std::int64_t>{1, 10, 12});
    quote::ListComparison comparison{before.get(),
                                     after.get(),
                                     customers->customers,
                                     engine::base::Quantity::whole(quantity),
                                     {}};
    hold(comparison, counts);
    comparison.wanted = wanted;
    hold(comparison, counts);
  });
  for (std::size_t i = 0; i < counts.changes.size(); ++i)
    WARN(quote::price_change_names[i] << ": " << counts.changes[i]);
  if (property::cases_or(120) < 120) return;
  for (const auto change : {PriceChange::same, PriceChange::dearer, PriceChange::cheaper,
                            PriceChange::added, PriceChange::gone})
    CHECK(counts.changes[static_cast<std::size_t>(change)] > 0);
}

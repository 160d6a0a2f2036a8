#include "engine/quote/list_comparison.hpp"

#include "engine/base/contract.hpp"
#include "engine/base/parallel.hpp"
#include "engine/base/rounding.hpp"
#include "engine/base/wide.hpp"
#include "engine/price/choose.hpp"
#include "engine/quote/bulk_list.hpp"
#include "engine/quote/list_scope.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace engine::quote {

using base::BigInt;
using base::Fault;
using base::Int128;
using base::Result;
using model::Outcome;
using price::BulkPrices;
using snapshot::Snapshot;

namespace {

constexpr std::uint64_t prices_at_hand = 2'000'000;
constexpr std::uint64_t articles_together = 4'096;  // of the bulk way

// Prices of a stretch of customers in one state, by customer and article.
struct PricesAtHand {
  void clear(std::size_t count) {
    outcomes.assign(count, Outcome::no_price);
    mantissas.resize(count);
    records.resize(count);
  }

  std::vector<Outcome> outcomes;
  std::vector<Int128> mantissas;
  std::vector<std::uint32_t> records;
};

// Questions of a stretch of customers, and whose each is: index within the stretch.
struct Asked {
  std::vector<Question> questions;
  std::vector<std::size_t> customers;
};

Int128 price_at(const BulkPrices& prices, std::size_t i) {
  return prices.wide_prices.empty() ? Int128{prices.unit_prices[i]} : prices.wide_prices[i];
}

int decimals_of(const Snapshot& snapshot, const Question& question) {
  const auto& bound = snapshot.procedures()[question.procedure];
  return bound.steps[bound.rule->answer.unit_price].amount.decimals;
}

model::Terms terms_of(const Snapshot& snapshot, std::uint32_t record) {
  if (record == price::no_record) return {};
  const auto& index = snapshot.conditions();
  return index.terms(index.record(record));
}

struct Fraction {
  BigInt numerator, denominator;  // above 0
};

// What a base unit costs.
Fraction worth_of(const Snapshot& snapshot, model::ArticleId article, const ComparedPrice& price) {
  price::Line line;
  line.article = article;
  model::Terms terms;
  terms.unit = price.unit;
  terms.price_unit = price.price_unit;
  const price::UnitFactor factor = price::unit_factor(snapshot, terms, line);
  return {
      BigInt{price.unit_price.mantissa} * BigInt{factor.numerator},
      BigInt{base::pow10<base::Int256>(price.unit_price.decimals)} * BigInt{factor.denominator}};
}

std::optional<base::Decimal> percent_between(const Fraction& before, const Fraction& after) {
  if (before.numerator == 0) return std::nullopt;
  BigInt denominator = before.numerator * after.denominator;
  if (denominator < 0) denominator = -denominator;
  const BigInt difference =
      after.numerator * before.denominator - before.numerator * after.denominator;
  const BigInt hundredths =
      base::round_quotient<BigInt>(difference * 10'000, denominator, base::Rounding::half_up);
  if (boost::multiprecision::abs(hundredths) >= BigInt{base::pow10<Int128>(base::pow10_128_max)})
    return std::nullopt;
  return base::Decimal{static_cast<Int128>(hundredths), 2};
}

class BeforeSink final : public BulkSink {
 public:
  BeforeSink(const Asked& asked, std::size_t articles, PricesAtHand& prices)
      : asked_{asked}, articles_{articles}, prices_{prices} {}

  void take(const BulkTask& task, const BulkPrices& prices, int /*decimals*/) override {
    const std::size_t first = asked_.customers[task.customer] * articles_ + prices.first_article;
    for (std::size_t i = 0; i < prices.outcomes.size(); ++i) {
      prices_.outcomes[first + i] = prices.outcomes[i];
      prices_.records[first + i] = prices.records[i];
      if (prices.outcomes[i] == Outcome::priced) prices_.mantissas[first + i] = price_at(prices, i);
    }
  }

  bool end(const BulkTask& /*task*/) override { return true; }

 private:
  const Asked& asked_;
  std::size_t articles_;
  PricesAtHand& prices_;
};

class Comparing {
 public:
  Comparing(const ListComparison& comparison, const DifferenceSink& sink)
      : comparison_{comparison},
        sink_{sink},
        articles_{comparison.after->articles().base_units.size()},
        articles_before_{comparison.before->articles().base_units.size()} {
    ENSURE(articles_before_ <= articles_);
  }

  ComparisonTotals run(const ComparisonProgress& progress) {
    const std::size_t all = comparison_.customers.size();
    const auto stretch = static_cast<std::size_t>(
        std::max<std::uint64_t>(prices_at_hand / std::max<std::size_t>(articles_, 1), 1));
    for (std::size_t begin = 0; begin < all && is_wanted_; begin += stretch) {
      const std::size_t count = std::min(stretch, all - begin);
      compare(begin, comparison_.customers.subspan(begin, count));
      if (progress) progress(begin + count, all);
    }
    return totals_;
  }

 private:
  // What one worker found.
  struct Found {
    std::vector<ListDifference> differences;
    std::uint64_t same = 0;
    std::uint64_t unpriced = 0;
  };

  class AfterSink final : public BulkSink {
   public:
    AfterSink(const Comparing& comparing, const Asked& asked, std::size_t begin,
              std::vector<Found>& found)
        : comparing_{comparing}, asked_{asked}, begin_{begin}, found_{found} {}

    void take(const BulkTask& task, const BulkPrices& prices, int decimals) override {
      Found& found = found_[task.worker];
      const std::size_t place = asked_.customers[task.customer];
      for (std::size_t i = 0; i < prices.outcomes.size(); ++i) {
        const model::ArticleId article{prices.first_article + static_cast<std::uint32_t>(i)};
        if (!comparing_.is_wanted(article)) continue;
        Price price{prices.outcomes[i], 0, decimals, prices.records[i]};
        if (price.outcome == Outcome::priced) price.mantissa = price_at(prices, i);
        comparing_.compare(begin_, place, article, price, found);
      }
    }

    bool end(const BulkTask& /*task*/) override { return true; }

   private:
    const Comparing& comparing_;
    const Asked& asked_;
    std::size_t begin_;
    std::vector<Found>& found_;
  };

  struct Price {
    Outcome outcome = Outcome::no_price;
    Int128 mantissa = 0;
    int decimals = 0;
    std::uint32_t record = price::no_record;
  };

  bool is_wanted(model::ArticleId article) const {
    return comparison_.wanted.empty() || comparison_.wanted[article.raw()] != 0;
  }

  Asked asked(std::span<const ComparedCustomer> customers,
              std::optional<Question> ComparedCustomer::*side) const {
    Asked made;
    for (std::size_t i = 0; i < customers.size(); ++i) {
      if (!(customers[i].*side)) continue;
      made.questions.push_back(*(customers[i].*side));
      made.customers.push_back(i);
    }
    return made;
  }

  BulkList list(const Snapshot& snapshot, const Asked& asked) const {
    const auto wanted = comparison_.wanted.first(
        std::min(comparison_.wanted.size(), snapshot.articles().base_units.size()));
    return {&snapshot, asked.questions, comparison_.quantity, wanted, false, true};
  }

  void compare(std::size_t begin, std::span<const ComparedCustomer> customers) {
    before_.clear(customers.size() * articles_before_);
    const Asked were = asked(customers, &ComparedCustomer::before);
    BeforeSink before{were, articles_before_, before_};
    bulk_list(list(*comparison_.before, were), before);
    std::vector<Found> found(base::worker_count());
    const Asked are = asked(customers, &ComparedCustomer::after);
    AfterSink after{*this, are, begin, found};
    bulk_list(list(*comparison_.after, are), after);
    for (std::size_t i = 0; i < customers.size(); ++i) {
      if (customers[i].after) continue;
      for (std::uint32_t article = 0; article < articles_; ++article) {
        if (is_wanted(model::ArticleId{article}))
          compare(begin, i, model::ArticleId{article}, {}, found.front());
      }
    }
    hand_over(found);
  }

  Price price_before(std::size_t begin, std::size_t place, model::ArticleId article) const {
    if (article.raw() >= articles_before_) return {};
    const std::size_t at = place * articles_before_ + article.raw();
    Price price{before_.outcomes[at], 0, 0, price::no_record};
    if (price.outcome != Outcome::priced) return price;
    price.mantissa = before_.mantissas[at];
    price.record = before_.records[at];
    price.decimals = decimals_of(*comparison_.before, *comparison_.customers[begin + place].before);
    return price;
  }

  void compare(std::size_t begin, std::size_t place, model::ArticleId article, const Price& after,
               Found& found) const {
    const Price before = price_before(begin, place, article);
    const bool was = before.outcome == Outcome::priced;
    const bool is = after.outcome == Outcome::priced;
    if (!was && !is) {
      ++found.unpriced;
      return;
    }
    ListDifference difference{begin + place,
                              article,
                              PriceChange::same,
                              told(*comparison_.before, before),
                              told(*comparison_.after, after),
                              std::nullopt};
    difference.change = !was ? PriceChange::added : !is ? PriceChange::gone : change_of(difference);
    if (difference.change == PriceChange::same) {
      ++found.same;
    } else {
      found.differences.push_back(difference);
    }
  }

  static ComparedPrice told(const Snapshot& snapshot, const Price& price) {
    ComparedPrice made;
    made.outcome = price.outcome;
    if (price.outcome != Outcome::priced) return made;
    const model::Terms terms = terms_of(snapshot, price.record);
    made.unit_price = {price.mantissa, static_cast<std::uint8_t>(price.decimals)};
    made.price_unit = terms.price_unit;
    made.unit = terms.unit;
    return made;
  }

  // Of a price that was and is; sets the percent, too.
  PriceChange change_of(ListDifference& of) const {
    const ComparedCustomer& customer = comparison_.customers[of.customer];
    const ComparedPrice& x = of.before;
    const ComparedPrice& y = of.after;
    if (customer.before->header.currency != customer.after->header.currency)
      return PriceChange::other_currency;
    if (x.unit_price.mantissa == y.unit_price.mantissa &&
        x.unit_price.decimals == y.unit_price.decimals && x.price_unit == y.price_unit &&
        x.unit == y.unit)
      return PriceChange::same;
    const Fraction before = worth_of(*comparison_.before, of.article, x);
    const Fraction after = worth_of(*comparison_.after, of.article, y);
    const BigInt was = before.numerator * after.denominator;
    const BigInt is = after.numerator * before.denominator;
    if (was == is) return PriceChange::same;
    of.percent = percent_between(before, after);
    return is > was ? PriceChange::dearer : PriceChange::cheaper;
  }

  void hand_over(std::vector<Found>& found) {
    std::vector<ListDifference> all = std::move(found.front().differences);
    for (std::size_t i = 0; i < found.size(); ++i) {
      totals_.prices[static_cast<std::size_t>(PriceChange::same)] += found[i].same;
      totals_.unpriced += found[i].unpriced;
      if (i > 0) all.insert(all.end(), found[i].differences.begin(), found[i].differences.end());
    }
    std::ranges::sort(all, {}, [](const ListDifference& one) {
      return std::pair{one.customer, one.article.raw()};
    });
    std::size_t last = SIZE_MAX;
    for (const ListDifference& one : all) {
      ++totals_.prices[static_cast<std::size_t>(one.change)];
      totals_.customers += one.customer == last ? 0 : 1;
      last = one.customer;
      if (!one.percent) continue;
      const auto beyond = [&](const std::optional<ListDifference>& most, int sign) {
        return one.percent->mantissa * sign > (most ? most->percent->mantissa * sign : 0);
      };
      if (beyond(totals_.dearest, 1)) totals_.dearest = one;
      if (beyond(totals_.cheapest, -1)) totals_.cheapest = one;
    }
    is_wanted_ = all.empty() || sink_(all);
  }

  const ListComparison& comparison_;
  const DifferenceSink& sink_;
  std::size_t articles_;
  std::size_t articles_before_;
  PricesAtHand before_;
  ComparisonTotals totals_;
  bool is_wanted_ = true;
};

}  // namespace

std::uint64_t ComparisonTotals::different() const {
  return std::accumulate(prices.begin(), prices.end(), std::uint64_t{0}) - of(PriceChange::same);
}

Result<ComparedCustomers> compared_customers(const Snapshot& before, const Snapshot& after,
                                             std::span<const model::CustomerId> customers,
                                             QuoteRequest request, base::CivilMinutes today) {
  ComparedCustomers made;
  for (const model::CustomerId customer : customers) {
    request.customer = after.customer_code(customer);
    auto was = resolve(before, request, today);
    auto is = resolve(after, request, today);
    for (const auto* side : {&was, &is}) {
      if (!*side && !is_of_one_customer(side->error())) return side->error();
    }
    if (was || is) {
      ComparedCustomer& both = made.customers.emplace_back();
      both.customer = customer;
      if (was) both.before = *std::move(was);
      if (is) both.after = *std::move(is);
    } else if (customers.size() == 1) {
      return is.error();
    } else {
      made.unlisted.push_back({is.error().code, std::string{request.customer}, is.error().detail});
    }
  }
  return made;
}

std::uint64_t comparison_size(const ListComparison& comparison) {
  std::uint64_t articles = comparison.after->articles().base_units.size();
  if (!comparison.wanted.empty()) {
    std::uint64_t taken = 0;
    for (std::uint64_t first = 0; first < articles; first += articles_together) {
      const auto part =
          comparison.wanted.subspan(first, std::min(articles_together, articles - first));
      if (std::ranges::find_if(part, [](std::uint8_t one) { return one != 0; }) != part.end())
        taken += part.size();
    }
    articles = taken;
  }
  return articles * comparison.customers.size();
}

ComparisonTotals compare_lists(const ListComparison& comparison, const DifferenceSink& sink,
                               const ComparisonProgress& progress) {
  return Comparing{comparison, sink}.run(progress);
}

}  // namespace engine::quote

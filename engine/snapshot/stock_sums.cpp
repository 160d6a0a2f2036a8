#include "engine/snapshot/stock_sums.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace engine::snapshot {

using base::Fault;
using base::FaultCode;
using base::Result;

namespace {

// Sums of the articles that are asked for; of all, where nobody asks.
class StockSums {
 public:
  StockSums(const model::Facts& facts, std::vector<bool> wanted)
      : facts_{facts}, wanted_{std::move(wanted)} {}

  Result<void> write(StockTable& to) const {
    if (auto ok = write_free(to); !ok) return ok;
    write_receipts(to);
    return {};
  }

 private:
  std::size_t articles() const { return facts_.articles().items.size(); }

  bool is_wanted(std::uint32_t article) const { return wanted_.empty() || wanted_[article]; }

  static base::Int128 free_of(const model::Stock& stock) {
    return base::Int128{stock.on_hand.mantissa()} - stock.reserved.mantissa();
  }

  Result<base::Quantity> checked(base::Int128 free, std::uint32_t article) const {
    constexpr base::Int128 most = base::Quantity::whole(1'000'000'000'000).mantissa();
    if (free > most || free < -most) {
      return Fault{FaultCode::out_of_range, "on_hand",
                   "article '" + std::string{facts_.articles().codes->text(article)} +
                       "' has more than a trillion units over all warehouses"};
    }
    return base::Quantity::from_mantissa(static_cast<std::int64_t>(free));
  }

  Result<void> write_free(StockTable& to) const {
    std::vector<base::Int128> free(articles(), 0);
    for (const model::StockRow& row : facts_.stock()) {
      if (is_wanted(row.article.raw())) free[row.article.raw()] += free_of(row.stock);
    }
    for (std::uint32_t article = 0; article < free.size(); ++article) {
      if (wanted_.empty() ? free[article] == 0 : !wanted_[article]) continue;
      const auto sum = checked(free[article], article);
      if (!sum) return sum.error();
      to.set_free(article, *sum);
    }
    return {};
  }

  void write_receipts(StockTable& to) const {
    std::vector<std::pair<std::uint32_t, ReceiptDue>> due;
    for (const model::Receipt& receipt : facts_.receipts()) {
      if (is_wanted(receipt.article.raw()))
        due.push_back({receipt.article.raw(), {receipt.date, receipt.quantity}});
    }
    std::ranges::stable_sort(due, [](const auto& a, const auto& b) {
      return std::pair{a.first, a.second.date} < std::pair{b.first, b.second.date};
    });
    for (std::uint32_t article = 0; article < wanted_.size(); ++article) {
      if (wanted_[article] && !to.receipts(article).empty()) to.set_receipts(article, {});
    }
    for (std::size_t next = 0; next < due.size();) {
      const std::uint32_t article = due[next].first;
      std::vector<ReceiptDue> of_article;
      for (; next < due.size() && due[next].first == article; ++next)
        of_article.push_back(due[next].second);
      to.set_receipts(article, std::move(of_article));
    }
  }

  const model::Facts& facts_;
  std::vector<bool> wanted_;  // by article; empty: all
};

}  // namespace

Result<void> sum_stock(const model::Facts& facts, StockTable& to) {
  return StockSums{facts, {}}.write(to);
}

Result<void> sum_stock(const model::Facts& facts, std::span<const model::ArticleId> articles,
                       StockTable& to) {
  if (articles.empty()) return {};
  std::vector<bool> wanted(facts.articles().items.size(), false);
  for (const model::ArticleId article : articles) wanted[article.raw()] = true;
  return StockSums{facts, std::move(wanted)}.write(to);
}

}  // namespace engine::snapshot

// The plain oracle: prices questions by straight loops over rows, with exact rationals and no
// index. Everything else that answers questions is held against it.
//
// 1 Agreement of customer and article, valid, its min_qty reached: the largest min_qty, then the
//   lowest price, then the row without discounts.
// 2 The customer's own lists, 3 the lists of all his groups: by priority, then id, the first valid
//   list with a reached row for the article; in it the largest min_qty.
// 4 The base price.
// Where discounts are allowed, the customer's largest and his groups' largest stack. The unit price
// is rounded once, half up, to cents. Only rows of customers and articles asked for are kept: meant
// for a few thousand questions, about a second on M. Stream a world into it, then ask; one thread.
#pragma once

#include "bench/world/questions.hpp"
#include "bench/world/rows.hpp"
#include "bench/world/world.hpp"

#include <cstdint>
#include <span>
#include <unordered_set>
#include <vector>

namespace bench::world {

class Oracle : public WorldSink {
 public:
  explicit Oracle(std::span<const Question> questions);

  // In the order of the questions. Throws std::runtime_error for an article that the world does not
  // have; customers are not checked.
  std::vector<Answer> answers() const;

  void product_group(const ProductGroupRow& row) override;
  void sku(const SkuRow& row) override;
  void member(const MemberRow& row) override;
  void price_list(const PriceListHead& row) override;
  void price_list_row(const PriceListRow& row) override;
  void agreement(const AgreementRow& row) override;
  void disc_cust_pg(const DiscountRow& row) override;
  void disc_group_pg(const DiscountRow& row) override;
  void disc_group_sku(const DiscountRow& row) override;
  void stock(const StockRow& row) override;
  void band(const BandRow& row) override;

 private:
  struct Price {
    Source source;
    std::int64_t price;
    bool discountable;
  };

  Answer answer(const Question& question) const;
  Price find_price(const Question& question, const SkuRow& sku,
                   std::span<const std::uint32_t> groups) const;
  const AgreementRow* find_agreement(const Question& question) const;
  const PriceListRow* find_in_list(const Question& question, std::uint32_t list) const;
  std::vector<PriceListHead> lists_in_order(OwnerType type, std::span<const std::uint32_t> owners,
                                            Day at) const;
  std::int32_t customer_discount(const Question& question, const SkuRow& sku) const;
  std::int32_t group_discount(const Question& question, const SkuRow& sku,
                              std::span<const std::uint32_t> groups) const;
  Band band_of(const SkuRow& sku) const;
  const SkuRow& sku_of(std::uint32_t id) const;

  std::vector<Question> questions_;
  std::unordered_set<std::uint32_t> customers_asked_;
  std::unordered_set<std::uint32_t> skus_asked_;

  std::vector<ProductGroupRow> product_groups_;
  std::vector<SkuRow> skus_;
  std::vector<MemberRow> members_;
  std::vector<PriceListHead> lists_;
  std::vector<PriceListRow> list_rows_;
  std::vector<AgreementRow> agreements_;
  std::vector<DiscountRow> disc_cust_pg_;
  std::vector<DiscountRow> disc_group_pg_;
  std::vector<DiscountRow> disc_group_sku_;
  std::vector<StockRow> stock_;
  std::vector<BandRow> bands_;
};

std::vector<Answer> oracle_answers(const World& world, std::span<const Question> questions);

}  // namespace bench::world

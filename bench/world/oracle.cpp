#include "bench/world/oracle.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <tuple>

namespace bench::world {

namespace {

using boost::multiprecision::cpp_int;
using boost::multiprecision::cpp_rational;

std::int64_t rounded_half_up(const cpp_rational& positive) {
  const cpp_rational shifted = positive + cpp_rational{1, 2};
  return static_cast<std::int64_t>(cpp_int{numerator(shifted) / denominator(shifted)});
}

std::int64_t unit_cents(std::int64_t price, std::int32_t customer_bp, std::int32_t group_bp) {
  const cpp_rational amount = cpp_rational{price, 10'000} *
                              cpp_rational{10'000 - customer_bp, 10'000} *
                              cpp_rational{10'000 - group_bp, 10'000};
  return rounded_half_up(amount * 100);
}

bool contains(std::span<const std::uint32_t> ids, std::uint32_t id) {
  return std::ranges::find(ids, id) != ids.end();
}

}  // namespace

Oracle::Oracle(std::span<const Question> questions)
    : questions_{questions.begin(), questions.end()} {
  for (const auto& question : questions_) {
    customers_asked_.insert(question.customer_id);
    skus_asked_.insert(question.sku_id);
  }
}

void Oracle::product_group(const ProductGroupRow& row) { product_groups_.push_back(row); }

void Oracle::sku(const SkuRow& row) {
  if (skus_asked_.contains(row.id)) skus_.push_back(row);
}

void Oracle::member(const MemberRow& row) {
  if (customers_asked_.contains(row.customer_id)) members_.push_back(row);
}

void Oracle::price_list(const PriceListHead& row) { lists_.push_back(row); }

void Oracle::price_list_row(const PriceListRow& row) {
  if (skus_asked_.contains(row.sku_id)) list_rows_.push_back(row);
}

void Oracle::agreement(const AgreementRow& row) {
  if (customers_asked_.contains(row.customer_id) && skus_asked_.contains(row.sku_id)) {
    agreements_.push_back(row);
  }
}

void Oracle::disc_cust_pg(const DiscountRow& row) {
  if (customers_asked_.contains(row.owner_id)) disc_cust_pg_.push_back(row);
}

void Oracle::disc_group_pg(const DiscountRow& row) { disc_group_pg_.push_back(row); }

void Oracle::disc_group_sku(const DiscountRow& row) {
  if (skus_asked_.contains(row.target_id)) disc_group_sku_.push_back(row);
}

void Oracle::stock(const StockRow& row) {
  if (skus_asked_.contains(row.sku_id)) stock_.push_back(row);
}

void Oracle::band(const BandRow& row) { bands_.push_back(row); }

std::vector<Answer> Oracle::answers() const {
  std::vector<Answer> all;
  all.reserve(questions_.size());
  for (const auto& question : questions_) all.push_back(answer(question));
  return all;
}

Answer Oracle::answer(const Question& question) const {
  const auto& sku = sku_of(question.sku_id);
  std::vector<std::uint32_t> groups;
  for (const auto& member : members_) {
    if (member.customer_id == question.customer_id) groups.push_back(member.group_id);
  }
  const auto found = find_price(question, sku, groups);
  std::int32_t customer_bp = 0;
  std::int32_t group_bp = 0;
  if (found.discountable) {
    customer_bp = customer_discount(question, sku);
    group_bp = group_discount(question, sku, groups);
  }
  const auto unit = unit_cents(found.price, customer_bp, group_bp);
  return {found.source, unit, unit * question.qty, band_of(sku)};
}

Oracle::Price Oracle::find_price(const Question& question, const SkuRow& sku,
                                 std::span<const std::uint32_t> groups) const {
  if (const auto* row = find_agreement(question)) {
    return {Source::agreement, row->price, row->discountable};
  }
  const std::uint32_t customer[] = {question.customer_id};
  for (const auto& list : lists_in_order(OwnerType::customer, customer, question.at)) {
    const auto* row = find_in_list(question, list.id);
    if (row != nullptr) return {Source::customer_list, row->price, list.discountable};
  }
  for (const auto& list : lists_in_order(OwnerType::group, groups, question.at)) {
    const auto* row = find_in_list(question, list.id);
    if (row != nullptr) return {Source::group_list, row->price, list.discountable};
  }
  return {Source::base, sku.base_price, true};
}

const AgreementRow* Oracle::find_agreement(const Question& question) const {
  const auto preference = [](const AgreementRow& row) {
    return std::tuple{-row.min_qty, row.price, row.discountable};
  };
  const AgreementRow* best = nullptr;
  for (const auto& row : agreements_) {
    if (row.customer_id != question.customer_id || row.sku_id != question.sku_id) continue;
    if (!row.validity.covers(question.at) || row.min_qty > question.qty) continue;
    if (best == nullptr || preference(row) < preference(*best)) best = &row;
  }
  return best;
}

const PriceListRow* Oracle::find_in_list(const Question& question, std::uint32_t list) const {
  const PriceListRow* best = nullptr;
  for (const auto& row : list_rows_) {
    if (row.list_id != list || row.sku_id != question.sku_id) continue;
    if (row.min_qty > question.qty) continue;
    if (best == nullptr || row.min_qty > best->min_qty) best = &row;
  }
  return best;
}

std::vector<PriceListHead> Oracle::lists_in_order(OwnerType type,
                                                  std::span<const std::uint32_t> owners,
                                                  Day at) const {
  std::vector<PriceListHead> lists;
  for (const auto& list : lists_) {
    if (list.owner_type != type || !contains(owners, list.owner_id)) continue;
    if (list.validity.covers(at)) lists.push_back(list);
  }
  std::ranges::sort(lists, {}, [](const auto& list) { return std::pair{list.priority, list.id}; });
  return lists;
}

std::int32_t Oracle::customer_discount(const Question& question, const SkuRow& sku) const {
  std::int32_t best = 0;
  for (const auto& row : disc_cust_pg_) {
    if (row.owner_id != question.customer_id || row.target_id != sku.product_group_id) continue;
    if (row.validity.covers(question.at)) best = std::max(best, row.bp);
  }
  return best;
}

std::int32_t Oracle::group_discount(const Question& question, const SkuRow& sku,
                                    std::span<const std::uint32_t> groups) const {
  std::int32_t best = 0;
  const auto consider = [&](const DiscountRow& row, std::uint32_t target) {
    if (row.target_id != target || !contains(groups, row.owner_id)) return;
    if (row.validity.covers(question.at)) best = std::max(best, row.bp);
  };
  for (const auto& row : disc_group_pg_) consider(row, sku.product_group_id);
  for (const auto& row : disc_group_sku_) consider(row, sku.id);
  return best;
}

Band Oracle::band_of(const SkuRow& sku) const {
  std::int64_t total = 0;
  for (const auto& row : stock_) {
    if (row.sku_id == sku.id) total += row.qty;
  }
  std::uint32_t profile = 0;
  for (const auto& group : product_groups_) {
    if (group.id == sku.product_group_id) profile = group.band_profile;
  }
  const BandRow* best = nullptr;
  for (const auto& row : bands_) {
    if (row.band_profile != profile || row.min_qty > total) continue;
    if (best == nullptr || row.min_qty > best->min_qty) best = &row;
  }
  if (best == nullptr) {
    throw std::runtime_error{"no band for stock " + std::to_string(total) + " in profile " +
                             std::to_string(profile)};
  }
  return best->band;
}

const SkuRow& Oracle::sku_of(std::uint32_t id) const {
  const auto found = std::ranges::find(skus_, id, &SkuRow::id);
  if (found == skus_.end()) throw std::runtime_error{"the world has no SKU " + std::to_string(id)};
  return *found;
}

std::vector<Answer> oracle_answers(const World& world, std::span<const Question> questions) {
  Oracle oracle{questions};
  world.stream(oracle);
  return oracle.answers();
}

}  // namespace bench::world

// Of Facts: a batch that is taken back. Condition rows wait in tables of their own until they are
// settled, so that dropping them undoes them; of stock and receipts it is remembered what stood
// there. Masters, documents, rates and assignments are not taken back: they come seldom.
#include "engine/model/facts.hpp"
#include "engine/model/facts_common.hpp"

#include <algorithm>

namespace engine::model {

namespace {

constexpr std::size_t remembered_max = 200'000;  // of stock and of receipts; a batch has fewer

}  // namespace

void Facts::note_settled() {
  stock_before_.clear();
  receipts_before_.clear();
  is_too_much_ = false;
  settled_frame_ = frame_version_;
}

bool Facts::may_note() {
  is_too_much_ |= stock_before_.size() + receipts_before_.size() >= remembered_max;
  return !is_too_much_;
}

void Facts::note_stock(ArticleId article, WarehouseId warehouse, const StockRow* before) {
  if (!may_note()) return;
  const bool was_there = before != nullptr;
  stock_before_.emplace_back(was_there ? *before : StockRow{article, warehouse, {}, 0}, was_there);
}

void Facts::note_receipt(const Receipt& receipt, bool was_there) {
  if (may_note()) receipts_before_.emplace_back(receipt, was_there);
}

bool Facts::is_settled() const {
  return stock_before_.empty() && receipts_before_.empty() && !is_too_much_ &&
         settled_frame_ == frame_version_ && !documents_changed_ &&
         std::ranges::all_of(rows_, [](const TableRows& rows) { return rows.records.empty(); });
}

void Facts::put_back(const StockRow& row) {
  const std::uint32_t known = stock_places_.find(stock_, row.article, row.warehouse);
  if (known == StockPlaces::none) {
    stock_.push_back(row);
    stock_places_.insert_last(stock_);
  } else {
    stock_[known] = row;
  }
  stock_changes_.push_back(row.article);
}

void Facts::put_back(const Receipt& receipt) {
  const Place next{0, static_cast<std::uint32_t>(receipts_.size())};
  const Place place = receipt_places_.find_or_insert(detail::identity_of(receipt), next);
  if (place.row == receipts_.size()) {
    receipts_.emplace_back();
    receipt_batches_.push_back(0);
  }
  receipts_[place.row] = receipt;
  stock_changes_.push_back(receipt.article);
}

bool Facts::undo() {
  if (is_too_much_ || settled_frame_ != frame_version_ || documents_changed_) return false;
  rows_.clear();
  extras_.clear();
  condition_places_ = {};
  const auto stock = std::exchange(stock_before_, {});
  for (auto at = stock.rbegin(); at != stock.rend(); ++at) {
    const auto& [row, was_there] = *at;
    if (was_there) {
      put_back(row);
    } else {
      drop_stock(stock_places_.find(stock_, row.article, row.warehouse));
    }
  }
  const auto receipts = std::exchange(receipts_before_, {});
  for (auto at = receipts.rbegin(); at != receipts.rend(); ++at) {
    const auto& [receipt, was_there] = *at;
    if (was_there) {
      put_back(receipt);
    } else {
      drop_receipt(receipt_places_.find(detail::identity_of(receipt))->row);
    }
  }
  note_settled();  // of what was just done, too
  return true;
}

}  // namespace engine::model

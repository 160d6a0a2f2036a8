#include "engine/snapshot/stock_table.hpp"

#include <utility>

namespace engine::snapshot {

StockTable::StockTable(std::size_t articles) : pages_((articles + page_size - 1) / page_size) {
  for (auto& page : pages_) page = std::make_shared<Page>();
}

// Only writers copy tables, one at a time: a count of one can't become two behind our back.
StockTable::Entry& StockTable::writable(std::uint32_t article) {
  std::shared_ptr<Page>& page = pages_[article >> page_bits];
  if (page.use_count() > 1) page = std::make_shared<Page>(*page);
  return (*page)[article & (page_size - 1)];
}

void StockTable::set_receipts(std::uint32_t article, std::vector<ReceiptDue> due) {
  writable(article).due =
      due.empty() ? nullptr : std::make_shared<const std::vector<ReceiptDue>>(std::move(due));
}

}  // namespace engine::snapshot

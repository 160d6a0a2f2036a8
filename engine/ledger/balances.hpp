// Balances: what agreements, coupons and reservations have used up, as of one generation. A
// copy-on-write table that belongs to the snapshot, so that a price and the balance beside it are
// always of one state. Immutable here; a writer makes the next one with `with`. It holds no entry
// until a ledger command is applied.
#pragma once

#include "engine/base/fixed.hpp"
#include "engine/model/ids.hpp"

#include <cstdint>
#include <map>
#include <memory>

namespace engine::ledger {

struct Balance {
  base::Quantity called_off;
  base::Quantity held;

  friend bool operator==(const Balance&, const Balance&) = default;
};

class Balances {
 public:
  // Zero where nothing was ever booked.
  Balance of(model::DocumentId document, model::ArticleId article) const {
    if (!entries_) return {};
    const auto found = entries_->find({document, article});
    return found == entries_->end() ? Balance{} : found->second;
  }

  // A new table with one balance changed; this one stays as it is.
  Balances with(model::DocumentId document, model::ArticleId article,
                const Balance& balance) const {
    auto entries = entries_ ? std::make_shared<Entries>(*entries_) : std::make_shared<Entries>();
    (*entries)[{document, article}] = balance;
    Balances next;
    next.entries_ = std::move(entries);
    return next;
  }

  std::size_t size() const { return entries_ ? entries_->size() : 0; }

 private:
  using Entries = std::map<std::pair<model::DocumentId, model::ArticleId>, Balance>;

  std::shared_ptr<const Entries> entries_;
};

}  // namespace engine::ledger

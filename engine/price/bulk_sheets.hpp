// Sheets: what a part of the condition index says to a price list - for each of its keys, the record
// that a step would take, on the list's day and at its quantity. That does not depend on who asks,
// so one sheet serves every customer that reaches the part. Where it does depend on the customer, or
// something has to be chosen that the part alone can't decide, the entry is marked `hard_record` and
// the line goes to the evaluator. Built side by side, then read only. Memory: 16 bytes a key, 24
// where it is asked how long prices hold; about 20 ns a record.
#pragma once

#include "engine/base/huge_pages.hpp"
#include "engine/price/bulk_formula.hpp"
#include "engine/price/line.hpp"
#include "engine/price/priced.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

namespace engine::price {

inline constexpr std::uint32_t hard_record = UINT32_MAX - 1;

// What all lines of a price list share, whoever asks.
struct BulkTerms {
  const snapshot::Snapshot* snapshot = nullptr;
  std::uint16_t procedure = 0;
  model::CurrencyId currency;
  base::CivilMinutes date;
  base::Quantity quantity;
  bool asks_until = false;    // how long prices hold is asked, too
  bool asks_records = false;  // and which records gave them
};

// How long what a key says holds.
struct BulkUntil {
  base::CivilMinutes end = base::CivilMinutes::latest();     // of its records that hold now
  base::CivilMinutes change = base::CivilMinutes::latest();  // when the next one starts
};

struct BulkSheet {
  bool is_dense = false;  // entries of all keys from `first` on; else of `keys`
  std::uint32_t first = 0;
  std::vector<std::uint32_t> keys;  // rising
  base::BigVector<BulkEntry> entries;
  base::BigVector<BulkUntil> untils;  // empty unless asked for

  std::uint32_t key_of(std::size_t entry) const {
    return is_dense ? first + static_cast<std::uint32_t>(entry) : keys[entry];
  }
};

// Of one set of terms. One thread asks for sheets, then fill() makes them on all workers; after that
// any number of threads reads them.
class BulkSheets {
 public:
  explicit BulkSheets(const BulkTerms& terms) : terms_{terms} {}

  // The sheet of a part as an access of a step sees it; good until clear(), there after fill().
  const BulkSheet* sheet(std::uint16_t step, std::uint16_t access, std::uint32_t part);
  void fill();

  std::size_t entry_count() const { return entry_count_; }

  void clear();

 private:
  struct Wanted {
    BulkSheet* sheet = nullptr;
    std::uint16_t step = 0;
    std::uint16_t access = 0;
    std::uint32_t part = 0;
  };

  void make_room(const Wanted& wanted);
  void fill(const Wanted& wanted, std::uint32_t begin, std::uint32_t end) const;

  BulkTerms terms_;
  std::map<std::uint64_t, std::unique_ptr<BulkSheet>> sheets_;
  std::vector<Wanted> wanted_;
  std::size_t entry_count_ = 0;
};

}  // namespace engine::price

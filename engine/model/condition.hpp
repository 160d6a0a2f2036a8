// A condition record as the hot path sees it (40 bytes), and the terms it shares with others.
// Everything that takes one of a few hundred combinations (currency, unit, price unit, decimals,
// flags, rank) stands once in a dictionary of terms that stays in the first-level cache; the record
// keeps two bytes for it.
#pragma once

#include "engine/base/date.hpp"
#include "engine/base/decimal.hpp"
#include "engine/base/fixed.hpp"
#include "engine/model/ids.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace engine::model {

struct Terms {
  CurrencyId currency;           // none: any currency (percents, factors)
  UnitId unit;                   // none: the article's base unit, scaled to the unit ordered
  std::uint32_t price_unit = 1;  // the value is for this many of `unit`
  std::int32_t rank = 0;         // smaller comes first
  std::uint32_t flags = 0;       // bits by FlagId
  std::uint8_t decimals = 0;     // of the value's mantissa
  bool has_window = false;       // an upper quantity bound stands in the snapshot's windows
  bool wide = false;             // the value is the extra's, in 128 bits
  bool lost_discounts = false;   // would be discountable, but its document refuses discounts
  bool has_more = false;         // the extra has a scale, a condition, a formula or parameters

  friend auto operator<=>(const Terms&, const Terms&) = default;  // NOLINT(modernize-use-nullptr)
};

struct ConditionRecord {
  std::int64_t value = 0;    // mantissa; terms.decimals says where the point is
  base::Quantity threshold;  // reached from here on (in the record's unit, or the base unit)
  base::CivilMinutes valid_from = base::CivilMinutes::earliest();
  base::CivilMinutes valid_to = base::CivilMinutes::latest();
  DocumentId document;    // the list, agreement or promotion it came from; none
  std::uint32_t row = 0;  // `by_key` and its external key's number, or its line in the feed
  std::uint32_t extra = UINT32_MAX;  // index of what few records have: window and wide value
  std::uint16_t terms = 0;           // index into the dictionary of terms
  std::uint16_t origin = 0;  // the feed of the key, or feed and import of the line: RecordOrigins

  static constexpr std::uint32_t by_key = std::uint32_t{1} << 31U;

  bool is_keyed() const { return (row & by_key) != 0; }

  // Of the external key, or of the line.
  std::uint32_t number() const { return row & ~by_key; }

  base::Validity validity() const { return {valid_from, valid_to}; }
};

static_assert(sizeof(ConditionRecord) == 40);

// Where records come from.
struct RecordOrigin {
  std::string feed;
  std::uint64_t import = 0;  // its sequence number in the journal; 0: none is known, or of a key

  friend auto operator<=>(const RecordOrigin&, const RecordOrigin&) = default;  // NOLINT
};

// Numbered from 0, which is "not known": what does not fit is told without feed and import.
using RecordOrigins = std::vector<RecordOrigin>;

inline constexpr std::uint32_t nothing_there = UINT32_MAX;

// What few records have.
struct RecordExtra {
  base::Quantity window_to;                // inclusive; meaningful where terms.has_window
  base::Int128 wide = 0;                   // the mantissa where 64 bits do not hold it (terms.wide)
  std::uint32_t scale = nothing_there;     // index of its own scale
  std::uint32_t when = nothing_there;      // index of its condition among the record texts
  std::uint32_t formula = nothing_there;   // index of the formula that computes its value
  std::uint32_t buy_when = nothing_there;  // of buy_get: lines whose units count as bought; absent:
                                           // those that it rewards
  ArticleId free_article;                  // of free_goods; none: the line's own
  std::vector<std::pair<std::uint16_t, base::Decimal>>
      parameters;  // by Schema::find_number, rising; absent ones are missing

  const base::Decimal* parameter(std::uint16_t place) const {
    for (const auto& [own, number] : parameters) {
      if (own == place) return &number;
    }
    return nullptr;
  }
};

}  // namespace engine::model

// What stands in the facts before a batch: the record that a draft takes the place of or follows, and the newest
// record of a type under one article. For guards, which compare what comes with what is. Sees settled
// records and those laid over them, never rows that are still pending. Only reads; one writer. Cost:
// a few look-ups to the records under the draft's key, and one look at each of these; where its external
// key is known, a few look-ups alone. newest_value() looks at all records under the article.
#pragma once

#include "engine/base/decimal.hpp"
#include "engine/model/facts.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace engine::model {

// A price with what it is for: comparable with another of one article and currency.
struct UnitValue {
  base::Decimal value;
  std::int64_t price_unit = 1;
  CurrencyId currency;
  std::int64_t numerator = 1, denominator = 1;  // base units in one of its unit
};

// The price from a quantity on: from `bound`, or from just above it.
struct PriceStep {
  base::Quantity bound;
  bool is_above = false;
  UnitValue price;
};

// What a price, or a percent, is by quantity. Steps rise; a flat price is one step from 0 on. All steps have one
// currency, unit and price unit.
struct PriceLadder {
  std::vector<PriceStep> steps;
  std::optional<base::Quantity> last;  // above it there is no price

  bool is_flat() const { return steps.size() == 1 && !last; }
};

// The price where `step` begins; null where there is none.
const UnitValue* price_at(const PriceLadder& ladder, const PriceStep& step);

// Whether the bounds of the two say the same: both are in one unit, or one has no bounds.
bool have_like_bounds(const PriceLadder& a, const PriceLadder& b);

struct RecordBefore {
  bool is_replaced = true;  // by the draft; else it begins no later than the draft, and both stay
  // None: a formula, a scale whose rates are not what all of a quantity costs (graduated, package,
  // with flat amounts), or a unit that the article lacks.
  std::optional<PriceLadder> price;
  // None: no percent, a formula, a graduated scale, or a scale in another unit than the draft's.
  // Fractions (0.05 is 5 %), of no currency and no unit; an article is not needed.
  std::optional<PriceLadder> percent;
};

// Records under the values of a table's fields, in its order.
KeyRange records_under(const Facts& facts, const SettledView& there, TableId table,
                       std::span<const std::uint32_t> values);

// The number of the feed that external keys are of; nothing where no record of it has one. Looks
// through all origins: to be asked once a batch.
std::optional<std::uint16_t> keyed_origin(const Facts& facts, std::string_view feed);

// The record that the draft takes the place of, or else the last one that does not begin after it and is
// otherwise of the same key, document, currency, unit, quantity and condition. Nothing where there
// is no such record, or where no record can be as the draft says. `origin` is the draft's feed's.
std::optional<RecordBefore> record_before(const Facts& facts, const ConditionDraft& draft,
                                          std::optional<std::uint16_t> origin);

// The draft's own price; nothing where RecordBefore has none, where it names no known article or
// unit, or is no price. Reads the scale's text.
std::optional<PriceLadder> price_of(const Facts& facts, const ConditionDraft& draft);

// The draft's own percent, likewise.
std::optional<PriceLadder> percent_of(const Facts& facts, const ConditionDraft& draft);

// Of the records of the type under this article alone, for any quantity, whose validity overlaps: the
// one that begins last, in that currency.
std::optional<UnitValue> newest_value(const Facts& facts, std::string_view type,
                                      std::string_view article, CurrencyId currency,
                                      const base::Validity& validity);

// a * percent / 100 against b, for one base unit: negative, 0 or positive; nothing where they can't
// be compared exactly in 128 bits, or have different currencies.
std::optional<int> compare(const UnitValue& a, std::int64_t percent, const UnitValue& b);

// Whether two percents lie more than so many percentage points apart; nothing where that takes more
// than 128 bits.
std::optional<bool> lie_apart(const UnitValue& a, const UnitValue& b, std::int64_t points);

}  // namespace engine::model

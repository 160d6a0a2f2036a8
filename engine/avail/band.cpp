#include "engine/avail/band.hpp"

#include "engine/snapshot/article_band_sets.hpp"

#include <algorithm>

namespace engine::avail {

using model::Schema;
using snapshot::Snapshot;

namespace {

bool any_of(const std::vector<std::uint32_t>& ids, std::uint32_t id) {
  return std::ranges::find(ids, id) != ids.end();
}

template <class Reached>
bool any_reached(const std::vector<std::uint32_t>& ids, Reached groups) {
  return std::ranges::any_of(groups,
                             [&](const snapshot::Reached& group) { return any_of(ids, group.id); });
}

bool attribute_matches(std::span<const model::Attribute> attributes, model::FieldId field,
                       const std::vector<std::uint32_t>& ids) {
  return std::ranges::any_of(attributes, [&](const model::Attribute& attribute) {
    return attribute.field == field && any_of(ids, attribute.value.raw());
  });
}

bool matches(const Snapshot& snapshot, model::ArticleId article, const Viewer& viewer,
             model::FieldId field, const std::vector<std::uint32_t>& ids) {
  const bool known_customer = !viewer.customer.is_none();
  if (field == Schema::article) return any_of(ids, article.raw());
  if (field == Schema::article_group)
    return any_reached(ids, snapshot.articles().groups[article.raw()]);
  if (field == Schema::customer) return known_customer && any_of(ids, viewer.customer.raw());
  if (field == Schema::customer_group) {
    return known_customer && any_reached(ids, snapshot.customers().groups[viewer.customer.raw()]);
  }
  if (viewer.fields != nullptr) {
    for (const auto& [given, value] : *viewer.fields) {
      if (given == field) return any_of(ids, value.raw());
    }
  }
  if (attribute_matches(snapshot.articles().attributes[article.raw()], field, ids)) return true;
  return known_customer &&
         attribute_matches(snapshot.customers().attributes[viewer.customer.raw()], field, ids);
}

// First day on which what is due from `date` on makes up for the missing quantity.
base::CivilMinutes covered_from(std::span<const snapshot::ReceiptDue> receipts,
                                base::Quantity missing, base::CivilMinutes date) {
  base::Int128 due = 0;
  for (const snapshot::ReceiptDue& receipt : receipts) {
    if (receipt.date < date.day_start()) continue;
    due += receipt.quantity.mantissa();
    if (due >= missing.mantissa()) return receipt.date;
  }
  return base::CivilMinutes::latest();
}

std::uint16_t band_of(const rule::BandSet& set, base::Quantity available) {
  const auto count = static_cast<std::uint16_t>(set.threshold_count());
  const rule::Band* const bands = set.bands.data();
  std::uint16_t band = 0;
  for (std::uint16_t i = 1; i < count; ++i) {
    if (bands[i].from <= available) band = i;
  }
  return band;
}

}  // namespace

std::uint16_t band_set_for(const Snapshot& snapshot, model::ArticleId article,
                           const Viewer& viewer) {
  static_assert(no_band == snapshot::no_band_set);
  const auto& known = snapshot.articles().band_sets;
  if (!known.empty()) return known[article.raw()];
  for (const snapshot::BoundLookupRow& row : snapshot.band_lookup()) {
    const bool all = std::ranges::all_of(row.when, [&](const auto& condition) {
      return matches(snapshot, article, viewer, condition.first, condition.second);
    });
    if (all) return row.result;
  }
  return snapshot.band_lookup().empty() && snapshot.rules().band_sets.size() == 1 ? std::uint16_t{0}
                                                                                  : no_band;
}

Availability availability_of(const Snapshot& snapshot, model::ArticleId article,
                             base::Quantity wanted, base::CivilMinutes date,
                             std::uint16_t band_set) {
  Availability made;
  if (band_set == no_band) return made;
  const base::Quantity available =
      snapshot.stock().free(article.raw()) - snapshot.articles().safety_stock[article.raw()];
  const rule::BandSet& set = snapshot.rules().band_sets[band_set];
  made.band_set = band_set;
  made.band = band_of(set, available);
  made.covers = available >= wanted && available > base::Quantity{};
  if (made.covers) return made;
  // Where nothing is asked for, any goods at all will do.
  const base::Quantity missing = std::max(wanted, base::Quantity::from_mantissa(1)) - available;
  made.expected = covered_from(snapshot.stock().receipts(article.raw()), missing, date);
  if (made.band == 0 && !made.expected.is_open() && set.last_is_expected) {
    made.band = static_cast<std::uint16_t>(set.threshold_count());
  }
  return made;
}

}  // namespace engine::avail

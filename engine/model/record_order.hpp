// RecordOrder: which of the records under one key comes first, and which stand for the same thing.
// Both follow from what records say, so that the order of a store does not depend on when its
// records came. Holds on to the terms it is made with. Any thread.
#pragma once

#include "engine/model/condition.hpp"

#include <span>
#include <tuple>

namespace engine::model {

// A record and what it has beside it; null: nothing.
struct RecordView {
  const ConditionRecord* record = nullptr;
  const RecordExtra* extra = nullptr;

  std::uint32_t condition() const { return extra == nullptr ? nothing_there : extra->when; }
};

class RecordOrder {
 public:
  explicit RecordOrder(std::span<const Terms> terms) : terms_{terms} {}

  // Total among records of one key, since identities differ.
  bool is_before(const RecordView& a, const RecordView& b) const {
    const ConditionRecord& x = *a.record;
    const ConditionRecord& y = *b.record;
    if (x.threshold != y.threshold) return x.threshold < y.threshold;
    if (x.valid_from != y.valid_from) return x.valid_from < y.valid_from;
    return rest(a) < rest(b);
  }

  // Of two records of one key without external keys: whether the later takes the other's place.
  bool is_same(const RecordView& a, const RecordView& b) const {
    const ConditionRecord& x = *a.record;
    const ConditionRecord& y = *b.record;
    if (x.is_keyed() || y.is_keyed() || x.threshold != y.threshold ||
        x.valid_from != y.valid_from || x.document != y.document)
      return false;
    const Terms& t = terms_[x.terms];
    const Terms& u = terms_[y.terms];
    return t.currency == u.currency && t.unit == u.unit && a.condition() == b.condition();
  }

 private:
  std::tuple<std::uint32_t, std::uint32_t, std::uint16_t, CurrencyId, UnitId, std::uint32_t> rest(
      const RecordView& view) const {
    const ConditionRecord& record = *view.record;
    const Terms& terms = terms_[record.terms];
    const bool keyed = record.is_keyed();
    return {record.document.raw() + 1,  // none comes first
            keyed ? record.number() : nothing_there,
            keyed ? record.origin : std::uint16_t{0},
            terms.currency,
            terms.unit,
            view.condition()};
  }

  std::span<const Terms> terms_;
};

}  // namespace engine::model

#include "rules/check_rivals.hpp"

#include <algorithm>
#include <tuple>

namespace rules {

namespace model = engine::model;
namespace rule = engine::rule;
using engine::base::Validity;
using model::ConditionRecord;
using model::Terms;

namespace {

constexpr std::uint64_t pairs_one_by_one = 256;  // up to here sorting would cost more

}  // namespace

Rivals::Rivals(const CheckContext& context, const engine::snapshot::BoundStep& step,
               const Meeting& meeting, const std::vector<rule::Choice>& choices)
    : context_{context},
      index_{context.index()},
      step_{step},
      find_{*step.rule->find},
      meeting_{meeting},
      choices_{choices},
      classes_{context, find_, choices} {}

bool Rivals::is_one_way(std::uint32_t key_a, std::uint32_t key_b) const {
  return key_a == key_b && meeting_.same_way;
}

std::uint64_t Rivals::each(std::uint32_t key_a, std::uint32_t key_b, const Visit& visit) {
  const std::uint64_t pairs =
      std::uint64_t{index_.records_of(key_a).size()} * index_.records_of(key_b).size();
  return pairs <= pairs_one_by_one ? each_pair(key_a, key_b, visit) : sweep(key_a, key_b, visit);
}

std::uint64_t Rivals::each_pair(std::uint32_t key_a, std::uint32_t key_b,
                                const Visit& visit) const {
  const auto xs = index_.records_of(key_a);
  const auto ys = index_.records_of(key_b);
  std::uint64_t left_out = 0;
  bool goes_on = true;
  for (std::uint32_t x = xs.begin; x < xs.end; ++x) {
    for (std::uint32_t y = is_one_way(key_a, key_b) ? x + 1 : ys.begin; y < ys.end; ++y) {
      if (x == y || !can_meet(x, y)) continue;
      goes_on = goes_on && visit(x, y);
      if (!goes_on) ++left_out;
    }
  }
  return left_out;
}

void Rivals::enter(std::uint32_t key, std::uint8_t side) {
  const auto records = index_.records_of(key);
  for (std::uint32_t number = records.begin; number < records.end; ++number) {
    const ConditionRecord& record = index_.record(number);
    const Validity validity = common(record, record);
    if (validity.from < validity.to)
      entries_.push_back({classes_.of(number, key), validity, number, side});
  }
}

std::uint64_t Rivals::sweep(std::uint32_t key_a, std::uint32_t key_b, const Visit& visit) {
  const bool one_way = is_one_way(key_a, key_b);
  classes_.divide(key_a, key_b);
  entries_.clear();
  enter(key_a, 0);
  if (!one_way) enter(key_b, 1);
  std::ranges::sort(entries_, [](const Entry& a, const Entry& b) {
    return std::tie(a.record_class, a.validity.from, a.record, a.side) <
           std::tie(b.record_class, b.validity.from, b.record, b.side);
  });
  std::uint64_t left_out = 0;
  std::uint64_t looked_at = 0;
  bool goes_on = true;
  const Entry* before = nullptr;
  for (const Entry& entry : entries_) {
    const bool is_new = before == nullptr || before->record_class != entry.record_class;
    for (Holding& holding : holding_) {
      if (is_new) holding.clear();
      holding.advance(entry.validity.from);
    }
    const Holding& others = holding_[one_way ? 0 : 1 - entry.side];
    const std::size_t seen = others.each([&](std::uint32_t other) {
      if (!goes_on || looked_at == pairs_max) return false;
      ++looked_at;
      const std::uint32_t x = entry.side == 0 && !one_way ? entry.record : other;
      const std::uint32_t y = entry.side == 0 && !one_way ? other : entry.record;
      if (x != y && can_meet(x, y)) goes_on = visit(x, y);
      return goes_on;
    });
    left_out += others.size() - seen;
    holding_[entry.side].add(entry.record, entry.validity.to);
    before = &entry;
  }
  for (Holding& holding : holding_) holding.clear();
  return left_out;
}

Validity Rivals::common(const ConditionRecord& x, const ConditionRecord& y) const {
  return {std::max({x.valid_from, y.valid_from, meeting_.validity.from}),
          std::min({x.valid_to, y.valid_to, meeting_.validity.to})};
}

bool Rivals::can_meet(std::uint32_t a, std::uint32_t b) const {
  const ConditionRecord& x = index_.record(a);
  const ConditionRecord& y = index_.record(b);
  const Validity both = common(x, y);
  if (both.from >= both.to) return false;
  const Terms& terms_x = index_.terms(x);
  const Terms& terms_y = index_.terms(y);
  if (!find_.any_currency && !terms_x.currency.is_none() && !terms_y.currency.is_none() &&
      terms_x.currency != terms_y.currency)
    return false;
  if (step_.apply ? !may_tie(x, y) : are_same(x, y)) return false;
  if (terms_x.unit == terms_y.unit && find_.basis.empty() && !windows_meet(x, y)) return false;
  if (!fits(x, meeting_.access_a) || !fits(y, meeting_.access_b)) return false;
  const bool asked_twice = asks(meeting_.access_a) && asks(meeting_.access_b);
  if (asked_twice && x.document != y.document) return false;
  // Levels decide, unless the earlier record lets the search go on.
  const auto& accesses = find_.accesses;
  if (accesses[meeting_.access_a].level != accesses[meeting_.access_b].level &&
      (terms_x.flags & model::flag_bit(model::Schema::find_next)) == 0)
    return false;
  return !is_decided(x, y);
}

// Whether only one of two records that are applied may be: the first or the best of all, of
// exclusive ones, or of those that don't stack. Records of one promotion act together.
bool Rivals::may_tie(const ConditionRecord& x, const ConditionRecord& y) const {
  const rule::Apply& apply = *step_.rule->apply;
  const auto both = [&](model::FlagId flag) {
    return (index_.terms(x).flags & index_.terms(y).flags & model::flag_bit(flag)) != 0;
  };
  if (x.document == y.document && !x.document.is_none() &&
      context_.snapshot().documents()[x.document.raw()].kind == model::DocumentKind::promotion)
    return false;
  return apply.combine != rule::Combine::all || both(model::Schema::exclusive) ||
         (apply.only_first_unless_stackable && !both(model::Schema::stackable));
}

bool Rivals::are_same(const ConditionRecord& x, const ConditionRecord& y) const {
  return x.terms == y.terms && !index_.terms(x).has_more &&
         context_.snapshot().record_value(x) == context_.snapshot().record_value(y);
}

// Starts and documents decide most pairs.
bool Rivals::is_decided(const ConditionRecord& x, const ConditionRecord& y) const {
  const auto differ = [&](rule::Comparator by) {
    if (x.document == y.document) return false;
    if (x.document.is_none() || y.document.is_none()) return true;
    const auto& a = context_.snapshot().order_of(x.document);
    const auto& b = context_.snapshot().order_of(y.document);
    return by == rule::Comparator::document_number ? a.by_number != b.by_number
                                                   : a.by_text != b.by_text;
  };
  return std::ranges::any_of(choices_, [&](const rule::Choice& choice) {
    if (choice.by == rule::Comparator::newest_start) return x.valid_from != y.valid_from;
    return (choice.by == rule::Comparator::document_number ||
            choice.by == rule::Comparator::document_text) &&
           differ(choice.by);
  });
}

bool Rivals::windows_meet(const ConditionRecord& x, const ConditionRecord& y) const {
  const auto below = [this](const ConditionRecord& a, const ConditionRecord& b) {
    return !index_.terms(a).has_window || b.threshold <= index_.extra(a).window_to;
  };
  return below(x, y) && below(y, x);
}

bool Rivals::asks(std::uint16_t access) const {
  return find_.accesses[access].agreement == rule::AgreementUse::asked;
}

bool Rivals::fits(const ConditionRecord& record, std::uint16_t access) const {
  const bool agreed =
      !record.document.is_none() && context_.snapshot().is_agreement(record.document);
  switch (find_.accesses[access].agreement) {
    case rule::AgreementUse::any:
      return true;
    case rule::AgreementUse::asked:
    case rule::AgreementUse::allowed:
      return agreed;
    case rule::AgreementUse::none:
      return !agreed;
  }
  return true;
}

}  // namespace rules

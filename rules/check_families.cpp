#include "rules/check_families.hpp"

#include "engine/price/choose.hpp"

#include <algorithm>

namespace rules {

namespace model = engine::model;
namespace price = engine::price;
namespace rule = engine::rule;
using engine::base::BigInt;
using engine::base::CivilMinutes;
using engine::base::Quantity;
using engine::snapshot::ArticleSide;
using model::ConditionRecord;
using model::Terms;

Families::Families(const CheckContext& context, KeyFindings& findings)
    : context_{context}, index_{context.index()}, findings_{findings} {
  plan_.parts.resize(1);
}

Families::Family Families::family(const ConditionRecord& record) const {
  const Terms& terms = index_.terms(record);
  return {terms.currency, terms.unit, record.document};
}

bool Families::is_plain(const ConditionRecord& record) const {
  return !index_.terms(record).has_more;
}

// a's value less b's, at a common number of decimals and for one price unit.
BigInt Families::difference(const ConditionRecord& a, const ConditionRecord& b) const {
  return scaled(a, b) - scaled(b, a);
}

BigInt Families::scaled(const ConditionRecord& own, const ConditionRecord& other) const {
  const Terms& its = index_.terms(other);
  BigInt made{engine::base::Int256{context_.snapshot().record_value(own)}};
  made *= its.price_unit;
  for (int i = index_.terms(own).decimals; i < its.decimals; ++i) made *= 10;
  return made;
}

void Families::check() {
  const auto records = index_.records_of(findings_.key());
  compared_ = 0;
  order_.clear();
  for (std::uint32_t number = records.begin; number < records.end; ++number)
    order_.push_back(number);
  std::ranges::sort(order_, [this](std::uint32_t a, std::uint32_t b) {
    const ConditionRecord& x = index_.record(a);
    const ConditionRecord& y = index_.record(b);
    return std::tuple{family(x), x.threshold, x.valid_from, a} <
           std::tuple{family(y), y.threshold, y.valid_from, b};
  });
  for (std::size_t begin = 0; begin < order_.size();) {
    std::size_t end = begin + 1;
    while (end < order_.size() && family(at(end)) == family(at(begin))) ++end;
    check_family(begin, end);
    begin = end;
  }
}

void Families::check_family(std::size_t begin, std::size_t end) {
  rungs_.clear();
  for (std::size_t first = begin; first < end;) {
    std::size_t last = first + 1;
    while (last < end && at(last).threshold == at(first).threshold) ++last;
    rungs_.push_back(first);
    check_validities(first, last);
    first = last;
  }
  rungs_.push_back(end);
  if (!findings_.is_price()) return;
  check_ladder();
  check_ends(begin, end);
}

// Whether the key has not had what it may have.
bool Families::may_compare() {
  if (compared_ == compared_max) return false;
  ++compared_;
  return true;
}

// One threshold, by start.
void Families::check_validities(std::size_t begin, std::size_t end) {
  if (end - begin == 1) return;
  std::size_t latest = begin;  // of those before, the one that ends last
  holding_.clear();
  for (std::size_t i = begin; i < end; ++i) {
    if (at(i).valid_from > at(latest).valid_to) {
      findings_.add_first(FindingKind::validity_gap, at(i), [&] {
        return "after " + findings_.label(order_[latest]) + " " + end_text(at(latest).valid_to) +
               " nothing holds until " + findings_.label(order_[i]) + " " +
               start_text(at(i).valid_from);
      });
    }
    if (i > begin && at(i).valid_from >= at(latest).valid_to) check_jump(latest, i);
    holding_.advance(at(i).valid_from);
    const std::size_t seen = holding_.each([&](std::uint32_t earlier) {
      if (!may_compare()) return false;
      check_overlap(earlier, i);
      return true;
    });
    findings_.leave_out(holding_.size() - seen);
    holding_.add(static_cast<std::uint32_t>(i), at(i).valid_to);
    if (at(i).valid_to > at(latest).valid_to) latest = i;
  }
}

void Families::check_jump(std::size_t before, std::size_t after) {
  const auto limit = context_.options().jump_percent;
  if (!limit || !findings_.is_price() || !is_plain(at(before)) || !is_plain(at(after))) return;
  const BigInt change = difference(at(after), at(before));
  const BigInt old = scaled(at(before), at(after));
  if (abs(change) * 100 <= abs(old) * *limit) return;
  findings_.add_first(FindingKind::price_jump, at(after), [&] {
    return "from " + findings_.label(order_[before]) + " to " + findings_.label(order_[after]) +
           " " + start_text(at(after).valid_from) + " is a jump of more than " +
           std::to_string(*limit) + " %";
  });
}

// Two records of one threshold whose validities overlap: which one counts, and by what.
void Families::check_overlap(std::size_t a, std::size_t b) {
  const auto decided = decided_by_all(order_[a], order_[b]);
  if (!decided) return;
  const std::size_t winner = decided->order < 0 ? a : b;
  const std::size_t loser = decided->order < 0 ? b : a;
  const auto tell = [&](std::string_view what) {
    return findings_.label(order_[loser]) + std::string{what} + findings_.label(order_[winner]) +
           ": '" + std::string{rule::comparator_name(decided->comparator)} + "' decides";
  };
  const bool contained =
      at(winner).valid_from <= at(loser).valid_from && at(winner).valid_to >= at(loser).valid_to;
  if (contained && is_plain(at(winner)) && !index_.terms(at(winner)).has_window) {
    findings_.add_first(FindingKind::always_beaten, at(loser),
                        [&] { return tell(" never wins beside "); });
  } else if (!is_plain(at(a)) || !is_plain(at(b)) || difference(at(a), at(b)) != 0) {
    findings_.add_first(FindingKind::validity_overlap, at(b),
                        [&] { return tell(" overlaps and gives way to "); });
  }
}

// What all steps that read the key agree on; nothing where there is none, or some does not decide,
// or takes more than one record.
std::optional<Families::Decided> Families::decided_by_all(std::uint32_t a, std::uint32_t b) const {
  std::optional<Decided> made;
  for (const TableUse& use : context_.uses_of(index_.table_of_part(findings_.part()))) {
    const auto& step = context_.step(use);
    const rule::Find& find = *step.rule->find;
    if (step.apply || find.merge || !find.find_next.empty()) return std::nullopt;
    const auto own = decided_by(use, find, a, b);
    if (!own || (made && (made->order < 0) != (own->order < 0))) return std::nullopt;
    made = own;
  }
  return made;
}

std::optional<Families::Decided> Families::decided_by(const TableUse& use, const rule::Find& find,
                                                      std::uint32_t a, std::uint32_t b) const {
  if (context_.snapshot().articles().base_units.empty()) return std::nullopt;
  price::Line line;
  const auto& table = context_.table_of_part(findings_.part());
  const std::uint32_t key = findings_.key();
  line.article = model::ArticleId{table.side == ArticleSide::article ? index_.key_at(key) : 0};
  const price::ChoiceContext context{
      &context_.snapshot(), plan_.parts, &find, nullptr, &line, nullptr};
  const price::Candidate x{a, 0, key, use.access, 0, 0};
  const price::Candidate y{b, 0, key, use.access, 0, 0};
  for (const rule::Choice& choice : find.choose) {
    const bool by_value =
        choice.by == rule::Comparator::lowest_value || choice.by == rule::Comparator::highest_value;
    if (by_value && (!is_plain(index_.record(a)) || !is_plain(index_.record(b))))
      return std::nullopt;
    const int order = price::compare(context, choice, x, y);
    if (order != 0) return Decided{order, choice.by};
  }
  return std::nullopt;
}

// Of records that hold at one time, a higher threshold should not cost more a unit than the next
// lower one.
void Families::check_ladder() {
  if (rungs_.size() < 3) return;
  const std::size_t begin = rungs_.front();
  latest_.assign(rungs_.back() - begin, CivilMinutes::earliest());
  for (std::size_t rung = 0; rung + 1 < rungs_.size(); ++rung) {
    for (std::size_t i = rungs_[rung]; i < rungs_[rung + 1]; ++i) {
      latest_[i - begin] = std::max(
          at(i).valid_to, i > rungs_[rung] ? latest_[i - begin - 1] : CivilMinutes::earliest());
      const auto lower = rung > 0 ? beside(rung, i) : std::nullopt;
      if (!lower || !is_plain(at(i)) || !is_plain(at(*lower)) || difference(at(i), at(*lower)) <= 0)
        continue;
      findings_.add_first(FindingKind::rising_ladder, at(i), [&] {
        return findings_.label(order_[i]) + " from " + quantity_text(at(i).threshold) +
               " costs more than " + findings_.label(order_[*lower]) + " from " +
               quantity_text(at(*lower).threshold);
      });
    }
  }
}

// Of the nearest rung below that has any: the record that holds at one time with the one at
// `place`, the one that starts last.
std::optional<std::size_t> Families::beside(std::size_t rung, std::size_t place) {
  const std::size_t origin = rungs_.front();
  while (rung-- > 0) {
    const auto begin = order_.begin() + static_cast<std::ptrdiff_t>(rungs_[rung]);
    const auto end = order_.begin() + static_cast<std::ptrdiff_t>(rungs_[rung + 1]);
    const auto first_after = std::ranges::lower_bound(
        begin, end, at(place).valid_to, {},
        [this](std::uint32_t number) { return index_.record(number).valid_from; });
    auto i = static_cast<std::size_t>(first_after - order_.begin());
    while (i-- > rungs_[rung] && latest_[i - origin] > at(place).valid_from) {
      if (at(i).valid_to > at(place).valid_from) return i;
      if (!may_compare()) break;
    }
    if (may_compare()) continue;
    findings_.leave_out(1);
    return std::nullopt;
  }
  return std::nullopt;
}

// Windows and scales that end, with nothing above.
void Families::check_ends(std::size_t begin, std::size_t end) {
  const auto bounded = [this](std::size_t place) { return end_of(order_[place]).has_value(); };
  std::size_t first_bounded = begin;
  while (first_bounded < end && !bounded(first_bounded)) ++first_bounded;
  if (first_bounded == end) return;
  std::vector<std::size_t> places;
  std::vector<CivilMinutes> starts;
  for (std::size_t i = begin; i < end; ++i) {
    places.push_back(i);
    starts.push_back(at(i).valid_from);
  }
  const auto order = [this](std::size_t place) {
    return end_of(order_[place]).value_or(Quantity::from_mantissa(INT64_MAX));
  };
  std::ranges::stable_sort(places, std::ranges::greater{}, order);
  Overlaps above{starts};  // what goes further
  std::vector<std::size_t> closed;
  for (std::size_t first = 0; first < places.size();) {
    std::size_t last = first;
    for (; last < places.size() && order(places[last]) == order(places[first]); ++last) {
      if (bounded(places[last]) && !above.any(at(places[last]).validity()))
        closed.push_back(places[last]);
    }
    for (; first < last; ++first) above.put(at(places[first]).validity());
  }
  std::ranges::sort(closed);
  for (const std::size_t place : closed) {
    findings_.add_first(FindingKind::closed_last_tier, at(place), [&] {
      return findings_.label(order_[place]) + " ends at quantity " +
             quantity_text(*end_of(order_[place])) +
             "; above that there is no price under this key";
    });
  }
}

// The largest quantity that the record counts for; nothing where it is open above.
std::optional<Quantity> Families::end_of(std::uint32_t number) const {
  const ConditionRecord& record = index_.record(number);
  const auto* extra = index_.find_extra(number);
  if (extra == nullptr) return std::nullopt;
  if (index_.terms(record).has_window) return extra->window_to;
  if (extra->scale == model::nothing_there) return std::nullopt;
  const model::Scale& scale = context_.snapshot().scales()[extra->scale];
  if (!scale.upper_bounds || scale.open_above || scale.tiers.empty()) return std::nullopt;
  return scale.tiers.back().bound;
}

}  // namespace rules

#include "rules/batch_ties.hpp"

#include "engine/base/hash.hpp"
#include "engine/model/record_before.hpp"
#include "engine/model/settled_view.hpp"
#include "rules/record_names.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <span>
#include <tuple>
#include <utility>

namespace rules {

namespace model = engine::model;
namespace rule = engine::rule;
using engine::base::combine;
using engine::base::Int128;
using engine::base::Validity;
using model::ConditionRecord;
using model::DocumentKind;
using model::RecordExtra;
using model::Terms;
using rule::Comparator;

namespace {

// A record with what stands beside it.
struct Claim {
  const ConditionRecord* record = nullptr;
  const RecordExtra* extra = nullptr;
  bool is_own = false;  // of the batch
  std::uint32_t before =
      model::SettledView::none;  // of its own: the settled one it takes the place of
};

// A step that looks under a key, by one of its accesses.
struct Way {
  const rule::Step* step = nullptr;
  const rule::Access* access = nullptr;
};

std::uint32_t condition_of(const Claim& claim) {
  return claim.extra == nullptr ? model::nothing_there : claim.extra->when;
}

class TieSeeker {
 public:
  TieSeeker(const model::Facts& facts, const rule::RuleSet& rules, std::size_t told_max)
      : facts_{facts},
        rules_{rules},
        told_max_{told_max},
        overlay_{facts.overlay()},
        there_{facts.conditions(), overlay_.get()} {}

  BatchTies run() {
    const auto tables = facts_.pending_rows();
    for (std::uint32_t table = 0; table < tables.size(); ++table) note_keyed(model::TableId{table});
    for (std::uint32_t table = 0; table < tables.size(); ++table) {
      ways_of(model::TableId{table});
      if (!ways_.empty()) look_at_table(model::TableId{table});
    }
    return std::move(made_);
  }

 private:
  const Terms& terms(const Claim& claim) const { return facts_.terms()[claim.record->terms]; }

  Int128 value_of(const Claim& claim) const {
    return terms(claim).wide && claim.extra != nullptr ? claim.extra->wide
                                                       : Int128{claim.record->value};
  }

  void note_keyed(model::TableId table) {
    const auto type = facts_.schema.table(table).type;
    for (const ConditionRecord& record : facts_.pending_rows()[table.raw()].records)
      if (record.is_keyed()) keyed_.emplace(type.raw(), record.origin, record.row);
  }

  // Where external keys or rows decide at last there is no tie.
  void ways_of(model::TableId table) {
    ways_.clear();
    for (const rule::Procedure& procedure : rules_.procedures) {
      for (const rule::Step& step : procedure.steps) {
        if (!step.find || step.find->tie != rule::TiePolicy::refuse) continue;
        const bool is_decided = std::ranges::any_of(step.find->choose, [](const rule::Choice& by) {
          return by.by == Comparator::record_number || by.by == Comparator::record_text;
        });
        if (is_decided) continue;
        for (const rule::Access& access : step.find->accesses)
          if (access.table == table) ways_.push_back({&step, &access});
      }
    }
  }

  void look_at_table(model::TableId table) {
    const model::TableRows& rows = facts_.pending_rows()[table.raw()];
    const model::TableShape& shape = facts_.schema.table(table);
    const std::size_t stride = shape.party_fields.size() + shape.article_fields.size();
    const auto values = [&](std::uint32_t row) {
      return std::span{rows.keys}.subspan(row * stride, stride);
    };
    const auto less = [&](std::uint32_t a, std::uint32_t b) {
      return std::ranges::lexicographical_compare(values(a), values(b));
    };
    std::vector<std::uint32_t> order(rows.records.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
      return less(a, b) || (!less(b, a) && a < b);
    });
    for (auto begin = order.begin(); begin != order.end();) {
      const auto end =
          std::find_if(begin, order.end(), [&](std::uint32_t row) { return less(*begin, row); });
      gather(table, rows, {begin, end}, values(*begin));
      for (const Way& way : ways_) look_at(way);
      tell(table, values(*begin));
      begin = end;
    }
  }

  // All that will be under a key, and what the batch's own take the place of.
  void gather(model::TableId table, const model::TableRows& rows,
              std::span<const std::uint32_t> own, std::span<const std::uint32_t> values) {
    claims_.clear();
    ties_.clear();
    const auto type = facts_.schema.table(table).type;
    const model::KeyRange under = records_under(facts_, there_, table, values);
    const auto claim_of = [&](std::uint32_t row) {
      const ConditionRecord& record = rows.records[row];
      return Claim{&record, facts_.pending_extra(record), true};
    };
    for (const std::uint32_t row : own)
      if (!rows.is_removed(row)) claims_.push_back(claim_of(row));
    const std::size_t own_count = claims_.size();
    for (std::uint32_t number = under.begin; number < under.end; ++number) {
      const ConditionRecord& record = there_.record(number);
      const Claim settled{&record, there_.extra_of(record)};
      bool goes = record.is_keyed() && keyed_.contains({type.raw(), record.origin, record.row});
      for (const std::uint32_t row : own)
        goes = goes || (rows.is_removed(row) && is_same_record(claim_of(row), settled));
      for (std::size_t i = 0; i < own_count; ++i) {
        if (!is_same_record(claims_[i], settled)) continue;
        claims_[i].before = number;
        goes = true;
      }
      if (!goes && own_count > 0) claims_.push_back(settled);
    }
  }

  // See ConditionMerge.
  bool is_same_record(const Claim& a, const Claim& b) const {
    const ConditionRecord& x = *a.record;
    const ConditionRecord& y = *b.record;
    if (x.is_keyed() || y.is_keyed()) return x.row == y.row && x.origin == y.origin;
    return x.document == y.document && x.threshold == y.threshold && x.valid_from == y.valid_from &&
           terms(a).currency == terms(b).currency && terms(a).unit == terms(b).unit &&
           condition_of(a) == condition_of(b);
  }

  void look_at(const Way& way) {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> classes;
    for (std::uint32_t i = 0; i < claims_.size(); ++i)
      classes.emplace_back(class_of(way, claims_[i], i), i);
    std::ranges::sort(classes);
    for (auto begin = classes.begin(); begin != classes.end();) {
      const auto end = std::find_if(begin, classes.end(),
                                    [&](const auto& other) { return other.first != begin->first; });
      // Those of the batch stand first.
      for (auto a = begin; a != end && claims_[a->second].is_own; ++a) {
        for (auto b = a + 1; b != end; ++b) {
          if (looked_at_++ >= BatchTies::pairs_max) {
            ++made_.left_out;
          } else if (is_tie(way, claims_[a->second], claims_[b->second]) &&
                     !was_tie(way, claims_[a->second], claims_[b->second])) {
            ties_.emplace(a->second, b->second);
          }
        }
      }
      begin = end;
    }
  }

  // Two records of one class are told apart by no comparator.
  std::uint64_t class_of(const Way& way, const Claim& claim, std::uint32_t number) const {
    std::uint64_t hash = 1;
    for (const rule::Choice& choice : way.step->find->choose)
      hash = combine(hash, by(choice, claim, number));
    return hash;
  }

  std::uint64_t by(const rule::Choice& choice, const Claim& claim, std::uint32_t number) const {
    const ConditionRecord& record = *claim.record;
    const Terms& own = terms(claim);
    switch (choice.by) {
      case Comparator::rank:
      case Comparator::highest_rank:
        return static_cast<std::uint32_t>(own.rank);
      case Comparator::dated:
        return !record.valid_from.is_open() || !record.valid_to.is_open() ? 1 : 0;
      case Comparator::currency_bound:
        return own.currency.is_none() ? 1 : 0;
      case Comparator::unit_bound:
        return own.unit.is_none() ? 1 : 0;
      case Comparator::highest_threshold:
      case Comparator::lowest_threshold:
        return static_cast<std::uint64_t>(record.threshold.mantissa());
      case Comparator::newest_start:
        return start_of(record.valid_from);
      case Comparator::lowest_value:
      case Comparator::highest_value:
        // What scales and formulas come to only a question says.
        if (own.has_more) return combine(1, number);
        return combine(combine(hash_of_number(value_of(claim), own.decimals), own.price_unit),
                       own.currency.raw());
      case Comparator::flag_set:
      case Comparator::flag_clear:
        return own.flags & model::flag_bit(choice.flag);
      case Comparator::newest_document:
      case Comparator::document_number:
      case Comparator::document_text:
      case Comparator::document_rank:
      case Comparator::highest_document_rank:
        return by_document(choice.by, record.document);
      case Comparator::record_number:
      case Comparator::record_text:
        return combine(2, number);
      case Comparator::nearest:
      case Comparator::most_fields:
      case Comparator::access:
        return 0;  // of the ways, not of the records
    }
    return 0;
  }

  static std::uint64_t start_of(engine::base::CivilMinutes at) {
    return static_cast<std::uint32_t>(at.raw());
  }

  // Equal numbers have one, however many zeros they end with.
  static std::uint64_t hash_of_number(Int128 mantissa, int decimals) {
    while (decimals > 0 && mantissa % 10 == 0) {
      mantissa /= 10;
      --decimals;
    }
    return combine(
        combine(static_cast<std::uint64_t>(mantissa), static_cast<std::uint64_t>(mantissa >> 64)),
        static_cast<std::uint64_t>(decimals));
  }

  std::uint64_t by_document(Comparator comparator, model::DocumentId id) const {
    if (id.is_none()) return 0;
    const model::Document& document = facts_.documents()[id.raw()];
    if (comparator == Comparator::newest_document) return start_of(document.validity.from);
    if (comparator == Comparator::document_rank || comparator == Comparator::highest_document_rank)
      return combine(1, static_cast<std::uint32_t>(document.rank));
    return combine(1, id.raw());  // their codes differ
  }

  bool is_tie(const Way& way, const Claim& a, const Claim& b) const {
    const ConditionRecord& x = *a.record;
    const ConditionRecord& y = *b.record;
    if (std::max(x.valid_from, y.valid_from) >= std::min(x.valid_to, y.valid_to)) return false;
    const Terms& own = terms(a);
    const Terms& other = terms(b);
    const rule::Find& find = *way.step->find;
    if (own.unit != other.unit || condition_of(a) != condition_of(b)) return false;
    if (!find.any_currency && !own.currency.is_none() && !other.currency.is_none() &&
        own.currency != other.currency)
      return false;
    if (find.basis.empty() && !(is_below(a, b) && is_below(b, a))) return false;
    if (!may_meet(way, x.document, y.document)) return false;
    return way.step->apply ? only_one_acts(*way.step->apply, a, b) : !say_the_same(a, b);
  }

  // The pair stood there before the batch.
  bool was_tie(const Way& way, const Claim& a, const Claim& b) const {
    const auto earlier = [&](const Claim& claim) {
      if (!claim.is_own) return claim;
      if (claim.before == model::SettledView::none) return Claim{};
      const ConditionRecord& record = there_.record(claim.before);
      return Claim{&record, there_.extra_of(record)};
    };
    const Claim x = earlier(a);
    const Claim y = earlier(b);
    if (x.record == nullptr || y.record == nullptr) return false;
    return class_of(way, x, 0) == class_of(way, y, 1) && is_tie(way, x, y);
  }

  bool is_below(const Claim& a, const Claim& b) const {
    return !terms(a).has_window || a.extra == nullptr || b.record->threshold <= a.extra->window_to;
  }

  bool may_meet(const Way& way, model::DocumentId a, model::DocumentId b) const {
    const auto is_agreement = [&](model::DocumentId id) {
      return !id.is_none() && facts_.documents()[id.raw()].kind == DocumentKind::agreement;
    };
    const rule::AgreementUse use = way.access->agreement;
    for (const model::DocumentId id : {a, b}) {
      if (use == rule::AgreementUse::none && is_agreement(id)) return false;
      const bool needs = use == rule::AgreementUse::asked || use == rule::AgreementUse::allowed;
      if (needs && !is_agreement(id)) return false;
    }
    if (a == b) return true;
    if (a.is_none() || b.is_none() || use == rule::AgreementUse::asked) return false;
    const model::Document& x = facts_.documents()[a.raw()];
    const model::Document& y = facts_.documents()[b.raw()];
    if (x.kind != y.kind || x.kind == DocumentKind::price_list) return false;
    const bool bounds = x.kind == DocumentKind::promotion;
    if (bounds &&
        std::max(x.validity.from, y.validity.from) >= std::min(x.validity.to, y.validity.to))
      return false;
    if (bounds && x.customers.empty() && y.customers.empty()) return true;
    return std::ranges::any_of(x.customers, [&](model::CustomerId customer) {
      return std::ranges::find(y.customers, customer) != y.customers.end();
    });
  }

  // See Rivals::may_tie.
  bool only_one_acts(const rule::Apply& apply, const Claim& a, const Claim& b) const {
    const auto both = [&](model::FlagId flag) {
      return (terms(a).flags & terms(b).flags & model::flag_bit(flag)) != 0;
    };
    const model::DocumentId document = a.record->document;
    if (document == b.record->document && !document.is_none() &&
        facts_.documents()[document.raw()].kind == DocumentKind::promotion)
      return false;
    return apply.combine != rule::Combine::all || both(model::Schema::exclusive) ||
           (apply.only_first_unless_stackable && !both(model::Schema::stackable));
  }

  // Whichever of them is taken, the answer is the same.
  bool say_the_same(const Claim& a, const Claim& b) const {
    const Terms& x = terms(a);
    const Terms& y = terms(b);
    return !x.has_more && !y.has_more && x.currency == y.currency && x.unit == y.unit &&
           x.price_unit == y.price_unit && x.flags == y.flags && x.decimals == y.decimals &&
           value_of(a) == value_of(b);
  }

  // ---- for people

  void tell(model::TableId table, std::span<const std::uint32_t> values) {
    made_.found += ties_.size();
    for (const auto& [a, b] : ties_) {
      if (made_.told.size() >= told_max_) return;
      const auto from = std::max(claims_[a].record->valid_from, claims_[b].record->valid_from);
      made_.told.push_back(key_text(facts_, table, values) + ": " + label(claims_[a]) + " and " +
                           label(claims_[b]) +
                           (from.is_open() ? "" : " from " + engine::base::to_string(from)));
    }
  }

  std::string label(const Claim& claim) const {
    return label_of(facts_, *claim.record, claim.is_own);
  }

  const model::Facts& facts_;
  const rule::RuleSet& rules_;
  std::size_t told_max_;
  std::shared_ptr<const model::ConditionOverlay> overlay_;
  model::SettledView there_;
  std::set<std::tuple<std::uint32_t, std::uint16_t, std::uint32_t>> keyed_;  // that the batch names
  std::vector<Way> ways_;                                   // to the table that is looked at
  std::vector<Claim> claims_;                               // of the key that is looked at
  std::set<std::pair<std::uint32_t, std::uint32_t>> ties_;  // among them
  std::uint64_t looked_at_ = 0;
  BatchTies made_;
};

}  // namespace

BatchTies ties_of_batch(const model::Facts& facts, const rule::RuleSet& rules,
                        std::size_t told_max) {
  return TieSeeker{facts, rules, told_max}.run();
}

}  // namespace rules

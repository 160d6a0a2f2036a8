#include "engine/price/choose.hpp"

#include <algorithm>
#include <string>

#include "engine/base/wide.hpp"
#include "engine/snapshot/code_order.hpp"

namespace engine::price {

using model::ConditionRecord;
using model::Terms;
using rule::Comparator;
using snapshot::Snapshot;

namespace {

template <class T>
int three_way(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

int first_if(bool a, bool b) { return static_cast<int>(b) - static_cast<int>(a); }

// The prices of one ordered unit, compared as fractions; 256 bits hold 38 digits times both factors' 15.
int compare_values(const ChoiceContext& context, const ConditionRecord& a, const ConditionRecord& b) {
  const Snapshot& snapshot = *context.snapshot;
  if (a.terms == b.terms && !snapshot.conditions().terms(a).wide) return three_way(a.value, b.value);
  const auto comparable = [&](const ConditionRecord& x, const ConditionRecord& y) {
    const Terms& own = snapshot.conditions().terms(x);
    const Terms& other = snapshot.conditions().terms(y);
    const UnitFactor factor = unit_factor(snapshot, own, *context.line);
    const UnitFactor other_factor = unit_factor(snapshot, other, *context.line);
    const int missing = std::max(0, other.decimals - own.decimals);
    return base::Int256{base::Int256{snapshot.record_value(x)} * base::pow10<base::Int256>(missing) *
                        base::Int256{factor.numerator} * base::Int256{other_factor.denominator}};
  };
  return three_way(comparable(a, b), comparable(b, a));
}

// What identifies a record outside: its document and external key, or the key fields it stands under.
std::string identity_text(const Snapshot& snapshot, std::uint32_t number) {
  const auto& index = snapshot.conditions();
  const ConditionRecord& record = index.record(number);
  if (record.keyed != 0) return snapshot.record_label(record);
  const std::uint32_t part = index.part_of_key(index.key_of_record(number));
  const auto& shape = index.table(index.table_of_part(part)).shape;
  const auto values = index.part_values(part);
  std::string text;
  for (std::size_t i = 0; i < shape.party_fields.size(); ++i) {
    text += snapshot.code_of(snapshot.schema().field(shape.party_fields[i]), values[i]);
    text += '\n';
  }
  const Terms& terms = index.terms(record);
  text += std::string{snapshot.currency_code(terms.currency)} + '\n' + std::string{snapshot.unit_code(terms.unit)} + '\n';
  text += base::to_string(record.threshold.decimal()) + '\n' + base::to_string(record.valid_from);
  return text;
}

std::string_view document_code(const Snapshot& snapshot, const ConditionRecord& record) {
  return record.document.is_none() ? std::string_view{} : snapshot.documents()[record.document.raw()].code;
}

int compare_documents(const Snapshot& snapshot, const ConditionRecord& a, const ConditionRecord& b, bool as_number) {
  if (a.document == b.document) return 0;
  if (a.document.is_none() || b.document.is_none()) return first_if(!a.document.is_none(), !b.document.is_none());
  const auto& x = snapshot.order_of(a.document);
  const auto& y = snapshot.order_of(b.document);
  return as_number ? three_way(x.by_number, y.by_number) : three_way(x.by_text, y.by_text);
}

int compare_record_keys(const Snapshot& snapshot, std::uint32_t a, std::uint32_t b, bool as_number) {
  const std::string x = identity_text(snapshot, a);
  const std::string y = identity_text(snapshot, b);
  if (!as_number) return three_way(x, y);
  return first_if(snapshot::number_order_less(x, y), snapshot::number_order_less(y, x));
}

base::CivilMinutes document_start(const Snapshot& snapshot, const ConditionRecord& record) {
  if (record.document.is_none()) return base::CivilMinutes::earliest();
  return snapshot.documents()[record.document.raw()].validity.from;
}

bool is_dated(const ConditionRecord& record) { return !record.valid_from.is_open() || !record.valid_to.is_open(); }

std::size_t field_count(const ChoiceContext& context, const Candidate& candidate) {
  const auto& shape = context.snapshot->conditions().table(context.find->accesses[candidate.access].table).shape;
  return shape.party_fields.size() + shape.article_fields.size();
}

// Answers are the same where value, unit, price unit and flags are: then it does not matter which one is taken.
bool same_answer(const Snapshot& snapshot, const ConditionRecord& a, const ConditionRecord& b) {
  const Terms& x = snapshot.conditions().terms(a);
  const Terms& y = snapshot.conditions().terms(b);
  return snapshot.record_value(a) == snapshot.record_value(b) && x.decimals == y.decimals && x.unit == y.unit &&
         x.price_unit == y.price_unit && x.flags == y.flags;
}

// Document, then external key; records that agree in both have the same identity, which the facts don't allow.
bool externally_before(const Snapshot& snapshot, const Candidate& a, const Candidate& b) {
  const ConditionRecord& x = snapshot.conditions().record(a.record);
  const ConditionRecord& y = snapshot.conditions().record(b.record);
  const int by_document = three_way(document_code(snapshot, x), document_code(snapshot, y));
  if (by_document != 0) return by_document < 0;
  return compare_record_keys(snapshot, a.record, b.record, false) < 0;
}

}  // namespace

UnitFactor unit_factor(const Snapshot& snapshot, const Terms& terms, const Line& line) {
  const model::UnitId base_unit = snapshot.articles().base_units[line.article.raw()];
  const bool in_base = terms.unit.is_none() || terms.unit == base_unit;
  const model::UnitId ordered = line.unit.is_none() ? base_unit : line.unit;
  if (!in_base && terms.unit == ordered) return {1, terms.price_unit};
  return {line.numerator, static_cast<base::Int128>(line.denominator) * terms.price_unit};
}

int compare(const ChoiceContext& context, const rule::Choice& choice, const Candidate& a, const Candidate& b) {
  const Snapshot& snapshot = *context.snapshot;
  const auto& index = snapshot.conditions();
  const ConditionRecord& x = index.record(a.record);
  const ConditionRecord& y = index.record(b.record);
  const Terms& terms_x = index.terms(x);
  const Terms& terms_y = index.terms(y);
  switch (choice.by) {
    case Comparator::rank: {
      const int by_list = three_way(context.plan->parts[a.part].rank, context.plan->parts[b.part].rank);
      return by_list != 0 ? by_list : three_way(terms_x.rank, terms_y.rank);
    }
    case Comparator::nearest: return three_way(a.distance, b.distance);
    case Comparator::most_fields: return three_way(field_count(context, b), field_count(context, a));
    case Comparator::dated: return first_if(is_dated(x), is_dated(y));
    case Comparator::currency_bound: return first_if(!terms_x.currency.is_none(), !terms_y.currency.is_none());
    case Comparator::unit_bound: return first_if(!terms_x.unit.is_none(), !terms_y.unit.is_none());
    case Comparator::highest_threshold: return three_way(y.threshold, x.threshold);
    case Comparator::newest_start: return three_way(y.valid_from, x.valid_from);
    case Comparator::newest_document: return three_way(document_start(snapshot, y), document_start(snapshot, x));
    case Comparator::lowest_value: return compare_values(context, x, y);
    case Comparator::highest_value: return compare_values(context, y, x);
    case Comparator::flag_set: {
      const auto bit = model::flag_bit(choice.flag);
      return first_if((terms_x.flags & bit) != 0, (terms_y.flags & bit) != 0);
    }
    case Comparator::flag_clear: {
      const auto bit = model::flag_bit(choice.flag);
      return first_if((terms_x.flags & bit) == 0, (terms_y.flags & bit) == 0);
    }
    case Comparator::document_number: return compare_documents(snapshot, x, y, true);
    case Comparator::document_text: return compare_documents(snapshot, x, y, false);
    case Comparator::record_number: return compare_record_keys(snapshot, a.record, b.record, true);
    case Comparator::record_text: return compare_record_keys(snapshot, a.record, b.record, false);
  }
  return 0;
}

Chosen choose(const ChoiceContext& context, std::span<Candidate> candidates, LossListener* listener) {
  for (const rule::Choice& choice : context.find->choose) {
    if (candidates.size() == 1) break;
    std::size_t kept = 1;  // candidates[0, kept) are the best so far, equal among themselves
    for (std::size_t i = 1; i < candidates.size(); ++i) {
      const int order = compare(context, choice, candidates[i], candidates[0]);
      if (order > 0) continue;
      if (order < 0) {
        std::swap(candidates[0], candidates[i]);
        kept = 1;
      } else {
        std::swap(candidates[kept++], candidates[i]);
      }
    }
    if (listener != nullptr) {
      for (const Candidate& dropped : candidates.subspan(kept)) listener->lost(dropped.record, Loss::comparator, choice.by);
    }
    candidates = candidates.first(kept);
  }
  if (candidates.size() == 1) return {candidates[0].record, false};
  const Snapshot& snapshot = *context.snapshot;
  const auto& first = snapshot.conditions().record(candidates[0].record);
  const bool differ = std::ranges::any_of(candidates.subspan(1), [&](const Candidate& other) {
    return !same_answer(snapshot, first, snapshot.conditions().record(other.record));
  });
  const auto winner = std::ranges::min_element(
      candidates, [&](const Candidate& a, const Candidate& b) { return externally_before(snapshot, a, b); });
  const bool ambiguous = differ && context.find->tie == rule::TiePolicy::refuse;
  if (listener != nullptr) {
    for (const Candidate& other : candidates) {
      if (ambiguous || other.record != winner->record) listener->lost(other.record, Loss::tie, Comparator::rank);
    }
  }
  return {winner->record, ambiguous};
}

}  // namespace engine::price

#include "engine/price/choose.hpp"

#include "engine/base/wide.hpp"
#include "engine/snapshot/code_order.hpp"

#include <algorithm>
#include <string>

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

bool finds_prices(const ChoiceContext& context, const Candidate& candidate) {
  const auto& schema = context.snapshot->schema();
  const auto& access = context.find->accesses[candidate.access];
  return schema.type(schema.table(access.table).type).value == model::ValueKind::price;
}

// What a candidate comes to, as a fraction: the price of one ordered unit in the currency of the
// question. Percents and amounts have no unit.
struct Worth {
  base::Int256 value = 0;
  int decimals = 0;
  base::Int256 numerator = 1;
  base::Int256 denominator = 1;
  bool known = true;  // false: no exchange rate
};

Worth worth_of(const ChoiceContext& context, const Candidate& candidate) {
  const Snapshot& snapshot = *context.snapshot;
  const ConditionRecord& record = snapshot.conditions().record(candidate.record);
  const Terms& terms = snapshot.conditions().terms(record);
  Worth worth;
  if (context.values != nullptr && terms.has_more) {
    worth.value = context.values->value_of(candidate);
    worth.decimals = context.values->decimals();
  } else {
    worth.value = snapshot.record_value(record);
    worth.decimals = terms.decimals;
  }
  if (finds_prices(context, candidate)) {
    const UnitFactor factor = unit_factor(snapshot, terms, *context.line);
    worth.numerator = factor.numerator;
    worth.denominator = factor.denominator;
  }
  if (context.values != nullptr && !terms.currency.is_none()) {
    const auto rate = context.values->rate_from(terms.currency);
    worth.known = rate.has_value();
    if (rate) {
      worth.numerator *= rate->numerator;
      worth.denominator *= rate->denominator;
    }
  }
  return worth;
}

// By cross multiplication. What both have in common drops out, so 256 bits hold the 38 digits of
// two values of one currency; else the numbers grow as they need to.
int compare_worths(const Worth& a, const Worth& b) {
  if (a.known != b.known) return first_if(a.known, b.known);
  const bool same_factor = a.numerator == b.numerator && a.denominator == b.denominator;
  const auto scaled = [](const Worth& own, const Worth& other) {
    return base::pow10<base::Int256>(std::max(0, other.decimals - own.decimals));
  };
  if (same_factor) {
    return three_way(base::Int256{a.value * scaled(a, b)}, base::Int256{b.value * scaled(b, a)});
  }
  const auto product = [&](const Worth& own, const Worth& other) {
    return base::BigInt{base::BigInt{own.value} * base::BigInt{scaled(own, other)} *
                        base::BigInt{own.numerator} * base::BigInt{other.denominator}};
  };
  return three_way(product(a, b), product(b, a));
}

int compare_values(const ChoiceContext& context, const Candidate& a, const Candidate& b) {
  const ConditionRecord& x = context.snapshot->conditions().record(a.record);
  const ConditionRecord& y = context.snapshot->conditions().record(b.record);
  if (context.values == nullptr) {
    const Terms& terms_x = context.snapshot->conditions().terms(x);
    const Terms& terms_y = context.snapshot->conditions().terms(y);
    if (x.terms == y.terms && !terms_x.wide) return three_way(x.value, y.value);
    // Most records differ in the number of decimals at most.
    if (terms_x.unit == terms_y.unit && terms_x.price_unit == terms_y.price_unit && !terms_x.wide &&
        !terms_y.wide) {
      const auto scaled = [](std::int64_t value, int missing) {
        return base::Int128{value} * base::pow10<base::Int128>(std::max(0, missing));
      };
      return three_way(scaled(x.value, terms_y.decimals - terms_x.decimals),
                       scaled(y.value, terms_x.decimals - terms_y.decimals));
    }
  }
  return compare_worths(worth_of(context, a), worth_of(context, b));
}

// Of the list by which a record was reached; else of the records' terms.
int compare_ranks(const ChoiceContext& context, const Candidate& a, const Candidate& b) {
  const int by_list = three_way(context.parts[a.part].rank, context.parts[b.part].rank);
  if (by_list != 0) return by_list;
  const auto& index = context.snapshot->conditions();
  return three_way(index.terms(index.record(a.record)).rank,
                   index.terms(index.record(b.record)).rank);
}

// Thresholds of records in different units are compared in ordered units.
int compare_thresholds(const ChoiceContext& context, const ConditionRecord& a,
                       const ConditionRecord& b) {
  const auto ratio = [&](const ConditionRecord& record) {
    return unit_ratio(*context.snapshot, context.snapshot->conditions().terms(record),
                      *context.line);
  };
  const auto unit_of = [&](const ConditionRecord& record) {
    return context.snapshot->conditions().terms(record).unit;
  };
  if (a.terms == b.terms || unit_of(a) == unit_of(b)) return three_way(a.threshold, b.threshold);
  const UnitFactor of_a = ratio(a);
  const UnitFactor of_b = ratio(b);
  const auto comparable = [](const ConditionRecord& record, const UnitFactor& own,
                             const UnitFactor& other) {
    return base::Int256{base::Int256{record.threshold.mantissa()} * own.denominator *
                        other.numerator};
  };
  return three_way(comparable(a, of_a, of_b), comparable(b, of_b, of_a));
}

// Whole numbers that sort as text; never negative here.
std::string padded(std::int64_t number) {
  const std::string digits = std::to_string(number);
  return std::string(20 - digits.size(), '0') + digits;
}

// What a record has beside its value, part after part.
template <class Add>
void add_extra(const Snapshot& snapshot, const model::RecordExtra& extra, const Add& add) {
  for (const std::uint32_t number : {extra.when, extra.formula, extra.buy_when})
    add(number == model::nothing_there ? "" : snapshot.record_texts()[number].text);
  std::vector<std::pair<std::string_view, base::Decimal>> numbers;
  for (const auto& [place, number] : extra.parameters)
    numbers.emplace_back(snapshot.schema().number_name(place), number);
  std::ranges::sort(numbers, {}, &std::pair<std::string_view, base::Decimal>::first);
  for (const auto& [name, number] : numbers) {
    add(name);
    add(base::to_string_short(number));
  }
  if (!extra.free_article.is_none())
    add(snapshot.code_of(snapshot.schema().field(model::Schema::article),
                         extra.free_article.raw()));
  if (extra.scale == model::nothing_there) return;
  const model::Scale& scale = snapshot.scales()[extra.scale];
  add(padded(static_cast<std::int64_t>(scale.kind)));
  for (const model::Tier& tier : scale.tiers) {
    add(padded(tier.bound.mantissa()));
    add(base::to_string_short({tier.rate, static_cast<std::uint8_t>(scale.decimals)}));
    add(base::to_string_short({tier.flat, static_cast<std::uint8_t>(scale.decimals)}));
  }
}

// What tells records apart outside where they have no external key, or the same one: what their
// identity is made of, then what they say. Each part ends with a zero byte, which sorts before
// every character of a code.
std::string identity_text(const Snapshot& snapshot, std::uint32_t number) {
  const auto& index = snapshot.conditions();
  const ConditionRecord& record = index.record(number);
  const Terms& terms = index.terms(record);
  const std::uint32_t position = index.key_of_record(number);
  const std::uint32_t part = index.part_of_key(position);
  const auto& shape = index.table(index.table_of_part(part)).shape;
  std::string text;
  const auto add = [&text](std::string_view value) {
    text += value;
    text += '\0';
  };
  const auto add_values = [&](const std::vector<model::FieldId>& fields,
                              std::span<const std::uint32_t> values) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      text += '\1';  // a shorter key comes first, whatever follows it
      add(snapshot.code_of(snapshot.schema().field(fields[i]), values[i]));
    }
  };
  add(snapshot.schema().type(shape.type).name);
  add_values(shape.party_fields, index.part_values(part));
  add_values(shape.article_fields, index.article_values(position));
  text += '\0';
  add(snapshot.currency_code(terms.currency));
  add(snapshot.unit_code(terms.unit));
  add(padded(record.threshold.mantissa()));
  add(padded(std::int64_t{record.valid_from.raw()} - base::CivilMinutes::earliest().raw()));
  const model::RecordExtra* extra = terms.has_more ? index.find_extra(number) : nullptr;
  const bool computed = extra != nullptr && (extra->formula != model::nothing_there ||
                                             extra->scale != model::nothing_there);
  if (!computed) add(base::to_string({snapshot.record_value(record), terms.decimals}));
  add(padded(terms.price_unit));
  if (extra != nullptr) add_extra(snapshot, *extra, add);
  return text;
}

int compare_documents(const Snapshot& snapshot, const ConditionRecord& a, const ConditionRecord& b,
                      bool as_number) {
  if (a.document == b.document) return 0;
  if (a.document.is_none() || b.document.is_none())
    return first_if(!a.document.is_none(), !b.document.is_none());
  const auto& x = snapshot.order_of(a.document);
  const auto& y = snapshot.order_of(b.document);
  return as_number ? three_way(x.by_number, y.by_number) : three_way(x.by_text, y.by_text);
}

// Records with an external key come before those without.
int compare_record_keys(const Snapshot& snapshot, std::uint32_t a, std::uint32_t b,
                        bool as_number) {
  const ConditionRecord& x = snapshot.conditions().record(a);
  const ConditionRecord& y = snapshot.conditions().record(b);
  if (x.is_keyed() != y.is_keyed()) return first_if(x.is_keyed(), y.is_keyed());
  if (x.is_keyed() && x.row != y.row) {
    const std::string key_x = snapshot.record_label(x);
    const std::string key_y = snapshot.record_label(y);
    if (!as_number) return three_way(key_x, key_y);
    return first_if(snapshot::number_order_less(key_x, key_y),
                    snapshot::number_order_less(key_y, key_x));
  }
  return three_way(identity_text(snapshot, a), identity_text(snapshot, b));
}

bool has_document(const ConditionRecord& record) { return !record.document.is_none(); }

int compare_document_ranks(const Snapshot& snapshot, const ConditionRecord& a,
                           const ConditionRecord& b) {
  if (!has_document(a) || !has_document(b)) return first_if(has_document(a), has_document(b));
  return three_way(snapshot.documents()[a.document.raw()].rank,
                   snapshot.documents()[b.document.raw()].rank);
}

base::CivilMinutes document_start(const Snapshot& snapshot, const ConditionRecord& record) {
  if (record.document.is_none()) return base::CivilMinutes::earliest();
  return snapshot.documents()[record.document.raw()].validity.from;
}

bool is_dated(const ConditionRecord& record) {
  return !record.valid_from.is_open() || !record.valid_to.is_open();
}

std::size_t field_count(const ChoiceContext& context, const Candidate& candidate) {
  const auto& shape =
      context.snapshot->conditions().table(context.find->accesses[candidate.access].table).shape;
  return shape.party_fields.size() + shape.article_fields.size();
}

bool same_parameters(const Snapshot& snapshot, std::uint32_t a, std::uint32_t b) {
  const auto* x = snapshot.conditions().find_extra(a);
  const auto* y = snapshot.conditions().find_extra(b);
  const model::RecordExtra none;
  const auto& first = x == nullptr ? none : *x;
  const auto& second = y == nullptr ? none : *y;
  return first.parameters == second.parameters && first.scale == second.scale;
}

// Answers are the same where value, unit, price unit, flags and parameters are: then it does not
// matter which one is taken. No unit is the base unit. Values are compared as they come out on the
// line where the context knows them; else a record with more than a number differs from all others.
bool same_answer(const ChoiceContext& context, const Candidate& a, const Candidate& b) {
  if (a.record == b.record) return true;  // reached in two ways
  const Snapshot& snapshot = *context.snapshot;
  const ConditionRecord& first = snapshot.conditions().record(a.record);
  const ConditionRecord& second = snapshot.conditions().record(b.record);
  const Terms& x = snapshot.conditions().terms(first);
  const Terms& y = snapshot.conditions().terms(second);
  const model::UnitId base_unit = context.line->article.is_none()
                                      ? model::UnitId{}
                                      : snapshot.articles().base_units[context.line->article.raw()];
  const auto told = [base_unit](model::UnitId unit) { return unit.is_none() ? base_unit : unit; };
  const bool same_terms = x.currency == y.currency && told(x.unit) == told(y.unit) &&
                          x.price_unit == y.price_unit && x.flags == y.flags;
  if (!same_terms) return false;
  if (!x.has_more && !y.has_more)
    return snapshot.record_value(first) == snapshot.record_value(second) &&
           x.decimals == y.decimals;
  return context.values != nullptr && same_parameters(snapshot, a.record, b.record) &&
         compare_worths(worth_of(context, a), worth_of(context, b)) == 0;
}

// What identity_text() says first of two records that stand under one key, without the text; 0 where
// it takes more.
int compare_under_one_key(const Snapshot& snapshot, const ConditionRecord& a,
                          const ConditionRecord& b) {
  const Terms& x = snapshot.conditions().terms(a);
  const Terms& y = snapshot.conditions().terms(b);
  if (x.currency != y.currency || x.unit != y.unit) return 0;
  if (a.threshold != b.threshold) return three_way(a.threshold, b.threshold);
  return three_way(a.valid_from, b.valid_from);
}

// Document, then external key, then all else that is known outside: never the order in which
// records are held.
bool externally_before(const Snapshot& snapshot, const Candidate& a, const Candidate& b) {
  const ConditionRecord& x = snapshot.conditions().record(a.record);
  const ConditionRecord& y = snapshot.conditions().record(b.record);
  const int by_document = compare_documents(snapshot, x, y, false);
  if (by_document != 0) return by_document < 0;
  if (a.position == b.position && !x.is_keyed() && !y.is_keyed()) {
    const int by_start = compare_under_one_key(snapshot, x, y);
    if (by_start != 0) return by_start < 0;
  }
  return compare_record_keys(snapshot, a.record, b.record, false) < 0;
}

int compare_by_choices(const ChoiceContext& context, const Candidate& a, const Candidate& b) {
  for (const rule::Choice& choice : context.find->choose) {
    const int order = compare(context, choice, a, b);
    if (order != 0) return order;
  }
  return 0;
}

}  // namespace

UnitFactor unit_ratio(const Snapshot& snapshot, const Terms& terms, const Line& line) {
  if (line.article.is_none()) return {1, 1};
  const model::UnitId base_unit = snapshot.articles().base_units[line.article.raw()];
  const model::UnitId ordered = line.unit.is_none() ? base_unit : line.unit;
  if (terms.unit == ordered && !terms.unit.is_none() && terms.unit != base_unit) return {1, 1};
  if (terms.unit.is_none() || terms.unit == base_unit) return {line.numerator, line.denominator};
  const auto units = snapshot.articles().units[line.article.raw()];
  const auto own = std::ranges::find(units, terms.unit, &model::ArticleUnit::unit);
  if (own == units.end()) return {line.numerator, line.denominator};
  return {base::Int128{line.numerator} * own->denominator,
          base::Int128{line.denominator} * own->numerator};
}

UnitFactor unit_factor(const Snapshot& snapshot, const Terms& terms, const Line& line) {
  if (terms.unit.is_none()) {
    if (line.article.is_none()) return {1, terms.price_unit};
    return {line.numerator, base::Int128{line.denominator} * terms.price_unit};
  }
  UnitFactor factor = unit_ratio(snapshot, terms, line);
  factor.denominator *= terms.price_unit;
  return factor;
}

int compare(const ChoiceContext& context, const rule::Choice& choice, const Candidate& a,
            const Candidate& b) {
  const Snapshot& snapshot = *context.snapshot;
  const auto& index = snapshot.conditions();
  const ConditionRecord& x = index.record(a.record);
  const ConditionRecord& y = index.record(b.record);
  const Terms& terms_x = index.terms(x);
  const Terms& terms_y = index.terms(y);
  switch (choice.by) {
    case Comparator::rank:
      return compare_ranks(context, a, b);
    case Comparator::nearest:
      return three_way(a.distance, b.distance);
    case Comparator::most_fields:
      return three_way(field_count(context, b), field_count(context, a));
    case Comparator::dated:
      return first_if(is_dated(x), is_dated(y));
    case Comparator::currency_bound:
      return first_if(!terms_x.currency.is_none(), !terms_y.currency.is_none());
    case Comparator::unit_bound:
      return first_if(!terms_x.unit.is_none(), !terms_y.unit.is_none());
    case Comparator::highest_threshold:
      return compare_thresholds(context, y, x);
    case Comparator::newest_start:
      return three_way(y.valid_from, x.valid_from);
    case Comparator::newest_document:
      return three_way(document_start(snapshot, y), document_start(snapshot, x));
    case Comparator::lowest_value:
      return compare_values(context, a, b);
    case Comparator::highest_value:
      return compare_values(context, b, a);
    case Comparator::flag_set: {
      const auto bit = model::flag_bit(choice.flag);
      return first_if((terms_x.flags & bit) != 0, (terms_y.flags & bit) != 0);
    }
    case Comparator::flag_clear: {
      const auto bit = model::flag_bit(choice.flag);
      return first_if((terms_x.flags & bit) == 0, (terms_y.flags & bit) == 0);
    }
    case Comparator::document_number:
      return compare_documents(snapshot, x, y, true);
    case Comparator::document_text:
      return compare_documents(snapshot, x, y, false);
    case Comparator::record_number:
      return compare_record_keys(snapshot, a.record, b.record, true);
    case Comparator::record_text:
      return compare_record_keys(snapshot, a.record, b.record, false);
    case Comparator::document_rank:
      return compare_document_ranks(snapshot, x, y);
    case Comparator::highest_rank:
      return compare_ranks(context, b, a);
    case Comparator::highest_document_rank:
      return has_document(x) && has_document(y) ? compare_document_ranks(snapshot, y, x)
                                                : compare_document_ranks(snapshot, x, y);
    case Comparator::access:
      return three_way(a.access, b.access);
    case Comparator::lowest_threshold:
      return compare_thresholds(context, x, y);
  }
  return 0;
}

namespace {

// Brings the best candidates, equal among themselves, to the front. Returns how many they are.
template <class Order>
std::size_t keep_best(std::span<Candidate> candidates, const Order& order_of) {
  std::size_t kept = 1;
  for (std::size_t i = 1; i < candidates.size(); ++i) {
    const int order = order_of(candidates[i], candidates[0]);
    if (order > 0) continue;
    if (order < 0) {
      std::swap(candidates[0], candidates[i]);
      kept = 1;
    } else {
      std::swap(candidates[kept++], candidates[i]);
    }
  }
  return kept;
}

// What most lines compare by has a loop of its own: no switch for each pair.
std::size_t keep_best_by(const ChoiceContext& context, const rule::Choice& choice,
                         std::span<Candidate> candidates) {
  using C = const Candidate&;
  if (choice.by == Comparator::highest_value)
    return keep_best(candidates, [&](C a, C b) { return compare_values(context, b, a); });
  if (choice.by == Comparator::lowest_value)
    return keep_best(candidates, [&](C a, C b) { return compare_values(context, a, b); });
  if (choice.by == Comparator::rank)
    return keep_best(candidates, [&](C a, C b) { return compare_ranks(context, a, b); });
  return keep_best(candidates, [&](C a, C b) { return compare(context, choice, a, b); });
}

}  // namespace

Chosen choose(const ChoiceContext& context, std::span<Candidate> candidates,
              LossListener* listener) {
  const auto& choices = context.choices != nullptr ? *context.choices : context.find->choose;
  for (const rule::Choice& choice : choices) {
    if (candidates.size() == 1) break;
    const std::size_t kept = keep_best_by(context, choice, candidates);
    if (listener != nullptr) {
      for (const Candidate& dropped : candidates.subspan(kept))
        listener->lost(dropped.record, Loss::comparator, choice.by);
    }
    candidates = candidates.first(kept);
  }
  if (candidates.size() == 1) return {candidates[0], false};
  const Snapshot& snapshot = *context.snapshot;
  const bool differ = std::ranges::any_of(candidates.subspan(1), [&](const Candidate& other) {
    return !same_answer(context, candidates[0], other);
  });
  const bool ambiguous = differ && context.find->tie == rule::TiePolicy::refuse;
  if (listener == nullptr && (ambiguous || (!differ && !context.is_named)))
    return {candidates[0], ambiguous};
  const auto winner = std::ranges::min_element(
      candidates,
      [&](const Candidate& a, const Candidate& b) { return externally_before(snapshot, a, b); });
  if (listener != nullptr) {
    for (const Candidate& other : candidates) {
      if (ambiguous || other.record != winner->record)
        listener->lost(other.record, Loss::tie, Comparator::rank);
    }
  }
  return {*winner, ambiguous};
}

void sort_candidates(const ChoiceContext& context, std::span<Candidate> candidates) {
  std::ranges::sort(candidates, [&](const Candidate& a, const Candidate& b) {
    return comes_before(context, a, b);
  });
}

bool comes_before(const ChoiceContext& context, const Candidate& a, const Candidate& b) {
  const int order = compare_by_choices(context, a, b);
  if (order != 0) return order < 0;
  return externally_before(*context.snapshot, a, b);
}

bool tied(const ChoiceContext& context, const Candidate& a, const Candidate& b) {
  return compare_by_choices(context, a, b) == 0;
}

}  // namespace engine::price

#include "rules/check_classes.hpp"

#include "engine/base/hash.hpp"

namespace rules {

namespace model = engine::model;
namespace rule = engine::rule;
using engine::base::combine;
using engine::base::Int128;
using model::ConditionRecord;
using model::Terms;
using rule::Comparator;

namespace {

std::uint64_t hash_of(Int128 value) {
  return combine(static_cast<std::uint64_t>(value), static_cast<std::uint64_t>(value >> 64));
}

// Equal numbers have one, however many zeros they end with.
std::uint64_t hash_of_number(Int128 mantissa, int decimals) {
  while (decimals > 0 && mantissa % 10 == 0) {
    mantissa /= 10;
    --decimals;
  }
  return combine(hash_of(mantissa), static_cast<std::uint64_t>(decimals));
}

std::uint64_t hash_of(engine::base::CivilMinutes at) {
  return static_cast<std::uint32_t>(at.raw());
}

}  // namespace

void RecordClasses::divide(std::uint32_t key_a, std::uint32_t key_b) {
  first_ = nullptr;
  one_unit_ = one_price_unit_ = one_currency_ = all_bound_ = all_plain_ = true;
  const auto& index = context_.index();
  const auto type_of = [&](std::uint32_t key) {
    return context_.table_of_part(index.part_of_key(key)).shape.type;
  };
  one_type_ = key_a == key_b || type_of(key_a) == type_of(key_b);
  look_at(key_a);
  if (key_a != key_b) look_at(key_b);
}

void RecordClasses::look_at(std::uint32_t key) {
  const auto& index = context_.index();
  const auto records = index.records_of(key);
  for (std::uint32_t number = records.begin; number < records.end; ++number) {
    const Terms& terms = index.terms(index.record(number));
    if (first_ == nullptr) first_ = &terms;
    one_unit_ = one_unit_ && terms.unit == first_->unit;
    one_price_unit_ = one_price_unit_ && terms.price_unit == first_->price_unit;
    one_currency_ = one_currency_ && terms.currency == first_->currency;
    all_bound_ = all_bound_ && !terms.currency.is_none();
    all_plain_ = all_plain_ && !terms.has_more;
  }
}

std::uint64_t RecordClasses::of(std::uint32_t record, std::uint32_t key) const {
  std::uint64_t hash = 1;
  if (all_bound_ && !find_.any_currency) {
    const auto& index = context_.index();
    hash = combine(hash, index.terms(index.record(record)).currency.raw());
  }
  for (const rule::Choice& choice : choices_) hash = combine(hash, by(choice, record, key));
  return hash;
}

std::uint64_t RecordClasses::by(const rule::Choice& choice, std::uint32_t number,
                                std::uint32_t key) const {
  const ConditionRecord& record = context_.index().record(number);
  const Terms& terms = context_.index().terms(record);
  switch (choice.by) {
    case Comparator::rank:
    case Comparator::highest_rank:
      return static_cast<std::uint32_t>(terms.rank);
    case Comparator::dated:
      return !record.valid_from.is_open() || !record.valid_to.is_open() ? 1 : 0;
    case Comparator::currency_bound:
      return terms.currency.is_none() ? 1 : 0;
    case Comparator::unit_bound:
      return terms.unit.is_none() ? 1 : 0;
    case Comparator::highest_threshold:
    case Comparator::lowest_threshold:
      return one_unit_ ? static_cast<std::uint64_t>(record.threshold.mantissa()) : 0;
    case Comparator::newest_start:
      return hash_of(record.valid_from);
    case Comparator::lowest_value:
    case Comparator::highest_value:
      if (!one_type_ || !one_unit_ || !one_price_unit_ || !one_currency_ || !all_plain_) return 0;
      return hash_of_number(context_.snapshot().record_value(record), terms.decimals);
    case Comparator::flag_set:
    case Comparator::flag_clear:
      return terms.flags & model::flag_bit(choice.flag);
    case Comparator::newest_document:
    case Comparator::document_number:
    case Comparator::document_text:
    case Comparator::document_rank:
    case Comparator::highest_document_rank:
      return by_document(choice.by, record.document);
    case Comparator::record_number:
    case Comparator::record_text:
      return by_record_key(number, key);
    case Comparator::nearest:
    case Comparator::most_fields:
    case Comparator::access:
      return 0;  // of the ways, not of the records
  }
  return 0;
}

std::uint64_t RecordClasses::by_document(Comparator comparator, model::DocumentId id) const {
  const auto& snapshot = context_.snapshot();
  const bool by_start = comparator == Comparator::newest_document;
  if (id.is_none()) return by_start ? hash_of(engine::base::CivilMinutes::earliest()) : 0;
  const model::Document& document = snapshot.documents()[id.raw()];
  if (by_start) return hash_of(document.validity.from);
  if (comparator == Comparator::document_number)
    return combine(1, static_cast<std::uint64_t>(snapshot.order_of(id).by_number));
  if (comparator == Comparator::document_text)
    return combine(1, static_cast<std::uint64_t>(snapshot.order_of(id).by_text));
  return combine(1, static_cast<std::uint32_t>(document.rank));
}

// External keys differ where their numbers do; records without one are told apart by what they say.
std::uint64_t RecordClasses::by_record_key(std::uint32_t number, std::uint32_t key) const {
  const ConditionRecord& record = context_.index().record(number);
  if (record.is_keyed()) return combine(1, record.row);
  const Terms& terms = context_.index().terms(record);
  std::uint64_t hash = combine(combine(2, key), terms.currency.raw());
  hash = combine(combine(hash, terms.unit.raw()), terms.price_unit);
  hash = combine(hash, static_cast<std::uint64_t>(record.threshold.mantissa()));
  hash = combine(hash, hash_of(record.valid_from));
  return combine(combine(hash, hash_of(context_.snapshot().record_value(record))), terms.decimals);
}

}  // namespace rules

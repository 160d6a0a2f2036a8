#include "engine/snapshot/data_bounds.hpp"

#include "engine/base/limits.hpp"

#include <algorithm>
#include <array>

namespace engine::snapshot {

namespace limits = base::limits;
using base::BigInt;
using base::Int128;
using model::FieldSide;
using model::FieldValue;

namespace {

Int128 magnitude_of(Int128 value) { return value < 0 ? -value : value; }

// Largest magnitudes by their decimals, so that most values cost a comparison.
class Largest {
 public:
  void see(Int128 value, std::uint8_t decimals) {
    Int128& most = most_[decimals];
    most = std::max(most, magnitude_of(value));
    seen_[decimals] = true;
  }

  void add_to(ValueBound& bound) const {
    for (std::size_t decimals = 0; decimals < most_.size(); ++decimals) {
      if (seen_[decimals]) bound.include(BigInt{most_[decimals]}, static_cast<int>(decimals));
    }
  }

 private:
  static constexpr std::size_t all_decimals = limits::value_decimals + 21;
  std::array<Int128, all_decimals> most_{};
  std::array<bool, all_decimals> seen_{};
};

std::span<const model::ConditionRecord> records_in(const model::ConditionStore& store,
                                                   std::uint32_t table) {
  const model::KeyRange range = store.records_of_table(model::TableId{table});
  return store.records().subspan(range.begin, range.size());
}

void see_extra(const model::Facts& facts, const model::RecordExtra& extra, TypeBound& bound,
               Largest& values) {
  if (extra.scale != model::nothing_there) {
    const model::Scale& scale = facts.scales()[extra.scale];
    for (const model::Tier& tier : scale.tiers) {
      values.see(tier.rate, scale.decimals);
      values.see(tier.flat, scale.decimals);
    }
    bound.tiers = std::max(bound.tiers, static_cast<std::uint32_t>(scale.tiers.size()));
  }
  for (const auto& [place, number] : extra.parameters)
    bound.parameters[place].include(BigInt{number.mantissa}, number.decimals);
}

void see_types(const model::Facts& facts, std::vector<TypeBound>& types) {
  const model::ConditionStore& store = facts.conditions();
  for (std::uint32_t table = 0; table < store.tables().size(); ++table) {
    TypeBound& bound = types[facts.schema.table(model::TableId{table}).type.raw()];
    Largest values;
    for (const model::ConditionRecord& record : records_in(store, table)) {
      const model::Terms& terms = facts.terms()[record.terms];
      values.see(terms.wide ? store.extras()[record.extra].wide : Int128{record.value},
                 terms.decimals);
      if (terms.has_more) see_extra(facts, store.extras()[record.extra], bound, values);
    }
    values.add_to(bound);
  }
}

constexpr int question_decimals = 6;  // of a number that a question gives, see quote/question.hpp

void see_attributes(const model::Facts& facts, const std::vector<model::Attribute>& attributes,
                    std::vector<Largest>& numbers) {
  for (const model::Attribute& attribute : attributes) {
    if (facts.schema.field(attribute.field).value != FieldValue::number) continue;
    const auto number = base::parse_decimal(facts.share_texts()->text(attribute.value.raw()));
    if (number) numbers[attribute.field.raw()].see(number->mantissa, number->decimals);
  }
}

void see_fields(const model::Facts& facts, std::vector<ValueBound>& fields) {
  std::vector<Largest> numbers(fields.size());
  const bool any = [&] {
    for (std::uint32_t field = 0; field < fields.size(); ++field) {
      if (facts.schema.field(model::FieldId{field}).value == FieldValue::number) return true;
    }
    return false;
  }();
  if (!any) return;
  for (const model::Article& article : facts.articles().items)
    see_attributes(facts, article.attributes, numbers);
  for (const model::Customer& customer : facts.customers().items)
    see_attributes(facts, customer.attributes, numbers);
  for (std::uint32_t id = 0; id < fields.size(); ++id) {
    const model::Field& field = facts.schema.field(model::FieldId{id});
    if (field.value != FieldValue::number) continue;
    numbers[id].add_to(fields[id]);
    const BigInt most = BigInt{1'000'000'000'000} * 1'000'000;  // what a question may give
    if (field.side != FieldSide::article) fields[id].include(most, question_decimals);
  }
}

}  // namespace

void ValueBound::give_room() {
  if (magnitude != 0) magnitude = (BigInt{1} << (msb(magnitude) + 1)) - 1;
  narrow_by_decimals.clear();
  const BigInt most = (BigInt{1} << 127) - 1;
  BigInt at = magnitude;  // a value of fewer decimals has to be smaller
  for (int left = decimals; left >= 0; --left) {
    narrow_by_decimals.push_back(static_cast<Int128>(std::min(at, most)));
    at /= 10;
  }
  std::ranges::reverse(narrow_by_decimals);
}

DataBounds bounds_of(const model::Facts& facts) {
  DataBounds bounds;
  bounds.types.resize(facts.schema.type_count());
  bounds.fields.resize(facts.schema.field_count());
  see_types(facts, bounds.types);
  for (TypeBound& type : bounds.types) {
    type.give_room();
    for (auto& parameter : type.parameters) parameter.second.give_room();
  }
  see_fields(facts, bounds.fields);
  return bounds;
}

RecordTexts texts_of(const model::Facts& facts) {
  RecordTexts texts;
  texts.texts = facts.record_texts();
  texts.of_type.resize(facts.schema.type_count());
  texts.has_more.resize(facts.schema.type_count(), false);
  const model::ConditionStore& store = facts.conditions();
  for (std::uint32_t table = 0; table < store.tables().size(); ++table) {
    const std::uint32_t type = facts.schema.table(model::TableId{table}).type.raw();
    std::vector<bool> seen(texts.texts.size(), false);
    const auto take = [&](std::uint32_t text) {
      if (text == model::nothing_there || seen[text]) return;
      seen[text] = true;
      texts.of_type[type].push_back(text);
    };
    for (const model::ConditionRecord& record : records_in(store, table)) {
      if (!record.document.is_none()) take(facts.documents()[record.document.raw()].when);
      if (!facts.terms()[record.terms].has_more) continue;
      texts.has_more[type] = true;
      take(store.extras()[record.extra].when);
      take(store.extras()[record.extra].formula);
      take(store.extras()[record.extra].buy_when);
    }
  }
  return texts;
}

}  // namespace engine::snapshot

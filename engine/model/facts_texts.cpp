// Of Facts: what few records have - a scale, a condition, a formula, named numbers.
#include "engine/base/limits.hpp"
#include "engine/model/facts.hpp"
#include "engine/model/facts_common.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace engine::model {

namespace limits = base::limits;
using base::Fault;
using base::FaultCode;
using base::Result;

namespace {

std::string text_key(std::string_view text, TextUse use, const std::string& type) {
  std::string key(1, use == TextUse::condition ? 'c' : 'f');
  key.append(type).append(1, '\0').append(text);
  return key;
}

}  // namespace

// nothing_there where no record has it.
std::uint32_t Facts::find_text(std::string_view text, TextUse use,
                               const ConditionType& type) const {
  const auto known = record_texts_index_.find(text_key(text, use, type.name));
  return known == record_texts_index_.end() ? nothing_there : known->second;
}

Result<std::uint32_t> Facts::intern_text(std::string_view text, TextUse use,
                                         const ConditionType* type) {
  const std::string type_name = type == nullptr ? std::string{} : type->name;
  std::string key = text_key(text, use, type_name);
  if (const auto known = record_texts_index_.find(key); known != record_texts_index_.end())
    return known->second;
  if (!compiler_) {
    return Fault{FaultCode::unsupported, "",
                 "conditions and formulas in records can't be read here"};
  }
  auto compiled = compiler_->compile(text, use, schema, type);
  if (!compiled) return compiled.error();
  const auto number = static_cast<std::uint32_t>(record_texts_.size());
  record_texts_.push_back({std::string{text}, use, type_name, *std::move(compiled)});
  record_texts_index_.emplace(std::move(key), number);
  return number;
}

Result<void> Facts::compile_texts() {
  for (RecordText& text : record_texts_) {
    const auto type = schema.find_type(text.type);
    if (!text.type.empty() && !type) {
      return Fault{FaultCode::unknown_condition_type, "type",
                   "no procedure declares the condition type '" + text.type + "'"};
    }
    auto compiled =
        compiler_->compile(text.text, text.use, schema, type ? &schema.type(*type) : nullptr);
    if (!compiled) return compiled.error();
    text.compiled = *std::move(compiled);
  }
  return {};
}

// The value of a record that has a scale or a formula stands there, not in the record.
Facts::Put Facts::put_scale(const ConditionDraft& draft, const ConditionType& type, Terms& terms,
                            RecordExtra& extra) {
  if (draft.scale.empty()) return {};
  if (!draft.formula.empty()) {
    return Fault{FaultCode::contradicting_values, "formula",
                 "a record has one of value, scale and formula"};
  }
  const bool is_percent = type.value == ValueKind::percent;
  std::string key{is_percent ? 'p' : 'a',
                  static_cast<char>('0' + static_cast<int>(draft.scale_kind))};
  key += draft.scale;
  const auto number = static_cast<std::uint32_t>(scales_.size());
  const auto [known, is_new] = scales_index_.try_emplace(std::move(key), number);
  if (is_new) {
    auto scale = parse_scale(draft.scale, draft.scale_kind, is_percent);
    if (!scale) {
      scales_index_.erase(known);
      return Fault{scale.error().code, "scale", scale.error().detail};
    }
    scales_.push_back(*std::move(scale));
  }
  extra.scale = known->second;
  terms.decimals = scales_[extra.scale].decimals;
  return {};
}

Facts::Put Facts::put_texts(const ConditionDraft& draft, const ConditionType& type,
                            RecordExtra& extra) {
  if (!draft.when.empty()) {
    auto when = intern_text(draft.when, TextUse::condition, &type);
    if (!when) return Fault{when.error().code, "when", when.error().detail};
    extra.when = *when;
  }
  if (!draft.formula.empty()) {
    auto formula = intern_text(draft.formula, TextUse::formula, &type);
    if (!formula) return Fault{formula.error().code, "formula", formula.error().detail};
    extra.formula = *formula;
  }
  if (draft.buy_when.empty()) return {};
  if (type.calculation != Calculation::buy_get) {
    return Fault{FaultCode::contradicting_values, "buy_when",
                 "only records of the calculation buy_get have units that count as bought"};
  }
  auto buy_when = intern_text(draft.buy_when, TextUse::condition, &type);
  if (!buy_when) return Fault{buy_when.error().code, "buy_when", buy_when.error().detail};
  extra.buy_when = *buy_when;
  return {};
}

Facts::Put Facts::put_free_article(const ConditionDraft& draft, const ConditionType& type,
                                   RecordExtra& extra) const {
  if (draft.free_article.empty()) return {};
  if (type.calculation != Calculation::free_goods) {
    return Fault{FaultCode::contradicting_values, "free_article",
                 "only records of the calculation free_goods add an article"};
  }
  const auto article = articles_.codes->find(draft.free_article);
  if (!article)
    return detail::unknown(FaultCode::unknown_article, "free_article", draft.free_article);
  extra.free_article = ArticleId{*article};
  return {};
}

Facts::Put Facts::put_parameters(const ConditionDraft& draft, const ConditionType& type,
                                 RecordExtra& extra) {
  for (const auto& [name, value] : draft.parameters) {
    const auto declared = std::ranges::find(type.parameters, name);
    if (declared == type.parameters.end()) {
      return Fault{FaultCode::unknown_field, std::string{name},
                   "records of '" + type.name + "' have no number of this name"};
    }
    if (value.decimals > limits::value_decimals) {
      return Fault{FaultCode::out_of_range, std::string{name},
                   base::to_string(value) + " has more decimals than the " +
                       std::to_string(limits::value_decimals) + " that a record keeps"};
    }
    extra.parameters.emplace_back(*schema.find_number(name), value);
  }
  constexpr auto position_of = &std::pair<std::uint16_t, base::Decimal>::first;
  std::ranges::sort(extra.parameters, {}, position_of);
  const auto twice = std::ranges::adjacent_find(extra.parameters, {}, position_of);
  if (twice != extra.parameters.end()) {
    return Fault{FaultCode::contradicting_values, schema.number_name(twice->first),
                 "this number is given twice"};
  }
  return {};
}

namespace {

// A number by which the calculation of the type counts units; see ConditionType::calculation.
struct Count {
  std::string_view name;
  bool required = false;
  bool whole = false;
  bool zero_allowed = false;
};

std::span<const Count> counts_of(Calculation calculation) {
  static constexpr std::array buy_get{Count{"buy", true, true, true},
                                      Count{"get", true, true, true},
                                      Count{"groups", false, true, true}};
  static constexpr std::array free_goods{Count{"get"}, Count{"every"}};
  static constexpr std::array units{Count{"max_units", false, false, true}, Count{"unit_step"}};
  switch (calculation) {
    case Calculation::none:
      return {};
    case Calculation::buy_get:
      return buy_get;
    case Calculation::free_goods:
      return free_goods;
    default:
      return units;
  }
}

Result<void> check_count(const Count& count, const base::Decimal* number) {
  const auto fault = [&](FaultCode code, std::string detail) {
    return Fault{code, std::string{count.name}, std::move(detail)};
  };
  if (number == nullptr) {
    if (!count.required) return {};
    return fault(FaultCode::missing_value, "a record of this calculation needs this number");
  }
  const std::string text = base::to_string(*number);
  if (number->mantissa < 0 || (number->mantissa == 0 && !count.zero_allowed))
    return fault(FaultCode::out_of_range, text + " is no number of units");
  const auto quantity = base::Quantity::exactly(*number);
  if (!quantity ||
      (count.whole &&
       quantity->mantissa() % base::pow10<std::int64_t>(base::Quantity::decimals) != 0)) {
    return fault(FaultCode::out_of_range,
                 count.whole
                     ? text + " is no whole number of units"
                     : text + " has more than the " + std::to_string(base::Quantity::decimals) +
                           " decimals of a quantity, or is beyond what one can be");
  }
  return {};
}

Result<void> check_counts(const Schema& schema, const ConditionType& type,
                          const RecordExtra& extra) {
  const auto number = [&](std::string_view name) {
    const auto place = schema.find_number(name);
    return place ? extra.parameter(*place) : nullptr;
  };
  for (const Count& count : counts_of(type.calculation)) {
    if (auto ok = check_count(count, number(count.name)); !ok) return ok;
  }
  if (type.calculation == Calculation::buy_get &&
      number("buy")->mantissa + number("get")->mantissa == 0)
    return Fault{FaultCode::out_of_range, "buy", "buy and get can't both be 0"};
  return {};
}

// A reward for a group as a whole is one line's: several lines have no one amount for it.
Result<void> check_group_flags(const ConditionType& type, const Terms& terms) {
  const auto has = [&terms](FlagId flag) { return (terms.flags & flag_bit(flag)) != 0; };
  if (type.calculation != Calculation::buy_get || !has(Schema::per_group)) return {};
  if (!has(Schema::per_line)) {
    return Fault{FaultCode::contradicting_values, "flags",
                 "per_group goes with per_line: a group of several lines has no one line that its "
                 "reward is for"};
  }
  if (has(Schema::partial_group)) {
    return Fault{FaultCode::contradicting_values, "flags",
                 "per_group rewards complete groups, so that partial_group can't stand beside it"};
  }
  return {};
}

}  // namespace

Facts::Put Facts::put_more(const ConditionDraft& draft, const ConditionType& type, Terms& terms,
                           RecordExtra& extra) {
  if (auto ok = put_parameters(draft, type, extra); !ok) return ok;
  if (auto ok = check_counts(schema, type, extra); !ok) return ok;
  if (auto ok = check_group_flags(type, terms); !ok) return ok;
  if (auto ok = put_free_article(draft, type, extra); !ok) return ok;
  if (auto ok = put_texts(draft, type, extra); !ok) return ok;
  terms.has_more = extra.scale != nothing_there || extra.when != nothing_there ||
                   extra.formula != nothing_there || extra.buy_when != nothing_there ||
                   !extra.free_article.is_none() || !extra.parameters.empty();
  return {};
}

Result<void> check_list_chains(const Facts& facts) {
  const auto& documents = facts.documents();
  for (const Document& start : documents) {
    std::size_t steps = 0;
    for (DocumentId at = start.based_on; !at.is_none(); at = documents[at.raw()].based_on) {
      if (&documents[at.raw()] == &start) {
        return Fault{
            FaultCode::circular_reference, "based_on",
            "price list '" + start.code + "' is based on itself, by its own chain of lists"};
      }
      if (++steps > limits::group_depth) {
        return Fault{FaultCode::circular_reference, "based_on",
                     "price list '" + start.code + "' stands on more than " +
                         std::to_string(limits::group_depth) + " others, or they go in a circle"};
      }
    }
  }
  return {};
}

}  // namespace engine::model

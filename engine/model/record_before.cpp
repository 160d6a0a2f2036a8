#include "engine/model/record_before.hpp"

#include "engine/base/int128.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <vector>

namespace engine::model {

using base::Int128;

namespace {

std::optional<std::uint32_t> code_of(const Facts& facts, const Field& field,
                                     std::string_view code) {
  switch (field.domain) {
    case Domain::article:
      return facts.articles().codes->find(code);
    case Domain::article_group:
      return facts.article_groups().codes->find(code);
    case Domain::customer:
      return facts.customers().codes->find(code);
    case Domain::customer_group:
      return facts.customer_groups().codes->find(code);
    case Domain::price_list: {
      const auto list = facts.find_document(DocumentKind::price_list, code);
      return list ? std::optional{list->raw()} : std::nullopt;
    }
    case Domain::currency:
    case Domain::unit:
    case Domain::text:
      break;
  }
  return facts.share_texts()->find(code);
}

std::string_view key_text(const ConditionDraft& draft, FieldId field) {
  const auto found = std::ranges::find(draft.keys, field, &KeyText::first);
  return found == draft.keys.end() ? std::string_view{} : found->second;
}

DocumentId document_of(const Facts& facts, const ConditionDraft& draft) {
  const auto find = [&facts](DocumentKind kind, std::string_view code) {
    return facts.find_document(kind, code).value_or(DocumentId{});
  };
  const std::string_view list = key_text(draft, Schema::price_list);
  if (!list.empty()) return find(DocumentKind::price_list, list);
  if (!draft.agreement.empty()) return find(DocumentKind::agreement, draft.agreement);
  if (!draft.promotion.empty()) return find(DocumentKind::promotion, draft.promotion);
  return {};
}

CurrencyId currency_of(const Facts& facts, const ConditionDraft& draft) {
  if (!draft.currency.empty()) {
    const auto number = facts.currencies().codes->find(draft.currency);
    return number ? CurrencyId{*number} : CurrencyId{};
  }
  const DocumentId document = document_of(facts, draft);
  return document.is_none() ? CurrencyId{} : facts.documents()[document.raw()].currency;
}

// Base units in one of `unit`; nothing where the article does not have it.
std::optional<std::pair<std::int64_t, std::int64_t>> size_of(const Article& article, UnitId unit) {
  if (unit.is_none() || unit == article.base_unit)
    return std::pair{std::int64_t{1}, std::int64_t{1}};
  const auto own = std::ranges::find(article.units, unit, &ArticleUnit::unit);
  if (own == article.units.end()) return std::nullopt;
  return std::pair{own->numerator, own->denominator};
}

std::optional<UnitValue> value_of(const Facts& facts, const SettledView& there,
                                  const ConditionRecord& record, const Article& article) {
  const Terms& terms = facts.terms()[record.terms];
  const RecordExtra* extra = there.extra_of(record);
  const bool is_plain =
      extra == nullptr || (extra->scale == nothing_there && extra->formula == nothing_there);
  const auto size = size_of(article, terms.unit);
  if (!is_plain || !size) return std::nullopt;
  const Int128 mantissa = terms.wide && extra != nullptr ? extra->wide : Int128{record.value};
  return UnitValue{{mantissa, terms.decimals},
                   std::int64_t{terms.price_unit},
                   terms.currency,
                   size->first,
                   size->second};
}

// Steps that cost what `like` does but for the amount.
std::optional<PriceLadder> ladder_of(const Scale& scale, const UnitValue& like) {
  const bool has_flat = std::ranges::any_of(scale.tiers, [](const Tier& t) { return t.flat != 0; });
  if (scale.kind != ScaleKind::whole || has_flat || scale.tiers.empty()) return std::nullopt;
  PriceLadder ladder;
  for (std::size_t i = 0; i < scale.tiers.size(); ++i) {
    PriceStep& step = ladder.steps.emplace_back();
    step.price = like;
    step.price.value = {scale.tiers[i].rate, scale.decimals};
    if (!scale.upper_bounds) {
      step.bound = scale.tiers[i].bound;
    } else if (i != 0) {
      step.bound = scale.tiers[i - 1].bound;
      step.is_above = true;
    }
  }
  if (scale.upper_bounds && !scale.open_above) ladder.last = scale.tiers.back().bound;
  return ladder;
}

std::optional<PriceLadder> ladder_of(const Facts& facts, const SettledView& there,
                                     const ConditionRecord& record, const Article& article) {
  const RecordExtra* extra = there.extra_of(record);
  if (extra == nullptr || extra->scale == nothing_there) {
    const auto flat = value_of(facts, there, record, article);
    return flat ? std::optional{PriceLadder{{{{}, false, *flat}}, {}}} : std::nullopt;
  }
  const Terms& terms = facts.terms()[record.terms];
  const auto size = size_of(article, terms.unit);
  if (!size) return std::nullopt;
  const UnitValue like{
      {}, std::int64_t{terms.price_unit}, terms.currency, size->first, size->second};
  return ladder_of(facts.scales()[extra->scale], like);
}

PriceLadder flat_percent(const base::Decimal& fraction) {
  UnitValue value;
  value.value = fraction;
  return {{{{}, false, value}}, {}};
}

std::optional<PriceLadder> percent_ladder_of(const Facts& facts, const SettledView& there,
                                             const ConditionRecord& record,
                                             const ConditionDraft& draft) {
  const Terms& terms = facts.terms()[record.terms];
  const RecordExtra* extra = there.extra_of(record);
  if (extra == nullptr) return flat_percent({Int128{record.value}, terms.decimals});
  if (extra->formula != nothing_there) return std::nullopt;
  if (extra->scale == nothing_there)
    return flat_percent({terms.wide ? extra->wide : Int128{record.value}, terms.decimals});
  const auto unit = facts.units().find(draft.unit);
  if (terms.unit != (unit ? UnitId{*unit} : UnitId{})) return std::nullopt;
  return ladder_of(facts.scales()[extra->scale], UnitValue{});
}

std::optional<std::uint32_t> find_keyed(const Facts& facts, const SettledView& there,
                                        ConditionTypeId type, const ConditionDraft& draft,
                                        std::optional<std::uint16_t> origin) {
  const auto text = facts.record_keys().find(draft.key);
  if (!text || !origin) return std::nullopt;
  const std::uint32_t number = there.find_keyed({type, *origin, *text});
  return number == SettledView::none ? std::nullopt : std::optional{number};
}

bool has_condition(const Facts& facts, const RecordExtra* extra, std::string_view when) {
  const std::uint32_t own = extra == nullptr ? nothing_there : extra->when;
  if (own == nothing_there) return when.empty();
  return facts.record_texts()[own].text == when;
}

// What tells the records under one key apart, but for when they begin.
struct Likeness {
  KeyRange under;  // records of the draft's key
  DocumentId document;
  CurrencyId currency;
  UnitId unit;
};

// Nothing where the draft names what is not known.
std::optional<Likeness> likeness_of(const Facts& facts, const SettledView& there,
                                    ConditionTypeId type, const ConditionDraft& draft) {
  std::vector<FieldId> fields;
  for (const KeyText& key : draft.keys) fields.push_back(key.first);
  const auto table = facts.schema.find_table(type, fields);
  if (!table) return std::nullopt;
  const TableShape& shape = facts.schema.table(*table);
  std::vector<std::uint32_t> values;
  for (const auto* side : {&shape.party_fields, &shape.article_fields}) {
    for (const FieldId field : *side) {
      const auto value = code_of(facts, facts.schema.field(field), key_text(draft, field));
      if (!value) return std::nullopt;
      values.push_back(*value);
    }
  }
  UnitId unit;
  if (!draft.unit.empty()) {
    const auto number = facts.units().find(draft.unit);
    if (!number) return std::nullopt;
    unit = UnitId{*number};
  }
  return Likeness{records_under(facts, there, *table, values), document_of(facts, draft),
                  currency_of(facts, draft), unit};
}

bool is_like(const Facts& facts, const SettledView& there, const ConditionRecord& record,
             const Likeness& like, const ConditionDraft& draft) {
  const Terms& own = facts.terms()[record.terms];
  return record.threshold == draft.from_quantity && record.document == like.document &&
         own.currency == like.currency && own.unit == like.unit &&
         has_condition(facts, there.extra_of(record), draft.when);
}

// A record without an external key that says the same.
std::optional<std::uint32_t> find_by_keys(const Facts& facts, const SettledView& there,
                                          ConditionTypeId type, const ConditionDraft& draft) {
  const auto like = likeness_of(facts, there, type, draft);
  if (!like) return std::nullopt;
  for (std::uint32_t number = like->under.begin; number < like->under.end; ++number) {
    const ConditionRecord& record = there.record(number);
    if (!record.is_keyed() && record.valid_from == draft.validity.from &&
        is_like(facts, there, record, *like, draft))
      return number;
  }
  return std::nullopt;
}

// Of the records that differ in when they begin and in their external key alone: the last one that does
// not begin after the draft.
std::optional<std::uint32_t> find_earlier(const Facts& facts, const SettledView& there,
                                          ConditionTypeId type, const ConditionDraft& draft) {
  const auto like = likeness_of(facts, there, type, draft);
  if (!like) return std::nullopt;
  std::optional<std::uint32_t> latest;
  for (std::uint32_t number = like->under.begin; number < like->under.end; ++number) {
    const ConditionRecord& record = there.record(number);
    if (draft.validity.from < record.valid_from || !is_like(facts, there, record, *like, draft))
      continue;
    if (!latest || there.record(*latest).valid_from < record.valid_from) latest = number;
  }
  return latest;
}

const Article* article_of(const Facts& facts, const ConditionDraft& draft) {
  const auto number = facts.articles().codes->find(key_text(draft, Schema::article));
  return number ? &facts.articles().items[*number] : nullptr;
}

bool times(Int128& product, Int128 factor) {
  return !__builtin_mul_overflow(product, factor, &product);
}

// The value of one base unit of `a`, times all that `b` is divided by.
std::optional<Int128> cross(const UnitValue& a, std::int64_t percent, const UnitValue& b,
                            std::uint8_t decimals) {
  auto mantissa = mantissa_at(a.value, decimals);
  if (!mantissa) return std::nullopt;
  Int128 product = *mantissa;
  const bool fits = times(product, percent) && times(product, a.denominator) &&
                    times(product, b.price_unit) && times(product, b.numerator);
  return fits ? std::optional{product} : std::nullopt;
}

}  // namespace

KeyRange records_under(const Facts& facts, const SettledView& there, TableId table,
                       std::span<const std::uint32_t> values) {
  const ConditionStore& store = facts.conditions();
  if (table.raw() >= store.tables().size()) return {};
  const TableInfo& info = store.tables()[table.raw()];
  const std::size_t party = info.shape.party_fields.size();
  const auto part = there.find_part(table, values.first(party));
  const auto article_key = store.article_key(info, values.subspan(party));
  if (!part || !article_key) return {};
  const std::uint32_t key = there.find_key(*part, *article_key);
  return key == SettledView::none ? KeyRange{} : there.records_of(key);
}

std::optional<std::uint16_t> keyed_origin(const Facts& facts, std::string_view feed) {
  const auto& origins = facts.record_origins();
  const auto found = std::ranges::find_if(origins, [feed](const RecordOrigin& origin) {
    return origin.import == 0 && origin.feed == feed;
  });
  if (found == origins.end()) return std::nullopt;
  return static_cast<std::uint16_t>(found - origins.begin());
}

std::optional<RecordBefore> record_before(const Facts& facts, const ConditionDraft& draft,
                                          std::optional<std::uint16_t> origin) {
  const auto overlay = facts.overlay();
  const SettledView there{facts.conditions(), overlay.get()};
  const auto type = facts.schema.find_type(draft.type);
  if (!type) return std::nullopt;
  auto number = draft.key.empty() ? find_by_keys(facts, there, *type, draft)
                                  : find_keyed(facts, there, *type, draft, origin);
  const bool is_replaced = number.has_value();
  if (!number) number = find_earlier(facts, there, *type, draft);
  if (!number) return std::nullopt;
  const ConditionRecord& record = there.record(*number);
  const ValueKind kind = facts.schema.type(*type).value;
  if (kind == ValueKind::percent)
    return RecordBefore{is_replaced, {}, percent_ladder_of(facts, there, record, draft)};
  const Article* article = article_of(facts, draft);
  if (article == nullptr || kind != ValueKind::price) return RecordBefore{is_replaced, {}, {}};
  return RecordBefore{is_replaced, ladder_of(facts, there, record, *article), {}};
}

const UnitValue* price_at(const PriceLadder& ladder, const PriceStep& step) {
  const auto begins = [](const PriceStep& own) { return std::pair{own.bound, own.is_above}; };
  const auto place = begins(step);
  if (ladder.last && std::pair{*ladder.last, true} <= place) return nullptr;
  const auto after = std::ranges::upper_bound(ladder.steps, place, {}, begins);
  return after == ladder.steps.begin() ? nullptr : &std::prev(after)->price;
}

bool have_like_bounds(const PriceLadder& a, const PriceLadder& b) {
  const UnitValue& first = a.steps.front().price;
  const UnitValue& second = b.steps.front().price;
  return a.is_flat() || b.is_flat() ||
         (first.numerator == second.numerator && first.denominator == second.denominator);
}

std::optional<PriceLadder> price_of(const Facts& facts, const ConditionDraft& draft) {
  const auto type = facts.schema.find_type(draft.type);
  if (!type || facts.schema.type(*type).value != ValueKind::price) return std::nullopt;
  const Article* article = article_of(facts, draft);
  if (article == nullptr || !draft.formula.empty()) return std::nullopt;
  const auto number = facts.units().find(draft.unit);
  if (!draft.unit.empty() && !number) return std::nullopt;
  const auto size = size_of(*article, draft.unit.empty() ? UnitId{} : UnitId{*number});
  if (!size) return std::nullopt;
  const UnitValue own{draft.value, draft.price_unit, currency_of(facts, draft), size->first,
                      size->second};
  if (draft.scale.empty()) return PriceLadder{{{{}, false, own}}, {}};
  const auto scale = parse_scale(draft.scale, draft.scale_kind, false);
  return scale ? ladder_of(*scale, own) : std::nullopt;
}

std::optional<PriceLadder> percent_of(const Facts& facts, const ConditionDraft& draft) {
  const auto type = facts.schema.find_type(draft.type);
  const bool is_percent = type && facts.schema.type(*type).value == ValueKind::percent;
  if (!is_percent || !draft.formula.empty()) return std::nullopt;
  if (draft.scale.empty()) {
    return flat_percent(
        {draft.value.mantissa, static_cast<std::uint8_t>(draft.value.decimals + percent_decimals)});
  }
  const auto scale = parse_scale(draft.scale, draft.scale_kind, true);
  return scale ? ladder_of(*scale, UnitValue{}) : std::nullopt;
}

std::optional<UnitValue> newest_value(const Facts& facts, std::string_view type,
                                      std::string_view article, CurrencyId currency,
                                      const base::Validity& validity) {
  const auto overlay = facts.overlay();
  const SettledView there{facts.conditions(), overlay.get()};
  const auto id = facts.schema.find_type(type);
  const auto number = facts.articles().codes->find(article);
  if (!id || !number) return std::nullopt;
  const auto table = facts.schema.find_table(*id, {Schema::article});
  if (!table) return std::nullopt;
  const std::array<std::uint32_t, 1> values{*number};
  const KeyRange records = records_under(facts, there, *table, values);
  const ConditionRecord* newest = nullptr;
  for (std::uint32_t at = records.begin; at < records.end; ++at) {
    const ConditionRecord& record = there.record(at);
    const bool overlaps = record.valid_from < validity.to && validity.from < record.valid_to;
    if (!overlaps || facts.terms()[record.terms].currency != currency ||
        record.threshold != base::Quantity{})
      continue;
    if (newest == nullptr || newest->valid_from < record.valid_from) newest = &record;
  }
  if (newest == nullptr) return std::nullopt;
  return value_of(facts, there, *newest, facts.articles().items[*number]);
}

std::optional<int> compare(const UnitValue& a, std::int64_t percent, const UnitValue& b) {
  if (a.currency != b.currency) return std::nullopt;
  const std::uint8_t decimals = std::max(a.value.decimals, b.value.decimals);
  const auto left = cross(a, percent, b, decimals);
  const auto right = cross(b, 100, a, decimals);
  if (!left || !right) return std::nullopt;
  return *left < *right ? -1 : (*left > *right ? 1 : 0);
}

std::optional<bool> lie_apart(const UnitValue& a, const UnitValue& b, std::int64_t points) {
  const auto decimals =
      std::max({a.value.decimals, b.value.decimals, static_cast<std::uint8_t>(percent_decimals)});
  const auto from = mantissa_at(a.value, decimals);
  const auto to = mantissa_at(b.value, decimals);
  const auto most = mantissa_at(base::Decimal{Int128{points}, percent_decimals}, decimals);
  Int128 apart = 0;
  if (!from || !to || !most || __builtin_sub_overflow(*from, *to, &apart)) return std::nullopt;
  return apart > *most || apart < -*most;
}

}  // namespace engine::model

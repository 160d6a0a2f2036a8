#include "tests/peers/parts/told_facts.hpp"

#include <algorithm>

namespace tests::peers {

namespace base = engine::base;
namespace model = engine::model;

namespace {

std::string text_of(base::Quantity quantity) {
  return base::to_string_short({quantity.mantissa(), base::Quantity::decimals});
}

oracle::Texts texts(std::span<const std::string_view> views) {
  return {views.begin(), views.end()};
}

oracle::Span span_of(const base::Validity& validity) {
  return {validity.from.raw(), validity.to.raw()};
}

std::string kind_name(model::DocumentKind kind) {
  if (kind == model::DocumentKind::agreement) return "agreement";
  return kind == model::DocumentKind::promotion ? "promotion" : "price_list";
}

std::string kind_name(model::ScaleKind kind) {
  if (kind == model::ScaleKind::graduated) return "graduated";
  return kind == model::ScaleKind::package ? "package" : "whole";
}

}  // namespace

oracle::Pairs ToldFacts::pairs(std::span<const model::AttributeText> attributes) const {
  oracle::Pairs made;
  for (const auto& [field, value] : attributes)
    made.emplace_back(facts_.schema.field(field).name, value);
  return made;
}

std::set<std::string> ToldFacts::flags(std::uint32_t bits) const {
  std::set<std::string> names;
  for (std::uint32_t i = 0; i < facts_.schema.flag_count(); ++i) {
    const model::FlagId flag{i};
    if ((bits & model::flag_bit(flag)) != 0) names.insert(facts_.schema.flag_name(flag));
  }
  return names;
}

ToldFacts::Put ToldFacts::put(const model::CurrencyDraft& draft) {
  auto ok = facts_.put(draft);
  if (ok) world_.currencies.push_back({std::string{draft.code}, draft.decimals});
  return ok;
}

ToldFacts::Put ToldFacts::put(const model::ExchangeRateDraft& draft) {
  auto ok = facts_.put(draft);
  if (ok)
    world_.rates.push_back({std::string{draft.from}, std::string{draft.to}, std::string{draft.kind},
                            base::to_string(draft.rate), static_cast<int>(draft.per),
                            draft.valid_from.raw()});
  return ok;
}

ToldFacts::Put ToldFacts::put(const model::ArticleGroupDraft& draft) {
  auto ok = facts_.put(draft);
  if (ok) world_.article_groups.push_back({std::string{draft.code}, std::string{draft.parent}});
  return ok;
}

ToldFacts::Put ToldFacts::put(const model::ArticleDraft& draft) {
  auto ok = facts_.put(draft);
  if (!ok) return ok;
  oracle::ArticleRow& row = world_.articles.emplace_back();
  row.code = draft.code;
  row.base_unit = draft.base_unit;
  row.groups = texts(draft.groups);
  row.attributes = pairs(draft.attributes);
  return ok;
}

ToldFacts::Put ToldFacts::put(const model::ArticleUnitDraft& draft) {
  auto ok = facts_.put(draft);
  if (!ok) return ok;
  const auto article = std::ranges::find(world_.articles, draft.article, &oracle::ArticleRow::code);
  article->units.push_back({std::string{draft.unit}, draft.numerator, draft.denominator});
  return ok;
}

ToldFacts::Put ToldFacts::put(const model::CustomerGroupDraft& draft) {
  auto ok = facts_.put(draft);
  if (ok)
    world_.customer_groups.push_back(
        {std::string{draft.code}, std::string{draft.parent}, draft.rank});
  return ok;
}

ToldFacts::Put ToldFacts::put(const model::CustomerDraft& draft) {
  auto ok = facts_.put(draft);
  if (!ok) return ok;
  oracle::CustomerRow& row = world_.customers.emplace_back();
  row.code = draft.code;
  row.parent = draft.parent;
  row.currency = draft.currency;
  row.groups = texts(draft.groups);
  row.price_lists = texts(draft.price_lists);
  row.attributes = pairs(draft.attributes);
  return ok;
}

// A document may come again, with more said of it.
ToldFacts::Put ToldFacts::put(const model::DocumentDraft& draft) {
  auto ok = facts_.put(draft);
  if (!ok) return ok;
  oracle::DocumentRow row;
  row.kind = kind_name(draft.kind);
  row.code = draft.code;
  row.currency = draft.currency;
  row.validity = span_of(draft.validity);
  row.rank = draft.rank;
  row.refuses_discounts = draft.refuses_discounts;
  row.customers = texts(draft.customers);
  row.when = draft.when;
  row.refuses_merge = draft.refuses_merge;
  row.based_on = draft.based_on;
  const auto known = std::ranges::find_if(world_.documents, [&](const oracle::DocumentRow& other) {
    return other.kind == row.kind && other.code == row.code;
  });
  if (known == world_.documents.end()) {
    world_.documents.push_back(std::move(row));
  } else {
    *known = std::move(row);
  }
  return ok;
}

ToldFacts::Put ToldFacts::put(const model::ListAssignmentDraft& draft) {
  auto ok = facts_.put(draft);
  if (ok)
    world_.assignments.push_back({std::string{draft.price_list}, std::string{draft.customer},
                                  std::string{draft.customer_group}, draft.rank,
                                  span_of(draft.validity)});
  return ok;
}

ToldFacts::Put ToldFacts::put(const model::ConditionDraft& draft) {
  auto ok = facts_.put(draft);
  if (!ok) return ok;
  oracle::RecordRow& row = world_.records.emplace_back();
  row.type = draft.type;
  row.keys = pairs(draft.keys);
  if (draft.scale.empty() && draft.formula.empty()) row.value = base::to_string(draft.value);
  row.currency = draft.currency;
  row.unit = draft.unit;
  row.price_unit = static_cast<int>(draft.price_unit);
  row.from_quantity = text_of(draft.from_quantity);
  if (draft.to_quantity) row.to_quantity = text_of(*draft.to_quantity);
  row.validity = span_of(draft.validity);
  row.rank = draft.rank;
  row.flags_set = flags(draft.flags_set);
  row.flags_cleared = flags(draft.flags_cleared);
  row.agreement = draft.agreement;
  row.promotion = draft.promotion;
  row.feed = draft.feed;
  row.key = draft.key;
  row.line = draft.line;
  row.scale = draft.scale;
  row.scale_kind = kind_name(draft.scale_kind);
  row.formula = draft.formula;
  row.when = draft.when;
  row.buy_when = draft.buy_when;
  row.free_article = draft.free_article;
  for (const auto& [name, number] : draft.parameters)
    row.parameters.emplace_back(name, base::to_string(number));
  return ok;
}

}  // namespace tests::peers

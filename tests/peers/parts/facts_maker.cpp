#include "tests/peers/parts/facts_maker.hpp"

#include "tests/peers/parts/draft_parts.hpp"
#include "tests/peers/parts/source.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace tests::peers {

namespace base = engine::base;
namespace model = engine::model;
using base::CivilMinutes;
using base::Decimal;
using base::Fault;
using base::FaultCode;
using base::Result;
using rules::Json;
using rules::JsonMember;

namespace {

model::ScaleKind scale_kind(const std::string& name) {
  if (name == "graduated") return model::ScaleKind::graduated;
  return name == "package" ? model::ScaleKind::package : model::ScaleKind::whole;
}

Fault within(const std::string& kind, Fault fault) {
  fault.where = kind + (fault.where.empty() ? "" : " " + fault.where);
  return fault;
}

model::DocumentKind document_kind(const std::string& put) {
  // "derived_list" is a price list, too: put once more, now that the one it is based on is there.
  if (put == "agreement") return model::DocumentKind::agreement;
  return put == "promotion" ? model::DocumentKind::promotion : model::DocumentKind::price_list;
}

}  // namespace

struct FactsMaker::Kind {
  std::string name;
  Put (FactsMaker::*put)(const Json& rule, const Scope& row);
};

const std::vector<FactsMaker::Kind>& FactsMaker::kinds() {
  static const std::vector<Kind> all{{"currency", &FactsMaker::put_currency},
                                     {"exchange_rate", &FactsMaker::put_rate},
                                     {"article_group", &FactsMaker::put_article_group},
                                     {"article", &FactsMaker::put_article},
                                     {"unit", &FactsMaker::put_unit},
                                     {"customer_group", &FactsMaker::put_customer_group},
                                     {"price_list", &FactsMaker::put_document},
                                     {"derived_list", &FactsMaker::put_document},
                                     {"customer", &FactsMaker::put_customer},
                                     {"promotion", &FactsMaker::put_document},
                                     {"agreement", &FactsMaker::put_document},
                                     {"assignment", &FactsMaker::put_assignment},
                                     {"record", &FactsMaker::put_record},
                                     {"nothing", &FactsMaker::put_nothing}};
  return all;
}

FactsMaker::Put FactsMaker::put() {
  facts_.begin_batch();
  for (const Kind& kind : kinds()) {
    if (kind.name == "derived_list") facts_.begin_batch();
    if (auto ok = put_kind(kind); !ok) return ok;
  }
  return {};
}

FactsMaker::Put FactsMaker::put_kind(const Kind& kind) {
  for (const Json* mapping : {&system_.mapping, &system_.common}) {
    const Json* world = mapping->find("world");
    if (world == nullptr) continue;
    for (const Json& rule : world->items()) {
      const Json* put = rule.find("put");
      if (put == nullptr || put->text() != kind.name) continue;
      if (auto ok = put_rule(kind, rule); !ok) return within(kind.name, ok.error());
    }
  }
  auto ok = put_waiting();
  return ok ? ok : within(kind.name, ok.error());
}

FactsMaker::Put FactsMaker::put_waiting() {
  if (random_ != nullptr) std::ranges::shuffle(waiting_, *random_);
  for (const auto& put : std::exchange(waiting_, {})) {
    if (auto ok = put(); !ok) return ok;
  }
  return {};
}

FactsMaker::Put FactsMaker::put_rule(const Kind& kind, const Json& rule) {
  for (const Scope& row : rows_of(rule)) {
    const bool chained = rule.find("chain") != nullptr;
    auto ok = chained ? put_chain(kind, rule, row) : put_rows(kind, rule, row);
    if (!ok) return ok;
  }
  return {};
}

// The row itself and the rows that it stands on, one on the other, by the member `chain` that names
// the next one's id: each within the first, with its distance from there as its name.
FactsMaker::Put FactsMaker::put_chain(const Kind& kind, const Json& rule, const Scope& row) {
  constexpr int longest = 8;
  Scope link = row;
  link.around = &row;
  for (int distance = 0; distance < longest && link.row != nullptr; ++distance) {
    link.member_name = std::to_string(distance);
    if (auto ok = put_rows(kind, rule, link); !ok) return ok;
    const Json* next = look_up(link, rule.find("chain")->text());
    const auto at_id = [next](const Json* other) {
      const Json* id = other->find("id");
      return id != nullptr && next != nullptr && id->text() == next->text();
    };
    const auto found = std::ranges::find_if(row.siblings, at_id);
    link.row = found == row.siblings.end() ? nullptr : *found;
  }
  return {};
}

// Rows within a row: at the path `within`, or at the first of several that is there, else the row
// once more; or the members of the object at `within_members`.
std::vector<Scope> FactsMaker::inner_rows(const Json& rule, const Scope& row) {
  if (const Json* members = rule.find("within_members"))
    return member_scopes_at(row, members->text());
  const Json& within = *rule.find("within");
  if (!within.is(Json::Kind::array)) return scopes_at(row, within.text());
  for (const Json& path : within.items()) {
    auto rows = scopes_at(row, path.text());
    if (!rows.empty()) return rows;
  }
  return scopes_at(row, ".");
}

FactsMaker::Put FactsMaker::put_rows(const Kind& kind, const Json& rule, const Scope& row) {
  const Json* where = rule.find("where");
  if (where != nullptr && !holds(*where, row)) return {};
  if (rule.find("within") == nullptr && rule.find("within_members") == nullptr)
    return (this->*kind.put)(rule, row);
  const Json* and_where = rule.find("within_where");
  for (const Scope& one : inner_rows(rule, row)) {
    if (and_where != nullptr && !holds(*and_where, one)) continue;
    if (auto ok = (this->*kind.put)(rule, one); !ok) return ok;
  }
  return {};
}

namespace {

void collect_named(const Json& from, std::string_view name, std::vector<const Json*>& out) {
  for (const JsonMember& member : from.members()) {
    const bool is_list = member.value.is(Json::Kind::array);
    if (member.name == name && scalar(member.value)) out.push_back(&member.value);
    if (member.name == name && is_list) {
      for (const Json& item : member.value.items()) {
        if (scalar(item)) out.push_back(&item);
      }
    }
    collect_named(member.value, name, out);
  }
  for (const Json& item : from.items()) collect_named(item, name, out);
}

}  // namespace

// "each": rows at a path; "each_member": members of an object; "each_named": all values of that
// name wherever they stand, which are not noted as read; none of them: once, the case itself.
std::vector<Scope> FactsMaker::rows_of(const Json& rule) const {
  if (const Json* each = rule.find("each")) return scopes_at(case_, each->text());
  if (const Json* each = rule.find("each_member")) return member_scopes_at(case_, each->text());
  const Json* named = rule.find("each_named");
  if (named == nullptr) return {case_};
  std::vector<const Json*> values;
  for (const Json& name : named->items()) collect_named(*case_.root, name.text(), values);
  std::vector<Scope> made;
  for (const Json* value : values) {
    Scope& row = made.emplace_back(case_);
    row.row = value;
    row.around = &case_;
    row.reads = nullptr;
    row.place = made.size();
  }
  return made;
}

namespace {

void read_all(const Json& value, Reads& reads) {
  reads.add(value);
  for (const JsonMember& member : value.members()) read_all(member.value, reads);
  for (const Json& item : value.items()) read_all(item, reads);
}

}  // namespace

// For rows that the system itself passes over; the rule says why.
FactsMaker::Put FactsMaker::put_nothing(const Json& rule, const Scope& row) {
  if (rule.find("because") == nullptr)
    return Fault{FaultCode::missing_value, "because", "a rule that puts nothing says why"};
  read_all(*row.row, *row.reads);
  return {};
}

FactsMaker::Put FactsMaker::put_currency(const Json& rule, const Scope& row) {
  const Text code = text_at(rule, "code", row);
  if (!code || !first_time("currency", *code)) return {};
  const auto decimals = whole_at(rule, "decimals", row, "2");
  if (!decimals) return decimals.error();
  return facts_.put(model::CurrencyDraft{*code, {}, static_cast<std::uint8_t>(*decimals)});
}

FactsMaker::Put FactsMaker::put_rate(const Json& rule, const Scope& row) {
  if (rule.find("only_if") != nullptr && !text_at(rule, "only_if", row)) return {};
  const std::string from = text_or(rule, "from", row);
  const std::string to = text_or(rule, "to", row);
  const auto rate = decimal_at(rule, "rate", row, "");
  if (!rate) return rate.error();
  const auto per = whole_at(rule, "per", row, "1");
  if (!per) return per.error();
  const auto validity = validity_at(rule, row);
  if (!validity) return validity.error();
  for (const std::string& code : {from, to}) {
    if (!first_time("currency", code)) continue;
    if (auto ok = facts_.put(model::CurrencyDraft{code, {}, 2}); !ok) return ok;
  }
  waiting_.push_back([this, from, to, rate = *rate, per = *per, start = validity->from] {
    model::ExchangeRateDraft draft;
    draft.from = from;
    draft.to = to;
    draft.rate = rate;
    draft.per = per;
    draft.valid_from = start;
    return facts_.put(draft);
  });
  return {};
}

FactsMaker::Put FactsMaker::put_article_group(const Json& rule, const Scope& row) {
  const Text code = text_at(rule, "code", row);
  if (!code || !first_time("article_group", *code)) return {};
  const std::string parent = text_or(rule, "parent", row);
  return facts_.put(model::ArticleGroupDraft{*code, {}, parent == *code ? "" : parent});
}

FactsMaker::Put FactsMaker::put_article(const Json& rule, const Scope& row) {
  const Text code = text_at(rule, "code", row);
  if (!code || !first_time("article", *code)) return {};
  const std::string unit = text_or(rule, "base_unit", row, "PCE");
  const auto groups = texts_at(rule, "groups", row);
  for (const std::string& group : groups) {
    if (!first_time("article_group", group)) continue;
    if (auto ok = facts_.put(model::ArticleGroupDraft{group, {}, {}}); !ok) return ok;
  }
  const Pairs pairs = pairs_at(rule, "attributes", row);
  const auto attributes = fields_of(pairs, facts_.facts());
  if (!attributes) return attributes.error();
  const auto group_views = views(groups);
  model::ArticleDraft draft;
  draft.code = *code;
  draft.base_unit = unit;
  draft.groups = group_views;
  draft.attributes = *attributes;
  return facts_.put(draft);
}

// One of `unit` is `factor` base units; decimals of the factor become a fraction.
FactsMaker::Put FactsMaker::put_unit(const Json& rule, const Scope& row) {
  const std::string article = text_or(rule, "article", row);
  const std::string unit = text_or(rule, "unit", row);
  if (!first_time("unit", article + " " + unit)) return {};
  const auto factor = decimal_at(rule, "factor", row, "");
  if (!factor) return factor.error();
  std::int64_t denominator = 1;
  for (int i = 0; i < factor->decimals; ++i) denominator *= 10;
  return facts_.put(model::ArticleUnitDraft{
      article, unit, static_cast<std::int64_t>(factor->mantissa), denominator});
}

FactsMaker::Put FactsMaker::put_customer_group(const Json& rule, const Scope& row) {
  const Text code = text_at(rule, "code", row);
  if (!code || !first_time("customer_group", *code)) return {};
  const std::string parent = text_or(rule, "parent", row);
  return facts_.put(model::CustomerGroupDraft{*code, {}, parent == *code ? "" : parent, 0});
}

FactsMaker::Put FactsMaker::put_customer(const Json& rule, const Scope& row) {
  const Text code = text_at(rule, "code", row);
  if (!code || !first_time("customer", *code)) return {};
  const auto groups = texts_at(rule, "groups", row);
  for (const std::string& group : groups) {
    if (!first_time("customer_group", group)) continue;
    if (auto ok = facts_.put(model::CustomerGroupDraft{group, {}, {}, 0}); !ok) return ok;
  }
  const Pairs pairs = pairs_at(rule, "attributes", row);
  const auto attributes = fields_of(pairs, facts_.facts());
  if (!attributes) return attributes.error();
  const auto group_views = views(groups);
  const std::string parent = text_or(rule, "parent", row);
  model::CustomerDraft draft;
  draft.code = *code;
  draft.parent = parent;
  draft.groups = group_views;
  draft.attributes = *attributes;
  return facts_.put(draft);
}

FactsMaker::Put FactsMaker::put_document(const Json& rule, const Scope& row) {
  const std::string kind = rule.find("put")->text();
  const Text code = text_at(rule, "code", row);
  if (!code || !first_time(kind, *code)) return {};
  const auto validity = validity_at(rule, row);
  if (!validity) return validity.error();
  const auto rank = whole_at(rule, "rank", row, "0");
  if (!rank) return rank.error();
  const std::string currency = text_or(rule, "currency", row);
  const std::string when = text_or(rule, "when", row);
  const std::string based_on = text_or(rule, "based_on", row);
  const auto customers = texts_at(rule, "customers", row);
  const bool refuses_merge = text_or(rule, "refuses_merge", row) == "true";
  waiting_.push_back([=, this, code = *code, validity = *validity, rank = *rank] {
    const auto customer_views = views(customers);
    model::DocumentDraft draft;
    draft.kind = document_kind(kind);
    draft.code = code;
    draft.currency = currency;
    draft.validity = validity;
    draft.rank = static_cast<std::int32_t>(rank);
    draft.when = when;
    draft.based_on = based_on;
    draft.customers = customer_views;
    draft.refuses_merge = refuses_merge;
    return facts_.put(draft);
  });
  return {};
}

FactsMaker::Put FactsMaker::put_assignment(const Json& rule, const Scope& row) {
  const std::string list = text_or(rule, "price_list", row);
  const std::string customer = text_or(rule, "customer", row);
  const std::string group = text_or(rule, "customer_group", row);
  if (!first_time("assignment", list + " " + customer + " " + group)) return {};
  waiting_.push_back([=, this] {
    return facts_.put(model::ListAssignmentDraft{list, customer, group, std::nullopt, {}});
  });
  return {};
}

// The texts of a record; the draft only looks at them.
struct FactsMaker::RecordTexts {
  RecordTexts(const Json& rule, const Scope& row)
      : type{text_or(rule, "type", row)},
        agreement{text_or(rule, "agreement", row)},
        promotion{text_or(rule, "promotion", row)},
        currency{text_or(rule, "currency", row)},
        unit{text_or(rule, "unit", row)},
        when{all_of(texts_at(rule, "when", row))},
        buy_when{all_of(texts_at(rule, "buy_when", row))},
        free_article{text_or(rule, "free_article", row)},
        formula{text_or(rule, "formula", row)},
        scale{text_or(rule, "scale", row)},
        keys{pairs_at(rule, "keys", row)},
        parameters{pairs_at(rule, "parameters", row)} {}

  std::string type, agreement, promotion, currency, unit, when, buy_when, free_article, formula,
      scale, key;
  Pairs keys, parameters;
  std::vector<model::AttributeText> fields;
  std::vector<std::pair<std::string_view, Decimal>> numbers;
};

FactsMaker::Put FactsMaker::put_record(const Json& rule, const Scope& row) {
  if (!text_at(rule, "type", row)) return {};
  const auto owned = std::make_shared<RecordTexts>(rule, row);
  RecordTexts& texts = *owned;
  texts.key = "r" + std::to_string(labels_.size() + 1);
  labels_.emplace(texts.key, text_or(rule, "label", row));
  const auto keys = fields_of(texts.keys, facts_.facts());
  if (!keys) return keys.error();
  texts.fields = *keys;
  for (const auto& [name, text] : texts.parameters) {
    const auto number = base::parse_decimal(text);
    if (!number) return number.error();
    texts.numbers.emplace_back(name, *number);
  }
  model::ConditionDraft draft;
  draft.type = texts.type;
  draft.keys = texts.fields;
  draft.parameters = texts.numbers;
  draft.agreement = texts.agreement;
  draft.promotion = texts.promotion;
  draft.currency = texts.currency;
  draft.unit = texts.unit;
  draft.when = texts.when;
  draft.buy_when = texts.buy_when;
  draft.free_article = texts.free_article;
  draft.formula = texts.formula;
  draft.scale = texts.scale;
  draft.scale_kind = scale_kind(text_or(rule, "scale_kind", row));
  draft.feed = "peers";
  draft.key = texts.key;
  if (auto ok = take_numbers(rule, row, draft); !ok) return ok;
  if (auto ok = take_flags(rule, row, facts_.facts(), draft); !ok) return ok;
  waiting_.push_back([this, owned, draft] { return facts_.put(draft); });
  return {};
}

}  // namespace tests::peers

#include "tests/oracle/engine_of.hpp"

#include "engine/snapshot/advance.hpp"
#include "engine/snapshot/builder.hpp"
#include "rules/record_texts.hpp"
#include "rules/rule_book.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace oracle {

namespace model = engine::model;
namespace base = engine::base;
namespace quote = engine::quote;
using base::Fault;
using engine::snapshot::Snapshot;

namespace {

base::CivilMinutes at(Minutes minutes) { return base::CivilMinutes{minutes}; }

base::Validity validity(const Span& span) { return {at(span.from), at(span.to)}; }

base::Decimal decimal(const std::string& text) {
  auto value = base::parse_decimal(text);
  if (!value) throw std::runtime_error("'" + text + "': " + value.error().detail);
  return *value;
}

base::Quantity quantity(const std::string& text) {
  const auto exact = base::Quantity::exactly(decimal(text));
  if (!exact) throw std::runtime_error("'" + text + "' is no quantity of six decimals");
  return *exact;
}

std::vector<std::string_view> views(const Texts& texts) { return {texts.begin(), texts.end()}; }

model::FieldId field_id(const model::Facts& facts, const std::string& name) {
  const auto field = facts.schema.find_field(name);
  if (!field) throw std::runtime_error("field '" + name + "' is not declared");
  return *field;
}

std::vector<model::AttributeText> attributes(const Pairs& pairs, const model::Facts& facts) {
  std::vector<model::AttributeText> made;
  for (const auto& [name, value] : pairs) made.emplace_back(field_id(facts, name), value);
  return made;
}

std::uint32_t flags(const std::set<std::string>& names, const model::Facts& facts) {
  unsigned bits = 0;
  for (const std::string& name : names)
    bits |= model::flag_bit(facts.schema.find_flag(name).value());
  return static_cast<std::uint32_t>(bits);
}

class WorldPutter {
 public:
  WorldPutter(const World& world, model::Facts& facts, const BatchEnds& batch_ends)
      : world_{world}, facts_{facts}, batch_ends_{batch_ends} {}

  std::vector<Fault> put() {
    facts_.begin_batch();
    for (const CurrencyRow& row : world_.currencies) {
      take(row.code,
           facts_.put(model::CurrencyDraft{row.code, {}, static_cast<std::uint8_t>(row.decimals)}));
    }
    for (const std::string& code : world_.warehouses)
      take(code, facts_.put(model::WarehouseDraft{code, {}}));
    for (const GroupRow& row : world_.article_groups)
      take(row.code, facts_.put(model::ArticleGroupDraft{row.code, {}, row.parent}));
    for (const ArticleRow& row : world_.articles) put_article(row);
    for (const GroupRow& row : world_.customer_groups) {
      take(row.code, facts_.put(model::CustomerGroupDraft{row.code, {}, row.parent, row.rank}));
    }
    put_lists();
    for (const DocumentRow& row : world_.documents) {
      if (row.customers.empty() && row.kind != "price_list") put_document(row);
    }
    for (const CustomerRow& row : world_.customers) put_customer(row);
    for (const DocumentRow& row : world_.documents) {
      if (!row.customers.empty() && row.kind != "price_list") put_document(row);
    }
    for (const AssignmentRow& row : world_.assignments) {
      take(row.price_list,
           facts_.put(model::ListAssignmentDraft{row.price_list, row.customer, row.customer_group,
                                                 row.rank, validity(row.validity)}));
    }
    for (const RateRow& row : world_.rates)
      take(row.from + " to " + row.to,
           facts_.put(model::ExchangeRateDraft{row.from, row.to, row.kind, decimal(row.rate),
                                               row.per, at(row.start)}));
    for (const RecordRow& row : world_.records)
      take(row.type + " line " + std::to_string(row.line), put_record(row, facts_));
    put_supply();
    return std::move(faults_);
  }

 private:
  void take(const std::string& row, const base::Result<void>& result) {
    if (batch_ends_ && batch_ends_()) facts_.begin_batch();
    if (result) return;
    Fault fault = result.error();
    fault.where = row + ": " + fault.where;
    faults_.push_back(std::move(fault));
  }

  void put_article(const ArticleRow& row) {
    const auto groups = views(row.groups);
    const auto given = attributes(row.attributes, facts_);
    model::ArticleDraft draft;
    draft.code = row.code;
    draft.base_unit = row.base_unit;
    draft.groups = groups;
    draft.attributes = given;
    draft.safety_stock = quantity(row.safety_stock);
    draft.status = row.status;
    draft.minimum_quantity = quantity(row.min_quantity);
    draft.maximum_quantity = quantity(row.max_quantity);
    draft.multiple_quantity = quantity(row.multiple_quantity);
    take(row.code, facts_.put(draft));
    for (const UnitRow& unit : row.units) {
      take(row.code, facts_.put(model::ArticleUnitDraft{row.code, unit.unit, unit.numerator,
                                                        unit.denominator}));
    }
  }

  // Each after the one that it is based on.
  void put_lists() {
    std::set<std::string> done{""};
    for (std::size_t before = 0; before != done.size();) {
      before = done.size();
      for (const DocumentRow& row : world_.documents) {
        if (row.kind != "price_list" || done.contains(row.code) || !done.contains(row.based_on))
          continue;
        put_document(row);
        done.insert(row.code);
      }
    }
  }

  void put_document(const DocumentRow& row) {
    const auto customers = views(row.customers);
    model::DocumentDraft draft;
    draft.kind = row.kind == "agreement"   ? model::DocumentKind::agreement
                 : row.kind == "promotion" ? model::DocumentKind::promotion
                                           : model::DocumentKind::price_list;
    draft.code = row.code;
    draft.currency = row.currency;
    draft.validity = validity(row.validity);
    draft.rank = row.rank;
    draft.refuses_discounts = row.refuses_discounts;
    draft.customers = customers;
    draft.when = row.when;
    draft.refuses_merge = row.refuses_merge;
    draft.based_on = row.based_on;
    take(row.code, facts_.put(draft));
  }

  void put_customer(const CustomerRow& row) {
    const auto groups = views(row.groups);
    const auto lists = views(row.price_lists);
    const auto given = attributes(row.attributes, facts_);
    model::CustomerDraft draft;
    draft.code = row.code;
    draft.parent = row.parent;
    draft.currency = row.currency;
    draft.groups = groups;
    draft.price_lists = lists;
    draft.attributes = given;
    take(row.code, facts_.put(draft));
  }

  void put_supply() {
    for (const StockRow& row : world_.stock) {
      take(row.article,
           facts_.put(model::StockDraft{row.article, row.warehouse, quantity(row.on_hand),
                                        quantity(row.reserved)}));
    }
    for (const ReceiptRow& row : world_.receipts) {
      take(row.article, facts_.put(model::ReceiptDraft{row.article, row.warehouse, row.reference,
                                                       at(row.date), quantity(row.quantity)}));
    }
  }

  const World& world_;
  model::Facts& facts_;
  const BatchEnds& batch_ends_;
  std::vector<Fault> faults_;
};

std::string joined(const std::vector<Fault>& faults) {
  std::string text;
  for (const Fault& fault : faults)
    text += fault.where + ": " + base::fault_name(fault.code) + ": " + fault.detail + "\n";
  return text;
}

}  // namespace

namespace {

// Calls `take` with the row as a draft.
template <class Take>
auto as_draft(const RecordRow& row, const model::Facts& facts, const Take& take) {
  std::vector<model::KeyText> keys;
  for (const auto& [name, code] : row.keys) keys.emplace_back(field_id(facts, name), code);
  model::ConditionDraft draft;
  draft.type = row.type;
  draft.keys = keys;
  draft.agreement = row.agreement;
  draft.promotion = row.promotion;
  if (!row.value.empty()) draft.value = decimal(row.value);
  draft.currency = row.currency;
  draft.unit = row.unit;
  draft.price_unit = row.price_unit;
  draft.from_quantity = quantity(row.from_quantity);
  if (row.to_quantity) draft.to_quantity = quantity(*row.to_quantity);
  draft.validity = validity(row.validity);
  draft.rank = row.rank;
  draft.flags_set = flags(row.flags_set, facts);
  draft.flags_cleared = flags(row.flags_cleared, facts);
  draft.feed = row.feed;
  draft.key = row.key;
  draft.line = row.line;
  draft.scale = row.scale;
  draft.scale_kind = row.scale_kind == "graduated" ? model::ScaleKind::graduated
                     : row.scale_kind == "package" ? model::ScaleKind::package
                                                   : model::ScaleKind::whole;
  draft.formula = row.formula;
  draft.when = row.when;
  draft.buy_when = row.buy_when;
  draft.free_article = row.free_article;
  std::vector<std::pair<std::string_view, base::Decimal>> parameters;
  for (const auto& [name, value] : row.parameters) parameters.emplace_back(name, decimal(value));
  draft.parameters = parameters;
  return take(draft);
}

}  // namespace

base::Result<void> put_record(const RecordRow& row, model::Facts& facts) {
  return as_draft(row, facts, [&](const model::ConditionDraft& draft) { return facts.put(draft); });
}

base::Result<bool> remove_record(const RecordRow& row, model::Facts& facts) {
  return as_draft(row, facts,
                  [&](const model::ConditionDraft& draft) { return facts.remove(draft); });
}

std::vector<Fault> put_world(const World& world, model::Facts& facts, const BatchEnds& batch_ends) {
  return WorldPutter{world, facts, batch_ends}.put();
}

std::shared_ptr<const engine::rule::RuleSet> compile_rules(std::span<const std::string> rules,
                                                           model::Facts& facts) {
  std::vector<::rules::RuleDocument> documents;
  for (std::size_t i = 0; i < rules.size(); ++i)
    documents.push_back({"rules_" + std::to_string(i) + ".json", rules[i]});
  auto compiled = ::rules::compile(documents, facts.schema);
  if (!compiled.faults.empty()) throw std::runtime_error(joined(compiled.faults));
  return compiled.rules;
}

Engine::Engine(const World& world, std::span<const std::string> rules) : Engine{{}, world, rules} {}

Engine::Engine(const World& before, const World& world, std::span<const std::string> rules,
               const BatchEnds& batch_ends) {
  facts_.set_compiler(std::make_shared<::rules::RecordTexts>());
  const auto compiled = compile_rules(rules, facts_);
  for (const World* batch : {&before, &world}) {
    const auto faults = put_world(*batch, facts_, batch_ends);
    if (!faults.empty()) throw std::runtime_error(joined(faults));
  }
  rules_ = compiled;
  build(1);
}

Engine::Engine(model::Facts facts, std::span<const std::string> rules) : facts_{std::move(facts)} {
  const auto compiled = compile_rules(rules, facts_);
  rules_ = compiled;
  build(1);
}

void Engine::build(std::uint64_t generation) {
  auto built = engine::snapshot::SnapshotBuilder{facts_, rules_, generation}.build();
  if (!built) throw std::runtime_error(joined({built.error()}));
  snapshot_ = *std::move(built);
}

bool Engine::advance() {
  const std::uint64_t generation = snapshot_->generation() + 1;
  auto next = engine::snapshot::advance(*snapshot_, facts_, rules_, generation);
  if (!next) throw std::runtime_error(joined({next.error()}));
  if (*next == nullptr) {
    build(generation);
    return false;
  }
  snapshot_ = *std::move(next);
  return true;
}

std::unique_ptr<engine::snapshot::Fold> Engine::begin_fold() {
  return engine::snapshot::Fold::begin(facts_, snapshot_);
}

bool Engine::take_fold(engine::snapshot::Fold& fold) {
  auto founded = fold.take(facts_, *snapshot_);
  if (founded == nullptr) return false;
  snapshot_ = std::move(founded);
  return true;
}

base::Result<quote::Question> Engine::question(const Ask& ask) const {
  quote::QuoteRequest request;
  request.customer = ask.customer;
  request.currency = ask.currency;
  request.date = at(ask.date);
  for (const auto& [name, value] : ask.fields) request.fields.emplace_back(name, value);
  for (const LineAsk& line : ask.lines) {
    quote::LineRequest& made = request.lines.emplace_back();
    made.article = line.article;
    made.quantity = line.quantity;
    made.unit = line.unit;
    made.agreement = line.agreement;
    if (line.date) made.date = at(*line.date);
    for (const auto& [name, value] : line.fields) made.fields.emplace_back(name, value);
  }
  return quote::resolve(*snapshot_, request, at(0));
}

quote::Answer Engine::answer(const quote::Question& question, quote::Detail detail) const {
  engine::price::Scratch scratch;
  quote::Answer answer;
  quote::quote(*snapshot_, question, detail, scratch, answer);
  return answer;
}

quote::Answer Engine::answer(const Ask& ask, quote::Detail detail) const {
  auto resolved = question(ask);
  if (!resolved) throw std::runtime_error(joined({resolved.error()}));
  return answer(*resolved, detail);
}

}  // namespace oracle

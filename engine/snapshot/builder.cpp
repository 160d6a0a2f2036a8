#include "engine/snapshot/builder.hpp"

#include "engine/base/limits.hpp"
#include "engine/model/facts_common.hpp"
#include "engine/rule/procedure_formulas.hpp"
#include "engine/snapshot/article_band_sets.hpp"
#include "engine/snapshot/article_mapping.hpp"
#include "engine/snapshot/code_order.hpp"
#include "engine/snapshot/data_bounds.hpp"
#include "engine/snapshot/frame_codes.hpp"
#include "engine/snapshot/stock_sums.hpp"

#include <algorithm>
#include <map>

namespace engine::snapshot {

namespace limits = base::limits;
using base::Fault;
using base::FaultCode;
using base::Result;
using model::Schema;

namespace {

std::int32_t rank_of(const model::CustomerGroup& group) { return group.rank; }

std::int32_t rank_of(const model::ArticleGroup&) { return 0; }

// A master's groups and all their ancestors, nearest first, each once. A Fault where parents go in
// a circle.
template <class GroupId, class Group>
Result<std::vector<Reached>> reach(const std::vector<GroupId>& own,
                                   const model::Masters<Group>& groups) {
  std::vector<Reached> reached;
  for (const GroupId start : own) {
    std::uint16_t distance = 0;
    for (GroupId id = start; !id.is_none(); id = groups.items[id.raw()].parent, ++distance) {
      if (distance > limits::group_depth) {
        return Fault{FaultCode::circular_reference, "parent",
                     "group '" + std::string{groups.codes->text(start.raw())} + "' has more than " +
                         std::to_string(limits::group_depth) +
                         " ancestors, or they go in a circle"};
      }
      const auto known = std::ranges::find(reached, id.raw(), &Reached::id);
      if (known == reached.end()) {
        reached.push_back({id.raw(), rank_of(groups.items[id.raw()]), distance});
      } else {
        known->distance = std::min(known->distance, distance);
      }
    }
  }
  std::ranges::stable_sort(reached, {}, &Reached::distance);
  return reached;
}

template <class Master>
std::vector<std::string> names_of(const model::Masters<Master>& masters) {
  const bool any =
      std::ranges::any_of(masters.items, [](const Master& master) { return !master.name.empty(); });
  std::vector<std::string> names;
  if (!any) return names;
  names.reserve(masters.items.size());
  for (const Master& master : masters.items) names.push_back(master.name);
  return names;
}

// Texts that rules name: of look-ups and constants those that stand for a text field, and the kinds
// of returns.
std::vector<std::string_view> texts_of_rules(const rule::RuleSet& rules,
                                             const model::Facts& facts) {
  const model::Schema& schema = facts.schema;
  std::vector<std::string_view> texts;
  const auto add_compared = [&](const rule::Formula& formula) {
    for (const rule::Instruction& instruction : formula)
      texts.insert(texts.end(), instruction.codes.begin(), instruction.codes.end());
  };
  for (const model::RecordText& text : facts.record_texts())
    add_compared(static_cast<const rule::RecordFormula&>(*text.compiled).code);
  const auto add = [&](const std::vector<rule::KeyConstants>& codes) {
    for (const rule::KeyConstants& constant : codes) {
      if (schema.field(constant.field).domain != model::Domain::text) continue;
      texts.insert(texts.end(), constant.codes.begin(), constant.codes.end());
    }
  };
  for (const rule::LookupRow& row : rules.procedure_lookup) add(row.when);
  for (const rule::LookupRow& row : rules.band_lookup) add(row.when);
  for (const rule::Procedure& procedure : rules.procedures) {
    texts.insert(texts.end(), procedure.quantity.return_kinds.begin(),
                 procedure.quantity.return_kinds.end());
    for (const rule::Step& step : procedure.steps) {
      if (!step.find) continue;
      for (const rule::Access& access : step.find->accesses) add(access.constants);
    }
    if (!procedure.rate_kind.empty()) texts.push_back(procedure.rate_kind);
    rule::each_formula(procedure, add_compared);
  }
  return texts;
}

}  // namespace

SnapshotBuilder::SnapshotBuilder(model::Facts& facts, std::shared_ptr<const rule::RuleSet> rules,
                                 std::uint64_t generation)
    : facts_{facts},
      rules_{std::move(rules)},
      frame_{std::make_shared<Frame>()},
      made_{std::make_shared<Snapshot>()} {
  ENSURE(rules_ != nullptr);
  facts.settle();
  made_->generation_ = generation;
  frame_->schema = facts.schema;
  frame_->rules = rules_;
}

void SnapshotBuilder::set_feed_stamps(std::vector<FeedStamp> stamps) {
  std::ranges::sort(stamps, {}, &FeedStamp::feed);
  made_->feed_stamps_ = std::move(stamps);
}

Result<std::shared_ptr<const Snapshot>> SnapshotBuilder::build() {
  frame_->currency_codes = facts_.currencies().codes;
  frame_->currencies = facts_.currencies().items;
  made_->unit_codes_ = facts_.share_units();
  frame_->texts = texts_with_rules();
  frame_->facts_version = facts_.frame_version();
  frame_->facts_texts = facts_.share_texts()->size();
  frame_->facts_units = facts_.units().size();
  made_->record_keys_ = facts_.record_keys();
  made_->record_origins_ = std::make_shared<model::RecordOrigins>(facts_.record_origins());
  frame_->article_group_codes = facts_.article_groups().codes;
  frame_->customer_group_codes = facts_.customer_groups().codes;
  for (const model::CustomerGroup& group : facts_.customer_groups().items)
    frame_->customer_group_parents.push_back(group.parent);
  frame_->warehouse_codes = facts_.warehouses().codes;
  made_->scales_ = std::make_shared<std::vector<model::Scale>>(facts_.scales());
  frame_->rates = ExchangeRates{facts_.exchange_rates()};
  if (auto ok = model::check_list_chains(facts_); !ok) return ok.error();
  take_documents();
  take_numbers();
  if (auto ok = take_articles(); !ok) return ok.error();
  made_->stock_ = StockTable{frame_->articles.base_units.size()};
  static_cast<void>(facts_.take_stock_changes());  // all of it is summed
  if (auto ok = sum_stock(facts_, made_->stock_); !ok) return ok.error();
  if (auto ok = take_customers(); !ok) return ok.error();
  take_lists();
  map_articles(facts_.conditions().mappings(), frame_->articles);
  made_->frame_ = frame_;
  made_->conditions_ =
      ConditionIndex{facts_.share_conditions(), facts_.terms(), frame_->articles.codes->size()};
  auto filter = std::make_shared<ConditionFilter>();
  filter->build(made_->conditions_, frame_->documents, facts_.record_texts(), *made_,
                FrameCodes{*frame_, *made_->unit_codes_});
  made_->condition_filter_ = std::move(filter);
  if (auto ok = bind_rules(); !ok) return ok.error();
  made_->customer_plans_ = CustomerPlans{*made_};
  return std::shared_ptr<const Snapshot>{std::move(made_)};
}

// A question's text is found among these. One that only the rules name - the channel of a look-up,
// a kind of return - is as good as one that stands in the data.
std::shared_ptr<const model::Dictionary> SnapshotBuilder::texts_with_rules() const {
  const auto shared = facts_.share_texts();
  std::shared_ptr<model::Dictionary> own;
  for (const std::string_view text : texts_of_rules(*rules_, facts_)) {
    if (shared->find(text)) continue;
    if (own == nullptr) own = std::make_shared<model::Dictionary>(*shared);
    own->intern(text);
  }
  if (own == nullptr) return shared;
  return own;
}

void SnapshotBuilder::take_documents() {
  frame_->documents = facts_.documents();
  for (const model::Document& document : frame_->documents) {
    frame_->document_codes.intern(model::detail::document_key(document.kind, document.code));
    using Access = DocumentAccess;
    const bool agreement = document.kind == model::DocumentKind::agreement;
    const bool dated = document.kind == model::DocumentKind::promotion &&
                       !(document.validity.from.is_open() && document.validity.to.is_open());
    frame_->document_access.push_back(dated                        ? Access::dated_promotion
                                      : !agreement                 ? Access::no_agreement
                                      : document.customers.empty() ? Access::open
                                                                   : Access::restricted);
  }
  std::vector<std::uint32_t> order(frame_->documents.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  frame_->document_order.resize(order.size());
  const auto code = [this](std::uint32_t i) -> const std::string& {
    return frame_->documents[i].code;
  };
  // A list and an agreement of one code have one place: their ids say in which order they came, and
  // that decides nothing.
  const auto number_places = [&](std::uint32_t DocumentOrder::*place) {
    for (std::uint32_t at = 0; at < order.size(); ++at) {
      const bool same = at > 0 && code(order[at]) == code(order[at - 1]);
      frame_->document_order[order[at]].*place =
          same ? frame_->document_order[order[at - 1]].*place : at;
    }
  };
  std::ranges::sort(order, [&](auto a, auto b) { return number_order_less(code(a), code(b)); });
  number_places(&DocumentOrder::by_number);
  std::ranges::sort(order, [&](auto a, auto b) { return code(a) < code(b); });
  number_places(&DocumentOrder::by_text);
}

// Texts that some master has as the value of a number field, as numbers.
void SnapshotBuilder::take_numbers() {
  const auto take = [this](const std::vector<model::Attribute>& attributes) {
    for (const model::Attribute& attribute : attributes) {
      if (facts_.schema.field(attribute.field).value != model::FieldValue::number) continue;
      const std::uint32_t text = attribute.value.raw();
      if (frame_->text_numbers.size() <= text) frame_->text_numbers.resize(text + 1);
      const auto number = base::parse_decimal(frame_->texts->text(text));
      if (number) frame_->text_numbers[text] = *number;
    }
  };
  for (const model::Article& article : facts_.articles().items) take(article.attributes);
  for (const model::Customer& customer : facts_.customers().items) take(customer.attributes);
}

Result<void> SnapshotBuilder::take_articles() {
  Articles& made = frame_->articles;
  made.codes = facts_.articles().codes;
  made.names = names_of(facts_.articles());
  const auto& items = facts_.articles().items;
  made.base_units.reserve(items.size());
  made.safety_stock.reserve(items.size());
  for (const model::Article& article : items) {
    made.base_units.push_back(article.base_unit);
    made.safety_stock.push_back(article.safety_stock);
    auto groups = reach(article.groups, facts_.article_groups());
    if (!groups) return groups.error();
    made.groups.add(*groups);
    made.units.add(article.units);
    made.attributes.add(article.attributes);
  }
  made.groups.shrink();
  return {};
}

Result<void> SnapshotBuilder::take_customers() {
  Customers& made = frame_->customers;
  made.codes = facts_.customers().codes;
  made.names = names_of(facts_.customers());
  for (const model::Customer& customer : facts_.customers().items) {
    made.parents.push_back(customer.parent);
    made.currencies.push_back(customer.currency);
    auto groups = reach(customer.groups, facts_.customer_groups());
    if (!groups) return groups.error();
    made.groups.add(*groups);
    made.attributes.add(customer.attributes);
  }
  return {};
}

// The lists of a customer: its own, those of its groups (ancestors included), those for everybody;
// own ones first.
void SnapshotBuilder::take_lists() {
  std::map<std::uint32_t, std::vector<ListReached>> of_customer;
  std::map<std::uint32_t, std::vector<ListReached>> of_group;
  std::vector<ListReached> of_everyone;
  for (const model::ListAssignment& assignment : facts_.assignments()) {
    if (assignment.withdrawn) continue;
    const base::Validity& list = frame_->documents[assignment.list.raw()].validity;
    ListReached reached{assignment.list, assignment.rank, {}, rule::ListsOf::everyone, 0};
    reached.validity = {std::max(assignment.validity.from, list.from),
                        std::min(assignment.validity.to, list.to)};
    if (!assignment.customer.is_none()) {
      reached.via = rule::ListsOf::customer;
      of_customer[assignment.customer.raw()].push_back(reached);
    } else if (!assignment.group.is_none()) {
      reached.via = rule::ListsOf::group;
      of_group[assignment.group.raw()].push_back(reached);
    } else {
      of_everyone.push_back(reached);
    }
  }
  Customers& made = frame_->customers;
  std::vector<ListReached> lists;
  for (std::uint32_t customer = 0; customer < made.parents.size(); ++customer) {
    lists.clear();
    if (const auto own = of_customer.find(customer); own != of_customer.end()) lists = own->second;
    for (const Reached& group : made.groups[customer]) {
      const auto found = of_group.find(group.id);
      if (found == of_group.end()) continue;
      for (ListReached reached : found->second) {
        reached.distance = group.distance;
        lists.push_back(reached);
      }
    }
    lists.insert(lists.end(), of_everyone.begin(), of_everyone.end());
    made.lists.add(lists);
  }
  made.lists.shrink();
}

Result<std::uint32_t> SnapshotBuilder::lookup_result(const rule::LookupRow& row, bool bands) const {
  const auto position = [](const auto& things, const auto& is_meant) {
    const auto found = std::ranges::find_if(things, is_meant);
    return found == things.end() ? std::optional<std::uint32_t>{}
                                 : static_cast<std::uint32_t>(found - things.begin());
  };
  const auto is_set = [&](const rule::BandSet& set) { return set.name == row.result; };
  const auto is_procedure = [&](const rule::Procedure& procedure) {
    return procedure.name == row.result && procedure.variant == row.variant;
  };
  const auto at =
      bands ? position(rules_->band_sets, is_set) : position(rules_->procedures, is_procedure);
  if (!at) {
    return Fault{FaultCode::no_procedure, bands ? "availability_bands" : "procedure_lookup",
                 "a look-up names '" + row.result + "', which no document defines"};
  }
  return *at;
}

Result<std::vector<BoundLookupRow>> SnapshotBuilder::bind_lookup(
    const std::vector<rule::LookupRow>& rows, bool bands) const {
  const FrameCodes codes{*frame_, *made_->unit_codes_};
  std::vector<BoundLookupRow> bound;
  for (const rule::LookupRow& row : rows) {
    auto result = lookup_result(row, bands);
    if (!result) return result.error();
    BoundLookupRow& to = bound.emplace_back();
    to.result = static_cast<std::uint16_t>(*result);
    for (const rule::KeyConstants& when : row.when)
      to.when.emplace_back(when.field, codes.ids(when.field, when.codes));
  }
  return bound;
}

Result<void> SnapshotBuilder::bind_rules() {
  frame_->bounds = bounds_of(facts_);
  frame_->bounds.rate = frame_->rates.largest();
  frame_->record_texts = texts_of(facts_);
  const FrameCodes codes{*frame_, *made_->unit_codes_};
  for (const rule::Procedure& procedure : rules_->procedures) {
    auto bound =
        bind_procedure(procedure, facts_.schema, frame_->bounds, frame_->record_texts, codes);
    if (!bound) return bound.error();
    if (!procedure.rate_kind.empty())
      bound->rate_kind =
          model::TextId{frame_->texts->find(procedure.rate_kind).value_or(UINT32_MAX)};
    if (const auto through = facts_.currencies().codes->find(procedure.rate_currency))
      bound->rate_currency = model::CurrencyId{*through};
    frame_->procedures.push_back(*std::move(bound));
  }
  auto procedures = bind_lookup(rules_->procedure_lookup, false);
  if (!procedures) return procedures.error();
  frame_->procedure_lookup = *std::move(procedures);
  auto bands = bind_lookup(rules_->band_lookup, true);
  if (!bands) return bands.error();
  frame_->band_lookup = *std::move(bands);
  frame_->articles.band_sets = article_band_sets(*frame_);
  return {};
}

}  // namespace engine::snapshot

#include "rules/find_reader.hpp"

#include "engine/base/limits.hpp"
#include "rules/choices.hpp"
#include "rules/names.hpp"

#include <algorithm>

namespace rules {

namespace limits = engine::base::limits;
namespace rule = engine::rule;
using engine::base::FaultCode;
using engine::model::Calculation;
using engine::model::ConditionType;
using engine::model::ConditionTypeId;
using engine::model::FieldId;
using engine::model::FieldSide;
using engine::model::Schema;

namespace {

Choices<rule::Comparator> all_comparators() {
  Choices<rule::Comparator> all;
  for (std::size_t i = 0; i < rule::comparator_names.size(); ++i)
    all.emplace_back(rule::comparator_names[i], static_cast<rule::Comparator>(i));
  return all;
}

const Choices<rule::Comparator> comparators = all_comparators();

enum class Search { first, all, levels, merge };

const Choices<Search> searches{{"first", Search::first},
                               {"all", Search::all},
                               {"levels", Search::levels},
                               {"merge", Search::merge}};
const Choices<rule::AgreementUse> agreement_uses{{"any", rule::AgreementUse::any},
                                                 {"asked", rule::AgreementUse::asked},
                                                 {"allowed", rule::AgreementUse::allowed},
                                                 {"none", rule::AgreementUse::none}};
const Choices<rule::ListsOf> lists_of{{"any", rule::ListsOf::any},
                                      {"customer", rule::ListsOf::customer},
                                      {"group", rule::ListsOf::group},
                                      {"everyone", rule::ListsOf::everyone}};
const Choices<rule::TiePolicy> tie_policies{{"refuse", rule::TiePolicy::refuse},
                                            {"report", rule::TiePolicy::report}};
const Choices<rule::CountedOver> counted_over{{"line", rule::CountedOver::line},
                                              {"record", rule::CountedOver::record},
                                              {"key", rule::CountedOver::key},
                                              {"document", rule::CountedOver::document},
                                              {"order", rule::CountedOver::order}};
const Choices<bool> units{{"ordered", false}, {"any", true}};
const Choices<bool> currencies{{"own", false}, {"any", true}};

// Whether a step can find a record of this type without applying it: what it does is then up to
// the step's formula.
bool can_be_found(Calculation calculation) { return calculation <= Calculation::new_price; }

class FindReader {
 public:
  FindReader(const rule::Step& step, RecordUse use, ProcedureDraft& draft)
      : reader_{draft.reader}, schema_{draft.schema}, draft_{draft}, step_{step}, use_{use} {}

  rule::Find read(const Json& find);

 private:
  void read_accesses(const Json& find);
  void read_access(const Json& access, std::uint16_t number);
  std::optional<ConditionTypeId> access_type(const Json& access);
  bool fits_step(const Json& access, ConditionTypeId type);
  void read_level(const Json& access, std::uint16_t number, rule::Access& to);
  std::vector<FieldId> read_keys(const Json& access);
  std::optional<FieldId> key_field(const Json& at, const std::string& name);
  void read_constants(const Json& access, const std::vector<FieldId>& keys, rule::Access& to);
  void name_access(const Json& access, ConditionTypeId type, rule::Access& to);
  void check_merge(const Json& access, const std::vector<FieldId>& keys);
  void check_bases(const Json& access, const std::vector<FieldId>& keys);
  void read_choices(const Json& find, std::string_view member, std::vector<rule::Choice>& made);
  void read_choice(const Json& item, std::vector<rule::Choice>& made);
  void read_terms(const Json& find);
  void read_scales(const Json& find);
  void read_inputs(const Json& find);
  bool is_named_by_types(const std::string& input) const;
  void check_inputs(const Json& find, const ConditionType& type);
  void check_use(const Json& find);
  std::vector<ConditionTypeId> types() const;

  DocumentReader& reader_;
  Schema& schema_;
  ProcedureDraft& draft_;
  const rule::Step& step_;
  RecordUse use_;
  Search search_ = Search::first;
  std::string type_;  // of accesses that name none
  rule::Find made_;
};

rule::Find FindReader::read(const Json& find) {
  if (!reader_.members(
          find, {"type", "search", "accesses", "choose", "tie", "required", "find_next", "units",
                 "currencies", "basis", "counted", "below_lowest", "inputs", "formula_value"}))
    return std::move(made_);
  type_ = reader_.text(find, "type");
  search_ = choice(reader_, find, "search", searches,
                   use_ == RecordUse::applied ? Search::all : Search::first);
  made_.merge = search_ == Search::merge;
  made_.tie = choice(reader_, find, "tie", tie_policies, rule::TiePolicy::refuse);
  made_.required = reader_.flag(find, "required", false);
  read_accesses(find);
  read_choices(find, "choose", made_.choose);
  read_choices(find, "find_next", made_.find_next);
  read_terms(find);
  read_scales(find);
  read_inputs(find);
  check_use(find);
  return std::move(made_);
}

void FindReader::read_accesses(const Json& find) {
  const auto accesses = reader_.items(find, "accesses", true);
  if (accesses.empty())
    reader_.fault(find, FaultCode::missing_value, "a step that finds a record needs an access");
  if (accesses.size() > limits::accesses_per_step) {
    reader_.fault(find, FaultCode::too_many,
                  "a step has at most " + std::to_string(limits::accesses_per_step) + " accesses");
    return;
  }
  std::uint16_t number = 0;
  for (const Json& access : accesses) read_access(access, number++);
  std::ranges::stable_sort(made_.accesses, {}, &rule::Access::level);
}

void FindReader::read_access(const Json& access, std::uint16_t number) {
  if (!reader_.members(access, {"access", "type", "keys", "level", "agreement", "exclusive",
                                "lists", "ancestors", "parents", "based_on", "constants"}))
    return;
  const auto type = access_type(access);
  if (!type) return;
  rule::Access to;
  read_level(access, number, to);
  to.agreement = choice(reader_, access, "agreement", agreement_uses, rule::AgreementUse::any);
  to.lists = choice(reader_, access, "lists", lists_of, rule::ListsOf::any);
  to.exclusive = reader_.flag(access, "exclusive", false);
  to.group_ancestors = reader_.flag(access, "ancestors", true);
  to.customer_parents = reader_.flag(access, "parents", false);
  to.list_bases = reader_.flag(access, "based_on", false);
  const std::vector<FieldId> keys = read_keys(access);
  if (to.list_bases) check_bases(access, keys);
  read_constants(access, keys, to);
  if (made_.merge) check_merge(access, keys);
  auto table = schema_.declare_table(*type, keys);
  if (!table) {
    reader_.fault(access, table.error());
    return;
  }
  to.table = *table;
  name_access(access, *type, to);
  made_.accesses.push_back(std::move(to));
}

void FindReader::name_access(const Json& access, ConditionTypeId type, rule::Access& to) {
  to.name = reader_.text(access, "access");
  if (!to.name.empty()) return;
  const std::string keys = schema_.key_names(to.table);
  to.name = schema_.type(type).name + (keys.empty() ? "" : " by " + keys);
}

// The access's own condition type, or the step's.
std::optional<ConditionTypeId> FindReader::access_type(const Json& access) {
  const std::string name = reader_.text(access, "type", type_);
  const auto type = schema_.find_type(name);
  if (!type) {
    reader_.fault(access, FaultCode::unknown_condition_type,
                  "condition type '" + name + "' is not declared under condition_types");
    return std::nullopt;
  }
  return fits_step(access, *type) ? type : std::nullopt;
}

// A step that takes one record has one kind of value; one that applies them knows by the type what
// each does.
bool FindReader::fits_step(const Json& access, ConditionTypeId id) {
  const ConditionType& type = schema_.type(id);
  if (use_ == RecordUse::applied) {
    if (type.calculation != Calculation::none) return true;
    reader_.fault(access, FaultCode::bad_document,
                  "condition type '" + type.name + "' has no calculation: nothing to apply");
    return false;
  }
  if (!can_be_found(type.calculation)) {
    reader_.fault(access, FaultCode::bad_document,
                  "records of condition type '" + type.name +
                      "' can only be applied: the step needs 'apply'");
    return false;
  }
  if (made_.accesses.empty()) return true;
  const ConditionTypeId first = schema_.table(made_.accesses.front().table).type;
  if (schema_.type(first).value == type.value) return true;
  reader_.fault(access, FaultCode::contradicting_values,
                "the accesses of a step find one kind of value (price, percent, amount or factor)");
  return false;
}

void FindReader::read_level(const Json& access, std::uint16_t number, rule::Access& to) {
  if (search_ == Search::first) to.level = number;
  if (search_ == Search::levels) {
    to.level = static_cast<std::uint16_t>(
        reader_.whole(access, "level", 0, static_cast<int>(limits::accesses_per_step)).value_or(0));
  } else if (const Json* level = access.find("level")) {
    reader_.fault(*level, FaultCode::bad_document, "levels go with \"search\": \"levels\"");
  }
}

std::vector<FieldId> FindReader::read_keys(const Json& access) {
  std::vector<FieldId> keys;
  for (const Json& key : reader_.items(access, "keys", true)) {
    const auto field = key_field(key, key.text());
    if (!field) continue;
    if (std::ranges::find(keys, *field) != keys.end()) {
      reader_.fault(key, FaultCode::contradicting_values,
                    "key field '" + key.text() + "' stands twice");
      continue;
    }
    keys.push_back(*field);
  }
  return keys;
}

std::optional<FieldId> FindReader::key_field(const Json& at, const std::string& name) {
  const auto field = schema_.find_field(name);
  if (!field) {
    reader_.fault(at, FaultCode::unknown_field,
                  "key field '" + name + "' is neither built in nor declared under fields");
    return std::nullopt;
  }
  if (*field == Schema::currency || *field == Schema::unit) {
    reader_.fault(at, FaultCode::unknown_field,
                  "no record stands under its " + name + ", which is one of its terms");
    return std::nullopt;
  }
  if (step_.of_order && schema_.field(*field).side == FieldSide::article) {
    reader_.fault(at, FaultCode::bad_document,
                  "a step of the order has no article, so '" + name + "' can't be a key");
    return std::nullopt;
  }
  return field;
}

void FindReader::read_constants(const Json& access, const std::vector<FieldId>& keys,
                                rule::Access& to) {
  for (const JsonMember& member : reader_.entries(access, "constants")) {
    const auto field = key_field(member.value, member.name);
    if (!field) continue;
    const bool usable = std::ranges::find(keys, *field) != keys.end() &&
                        schema_.field(*field).side != FieldSide::article;
    if (!usable) {
      reader_.fault(member.value, FaultCode::bad_document,
                    "a constant stands for a key field of this access that is not the article's");
    }
    to.constants.push_back({*field, reader_.texts(member.value)});
  }
}

void FindReader::check_bases(const Json& access, const std::vector<FieldId>& keys) {
  if (std::ranges::find(keys, Schema::price_list) == keys.end()) {
    reader_.fault(*access.find("based_on"), FaultCode::bad_document,
                  "lists are based on lists: price_list must be among the keys");
  }
  if (!made_.merge) return;
  reader_.fault(*access.find("based_on"), FaultCode::bad_document,
                "lists are merged by their rank, and a list has that of the one based on it: the "
                "two can't go together");
}

void FindReader::check_merge(const Json& access, const std::vector<FieldId>& keys) {
  if (std::ranges::find(keys, Schema::price_list) != keys.end()) return;
  reader_.fault(access, FaultCode::bad_document,
                "\"search\": \"merge\" merges price lists: price_list must be among the keys");
}

void FindReader::read_choices(const Json& find, std::string_view member,
                              std::vector<rule::Choice>& made) {
  for (const Json& item : reader_.items(find, member, false)) read_choice(item, made);
  if (made.size() > limits::comparators_per_step) {
    reader_.fault(
        find, FaultCode::too_many,
        "a step has at most " + std::to_string(limits::comparators_per_step) + " comparators");
  }
}

// "rank", or {"by": "flag_set", "flag": "discountable"}
void FindReader::read_choice(const Json& item, std::vector<rule::Choice>& made) {
  const bool object = item.is(Json::Kind::object);
  if (object && !reader_.members(item, {"by", "flag"})) return;
  const std::string name = object ? reader_.required_text(item, "by") : item.text();
  const auto comparator = chosen(reader_, item, name, comparators);
  if (!comparator) return;
  const bool by_flag =
      *comparator == rule::Comparator::flag_set || *comparator == rule::Comparator::flag_clear;
  if (!by_flag && item.find("flag") != nullptr) {
    reader_.fault(*item.find("flag"), FaultCode::bad_document,
                  "a flag goes with flag_set and flag_clear");
  }
  rule::Choice by;
  by.by = *comparator;
  if (by_flag) {
    const auto id = schema_.find_flag(object ? reader_.text(item, "flag") : std::string{});
    if (!id) {
      reader_.fault(item, FaultCode::unknown_field,
                    "name a declared flag: {\"by\": \"" + name + "\", \"flag\": \"discountable\"}");
      return;
    }
    by.flag = *id;
  }
  made.push_back(by);
}

void FindReader::read_terms(const Json& find) {
  made_.any_unit = choice(reader_, find, "units", units, false);
  made_.any_currency = choice(reader_, find, "currencies", currencies, false);
}

void FindReader::read_scales(const Json& find) {
  const ExpressionScope scope = draft_.scope_of(step_);
  made_.basis = draft_.formula(find, "basis", ExpressionType::decimal, scope);
  made_.below_lowest = draft_.formula(find, "below_lowest", ExpressionType::truth, scope);
  made_.counted = choice(reader_, find, "counted", counted_over, rule::CountedOver::line);
  if (const Json* counted = find.find("counted"); counted != nullptr && step_.of_order) {
    reader_.fault(*counted, FaultCode::bad_document,
                  "a step of the order has no lines to count over; say it in 'basis'");
  }
  const Json* rounding = find.find("formula_value");
  if (rounding == nullptr) return;
  if (const auto to = draft_.rounding(*rounding)) made_.formula_value = *to;
}

// Each condition type that the accesses name, once.
std::vector<ConditionTypeId> FindReader::types() const {
  std::vector<ConditionTypeId> all;
  for (const rule::Access& access : made_.accesses) {
    const ConditionTypeId type = schema_.table(access.table).type;
    if (std::ranges::find(all, type) == all.end()) all.push_back(type);
  }
  return all;
}

void FindReader::read_inputs(const Json& find) {
  ExpressionScope scope = draft_.scope_of(step_);
  scope.running = use_ == RecordUse::applied;
  for (const JsonMember& member : reader_.entries(find, "inputs")) {
    if (!is_named_by_types(member.name)) {
      reader_.fault(member.value, FaultCode::unknown_field,
                    "no condition type of this step has an input '" + member.name + "'");
    }
    made_.inputs.push_back(
        {member.name, draft_.expression(member.value, ExpressionType::decimal, scope)});
  }
  for (const ConditionTypeId id : types()) check_inputs(find, schema_.type(id));
}

bool FindReader::is_named_by_types(const std::string& input) const {
  return std::ranges::any_of(types(), [&](ConditionTypeId id) {
    const auto& inputs = schema_.type(id).inputs;
    return std::ranges::find(inputs, input) != inputs.end();
  });
}

void FindReader::check_inputs(const Json& find, const ConditionType& type) {
  for (const std::string& name : type.inputs) {
    if (std::ranges::find(made_.inputs, name, &rule::Input::name) != made_.inputs.end()) continue;
    reader_.fault(find, FaultCode::missing_value,
                  "'inputs' does not say what '" + name +
                      "' is, which records of condition type '" + type.name + "' may name");
  }
}

void FindReader::check_use(const Json& find) {
  const Json* next = find.find("find_next");
  if (next != nullptr && (search_ == Search::all || search_ == Search::merge)) {
    reader_.fault(*next, FaultCode::bad_document,
                  "there is no next level: find_next goes with the searches first and levels");
  }
  if (next != nullptr && next->items().empty()) {
    reader_.fault(*next, FaultCode::missing_value,
                  "find_next names the comparators by which the winners of the levels compete");
  }
  if (use_ != RecordUse::applied) return;
  if (next != nullptr) {
    reader_.fault(*next, FaultCode::bad_document,
                  "find_next goes with a step that takes one record");
  }
  if (made_.merge)
    reader_.fault(*find.find("search"), FaultCode::bad_document, "merged prices are not applied");
  if (made_.required) {
    reader_.fault(*find.find("required"), FaultCode::bad_document,
                  "a step that applies records goes on without any");
  }
  if (made_.any_currency) {
    reader_.fault(*find.find("currencies"), FaultCode::bad_document,
                  "a step applies records in the currency of the question");
  }
  if (const Json* below = find.find("below_lowest")) {
    reader_.fault(*below, FaultCode::bad_document,
                  "below_lowest goes with a step that takes one record");
  }
  if (std::ranges::any_of(made_.accesses, &rule::Access::exclusive)) {
    reader_.fault(find, FaultCode::bad_document,
                  "an exclusive access goes with a step that takes one record");
  }
}

}  // namespace

rule::Find read_find(const Json& json, const rule::Step& step, RecordUse use,
                     ProcedureDraft& draft) {
  return FindReader{step, use, draft}.read(json);
}

}  // namespace rules

#include "rules/procedure_reader.hpp"

#include "engine/base/limits.hpp"
#include "rules/expression.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace rules {

namespace limits = engine::base::limits;
namespace rule = engine::rule;
using engine::base::Decimal;
using engine::base::Fault;
using engine::base::FaultCode;
using engine::model::ConditionType;
using engine::model::ConditionTypeId;
using engine::model::Domain;
using engine::model::FieldId;
using engine::model::FieldSide;
using engine::model::Schema;
using engine::model::ValueKind;

namespace {

template <class Enum>
using Names = std::vector<std::pair<std::string_view, Enum>>;

const Names<rule::Comparator> comparators{
    {"rank", rule::Comparator::rank},
    {"nearest", rule::Comparator::nearest},
    {"most_fields", rule::Comparator::most_fields},
    {"dated", rule::Comparator::dated},
    {"currency_bound", rule::Comparator::currency_bound},
    {"unit_bound", rule::Comparator::unit_bound},
    {"highest_threshold", rule::Comparator::highest_threshold},
    {"newest_start", rule::Comparator::newest_start},
    {"newest_document", rule::Comparator::newest_document},
    {"lowest_value", rule::Comparator::lowest_value},
    {"highest_value", rule::Comparator::highest_value},
    {"flag_set", rule::Comparator::flag_set},
    {"flag_clear", rule::Comparator::flag_clear},
    {"document_number", rule::Comparator::document_number},
    {"document_text", rule::Comparator::document_text},
    {"record_number", rule::Comparator::record_number},
    {"record_text", rule::Comparator::record_text},
};
const Names<ValueKind> value_kinds{{"price", ValueKind::price},
                                   {"percent", ValueKind::percent},
                                   {"amount", ValueKind::amount},
                                   {"factor", ValueKind::factor}};
const Names<FieldSide> sides{{"question", FieldSide::question},
                             {"party", FieldSide::party},
                             {"article", FieldSide::article}};
const Names<rule::Phase> phases{{"line", rule::Phase::line},
                                {"aggregate", rule::Phase::aggregate},
                                {"line_again", rule::Phase::line_again},
                                {"document", rule::Phase::document},
                                {"tax", rule::Phase::tax}};
const Names<rule::AgreementUse> agreement_uses{{"any", rule::AgreementUse::any},
                                               {"asked", rule::AgreementUse::asked},
                                               {"allowed", rule::AgreementUse::allowed},
                                               {"none", rule::AgreementUse::none}};
const Names<rule::ListsOf> lists_of{{"any", rule::ListsOf::any},
                                    {"customer", rule::ListsOf::customer},
                                    {"group", rule::ListsOf::group},
                                    {"everyone", rule::ListsOf::everyone}};
const Names<rule::TiePolicy> tie_policies{{"refuse", rule::TiePolicy::refuse},
                                          {"report", rule::TiePolicy::report}};

bool is_name(std::string_view name) {
  const auto word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && name.size() <= 64 && !(name.front() >= '0' && name.front() <= '9') &&
         std::ranges::all_of(name, word);
}

// What the expression language means by a word, a step, parameter or flag can't mean.
constexpr std::array<std::string_view, 7> words_of_expressions{"quantity", "round", "min",  "max",
                                                               "extended", "true",  "false"};
constexpr std::array<std::string_view, 4> results_of_steps{"exact", "value", "rate", "found"};

constexpr const char* name_rule =
    "a name is lower case letters, digits and _, and no word of the expression language";

bool is_free_name(std::string_view name, std::span<const std::string_view> taken) {
  return is_name(name) && std::ranges::find(taken, name) == taken.end();
}

class ProcedureReader {
 public:
  ProcedureReader(DocumentReader& reader, Schema& schema) : reader_{reader}, schema_{schema} {}

  void read(const Json& document);

  rule::Procedure take() { return std::move(made_); }

 private:
  template <class Enum>
  Enum choice(const Json& object, std::string_view name, const Names<Enum>& names, Enum otherwise) {
    const std::string given = reader_.text(object, name);
    const Json* value = object.find(name);
    if (value == nullptr || !value->is(Json::Kind::string)) return otherwise;
    return named(*value, given, names).value_or(otherwise);
  }

  template <class Enum>
  std::optional<Enum> named(const Json& at, std::string_view given, const Names<Enum>& names) {
    std::string known;
    for (const auto& [name, value] : names) {
      if (name == given) return value;
      known += (known.empty() ? "" : ", ") + std::string{name};
    }
    reader_.fault(at, FaultCode::bad_document, "'" + std::string{given} + "' is none of " + known);
    return std::nullopt;
  }

  void read_parameters(const Json& document);
  void read_fields(const Json& document);
  void read_types(const Json& document);
  void read_quantity(const Json& document);
  void read_step(const Json& step);
  void read_find(const Json& find, rule::Find& made);
  void read_access(const Json& access, std::uint16_t number, std::string_view search,
                   const std::string& find_type, rule::Find& made);
  std::optional<ConditionTypeId> access_type(const Json& access, const std::string& find_type,
                                             const rule::Find& made);
  void read_choose(const Json& find, rule::Find& made);
  void read_rounding(const Json& step, rule::Step& made);
  void read_answer(const Json& document);
  std::optional<FieldId> key_field(const Json& at, const std::string& name);
  std::uint16_t step_number(const Json& object, std::string_view name);
  rule::Formula formula(const Json& step, std::string_view name, ExpressionType type,
                        bool own_step);

  DocumentReader& reader_;
  Schema& schema_;
  rule::Procedure made_;
  std::map<std::string, Decimal> parameters_;
};

void ProcedureReader::read_parameters(const Json& document) {
  for (const JsonMember& member : reader_.entries(document, "parameters")) {
    if (!reader_.members(member.value, {"type", "value", "title"})) continue;
    reader_.text(member.value, "title");
    if (!is_free_name(member.name, words_of_expressions))
      reader_.fault(member.value, FaultCode::bad_text, name_rule);
    if (reader_.text(member.value, "type", "decimal") != "decimal") {
      reader_.fault(member.value, FaultCode::unsupported, "a parameter's type is decimal");
    }
    if (const auto value = reader_.decimal(member.value, "value")) {
      parameters_.emplace(member.name, *value);
    } else if (member.value.find("value") == nullptr) {
      reader_.fault(member.value, FaultCode::missing_value, "'value' is missing");
    }
  }
}

void ProcedureReader::read_fields(const Json& document) {
  for (const JsonMember& member : reader_.entries(document, "fields")) {
    if (!reader_.members(member.value, {"side", "title"})) continue;
    reader_.text(member.value, "title");
    const FieldSide side = choice(member.value, "side", sides, FieldSide::question);
    if (!is_name(member.name))
      reader_.fault(member.value, FaultCode::bad_text,
                    "a name is lower case letters, digits and _");
    if (auto id = schema_.declare_field(member.name, side, Domain::text); !id)
      reader_.fault(member.value, id.error());
  }
  for (const Json& flag : reader_.items(document, "flags", false)) {
    const auto name = reader_.text_of(flag);
    if (!name) continue;
    if (!is_free_name(*name, results_of_steps)) {
      reader_.fault(flag, FaultCode::bad_text, name_rule);
      continue;
    }
    if (auto id = schema_.declare_flag(*name); !id) reader_.fault(flag, id.error());
  }
}

void ProcedureReader::read_types(const Json& document) {
  for (const JsonMember& member : reader_.entries(document, "condition_types")) {
    if (!reader_.members(member.value, {"value", "flags", "title"})) continue;
    reader_.text(member.value, "title");
    if (member.name.empty())
      reader_.fault(member.value, FaultCode::bad_text, "a condition type needs a name");
    ConditionType type;
    type.name = member.name;
    type.value = choice(member.value, "value", value_kinds, ValueKind::price);
    if (member.value.find("value") == nullptr)
      reader_.fault(member.value, FaultCode::missing_value, "'value' is missing");
    for (const Json& flag : reader_.items(member.value, "flags", false)) {
      const auto id = schema_.find_flag(flag.text());
      if (id) {
        type.default_flags =
            static_cast<std::uint16_t>(type.default_flags | engine::model::flag_bit(*id));
      } else {
        reader_.fault(flag, FaultCode::unknown_field, "flag '" + flag.text() + "' is not declared");
      }
    }
    if (auto id = schema_.declare_type(type); !id) reader_.fault(member.value, id.error());
  }
}

void ProcedureReader::read_quantity(const Json& document) {
  const Json* quantity = document.find("quantity");
  if (quantity == nullptr || !reader_.members(*quantity, {"zero_allowed", "maximum", "returns"}))
    return;
  made_.quantity.zero_allowed = reader_.flag(*quantity, "zero_allowed", false);
  if (const auto maximum = reader_.decimal(*quantity, "maximum")) {
    const auto exact = engine::base::Quantity::exactly(*maximum);
    if (exact && *exact > engine::base::Quantity{} &&
        *exact <= engine::base::Quantity::whole(limits::quantity_whole)) {
      made_.quantity.maximum = *exact;
    } else {
      reader_.fault(*quantity->find("maximum"), FaultCode::out_of_range,
                    "a maximum lies above 0 and at most at a billion");
    }
  }
  if (const Json* returns = quantity->find("returns"))
    made_.quantity.return_kinds = reader_.texts(*returns);
}

std::optional<FieldId> ProcedureReader::key_field(const Json& at, const std::string& name) {
  const auto field = schema_.find_field(name);
  if (!field)
    reader_.fault(at, FaultCode::unknown_field,
                  "key field '" + name + "' is neither built in nor declared under fields");
  return field;
}

// The access's own condition type, or the step's. All of a step have one kind of value.
std::optional<ConditionTypeId> ProcedureReader::access_type(const Json& access,
                                                            const std::string& find_type,
                                                            const rule::Find& made) {
  const std::string name = reader_.text(access, "type", find_type);
  const auto type = schema_.find_type(name);
  if (!type) {
    reader_.fault(access, FaultCode::unknown_condition_type,
                  "condition type '" + name + "' is not declared under condition_types");
    return std::nullopt;
  }
  if (made.accesses.empty()) return type;
  const ConditionTypeId first = schema_.table(made.accesses.front().table).type;
  if (schema_.type(first).value != schema_.type(*type).value) {
    reader_.fault(
        access, FaultCode::contradicting_values,
        "the accesses of a step find one kind of value (price, percent, amount or factor)");
    return std::nullopt;
  }
  return type;
}

void ProcedureReader::read_access(const Json& access, std::uint16_t number, std::string_view search,
                                  const std::string& find_type, rule::Find& made) {
  if (!reader_.members(access, {"access", "type", "keys", "level", "agreement", "exclusive",
                                "lists", "ancestors", "parents", "constants"}))
    return;
  const auto type = access_type(access, find_type, made);
  if (!type) return;
  rule::Access to;
  to.level = search == "first" ? number : std::uint16_t{0};
  if (search == "levels") {
    to.level = static_cast<std::uint16_t>(
        reader_.whole(access, "level", 0, static_cast<int>(limits::accesses_per_step)).value_or(0));
  } else if (const Json* level = access.find("level")) {
    reader_.fault(*level, FaultCode::bad_document, "levels go with \"search\": \"levels\"");
  }
  to.agreement = choice(access, "agreement", agreement_uses, rule::AgreementUse::any);
  to.lists = choice(access, "lists", lists_of, rule::ListsOf::any);
  to.exclusive = reader_.flag(access, "exclusive", false);
  to.group_ancestors = reader_.flag(access, "ancestors", true);
  to.customer_parents = reader_.flag(access, "parents", false);
  std::vector<FieldId> fields;
  for (const Json& key : reader_.items(access, "keys", true)) {
    const auto field = key_field(key, key.text());
    if (!field) continue;
    if (std::ranges::find(fields, *field) != fields.end()) {
      reader_.fault(key, FaultCode::contradicting_values,
                    "key field '" + key.text() + "' stands twice");
      continue;
    }
    fields.push_back(*field);
  }
  for (const JsonMember& member : reader_.entries(access, "constants")) {
    const auto field = key_field(member.value, member.name);
    if (!field) continue;
    const bool usable = std::ranges::find(fields, *field) != fields.end() &&
                        schema_.field(*field).side != FieldSide::article;
    if (!usable) {
      reader_.fault(member.value, FaultCode::bad_document,
                    "a constant stands for a key field of this access that is not the article's");
    }
    to.constants.push_back({*field, reader_.texts(member.value)});
  }
  auto table = schema_.declare_table(*type, fields);
  if (!table) {
    reader_.fault(access, table.error());
    return;
  }
  to.table = *table;
  to.name =
      reader_.text(access, "access", schema_.type(*type).name + " by " + schema_.key_names(*table));
  made.accesses.push_back(std::move(to));
}

void ProcedureReader::read_choose(const Json& find, rule::Find& made) {
  for (const Json& item : reader_.items(find, "choose", false)) {
    rule::Choice choice_made;
    std::string name = item.text();
    std::string flag;
    if (item.is(Json::Kind::object)) {
      reader_.members(item, {"by", "flag"});
      name = reader_.required_text(item, "by");
      flag = reader_.text(item, "flag");
    }
    const auto comparator = named(item, name, comparators);
    if (!comparator) continue;
    choice_made.by = *comparator;
    const bool by_flag =
        *comparator == rule::Comparator::flag_set || *comparator == rule::Comparator::flag_clear;
    if (!by_flag && item.find("flag") != nullptr) {
      reader_.fault(*item.find("flag"), FaultCode::bad_document,
                    "a flag goes with flag_set and flag_clear");
    }
    if (by_flag) {
      const auto id = schema_.find_flag(flag);
      if (!id) {
        reader_.fault(
            item, FaultCode::unknown_field,
            "name a declared flag: {\"by\": \"" + name + "\", \"flag\": \"discountable\"}");
        continue;
      }
      choice_made.flag = *id;
    }
    made.choose.push_back(choice_made);
  }
  if (made.choose.size() > limits::comparators_per_step) {
    reader_.fault(
        find, FaultCode::too_many,
        "a step has at most " + std::to_string(limits::comparators_per_step) + " comparators");
  }
}

void ProcedureReader::read_find(const Json& find, rule::Find& made) {
  if (!reader_.members(find, {"type", "search", "accesses", "choose", "tie", "required"})) return;
  const std::string type = reader_.text(find, "type");
  made.tie = choice(find, "tie", tie_policies, rule::TiePolicy::refuse);
  made.required = reader_.flag(find, "required", false);
  const std::string search = reader_.text(find, "search", "first");
  if (search != "first" && search != "all" && search != "levels") {
    reader_.fault(*find.find("search"), FaultCode::bad_document,
                  "'" + search + "' is none of first, all, levels");
  }
  const auto accesses = reader_.items(find, "accesses", true);
  if (accesses.empty())
    reader_.fault(find, FaultCode::missing_value, "a step that finds a record needs an access");
  if (accesses.size() > limits::accesses_per_step) {
    reader_.fault(find, FaultCode::too_many,
                  "a step has at most " + std::to_string(limits::accesses_per_step) + " accesses");
    return;
  }
  std::uint16_t number = 0;
  for (const Json& access : accesses) read_access(access, number++, search, type, made);
  std::ranges::stable_sort(made.accesses, {}, &rule::Access::level);
  read_choose(find, made);
}

void ProcedureReader::read_rounding(const Json& step, rule::Step& made) {
  for (const Json& item : reader_.items(step, "round", false)) {
    if (!reader_.members(item, {"decimals", "mode"})) continue;
    const auto decimals = reader_.whole(item, "decimals", 0, limits::value_decimals);
    const auto mode = engine::base::rounding_from(reader_.text(item, "mode"));
    if (!mode)
      reader_.fault(item, FaultCode::bad_document,
                    "a rounding names its mode: half_up, half_even, half_down, up or down");
    if (!decimals && item.find("decimals") == nullptr)
      reader_.fault(item, FaultCode::missing_value, "'decimals' is missing");
    if (decimals && mode) made.rounding.push_back({static_cast<std::uint8_t>(*decimals), *mode});
  }
}

rule::Formula ProcedureReader::formula(const Json& step, std::string_view name, ExpressionType type,
                                       bool own_step) {
  const Json* text = step.find(name);
  if (text == nullptr) return {};
  if (!text->is(Json::Kind::string)) {
    reader_.fault(*text, FaultCode::bad_document, "an expression is a text");
    return {};
  }
  auto compiled =
      compile_expression(text->text(), type, {&made_.steps, &parameters_, &schema_, own_step});
  if (compiled) return *std::move(compiled);
  reader_.fault(*text, compiled.error());
  return {};
}

void ProcedureReader::read_step(const Json& json) {
  if (!reader_.members(
          json, {"step", "title", "phase", "when", "find", "amount", "round", "statistical"}))
    return;
  rule::Step step;
  step.name = reader_.required_text(json, "step");
  if (!step.name.empty() && !is_free_name(step.name, words_of_expressions))
    reader_.fault(json, FaultCode::bad_text, name_rule);
  if (std::ranges::find(made_.steps, step.name, &rule::Step::name) != made_.steps.end() ||
      parameters_.contains(step.name)) {
    reader_.fault(json, FaultCode::contradicting_values,
                  "'" + step.name + "' is taken by an earlier step or a parameter");
  }
  step.title = reader_.text(json, "title", step.name);
  step.phase = choice(json, "phase", phases, rule::Phase::line);
  if (!made_.steps.empty() && step.phase < made_.steps.back().phase) {
    reader_.fault(json, FaultCode::bad_document, "a step can't stand after one of a later phase");
  }
  step.statistical = reader_.flag(json, "statistical", false);
  step.when = formula(json, "when", ExpressionType::truth, false);
  const Json* find = json.find("find");
  if (find != nullptr) read_find(*find, step.find.emplace());
  if (find == nullptr && json.find("amount") == nullptr) {
    reader_.fault(json, FaultCode::missing_value,
                  "a step finds a record (find), computes an amount (amount), or both");
  }
  read_rounding(json, step);
  made_.steps.push_back(std::move(step));
  made_.steps.back().amount = formula(json, "amount", ExpressionType::decimal, true);
}

std::uint16_t ProcedureReader::step_number(const Json& object, std::string_view name) {
  const std::string step = reader_.required_text(object, name);
  const auto found = std::ranges::find(made_.steps, step, &rule::Step::name);
  if (found != made_.steps.end()) return static_cast<std::uint16_t>(found - made_.steps.begin());
  if (!step.empty())
    reader_.fault(*object.find(name), FaultCode::bad_document, "'" + step + "' is no step");
  return 0;
}

void ProcedureReader::read_answer(const Json& document) {
  const Json* answer = document.find("answer");
  if (answer == nullptr) {
    reader_.fault(document, FaultCode::missing_value,
                  "'answer' is missing: it says which steps are the answer's amounts");
    return;
  }
  if (!reader_.members(*answer, {"price", "unit_price", "line_amount", "components", "totals"}))
    return;
  rule::AnswerShape& made = made_.answer;
  made.unit_price = step_number(*answer, "unit_price");
  made.line_amount = step_number(*answer, "line_amount");
  made.price_step = step_number(*answer, "price");
  if (made.price_step < made_.steps.size() && !made_.steps[made.price_step].find) {
    reader_.fault(*answer, FaultCode::bad_document,
                  "'price' names the step whose record gives the price, its unit and its source");
  }
  const Json* components = answer->find("components");
  for (const JsonMember& member : reader_.entries(*answer, "components")) {
    if (member.name.empty())
      reader_.fault(member.value, FaultCode::bad_text, "a component needs a name");
    made.components.push_back({member.name, step_number(*components, member.name)});
  }
  for (const Json& total : reader_.items(*answer, "totals", false)) {
    const auto found = std::ranges::find(made.components, total.text(), &rule::Component::name);
    if (found == made.components.end()) {
      reader_.fault(total, FaultCode::bad_document,
                    "'" + total.text() + "' is no component of the answer");
      continue;
    }
    made.totals.push_back(static_cast<std::uint16_t>(found - made.components.begin()));
  }
}

void ProcedureReader::read(const Json& document) {
  if (!reader_.members(document, {"procedure", "title", "time_zone", "parameters", "fields",
                                  "flags", "condition_types", "quantity", "steps", "answer"})) {
    return;
  }
  made_.name = reader_.required_text(document, "procedure");
  made_.title = reader_.text(document, "title", made_.name);
  made_.time_zone = reader_.text(document, "time_zone", "UTC");
  read_parameters(document);
  read_fields(document);
  read_types(document);
  read_quantity(document);
  const auto steps = reader_.items(document, "steps", true);
  if (steps.size() > limits::steps_per_procedure) {
    reader_.fault(
        document, FaultCode::too_many,
        "a procedure has at most " + std::to_string(limits::steps_per_procedure) + " steps");
    return;
  }
  for (const Json& step : steps) read_step(step);
  read_answer(document);
}

}  // namespace

std::optional<rule::Procedure> read_procedure(const Json& document, DocumentReader& reader,
                                              Schema& schema) {
  ProcedureReader procedure{reader, schema};
  procedure.read(document);
  return procedure.take();
}

}  // namespace rules

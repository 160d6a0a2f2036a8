#include "tests/oracle/rules.hpp"

#include "rules/json_tree.hpp"

#include <algorithm>
#include <stdexcept>

namespace oracle {

namespace {

using ::rules::Json;
using ::rules::JsonMember;

std::string text(const Json& object, const char* name, const std::string& otherwise = "") {
  const Json* value = object.find(name);
  return value == nullptr ? otherwise : value->text();
}

bool flag(const Json& object, const char* name, bool otherwise) {
  const Json* value = object.find(name);
  return value == nullptr ? otherwise : value->boolean();
}

std::span<const Json> items(const Json& object, const char* name) {
  const Json* value = object.find(name);
  return value == nullptr ? std::span<const Json>{} : value->items();
}

std::span<const JsonMember> members(const Json& object, const char* name) {
  const Json* value = object.find(name);
  return value == nullptr ? std::span<const JsonMember>{} : value->members();
}

Texts texts(const Json& value) {
  if (value.is(Json::Kind::string)) return {value.text()};
  Texts all;
  for (const Json& item : value.items()) all.push_back(item.text());
  return all;
}

AccessRule read_access(const Json& json, const std::string& step_type, const std::string& search,
                       int position) {
  AccessRule access;
  access.type = text(json, "type", step_type);
  for (const Json& key : items(json, "keys")) access.keys.push_back(key.text());
  access.level = search == "first"    ? position
                 : search == "levels" ? std::stoi(text(json, "level", "0"))
                                      : 0;
  access.agreement = text(json, "agreement", "any");
  access.lists = text(json, "lists", "any");
  access.exclusive = flag(json, "exclusive", false);
  access.ancestors = flag(json, "ancestors", true);
  access.parents = flag(json, "parents", false);
  for (const JsonMember& member : members(json, "constants"))
    access.constants[member.name] = texts(member.value);
  return access;
}

FindRule read_find(const Json& json) {
  FindRule find;
  const std::string search = text(json, "search", "first");
  int position = 0;
  for (const Json& access : items(json, "accesses")) {
    find.accesses.push_back(read_access(access, text(json, "type"), search, position++));
  }
  for (const Json& choice : items(json, "choose")) {
    if (choice.is(Json::Kind::string)) {
      find.choose.push_back({choice.text(), ""});
    } else {
      find.choose.push_back({text(choice, "by"), text(choice, "flag")});
    }
  }
  find.refuses_ties = text(json, "tie", "refuse") == "refuse";
  find.required = flag(json, "required", false);
  return find;
}

StepRule read_step(const Json& json) {
  StepRule step;
  step.name = text(json, "step");
  step.when = text(json, "when");
  if (const Json* find = json.find("find")) step.find = read_find(*find);
  if (const Json* amount = json.find("amount")) step.amount = amount->text();
  for (const Json& item : items(json, "round")) {
    step.rounding.push_back({std::stoi(text(item, "decimals")), text(item, "mode")});
  }
  return step;
}

void read_answer(const Json& json, ProcedureRule& procedure) {
  procedure.price_step = text(json, "price");
  procedure.unit_price = text(json, "unit_price");
  procedure.line_amount = text(json, "line_amount");
  for (const JsonMember& member : members(json, "components"))
    procedure.components.emplace_back(member.name, member.value.text());
  for (const Json& total : items(json, "totals")) procedure.totals.push_back(total.text());
}

void read_procedure(const Json& json, Rules& rules) {
  ProcedureRule procedure;
  procedure.name = text(json, "procedure");
  for (const JsonMember& member : members(json, "parameters")) {
    procedure.parameters[member.name] = number(text(member.value, "value"));
  }
  for (const JsonMember& member : members(json, "fields")) {
    if (text(member.value, "side") == "article") rules.article_fields.insert(member.name);
    const bool known = std::find(rules.field_order.begin(), rules.field_order.end(), member.name) !=
                       rules.field_order.end();
    if (!known) rules.field_order.push_back(member.name);
  }
  for (const JsonMember& member : members(json, "condition_types")) {
    TypeRule type{text(member.value, "value"), {}};
    for (const Json& name : items(member.value, "flags")) type.flags.insert(name.text());
    rules.types[member.name] = type;
  }
  if (const Json* quantity = json.find("quantity")) {
    procedure.zero_allowed = flag(*quantity, "zero_allowed", false);
    if (quantity->find("maximum") != nullptr)
      procedure.maximum = number(text(*quantity, "maximum"));
    if (const Json* returns = quantity->find("returns")) procedure.returns = texts(*returns);
  }
  for (const Json& step : items(json, "steps")) procedure.steps.push_back(read_step(step));
  read_answer(*json.find("answer"), procedure);
  rules.procedures.push_back(std::move(procedure));
}

std::vector<LookupRule> read_lookup(const Json& json, const char* name, const char* result) {
  std::vector<LookupRule> rows;
  for (const Json& row : items(json, name)) {
    LookupRule& made = rows.emplace_back();
    made.result = text(row, result);
    for (const JsonMember& member : members(row, "when"))
      made.when[member.name] = texts(member.value);
  }
  return rows;
}

void read_bands(const Json& json, Rules& rules) {
  for (const Json& set : items(json, "availability_bands")) {
    BandSetRule& made = rules.band_sets.emplace_back();
    made.name = text(set, "set");
    for (const Json& band : items(set, "bands"))
      made.bands.push_back({text(band, "band"), number(text(band, "from", "0"))});
    made.last_is_expected = set.find("expected_band") != nullptr;
  }
  rules.band_lookup = read_lookup(json, "lookup", "set");
}

}  // namespace

Rules read_rules(std::span<const std::string> documents) {
  Rules rules;
  for (const std::string& document : documents) {
    const auto json = ::rules::parse_json(document);
    if (!json) throw std::invalid_argument(json.error().where + ": " + json.error().detail);
    if (json->find("procedure") != nullptr) {
      read_procedure(*json, rules);
    } else if (json->find("procedure_lookup") != nullptr) {
      rules.procedure_lookup = read_lookup(*json, "procedure_lookup", "procedure");
    } else {
      read_bands(*json, rules);
    }
  }
  return rules;
}

}  // namespace oracle

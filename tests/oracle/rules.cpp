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
  access.number = position;
  access.level = search == "first"    ? position
                 : search == "levels" ? std::stoi(text(json, "level", "0"))
                                      : 0;
  access.agreement = text(json, "agreement", "any");
  access.lists = text(json, "lists", "any");
  access.exclusive = flag(json, "exclusive", false);
  access.ancestors = flag(json, "ancestors", true);
  access.parents = flag(json, "parents", false);
  access.bases = flag(json, "based_on", false);
  for (const JsonMember& member : members(json, "constants"))
    access.constants[member.name] = texts(member.value);
  return access;
}

Choices read_choices(const Json& json, const char* name) {
  Choices choices;
  for (const Json& choice : items(json, name)) {
    if (choice.is(Json::Kind::string)) {
      choices.push_back({choice.text(), ""});
    } else {
      choices.push_back({text(choice, "by"), text(choice, "flag")});
    }
  }
  return choices;
}

RoundingRule read_rounding(const Json& json) {
  return {std::stoi(text(json, "decimals")), text(json, "mode")};
}

FindRule read_find(const Json& json, bool applied) {
  FindRule find;
  const std::string search = text(json, "search", applied ? "all" : "first");
  find.merge = search == "merge";
  int position = 0;
  for (const Json& access : items(json, "accesses")) {
    find.accesses.push_back(read_access(access, text(json, "type"), search, position++));
  }
  // An access is earlier by its level, then by its place.
  std::stable_sort(find.accesses.begin(), find.accesses.end(),
                   [](const AccessRule& a, const AccessRule& b) { return a.level < b.level; });
  for (std::size_t i = 0; i < find.accesses.size(); ++i)
    find.accesses[i].number = static_cast<int>(i);
  find.choose = read_choices(json, "choose");
  find.looks_further = json.find("find_next") != nullptr;
  find.find_next = read_choices(json, "find_next");
  find.refuses_ties = text(json, "tie", "refuse") == "refuse";
  find.required = flag(json, "required", false);
  find.any_unit = text(json, "units", "ordered") == "any";
  find.any_currency = text(json, "currencies", "own") == "any";
  find.basis = text(json, "basis");
  find.counted = text(json, "counted", "line");
  find.below_lowest = text(json, "below_lowest");
  for (const JsonMember& member : members(json, "inputs"))
    find.inputs[member.name] = member.value.text();
  if (const Json* to = json.find("formula_value")) find.formula_value = read_rounding(*to);
  return find;
}

SpreadRule read_spread(const Json& json) {
  SpreadRule spread;
  spread.weight = text(json, "weight");
  spread.leftover = text(json, "leftover", "largest_remainder");
  spread.redistribute = flag(json, "redistribute", true);
  spread.total = text(json, "total");
  spread.by = text(json, "by");
  return spread;
}

ApplyRule read_apply(const Json& json) {
  ApplyRule apply;
  apply.on = text(json, "on");
  apply.units = text(json, "units");
  apply.floor = text(json, "floor");
  apply.over_order = text(json, "over", "line") == "order";
  apply.combine = text(json, "combine", "all");
  apply.on_original = text(json, "base", "running") == "original";
  apply.only_first_unless_stackable = flag(json, "only_first_unless_stackable", false);
  apply.price_if_lower = flag(json, "price_if_lower", false);
  for (const Json& charge : items(json, "charges")) apply.charges.push_back(charge.text());
  if (const Json* spread = json.find("spread")) apply.spread = read_spread(*spread);
  return apply;
}

StepRule read_step(const Json& json) {
  StepRule step;
  step.name = text(json, "step");
  step.of_order = text(json, "of", "line") == "order";
  step.when = text(json, "when");
  const Json* apply = json.find("apply");
  if (const Json* find = json.find("find")) step.find = read_find(*find, apply != nullptr);
  if (apply != nullptr) step.apply = read_apply(*apply);
  if (const Json* spread = json.find("spread")) step.spread = read_spread(*spread);
  if (const Json* guard = json.find("guard"))
    step.guard = {text(*guard, "then", "refuse") == "refuse", text(*guard, "reason", "refused")};
  if (const Json* amount = json.find("amount")) step.amount = amount->text();
  for (const Json& item : items(json, "round")) step.rounding.push_back(read_rounding(item));
  return step;
}

void read_answer(const Json& json, ProcedureRule& procedure) {
  procedure.price_step = text(json, "price");
  procedure.unit_price = text(json, "unit_price");
  procedure.line_amount = text(json, "line_amount");
  for (const JsonMember& member : members(json, "components"))
    procedure.components.emplace_back(member.name, member.value.text());
  for (const Json& total : items(json, "totals")) procedure.totals.push_back(total.text());
  for (const JsonMember& member : members(json, "order"))
    procedure.order.emplace_back(member.name, member.value.text());
}

ParameterRule read_parameter(const Json& json, const Json& value) {
  ParameterRule made;
  made.type = text(json, "type", "decimal");
  if (made.type == "decimal") made.number = number(value.text());
  if (made.type == "bool") made.number = value.boolean() ? 1 : 0;
  if (made.type == "string") made.texts = {value.text()};
  if (made.type == "strings") made.texts = texts(value);
  if (made.type == "decimals") {
    for (const Json& item : value.items()) made.numbers.push_back(number(item.text()));
  }
  return made;
}

// Where "$name" stands, the parameter's value does: `given` where it names it, else its own.
Json with_parameters(const Json& json, const Json* given) {
  const Json* parameters = json.find("parameters");
  return json.replaced([&](const Json& value) -> const Json* {
    const bool reference = value.is(Json::Kind::string) && value.text().rfind('$', 0) == 0;
    if (!reference || parameters == nullptr) return nullptr;
    const std::string name = value.text().substr(1);
    if (given != nullptr && given->find(name) != nullptr) return given->find(name);
    const Json* declared = parameters->find(name);
    return declared == nullptr ? nullptr : declared->find("value");
  });
}

void read_declarations(const Json& json, Rules& rules) {
  for (const JsonMember& member : members(json, "fields")) {
    FieldRule field{text(member.value, "side", "question"), text(member.value, "value", "text")};
    if (field.side == "article") rules.article_fields.insert(member.name);
    rules.fields[member.name] = field;
    const bool known = std::find(rules.field_order.begin(), rules.field_order.end(), member.name) !=
                       rules.field_order.end();
    if (!known) rules.field_order.push_back(member.name);
  }
  for (const JsonMember& member : members(json, "condition_types")) {
    TypeRule type;
    type.value = text(member.value, "value");
    type.calculation = text(member.value, "calculation", "none");
    type.charge = text(member.value, "charge");
    for (const Json& name : items(member.value, "flags")) type.flags.insert(name.text());
    for (const Json& name : items(member.value, "inputs")) type.inputs.push_back(name.text());
    for (const Json& name : items(member.value, "parameters"))
      type.parameters.push_back(name.text());
    rules.types[member.name] = type;
  }
}

void read_procedure(const Json& written, const Json* given, Rules& rules) {
  const Json json = with_parameters(written, given);
  ProcedureRule procedure;
  procedure.name = text(written, "procedure");
  for (const JsonMember& member : members(written, "parameters")) {
    const Json* other = given == nullptr ? nullptr : given->find(member.name);
    procedure.parameters[member.name] =
        read_parameter(member.value, other != nullptr ? *other : *member.value.find("value"));
  }
  read_declarations(json, rules);
  procedure.deciding_date = text(json, "deciding_date");
  if (const Json* rates = json.find("exchange_rates")) {
    procedure.rate_kind = text(*rates, "kind");
    procedure.rates_through = text(*rates, "through");
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

const char* const built_in_texts[]{"customer", "customer_group",     "price_list",
                                   "country",  "sales_organisation", "site",
                                   "channel",  "document_kind"};

void declare_built_in(Rules& rules) {
  for (const char* name : built_in_texts) rules.fields[name] = {"question", "text"};
  rules.fields["currency"] = {"question", "text"};
  for (const char* name : {"article", "article_group", "unit", "status"})
    rules.fields[name] = {"article", "text"};
  for (const char* name : {"min_quantity", "max_quantity", "multiple_quantity"})
    rules.fields[name] = {"article", "decimal"};
}

// The procedure that a row names, or the variant of it that its parameters make.
std::size_t procedure_of(const Json& row, const std::vector<Json>& documents, Rules& rules) {
  const std::string name = text(row, "procedure");
  if (const Json* given = row.find("parameters")) {
    for (const Json& document : documents) {
      if (text(document, "procedure") != name) continue;
      read_procedure(document, given, rules);
      return rules.procedures.size() - 1;
    }
  }
  for (std::size_t i = 0; i < rules.procedures.size(); ++i) {
    if (rules.procedures[i].name == name) return i;
  }
  throw std::invalid_argument("no procedure '" + name + "'");
}

}  // namespace

Rules read_rules(std::span<const std::string> documents) {
  Rules rules;
  declare_built_in(rules);
  std::vector<Json> trees;
  for (const std::string& document : documents) {
    auto json = ::rules::parse_json(document);
    if (!json) throw std::invalid_argument(json.error().where + ": " + json.error().detail);
    trees.push_back(*std::move(json));
  }
  for (const Json& json : trees) {
    if (json.find("procedure") != nullptr) read_procedure(json, nullptr, rules);
    if (json.find("availability_bands") != nullptr) read_bands(json, rules);
  }
  rules.plain_procedures = rules.procedures.size();
  for (const Json& json : trees) {
    if (json.find("procedure_lookup") == nullptr) continue;
    rules.procedure_lookup = read_lookup(json, "procedure_lookup", "procedure");
    const auto rows = items(json, "procedure_lookup");
    for (std::size_t i = 0; i < rows.size(); ++i)
      rules.procedure_lookup[i].procedure = procedure_of(rows[i], trees, rules);
  }
  return rules;
}

}  // namespace oracle

#include "rules/declaration_reader.hpp"

#include "rules/choices.hpp"
#include "rules/expression.hpp"
#include "rules/names.hpp"

#include <algorithm>
#include <array>

namespace rules {

using engine::base::FaultCode;
using engine::model::Calculation;
using engine::model::ConditionType;
using engine::model::Domain;
using engine::model::FieldSide;
using engine::model::FieldValue;
using engine::model::Schema;
using engine::model::ValueKind;

namespace {

Choices<ValueKind> all_value_kinds() {
  Choices<ValueKind> all;
  for (std::size_t i = 0; i < engine::model::value_kind_names.size(); ++i)
    all.emplace_back(engine::model::value_kind_names[i], static_cast<ValueKind>(i));
  return all;
}

const Choices<ValueKind> value_kinds = all_value_kinds();
const Choices<FieldSide> sides{{"question", FieldSide::question},
                               {"party", FieldSide::party},
                               {"article", FieldSide::article}};
const Choices<FieldValue> field_values{
    {"text", FieldValue::text}, {"decimal", FieldValue::number}, {"bool", FieldValue::truth}};
const Choices<Calculation> calculations{
    {"none", Calculation::none},
    {"percent", Calculation::percent},
    {"per_unit", Calculation::per_unit},
    {"per_line", Calculation::per_line},
    {"new_price", Calculation::new_price},
    {"order_percent", Calculation::order_percent},
    {"order_amount", Calculation::order_amount},
    {"order_total", Calculation::order_total},
    {"charge_percent", Calculation::charge_percent},
    {"charge_amount", Calculation::charge_amount},
    {"buy_get", Calculation::buy_get},
    {"free_goods", Calculation::free_goods},
};

bool is_of_charge(Calculation calculation) {
  return calculation == Calculation::charge_percent || calculation == Calculation::charge_amount;
}

// Which kinds of value a calculation can work with; empty: all.
std::vector<ValueKind> kinds_for(Calculation calculation) {
  switch (calculation) {
    case Calculation::percent:
    case Calculation::order_percent:
    case Calculation::charge_percent:
      return {ValueKind::percent};
    case Calculation::per_unit:
      return {ValueKind::price, ValueKind::amount};
    case Calculation::new_price:
      return {ValueKind::price};
    case Calculation::per_line:
    case Calculation::order_amount:
    case Calculation::order_total:
    case Calculation::charge_amount:
      return {ValueKind::amount};
    case Calculation::buy_get:
      return {ValueKind::percent, ValueKind::amount, ValueKind::price};
    case Calculation::free_goods:
      return {ValueKind::price, ValueKind::amount};
    default:
      return {};
  }
}

// The numbers by which a calculation counts units, among those of a record.
std::vector<std::string_view> counts_of(Calculation calculation) {
  switch (calculation) {
    case Calculation::percent:
    case Calculation::per_unit:
    case Calculation::new_price:
      return {"max_units", "unit_step"};
    case Calculation::buy_get:
      return {"buy", "get", "groups"};
    case Calculation::free_goods:
      return {"get", "every"};
    default:
      return {};
  }
}

constexpr std::array<std::string_view, 6> counting_names{"max_units", "unit_step", "buy",
                                                         "get",       "groups",    "every"};

class TypeReader {
 public:
  TypeReader(DocumentReader& reader, Schema& schema) : reader_{reader}, schema_{schema} {}

  void read(const JsonMember& member) {
    const Json& json = member.value;
    if (!reader_.members(
            json, {"value", "flags", "title", "calculation", "charge", "inputs", "parameters"}))
      return;
    reader_.text(json, "title");
    if (member.name.empty())
      reader_.fault(json, FaultCode::bad_text, "a condition type needs a name");
    type_.name = member.name;
    type_.value = choice(reader_, json, "value", value_kinds, ValueKind::price);
    if (json.find("value") == nullptr)
      reader_.fault(json, FaultCode::missing_value, "'value' is missing");
    read_flags(json);
    read_calculation(json);
    type_.inputs = names(json, "inputs");
    type_.parameters = names(json, "parameters");
    check_parameters(json);
    check_units(json);
    if (auto id = schema_.declare_type(type_); !id) reader_.fault(json, id.error());
  }

 private:
  void read_flags(const Json& json) {
    for (const Json& flag : reader_.items(json, "flags", false)) {
      const auto id = schema_.find_flag(flag.text());
      if (id) {
        type_.default_flags |= engine::model::flag_bit(*id);
      } else {
        reader_.fault(flag, FaultCode::unknown_field, "flag '" + flag.text() + "' is not declared");
      }
    }
  }

  void read_calculation(const Json& json) {
    type_.calculation = choice(reader_, json, "calculation", calculations, Calculation::none);
    type_.charge = reader_.text(json, "charge");
    const Json* charge = json.find("charge");
    if (is_of_charge(type_.calculation)) {
      if (type_.charge.empty()) {
        reader_.fault(json, FaultCode::missing_value,
                      "a calculation on a charge names the step that is the charge: 'charge'");
      }
    } else if (charge != nullptr) {
      reader_.fault(*charge, FaultCode::bad_document,
                    "a charge goes with the calculations charge_percent and charge_amount");
    }
    const auto kinds = kinds_for(type_.calculation);
    if (kinds.empty() || std::ranges::find(kinds, type_.value) != kinds.end()) return;
    std::string fitting;
    for (const auto& [name, kind] : value_kinds) {
      if (std::ranges::find(kinds, kind) != kinds.end())
        fitting += (fitting.empty() ? "" : " or ") + std::string{name};
    }
    reader_.fault(*json.find("calculation"), FaultCode::contradicting_values,
                  "this calculation takes a value that is " + fitting);
  }

  std::vector<std::string> names(const Json& json, std::string_view member) {
    std::vector<std::string> all;
    for (const Json& item : reader_.items(json, member, false)) {
      const auto name = reader_.text_of(item);
      if (!name) continue;
      if (!is_free_name(*name, words_of_expressions)) {
        reader_.fault(item, FaultCode::bad_text, name_rule);
      } else if (std::ranges::find(all, *name) != all.end()) {
        reader_.fault(item, FaultCode::contradicting_values, "'" + *name + "' stands twice");
      }
      all.push_back(*name);
    }
    return all;
  }

  // step.NAME must mean one thing.
  void check_parameters(const Json& json) {
    for (const Json& item : reader_.items(json, "parameters", false)) {
      const std::string& name = item.text();
      const bool word = std::ranges::find(results_of_steps, name) != results_of_steps.end();
      const bool input = std::ranges::find(type_.inputs, name) != type_.inputs.end();
      check_count(item, name);
      if (!word && !input && !schema_.find_flag(name)) continue;
      reader_.fault(item, FaultCode::contradicting_values,
                    "'" + name + "' is the name of an input or a flag, or what each step has");
    }
  }

  // Whoever limits the units of a calculation that counts none would wait for it in vain.
  void check_count(const Json& item, const std::string& name) {
    const auto own = counts_of(type_.calculation);
    const bool counts = std::ranges::find(counting_names, name) != counting_names.end();
    if (!counts || type_.calculation == Calculation::none ||
        std::ranges::find(own, name) != own.end())
      return;
    reader_.fault(item, FaultCode::contradicting_values,
                  "'" + name + "' counts units of other calculations, and this one does not read " +
                      "it; call the number something else");
  }

  // How many units to buy, and on how many others the reward is.
  void check_units(const Json& json) {
    if (type_.calculation != Calculation::buy_get) return;
    for (const char* name : {"buy", "get"}) {
      if (std::ranges::find(type_.parameters, name) != type_.parameters.end()) continue;
      reader_.fault(json, FaultCode::missing_value,
                    std::string{"buy_get needs '"} + name + "' among the parameters");
    }
  }

  DocumentReader& reader_;
  Schema& schema_;
  ConditionType type_;
};

void read_field(const JsonMember& member, DocumentReader& reader, Schema& schema) {
  if (!reader.members(member.value, {"side", "value", "title"})) return;
  reader.text(member.value, "title");
  const FieldSide side = choice(reader, member.value, "side", sides, FieldSide::question);
  const FieldValue value = choice(reader, member.value, "value", field_values, FieldValue::text);
  if (!is_name(member.name)) {
    reader.fault(member.value, FaultCode::bad_text, "a name is lower case letters, digits and _");
  }
  if (auto id = schema.declare_field(member.name, side, Domain::text, value); !id)
    reader.fault(member.value, id.error());
}

void read_flag(const Json& flag, DocumentReader& reader, Schema& schema) {
  const auto name = reader.text_of(flag);
  if (!name) return;
  if (!is_free_name(*name, results_of_steps)) {
    reader.fault(flag, FaultCode::bad_text, name_rule);
    return;
  }
  if (auto id = schema.declare_flag(*name); !id) reader.fault(flag, id.error());
}

}  // namespace

void read_fields(const Json& document, DocumentReader& reader, Schema& schema) {
  for (const JsonMember& member : reader.entries(document, "fields"))
    read_field(member, reader, schema);
}

void read_declarations(const Json& document, DocumentReader& reader, Schema& schema) {
  read_fields(document, reader, schema);
  for (const Json& flag : reader.items(document, "flags", false)) read_flag(flag, reader, schema);
  for (const JsonMember& member : reader.entries(document, "condition_types"))
    TypeReader{reader, schema}.read(member);
}

}  // namespace rules

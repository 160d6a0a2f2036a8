#include "rules/parameters.hpp"

#include "rules/choices.hpp"
#include "rules/expression.hpp"
#include "rules/names.hpp"

#include <optional>

namespace rules {

using engine::base::FaultCode;

namespace {

enum class ParameterType { decimal, truth, text, texts, decimals };

const Choices<ParameterType> parameter_types{{"decimal", ParameterType::decimal},
                                             {"bool", ParameterType::truth},
                                             {"string", ParameterType::text},
                                             {"strings", ParameterType::texts},
                                             {"decimals", ParameterType::decimals}};

bool is_kind(const Json& value, Json::Kind kind, const char* wanted, DocumentReader& reader) {
  if (value.is(kind)) return true;
  reader.fault(value, FaultCode::bad_document,
               std::string{wanted} + " is wanted here, not " + kind_name(value.kind()));
  return false;
}

std::optional<Constant> text_list(const Json& value, DocumentReader& reader) {
  if (!is_kind(value, Json::Kind::array, "a list of texts", reader)) return std::nullopt;
  return reader.texts(value);
}

std::optional<Constant> number_list(const Json& value, DocumentReader& reader) {
  if (!is_kind(value, Json::Kind::array, "a list of numbers", reader)) return std::nullopt;
  Decimals all;
  for (const Json& item : value.items()) {
    if (const auto number = reader.decimal_of(item)) all.push_back(*number);
  }
  return all;
}

std::optional<Constant> read_constant(const Json& value, ParameterType type,
                                      DocumentReader& reader) {
  switch (type) {
    case ParameterType::decimal:
      if (const auto number = reader.decimal_of(value)) return *number;
      return std::nullopt;
    case ParameterType::truth:
      if (!is_kind(value, Json::Kind::boolean, "true or false", reader)) return std::nullopt;
      return value.boolean();
    case ParameterType::text:
      if (!is_kind(value, Json::Kind::string, "a text", reader)) return std::nullopt;
      return value.text();
    case ParameterType::texts:
      return text_list(value, reader);
    case ParameterType::decimals:
      break;
  }
  return number_list(value, reader);
}

// "$name" without its $; empty where the text is something else.
std::string_view reference(const Json& value) {
  if (!value.is(Json::Kind::string) || !value.text().starts_with('$')) return {};
  const std::string_view name = std::string_view{value.text()}.substr(1);
  return is_name(name) ? name : std::string_view{};
}

bool is_read_literally(const std::string& pointer) {
  return pointer.starts_with("/parameters/") || pointer == "/procedure" ||
         pointer.ends_with("/comment") || pointer.find("/comment/") != std::string::npos;
}

std::string value_text(const Json& value) {
  if (value.is(Json::Kind::boolean)) return value.boolean() ? "true" : "false";
  if (!value.is(Json::Kind::array)) return value.text();
  std::string text;
  for (const Json& item : value.items()) text += (text.empty() ? "" : "|") + value_text(item);
  return text;
}

}  // namespace

ParameterValues read_parameters(const Json& document, DocumentReader& reader,
                                const GivenParameters& given) {
  ParameterValues values;
  for (const JsonMember& member : reader.entries(document, "parameters")) {
    if (!reader.members(member.value, {"type", "value", "title"})) continue;
    reader.text(member.value, "title");
    if (!is_free_name(member.name, words_of_expressions))
      reader.fault(member.value, FaultCode::bad_text, name_rule);
    const auto type = choice(reader, member.value, "type", parameter_types, ParameterType::decimal);
    const Json* other = given.values == nullptr ? nullptr : given.values->find(member.name);
    const Json* value = other == nullptr ? member.value.find("value") : other;
    if (value == nullptr) {
      reader.fault(member.value, FaultCode::missing_value, "'value' is missing");
      continue;
    }
    const auto constant = read_constant(*value, type, other == nullptr ? reader : *given.reader);
    if (!constant) continue;
    values.constants.emplace(member.name, *constant);
    values.as_written.emplace(member.name, value);
  }
  if (given.values == nullptr) return values;
  const Json* declared = document.find("parameters");
  for (const JsonMember& member : given.values->members()) {
    if (declared != nullptr && declared->find(member.name) != nullptr) continue;
    given.reader->fault(member.value, FaultCode::bad_document,
                        "the procedure has no parameter '" + member.name + "'");
  }
  return values;
}

Json with_parameters(const Json& document, const ParameterValues& values, DocumentReader& reader) {
  return document.replaced([&](const Json& value) -> const Json* {
    const std::string_view name = reference(value);
    if (name.empty() || is_read_literally(value.pointer())) return nullptr;
    const auto found = values.as_written.find(name);
    if (found != values.as_written.end()) return found->second;
    reader.fault(value, FaultCode::bad_document,
                 "'$" + std::string{name} + "' is no parameter of this procedure");
    return nullptr;
  });
}

std::string variant_text(const Json* given) {
  std::map<std::string, std::string> values;
  if (given != nullptr) {
    for (const JsonMember& member : given->members())
      values.emplace(member.name, value_text(member.value));
  }
  std::string text;
  for (const auto& [name, value] : values)
    text.append(text.empty() ? "" : ", ").append(name).append(" ").append(value);
  return text;
}

}  // namespace rules

#include "tests/peers/parts/rules_of_case.hpp"

#include "tests/peers/parts/source.hpp"

#include <set>
#include <stdexcept>

namespace tests::peers {

using rules::Json;
using rules::JsonMember;

namespace {

// Names of the members of the objects at `open_fields`, those apart that the procedure declares.
std::set<std::string> open_fields(const System& system, const Scope& scope) {
  std::set<std::string> names;
  const Json* paths = system.mapping.find("open_fields");
  if (paths == nullptr) return names;
  const Json* declared = system.procedure.find("fields");
  for (const Json& path : paths->items()) {
    for (const Json* object : look_up_all(scope, path.text())) {
      for (const JsonMember& member : object->members()) {
        if (declared == nullptr || declared->find(member.name) == nullptr)
          names.insert(member.name);
      }
    }
  }
  for (const char* taken : {"currency", "date"}) names.erase(taken);
  return names;
}

std::string fields_text(const System& system, const std::set<std::string>& names) {
  std::string text;
  const Json* declared = system.procedure.find("fields");
  if (declared != nullptr) {
    for (const JsonMember& member : declared->members())
      text += (text.empty() ? "" : ",") + json_string(member.name) + ":" + json_text(member.value);
  }
  for (const std::string& name : names) {
    text += text.empty() ? "" : ",";
    text += json_string(name) + ":{\"side\":\"question\"}";
  }
  return "{" + text + "}";
}

std::string procedure_text(const System& system, const Scope& scope) {
  const auto names = open_fields(system, scope);
  if (names.empty()) return json_text(system.procedure);
  std::string text = "{\"fields\":" + fields_text(system, names);
  for (const JsonMember& member : system.procedure.members()) {
    if (member.name != "fields")
      text += "," + json_string(member.name) + ":" + json_text(member.value);
  }
  return text + "}";
}

// A parameter's value by the type that the procedure declares it with.
std::string parameter_text(const Json& declared, const Json& source, const Scope& scope) {
  const Json* type = declared.find("type");
  const std::string kind = type == nullptr ? "decimal" : type->text();
  if (kind == "strings" || kind == "decimals") {
    std::string list;
    for (const std::string& text : evaluate_all(source, scope))
      list += (list.empty() ? "" : ",") + json_string(text);
    return list.empty() ? list : "[" + list + "]";
  }
  const Text value = evaluate(source, scope);
  if (!value) return {};
  return kind == "string" || kind == "decimal" ? json_string(*value) : *value;
}

std::string lookup_text(const System& system, const Scope& scope) {
  std::string parameters;
  const Json* settings = system.mapping.find("settings");
  const Json* declared = system.procedure.find("parameters");
  if (settings != nullptr && declared != nullptr) {
    for (const JsonMember& setting : settings->members()) {
      const Json* parameter = declared->find(setting.name);
      if (parameter == nullptr)
        throw std::runtime_error("mapping: the procedure has no parameter '" + setting.name + "'");
      const std::string value = parameter_text(*parameter, setting.value, scope);
      if (!value.empty())
        parameters += (parameters.empty() ? "" : ",") + json_string(setting.name) + ":" + value;
    }
  }
  return "{\"procedure_lookup\":[{\"procedure\":" +
         json_string(system.procedure.find("procedure")->text()) + ",\"parameters\":{" +
         parameters + "}}]}";
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string made = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') made += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      constexpr std::string_view digits = "0123456789abcdef";
      const auto code = static_cast<std::size_t>(static_cast<unsigned char>(c));
      made += "\\u00";
      made += digits[code / 16];
      made += digits[code % 16];
    } else {
      made += c;
    }
  }
  return made + "\"";
}

std::string json_text(const Json& value) {
  switch (value.kind()) {
    case Json::Kind::null:
      return "null";
    case Json::Kind::boolean:
      return value.boolean() ? "true" : "false";
    case Json::Kind::number:
      return value.text();
    case Json::Kind::string:
      return json_string(value.text());
    case Json::Kind::array:
      break;
    case Json::Kind::object:
      break;
  }
  std::string text;
  for (const Json& item : value.items()) text += (text.empty() ? "" : ",") + json_text(item);
  for (const JsonMember& member : value.members())
    text += (text.empty() ? "" : ",") + json_string(member.name) + ":" + json_text(member.value);
  return value.is(Json::Kind::array) ? "[" + text + "]" : "{" + text + "}";
}

std::vector<rules::RuleDocument> rules_of_case(const System& system, const Scope& scope) {
  const std::string name = system.procedure.find("procedure")->text();
  std::vector<rules::RuleDocument> documents;
  documents.push_back({name + ".json", procedure_text(system, scope)});
  if (system.mapping.find("settings") != nullptr)
    documents.push_back({"lookup.json", lookup_text(system, scope)});
  return documents;
}

}  // namespace tests::peers

// Members of rules documents that take one of a few values by name.
#pragma once

#include "rules/document_reader.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rules {

template <class Enum>
using Choices = std::vector<std::pair<std::string_view, Enum>>;

// What `given` names; a Fault at `at` where it is none of the names.
template <class Enum>
std::optional<Enum> chosen(DocumentReader& reader, const Json& at, std::string_view given,
                           const Choices<Enum>& choices) {
  std::string known;
  for (const auto& [name, value] : choices) {
    if (name == given) return value;
    known += (known.empty() ? "" : ", ") + std::string{name};
  }
  reader.fault(at, engine::base::FaultCode::bad_document,
               "'" + std::string{given} + "' is none of " + known);
  return std::nullopt;
}

// Of the object's member `name`; `otherwise` where there is none, or none that can be read.
template <class Enum>
Enum choice(DocumentReader& reader, const Json& object, std::string_view name,
            const Choices<Enum>& choices, Enum otherwise) {
  const std::string given = reader.text(object, name);
  const Json* value = object.find(name);
  if (value == nullptr || !value->is(Json::Kind::string)) return otherwise;
  return chosen(reader, *value, given, choices).value_or(otherwise);
}

}  // namespace rules

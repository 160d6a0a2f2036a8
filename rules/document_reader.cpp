#include "rules/document_reader.hpp"

#include <algorithm>

namespace rules {

using engine::base::Decimal;
using engine::base::Fault;
using engine::base::FaultCode;

void DocumentReader::fault(const Json& at, FaultCode code, std::string why) {
  faults_.push_back(Fault{code, place(at), std::move(why)});
}

void DocumentReader::fault(const Json& at, const Fault& from) {
  fault(at, from.code, from.where.empty() ? from.detail : from.where + ": " + from.detail);
}

bool DocumentReader::members(const Json& object, std::initializer_list<std::string_view> known) {
  if (!object.is(Json::Kind::object)) {
    fault(object, FaultCode::bad_document,
          std::string{"an object is wanted here, not "} + kind_name(object.kind()));
    return false;
  }
  for (const JsonMember& member : object.members()) {
    const bool schema = member.name == "$schema" && object.pointer().empty();
    if (std::ranges::find(known, member.name) != known.end() || schema || member.name == "comment")
      continue;
    std::string names;
    for (const std::string_view name : known)
      names += (names.empty() ? "" : ", ") + std::string{name};
    fault(member.value, FaultCode::bad_document,
          "'" + member.name + "' has no meaning here; known are " + names);
  }
  return true;
}

const Json* DocumentReader::typed(const Json& object, std::string_view name, Json::Kind kind) {
  const Json* value = object.find(name);
  if (value == nullptr || value->is(kind)) return value;
  fault(*value, FaultCode::bad_document,
        std::string{kind_name(kind)} + " is wanted here, not " + kind_name(value->kind()));
  return nullptr;
}

std::string DocumentReader::text(const Json& object, std::string_view name,
                                 std::string_view otherwise) {
  const Json* value = typed(object, name, Json::Kind::string);
  return value == nullptr ? std::string{otherwise} : value->text();
}

std::string DocumentReader::required_text(const Json& object, std::string_view name) {
  std::string value = text(object, name);
  if (value.empty())
    fault(object, FaultCode::missing_value, "'" + std::string{name} + "' is missing or empty");
  return value;
}

bool DocumentReader::flag(const Json& object, std::string_view name, bool otherwise) {
  const Json* value = typed(object, name, Json::Kind::boolean);
  return value == nullptr ? otherwise : value->boolean();
}

std::optional<Decimal> DocumentReader::decimal(const Json& object, std::string_view name) {
  const Json* value = object.find(name);
  return value == nullptr ? std::nullopt : decimal_of(*value);
}

std::optional<Decimal> DocumentReader::decimal_of(const Json& value) {
  if (!value.is(Json::Kind::string) && !value.is(Json::Kind::number)) {
    fault(value, FaultCode::bad_number,
          std::string{"a number is wanted here, not "} + kind_name(value.kind()));
    return std::nullopt;
  }
  auto parsed = engine::base::parse_decimal(value.text());
  if (!parsed) {
    fault(value, parsed.error());
    return std::nullopt;
  }
  return *parsed;
}

std::optional<int> DocumentReader::whole(const Json& object, std::string_view name, int least,
                                         int most) {
  const auto value = decimal(object, name);
  if (!value) return std::nullopt;
  const auto number = engine::base::mantissa_at(*value, 0);
  if (!number || *number < least || *number > most) {
    fault(*object.find(name), FaultCode::out_of_range,
          "a whole number from " + std::to_string(least) + " to " + std::to_string(most) +
              " is wanted here");
    return std::nullopt;
  }
  return static_cast<int>(*number);
}

std::optional<std::string> DocumentReader::text_of(const Json& value) {
  if (value.is(Json::Kind::string) && !value.text().empty()) return value.text();
  const std::string found = value.is(Json::Kind::string) ? "an empty one" : kind_name(value.kind());
  fault(value, FaultCode::bad_document, "a text is wanted here, not " + found);
  return std::nullopt;
}

std::vector<std::string> DocumentReader::texts(const Json& value) {
  if (value.is(Json::Kind::string)) return {value.text()};
  std::vector<std::string> all;
  if (!value.is(Json::Kind::array)) {
    fault(value, FaultCode::bad_document, "a text or a list of texts is wanted here");
    return all;
  }
  for (const Json& item : value.items()) {
    if (item.is(Json::Kind::string)) {
      all.push_back(item.text());
    } else {
      fault(item, FaultCode::bad_document,
            std::string{"a text is wanted here, not "} + kind_name(item.kind()));
    }
  }
  return all;
}

std::span<const Json> DocumentReader::items(const Json& object, std::string_view name,
                                            bool required) {
  const Json* value = typed(object, name, Json::Kind::array);
  if (value != nullptr) return value->items();
  if (required && object.find(name) == nullptr)
    fault(object, FaultCode::missing_value, "'" + std::string{name} + "' is missing");
  return {};
}

std::span<const JsonMember> DocumentReader::entries(const Json& object, std::string_view name) {
  const Json* value = typed(object, name, Json::Kind::object);
  return value == nullptr ? std::span<const JsonMember>{} : value->members();
}

}  // namespace rules

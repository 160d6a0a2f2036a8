#include "tests/rules/json_schema.hpp"

#include "engine/base/decimal.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <regex>

namespace tests {

using engine::base::Decimal;
using rules::Json;
using rules::JsonMember;

namespace {

constexpr std::array<std::string_view, 7> annotations{"$schema",     "$id",     "$defs",   "title",
                                                      "description", "default", "examples"};

std::optional<Decimal> decimal_of(const Json& value) {
  if (!value.is(Json::Kind::number)) return std::nullopt;
  const auto parsed = engine::base::parse_decimal(value.text());
  return parsed ? std::optional{*parsed} : std::nullopt;
}

std::size_t count_of(const Json& keyword) {
  return static_cast<std::size_t>(std::stoul(keyword.text()));
}

// a < b, exactly.
bool is_less(const Decimal& a, const Decimal& b) {
  const int decimals = std::max(a.decimals, b.decimals);
  return *engine::base::mantissa_at(a, decimals) < *engine::base::mantissa_at(b, decimals);
}

bool is_equal(const Json& a, const Json& b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Json::Kind::null:
      return true;
    case Json::Kind::boolean:
      return a.boolean() == b.boolean();
    case Json::Kind::number:
      return decimal_of(a) == decimal_of(b);
    case Json::Kind::string:
      return a.text() == b.text();
    case Json::Kind::array:
      return std::ranges::equal(a.items(), b.items(), is_equal);
    case Json::Kind::object:
      break;
  }
  return a.members().size() == b.members().size() &&
         std::ranges::all_of(a.members(), [&](const JsonMember& member) {
           const Json* other = b.find(member.name);
           return other != nullptr && is_equal(member.value, *other);
         });
}

bool has_type(const Json& value, std::string_view type) {
  if (type == "integer") {
    const auto number = decimal_of(value);
    return number && engine::base::mantissa_at(*number, 0).has_value();
  }
  static constexpr std::array<std::string_view, 6> names{"null",   "boolean", "number",
                                                         "string", "array",   "object"};
  return type == names[static_cast<std::size_t>(value.kind())];
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

class Validator {
 public:
  explicit Validator(const Json& root) : root_{root} {}

  void check(const Json& value, const Json& schema) {
    for (const JsonMember& keyword : schema.members()) {
      if (std::ranges::find(annotations, keyword.name) != annotations.end()) continue;
      if (general(value, keyword) || of_object(value, schema, keyword) ||
          of_array(value, keyword) || of_scalar(value, keyword))
        continue;
      find(value, "the schema has the keyword '" + keyword.name + "', which nobody checks");
    }
  }

  std::vector<SchemaFinding> take() { return std::move(findings_); }

 private:
  void find(const Json& value, std::string reason) {
    findings_.push_back({value.pointer(), std::move(reason)});
  }

  bool holds(const Json& value, const Json& schema) const {
    Validator inner{root_};
    inner.check(value, schema);
    return inner.findings_.empty();
  }

  // Each of these says whether the keyword is one of its own.
  bool general(const Json& value, const JsonMember& keyword) {
    const Json& wanted = keyword.value;
    if (keyword.name == "$ref") {
      const Json* schema = schema_at(root_, wanted.text());
      if (schema == nullptr)
        find(value, "the schema refers to '" + wanted.text() + "', which is not there");
      if (schema != nullptr) check(value, *schema);
    } else if (keyword.name == "type") {
      if (!has_type(value, wanted.text())) find(value, "is not of type " + wanted.text());
    } else if (keyword.name == "enum") {
      const bool known = std::ranges::any_of(wanted.items(),
                                             [&](const Json& one) { return is_equal(value, one); });
      if (!known) find(value, "is none of the values listed");
    } else if (keyword.name == "const") {
      if (!is_equal(value, wanted)) find(value, "is not '" + wanted.text() + "'");
    } else if (keyword.name == "anyOf" || keyword.name == "oneOf") {
      const auto count =
          std::ranges::count_if(wanted.items(), [&](const Json& one) { return holds(value, one); });
      if (count == 0) find(value, "fits none of the forms of " + keyword.name);
      if (count > 1 && keyword.name == "oneOf") find(value, "fits several forms of oneOf");
    } else {
      return false;
    }
    return true;
  }

  bool of_object(const Json& value, const Json& schema, const JsonMember& keyword) {
    const Json& wanted = keyword.value;
    if (keyword.name == "properties") {
      for (const JsonMember& property : wanted.members()) {
        if (const Json* member = value.find(property.name)) check(*member, property.value);
      }
    } else if (keyword.name == "required") {
      for (const Json& name : wanted.items()) {
        if (value.is(Json::Kind::object) && value.find(name.text()) == nullptr)
          find(value, "lacks '" + name.text() + "'");
      }
    } else if (keyword.name == "additionalProperties") {
      check_additional(value, schema, wanted);
    } else if (keyword.name == "propertyNames") {
      for (const JsonMember& member : value.members()) check_name(member, wanted);
    } else if (keyword.name == "minProperties") {
      if (value.is(Json::Kind::object) && value.members().size() < count_of(wanted))
        find(value, "has too few members");
    } else {
      return false;
    }
    return true;
  }

  void check_additional(const Json& value, const Json& schema, const Json& wanted) {
    const Json* properties = schema.find("properties");
    for (const JsonMember& member : value.members()) {
      if (properties != nullptr && properties->find(member.name) != nullptr) continue;
      if (wanted.is(Json::Kind::object)) {
        check(member.value, wanted);
      } else if (!wanted.boolean()) {
        find(member.value, "is a member that the schema does not know");
      }
    }
  }

  // A name is checked as the string it is.
  void check_name(const JsonMember& member, const Json& schema) {
    std::string quoted = "\"";
    for (const char c : member.name) (quoted += c == '"' || c == '\\' ? "\\" : "") += c;
    const auto name = rules::parse_json(quoted + "\"");
    if (!name || !holds(*name, schema)) find(member.value, "has a name that does not fit");
  }

  bool of_array(const Json& value, const JsonMember& keyword) {
    const Json& wanted = keyword.value;
    const bool array = value.is(Json::Kind::array);
    if (keyword.name == "items") {
      for (const Json& item : value.items()) check(item, wanted);
    } else if (keyword.name == "minItems") {
      if (array && value.items().size() < count_of(wanted)) find(value, "has too few items");
    } else if (keyword.name == "maxItems") {
      if (array && value.items().size() > count_of(wanted)) find(value, "has too many items");
    } else if (keyword.name == "uniqueItems") {
      const auto items = value.items();
      for (std::size_t i = 1; i < items.size(); ++i) {
        if (std::any_of(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(i),
                        [&](const Json& other) { return is_equal(other, items[i]); })) {
          find(items[i], "stands twice");
        }
      }
    } else {
      return false;
    }
    return true;
  }

  bool of_scalar(const Json& value, const JsonMember& keyword) {
    const Json& wanted = keyword.value;
    const bool text = value.is(Json::Kind::string);
    const auto number = decimal_of(value);
    if (keyword.name == "pattern") {
      if (text && !std::regex_search(value.text(), std::regex{wanted.text()}))
        find(value, "does not fit " + wanted.text());
    } else if (keyword.name == "minLength") {
      if (text && code_points(value.text()) < count_of(wanted)) find(value, "is too short");
    } else if (keyword.name == "maxLength") {
      if (text && code_points(value.text()) > count_of(wanted)) find(value, "is too long");
    } else if (keyword.name == "minimum") {
      if (number && is_less(*number, *decimal_of(wanted))) find(value, "is too small");
    } else if (keyword.name == "exclusiveMinimum") {
      if (number && !is_less(*decimal_of(wanted), *number)) find(value, "is too small");
    } else if (keyword.name == "maximum") {
      if (number && is_less(*decimal_of(wanted), *number)) find(value, "is too large");
    } else {
      return false;
    }
    return true;
  }

  const Json& root_;
  std::vector<SchemaFinding> findings_;
};

}  // namespace

std::vector<SchemaFinding> validate(const Json& document, const Json& root) {
  Validator validator{root};
  validator.check(document, root);
  return validator.take();
}

const Json* schema_at(const Json& root, std::string_view reference) {
  if (!reference.starts_with('#')) return nullptr;
  reference.remove_prefix(1);
  const Json* at = &root;
  while (at != nullptr && !reference.empty()) {
    reference.remove_prefix(1);
    const std::string_view step = reference.substr(0, reference.find('/'));
    reference.remove_prefix(step.size());
    if (at->is(Json::Kind::array)) {
      const auto number = static_cast<std::size_t>(std::stoul(std::string{step}));
      at = number < at->items().size() ? &at->items()[number] : nullptr;
    } else {
      at = at->find(step);
    }
  }
  return at;
}

std::string describe(const std::vector<SchemaFinding>& findings) {
  std::string text;
  for (const SchemaFinding& finding : findings)
    text += finding.pointer + " " + finding.reason + "\n";
  return text;
}

}  // namespace tests

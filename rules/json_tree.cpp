#include "rules/json_tree.hpp"

#include <simdjson.h>

#include <algorithm>
#include <numeric>

namespace rules {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
namespace ondemand = simdjson::ondemand;

namespace {

// Line and character within it, both from 1.
std::string place_in(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = std::ranges::count(before, '\n') + 1;
  const std::size_t line_start = before.rfind('\n') + 1;
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
  const auto column =
      std::ranges::count_if(before.substr(line_start), [&](char c) { return !continues(c); }) + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

// Where the text stops being UTF-8. Only asked when it does.
std::size_t first_invalid_utf8(std::string_view text) {
  std::size_t line_start = 0;
  while (true) {
    const std::size_t line_end = std::min(text.find('\n', line_start), text.size());
    if (!simdjson::validate_utf8(text.substr(line_start, line_end - line_start)) ||
        line_end == text.size())
      break;
    line_start = line_end + 1;
  }
  std::size_t valid = line_start;
  for (std::size_t end = line_start + 1; end <= std::min(text.size(), valid + 4); ++end) {
    if (simdjson::validate_utf8(text.substr(valid, end - valid))) valid = end;
  }
  return valid;
}

// The quote of the string that never ends: the last one that opens a string.
std::size_t last_open_quote(std::string_view text) {
  std::size_t open = text.size();
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (inside && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      inside = !inside;
      if (inside) open = i;
    }
  }
  return open;
}

std::size_t first_control_character_in_string(std::string_view text) {
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (inside && static_cast<unsigned char>(text[i]) < 0x20) return i;
    if (inside && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      inside = !inside;
    }
  }
  return text.size();
}

bool is_number(std::string_view token) {
  const auto skip_digits = [&] {
    const std::size_t count = std::min(token.find_first_not_of("0123456789"), token.size());
    token.remove_prefix(count);
    return count;
  };
  if (token.starts_with('-')) token.remove_prefix(1);
  const bool leading_zero = token.starts_with('0');
  const std::size_t whole = skip_digits();
  if (whole == 0 || (leading_zero && whole > 1)) return false;
  if (token.starts_with('.')) {
    token.remove_prefix(1);
    if (skip_digits() == 0) return false;
  }
  if (token.starts_with('e') || token.starts_with('E')) {
    token.remove_prefix(1);
    if (token.starts_with('+') || token.starts_with('-')) token.remove_prefix(1);
    if (skip_digits() == 0) return false;
  }
  return token.empty();
}

std::string_view trimmed(std::string_view token) {
  const std::size_t last = token.find_last_not_of(" \t\r\n");
  return token.substr(0, last + 1);
}

// The name as one step of an RFC 6901 pointer.
std::string pointer_step(std::string_view name) {
  std::string step = "/";
  for (const char c : name) {
    if (c == '~') {
      step += "~0";
    } else if (c == '/') {
      step += "~1";
    } else {
      step += c;
    }
  }
  return step;
}

const char* reason_of(simdjson::error_code error) {
  switch (error) {
    case simdjson::EMPTY:
      return "there is no JSON here";
    case simdjson::UTF8_ERROR:
      return "not UTF-8 from here on";
    case simdjson::UNCLOSED_STRING:
      return "this text has no closing quote";
    case simdjson::UNESCAPED_CHARS:
      return "a control character in a text must be written as an escape";
    case simdjson::STRING_ERROR:
      return "a bad escape in a text";
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
      return "the array or object that starts here is not closed, or more text follows it";
    case simdjson::TAPE_ERROR:
      return "a comma, colon, quote, bracket or value is missing, or too many";
    default:
      return simdjson::error_message(error);
  }
}

}  // namespace

std::span<const JsonMember> Json::members() const { return members_; }

const Json* Json::find(std::string_view name) const {
  const auto found = std::ranges::find(members_, name, &JsonMember::name);
  return found == members_.end() ? nullptr : &found->value;
}

Json Json::replaced(const std::function<const Json*(const Json&)>& instead) const {
  if (const Json* other = instead(*this)) {
    Json copy = *other;
    copy.move_to(pointer_);
    return copy;
  }
  Json copy = *this;
  for (Json& item : copy.items_) item = item.replaced(instead);
  for (JsonMember& member : copy.members_) member.value = member.value.replaced(instead);
  return copy;
}

void Json::move_to(const std::string& pointer) {
  pointer_ = pointer;
  for (Json& item : items_) item.move_to(pointer);
  for (JsonMember& member : members_) member.value.move_to(pointer);
}

const char* kind_name(Json::Kind kind) {
  switch (kind) {
    case Json::Kind::null:
      return "null";
    case Json::Kind::boolean:
      return "true or false";
    case Json::Kind::number:
      return "a number";
    case Json::Kind::string:
      return "a string";
    case Json::Kind::array:
      return "an array";
    case Json::Kind::object:
      return "an object";
  }
  return "";
}

// Walks simdjson's on-demand document, which keeps numbers as their raw tokens but checks values
// only as they are visited: so every value is visited, and scalar tokens are checked here.
class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_{text}, padded_{text} {}

  Result<Json> read() {
    if (const auto error = parser_.iterate(padded_).get(document_))
      return fault(error, stage_one_offset(error));
    Json root;
    if (auto ok = read_value(document_, root, "", 0); !ok) return ok.error();
    if (const std::size_t at = rest_starts_at(); at < text_.size()) {
      return Fault{FaultCode::bad_json, place_in(text_, at),
                   "the JSON has ended, but more text follows"};
    }
    return root;
  }

 private:
  using Done = Result<void>;

  std::size_t stage_one_offset(simdjson::error_code error) const {
    if (error == simdjson::UTF8_ERROR) return first_invalid_utf8(text_);
    if (error == simdjson::UNCLOSED_STRING) return last_open_quote(text_);
    if (error == simdjson::UNESCAPED_CHARS) return first_control_character_in_string(text_);
    return text_.size();
  }

  std::size_t offset() {
    const char* location = nullptr;
    if (document_.current_location().get(location)) return text_.size();
    return static_cast<std::size_t>(location - padded_.data());
  }

  std::string here() { return place_in(text_, offset()); }

  Fault fault(simdjson::error_code error, std::size_t at) const {
    return Fault{FaultCode::bad_json, place_in(text_, at), reason_of(error)};
  }

  Fault fault(simdjson::error_code error) { return fault(error, offset()); }

  template <class Source>
  Done read_value(Source& source, Json& node, std::string pointer, std::size_t depth) {
    node.pointer_ = std::move(pointer);
    ondemand::json_type type{};
    if (const auto error = source.type().get(type)) return fault(error);
    if (type == ondemand::json_type::array || type == ondemand::json_type::object) {
      if (depth == json_depth_max) {
        return Fault{FaultCode::too_deep, here(),
                     "arrays and objects stand more than " + std::to_string(json_depth_max) +
                         " deep (json_depth_max)"};
      }
      return type == ondemand::json_type::array ? read_array(source, node, depth)
                                                : read_object(source, node, depth);
    }
    return type == ondemand::json_type::string ? read_string(source, node)
                                               : read_token(source, node);
  }

  template <class Source>
  Done read_array(Source& source, Json& node, std::size_t depth) {
    node.kind_ = Json::Kind::array;
    ondemand::array array;
    if (const auto error = source.get_array().get(array)) return fault(error);
    for (auto element : array) {
      ondemand::value value;
      if (const auto error = std::move(element).get(value)) return fault(error);
      std::string pointer = node.pointer_ + "/" + std::to_string(node.items_.size());
      if (auto ok = read_value(value, node.items_.emplace_back(), std::move(pointer), depth + 1);
          !ok)
        return ok;
    }
    return {};
  }

  template <class Source>
  Done read_object(Source& source, Json& node, std::size_t depth) {
    node.kind_ = Json::Kind::object;
    ondemand::object object;
    std::vector<std::size_t> offsets;
    if (const auto error = source.get_object().get(object)) return fault(error);
    for (auto found : object) {
      ondemand::field field;
      if (const auto error = std::move(found).get(field)) return fault(error);
      offsets.push_back(static_cast<std::size_t>(field.key().raw() - padded_.data()) - 1);
      std::string_view name;
      if (const auto error = field.unescaped_key().get(name)) return fault(error, offsets.back());
      JsonMember& member = node.members_.emplace_back();
      member.name = name;
      std::string pointer = node.pointer_ + pointer_step(member.name);
      if (auto ok = read_value(field.value(), member.value, std::move(pointer), depth + 1); !ok)
        return ok;
    }
    return check_names(node, offsets);
  }

  Done check_names(const Json& node, const std::vector<std::size_t>& offsets) const {
    std::vector<std::size_t> order(offsets.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto name_at = [&](std::size_t i) -> const std::string& { return node.members_[i].name; };
    std::ranges::stable_sort(order, {}, name_at);
    const auto twice = std::ranges::adjacent_find(order, {}, name_at);
    if (twice == order.end()) return {};
    return Fault{FaultCode::bad_json, place_in(text_, offsets[*std::next(twice)]),
                 "the member '" + name_at(*twice) + "' stands twice in this object"};
  }

  template <class Source>
  Done read_string(Source& source, Json& node) {
    const std::size_t start = offset();
    node.kind_ = Json::Kind::string;
    std::string_view value;
    if (const auto error = source.get_string().get(value)) return fault(error, start);
    node.text_ = value;
    return {};
  }

  // true, false, null and numbers.
  template <class Source>
  Done read_token(Source& source, Json& node) {
    const std::size_t start = offset();
    std::string_view raw;
    if (const auto error =
            simdjson::simdjson_result<std::string_view>(source.raw_json_token()).get(raw)) {
      return fault(error, start);
    }
    const std::string_view token = trimmed(raw);
    if (token == "true" || token == "false") {
      node.kind_ = Json::Kind::boolean;
      node.boolean_ = token == "true";
    } else if (is_number(token)) {
      node.kind_ = Json::Kind::number;
      node.text_ = token;
    } else if (token != "null") {
      return Fault{FaultCode::bad_json, place_in(text_, start),
                   "'" + std::string{token.substr(0, 40)} + "' is no JSON value"};
    }
    token_end_ = static_cast<std::size_t>(raw.data() + raw.size() - padded_.data());
    return {};
  }

  // What follows the root value; the text's size when nothing does. A root token was only looked
  // at, not consumed.
  std::size_t rest_starts_at() { return std::max(offset(), token_end_); }

  std::string_view text_;
  simdjson::padded_string padded_;
  ondemand::parser parser_;
  ondemand::document document_;
  std::size_t token_end_ = 0;  // of the last token read
};

Result<Json> parse_json(std::string_view text) {
  if (text.size() > json_size_max) {
    return Fault{FaultCode::too_large, "",
                 "the JSON has " + std::to_string(text.size()) + " bytes; at most " +
                     std::to_string(json_size_max) + " are read (json_size_max)"};
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return JsonReader{text}.read();
}

}  // namespace rules

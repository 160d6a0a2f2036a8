#include "server/json/quote_body.hpp"

#include "engine/base/limits.hpp"
#include "server/json/number_text.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <optional>
#include <span>
#include <string>

namespace server::json {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
namespace limits = engine::base::limits;
namespace ondemand = simdjson::ondemand;

namespace {

struct Buffers {
  ondemand::parser parser;
  std::string padded;               // the text, and the bytes that simdjson may read beyond it
  std::deque<std::string> spelled;  // numbers that came with an exponent, written without
};

enum class Member : std::uint8_t {
  customer,
  currency,
  date,
  language,
  field,
  attributes,
  lines,
  explain,
  ladder,
  availability,
  id,
  article,
  quantity,
  unit,
  agreement,
};

struct MemberName {
  std::string_view name;
  Member member;
};

constexpr std::array quote_members{
    MemberName{"customer", Member::customer},
    MemberName{"currency", Member::currency},
    MemberName{"date", Member::date},
    MemberName{"language", Member::language},
    MemberName{"sales_organisation", Member::field},
    MemberName{"site", Member::field},
    MemberName{"channel", Member::field},
    MemberName{"document_kind", Member::field},
    MemberName{"attributes", Member::attributes},
    MemberName{"lines", Member::lines},
    MemberName{"explain", Member::explain},
    MemberName{"ladder", Member::ladder},
    MemberName{"availability", Member::availability},
};

constexpr std::array availability_members{
    MemberName{"customer", Member::customer},   MemberName{"date", Member::date},
    MemberName{"language", Member::language},   MemberName{"sales_organisation", Member::field},
    MemberName{"site", Member::field},          MemberName{"channel", Member::field},
    MemberName{"document_kind", Member::field}, MemberName{"attributes", Member::attributes},
    MemberName{"articles", Member::lines},
};

constexpr std::array line_members{
    MemberName{"id", Member::id},
    MemberName{"article", Member::article},
    MemberName{"quantity", Member::quantity},
    MemberName{"unit", Member::unit},
    MemberName{"date", Member::date},
    MemberName{"agreement", Member::agreement},
    MemberName{"attributes", Member::attributes},
};

// An article of an availability question takes all of them but the last two.
constexpr auto article_members = std::span{line_members}.first<5>();

const char* type_name(ondemand::json_type type) {
  switch (type) {
    case ondemand::json_type::array:
      return "an array";
    case ondemand::json_type::object:
      return "an object";
    case ondemand::json_type::number:
      return "a number";
    case ondemand::json_type::string:
      return "a string";
    case ondemand::json_type::boolean:
      return "true or false";
    case ondemand::json_type::null:
      return "null";
  }
  return "something else";
}

const char* reason_of(simdjson::error_code error) {
  switch (error) {
    case simdjson::EMPTY:
      return "the body is empty";
    case simdjson::UTF8_ERROR:
      return "the text is not UTF-8";
    case simdjson::UNCLOSED_STRING:
      return "a text has no closing quote";
    case simdjson::UNESCAPED_CHARS:
      return "a control character in a text must be written as an escape";
    case simdjson::STRING_ERROR:
      return "a text has a bad escape";
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
      return "an array or object is not closed, or more text follows it";
    case simdjson::DEPTH_ERROR:
      return "arrays and objects are nested too deeply";
    default:
      return "a comma, colon, quote, bracket or value is missing, or too many";
  }
}

// Where the walk is: in the root object, or in one element of one of its members.
struct Place {
  std::string_view parent;
  std::optional<std::size_t> element;

  bool in_attributes = false;

  std::string pointer_to(std::string_view name) const {
    std::string pointer;
    if (!parent.empty()) pointer += pointer_step(parent);
    if (element) pointer += "/" + std::to_string(*element);
    if (in_attributes) pointer += "/attributes";
    if (!name.empty()) pointer += pointer_step(name);
    return pointer;
  }
};

// What a kind of body may hold: members of the root, and of each element of the list that it is
// about.
struct Shape {
  std::span<const MemberName> root;
  std::span<const MemberName> line;
  std::string_view lines_name;
};

// One pass over the document. Every step returns false once a fault is set.
class Walk {
 public:
  Walk(Buffers& buffers, QuoteBody& body) : buffers_{buffers}, body_{body} {}

  Result<void> run(std::string_view text, const Shape& shape) {
    shape_ = shape;
    reset(body_);
    buffers_.spelled.clear();
    buffers_.padded.assign(text);
    buffers_.padded.append(simdjson::SIMDJSON_PADDING, '\0');
    const simdjson::padded_string_view padded{buffers_.padded.data(), text.size(),
                                              buffers_.padded.size()};
    const auto error = buffers_.parser.iterate(padded).get(document_);
    is_open_ = error == simdjson::SUCCESS;
    if (!is_open_) {
      malformed(error);
    } else if (read_root()) {
      check_end();
    }
    return fault_ ? Result<void>{*std::move(fault_)} : Result<void>{};
  }

 private:
  bool read_root() {
    ondemand::json_type type{};
    if (const auto error = document_.type().get(type)) return malformed(error);
    if (type != ondemand::json_type::object) return wrong_type("", "an object", type);
    ondemand::object root;
    if (const auto error = document_.get_object().get(root)) return malformed(error);
    return read_members(root, shape_.root, {});
  }

  // Reads every member of `object`, which may hold those of `known` and each of them once.
  bool read_members(ondemand::object& object, std::span<const MemberName> known,
                    const Place& place) {
    std::uint32_t seen = 0;
    for (auto found : object) {
      ondemand::field field;
      std::string_view name;
      if (const auto error = std::move(found).get(field)) return malformed(error);
      if (const auto error = field.unescaped_key().get(name)) return malformed(error);
      const auto member = std::ranges::find(known, name, &MemberName::name);
      if (member == known.end()) return unknown_member(place, name, known);
      const auto bit = std::uint32_t{1} << static_cast<unsigned>(member - known.begin());
      if ((seen & bit) != 0)
        return fail(FaultCode::duplicate_key, place.pointer_to(name), "the member stands twice");
      seen |= bit;
      ondemand::json_type type{};
      if (const auto error = field.value().type().get(type)) return malformed(error);
      if (type == ondemand::json_type::null) {
        if (!read_null(field.value())) return false;
      } else if (!read_member(*member, field.value(), type, place)) {
        return false;
      }
    }
    return true;
  }

  bool read_member(const MemberName& member, ondemand::value& value, ondemand::json_type type,
                   const Place& place) {
    auto& request = body_.request;
    switch (member.member) {
      case Member::customer:
        return read_code(value, type, place, member.name, request.customer);
      case Member::currency:
        return read_code(value, type, place, member.name, request.currency);
      case Member::language:
        return read_code(value, type, place, member.name, request.language);
      case Member::date:
        return read_date(value, type, place, place.element ? line().date : request.date);
      case Member::field:
        return read_field(value, type, place, member.name);
      case Member::attributes:
        return read_attributes(value, type, place);
      case Member::lines:
        return read_lines(value, type);
      case Member::explain:
        return read_flag(value, type, member.name, body_.explain);
      case Member::ladder:
        return read_flag(value, type, member.name, body_.ladder);
      case Member::availability:
        return read_flag(value, type, member.name, body_.availability);
      case Member::id:
        return read_number_or_code(value, type, place, member.name, body_.line_ids.back());
      case Member::article:
        return read_code(value, type, place, member.name, line().article);
      case Member::quantity:
        return read_number_or_code(value, type, place, member.name, line().quantity);
      case Member::unit:
        return read_code(value, type, place, member.name, line().unit);
      case Member::agreement:
        return read_code(value, type, place, member.name, line().agreement);
    }
    return true;
  }

  engine::quote::LineRequest& line() { return body_.request.lines.back(); }

  bool read_lines(ondemand::value& value, ondemand::json_type type) {
    if (type != ondemand::json_type::array)
      return wrong_type(Place{}.pointer_to(shape_.lines_name), "an array", type);
    ondemand::array lines;
    if (const auto error = value.get_array().get(lines)) return malformed(error);
    lines_given_ = true;
    for (auto found : lines) {
      ondemand::value element;
      if (const auto error = std::move(found).get(element)) return malformed(error);
      if (body_.request.lines.size() == limits::lines_per_question) {
        return fail(FaultCode::too_many, Place{}.pointer_to(shape_.lines_name),
                    "at most " + std::to_string(limits::lines_per_question) +
                        " are taken in one question (lines_per_question)");
      }
      if (!read_line(element)) return false;
    }
    return true;
  }

  bool read_line(ondemand::value& element) {
    const Place place{shape_.lines_name, body_.request.lines.size()};
    ondemand::json_type type{};
    if (const auto error = element.type().get(type)) return malformed(error);
    if (type != ondemand::json_type::object)
      return wrong_type(place.pointer_to(""), "an object", type);
    ondemand::object object;
    if (const auto error = element.get_object().get(object)) return malformed(error);
    body_.request.lines.emplace_back();
    body_.line_ids.emplace_back();
    if (!read_members(object, shape_.line, place)) return false;
    if (!line().article.empty()) return true;
    return fail(FaultCode::missing_value, place.pointer_to("article"),
                "an article code is missing");
  }

  // Of the question, or of the line that `outer` stands in.
  bool read_attributes(ondemand::value& value, ondemand::json_type type, const Place& outer) {
    const Place place{outer.parent, outer.element, true};
    if (type != ondemand::json_type::object)
      return wrong_type(place.pointer_to(""), "an object", type);
    ondemand::object object;
    if (const auto error = value.get_object().get(object)) return malformed(error);
    for (auto found : object) {
      ondemand::field field;
      std::string_view name;
      if (const auto error = std::move(found).get(field)) return malformed(error);
      if (const auto error = field.unescaped_key().get(name)) return malformed(error);
      ondemand::json_type value_type{};
      if (const auto error = field.value().type().get(value_type)) return malformed(error);
      if (value_type == ondemand::json_type::null) {
        if (!read_null(field.value())) return false;
      } else if (!read_field(field.value(), value_type, place, name)) {
        return false;
      }
    }
    return true;
  }

  bool read_field(ondemand::value& value, ondemand::json_type type, const Place& place,
                  std::string_view name) {
    auto& fields = place.element ? line().fields : body_.request.fields;
    if (std::ranges::find(fields, name, &std::pair<std::string_view, std::string_view>::first) !=
        fields.end()) {
      return fail(FaultCode::duplicate_key, place.pointer_to(name), "the field is given twice");
    }
    if (fields.size() == attributes_max) {
      const Place all{place.parent, place.element, true};
      return fail(
          FaultCode::too_many, all.pointer_to(""),
          "at most " + std::to_string(attributes_max) + " fields are taken (attributes_max)");
    }
    std::string_view text;
    const bool read = place.in_attributes ? read_attribute(value, type, place, name, text)
                                          : read_code(value, type, place, name, text);
    if (read) fields.emplace_back(name, text);
    return read;
  }

  // The text of a string, of a number as it is written, "true" or "false".
  bool read_attribute(ondemand::value& value, ondemand::json_type type, const Place& place,
                      std::string_view name, std::string_view& out) {
    if (type != ondemand::json_type::boolean) {
      if (type == ondemand::json_type::string || type == ondemand::json_type::number)
        return read_number_or_code(value, type, place, name, out);
      return wrong_type(place.pointer_to(name), "a string, a number, true or false", type);
    }
    bool truth = false;
    if (const auto error = value.get_bool().get(truth)) return malformed(error);
    out = truth ? "true" : "false";
    return true;
  }

  bool read_code(ondemand::value& value, ondemand::json_type type, const Place& place,
                 std::string_view name, std::string_view& out) {
    if (type != ondemand::json_type::string)
      return wrong_type(place.pointer_to(name), "a string", type);
    if (const auto error = value.get_string().get(out)) return malformed(error);
    if (out.size() <= limits::code_length) return true;
    return fail(
        FaultCode::too_large, place.pointer_to(name),
        "a text here has at most " + std::to_string(limits::code_length) + " bytes (code_length)");
  }

  bool read_number_or_code(ondemand::value& value, ondemand::json_type type, const Place& place,
                           std::string_view name, std::string_view& out) {
    if (type == ondemand::json_type::string) return read_code(value, type, place, name, out);
    if (type != ondemand::json_type::number)
      return wrong_type(place.pointer_to(name), "a number or a string", type);
    std::string_view token = value.raw_json_token();
    token = token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
    if (!is_json_number(token)) return malformed(simdjson::NUMBER_ERROR);
    if (token.size() > number_length) {
      return fail(
          FaultCode::too_large, place.pointer_to(name),
          "a number has at most " + std::to_string(number_length) + " characters (number_length)");
    }
    out = token;
    if (auto spelled = without_exponent(token))
      out = buffers_.spelled.emplace_back(*std::move(spelled));
    return true;
  }

  bool read_date(ondemand::value& value, ondemand::json_type type, const Place& place,
                 std::optional<engine::base::CivilMinutes>& out) {
    std::string_view text;
    if (!read_code(value, type, place, "date", text)) return false;
    const auto date = engine::base::parse_civil(text);
    if (!date) return fail(date.error().code, place.pointer_to("date"), date.error().detail);
    out = *date;
    return true;
  }

  bool read_flag(ondemand::value& value, ondemand::json_type type, std::string_view name,
                 bool& out) {
    if (type != ondemand::json_type::boolean)
      return wrong_type(Place{}.pointer_to(name), "true or false", type);
    if (const auto error = value.get_bool().get(out)) return malformed(error);
    return true;
  }

  bool read_null(ondemand::value& value) {
    bool is_null = false;
    if (value.is_null().get(is_null) == simdjson::SUCCESS && is_null) return true;
    return malformed(simdjson::N_ATOM_ERROR);
  }

  // On-demand reading ends with the root object; what follows it would go unseen.
  bool check_end() {
    const char* rest = nullptr;
    if (document_.current_location().get(rest) == simdjson::SUCCESS) {
      return malformed(simdjson::INCOMPLETE_ARRAY_OR_OBJECT);
    }
    if (!lines_given_) {
      return fail(FaultCode::missing_value, Place{}.pointer_to(shape_.lines_name),
                  "this member is missing");
    }
    if (!body_.ladder || body_.request.lines.size() <= limits::ladder_lines) return true;
    return fail(FaultCode::too_many, Place{}.pointer_to("ladder"),
                "at most " + std::to_string(limits::ladder_lines) +
                    " lines get a ladder in one question (ladder_lines)");
  }

  bool malformed(simdjson::error_code error) {
    std::string detail = "not valid JSON: ";
    detail += reason_of(error);
    const char* location = nullptr;
    if (is_open_ && document_.current_location().get(location) == simdjson::SUCCESS) {
      detail += ", near byte " + std::to_string(location - buffers_.padded.data() + 1);
    }
    return fail(FaultCode::bad_json, "", std::move(detail));
  }

  bool wrong_type(std::string pointer, const char* wanted, ondemand::json_type found) {
    return fail(FaultCode::bad_request, std::move(pointer),
                std::string{"expected "} + wanted + ", found " + type_name(found));
  }

  bool unknown_member(const Place& place, std::string_view name,
                      std::span<const MemberName> known) {
    std::string detail = "no such member; these are known:";
    for (const auto& member : known)
      detail.append(&member == &known.front() ? " " : ", ").append(member.name);
    return fail(FaultCode::unknown_field, place.pointer_to(name.substr(0, limits::code_length)),
                std::move(detail));
  }

  bool fail(FaultCode code, std::string pointer, std::string detail) {
    fault_ = Fault{code, std::move(pointer), std::move(detail)};
    return false;
  }

  Buffers& buffers_;
  QuoteBody& body_;
  Shape shape_;
  ondemand::document document_;
  bool is_open_ = false;  // without, the document must not be asked for its place
  bool lines_given_ = false;
  std::optional<Fault> fault_;
};

}  // namespace

struct BodyReader::Parts : Buffers {};

void reset(QuoteBody& body) {
  QuoteBody fresh;
  fresh.request.lines.swap(body.request.lines);
  fresh.request.fields.swap(body.request.fields);
  fresh.line_ids.swap(body.line_ids);
  fresh.request.lines.clear();
  fresh.request.fields.clear();
  fresh.line_ids.clear();
  body = std::move(fresh);
}

BodyReader::BodyReader() : parts_{std::make_unique<Parts>()} {}

BodyReader::~BodyReader() = default;

Result<void> BodyReader::read_quote(std::string_view text, QuoteBody& body) {
  return Walk{*parts_, body}.run(text, {quote_members, line_members, "lines"});
}

Result<void> BodyReader::read_availability(std::string_view text, QuoteBody& body) {
  return Walk{*parts_, body}.run(text, {availability_members, article_members, "articles"});
}

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

}  // namespace server::json

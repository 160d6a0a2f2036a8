#include "tests/peers/parts/source.hpp"

#include "engine/base/date.hpp"
#include "engine/base/decimal.hpp"

#include <algorithm>
#include <regex>
#include <stdexcept>

namespace tests::peers {

using engine::base::CivilMinutes;
using engine::base::Decimal;
using rules::Json;
using rules::JsonMember;

namespace {

[[noreturn]] void mistake(const std::string& why) { throw std::runtime_error("mapping: " + why); }

std::optional<Decimal> number(std::string_view text) {
  const auto value = engine::base::parse_decimal(text);
  return value ? std::optional{*value} : std::nullopt;
}

bool less(const Decimal& a, const Decimal& b) {
  const int decimals = std::max(a.decimals, b.decimals);
  const auto x = engine::base::mantissa_at(a, decimals);
  const auto y = engine::base::mantissa_at(b, decimals);
  return x && y && *x < *y;
}

// "#" and "@name", also of a row further out: "^#".
Text mark_value(std::string_view path, const Scope& scope) {
  const Scope* at = &scope;
  for (; !path.empty() && path.front() == '^' && at->around != nullptr; path.remove_prefix(1))
    at = at->around;
  if (path == "#") return std::to_string(at->place);
  return path == "@name" ? Text{at->member_name} : std::nullopt;
}

Text place_value(std::string_view path, const Scope& scope) {
  if (const Text mark = mark_value(path, scope)) return mark;
  const Json* value = look_up(scope, path == "@value" ? "." : path);
  return value == nullptr ? std::nullopt : scalar(*value);
}

// A text with an apostrophe goes between double quotes instead.
void requote(std::string& text, std::size_t open, std::size_t close, const std::string& value) {
  const bool quoted =
      open > 0 && close + 1 < text.size() && text[open - 1] == '\'' && text[close + 1] == '\'';
  if (!quoted || value.find('\'') == std::string::npos) return;
  text[open - 1] = '"';
  text[close + 1] = '"';
}

// Fills in a text without optional parts; inner places first, so that {a.{b}} looks a member up.
Text fill_in_flat(std::string_view text, const Scope& scope) {
  std::string made{text};
  std::size_t from = 0;
  for (std::size_t close = made.find('}'); close != std::string::npos;
       close = made.find('}', from)) {
    const std::size_t open = made.rfind('{', close);
    if (open == std::string::npos) mistake("'" + made + "' has no { before its }");
    const Text value =
        place_value(std::string_view{made}.substr(open + 1, close - open - 1), scope);
    if (!value) return std::nullopt;
    requote(made, open, close, *value);
    const bool nested = open > 0 && made.rfind('{', open - 1) != std::string::npos;
    made.replace(open, close - open + 1, *value);
    from = nested ? 0 : open + value->size();
  }
  return made;
}

const Json& member(const Json& object, std::string_view name) {
  const Json* found = object.find(name);
  if (found == nullptr) mistake("'" + std::string{name} + "' is missing at " + object.pointer());
  return *found;
}

Text by_table(const Text& given, const Json& table, const Scope& scope) {
  for (const JsonMember& entry : table.members()) {
    const bool hit =
        given ? !entry.name.empty() && entry.name != "*" && same_value(entry.name, *given)
              : entry.name.empty();
    if (hit) return evaluate(entry.value, scope);
  }
  if (!given) return std::nullopt;
  const Json* other = table.find("*");
  if (other == nullptr) throw NoWord{"'" + *given + "' at " + table.pointer()};
  return other->text() == "{.}" ? given : evaluate(*other, scope);
}

Text by_pattern(const Text& given, const Json& patterns) {
  if (!given) return std::nullopt;
  for (const Json& pattern : patterns.items()) {
    std::smatch match;
    const std::regex expression{pattern.items()[0].text()};
    if (std::regex_search(*given, match, expression))
      return match.format(pattern.items()[1].text());
  }
  return std::nullopt;
}

Text joined(const std::vector<std::string>& parts, const std::string& with) {
  if (parts.empty()) return std::nullopt;
  std::string text = parts.front();
  for (std::size_t i = 1; i < parts.size(); ++i) text += with + parts[i];
  return text;
}

std::vector<std::string> each_text(const Json& source, const Scope& scope) {
  const Json* path = source.find("each");
  const auto rows = path != nullptr ? scopes_at(scope, path->text())
                                    : member_scopes_at(scope, member(source, "members").text());
  std::vector<std::string> texts;
  for (const Scope& row : rows) {
    if (const Text text = evaluate(member(source, "text"), row)) texts.push_back(*text);
  }
  return texts;
}

std::string count_of(const Json& path, const Scope& scope) {
  const Json* value = look_up(scope, path.text());
  if (value == nullptr) return "0";
  return std::to_string(std::max(value->items().size(), value->members().size()));
}

std::string absent_count(const Json& paths, const Scope& scope) {
  const auto absent = [&scope](const Json& path) { return look_up(scope, path.text()) == nullptr; };
  return std::to_string(std::ranges::count_if(paths.items(), absent));
}

Text position(const Json& source, const Scope& scope) {
  const Text wanted = evaluate(member(source, "position"), scope);
  const auto entries = look_up_all(scope, member(source, "in").text());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::vector<std::string> words;
    for (const Json& word : entries[i]->items()) words.push_back(word.text());
    const Text entry = entries[i]->is(Json::Kind::array) ? joined(words, "/") : scalar(*entries[i]);
    if (entry && wanted && *entry == *wanted) return std::to_string(i);
  }
  return std::nullopt;
}

std::string rank_among(const Json& source, const Scope& scope) {
  const std::string& path = member(source, "rank").text();
  const Json* order = source.find("order");
  const Json* missing = source.find("missing");
  const bool descending = order != nullptr && order->text() == "descending";
  const bool missing_first = missing != nullptr && missing->text() == "first";
  std::vector<Decimal> numbers;
  for (const Json* sibling : scope.siblings) {
    Scope beside = scope;
    beside.row = sibling;
    const Text text = place_value(path, beside);
    const auto value = text ? number(*text) : std::nullopt;
    if (value && std::ranges::find(numbers, *value) == numbers.end()) numbers.push_back(*value);
  }
  std::ranges::sort(numbers, less);
  if (descending) std::ranges::reverse(numbers);
  const Text own = place_value(path, scope);
  const auto value = own ? number(*own) : std::nullopt;
  if (!value) return missing_first ? "0" : std::to_string(numbers.size() + 1);
  return std::to_string(std::ranges::find(numbers, *value) - numbers.begin() + 1);
}

// 0.001 is 3, 1 is 0.
Text decimals_of(const Text& step) {
  if (!step) return std::nullopt;
  const auto value = number(*step);
  if (!value) return std::nullopt;
  const std::string text = engine::base::to_string_short(*value);
  const std::size_t point = text.find('.');
  return std::to_string(point == std::string::npos ? 0 : text.size() - point - 1);
}

// All occurrences of each pattern, one pattern after the other.
Text replaced(Text given, const Json& patterns) {
  if (!given) return given;
  for (const Json& pattern : patterns.items()) {
    const std::regex expression{pattern.items()[0].text()};
    given = std::regex_replace(*given, expression, pattern.items()[1].text());
  }
  return given;
}

Text by_conversion(const Json& source, const Scope& scope) {
  const Text given = evaluate(*source.find("of"), scope);
  if (const Json* table = source.find("table")) return by_table(given, *table, scope);
  if (const Json* patterns = source.find("replace")) return replaced(given, *patterns);
  return by_pattern(given, member(source, "matches"));
}

CivilMinutes moment(const std::string& text) {
  const auto at = engine::base::parse_civil(text);
  if (!at) throw std::runtime_error("'" + text + "' is no date");
  return *at;
}

Text moment_after(const Text& given) {
  if (!given) return given;
  return engine::base::to_string(CivilMinutes{moment(*given).raw() + 1});
}

// The next later date among the rows beside it that are about the same, and some days more.
Text next_date(const Json& source, const Scope& scope) {
  const std::string& path = member(source, "next").text();
  const std::string& same = member(source, "same").text();
  const Text own = place_value(path, scope);
  if (!own) return std::nullopt;
  std::optional<CivilMinutes> next;
  for (const Json* sibling : scope.siblings) {
    Scope beside = scope;
    beside.row = sibling;
    const Text other = place_value(path, beside);
    if (!other || place_value(same, beside) != place_value(same, scope)) continue;
    const CivilMinutes at = moment(*other);
    if (at > moment(*own) && (!next || at < *next)) next = at;
  }
  if (!next) return std::nullopt;
  const int days = std::stoi(evaluate(member(source, "plus_days"), scope).value_or("0"));
  return engine::base::to_string(CivilMinutes{next->raw() + days * CivilMinutes::minutes_per_day});
}

// The latest of the dates at a path that is not after another date.
Text latest_until(const Json& source, const Scope& scope) {
  const Text until = evaluate(member(source, "until"), scope);
  if (!until) return std::nullopt;
  std::optional<CivilMinutes> latest;
  for (const Json* date : look_up_all(scope, member(source, "latest").text())) {
    const CivilMinutes at = moment(scalar(*date).value_or(""));
    if (at <= moment(*until) && (!latest || at > *latest)) latest = at;
  }
  return latest ? Text{engine::base::to_string(*latest)} : std::nullopt;
}

Text evaluate_date(const Json& source, const Scope& scope) {
  if (const Json* given = source.find("moment_after")) return moment_after(evaluate(*given, scope));
  if (source.find("next") != nullptr) return next_date(source, scope);
  return latest_until(source, scope);
}

bool is_date(const Json& source) {
  return source.find("moment_after") != nullptr || source.find("next") != nullptr ||
         source.find("latest") != nullptr;
}

Text evaluate_object(const Json& source, const Scope& scope) {
  if (source.find("of") != nullptr) return by_conversion(source, scope);
  if (is_date(source)) return evaluate_date(source, scope);
  if (const Json* sources = source.find("first")) {
    Text found;
    for (const Json& one : sources->items()) {  // all are read: none is a key passed over
      const Text text = evaluate(one, scope);
      if (!found) found = text;
    }
    return found;
  }
  if (source.find("each") != nullptr || source.find("members") != nullptr)
    return joined(each_text(source, scope), member(source, "join").text());
  if (const Json* parts = source.find("join"))
    return joined(evaluate_all(*parts, scope), member(source, "with").text());
  if (const Json* path = source.find("count")) return count_of(*path, scope);
  if (const Json* paths = source.find("absent")) return absent_count(*paths, scope);
  if (source.find("position") != nullptr) return position(source, scope);
  if (source.find("rank") != nullptr) return rank_among(source, scope);
  if (const Json* step = source.find("decimals")) return decimals_of(evaluate(*step, scope));
  if (const Json* condition = source.find("where")) {
    const Json* branch = source.find(holds(*condition, scope) ? "then" : "else");
    return branch == nullptr ? std::nullopt : evaluate(*branch, scope);
  }
  mistake("no source stands at " + source.pointer());
}

bool holds_for(const Json& wanted, const Text& value, bool there, const Scope& scope) {
  if (wanted.is(Json::Kind::null)) return !there;
  if (wanted.is(Json::Kind::array)) {
    return std::ranges::any_of(
        wanted.items(), [&](const Json& one) { return holds_for(one, value, there, scope); });
  }
  if (const Json* refused = wanted.find("not")) return !holds_for(*refused, value, there, scope);
  if (const Json* path = wanted.find("in")) {
    return value && std::ranges::any_of(look_up_all(scope, path->text()), [&](const Json* one) {
             return same_value(scalar(*one).value_or(""), *value);
           });
  }
  if (const Json* pattern = wanted.find("like"))
    return value && std::regex_search(*value, std::regex{pattern->text()});
  const Text text = scalar(wanted);
  if (text == "*") return there;
  return value && text && same_value(*text, *value);
}

}  // namespace

bool same_value(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const auto x = number(a);
  const auto y = number(b);
  return x && y && *x == *y;
}

Text fill_in(std::string_view source, const Scope& scope) {
  std::string made;
  while (!source.empty()) {
    const std::size_t open = source.find("[[");
    const Text plain = fill_in_flat(source.substr(0, open), scope);
    if (!plain) return std::nullopt;
    made += *plain;
    if (open == std::string_view::npos) break;
    const std::size_t close = source.find("]]", open);
    if (close == std::string_view::npos) mistake("'" + std::string{source} + "' has no ]]");
    made += fill_in_flat(source.substr(open + 2, close - open - 2), scope).value_or("");
    source.remove_prefix(close + 2);
  }
  return made;
}

Text evaluate(const Json& source, const Scope& scope) {
  if (source.is(Json::Kind::string)) return fill_in(source.text(), scope);
  if (source.is(Json::Kind::object)) return evaluate_object(source, scope);
  return scalar(source);
}

std::vector<std::string> evaluate_all(const Json& sources, const Scope& scope) {
  if (!sources.is(Json::Kind::array)) {
    const bool many = sources.find("join") == nullptr &&
                      (sources.find("each") != nullptr || sources.find("members") != nullptr);
    if (many) return each_text(sources, scope);
    const Text text = evaluate(sources, scope);
    return text ? std::vector<std::string>{*text} : std::vector<std::string>{};
  }
  std::vector<std::string> all;
  for (const Json& source : sources.items()) {
    for (std::string& text : evaluate_all(source, scope)) all.push_back(std::move(text));
  }
  return all;
}

bool holds(const Json& condition, const Scope& scope) {
  bool all = true;
  for (const JsonMember& wanted : condition.members()) {
    const Text mark = mark_value(wanted.name, scope);
    const Json* found = mark ? nullptr : look_up(scope, wanted.name);
    const Text value = found == nullptr ? mark : scalar(*found);
    all = holds_for(wanted.value, value, mark || found != nullptr, scope) && all;
  }
  return all;
}

std::vector<Scope> scopes_at(const Scope& scope, std::string_view path) {
  const auto rows = look_up_all(scope, path);
  std::vector<Scope> made;
  for (const Json* row : rows) {
    Scope& one = made.emplace_back();
    one.root = scope.root;
    one.row = row;
    one.around = &scope;
    one.place = made.size();
    one.siblings = rows;
    one.reads = scope.reads;
  }
  return made;
}

std::vector<Scope> member_scopes_at(const Scope& scope, std::string_view path) {
  std::vector<Scope> made;
  const Json* object = look_up(scope, path);
  if (object == nullptr) return made;
  for (const JsonMember& one : object->members()) {
    Scope& row = made.emplace_back();
    row.root = scope.root;
    row.row = &one.value;
    row.around = &scope;
    row.member_name = one.name;
    row.place = made.size();
    row.reads = scope.reads;
  }
  return made;
}

}  // namespace tests::peers

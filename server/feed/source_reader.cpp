#include "server/feed/source_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace server::feed {

using rules::Json;

namespace {

constexpr std::size_t nesting_max = 16;  // of sources and of tests

}  // namespace

std::vector<DatePattern> SourceReader::patterns(const Json& node) {
  std::vector<DatePattern> compiled;
  for (const std::string& pattern : json_.texts(node)) {
    auto one = DatePattern::compile(pattern);
    if (one) {
      compiled.push_back(*std::move(one));
    } else {
      json_.refuse(node, one.error().detail);
    }
  }
  return compiled;
}

std::vector<Source> SourceReader::sources(const Json& node, std::size_t depth) {
  if (!node.is(Json::Kind::array)) return {source(node, depth)};
  std::vector<Source> parts;
  for (const Json& item : node.items()) parts.push_back(source(item, depth));
  if (parts.empty()) json_.refuse(node, "at least one source is expected");
  return parts;
}

Source SourceReader::source(const Json& node, std::size_t depth) {
  Source made;
  if (depth == nesting_max) json_.refuse(node, "sources stand too deep within each other");
  if (node.is(Json::Kind::string)) {
    made.text = node.text();
    return made;
  }
  json_.expect(node, Json::Kind::object);
  if (json_.fault() || !read_operation(node, made, depth + 1)) {
    json_.refuse(node,
                 "a source is a column's name or has one of: column, constant, join, first, add, "
                 "subtract, multiply, map, date");
  }
  return made;
}

bool SourceReader::read_operation(const Json& node, Source& made, std::size_t depth) {
  if (const Json* value = node.find("column")) {
    json_.members(node, {"column"});
    made.text = json_.text(*value);
  } else if (const Json* constant = node.find("constant")) {
    json_.members(node, {"constant"});
    made.kind = Source::Kind::constant;
    made.text = json_.text(*constant);
  } else if (node.find("map") != nullptr) {
    read_map(node, made, depth);
  } else if (node.find("date") != nullptr) {
    read_date_source(node, made, depth);
  } else {
    return read_operands(node, made, depth);
  }
  return true;
}

bool SourceReader::read_operands(const Json& node, Source& made, std::size_t depth) {
  constexpr std::array<Choice<Source::Kind>, 5> operations{{{"join", Source::Kind::join},
                                                            {"first", Source::Kind::first},
                                                            {"add", Source::Kind::add},
                                                            {"subtract", Source::Kind::subtract},
                                                            {"multiply", Source::Kind::multiply}}};
  for (const auto& [operation, kind] : operations) {
    const Json* parts = node.find(operation);
    if (parts == nullptr) continue;
    json_.members(node, {operation, kind == Source::Kind::join ? "separator" : operation});
    made.kind = kind;
    made.parts = sources(*parts, depth);
    if (const Json* separator = node.find("separator")) made.text = json_.text(*separator);
    return true;
  }
  return false;
}

void SourceReader::read_map(const Json& node, Source& made, std::size_t depth) {
  if (!json_.members(node, {"map", "values", "else"})) return;
  made.kind = Source::Kind::map;
  made.parts.push_back(source(json_.required(node, "map"), depth));
  const Json& values = json_.required(node, "values");
  json_.expect(values, Json::Kind::object);
  for (const auto& [from, to] : values.members()) made.values.emplace_back(from, json_.text(to));
  std::ranges::sort(made.values);
  if (const Json* otherwise = node.find("else")) made.parts.push_back(source(*otherwise, depth));
}

void SourceReader::read_date_source(const Json& node, Source& made, std::size_t depth) {
  if (!json_.members(node, {"date", "formats", "end"})) return;
  made.kind = Source::Kind::date;
  made.parts.push_back(source(json_.required(node, "date"), depth));
  if (const Json* formats = node.find("formats")) made.patterns = patterns(*formats);
  if (const Json* end = node.find("end")) made.end = json_.choice<EndMeaning>(*end, end_meanings);
}

Test SourceReader::test(const Json& node, std::size_t depth) {
  Test made;
  if (depth == nesting_max) json_.refuse(node, "tests stand too deep within each other");
  json_.expect(node, Json::Kind::object);
  if (json_.fault()) return made;
  if (node.find("value") != nullptr) {
    read_value_test(node, made, depth);
  } else if (const Json* join = node.find("found")) {
    json_.members(node, {"found"});
    made.kind = Test::Kind::found;
    made.join = json_.text(*join);
  } else if (const Json* negated = node.find("not")) {
    json_.members(node, {"not"});
    made.kind = Test::Kind::negation;
    made.parts.push_back(test(*negated, depth + 1));
  } else {
    read_combination(node, made, depth);
  }
  return made;
}

void SourceReader::read_value_test(const Json& node, Test& made, std::size_t depth) {
  if (!json_.members(node, {"value", "equals", "in", "empty"})) return;
  made.value = source(json_.required(node, "value"), depth + 1);
  if (node.members().size() != 2)
    return json_.refuse(node, "beside 'value' stands one of: equals, in, empty");
  if (const Json* expected = node.find("equals")) made.allowed = {json_.text(*expected)};
  if (const Json* list = node.find("in")) made.allowed = json_.texts(*list);
  if (const Json* empty = node.find("empty")) {
    const bool wanted = json_.boolean(*empty);
    made.kind = Test::Kind::empty;
    if (wanted) return;
    Test positive = std::move(made);
    made = Test{};
    made.kind = Test::Kind::negation;
    made.parts.push_back(std::move(positive));
  }
}

void SourceReader::read_combination(const Json& node, Test& made, std::size_t depth) {
  const Json* all = node.find("all");
  const Json* any = node.find("any");
  if (!json_.members(node, {"all", "any"})) return;
  if ((all == nullptr) == (any == nullptr))
    return json_.refuse(node, "a test has one of: value, found, not, all, any");
  made.kind = all != nullptr ? Test::Kind::all : Test::Kind::any;
  const Json& parts = all != nullptr ? *all : *any;
  json_.expect(parts, Json::Kind::array);
  for (const Json& part : parts.items()) made.parts.push_back(test(part, depth + 1));
  if (made.parts.empty()) json_.refuse(parts, "at least one test is expected");
}

}  // namespace server::feed

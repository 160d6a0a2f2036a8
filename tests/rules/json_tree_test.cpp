#include "rules/json_tree.hpp"

#include "tests/catch.hpp"

#include <simdjson.h>

#include <random>

using engine::base::FaultCode;
using rules::Json;
using rules::parse_json;

namespace {

Json tree(std::string_view text) {
  auto read = parse_json(text);
  INFO(text);
  if (!read) FAIL(read.error().where + ": " + read.error().detail);
  return *std::move(read);
}

engine::base::Fault refusal(std::string_view text) {
  auto read = parse_json(text);
  INFO(text);
  REQUIRE_FALSE(read);
  return read.error();
}

// The same tree as the strict parser's.
bool same(const Json& node, simdjson::dom::element element) {
  switch (node.kind()) {
    case Json::Kind::null:
      return element.is_null();
    case Json::Kind::boolean:
      return element.is_bool() && bool{element} == node.boolean();
    case Json::Kind::number:
      return element.is_number();
    case Json::Kind::string:
      return element.is_string() && std::string_view{element} == node.text();
    case Json::Kind::array: {
      if (!element.is_array() || element.get_array().size() != node.items().size()) return false;
      std::size_t at = 0;
      for (const auto item : element.get_array()) {
        if (!same(node.items()[at++], item)) return false;
      }
      return true;
    }
    case Json::Kind::object: {
      if (!element.is_object() || element.get_object().size() != node.members().size())
        return false;
      std::size_t at = 0;
      for (const auto member : element.get_object()) {
        const auto& [name, value] = node.members()[at++];
        if (member.key != name || !same(value, member.value)) return false;
      }
      return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("json tree: kinds, order of members and pointers", "[rules][json_tree]") {
  const Json root = tree(R"( {"b": [1, {"x/y~z": null}, "t\u00e4\n"], "a": true, "c": {}} )");
  REQUIRE(root.is(Json::Kind::object));
  CHECK(root.pointer().empty());
  REQUIRE(root.members().size() == 3);
  CHECK(root.members()[0].name == "b");
  CHECK(root.members()[1].name == "a");
  CHECK(root.find("a")->boolean());
  CHECK(root.find("missing") == nullptr);
  CHECK(root.find("c")->members().empty());
  const Json& list = *root.find("b");
  REQUIRE(list.items().size() == 3);
  CHECK(list.items()[1].pointer() == "/b/1");
  CHECK(list.items()[1].find("x/y~z")->pointer() == "/b/1/x~1y~0z");
  CHECK(list.items()[1].find("x/y~z")->is(Json::Kind::null));
  CHECK(list.items()[2].text() == "t\xC3\xA4\n");
  CHECK(list.find("b") == nullptr);
}

TEST_CASE("json tree: a number keeps the text of its token", "[rules][json_tree]") {
  for (const std::string number :
       {"0", "-0", "12.50", "0.10", "1e3", "1E-2", "123456789012345678901234567890.1234567890"}) {
    CHECK(tree(number).text() == number);
    CHECK(tree("[" + number + " , " + number + "\n]").items()[1].text() == number);
    CHECK(tree("{\"n\" : " + number + " }").find("n")->text() == number);
  }
}

TEST_CASE("json tree: a lone value is a tree, with blanks around it or none",
          "[rules][json_tree]") {
  CHECK(tree("true").boolean());
  CHECK(tree(" null \n").is(Json::Kind::null));
  CHECK(tree(" \"x\" ").text() == "x");
  CHECK(tree("\xEF\xBB\xBF{}").is(Json::Kind::object));
}

TEST_CASE("json tree: bad JSON is refused with line and column", "[rules][json_tree]") {
  const auto where = [](std::string_view text) { return refusal(text).where; };
  for (const char* text : {"",           " ",          "{",
                           "[1",         "[1 2]",      "[1,]",
                           "[,1]",       "{\"a\"}",    "{\"a\":}",
                           "{\"a\":1,}", "{\"a\" 1}",  "{a:1}",
                           "[1}",        "{\"a\":1]",  "{} {}",
                           "1 2",        "true false", "[1]]",
                           "\"x\" 1",    "01",         "1.",
                           ".5",         "+1",         "-",
                           "1e",         "nul",        "nulll",
                           "True",       "\"\\x\"",    "\"\\ud800\"",
                           "'a'",        "\"a",        "[\"a]",
                           "NaN",        "// c\n1",    "\"\t\"",
                           "\xFF",       "\"\xC3\"",   "{\"a\":1 \"b\":2}"}) {
    CHECK(refusal(text).code == FaultCode::bad_json);
    CHECK(where(text).starts_with("line "));
  }
  CHECK(where("{\n  \"a\": 01\n}") == "line 2, column 8");
  CHECK(where("[\n1,\n\"\xC3\xA4\", tru]") == "line 3, column 6");
  CHECK(where("[\n\"\xC3\xA4\xFF\"]") == "line 2, column 3");
  CHECK(where("[1,\n \"ab]") == "line 2, column 2");
  CHECK(where("[1,\n \"a\tb\"]") == "line 2, column 4");
  CHECK(where("{}\n x") == "line 1, column 1");  // of the array or object that something follows
  CHECK(where("7\n x") == "line 2, column 2");
}

TEST_CASE("json tree: a member that stands twice is refused where it stands again",
          "[rules][json_tree]") {
  const auto fault = refusal("{\"a\": {\"x\": 1,\n \"y\": 2,\n \"x\": 3}}");
  CHECK(fault.code == FaultCode::bad_json);
  CHECK(fault.where == "line 3, column 2");
  CHECK(fault.detail.find("'x'") != std::string::npos);
  CHECK(refusal(R"({"a":1, "\u0061":2})").detail.find("twice") != std::string::npos);
}

TEST_CASE("json tree: 64 levels are read, 65 are too deep, 16 MiB and a byte too large",
          "[rules][json_tree]") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(parse_json(nested(rules::json_depth_max)).has_value());
  CHECK(refusal(nested(rules::json_depth_max + 1)).code == FaultCode::too_deep);
  CHECK(refusal(nested(100'000)).code == FaultCode::too_deep);
  std::string large(rules::json_size_max, ' ');
  large.front() = '1';
  CHECK(parse_json(large).has_value());
  CHECK(refusal(large + " ").code == FaultCode::too_large);
}

TEST_CASE("json tree: reads and refuses what a strict parser does, over mutated texts",
          "[rules][json_tree][property]") {
  const std::string seed_text =
      R"({"a":[1,-2.5e3,"x\n\u00e4",true,null,{}],"b":{"c":[[],[0]],"d":"\"q\""},"e":false})";
  const std::string alphabet = "{}[],:\"\\ \n019.-eEtrufalsn\x01\xC3\xA4";
  std::mt19937 random{20260301};
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = seed_text;
    for (int change = static_cast<int>(random() % 3); change >= 0; --change) {
      const std::size_t at = random() % text.size();
      if (random() % 2 == 0) {
        text.erase(at, 1);
      } else {
        text[at] = alphabet[random() % alphabet.size()];
      }
    }
    simdjson::dom::parser parser;
    simdjson::dom::element element;
    const auto error = parser.parse(text).get(element);
    const auto read = parse_json(text);
    INFO(text);
    if (read) {
      ++accepted;
      const bool agrees =
          error == simdjson::NUMBER_ERROR || (error == simdjson::SUCCESS && same(*read, element));
      CHECK(agrees);
    } else if (error == simdjson::SUCCESS) {
      CHECK(read.error().detail.find("twice") != std::string::npos);
    }
  }
  CHECK(accepted > 100);
}

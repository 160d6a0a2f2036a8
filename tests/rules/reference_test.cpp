// docs/PROCEDURES.md names all there is to name: every member and value of the schemas, and every
// word and function of expressions; and what it shows is right.
#include "engine/model/schema.hpp"
#include "rules/expression.hpp"
#include "rules/json_tree.hpp"
#include "rules/rule_book.hpp"

#include "tests/catch.hpp"
#include "tests/rules/json_schema.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace {

namespace fs = std::filesystem;
using rules::Json;
using Names = std::set<std::string>;

std::string read(const fs::path& file) {
  std::ifstream in{fs::path{NETTO_SOURCE_DIR} / file, std::ios::binary};
  INFO(file);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>{in}, {}};
}

Json tree(const std::string& text) {
  auto parsed = rules::parse_json(text);
  INFO(text.substr(0, 200));
  if (!parsed) FAIL(parsed.error().where << ": " << parsed.error().detail);
  return *std::move(parsed);
}

// Words that stand in `code`, each by itself or with what follows it there.
Names words_in_code(const std::string& text) {
  Names words;
  const std::regex code{"`([^`\n]+)`"};
  const std::regex word{"[$]?[A-Za-z_][A-Za-z_.]*"};
  for (std::sregex_iterator span{text.begin(), text.end(), code}, end; span != end; ++span) {
    const std::string inside = (*span)[1];
    for (std::sregex_iterator it{inside.begin(), inside.end(), word}; it != end; ++it)
      words.insert(it->str());
  }
  return words;
}

void collect(const Json& schema, Names& names) {
  if (const Json* properties = schema.find("properties")) {
    for (const auto& member : properties->members()) names.insert(member.name);
  }
  if (const Json* values = schema.find("enum")) {
    for (const Json& value : values->items()) names.insert(value.text());
  }
  for (const auto& member : schema.members()) collect(member.value, names);
  for (const Json& item : schema.items()) collect(item, names);
}

std::vector<std::string> json_blocks(const std::string& text) {
  std::vector<std::string> blocks;
  const std::string open = "```json\n";
  for (auto at = text.find(open); at != std::string::npos; at = text.find(open, at + 1)) {
    const auto begin = at + open.size();
    blocks.push_back(text.substr(begin, text.find("```", begin) - begin));
  }
  return blocks;
}

}  // namespace

TEST_CASE(
    "reference: it names every member and value of the schemas, and every word of expressions",
    "[rules][schema]") {
  Names wanted;
  for (const char* kind : {"procedure", "procedure_lookup"})
    collect(tree(read("rules/" + std::string{kind} + ".schema.json")), wanted);
  for (const auto word : rules::words_of_expressions) wanted.emplace(word);
  for (const auto word : rules::results_of_steps) wanted.insert("step." + std::string{word});
  for (const auto word : rules::functions_of_lines) wanted.insert("lines." + std::string{word});
  for (const auto word : rules::methods_of_texts) wanted.insert("field." + std::string{word});
  const engine::model::Schema schema;
  for (std::uint32_t i = 0; i < schema.field_count(); ++i)
    wanted.insert(schema.field(engine::model::FieldId{i}).name);
  for (std::uint32_t i = 0; i < schema.flag_count(); ++i)
    wanted.insert(schema.flag_name(engine::model::FlagId{i}));
  wanted.erase("lines");  // only lines.sum and its like
  const Names known = words_in_code(read("docs/PROCEDURES.md"));
  for (const std::string& name : wanted) {
    INFO(name);
    CHECK(known.contains(name));
  }
}

TEST_CASE("reference: its examples compile and fit the schemas", "[rules][schema]") {
  std::vector<rules::RuleDocument> documents;
  for (const std::string& block : json_blocks(read("docs/PROCEDURES.md"))) {
    const Json json = tree(block);
    const std::string kind = json.find("procedure") != nullptr ? "procedure" : "procedure_lookup";
    const Json schema = tree(read("rules/" + kind + ".schema.json"));
    CHECK(tests::describe(tests::validate(json, schema)).empty());
    documents.push_back({kind, block});
  }
  CHECK(documents.size() == 2);
  engine::model::Schema schema;
  const auto made = rules::compile(documents, schema);
  for (const auto& fault : made.faults) FAIL_CHECK(fault.where << ": " << fault.detail);
  REQUIRE(made.rules != nullptr);
  CHECK(made.rules->procedures.size() == 2);
}

#include "engine/model/outcome.hpp"
#include "rules/json_tree.hpp"
#include "server/http/api.hpp"

#include "tests/catch.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

using rules::Json;

namespace {

const Json& document() {
  static const auto read = rules::parse_json(server::http::openapi_text());
  REQUIRE(read);
  return *read;
}

// Every "$ref" in the document.
void collect_references(const Json& node, std::set<std::string>& found) {
  if (const auto* reference = node.find("$ref")) found.insert(reference->text());
  for (const auto& item : node.items()) collect_references(item, found);
  for (const auto& member : node.members()) collect_references(member.value, found);
}

}  // namespace

TEST_CASE("openapi: every route that is served is in the document, and the other way round",
          "[server]") {
  std::set<std::string> served;
  for (const auto& route : server::http::route_names()) {
    served.insert(std::string{route.method} + " " + std::string{route.pattern});
  }
  std::set<std::string> told;
  for (const auto& path : document().find("paths")->members()) {
    for (const auto& operation : path.value.members()) {
      std::string method = operation.name;
      std::ranges::transform(method, method.begin(),
                             [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      told.insert(method + " " + path.name);
    }
  }
  CHECK(served == told);
}

TEST_CASE("openapi: it is of this version, and what it refers to is there", "[server]") {
  CHECK(document().find("openapi")->text() == "3.1.0");
  CHECK(document().find("info")->find("version")->text() == NETTO_VERSION);
  std::set<std::string> references;
  collect_references(document(), references);
  const auto& schemas = *document().find("components")->find("schemas");
  for (const auto& reference : references) {
    const std::string prefix = "#/components/schemas/";
    INFO(reference);
    REQUIRE(reference.starts_with(prefix));
    CHECK(schemas.find(reference.substr(prefix.size())) != nullptr);
  }
  for (const auto& schema : schemas.members())
    CHECK(references.contains("#/components/schemas/" + schema.name));
}

TEST_CASE("openapi: the outcomes of a line are those of the engine, in their order", "[server]") {
  const auto& outcome = *document()
                             .find("components")
                             ->find("schemas")
                             ->find("Price")
                             ->find("properties")
                             ->find("outcome");
  std::vector<std::string> told;
  for (const auto& name : outcome.find("enum")->items()) told.push_back(name.text());
  CHECK(std::ranges::equal(told, engine::model::outcome_names));
}

TEST_CASE("openapi: the reasons of guards are those of the engine, in their order", "[server]") {
  const auto& reason = *document().find("components")->find("schemas")->find("Reason");
  std::vector<std::string> told{"none"};  // never given
  for (const auto& name : reason.find("enum")->items()) told.push_back(name.text());
  CHECK(std::ranges::equal(told, engine::model::reason_names));
}

#include "tests/rules/procedure_text.hpp"

#include "tests/catch.hpp"

namespace tests {

using engine::model::Schema;
using rules::Compiled;
using rules::RuleDocument;

std::string procedure(const std::string& place, const std::string& text) {
  std::string document = R"({"procedure": "p"{more}, "condition_types": {{types}},
    "steps": [{steps}], "answer": {{answer}}})";
  const std::pair<std::string, std::string> parts[]{
      {"{more}", ""},
      {"{types}",
       R"("price": {"value": "price", "flags": ["discountable"]}, "discount": {"value": "percent"})"},
      {"{steps}",
       R"({"step": "price", "find": {"type": "price", "accesses": [{"keys": ["article"]}], "required": true}})"},
      {"{answer}", R"("price": "price", "unit_price": "price", "line_amount": "price")"}};
  for (const auto& [name, standard] : parts)
    document.replace(document.find(name), name.size(), name == "{" + place + "}" ? text : standard);
  return document;
}

std::string step(const std::string& members) {
  return procedure(
      "steps",
      R"({"step": "price", "find": {"type": "price", "accesses": [{"keys": ["article"]}], "required": true}}, {"step": "x", )" +
          members + "}");
}

std::string find(const std::string& members) {
  return procedure("steps", R"({"step": "price", "find": {)" + members + "}}");
}

std::string access(const std::string& members) {
  return find(R"("type": "price", "accesses": [{)" + members + "}]");
}

Compiled compiled(const std::vector<std::string>& texts) {
  std::vector<RuleDocument> documents;
  for (std::size_t i = 0; i < texts.size(); ++i)
    documents.push_back({"file_" + std::to_string(i) + ".json", texts[i]});
  Schema schema;
  return rules::compile(documents, schema);
}

std::string faults(const std::vector<std::string>& texts) {
  const Compiled made = compiled(texts);
  std::string all;
  for (const auto& fault : made.faults) {
    all += (all.empty() ? "" : "\n") + std::string{engine::base::fault_name(fault.code)} + " at " +
           fault.where;
    CHECK_FALSE(fault.detail.empty());
  }
  CHECK((made.rules == nullptr) == !made.faults.empty());
  return all;
}

std::string fault(const std::string& text) { return faults({text}); }

std::string details(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& fault : compiled(texts).faults) all += fault.detail + "\n";
  return all;
}

}  // namespace tests

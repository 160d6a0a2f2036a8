#include "server/node/document_name.hpp"

#include "rules/json_tree.hpp"

namespace server::node {

std::string document_name(const rules::RuleDocument& document) {
  const auto tree = rules::parse_json(document.text);
  if (!tree) return document.file;
  for (const char* kind : {"procedure", "procedure_lookup", "availability_bands"}) {
    const rules::Json* member = tree->find(kind);
    if (member == nullptr) continue;
    return member->is(rules::Json::Kind::string) ? std::string{kind} + " " + member->text() : kind;
  }
  return document.file;
}

}  // namespace server::node

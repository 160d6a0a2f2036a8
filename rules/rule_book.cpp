#include "rules/rule_book.hpp"

#include <algorithm>

#include "rules/document_reader.hpp"
#include "rules/json_tree.hpp"
#include "rules/lookup_reader.hpp"
#include "rules/procedure_reader.hpp"

namespace rules {

using engine::base::Fault;
using engine::base::FaultCode;

namespace {

enum class DocumentKind { procedure, procedure_lookup, availability_bands, none };

DocumentKind kind_of(const Json& document) {
  const auto has = [&](std::string_view name) { return document.find(name) != nullptr; };
  if (has("procedure")) return DocumentKind::procedure;
  if (has("procedure_lookup")) return DocumentKind::procedure_lookup;
  if (has("availability_bands")) return DocumentKind::availability_bands;
  return DocumentKind::none;
}

struct Parsed {
  const RuleDocument* document = nullptr;
  Json json;
  DocumentKind kind = DocumentKind::none;
};

void check_names(const engine::rule::RuleSet& rules, std::vector<Fault>& faults) {
  const auto known = [](const auto& things, const std::string& name) {
    return std::ranges::any_of(things, [&](const auto& thing) { return thing.name == name; });
  };
  for (const auto& row : rules.procedure_lookup) {
    if (!known(rules.procedures, row.result)) {
      faults.push_back({FaultCode::no_procedure, "procedure_lookup", "it names procedure '" + row.result + "', which no document defines"});
    }
  }
  for (const auto& row : rules.band_lookup) {
    if (!known(rules.band_sets, row.result)) {
      faults.push_back({FaultCode::bad_document, "availability_bands", "it names set '" + row.result + "', which no document defines"});
    }
  }
  for (std::size_t i = 0; i < rules.procedures.size(); ++i) {
    const auto same = [&](const auto& other) { return other.name == rules.procedures[i].name; };
    if (std::any_of(rules.procedures.begin(), rules.procedures.begin() + static_cast<std::ptrdiff_t>(i), same)) {
      faults.push_back({FaultCode::contradicting_values, "procedure", "two documents define '" + rules.procedures[i].name + "'"});
    }
  }
  if (rules.procedures.size() > 1 && rules.procedure_lookup.empty()) {
    faults.push_back({FaultCode::no_procedure, "procedure_lookup",
                      "there are several procedures; a procedure_lookup document must say which one prices what"});
  }
}

}  // namespace

bool is_rule_document(std::string_view text) {
  const auto json = parse_json(text);
  return json && kind_of(*json) != DocumentKind::none;
}

Compiled compile(std::span<const RuleDocument> documents, engine::model::Schema& schema) {
  Compiled made;
  auto rules = std::make_shared<engine::rule::RuleSet>();
  std::vector<Parsed> parsed;
  for (const RuleDocument& document : documents) {
    auto json = parse_json(document.text);
    if (!json) {
      Fault fault = json.error();
      fault.where = document.file + ": " + fault.where;
      made.faults.push_back(std::move(fault));
      continue;
    }
    const DocumentKind kind = kind_of(*json);
    parsed.push_back({&document, *std::move(json), kind});
  }
  // Procedures declare the fields that look-ups ask for, so they come first.
  std::ranges::stable_sort(parsed, {}, &Parsed::kind);
  for (const Parsed& document : parsed) {
    DocumentReader reader{document.document->file, made.faults};
    switch (document.kind) {
      case DocumentKind::procedure:
        if (auto procedure = read_procedure(document.json, reader, schema)) rules->procedures.push_back(*std::move(procedure));
        break;
      case DocumentKind::procedure_lookup: read_procedure_lookup(document.json, reader, schema, *rules); break;
      case DocumentKind::availability_bands: read_availability_bands(document.json, reader, schema, *rules); break;
      case DocumentKind::none:
        reader.fault(document.json, FaultCode::bad_document,
                     "this is no rules document: it has none of procedure, procedure_lookup, availability_bands");
    }
  }
  check_names(*rules, made.faults);
  if (made.faults.empty()) made.rules = std::move(rules);
  return made;
}

}  // namespace rules

#include "rules/rule_book.hpp"

#include "rules/document_reader.hpp"
#include "rules/json_tree.hpp"
#include "rules/lookup_reader.hpp"
#include "rules/procedure_reader.hpp"

#include <algorithm>

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

template <class Thing>
bool is_known(const std::vector<Thing>& things, const std::string& name) {
  return std::ranges::any_of(things, [&](const Thing& thing) { return thing.name == name; });
}

// Rows of a look-up that name what no document defines.
template <class Thing>
void check_rows(const Json& document, std::string_view rows, std::string_view result,
                const std::vector<Thing>& things, FaultCode code, DocumentReader& reader) {
  const Json* list = document.find(rows);
  if (list == nullptr) return;
  for (const Json& row : list->items()) {
    const Json* name = row.find(result);
    if (name == nullptr || name->text().empty() || is_known(things, name->text())) continue;
    reader.fault(*name, code,
                 "it names the " + std::string{result} + " '" + name->text() +
                     "', which no document defines");
  }
}

// What only shows when all documents are read.
void check_names(std::span<const Parsed> parsed, const engine::rule::RuleSet& rules,
                 std::vector<Fault>& faults) {
  std::vector<std::string> procedures;
  for (const Parsed& document : parsed) {
    DocumentReader reader{document.document->file, faults};
    if (document.kind == DocumentKind::procedure_lookup) {
      check_rows(document.json, "procedure_lookup", "procedure", rules.procedures,
                 FaultCode::no_procedure, reader);
    }
    if (document.kind == DocumentKind::availability_bands) {
      check_rows(document.json, "lookup", "set", rules.band_sets, FaultCode::bad_document, reader);
    }
    if (document.kind != DocumentKind::procedure) continue;
    const Json& name = *document.json.find("procedure");
    if (std::ranges::find(procedures, name.text()) != procedures.end()) {
      reader.fault(name, FaultCode::contradicting_values,
                   "two documents define '" + name.text() + "'");
    } else if (procedures.size() == 1 && rules.procedure_lookup.empty()) {
      reader.fault(name, FaultCode::no_procedure,
                   "there are several procedures; a procedure_lookup document must say which one "
                   "prices what");
    }
    procedures.push_back(name.text());
  }
}

// Compiles procedures with the parameters that rows of the look-ups give them: each combination
// once, beside the procedure with its own values.
class Variants {
 public:
  Variants(std::span<const Parsed> parsed, engine::model::Schema& schema,
           engine::rule::RuleSet& rules, std::vector<Fault>& faults)
      : parsed_{parsed}, schema_{schema}, rules_{rules}, faults_{faults} {}

  void compile() {
    for (const Parsed& document : parsed_) {
      if (document.kind != DocumentKind::procedure_lookup) continue;
      const Json* rows = document.json.find("procedure_lookup");
      if (rows == nullptr) continue;
      DocumentReader reader{document.document->file, faults_};
      for (const Json& row : rows->items()) compile(row, reader);
    }
  }

 private:
  void compile(const Json& row, DocumentReader& reader) {
    const Json* name = row.find("procedure");
    const Json* given = row.find("parameters");
    const std::string variant = variant_text(given);
    const Parsed* procedure =
        name == nullptr || variant.empty() ? nullptr : procedure_named(name->text());
    if (procedure == nullptr || is_compiled(name->text(), variant)) return;
    // What is wrong with a procedure's own values is told once, where they stand.
    std::vector<Fault> faults;
    DocumentReader of_procedure{procedure->document->file, faults};
    rules_.procedures.push_back(
        read_procedure(procedure->json, of_procedure, schema_, {given, &reader}));
    for (const Fault& fault : faults) {
      reader.fault(*given, fault.code,
                   "with these values " + fault.where + " is wrong: " + fault.detail);
    }
  }

  const Parsed* procedure_named(const std::string& name) const {
    const auto found = std::ranges::find_if(parsed_, [&](const Parsed& each) {
      return each.kind == DocumentKind::procedure && each.json.find("procedure")->text() == name;
    });
    return found == parsed_.end() ? nullptr : &*found;
  }

  bool is_compiled(const std::string& name, const std::string& variant) const {
    return std::ranges::any_of(rules_.procedures, [&](const engine::rule::Procedure& each) {
      return each.name == name && each.variant == variant;
    });
  }

  std::span<const Parsed> parsed_;
  engine::model::Schema& schema_;
  engine::rule::RuleSet& rules_;
  std::vector<Fault>& faults_;
};

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
        rules->procedures.push_back(read_procedure(document.json, reader, schema));
        break;
      case DocumentKind::procedure_lookup:
        read_procedure_lookup(document.json, reader, schema, *rules);
        break;
      case DocumentKind::availability_bands:
        read_availability_bands(document.json, reader, schema, *rules);
        break;
      case DocumentKind::none:
        reader.fault(document.json, FaultCode::bad_document,
                     "this is no rules document: it has none of procedure, procedure_lookup, "
                     "availability_bands");
    }
  }
  check_names(parsed, *rules, made.faults);
  // A procedure that is wrong by itself is not told again with other values.
  if (made.faults.empty()) Variants{parsed, schema, *rules, made.faults}.compile();
  if (made.faults.empty()) made.rules = std::move(rules);
  return made;
}

}  // namespace rules

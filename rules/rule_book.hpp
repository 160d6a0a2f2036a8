// RuleBook: rules documents as people write them (JSON) compiled into a rule::RuleSet. Three kinds,
// told apart by their first-level member: "procedure", "procedure_lookup" and "availability_bands";
// schemas stand beside this file. Compiling declares fields, flags, condition types and accesses in
// the schema of the facts, so that records can be checked against them; it happens at publish time
// only and on the writer's thread.
#pragma once

#include "engine/base/result.hpp"
#include "engine/model/schema.hpp"
#include "engine/rule/rule_set.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace rules {

struct RuleDocument {
  std::string file;  // for messages
  std::string text;
};

struct Compiled {
  std::shared_ptr<const engine::rule::RuleSet> rules;  // null where there are faults
  std::vector<engine::base::Fault> faults;  // all of them; `where` is "file#/json/pointer"
};

// Whether a JSON text is a rules document at all, by its first-level members.
bool is_rule_document(std::string_view text);

Compiled compile(std::span<const RuleDocument> documents, engine::model::Schema& schema);

}  // namespace rules

// The rules a case is priced by: the system's procedure, with the fields that the case brings
// itself declared in it, and a look-up that gives it the parameters which the settings stand for.
#pragma once

#include "rules/rule_book.hpp"

#include "tests/peers/parts/mapping.hpp"
#include "tests/peers/parts/scope.hpp"

#include <string>
#include <vector>

namespace tests::peers {

std::vector<rules::RuleDocument> rules_of_case(const System& system, const Scope& scope);

// JSON text of a tree.
std::string json_text(const rules::Json& value);
std::string json_string(std::string_view text);

}  // namespace tests::peers

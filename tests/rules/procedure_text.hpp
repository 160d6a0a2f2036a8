// What the tests of rules documents share: a procedure with one part replaced, and the faults of
// documents as "code at file#/pointer". Only for tests.
#pragma once

#include "rules/rule_book.hpp"

#include <string>
#include <vector>

namespace tests {

// One part replaced: `more` (members of the document), `types`, `steps`, `answer`.
std::string procedure(const std::string& place = "", const std::string& text = "");
// With a step more, called x, of these members.
std::string step(const std::string& members);
// With another search in its first step.
std::string find(const std::string& members);
// With another access in that search.
std::string access(const std::string& members);

rules::Compiled compiled(const std::vector<std::string>& texts);
// Of every fault, one a line; the documents are called file_0.json, file_1.json ...
std::string faults(const std::vector<std::string>& texts);
std::string fault(const std::string& text);
// Details, to look for a part of one.
std::string details(const std::vector<std::string>& texts);

}  // namespace tests

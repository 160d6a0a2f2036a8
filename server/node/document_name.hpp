// What a rules document goes by: a later one of the same name takes its place. Pure; any thread.
#pragma once

#include "rules/rule_book.hpp"

#include <string>

namespace server::node {

// A procedure goes by its name; there is one of each of the other kinds. A text that is no such
// document goes by its file.
std::string document_name(const rules::RuleDocument& document);

}  // namespace server::node

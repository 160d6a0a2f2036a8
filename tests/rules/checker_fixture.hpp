// Worlds put to the checker: records in a few words, and what is found, with every witness asked.
#pragma once

#include "rules/checker.hpp"

#include "tests/catch.hpp"
#include "tests/engine/support/price_fixture.hpp"

#include <string>

namespace tests {

// A price in EUR, known by its key.
oracle::RecordRow record(const std::string& key, const oracle::Pairs& keys,
                         const std::string& value);

// One step that finds a price under a customer's groups, lists, channel or the article alone; all
// accesses compete.
std::string rules_by(const std::string& choose);

// What the checker finds. Ties, and nothing else, have a witness, which the engine refuses as
// ambiguous; findings stand in the order of a report.
rules::CheckReport checked(const oracle::World& world, const std::string& rules,
                           const rules::CheckOptions& options = {});

// The first finding of the kind; null where there is none.
const rules::Finding* first(const rules::CheckReport& report, rules::FindingKind kind);

// Its text; empty where there is none.
std::string text_of(const rules::CheckReport& report, rules::FindingKind kind);

}  // namespace tests

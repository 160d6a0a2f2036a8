// The checker: what a person should know about a load before it costs money. It reads a snapshot
// and returns findings, sorted by importance, each with its place. It changes nothing. Cost: one
// pass over the records, a second for a few million; pairs of records are compared within a key,
// and between the agreements of one article.
#pragma once

#include "engine/snapshot/snapshot.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rules {

enum class Importance : std::uint8_t { error, warning, notice };

// Published, ordered: append only.
enum class FindingKind : std::uint8_t {
  tie,  // two records of one key claim a line at one time and no comparator decides
  zero_price,
  price_outlives_agreement,  // valid after the agreement it came from has ended
  price_precedes_agreement,  // valid before the agreement it came from starts
  several_agreements,        // an article on more than one agreement at one time, and the rule that
                             // decides
};

struct Finding {
  FindingKind kind = FindingKind::tie;
  Importance importance = Importance::notice;
  std::string article;   // code; empty where the record is for none
  std::string document;  // codes, with " and " between several; may be empty
  std::string text;      // one sentence for a person, with the rule that decides where there is one
};

std::string_view finding_name(FindingKind kind);
std::string_view importance_name(Importance importance);
std::string_view comparator_name(engine::rule::Comparator comparator);

std::vector<Finding> check(const engine::snapshot::Snapshot& snapshot);

}  // namespace rules

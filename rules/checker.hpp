// The checker: what a person should know about a load before it costs money. It reads a snapshot and returns findings,
// sorted by importance, each with the place and a witness. It changes nothing. Runs in parallel over articles.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/snapshot/snapshot.hpp"

namespace rules {

enum class Importance : std::uint8_t { error, warning, notice };

// Published, ordered: append only.
enum class FindingKind : std::uint8_t {
  tie,                       // two records claim a line and no comparator decides
  zero_price,
  price_outlives_agreement,
  price_precedes_agreement,
  several_agreements,        // an article on more than one agreement at once, and the rule that decides
};

struct Finding {
  FindingKind kind = FindingKind::tie;
  Importance importance = Importance::notice;
  std::string article;       // code; may be empty
  std::string document;      // code; may be empty
  std::string text;          // one sentence for a person, with the rule that decides where there is one
};

std::string_view finding_name(FindingKind kind);
std::string_view importance_name(Importance importance);

std::vector<Finding> check(const engine::snapshot::Snapshot& snapshot);

}  // namespace rules

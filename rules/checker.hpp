// The checker: what a person should know about a load before it costs money. It reads a snapshot
// and returns findings, sorted by importance, each with its place; a tie comes with a question that
// meets it, which the engine itself has answered with `ambiguous`. It changes nothing and asks no
// clock. Complete but bounded: of each kind the first ones in the order of the report are kept, all
// are counted. Runs on all workers; cost: a few passes over the records and the customers, seconds
// for ten million records, and some microseconds for every question that a suspected tie is asked.
#pragma once

#include "engine/snapshot/snapshot.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rules {

enum class Importance : std::uint8_t { error, warning, notice };

// Published, ordered: append only.
enum class FindingKind : std::uint8_t {
  tie,  // two records claim a line at one time, their answers differ and no comparator decides
  zero_price,
  price_outlives_agreement,  // valid after the agreement it came from has ended
  price_precedes_agreement,  // valid before the agreement it came from starts
  several_agreements,        // an article on more than one agreement at one time, and the rule that
                             // decides
  possible_tie,      // no comparator decides, but no question that meets it was found in time
  rising_ladder,     // a larger quantity costs more a unit
  closed_last_tier,  // above some quantity there is no price
  validity_gap,      // between two validities of one key
  validity_overlap,  // of one key, settled by a comparator
  always_beaten,     // a record that another one of its key beats wherever it counts
  never_true,        // a condition
  type_not_read,     // a condition type that no access of any procedure reads
  access_without_records,
  key_nobody_has,  // records under a group, attribute or list that no customer or article has
  currency_without_rate,
  below_cost,
  price_jump,    // from one validity to the next
  not_compared,  // pairs of records that were left out, since too many hold at one time
  never_counts,  // a record in a unit that none of its articles has, or outside of its list's dates
  access_not_reached,  // an access with records that no customer comes to by it
};

inline constexpr std::size_t finding_kind_count = 21;

// A question that meets a finding: codes as a caller gives them.
struct Witness {
  std::string customer;
  std::string article;
  std::string quantity;
  std::string unit;       // empty: the base unit
  std::string agreement;  // that the line names; empty: none
  std::string date;       // ISO, with the time where it is not midnight
  std::string currency;
  std::vector<std::pair<std::string, std::string>> fields;  // of the question, by name
};

struct Finding {
  FindingKind kind = FindingKind::tie;
  Importance importance = Importance::notice;
  std::string article;   // code; empty where the record is for none
  std::string document;  // codes, with " and " between several; may be empty
  std::string text;      // one sentence for a person, with the rule that decides where there is one
  std::optional<Witness> witness;
};

struct CheckOptions {
  // What witnesses ask about where the finding leaves a choice of days.
  std::optional<engine::base::CivilMinutes> today;
  std::string cost_type;                // condition type of cost prices; empty: nobody asks
  std::optional<int> jump_percent;      // a larger change from one validity to the next is told
  std::size_t kept_max = 10'000;        // findings of one kind that are kept
  std::size_t questions_max = 400'000;  // that suspected ties are asked, in all; what is left over
                                        // is a possible_tie
};

struct CheckReport {
  std::vector<Finding> findings;  // by importance, kind, article, document, text
  std::array<std::uint64_t, finding_kind_count> totals{};  // by kind, kept or not

  std::uint64_t total(FindingKind kind) const { return totals[static_cast<std::size_t>(kind)]; }
};

std::string_view finding_name(FindingKind kind);
Importance importance_of(FindingKind kind);
std::string_view importance_name(Importance importance);

// A cost type that no procedure declares compares nothing; see is_cost_type.
CheckReport check(const engine::snapshot::Snapshot& snapshot, const CheckOptions& options = {});

// Whether records of the type can be compared with as costs: prices, some of them for articles.
bool is_cost_type(const engine::snapshot::Snapshot& snapshot, std::string_view type);

}  // namespace rules

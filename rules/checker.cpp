#include "rules/checker.hpp"

#include "rules/check_agreements.hpp"
#include "rules/check_context.hpp"
#include "rules/check_rates.hpp"
#include "rules/check_reachable.hpp"
#include "rules/check_records.hpp"
#include "rules/check_sink.hpp"
#include "rules/check_texts.hpp"
#include "rules/check_ties.hpp"

namespace rules {

namespace {

struct KindWords {
  std::string_view name;
  Importance importance;
};

constexpr std::array<KindWords, finding_kind_count> kinds{{
    {"tie", Importance::error},
    {"zero_price", Importance::warning},
    {"price_outlives_agreement", Importance::notice},
    {"price_precedes_agreement", Importance::notice},
    {"several_agreements", Importance::notice},
    {"possible_tie", Importance::warning},
    {"rising_ladder", Importance::warning},
    {"closed_last_tier", Importance::notice},
    {"validity_gap", Importance::notice},
    {"validity_overlap", Importance::notice},
    {"always_beaten", Importance::notice},
    {"never_true", Importance::warning},
    {"type_not_read", Importance::warning},
    {"access_without_records", Importance::notice},
    {"key_nobody_has", Importance::warning},
    {"currency_without_rate", Importance::warning},
    {"below_cost", Importance::warning},
    {"price_jump", Importance::warning},
    {"not_compared", Importance::notice},
    {"never_counts", Importance::warning},
    {"access_not_reached", Importance::notice},
}};

static_assert(finding_kind_count == static_cast<std::size_t>(FindingKind::access_not_reached) + 1);

constexpr std::array<std::string_view, 3> importance_names{"error", "warning", "notice"};

}  // namespace

std::string_view finding_name(FindingKind kind) {
  return kinds[static_cast<std::size_t>(kind)].name;
}

Importance importance_of(FindingKind kind) {
  return kinds[static_cast<std::size_t>(kind)].importance;
}

std::string_view importance_name(Importance importance) {
  return importance_names[static_cast<std::size_t>(importance)];
}

CheckReport check(const engine::snapshot::Snapshot& snapshot, const CheckOptions& options) {
  const CheckContext context{snapshot, options};
  WorkerSinks sinks{options.kept_max};
  const NeverTrue never_true{context};
  check_records(context, never_true, sinks);
  check_agreements(context, sinks);
  Reached reached{context};
  check_ties(context, sinks[0], reached);
  check_reachable(context, reached, sinks[0]);
  check_texts(context, never_true, sinks[0]);
  check_rates(context, sinks[0]);
  return std::move(sinks).report();
}

}  // namespace rules

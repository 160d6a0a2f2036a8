// choose: brings the candidates of a line down to one by the step's ordered comparators. What they
// leave equal is a tie only where the answers differ; a tie is refused (outcome `ambiguous`) or
// settled by document and external key, never by the order in which the engine happens to hold
// records. Cost: nothing for a single candidate.
#pragma once

#include "engine/price/scratch.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace engine::price {

struct Chosen {
  Candidate candidate;
  bool ambiguous = false;
};

// What candidates are worth where that takes more than their own number: formulas, scales,
// exchange rates.
class CandidateValues {
 public:
  virtual ~CandidateValues() = default;
  virtual base::Int256 value_of(const Candidate& candidate) const = 0;  // at `decimals`
  virtual int decimals() const = 0;
  // Into the question's currency on the line's date; nothing where there is no rate.
  virtual std::optional<snapshot::RateFactor> rate_from(model::CurrencyId currency) const = 0;
};

// What a comparison between records needs to know beside them.
struct ChoiceContext {
  const snapshot::Snapshot* snapshot = nullptr;
  std::span<const PlanPart> parts;  // of the plan
  const rule::Find* find = nullptr;
  const std::vector<rule::Choice>* choices = nullptr;  // null: find->choose
  const Line* line = nullptr;
  const CandidateValues* values = nullptr;  // null: every candidate's value is its own number, in
                                            // the question's currency
  bool is_named = true;  // the answer names the record: of equal ones it matters which is taken
};

// Told about every candidate that drops out; see Trace in evaluator.cpp.
class LossListener {
 public:
  virtual ~LossListener() = default;
  virtual void lost(std::uint32_t record, Loss loss, rule::Comparator comparator) = 0;
};

// `candidates` is reordered. Requires at least one. `listener` may be null.
Chosen choose(const ChoiceContext& context, std::span<Candidate> candidates,
              LossListener* listener);

// Sorts candidates as the comparators want them applied, best first; what they leave equal stands
// in the order of document and external key.
void sort_candidates(const ChoiceContext& context, std::span<Candidate> candidates);

// Whether `a` stands before `b` in that order; whether the comparators leave both equal.
bool comes_before(const ChoiceContext& context, const Candidate& a, const Candidate& b);
bool tied(const ChoiceContext& context, const Candidate& a, const Candidate& b);

// The factor that turns a record's value into the price of one ordered unit: numerator /
// denominator. Exact.
struct UnitFactor {
  base::Int128 numerator = 1;
  base::Int128 denominator = 1;
};

// For records bound to the unit ordered the factor is 1; for those in base units (or without a
// unit) it is the ordered unit's content in base units, for those in another unit its content in
// that; the price unit divides.
UnitFactor unit_factor(const snapshot::Snapshot& snapshot, const model::Terms& terms,
                       const Line& line);

// One ordered unit in units of the record: what its thresholds and scales count.
UnitFactor unit_ratio(const snapshot::Snapshot& snapshot, const model::Terms& terms,
                      const Line& line);

// Negative, zero or positive as a's comparator comes before, beside or after b's. For the checker,
// too.
int compare(const ChoiceContext& context, const rule::Choice& choice, const Candidate& a,
            const Candidate& b);

}  // namespace engine::price

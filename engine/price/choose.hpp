// choose: brings the candidates of a line down to one by the step's ordered comparators. What they
// leave equal is a tie only where the answers differ; a tie is refused (outcome `ambiguous`) or
// settled by document and external key, never by the order in which the engine happens to hold
// records. Cost: nothing for a single candidate.
#pragma once

#include "engine/price/scratch.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <cstdint>
#include <span>

namespace engine::price {

struct Chosen {
  std::uint32_t record = no_record;
  bool ambiguous = false;
};

// What a comparison between records needs to know beside them.
struct ChoiceContext {
  const snapshot::Snapshot* snapshot = nullptr;
  const Plan* plan = nullptr;
  const rule::Find* find = nullptr;
  const Line* line = nullptr;
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

// The factor that turns a record's value into the price of one ordered unit: numerator /
// denominator. Exact.
struct UnitFactor {
  base::Int128 numerator = 1;
  base::Int128 denominator = 1;
};

// For records bound to the unit ordered the factor is 1; for those in base units (or without a
// unit) it is the ordered unit's content in base units; the price unit divides.
UnitFactor unit_factor(const snapshot::Snapshot& snapshot, const model::Terms& terms,
                       const Line& line);

// Negative, zero or positive as a's comparator comes before, beside or after b's. For the checker,
// too.
int compare(const ChoiceContext& context, const rule::Choice& choice, const Candidate& a,
            const Candidate& b);

}  // namespace engine::price

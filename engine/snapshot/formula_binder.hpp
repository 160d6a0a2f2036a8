// Binds one formula: gives every instruction its decimals, resolves codes, and proves the width
// that holds all intermediate results. See bind.hpp.
#pragma once

#include "engine/base/wide.hpp"
#include "engine/snapshot/bind.hpp"
#include "engine/snapshot/type_bound.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace engine::snapshot {

// What is known of a value before any line is priced.
struct Bound {
  int decimals = 0;
  base::BigInt magnitude = 0;
};

// Both with the decimals of the finer one.
Bound wider(const Bound& a, const Bound& b);

// What names mean where a formula stands.
struct FormulaScope {
  const rule::Procedure* procedure = nullptr;
  const DataBounds* data = nullptr;
  const CodeResolver* codes = nullptr;
  std::vector<Bound> records;  // by step: of the records it can find
  // By step, by the number's place (Schema::find_number): of those that its records have.
  std::vector<std::map<std::uint16_t, Bound>> parameters;
  std::vector<Bound> amounts;
  std::vector<Bound> exacts;
  std::vector<std::vector<Bound>> charges;      // by step
  std::vector<Bound> aggregates;                // by the procedure's count
  std::vector<std::uint16_t> aggregate_places;  // of them among the bound ones
  std::optional<Bound> running;
  // Of a record's own text:
  std::vector<Bound> inputs;          // by the text's own count of names
  std::vector<std::uint16_t> places;  // of these names among the step's inputs
  std::map<std::uint16_t, Bound> own_parameters;
};

struct BoundResult {
  BoundFormula formula;
  Bound exact;
  Bound result;
};

base::Result<BoundResult> bind_formula(const rule::Formula& formula,
                                       const std::vector<rule::RoundTo>& rounding,
                                       const FormulaScope& scope);

}  // namespace engine::snapshot

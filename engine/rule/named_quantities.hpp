// Quantities that conditions and formulas name: what they compare the line's quantity with, as it
// stands or as a number of the record's own. At each of them an answer may change, as it does at a
// threshold. Pure; one pass over the program.
#pragma once

#include "engine/model/condition.hpp"
#include "engine/rule/formula.hpp"

#include <vector>

namespace engine::rule {

struct NamedQuantity {
  base::Decimal number;
  bool in_base_units = false;
};

// `own` is what the record that the text belongs to has; null of a text of no record.
std::vector<NamedQuantity> named_quantities(const Formula& formula, const model::RecordExtra* own);

}  // namespace engine::rule

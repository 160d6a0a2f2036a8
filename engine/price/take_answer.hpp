// Takes the answer to a question out of the columns that its steps left.
#pragma once

#include "engine/price/evaluator.hpp"
#include "engine/price/scratch.hpp"

namespace engine::price {

// Amounts, components, totals over priced lines, and the named amounts of the order. A line whose
// amount an answer can't hold gets the outcome amount_out_of_range.
void take_answer(const Task& task, const Columns& columns, PricedLines& out);

}  // namespace engine::price

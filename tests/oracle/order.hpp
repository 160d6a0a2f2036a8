// Runs the steps of a procedure over the lines of an order, one step after the other over all lines
// that are priced so far, and writes down what each line is answered.
#pragma once

#include "tests/oracle/state.hpp"

namespace oracle {

void price_order(OrderState& order, Said& said);

}  // namespace oracle

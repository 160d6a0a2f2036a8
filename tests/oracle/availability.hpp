// What a buyer is shown of an article's stock: the band of the set that the look-up names, and the
// day by which what is due covers the quantity.
#pragma once

#include "tests/oracle/rules.hpp"
#include "tests/oracle/said.hpp"
#include "tests/oracle/world.hpp"

namespace oracle {

// Whether a row of a look-up asks for this customer, these fields and, where there is one, this
// article.
bool row_matches(const World& world, const LookupRule& row, const Ask& ask,
                 const CustomerRow& customer, const ArticleRow* article);

// `wanted` in base units.
StandingSaid availability(const World& world, const Rules& rules, const Ask& ask,
                          const CustomerRow& customer, const ArticleRow& article,
                          const Rational& wanted, Minutes date);

}  // namespace oracle

// Compares what a case expects with what was answered, by the table `expect` of the mapping: an
// expected key names a reading.
//   unit_price, line_amount, unit, outcome, available   of the lines
//   component:NAME, label:STEP, document:STEP           of the lines; nothing where STEP found none
//   component:NAME?STEP                                 ... where STEP found nothing: nothing
//   adjustments[:STEP]       what all records took off a line
//   total:NAME, order:NAME   of the order
//   taken[:STEP]             ... what all records took off its lines
//   unit_adjustments[:STEP]  of every unit of a line by itself, by the line's name
//   ladder                   the table of the prices in force: the ladders of its articles' lines
//   by_document, applied, applied_documents, applied_count, free_lines, free_quantities
//   {"read": reading, "table": {"got": "expected"}}     with other words
//   {"read": reading, "only_where": NAME}    nothing where that component is 0
// A scalar holds for every line, a list has one value a line or a question, an object one a line,
// by its name.
#pragma once

#include "tests/peers/parts/mapping.hpp"
#include "tests/peers/parts/question_maker.hpp"
#include "tests/peers/parts/reply.hpp"

#include <string>
#include <vector>

namespace tests::peers {

struct Difference {
  std::string key;
  std::string expected;
  std::string got;
};

struct Verdict {
  std::vector<Difference> differences;
  std::vector<std::string> unknown_keys;  // expected ones that the mapping does not name
};

Verdict compare(const System& system, const rules::Json& expect,
                const std::vector<AskedQuestion>& questions, const std::vector<Reply>& replies);

// Whether a case expects the table of the prices in force.
bool wants_ladder(const System& system, const rules::Json& expect);
// Whether it expects amounts of single units.
bool wants_units(const System& system, const rules::Json& expect);

// Of a case that expects its facts to be refused.
Verdict compare_fault(const System& system, const rules::Json& expect, const std::string& fault);

std::string text_of(const rules::Json& value);

}  // namespace tests::peers

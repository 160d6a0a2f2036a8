// What names stand for where an expression is computed: on a line or for the order, in a procedure
// or in a record's own text.
#pragma once

#include "tests/oracle/expression.hpp"
#include "tests/oracle/state.hpp"

#include <set>
#include <string>

namespace oracle {

struct Place {
  const OrderState& order;
  const LineState* line = nullptr;                    // null: the order as a whole
  const Running* running = nullptr;                   // within a step that applies
  const std::set<const LineState*>* among = nullptr;  // lines that sums are over; null: all
};

// Of a procedure's expressions.
Value evaluate_at(const std::string& text, const Place& place);

// Of a condition or formula in a record or its document; `inputs` are those of the step.
Value evaluate_own(const std::string& text, const RecordRow& record, const FindRule& find,
                   const Place& place);

const StepSaid& result_of(const Place& place, const std::string& step);

// What the record's value is for, in ordered units: 1 where it is for the unit ordered, the ordered
// unit's content in base units where it is for those.
Rational units_of_record(const OpenLine& line, const RecordRow& record);

// 12.5 % is 0.125.
Rational written_value(const OpenLine& line, const RecordRow& record);

std::string currency_of(const OpenLine& line, const RecordRow& record);

std::set<std::string> flags_of(const OpenLine& line, const RecordRow& record);

inline bool has_flag(const OpenLine& line, const RecordRow& record, const std::string& flag) {
  return flags_of(line, record).contains(flag);
}

const std::string* parameter_of(const RecordRow& record, const std::string& name);

}  // namespace oracle

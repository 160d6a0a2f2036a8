// How the oracle finds the record of a step: every record is held against every access of a level,
// by each way in which the customer comes to its key; what is left competes by the step's
// comparators.
#pragma once

#include "tests/oracle/masters.hpp"
#include "tests/oracle/numbers.hpp"
#include "tests/oracle/rules.hpp"
#include "tests/oracle/world.hpp"

#include <string>
#include <vector>

namespace oracle {

// A line whose article, unit, quantity and agreement are in order.
struct OpenLine {
  const World& world;
  const Rules& rules;
  const Ask& ask;
  const CustomerRow& customer;
  std::string currency;
  const ArticleRow& article;
  std::string unit;       // the base unit's code where none was asked for
  Rational content = 1;   // base units in one of `unit`
  Rational quantity;      // in `unit`
  std::string agreement;  // named; empty
  Minutes date = 0;
};

struct Search {
  const RecordRow* winner = nullptr;
  bool ambiguous = false;
  bool shut = false;  // an exclusive agreement has no record
  Minutes valid_until = open_end;
};

Search search(const FindRule& find, const OpenLine& line);

// 12.5 % is 0.125.
Rational value_of(const OpenLine& line, const RecordRow& record);
bool has_flag(const OpenLine& line, const RecordRow& record, const std::string& flag);

// Whether the record is for another unit than the base unit.
bool is_bound(const ArticleRow& article, const RecordRow& record);

// A price in the record's terms, for one of the unit ordered.
Rational for_one_ordered(const OpenLine& line, const RecordRow& record, const Rational& price);

}  // namespace oracle

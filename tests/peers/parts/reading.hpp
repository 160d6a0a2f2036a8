// Readings: what of an answer an expected key is compared with; see verdict.hpp for their words.
// Amounts are texts of exact decimals. One thread.
#pragma once

#include "engine/base/decimal.hpp"

#include "tests/peers/parts/mapping.hpp"
#include "tests/peers/parts/reply.hpp"
#include "tests/peers/parts/source.hpp"

#include <string>

namespace tests::peers {

struct Reading {
  std::string what;
  std::string name;
  std::string only_if;     // a step that must have found a record
  std::string only_where;  // a component that must not be 0
  const rules::Json* table = nullptr;
};

Reading reading_of(const rules::Json& source);

// Of an expected key; null where the mapping does not name it.
const rules::Json* reading_for(const System& system, const std::string& key);

// Nothing where the answer has nothing there: a line without a price, a step without a record.
Text line_value(const Reading& reading, const Reply& reply, std::size_t number);
Text order_value(const Reading& reading, const Reply& reply);
bool is_of_order(const Reading& reading);

// What the records of the reading's step, or of all, took off a line.
std::string taken_off(const Reading& reading, const Reply& reply, std::size_t line);

// In the words of the case.
Text translated(const Reading& reading, Text got);

engine::base::Decimal decimal_of(const std::string& text);
std::string sum(const std::string& a, const std::string& b);
bool is_zero(const std::string& text);

}  // namespace tests::peers

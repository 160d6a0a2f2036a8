// A small shop as an oracle::World, procedures in a few words, and single answers as text: for
// tests that say what the engine should answer.
#pragma once

#include "tests/catch.hpp"
#include "tests/oracle/engine_of.hpp"

#include <string>
#include <vector>

namespace fixture {

// EUR and JPY; articles A (pieces; BOX of 12, THD of 1/3; group G2 under G1) and B (nothing);
// customer C (EUR; group inner under top), D (a child of C); list L given to C; agreements F
// (open), FC (for C), FD (for D); promotions P, Q.
oracle::World shop();

// A price of A for everybody in EUR, known by its key.
oracle::RecordRow price(const std::string& key, const std::string& value);

// One step that finds a price, whose record is the answer: `find` are the members of "find" but
// "type" and "required".
std::string price_rules(const std::string& find);

// Procedure "p" with condition types price (discountable), discount, charge, multiplier; `members`
// are further members of the document; `answer` those of its answer.
std::string rules_of(const std::string& steps, const std::string& answer,
                     const std::string& members = "");

// The only line's answer. `world` and `documents` must be accepted.
oracle::LineText answer_of(const oracle::World& world, const std::vector<std::string>& documents,
                           const oracle::Ask& ask);

oracle::Ask ask_for(const std::string& article, const std::string& quantity = "1",
                    const std::string& unit = "");

}  // namespace fixture

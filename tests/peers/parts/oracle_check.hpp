// A case before the oracle: the engine's answers against those of the slow, plain pricer, for the
// case's facts and questions as they stand, or with other numbers, where what is expected is not known
// from the case any more.
#pragma once

#include "rules/rule_book.hpp"

#include "tests/oracle/world.hpp"
#include "tests/peers/parts/question_maker.hpp"

#include <random>
#include <span>
#include <string>
#include <vector>

namespace tests::peers {

// Values, thresholds, rates, quantities and days, each changed or not by what is drawn; numbers keep
// their sign and their decimals.
void draw_numbers(oracle::World& world, std::vector<AskedQuestion>& questions,
                  std::mt19937_64& random);

struct OracleCheck {
  std::string difference;  // empty: none
  bool refused = false;    // the facts are refused as they are now; nothing was asked
};

// Throws std::runtime_error where the oracle can't read a document or a question.
OracleCheck check_by_oracle(const oracle::World& world,
                            std::span<const rules::RuleDocument> documents,
                            const std::vector<AskedQuestion>& questions);

}  // namespace tests::peers

// A small shop in model::Facts for tests of the engine's rooms, put draft by draft, with faults as
// texts to compare.
#pragma once

#include "engine/model/facts.hpp"

#include "tests/catch.hpp"

#include <string>
#include <vector>

namespace fixture {

// "bad_number at value", or "" where the row was taken.
inline std::string refusal(const engine::base::Result<void>& result) {
  if (result) return "";
  return engine::base::fault_name(result.error().code) + std::string{" at "} + result.error().where;
}

template <class Draft>
void put(engine::model::Facts& facts, const Draft& draft) {
  const auto result = facts.put(draft);
  if (!result) FAIL(refusal(result) + ": " + result.error().detail);
}

inline engine::base::Decimal decimal(const char* text) {
  auto value = engine::base::parse_decimal(text);
  REQUIRE(value);
  return *value;
}

inline engine::base::Quantity quantity(const char* text) {
  const auto value = engine::base::Quantity::exactly(decimal(text));
  REQUIRE(value);
  return *value;
}

inline engine::base::CivilMinutes at(const char* text) {
  const auto moment = engine::base::parse_civil(text);
  REQUIRE(moment);
  return *moment;
}

// Price, discount, charge and factor, each by (article), (customer, article), (price_list, article)
// and (); currency EUR; group G; articles A and B in pieces; customer C; list L; agreement F;
// promotion P; warehouse W. In batch 1.
struct Shop {
  engine::model::Facts facts;
  engine::model::FieldId brand;

  Shop();

  // A price record of one article, to be changed by the test.
  engine::model::ConditionDraft price(const char* value);

  std::vector<engine::model::KeyText> article_key{{engine::model::Schema::article, "A"}};
};

}  // namespace fixture

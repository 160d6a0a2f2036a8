// Makes the `find` of a step: accesses, comparators, and all that a search can be told.
#pragma once

#include "tests/property/draw.hpp"
#include "tests/property/formula_maker.hpp"

#include <string>

namespace property {

// What the engine does not do yet is not asked of it; false until it does.
inline constexpr bool counted_applies = true;        // counted scales in a step that applies
inline constexpr bool counted_whole_order = true;    // `counted: order` over lines without records
inline constexpr bool highest_assigned_rank = true;  // highest_rank by the list's assignment, too
inline constexpr bool kept_below_lowest = true;      // below_lowest beside find_next
inline constexpr bool kept_beside_exclusive = true;  // exclusive accesses beside find_next
inline constexpr bool rewards_at_price = true;       // buy_get at a price, by unit and price unit

// How records are found by a step.
struct FindPlan {
  std::string kind;  // price, percent, amount, factor; empty: to apply
  bool required = false;
  bool over_order = false;  // applied over all lines together
  bool of_order = false;    // found for the order: no key of the article
  int phase = 0;
  bool charges = false;  // there is a charge to act on
};

class FindMaker {
 public:
  FindMaker(Draw& draw, FormulaMaker& formulas, bool whole_language)
      : draw_{draw}, formulas_{formulas}, whole_{whole_language} {}

  std::string make(const FindPlan& plan);

 private:
  Texts types(const FindPlan& plan) const;
  std::string access(const FindPlan& plan, const std::string& search);
  std::string broad_access(const FindPlan& plan);
  std::string constants(const std::string& field);
  std::string choose(const FindPlan& plan, const std::string& member);
  std::string scales(const FindPlan& plan);
  std::string inputs(const FindPlan& plan);
  Texts some(const Texts& from, int most);

  Draw& draw_;
  FormulaMaker& formulas_;
  bool whole_;
};

}  // namespace property

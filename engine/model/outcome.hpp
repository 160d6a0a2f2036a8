// Outcome: what became of a line. A published, ordered enum: append only, the names are part of the
// HTTP contract. Every outcome but `priced` is a line without a price; none of them fails the rest
// of the basket.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace engine::model {

enum class Outcome : std::uint8_t {
  priced,
  unknown_article,        // no article has this code
  unknown_unit,           // the article is not sold in this unit
  unknown_agreement,      // no framework agreement has this code
  agreement_not_allowed,  // the agreement is another customer's
  bad_quantity,           // not a number, or more decimals than six
  zero_quantity,          // and the procedure does not allow it
  negative_quantity,      // on a document that is no return
  quantity_out_of_range,  // beyond the procedure's maximum
  no_price,               // no record was found under any access
  price_on_request,       // the record found says so
  not_on_agreement,       // the agreement named has no price for the article
  ambiguous,              // several records claim the line and nothing decides between them
  amount_out_of_range,    // a result that the answer can't hold
  division_by_zero,       // in a formula of the procedure
};

inline constexpr std::array<std::string_view, 15> outcome_names{
    "priced",
    "unknown_article",
    "unknown_unit",
    "unknown_agreement",
    "agreement_not_allowed",
    "bad_quantity",
    "zero_quantity",
    "negative_quantity",
    "quantity_out_of_range",
    "no_price",
    "price_on_request",
    "not_on_agreement",
    "ambiguous",
    "amount_out_of_range",
    "division_by_zero",
};

static_assert(outcome_names.size() == static_cast<std::size_t>(Outcome::division_by_zero) + 1);

constexpr std::string_view outcome_name(Outcome outcome) {
  return outcome_names[static_cast<std::size_t>(outcome)];
}

// One sentence for people, in English; the code is the contract.
std::string_view outcome_text(Outcome outcome);

}  // namespace engine::model

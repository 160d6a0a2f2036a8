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
  missing_value,          // a formula needs a number that the article or question does not have
  no_exchange_rate,       // into the question's currency on the day
  refused,                // by a guard of the procedure, with its reason
};

inline constexpr std::array<std::string_view, 18> outcome_names{
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
    "missing_value",
    "no_exchange_rate",
    "refused",
};

static_assert(outcome_names.size() == static_cast<std::size_t>(Outcome::refused) + 1);

// Reasons that a guard of the procedure gives, for a line that it refuses or only marks. Published,
// ordered: append only.
enum class Reason : std::uint8_t {
  none,
  refused,            // by a rule of the procedure that names no other reason
  below_floor,        // the price is below the lowest one allowed
  margin_too_low,     // above cost
  discount_too_high,  // all discounts together
  price_too_high,     // a manual price above its limit
  price_too_low,      // a manual price below its limit
  below_minimum_quantity,
  above_maximum_quantity,
  not_a_multiple,  // of the quantity that it is sold in
  below_minimum_amount,
  not_for_sale,         // the article's status says so, or the customer may not buy it
  blocked,              // the customer
  lower_general_price,  // an agreement's price was taken though a general one is lower
};

inline constexpr std::array<std::string_view, 14> reason_names{
    "none",
    "refused",
    "below_floor",
    "margin_too_low",
    "discount_too_high",
    "price_too_high",
    "price_too_low",
    "below_minimum_quantity",
    "above_maximum_quantity",
    "not_a_multiple",
    "below_minimum_amount",
    "not_for_sale",
    "blocked",
    "lower_general_price",
};

static_assert(reason_names.size() == static_cast<std::size_t>(Reason::lower_general_price) + 1);

constexpr std::string_view reason_name(Reason reason) {
  return reason_names[static_cast<std::size_t>(reason)];
}

constexpr std::string_view outcome_name(Outcome outcome) {
  return outcome_names[static_cast<std::size_t>(outcome)];
}

constexpr std::uint16_t reason_bit(Reason reason) {
  return static_cast<std::uint16_t>(1U << static_cast<unsigned>(reason));
}

// One sentence for people, in English; the code is the contract.
std::string_view outcome_text(Outcome outcome);
std::string_view reason_text(Reason reason);

}  // namespace engine::model

#include "engine/model/outcome.hpp"

namespace engine::model {

std::string_view outcome_text(Outcome outcome) {
  static constexpr std::array<std::string_view, outcome_names.size()> texts{
      "The line has a price.",
      "No article has this code.",
      "The article is not sold in this unit.",
      "No framework agreement has this code.",
      "The framework agreement is another customer's.",
      "The quantity is not a decimal number of at most six decimals.",
      "The quantity is zero.",
      "The quantity is negative, and this kind of document takes no returns.",
      "The quantity is beyond what the pricing procedure allows.",
      "No price was found for this customer, article, quantity and day.",
      "The price is given on request.",
      "The framework agreement has no price for this article.",
      "Several records claim this line and nothing decides between them.",
      "An amount is too large to be answered.",
      "A formula of the pricing procedure divides by zero.",
      "A number that the pricing procedure needs is missing: on the article, or in the question.",
      "No exchange rate is known on this day into the question's currency.",
      "A rule of the pricing procedure refuses this line.",
  };
  return texts[static_cast<std::size_t>(outcome)];
}

std::string_view reason_text(Reason reason) {
  static constexpr std::array<std::string_view, reason_names.size()> texts{
      "",
      "A rule of the pricing procedure refuses this line.",
      "The price is below the lowest one allowed.",
      "The margin above cost is too low.",
      "All discounts together are too high.",
      "The price given is above its limit.",
      "The price given is below its limit.",
      "The quantity is below the smallest one that is sold.",
      "The quantity is above the largest one that is sold.",
      "The quantity is not a multiple of the one that is sold.",
      "The amount is below the smallest one allowed.",
      "The article is not for sale here.",
      "The customer is blocked.",
      "A general price is lower than the agreement's.",
  };
  return texts[static_cast<std::size_t>(reason)];
}

static_assert(reason_names.size() <= 16);  // their bits are kept in 16

}  // namespace engine::model

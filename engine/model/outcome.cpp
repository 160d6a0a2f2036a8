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
  };
  return texts[static_cast<std::size_t>(outcome)];
}

}  // namespace engine::model

#include "engine/model/outcome.hpp"

#include "tests/catch.hpp"

#include <set>
#include <string>

namespace model = engine::model;

TEST_CASE("outcomes and reasons: each has a name and a sentence of its own", "[engine][model]") {
  std::set<std::string_view> sentences;
  for (std::size_t i = 0; i < model::outcome_names.size(); ++i) {
    const auto text = model::outcome_text(static_cast<model::Outcome>(i));
    CHECK(text.ends_with('.'));
    CHECK(sentences.insert(text).second);
  }
  CHECK(model::reason_text(model::Reason::none).empty());
  sentences.clear();
  std::set<std::uint16_t> bits;
  for (std::size_t i = 1; i < model::reason_names.size(); ++i) {
    const auto reason = static_cast<model::Reason>(i);
    CHECK(model::reason_text(reason).ends_with('.'));
    CHECK(sentences.insert(model::reason_text(reason)).second);
    CHECK(bits.insert(model::reason_bit(reason)).second);
  }
  CHECK(model::reason_name(model::Reason::below_floor) == "below_floor");
}

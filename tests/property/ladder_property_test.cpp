// A ladder against single questions at every quantity: over made-up companies.
#include "engine/base/limits.hpp"
#include "engine/quote/ladder.hpp"

#include "tests/catch.hpp"
#include "tests/property/made_case.hpp"

#include <algorithm>
#include <regex>

namespace {

namespace quote = engine::quote;
namespace base = engine::base;
using engine::model::Outcome;
using oracle::Ask;
using oracle::rational;
using property::Case;

// The tier that holds for a quantity; null below the first.
const quote::LadderTier* tier_for(const quote::Ladder& ladder, base::Quantity quantity) {
  const auto above = std::ranges::upper_bound(ladder.tiers, quantity, {}, &quote::LadderTier::from);
  return above == ladder.tiers.begin() ? nullptr : &*std::prev(above);
}

// Whether a rule compares the quantity with what is no constant: borders that a ladder can't know.
bool compares_quantity(const Case& made) {
  static const std::regex compared{
      R"(quantity (<|<=|>|>=|==|!=) [a-z(]|[a-z0-9_.]*[a-z)][0-9]* (<|<=|>|>=|==|!=) (base_)?quantity)"};
  return std::ranges::any_of(made.documents, [](const std::string& document) {
    return std::regex_search(document, compared);
  });
}

// A unit price that is reckoned with the quantity changes with each unit.
bool is_found(const Case& made, std::uint16_t procedure) {
  const auto& rule = *made.engine->snapshot().procedures()[procedure].rule;
  return rule.answer.unit_price == rule.answer.price_step &&
         rule.steps[rule.answer.price_step].amount.empty();
}

bool is_plain(const Case& made, std::uint32_t record) {
  const auto* extra = made.engine->snapshot().conditions().find_extra(record);
  return extra == nullptr || (extra->scale == engine::model::nothing_there &&
                              extra->formula == engine::model::nothing_there);
}

void check_quantity(const Case& made, const Ask& alone, const quote::Ladder& ladder) {
  const auto question = made.engine->question(alone);
  REQUIRE(question);
  quote::Question single = *question;
  single.scope = quote::Scope::line;
  const auto& asked = single.lines.front();
  if (asked.outcome != Outcome::priced) return;
  const auto quantity = base::Quantity::from_mantissa(std::abs(asked.quantity.mantissa()));
  if (ladder.complete_below && quantity >= *ladder.complete_below) return;
  const auto answer = made.engine->answer(single, quote::Detail::plain);
  const auto& line = answer.priced.lines.front();
  if (line.outcome == Outcome::amount_out_of_range) return;  // lies in the sum, not in a record
  INFO("quantity " << alone.lines.front().quantity << ", outcome "
                   << engine::model::outcome_name(line.outcome));
  const quote::LadderTier* tier = tier_for(ladder, quantity);
  if (tier == nullptr) {
    REQUIRE(quantity < base::Quantity::whole(1));
    if (line.outcome != Outcome::priced) return;
    tier = &ladder.tiers.front();
  }
  REQUIRE(outcome_name(tier->line.outcome) == outcome_name(line.outcome));
  if (line.outcome != Outcome::priced) return;
  REQUIRE(tier->line.record == line.record);
  if (is_found(made, single.procedure) && is_plain(made, line.record))
    REQUIRE(rational(tier->line.unit_price) == rational(line.unit_price));
}

void check_rising(const quote::Ladder& ladder) {
  REQUIRE(ladder.tiers.size() <= base::limits::ladder_quantities);
  for (std::size_t i = 1; i < ladder.tiers.size(); ++i) {
    REQUIRE(ladder.tiers[i - 1].from < ladder.tiers[i].from);
    const auto& below = ladder.tiers[i - 1];
    const auto& tier = ladder.tiers[i];
    const bool differs = below.line.outcome != tier.line.outcome ||
                         below.line.reason != tier.line.reason ||
                         below.line.record != tier.line.record || below.acting != tier.acting ||
                         rational(below.line.unit_price) != rational(tier.line.unit_price);
    REQUIRE(differs);
  }
}

}  // namespace

TEST_CASE("property: a ladder says of every quantity what a question of one line says",
          "[property]") {
  std::size_t tiers = 0;
  property::each_case(20'261'102, 250, property::Language::plain, [&](const Case& made) {
    if (compares_quantity(made)) return;
    property::Draw draw{made.seed ^ 22U};
    engine::price::Scratch scratch;
    for (int i = 0; i < 2; ++i) {
      Ask ask = make_ask(made.world, draw, 2);
      const auto question = made.engine->question(ask);
      if (!question) continue;
      std::vector<quote::Ladder> ladders;
      quote::ladders(made.engine->snapshot(), *question, scratch, ladders);
      for (std::size_t line = 0; line < ladders.size(); ++line) {
        const quote::Ladder& ladder = ladders[line];
        if (question->lines[line].outcome != Outcome::priced) {
          REQUIRE(ladder.tiers.empty());
          continue;
        }
        INFO(describe(ask) << " line " << line + 1);
        REQUIRE_FALSE(ladder.tiers.empty());
        check_rising(ladder);
        tiers += ladder.tiers.size();
        Ask alone = ask;
        alone.lines = {ask.lines[line]};
        const std::string sign = question->lines[line].quantity.mantissa() < 0 ? "-" : "";
        for (int quantity = 1; quantity <= 40; ++quantity) {
          alone.lines.front().quantity = sign + std::to_string(quantity);
          check_quantity(made, alone, ladder);
        }
        for (const char* quantity : {"0.000001", "0.5", "0.999999", "1.5", "2.000001", "9.999999",
                                     "11.25", "99", "100", "100.5", "1000000"}) {
          alone.lines.front().quantity = sign + quantity;
          check_quantity(made, alone, ladder);
        }
      }
    }
  });
  if (property::cases_or(250) == 250) CHECK(tiers > 800);
}

#include "engine/quote/ladder.hpp"

#include "engine/base/limits.hpp"
#include "engine/price/evaluator.hpp"
#include "engine/price/record_values.hpp"
#include "engine/quote/ladder_borders.hpp"

#include <algorithm>

namespace engine::quote {

using base::Quantity;
using model::Outcome;
using price::PricedLine;

namespace {

bool same_price(const PricedLine& a, const PricedLine& b) {
  if (a.outcome != b.outcome || a.reason != b.reason) return false;
  if (a.outcome != Outcome::priced) return true;
  return a.unit_price.mantissa == b.unit_price.mantissa &&
         a.unit_price.decimals == b.unit_price.decimals && a.price_unit == b.price_unit &&
         a.unit == b.unit && a.record == b.record;
}

// Whether the same records act, but for those of statistical steps.
bool same_acting(const LadderTier& a, const LadderTier& b) {
  const auto counting = [](const LadderTier& tier) {
    std::vector<ActingRecord> acting = tier.acting;
    std::erase_if(acting, [](const ActingRecord& one) { return one.statistical; });
    return acting;
  };
  return counting(a) == counting(b);
}

bool same(const LadderTier& a, const LadderTier& b) {
  return same_price(a.line, b.line) && same_acting(a, b);
}

// Goes up the quantities of one line after the other. Between two borders the same records fit, so
// that the search takes the same way and looks at the same ones: no border is missed that belongs to
// a record which only a larger quantity would have met.
class Climb {
 public:
  Climb(const snapshot::Snapshot& snapshot, const Question& question, price::Scratch& scratch)
      : snapshot_{snapshot},
        question_{question},
        procedure_{snapshot.procedures()[question.procedure]},
        header_{question.header},
        scratch_{scratch} {
    header_.fields.resize(1);
  }

  Ladder run(const price::Line& line) {
    Ladder made;
    if (line.outcome != Outcome::priced) return made;
    asked_ = line;
    asked_.fields = 0;
    header_.fields.front() = question_.header.fields[line.fields];
    const Quantity one = Quantity::whole(1);
    LadderBorders borders{snapshot_, procedure_, line, procedure_.rule->quantity.maximum};
    borders.take(Quantity::from_mantissa(1));
    borders.take(one);
    std::optional<LadderTier> at_one;
    for (std::size_t asked = 0; !borders.empty(); ++asked) {
      const Quantity quantity = borders.next();
      if (asked == base::limits::ladder_quantities) {
        made.complete_below = quantity;
        break;
      }
      LadderTier tier = price_at(quantity);
      borders.take(traces_.front());
      made.valid_until = std::min(made.valid_until, tier.line.valid_until);
      if (quantity == one) at_one = tier;
      if (made.tiers.empty() || !same(made.tiers.back(), tier))
        made.tiers.push_back(std::move(tier));
    }
    if (at_one) start_at_one(*std::move(at_one), made.tiers);
    return made;
  }

 private:
  LadderTier price_at(Quantity quantity) {
    const bool returns = asked_.quantity.mantissa() < 0;
    price::Line line = asked_;
    line.quantity = Quantity::from_mantissa(returns ? -quantity.mantissa() : quantity.mantissa());
    const price::Task task{&snapshot_, question_.procedure, &header_, {&line, 1}, true};
    price::explain(task, scratch_, priced_, traces_);
    LadderTier tier;
    tier.from = quantity;
    tier.line = priced_.lines.front();
    if (tier.line.outcome == Outcome::priced) tier.acting = acting_on(line);
    return tier;
  }

  std::vector<ActingRecord> acting_on(const price::Line& line) const {
    std::vector<ActingRecord> acting;
    for (const price::StepTrace& step : traces_.front().steps) {
      const rule::Step& rule = *procedure_.steps[step.step].rule;
      if (!rule.find || step.skipped) continue;
      const auto add = [&](std::uint32_t record) {
        const ActingRecord one{step.step, record, tier_of(rule, record, line), rule.statistical};
        if (std::ranges::find(acting, one) == acting.end()) acting.push_back(one);
      };
      if (!rule.apply && step.record != price::no_record) add(step.record);
      if (!rule.apply) continue;
      for (const price::CandidateTrace& candidate : step.candidates) {
        if (candidate.loss == price::Loss::won) add(candidate.record);
      }
    }
    return acting;
  }

  std::uint32_t tier_of(const rule::Step& rule, std::uint32_t number,
                        const price::Line& line) const {
    const auto& index = snapshot_.conditions();
    const model::RecordExtra* extra = index.find_extra(number);
    if (extra == nullptr || extra->scale == model::nothing_there || !rule.find->basis.empty())
      return 0;
    const auto basis = price::quantity_basis(snapshot_, index.terms(index.record(number)), line);
    const auto tier = price::reached_tier(snapshot_.scales()[extra->scale], basis);
    return static_cast<std::uint32_t>(tier.value_or(0));
  }

  // Below one unit there is something to tell only where other records act on less.
  static void start_at_one(LadderTier at_one, std::vector<LadderTier>& tiers) {
    const auto above = std::ranges::find_if(
        tiers, [&](const LadderTier& tier) { return tier.from > at_one.from; });
    const bool lower = std::any_of(tiers.begin(), above, [&](const LadderTier& tier) {
      return tier.line.outcome == Outcome::priced &&
             (tier.line.record != at_one.line.record || !same_acting(tier, at_one));
    });
    if (lower) return;
    tiers.erase(tiers.begin(), above);
    tiers.insert(tiers.begin(), std::move(at_one));
  }

  const snapshot::Snapshot& snapshot_;
  const Question& question_;
  const snapshot::BoundProcedure& procedure_;
  price::Header header_;
  price::Scratch& scratch_;
  price::Line asked_;
  price::PricedLines priced_;
  std::vector<price::LineTrace> traces_;
};

}  // namespace

void ladders(const snapshot::Snapshot& snapshot, const Question& question, price::Scratch& scratch,
             std::vector<Ladder>& out) {
  out.clear();
  Climb climb{snapshot, question, scratch};
  for (const price::Line& line : question.lines) out.push_back(climb.run(line));
}

}  // namespace engine::quote

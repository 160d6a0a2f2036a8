#include "engine/quote/ladder_borders.hpp"

#include "engine/price/record_values.hpp"

#include <algorithm>

namespace engine::quote {

using base::Int256;
using base::Quantity;
using price::Loss;

namespace {

constexpr std::int64_t one_unit = Quantity::whole(1).mantissa();

// Whether a record that was ruled out for this can't act at any quantity either.
bool is_final(Loss loss) {
  return loss == Loss::validity || loss == Loss::currency || loss == Loss::unit ||
         loss == Loss::agreement;
}

}  // namespace

LadderBorders::LadderBorders(const snapshot::Snapshot& snapshot,
                             const snapshot::BoundProcedure& procedure, const price::Line& line,
                             Quantity most)
    : snapshot_{snapshot}, procedure_{procedure}, one_{line}, most_{most} {
  one_.quantity = Quantity::from_mantissa(one_unit);
  for (const snapshot::BoundStep& step : procedure.steps) {
    for (const rule::Formula* formula : {&step.rule->when, &step.rule->amount})
      take_formula(*formula, nullptr);
    if (step.rule->find) take_formula(step.rule->find->below_lowest, nullptr);
    if (!step.rule->apply) continue;
    for (const rule::Formula* formula :
         {&step.rule->apply->base, &step.rule->apply->units, &step.rule->apply->floor})
      take_formula(*formula, nullptr);
  }
}

void LadderBorders::take(const price::LineTrace& trace) {
  for (const price::StepTrace& step : trace.steps) {
    for (const price::CandidateTrace& candidate : step.candidates) {
      if (!is_final(candidate.loss) && seen_.insert(candidate.record).second)
        take_record(procedure_.steps[step.step], candidate.record);
    }
  }
}

void LadderBorders::take(Quantity quantity) { add(Int256{quantity.mantissa()}); }

Quantity LadderBorders::next() {
  passed_ = *ahead_.begin();
  ahead_.erase(ahead_.begin());
  return Quantity::from_mantissa(passed_);
}

void LadderBorders::take_record(const snapshot::BoundStep& step, std::uint32_t number) {
  const auto& index = snapshot_.conditions();
  const model::ConditionRecord& record = index.record(number);
  const model::Terms& terms = index.terms(record);
  const model::RecordExtra* extra = index.find_extra(number);
  const bool by_quantity = step.rule->find->basis.empty();
  if (by_quantity) reaches(record.threshold, terms);
  if (by_quantity && terms.has_window) exceeds(index.extra(record).window_to, terms);
  if (!record.document.is_none())
    take_text(snapshot_.documents()[record.document.raw()].when, extra);
  if (extra == nullptr) return;
  for (const std::uint32_t text : {extra->when, extra->formula, extra->buy_when})
    take_text(text, extra);
  if (by_quantity && extra->scale != model::nothing_there)
    take_scale(snapshot_.scales()[extra->scale], terms);
}

// The one amount of a package scale changes with every package.
void LadderBorders::take_scale(const model::Scale& scale, const model::Terms& terms) {
  if (scale.kind == model::ScaleKind::package) return;
  for (const model::Tier& tier : scale.tiers) {
    if (scale.upper_bounds) {
      exceeds(tier.bound, terms);
    } else {
      reaches(tier.bound, terms);
    }
  }
}

void LadderBorders::take_text(std::uint32_t text, const model::RecordExtra* own) {
  if (text == model::nothing_there) return;
  const auto* compiled =
      dynamic_cast<const rule::RecordFormula*>(snapshot_.record_texts()[text].compiled.get());
  if (compiled != nullptr) take_formula(compiled->code, own);
}

// A number, and what is just above it. Base units are counted to six decimals, half up.
void LadderBorders::take_formula(const rule::Formula& formula, const model::RecordExtra* own) {
  for (const rule::NamedQuantity& named : rule::named_quantities(formula, own)) {
    const auto rounded =
        base::mantissa_rounded(named.number, Quantity::decimals, base::Rounding::down);
    if (!rounded) continue;
    for (const int above : {0, 1}) {
      const Int256 at = abs(Int256{*rounded}) + above;
      const Int256 half_below{(at * 2 - 1) * one_.denominator};
      add(named.in_base_units
              ? base::round_quotient<Int256>(half_below, Int256{Int256{one_.numerator} * 2},
                                             base::Rounding::up)
              : at);
    }
  }
}

// The first quantity that is as much as the bound, in the measure of the record.
void LadderBorders::reaches(Quantity bound, const model::Terms& terms) {
  const price::ScaleBasis of_one = price::quantity_basis(snapshot_, terms, one_);
  add(base::round_quotient<Int256>(Int256{of_one.denominator * bound.mantissa() * one_unit},
                                   of_one.numerator, base::Rounding::up));
}

// The first quantity that is more.
void LadderBorders::exceeds(Quantity bound, const model::Terms& terms) {
  const price::ScaleBasis of_one = price::quantity_basis(snapshot_, terms, one_);
  add(base::round_quotient<Int256>(Int256{of_one.denominator * bound.mantissa() * one_unit},
                                   of_one.numerator, base::Rounding::down) +
      1);
}

void LadderBorders::add(const Int256& mantissa) {
  if (mantissa <= passed_ || mantissa > most_.mantissa()) return;
  ahead_.insert(static_cast<std::int64_t>(mantissa));
}

}  // namespace engine::quote

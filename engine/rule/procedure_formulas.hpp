// Walks over all formulas of a step or procedure, for whoever has to look at every one of them.
#pragma once

#include "engine/rule/procedure.hpp"

namespace engine::rule {

template <class Visit>
void each_formula(const Step& step, const Visit& visit) {
  visit(step.when);
  visit(step.amount);
  if (step.find) {
    visit(step.find->basis);
    visit(step.find->below_lowest);
    for (const Input& input : step.find->inputs) visit(input.value);
  }
  if (step.apply) {
    visit(step.apply->base);
    visit(step.apply->units);
    visit(step.apply->floor);
    visit(step.apply->spread.weight);
  }
  if (step.spread) {
    visit(step.spread->total);
    visit(step.spread->rule.weight);
  }
}

template <class Visit>
void each_formula(const Procedure& procedure, const Visit& visit) {
  for (const Step& step : procedure.steps) each_formula(step, visit);
  for (const Aggregate& aggregate : procedure.aggregates) visit(aggregate.of);
}

}  // namespace engine::rule

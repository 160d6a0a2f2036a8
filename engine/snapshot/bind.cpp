#include "engine/snapshot/bind.hpp"

#include "engine/base/limits.hpp"
#include "engine/rule/conjuncts.hpp"
#include "engine/rule/procedure_formulas.hpp"
#include "engine/snapshot/formula_binder.hpp"

#include <algorithm>
#include <array>

namespace engine::snapshot {

namespace limits = base::limits;
using base::Fault;
using base::FaultCode;
using base::Result;
using rule::Formula;
using rule::Instruction;
using rule::Op;

namespace {

bool refers_to_exact(const rule::Procedure& procedure, std::uint16_t step) {
  bool found = false;
  const auto look = [&](const Formula& formula) {
    found |= std::ranges::any_of(
        formula, [step](const Instruction& i) { return i.op == Op::step_exact && i.step == step; });
  };
  rule::each_formula(procedure, look);
  return found;
}

std::vector<std::uint16_t> aggregates_in(const rule::Step& step) {
  std::vector<std::uint16_t> found;
  rule::each_formula(step, [&](const Formula& formula) {
    for (const Instruction& instruction : formula) {
      if (instruction.op == Op::aggregate &&
          std::ranges::find(found, instruction.index) == found.end())
        found.push_back(instruction.index);
    }
  });
  return found;
}

BoundAccess bind_access(const rule::Access& access, std::uint16_t number,
                        const model::Schema& schema, const CodeResolver& codes) {
  BoundAccess bound;
  bound.rule = &access;
  bound.number = number;
  for (const model::FieldId field : schema.table(access.table).party_fields) {
    const auto constant = std::ranges::find(access.constants, field, &rule::KeyConstants::field);
    auto& ids = bound.constants.emplace_back();
    if (constant == access.constants.end()) continue;
    ids = codes.ids(field, constant->codes);
    if (ids.empty())
      ids.push_back(UINT32_MAX);  // no record can stand under codes that nobody knows
  }
  return bound;
}

Formula value_of_record(std::uint16_t step) {
  Instruction value;
  value.op = Op::record_value;
  value.step = step;
  return {value};
}

// One step on one thread over all lines.
// Whether it is the first comparator that can tell apart records of one key, one document and the
// same terms.
bool threshold_decides(const rule::Find& find) {
  using enum rule::Comparator;
  constexpr std::array in_common{
      rank,          nearest,      most_fields,     currency_bound,       unit_bound,
      flag_set,      flag_clear,   newest_document, document_rank,        document_number,
      document_text, highest_rank, access,          highest_document_rank};
  const auto telling = std::ranges::find_if(find.choose, [&](const rule::Choice& choice) {
    return std::ranges::find(in_common, choice.by) == in_common.end();
  });
  return telling != find.choose.end() && telling->by == highest_threshold;
}

bool is_serial(const rule::Step& step) {
  return step.of_order || step.spread ||
         (step.apply && step.apply->over == rule::ApplyOver::order) ||
         (step.find && step.find->counted != rule::CountedOver::line);
}

Bound largest_applied(std::uint8_t decimals) {
  Bound bound{decimals, 1};
  for (int i = 0; i < limits::amount_digits; ++i) bound.magnitude *= 10;
  return bound;
}

class ProcedureBinder {
 public:
  ProcedureBinder(const rule::Procedure& procedure, const model::Schema& schema,
                  const DataBounds& data, const RecordTexts& texts, const CodeResolver& codes)
      : procedure_{procedure}, schema_{schema}, data_{data}, texts_{texts}, codes_{codes} {
    const std::size_t steps = procedure.steps.size();
    scope_.procedure = &procedure;
    scope_.data = &data;
    scope_.codes = &codes;
    scope_.records.resize(steps);
    scope_.parameters.resize(steps);
    scope_.amounts.resize(steps);
    scope_.exacts.resize(steps);
    scope_.charges.resize(steps);
    scope_.aggregates.resize(procedure.aggregates.size());
    scope_.aggregate_places.assign(procedure.aggregates.size(), rule::no_step);
  }

  Result<BoundProcedure> bind() {
    bound_.rule = &procedure_;
    bound_.steps.resize(procedure_.steps.size());
    for (std::uint16_t i = 0; i < procedure_.steps.size(); ++i) bound_.order.push_back(i);
    std::ranges::stable_sort(bound_.order, {},
                             [this](std::uint16_t i) { return procedure_.steps[i].phase; });
    for (std::uint16_t at = 0; at < bound_.order.size(); ++at) {
      const std::uint16_t index = bound_.order[at];
      if (auto ok = bind_step(index); !ok) {
        Fault fault = ok.error();
        fault.where = procedure_.name + ": step " + procedure_.steps[index].name +
                      (fault.where.empty() ? "" : ": " + fault.where);
        return fault;
      }
      place_in_segment(at);
    }
    for (BoundStep& step : bound_.steps) {
      step.first_access = bound_.access_count;
      bound_.access_count = static_cast<std::uint16_t>(bound_.access_count + step.accesses.size());
    }
    return std::move(bound_);
  }

 private:
  Result<BoundFormula> formula(const Formula& from,
                               const std::vector<rule::RoundTo>& rounding = {}) {
    if (from.empty()) return BoundFormula{};
    auto made = bind_formula(from, rounding, scope_);
    if (!made) return made.error();
    return std::move(made->formula);
  }

  Result<void> bind_step(std::uint16_t index);
  Result<void> bind_find(std::uint16_t index, BoundStep& bound);
  Result<void> bind_inputs(const rule::Find& find, BoundStep& bound);
  Result<void> bind_texts(std::uint16_t index, BoundStep& bound);
  Result<Bound> bind_text(std::uint32_t number, const rule::Find& find, BoundStep& bound);
  void bind_parameters(std::uint16_t index);
  Result<void> bind_apply(std::uint16_t index, BoundStep& bound);
  Result<void> bind_spread(std::uint16_t index, BoundStep& bound);
  Result<void> bind_aggregates(const rule::Step& step);
  Result<void> bind_aggregate(const rule::Aggregate& aggregate, FormulaScope& scope,
                              std::vector<BoundAggregate>& made) const;
  void place_in_segment(std::uint16_t at);

  const model::ConditionType& type_of(const rule::Access& access) const {
    return schema_.type(schema_.table(access.table).type);
  }

  std::vector<model::ConditionTypeId> types_of(const rule::Find& find) const {
    std::vector<model::ConditionTypeId> types;
    for (const rule::Access& access : find.accesses) {
      const auto type = schema_.table(access.table).type;
      if (std::ranges::find(types, type) == types.end()) types.push_back(type);
    }
    return types;
  }

  const rule::Procedure& procedure_;
  const model::Schema& schema_;
  const DataBounds& data_;
  const RecordTexts& texts_;
  const CodeResolver& codes_;
  FormulaScope scope_;
  std::vector<Bound> inputs_;
  BoundProcedure bound_;
};

Result<void> ProcedureBinder::bind_step(std::uint16_t index) {
  const rule::Step& step = procedure_.steps[index];
  BoundStep& bound = bound_.steps[index];
  bound.rule = &step;
  bound.exact_needed = refers_to_exact(procedure_, index);
  bound.finds = step.find.has_value();
  bound.applies = step.apply.has_value();
  bound.guards = step.guard.has_value();
  scope_.running.reset();
  if (step.apply) scope_.running = largest_applied(step.rounding.front().decimals);
  if (auto ok = bind_aggregates(step); !ok) return ok;
  if (step.find) {
    if (auto ok = bind_find(index, bound); !ok) return ok;
  }
  auto when = formula(step.when);
  if (!when) return when.error();
  bound.when = *std::move(when);
  if (step.apply) return bind_apply(index, bound);
  if (step.spread) return bind_spread(index, bound);
  if (step.guard) {
    scope_.amounts[index] = scope_.exacts[index] = {0, 1};
    Instruction none;
    auto nothing = formula({none});
    if (!nothing) return nothing.error();
    bound.amount = *std::move(nothing);
    return {};
  }
  auto amount = bind_formula(step.amount.empty() ? value_of_record(index) : step.amount,
                             step.rounding, scope_);
  if (!amount) return amount.error();
  bound.amount = std::move(amount->formula);
  scope_.amounts[index] = amount->result;
  scope_.exacts[index] = amount->exact;
  return {};
}

Result<void> ProcedureBinder::bind_find(std::uint16_t index, BoundStep& bound) {
  const rule::Find& find = *procedure_.steps[index].find;
  for (const rule::Access& access : find.accesses) {
    bound.accesses.push_back(
        bind_access(access, static_cast<std::uint16_t>(bound.accesses.size()), schema_, codes_));
  }
  for (const auto type : types_of(find)) {
    bound.has_more = bound.has_more || texts_.has_more[type.raw()];
    const TypeBound& values = data_.types[type.raw()];
    scope_.records[index] = wider(scope_.records[index], {values.decimals, values.magnitude});
  }
  bind_parameters(index);
  if (auto ok = bind_inputs(find, bound); !ok) return ok;
  if (auto ok = bind_texts(index, bound); !ok) return ok;
  bound.value_decimals = static_cast<std::uint8_t>(scope_.records[index].decimals);
  auto basis = formula(find.basis);
  if (!basis) return basis.error();
  bound.basis = *std::move(basis);
  auto below = formula(find.below_lowest);
  if (!below) return below.error();
  bound.below_lowest = *std::move(below);
  bound.is_plain = !bound.has_more && bound.inputs.empty() && bound.texts.empty() &&
                   find.basis.empty() && !find.any_unit && !find.any_currency && !find.merge &&
                   find.counted == rule::CountedOver::line && !bound.applies;
  bound.highest_threshold_wins = bound.is_plain && threshold_decides(find);
  return {};
}

// A number means the same in all types that have it; a record of another one has none.
void ProcedureBinder::bind_parameters(std::uint16_t index) {
  auto& bounds = scope_.parameters[index];
  for (const auto type : types_of(*procedure_.steps[index].find)) {
    for (const auto& [place, value] : data_.types[type.raw()].parameters)
      bounds[place] = wider(bounds[place], {value.decimals, value.magnitude});
  }
}

Result<void> ProcedureBinder::bind_inputs(const rule::Find& find, BoundStep& bound) {
  inputs_.clear();
  for (const rule::Input& input : find.inputs) {
    auto made = bind_formula(input.value, {}, scope_);
    if (!made) return made.error();
    inputs_.push_back(made->result);
    bound.inputs.push_back({input.name, std::move(made->formula)});
  }
  return {};
}

Result<void> ProcedureBinder::bind_texts(std::uint16_t index, BoundStep& bound) {
  const rule::Find& find = *procedure_.steps[index].find;
  for (const auto type : types_of(find)) {
    scope_.own_parameters.clear();
    for (const auto& [place, value] : data_.types[type.raw()].parameters)
      scope_.own_parameters[place] = {value.decimals, value.magnitude};
    for (const std::uint32_t number : texts_.of_type[type.raw()]) {
      if (bound.texts.empty()) bound.texts.resize(texts_.texts.size());
      if (!bound.texts[number].formula.code.empty()) continue;
      auto result = bind_text(number, find, bound);
      if (!result) return result.error();
      bound.sums_over_lines |= !bound.texts[number].aggregates.empty();
      if (texts_.texts[number].use != model::TextUse::formula) continue;
      if (schema_.type(type).value == model::ValueKind::percent) {
        bound.texts[number].percent_decimals = static_cast<std::uint8_t>(model::percent_decimals);
        result->decimals += model::percent_decimals;
      }
      scope_.records[index] = wider(scope_.records[index], *result);
    }
  }
  return {};
}

Result<Bound> ProcedureBinder::bind_text(std::uint32_t number, const rule::Find& find,
                                         BoundStep& bound) {
  const model::RecordText& text = texts_.texts[number];
  const auto& compiled = static_cast<const rule::RecordFormula&>(*text.compiled);
  scope_.inputs.clear();
  scope_.places.clear();
  for (const std::string& name : compiled.inputs) {
    const auto known = std::ranges::find(find.inputs, name, &rule::Input::name);
    if (known == find.inputs.end() && text.type.empty()) {  // a document's: missing in this step
      scope_.places.push_back(rule::no_step);
      scope_.inputs.push_back({});
      continue;
    }
    if (known == find.inputs.end()) {
      return Fault{FaultCode::bad_expression, "",
                   "a record of its types needs '" + name + "', which the step's inputs do not " +
                       "give: " + text.text};
    }
    const auto place = static_cast<std::size_t>(known - find.inputs.begin());
    scope_.places.push_back(static_cast<std::uint16_t>(place));
    scope_.inputs.push_back(inputs_[place]);
  }
  FormulaScope own = scope_;
  own.aggregates.clear();
  own.aggregate_places.clear();
  BoundText& to = bound.texts[number];
  for (const rule::Aggregate& aggregate : compiled.aggregates) {
    if (auto ok = bind_aggregate(aggregate, own, to.aggregates); !ok) return ok.error();
  }
  std::vector<rule::RoundTo> rounding;
  if (text.use == model::TextUse::formula) rounding.push_back(find.formula_value);
  auto made = bind_formula(compiled.code, rounding, own);
  if (!made) {
    Fault fault = made.error();
    fault.detail += " (in the record's own: " + text.text + ")";
    return fault;
  }
  to.formula = std::move(made->formula);
  if (text.use == model::TextUse::condition) {
    auto party = formula(rule::part_of(compiled.code, rule::Speaks::of_party, schema_));
    if (!party) return party.error();
    to.party = *std::move(party);
  }
  return made->result;
}

// Appends the aggregate to `made`, and what is known of it to the scope.
Result<void> ProcedureBinder::bind_aggregate(const rule::Aggregate& aggregate, FormulaScope& scope,
                                             std::vector<BoundAggregate>& made) const {
  auto of = bind_formula(aggregate.of, {}, scope_);
  if (!of) return of.error();
  Bound result = of->result;
  switch (aggregate.kind) {
    case rule::AggregateKind::sum:
      result.magnitude *= limits::lines_per_question;
      break;
    case rule::AggregateKind::count:
      result = {0, limits::lines_per_question};
      break;
    case rule::AggregateKind::exists:
    case rule::AggregateKind::all:
      result = {0, 1};
      break;
    default:
      break;
  }
  scope.aggregates.push_back(result);
  scope.aggregate_places.push_back(static_cast<std::uint16_t>(made.size()));
  made.push_back({aggregate.kind, aggregate.running, std::move(of->formula)});
  return {};
}

Result<void> ProcedureBinder::bind_apply(std::uint16_t index, BoundStep& bound) {
  const rule::Step& step = procedure_.steps[index];
  BoundApply& to = bound.apply.emplace();
  to.decimals = step.rounding.front().decimals;
  to.mode = step.rounding.front().mode;
  const Bound largest = largest_applied(to.decimals);
  const auto bind_one = [&](const Formula& from, const std::vector<rule::RoundTo>& rounding,
                            BoundFormula& made) -> Result<void> {
    auto bound_one = formula(from, rounding);
    if (!bound_one) return bound_one.error();
    made = *std::move(bound_one);
    return {};
  };
  if (auto ok = bind_one(step.apply->base, step.rounding, to.base); !ok) return ok;
  if (auto ok = bind_one(step.apply->units, {}, to.units); !ok) return ok;
  if (auto ok = bind_one(step.apply->floor, {{to.decimals, base::Rounding::up}}, to.floor); !ok)
    return ok;
  if (auto ok = bind_one(step.apply->spread.weight, {}, to.weight); !ok) return ok;
  scope_.charges[index].assign(step.apply->charges.size(), largest);
  scope_.amounts[index] = scope_.exacts[index] = largest;
  bound.amount.width = base::Width::bits128;
  bound.amount.decimals = bound.amount.exact_decimals = to.decimals;
  return {};
}

Result<void> ProcedureBinder::bind_spread(std::uint16_t index, BoundStep& bound) {
  const rule::Step& step = procedure_.steps[index];
  BoundSpread& to = bound.spread.emplace();
  auto total = bind_formula(step.spread->total, step.rounding, scope_);
  if (!total) return total.error();
  to.total = std::move(total->formula);
  auto weight = formula(step.spread->rule.weight);
  if (!weight) return weight.error();
  to.weight = *std::move(weight);
  scope_.amounts[index] = scope_.exacts[index] = total->result;
  bound.amount.width = base::Width::bits128;
  bound.amount.decimals = bound.amount.exact_decimals = to.total.decimals;
  return {};
}

// Those of an apply step's running amount are its own; the others are shared by all steps.
Result<void> ProcedureBinder::bind_aggregates(const rule::Step& step) {
  for (const std::uint16_t number : aggregates_in(step)) {
    const rule::Aggregate& aggregate = procedure_.aggregates[number];
    if (scope_.aggregate_places[number] != rule::no_step && !aggregate.running) continue;
    FormulaScope one;
    if (auto ok = bind_aggregate(aggregate, one, bound_.aggregates); !ok) return ok;
    scope_.aggregates[number] = one.aggregates.front();
    scope_.aggregate_places[number] = one.aggregate_places.front();
  }
  return {};
}

// Whether the aggregate is made of what a step of the segment leaves.
// Sums over the lines are taken when their segment begins: a step that names some begins one, since
// every step before it may close lines.
void ProcedureBinder::place_in_segment(std::uint16_t at) {
  const std::uint16_t index = bound_.order[at];
  const rule::Step& step = procedure_.steps[index];
  const bool serial = is_serial(step) || bound_.steps[index].sums_over_lines;
  const auto used = aggregates_in(step);
  const bool joins =
      !bound_.segments.empty() && !serial && !bound_.segments.back().serial && used.empty() &&
      procedure_.steps[bound_.order[bound_.segments.back().begin]].phase == step.phase;
  if (!joins) bound_.segments.push_back({at, at, serial, {}});
  Segment& segment = bound_.segments.back();
  segment.end = static_cast<std::uint16_t>(at + 1);
  for (const std::uint16_t aggregate : used) {
    const std::uint16_t place = scope_.aggregate_places[aggregate];
    if (std::ranges::find(segment.aggregates, place) == segment.aggregates.end())
      segment.aggregates.push_back(place);
  }
}

}  // namespace

Result<BoundProcedure> bind_procedure(const rule::Procedure& procedure, const model::Schema& schema,
                                      const DataBounds& data, const RecordTexts& texts,
                                      const CodeResolver& codes) {
  return ProcedureBinder{procedure, schema, data, texts, codes}.bind();
}

}  // namespace engine::snapshot

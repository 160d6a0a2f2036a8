#include "engine/price/record_values.hpp"

#include "engine/price/choose.hpp"

#include <algorithm>

namespace engine::price {

using base::Int128;
using base::Int256;
using model::RecordExtra;
using model::Scale;
using model::ScaleKind;
using model::Tier;
using snapshot::BoundText;
using snapshot::Snapshot;

namespace {

constexpr std::int64_t millionths = 1'000'000;

// The quantity in units of 1 / (denominator * 10^6), with what one of those is.
struct Counted {
  Int256 quantity = 0;
  Int256 unit = 1;  // a whole unit in the same measure
  Int256 flat = 1;  // what an amount counts as that is not per price unit, but once
};

Counted count(const Line& line, const UnitFactor& ratio, std::uint32_t price_unit) {
  const Int256 quantity = std::abs(line.quantity.mantissa());
  const Int256 unit = Int256{ratio.denominator} * millionths;
  return {Int256{quantity * ratio.numerator}, unit, Int256{unit * price_unit}};
}

Int256 at(base::Quantity bound, const Counted& counted) {
  return Int256{bound.mantissa()} * counted.unit / millionths;
}

// rate x quantity of a scale, in the measure of `counted`. Flat amounts and packages are no prices:
// the price unit does not divide them.
Int256 whole_amount(const Scale& scale, const Counted& counted) {
  const auto tier = reached_tier(scale, {counted.quantity, Int256{counted.unit / millionths}});
  // A record found below its lowest tier is found for it.
  const Tier& reached = scale.tiers[tier.value_or(0)];
  return reached.rate * counted.quantity + reached.flat * counted.flat;
}

Int256 graduated_amount(const Scale& scale, const Counted& counted) {
  Int256 amount = 0;
  Int256 begin = 0;
  for (std::size_t i = 0; i < scale.tiers.size() && counted.quantity > begin; ++i) {
    const Tier& tier = scale.tiers[i];
    const bool is_last = i + 1 == scale.tiers.size();
    Int256 end = counted.quantity;
    if (scale.upper_bounds && !(is_last && scale.open_above)) end = at(tier.bound, counted);
    if (!scale.upper_bounds) {
      // The lowest tier's bound says from when on there is a price; its rate holds from the start.
      if (i > 0) begin = at(tier.bound, counted);
      if (counted.quantity <= begin && begin > 0) break;
      if (!is_last) end = at(scale.tiers[i + 1].bound, counted);
    }
    end = std::min(end, counted.quantity);
    amount += tier.rate * Int256{end - begin} + tier.flat * counted.flat;
    begin = end;
  }
  return amount;
}

Int256 package_amount(const Scale& scale, const Counted& counted) {
  const Int256 charged = counted.quantity - at(scale.free_units, counted);
  if (charged <= 0) return 0;
  const Int256 packages =
      base::round_quotient<Int256>(charged, at(scale.package_size, counted), base::Rounding::up);
  return (scale.tiers.front().rate * packages + scale.tiers.front().flat) * counted.flat;
}

FormulaInput input_for(const RecordContext& context, std::size_t line, const RecordExtra* own,
                       const std::vector<AggregateValue>* aggregates) {
  FormulaInput input;
  input.snapshot = context.snapshot;
  input.procedure = context.procedure;
  input.header = context.header;
  input.columns = context.columns;
  input.block = BlockView{context.lines.data() + line, 1, line};
  input.open = 1;
  input.line_scope = context.line_scope;
  input.inputs = context.inputs;
  input.own = own;
  input.own_aggregates = aggregates;
  input.running = context.running;
  return input;
}

// Where each line stands for itself they are made anew for each.
const std::vector<AggregateValue>* aggregates_of(const RecordContext& context, std::uint32_t text,
                                                 std::size_t line) {
  const BoundText& bound = context.step->texts[text];
  if (bound.aggregates.empty()) return nullptr;
  const auto [known, is_new] = context.aggregates->try_emplace(text);
  if (!is_new && !context.line_scope) return &known->second;
  LineRange range{0, context.summed_lines.size()};
  if (context.line_scope) range = {line, line + 1};
  known->second.clear();
  for (const auto& aggregate : bound.aggregates)
    known->second.push_back(aggregate_over(context, aggregate, range));
  return &known->second;
}

// The lines of a block of the question, those with a price so far open.
FormulaInput block_input(const RecordContext& context, std::size_t begin, std::size_t end) {
  FormulaInput input = input_for(context, 0, nullptr, nullptr);
  input.block = BlockView{context.summed_lines.data() + begin,
                          static_cast<std::uint32_t>(end - begin), begin};
  input.open = 0;
  for (std::uint32_t i = 0; i < input.block.count; ++i) {
    if (context.summed_priced->lines[begin + i].outcome == model::Outcome::priced)
      input.open |= std::uint64_t{1} << i;
  }
  return input;
}

void add_line(AggregateValue& sum, rule::AggregateKind kind, const Int256& value, bool is_first) {
  switch (kind) {
    case rule::AggregateKind::sum:
      sum.value += value;
      return;
    case rule::AggregateKind::count:
      sum.value += value != 0 ? 1 : 0;
      return;
    case rule::AggregateKind::exists:
      if (value != 0) sum.value = 1;
      return;
    case rule::AggregateKind::all:
      if (value == 0) sum.value = 0;
      return;
    case rule::AggregateKind::minimum:
      sum.value = is_first ? value : std::min(sum.value, value);
      return;
    case rule::AggregateKind::maximum:
      sum.value = is_first ? value : std::max(sum.value, value);
      return;
  }
}

AggregateValue nothing_of(rule::AggregateKind kind) {
  AggregateValue sum;
  if (kind == rule::AggregateKind::all) sum.value = 1;
  return sum;
}

}  // namespace

void take_aggregates(const RecordContext& context, std::uint32_t text) {
  aggregates_of(context, text, 0);
}

ScaleBasis quantity_basis(const Snapshot& snapshot, const model::Terms& terms, const Line& line) {
  const Counted counted = count(line, unit_ratio(snapshot, terms, line), 1);
  return {counted.quantity, Int256{counted.unit / millionths}};
}

std::optional<std::size_t> reached_tier(const Scale& scale, const ScaleBasis& basis) {
  if (scale.kind == ScaleKind::package) return 0;
  if (scale.upper_bounds) {
    for (std::size_t i = 0; i < scale.tiers.size(); ++i) {
      const bool open = scale.open_above && i + 1 == scale.tiers.size();
      if (open || basis.is_within(scale.tiers[i].bound)) return i;
    }
    return std::nullopt;
  }
  std::optional<std::size_t> reached;
  for (std::size_t i = 0; i < scale.tiers.size() && basis.reaches(scale.tiers[i].bound); ++i)
    reached = i;
  return reached;
}

ScaledAmount scaled_amount(const Snapshot& snapshot, std::uint32_t record, const Line& line,
                           std::uint8_t decimals, const Int256* value) {
  const auto& index = snapshot.conditions();
  const model::ConditionRecord& found = index.record(record);
  const model::Terms& terms = index.terms(found);
  const RecordExtra* extra = terms.has_more ? index.find_extra(record) : nullptr;
  const bool scaled = extra != nullptr && extra->scale != model::nothing_there;
  const Counted counted = count(line, unit_ratio(snapshot, terms, line), terms.price_unit);
  Int256 amount = 0;
  if (!scaled) {
    const Int256 own = value != nullptr ? *value
                                        : Int256{snapshot.record_value(found)} *
                                              base::pow10<Int256>(decimals - terms.decimals);
    amount = own * counted.quantity;
  } else {
    const Scale& scale = snapshot.scales()[extra->scale];
    amount = scale.kind == ScaleKind::whole       ? whole_amount(scale, counted)
             : scale.kind == ScaleKind::graduated ? graduated_amount(scale, counted)
                                                  : package_amount(scale, counted);
    amount *= base::pow10<Int256>(decimals - scale.decimals);
  }
  if (line.quantity.mantissa() < 0) amount = -amount;
  // Amounts are for `unit` of the measure, and prices for a price unit.
  return {amount, Int256{counted.unit / millionths} * terms.price_unit};
}

Met is_met(const RecordContext& context, std::uint32_t text, const RecordExtra* own,
           std::size_t line) {
  const FormulaInput input = input_for(context, line, own, aggregates_of(context, text, line));
  const ConditionLines condition =
      run_condition(input, context.step->texts[text].formula, *context.scratch);
  const model::Outcome outcome = outcome_of(condition.unknown);
  return {condition.met != 0 && outcome == model::Outcome::priced, outcome};
}

Met meets_conditions(const RecordContext& context, std::uint32_t record, std::size_t line) {
  const auto& index = context.snapshot->conditions();
  const RecordExtra* extra = index.find_extra(record);
  if (extra != nullptr && extra->when != model::nothing_there) {
    const Met own = is_met(context, extra->when, extra, line);
    if (!own.met) return own;
  }
  const model::DocumentId document = index.record(record).document;
  if (document.is_none()) return {true};
  const std::uint32_t when = context.snapshot->documents()[document.raw()].when;
  return when == model::nothing_there ? Met{true} : is_met(context, when, extra, line);
}

RecordValue value_on(const RecordContext& context, std::uint32_t record, std::size_t line,
                     const ScaleBasis& basis) {
  const auto& index = context.snapshot->conditions();
  const model::ConditionRecord& found = index.record(record);
  const model::Terms& terms = index.terms(found);
  const int decimals = context.step->value_decimals;
  const RecordExtra* extra = terms.has_more ? index.find_extra(record) : nullptr;
  if (extra != nullptr && extra->formula != model::nothing_there) {
    const snapshot::BoundText& text = context.step->texts[extra->formula];
    const auto& formula = text.formula;
    AmountColumn column;
    column.resize(formula.width, 1);
    FormulaInput input =
        input_for(context, line, extra, aggregates_of(context, extra->formula, line));
    const Unknown unknown = run_cell(input, formula, column, *context.scratch);
    const Int256 value = widest_at(column, 0) *
                         base::pow10<Int256>(decimals - formula.decimals - text.percent_decimals);
    return {value, outcome_of(unknown)};
  }
  if (extra != nullptr && extra->scale != model::nothing_there) {
    const Scale& scale = context.snapshot->scales()[extra->scale];
    const auto tier = reached_tier(scale, basis);
    const Int128 rate = scale.tiers[tier.value_or(0)].rate;
    return {Int256{rate} * base::pow10<Int256>(decimals - scale.decimals), model::Outcome::priced};
  }
  return {Int256{context.snapshot->record_value(found)} *
              base::pow10<Int256>(decimals - terms.decimals),
          model::Outcome::priced};
}

AggregateValue aggregate_over(const RecordContext& context,
                              const snapshot::BoundAggregate& aggregate, const LineRange& range) {
  AggregateValue sum = nothing_of(aggregate.kind);
  Unknown unknown{};
  bool is_first = true;
  AmountColumn column;
  column.resize(aggregate.of.width, block_lines);
  for (std::size_t begin = range.begin; begin < range.end; begin += block_lines) {
    const FormulaInput input =
        block_input(context, begin, std::min(begin + block_lines, range.end));
    unknown |= run_cell(input, aggregate.of, column, *context.scratch);
    for (std::uint32_t i = 0; i < input.block.count; ++i) {
      if ((input.open >> i & 1U) == 0) continue;
      add_line(sum, aggregate.kind, widest_at(column, i), is_first);
      is_first = false;
    }
  }
  sum.outcome = outcome_of(unknown);
  return sum;
}

void column_over(const RecordContext& context, std::size_t number, InputColumns& to) {
  const snapshot::BoundAggregate& aggregate = context.procedure->aggregates[number];
  const std::size_t lines = context.summed_lines.size();
  for (std::size_t begin = 0; begin < lines; begin += block_lines) {
    const FormulaInput input = block_input(context, begin, std::min(begin + block_lines, lines));
    to.unknown[number][begin / block_lines] =
        run_column(input, aggregate.of, to.values[number], *context.scratch);
  }
}

AggregateValue sum_of(const InputColumns& from, std::size_t number, rule::AggregateKind kind,
                      std::span<const std::uint32_t> lines) {
  AggregateValue sum = nothing_of(kind);
  Unknown unknown{};
  for (const std::uint32_t line : lines) {
    add_line(sum, kind, widest_at(from.values[number], line), line == lines.front());
    unknown |=
        from.unknown[number][line / block_lines].only(std::uint64_t{1} << (line % block_lines));
  }
  sum.outcome = outcome_of(unknown);
  return sum;
}

}  // namespace engine::price

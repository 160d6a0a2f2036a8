#include "engine/price/take_answer.hpp"

#include "engine/base/limits.hpp"
#include "engine/price/formula_kernel.hpp"

namespace engine::price {

namespace limits = base::limits;
using model::Outcome;
using model::Terms;
using snapshot::BoundProcedure;
using snapshot::BoundStep;

namespace {

// The largest amount an answer holds: so that the sum over any number of lines still fits 128 bits.
constexpr base::Int128 amount_max =
    base::int128_max / static_cast<base::Int128>(limits::lines_per_question);

bool in_range(base::Int128 amount) { return amount <= amount_max && amount >= -amount_max; }

// Where an amount of the answer is read from.
struct Source {
  const AmountColumn* column = nullptr;
  const std::int64_t* narrow = nullptr;  // its values, where they are of 64 bits
  const base::Int128* wide = nullptr;    // the same of 128
  std::uint8_t decimals = 0;
};

Source source_of(const BoundProcedure& procedure, const Columns& columns, std::uint16_t step) {
  const AmountColumn& column = columns.steps[step].amount;
  const bool is_narrow = column.width == base::Width::bits64;
  const bool is_wide = column.width == base::Width::bits128;
  return {&column, is_narrow ? column.narrow.data() : nullptr,
          is_wide ? column.wide.data() : nullptr, procedure.steps[step].amount.decimals};
}

// False where the amount is beyond what an answer holds.
bool read_wide(const Source& source, std::size_t line, Amount& to) {
  to.decimals = source.decimals;
  if (source.wide != nullptr) {
    to.mantissa = source.wide[line];
    return in_range(to.mantissa);
  }
  return amount_at(*source.column, line, to.mantissa) && in_range(to.mantissa);
}

// Which record gave the price, and in which unit it is.
void name_source(const Task& task, const BoundProcedure& procedure, const Columns& columns,
                 std::size_t line, PricedLine& to) {
  to.record = columns.steps[procedure.rule->answer.price_step].winner[line];
  if (to.record == no_record) return;
  const Terms& terms =
      task.snapshot->conditions().terms(task.snapshot->conditions().record(to.record));
  to.unit = terms.unit.is_none()
                ? task.snapshot->articles().base_units[task.lines[line].article.raw()]
                : terms.unit;
  to.price_unit = terms.price_unit;
}

void take_amounts(const Task& task, const BoundProcedure& procedure, const Columns& columns,
                  PricedLines& out) {
  const rule::AnswerShape& shape = procedure.rule->answer;
  const std::size_t lines = out.lines.size();
  PricedLine* const priced = out.lines.data();
  // Hands the amount of every priced line a place; one that is out of range has no price.
  const auto take = [&](std::uint16_t step, const auto& place_of) {
    const Source source = source_of(procedure, columns, step);
    if (source.narrow != nullptr) {  // what 64 bits hold is in range
      for (std::size_t line = 0; line < lines; ++line) {
        if (priced[line].outcome == Outcome::priced)
          place_of(line) = {source.narrow[line], source.decimals};
      }
      return;
    }
    for (std::size_t line = 0; line < lines; ++line) {
      PricedLine& to = priced[line];
      if (to.outcome == Outcome::priced && !read_wide(source, line, place_of(line)))
        to.outcome = Outcome::amount_out_of_range;
    }
  };
  take(shape.unit_price, [&](std::size_t line) -> Amount& { return priced[line].unit_price; });
  take(shape.line_amount, [&](std::size_t line) -> Amount& { return priced[line].line_amount; });
  const std::size_t count = shape.components.size();
  for (std::size_t i = 0; i < count; ++i) {
    Amount* const first = out.components.data() + i;
    take(shape.components[i].step,
         [&](std::size_t line) -> Amount& { return first[line * count]; });
  }
  for (std::size_t line = 0; line < lines; ++line) {
    if (priced[line].outcome == Outcome::priced)
      name_source(task, procedure, columns, line, priced[line]);
  }
}

// Sums over priced lines. All amounts of a step have the step's decimals and lie within amount_max,
// so sums are exact.
void sum_up(const BoundProcedure& procedure, PricedLines& out) {
  const rule::AnswerShape& shape = procedure.rule->answer;
  const std::size_t components = shape.components.size();
  out.totals.assign(1 + shape.totals.size(), Amount{});
  out.totals[0].decimals = procedure.steps[shape.line_amount].amount.decimals;
  for (std::size_t i = 0; i < shape.totals.size(); ++i) {
    out.totals[i + 1].decimals =
        procedure.steps[shape.components[shape.totals[i]].step].amount.decimals;
  }
  for (std::size_t line = 0; line < out.lines.size(); ++line) {
    if (out.lines[line].outcome != Outcome::priced) continue;
    out.totals[0].mantissa += out.lines[line].line_amount.mantissa;
    for (std::size_t i = 0; i < shape.totals.size(); ++i) {
      out.totals[i + 1].mantissa += out.components[line * components + shape.totals[i]].mantissa;
    }
  }
}

// Amounts of the order, which all lines share: where one can't be told, no line has a price.
void take_order(const BoundProcedure& procedure, const Columns& columns, PricedLines& out) {
  for (const rule::Component& component : procedure.rule->answer.order) {
    Amount amount{0, procedure.steps[component.step].amount.decimals};
    if (!amount_at(columns.steps[component.step].amount, 0, amount.mantissa) ||
        !in_range(amount.mantissa)) {
      amount.mantissa = 0;
      for (PricedLine& line : out.lines) {
        if (line.outcome == Outcome::priced) line.outcome = Outcome::amount_out_of_range;
      }
    }
    out.order.push_back(amount);
  }
}

// What records did to lines that then turned out to have no price is no part of the answer.
void drop_unpriced(PricedLines& out) {
  if (out.adjustments.empty() && out.free_lines.empty()) return;
  const auto is_unpriced = [&](const auto& made) {
    return made.line != no_line && out.lines[made.line].outcome != Outcome::priced;
  };
  std::erase_if(out.adjustments, is_unpriced);
  std::erase_if(out.free_lines, is_unpriced);
}

}  // namespace

void take_answer(const Task& task, const Columns& columns, PricedLines& out) {
  const BoundProcedure& procedure = task.snapshot->procedures()[task.procedure];
  if (!task.lines.empty()) take_order(procedure, columns, out);
  take_amounts(task, procedure, columns, out);
  drop_unpriced(out);
  sum_up(procedure, out);
}

}  // namespace engine::price

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

// Hands a step's amount of every priced line to `take(line, amount)`, column by column: the width
// is looked at once.
template <class Take>
void read_amounts(const BoundStep& step, const AmountColumn& column, PricedLines& out,
                  const Take& take) {
  const std::uint8_t decimals = step.amount.decimals;
  const auto each = [&](const auto& amount_of) {
    for (std::size_t line = 0; line < out.lines.size(); ++line) {
      if (out.lines[line].outcome == Outcome::priced) take(line, Amount{amount_of(line), decimals});
    }
  };
  if (column.width == base::Width::bits64) {
    const std::int64_t* values = column.narrow.data();
    return each([&](std::size_t line) { return base::Int128{values[line]}; });
  }
  each([&](std::size_t line) {
    base::Int128 amount = 0;
    if (!amount_at(column, line, amount) || !in_range(amount))
      out.lines[line].outcome = Outcome::amount_out_of_range;
    return amount;
  });
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
  const auto read = [&](std::uint16_t step, const auto& take) {
    read_amounts(procedure.steps[step], columns.steps[step].amount, out, take);
  };
  read(shape.unit_price,
       [&](std::size_t line, const Amount& amount) { out.lines[line].unit_price = amount; });
  read(shape.line_amount,
       [&](std::size_t line, const Amount& amount) { out.lines[line].line_amount = amount; });
  const std::size_t components = shape.components.size();
  for (std::size_t i = 0; i < components; ++i) {
    read(shape.components[i].step, [&](std::size_t line, const Amount& amount) {
      out.components[line * components + i] = amount;
    });
  }
  for (std::size_t line = 0; line < out.lines.size(); ++line) {
    if (out.lines[line].outcome == Outcome::priced)
      name_source(task, procedure, columns, line, out.lines[line]);
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

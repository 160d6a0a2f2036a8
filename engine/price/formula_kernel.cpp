#include "engine/price/formula_kernel.hpp"

#include "engine/price/kernel.hpp"
#include "engine/price/kernel_loads.hpp"
#include "engine/price/kernel_rounding.hpp"

#include <algorithm>
#include <bit>
#include <type_traits>

namespace engine::price {

using base::Int128;
using base::Int256;
using detail::Kernel;
using detail::ManyLines;
using detail::OneLine;
using snapshot::BoundFormula;

namespace {

template <class W>
W* values_of(AmountColumn& column) {
  if constexpr (std::is_same_v<W, std::int64_t>) {
    return column.narrow.data();
  } else if constexpr (std::is_same_v<W, Int128>) {
    return column.wide.data();
  } else {
    return column.widest.data();
  }
}

template <class Lines, class W>
void store(const W* from, AmountColumn& to, const FormulaInput& input, std::size_t offset) {
  W* values = values_of<W>(to) + offset;
  if constexpr (std::is_same_v<Lines, OneLine>) {
    *values = (input.open & 1U) != 0 ? *from : W(0);
    return;
  }
  if (std::countr_one(input.open) >= static_cast<int>(input.block.count)) {
    std::copy_n(from, input.block.count, values);
    return;
  }
  for (std::uint32_t i = 0; i < input.block.count; ++i) {
    const bool open = (input.open >> i & 1U) != 0;
    values[i] = open ? from[i] : W(0);
  }
}

template <class Lines, class W>
Unknown run_amount_in(const FormulaInput& input, const snapshot::BoundStep& step, StepColumns& to,
                      W* stack) {
  Kernel<W, Lines> kernel{input, stack};
  kernel.run(step.amount, 0, step.amount.exact_length);
  if (input.keep_exact) store<Lines>(kernel.top(), to.exact, input, input.block.offset);
  kernel.run(step.amount, step.amount.exact_length, step.amount.code.size());
  store<Lines>(kernel.top(), to.amount, input, input.block.offset);
  return kernel.unknown().only(input.open);
}

template <class Lines, class W>
ConditionLines run_condition_in(const FormulaInput& input, const BoundFormula& formula, W* stack) {
  Kernel<W, Lines> kernel{input, stack};
  kernel.run(formula, 0, formula.code.size());
  ConditionLines found{0, kernel.unknown().only(input.open)};
  const Lines lines{input.block.count};
  for (std::uint32_t i = 0; i < lines.count(); ++i) {
    const bool met = kernel.top()[i] != 0;
    found.met |= std::uint64_t{met} << i;
  }
  return found;
}

template <class Lines, class W>
Unknown run_column_in(const FormulaInput& input, const BoundFormula& formula, AmountColumn& to,
                      std::size_t offset, W* stack) {
  Kernel<W, Lines> kernel{input, stack};
  kernel.run(formula, 0, formula.code.size());
  store<Lines>(kernel.top(), to, input, offset);
  return kernel.unknown().only(input.open);
}

Int256* widest_stack(BlockScratch& scratch) {
  scratch.widest_stack.resize(base::limits::formula_depth * block_lines);
  return scratch.widest_stack.data();
}

}  // namespace

namespace {

// Calls `run` with how many lines there are and the stack of the width.
template <class Run>
auto in_width(const FormulaInput& input, base::Width width, BlockScratch& scratch, const Run& run) {
  const ManyLines many{input.block.count};
  const bool is_one = input.block.count == 1;
  switch (width) {
    case base::Width::bits64:
      if (is_one) return run(OneLine{1}, scratch.narrow_stack.data());
      return run(many, scratch.narrow_stack.data());
    case base::Width::bits128:
      if (is_one) return run(OneLine{1}, scratch.wide_stack.data());
      return run(many, scratch.wide_stack.data());
    case base::Width::bits256:
      break;
  }
  return run(many, widest_stack(scratch));
}

}  // namespace

namespace {

// Of most steps that find something the amount is the record's number, as it stands.
bool is_plain_value(const FormulaInput& input, const BoundFormula& amount) {
  return amount.code.size() == 1 && amount.code.front().op == rule::Op::record_value &&
         amount.width == base::Width::bits64 &&
         !input.procedure->steps[amount.code.front().step].has_more &&
         input.snapshot->conditions().record_count() > 0;
}

// What the kernel would do, without its stack.
void take_values(const FormulaInput& input, const BoundFormula& amount, StepColumns& to) {
  const auto& index = input.snapshot->conditions();
  const snapshot::BoundInstruction& load = amount.code.front();
  const std::uint32_t* winners = input.columns->steps[load.step].winner.data() + input.block.offset;
  std::int64_t* values = to.amount.narrow.data() + input.block.offset;
  const int decimals = load.decimals;
  for (std::uint32_t i = 0; i < input.block.count; ++i) {
    // Without a jump, as in Kernel::load_record_value.
    const std::uint32_t taken = static_cast<std::uint32_t>(input.open >> i & 1U) &
                                static_cast<std::uint32_t>(winners[i] != no_record);
    const model::ConditionRecord& record = index.record(winners[i] & (0U - taken));
    const int missing = (decimals - index.terms(record).decimals) & -static_cast<int>(taken);
    values[i] =
        (record.value & -static_cast<std::int64_t>(taken)) * base::pow10<std::int64_t>(missing);
  }
  if (input.keep_exact)
    std::copy_n(values, input.block.count, to.exact.narrow.data() + input.block.offset);
}

}  // namespace

Unknown run_amount(const FormulaInput& input, const snapshot::BoundStep& step, StepColumns& to,
                   BlockScratch& scratch) {
  if (is_plain_value(input, step.amount)) {
    take_values(input, step.amount, to);
    return Unknown{};
  }
  return in_width(input, step.amount.width, scratch, [&](auto lines, auto* stack) {
    return run_amount_in<decltype(lines)>(input, step, to, stack);
  });
}

ConditionLines run_condition(const FormulaInput& input, const BoundFormula& formula,
                             BlockScratch& scratch) {
  return in_width(input, formula.width, scratch, [&](auto lines, auto* stack) {
    return run_condition_in<decltype(lines)>(input, formula, stack);
  });
}

Unknown run_column(const FormulaInput& input, const BoundFormula& formula, AmountColumn& to,
                   BlockScratch& scratch) {
  return in_width(input, formula.width, scratch, [&](auto lines, auto* stack) {
    return run_column_in<decltype(lines)>(input, formula, to, input.block.offset, stack);
  });
}

Unknown run_cell(const FormulaInput& input, const BoundFormula& formula, AmountColumn& to,
                 BlockScratch& scratch) {
  return in_width(input, formula.width, scratch, [&](auto lines, auto* stack) {
    return run_column_in<decltype(lines)>(input, formula, to, 0, stack);
  });
}

bool amount_at(const AmountColumn& column, std::size_t line, Int128& amount) {
  if (column.width == base::Width::bits64) {
    amount = column.narrow[line];
    return true;
  }
  if (column.width == base::Width::bits128) {
    amount = column.wide[line];
    return true;
  }
  const Int256& value = column.widest[line];
  if (value > Int256{base::int128_max} || value < -Int256{base::int128_max}) return false;
  amount = static_cast<Int128>(value);
  return true;
}

Int256 widest_at(const AmountColumn& column, std::size_t line) {
  if (column.width == base::Width::bits64) return column.narrow[line];
  if (column.width == base::Width::bits128) return column.wide[line];
  return column.widest[line];
}

}  // namespace engine::price

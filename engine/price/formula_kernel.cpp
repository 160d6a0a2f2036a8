#include "engine/price/formula_kernel.hpp"

#include "engine/price/choose.hpp"

#include <algorithm>
#include <array>
#include <type_traits>

namespace engine::price {

using base::Int128;
using base::Int256;
using rule::Op;
using snapshot::BoundFormula;
using snapshot::BoundInstruction;

namespace {

// Most 128-bit quotients are of 64-bit numbers, which divide several times faster.
template <class W>
W divide(const W& numerator, const W& denominator, base::Rounding mode) {
  if constexpr (std::is_same_v<W, Int128>) {
    if (base::fits_int64(numerator) && base::fits_int64(denominator)) {
      return base::round_quotient(static_cast<std::int64_t>(numerator),
                                  static_cast<std::int64_t>(denominator), mode);
    }
  }
  return base::round_quotient<W>(numerator, denominator, mode);
}

template <class W>
class Kernel {
 public:
  Kernel(const FormulaInput& input, W* stack)
      : input_{input}, stack_{stack}, count_{input.block.count} {}

  void run(const BoundFormula& formula, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) execute(formula.code[i]);
  }

  const W* top() const { return stack_ + (depth_ - 1) * block_lines; }

  // Lines whose result depends on a division by 0: one in the branch that a condition does not take
  // does no harm.
  std::uint64_t divided_by_zero() const { return undefined_[depth_ - 1]; }

 private:
  W* push() {
    undefined_[depth_] = 0;
    return stack_ + depth_++ * block_lines;
  }

  void drop_operand() {
    --depth_;
    undefined_[depth_ - 1] |= undefined_[depth_];
  }

  W* at(std::size_t from_top) { return stack_ + (depth_ - 1 - from_top) * block_lines; }

  template <class Function>
  void unary(Function function) {
    W* a = at(0);
    for (std::uint32_t i = 0; i < count_; ++i) a[i] = function(a[i]);
  }

  // a op b, with both brought to a common number of decimals.
  template <class Function>
  void binary(const BoundInstruction& instruction, Function function) {
    W* a = at(1);
    const W* b = at(0);
    const W left = base::pow10<W>(instruction.shift_left);
    const W right = base::pow10<W>(instruction.shift_right);
    for (std::uint32_t i = 0; i < count_; ++i) a[i] = function(W(a[i] * left), W(b[i] * right));
    drop_operand();
  }

  // && and ||: an operand that decides alone makes the other one's division by 0 harmless, on
  // either side, as in CEL.
  void logical(bool deciding) {
    W* a = at(1);
    const W* b = at(0);
    std::uint64_t decided = 0;
    const std::uint64_t undefined_a = undefined_[depth_ - 2];
    const std::uint64_t undefined_b = undefined_[depth_ - 1];
    for (std::uint32_t i = 0; i < count_; ++i) {
      const bool by_a = (a[i] != 0) == deciding && (undefined_a >> i & 1U) == 0;
      const bool by_b = (b[i] != 0) == deciding && (undefined_b >> i & 1U) == 0;
      if (by_a || by_b) decided |= std::uint64_t{1} << i;
      a[i] = by_a || by_b ? W(deciding ? 1 : 0) : W(deciding ? 0 : 1);
    }
    drop_operand();
    undefined_[depth_ - 1] &= ~decided;
  }

  void load_column(const AmountColumn& column);
  void load_record_value(const BoundInstruction& instruction);
  void load_record_bits(const BoundInstruction& instruction);
  void load_quantity();
  void round(const BoundInstruction& instruction);
  void divide_round(const BoundInstruction& instruction);
  void extend_round(const BoundInstruction& instruction);
  void select(const BoundInstruction& instruction);
  void execute(const BoundInstruction& instruction);
  void load(const BoundInstruction& instruction);
  void compute(const BoundInstruction& instruction);

  const FormulaInput& input_;
  W* stack_;
  std::uint32_t count_;
  std::size_t depth_ = 0;
  std::array<std::uint64_t, base::limits::formula_depth>
      undefined_{};  // by value on the stack: lines divided by 0
};

// A column can be wider than this formula: its step needed the width on the way to an amount that
// is proved to be small.
template <class W>
void Kernel<W>::load_column(const AmountColumn& column) {
  W* to = push();
  const auto copy = [&](const auto& values) {
    for (std::uint32_t i = 0; i < count_; ++i)
      to[i] = static_cast<W>(values[input_.block.offset + i]);
  };
  switch (column.width) {
    case base::Width::bits64:
      return copy(column.narrow);
    case base::Width::bits128:
      return copy(column.wide);
    case base::Width::bits256:
      return copy(column.widest);
  }
}

template <class W>
void Kernel<W>::load_record_value(const BoundInstruction& instruction) {
  W* to = push();
  const auto& index = input_.snapshot->conditions();
  const std::uint32_t* winners =
      input_.columns->steps[instruction.step].winner.data() + input_.block.offset;
  for (std::uint32_t i = 0; i < count_; ++i) {
    if (winners[i] == no_record) {
      to[i] = 0;
      continue;
    }
    const model::ConditionRecord& record = index.record(winners[i]);
    const model::Terms& terms = index.terms(record);
    const int missing = instruction.decimals - terms.decimals;
    if constexpr (std::is_same_v<W, std::int64_t>) {
      to[i] = record.value * base::pow10<std::int64_t>(missing);
    } else {
      to[i] = W(input_.snapshot->record_value(record)) * base::pow10<W>(missing);
    }
  }
}

template <class W>
void Kernel<W>::load_record_bits(const BoundInstruction& instruction) {
  W* to = push();
  const auto& index = input_.snapshot->conditions();
  const std::uint32_t* winners =
      input_.columns->steps[instruction.step].winner.data() + input_.block.offset;
  for (std::uint32_t i = 0; i < count_; ++i) {
    const bool found = winners[i] != no_record;
    const bool set =
        found && (instruction.op == Op::record_found ||
                  (index.terms(index.record(winners[i])).flags & instruction.flags) != 0);
    to[i] = set ? 1 : 0;
  }
}

template <class W>
void Kernel<W>::load_quantity() {
  W* to = push();
  for (std::uint32_t i = 0; i < count_; ++i) {
    const bool open = (input_.open >> i & 1U) != 0;  // a refused line's quantity has no bound
    to[i] = open ? input_.block.lines[i].quantity.mantissa() : 0;
  }
}

template <class W>
void Kernel<W>::round(const BoundInstruction& instruction) {
  if (instruction.drop == 0) {
    const W factor = base::pow10<W>(instruction.shift_left);
    unary([&](const W& a) { return W(a * factor); });
    return;
  }
  const W divisor = base::pow10<W>(instruction.drop);
  unary([&](const W& a) { return divide<W>(a, divisor, instruction.mode); });
}

template <class W>
void Kernel<W>::divide_round(const BoundInstruction& instruction) {
  const W left = base::pow10<W>(instruction.shift_left);
  const W right = base::pow10<W>(instruction.shift_right);
  W* a = at(1);
  const W* b = at(0);
  std::uint64_t undefined = 0;
  for (std::uint32_t i = 0; i < count_; ++i) {
    if (b[i] == 0) {
      a[i] = 0;
      undefined |= std::uint64_t{1} << i;
      continue;
    }
    const bool negative = b[i] < 0;
    const W numerator = a[i] * left;
    a[i] = divide<W>(negative ? W(-numerator) : numerator, W((negative ? W(-b[i]) : b[i]) * right),
                     instruction.mode);
  }
  drop_operand();
  undefined_[depth_ - 1] |= undefined;
}

// Price times quantity, in the unit and price unit that the record of `step` is for; rounded once.
template <class W>
void Kernel<W>::extend_round(const BoundInstruction& instruction) {
  const W left = base::pow10<W>(instruction.shift_left);
  const W right = base::pow10<W>(instruction.shift_right);
  const auto& index = input_.snapshot->conditions();
  const std::uint32_t* winners =
      input_.columns->steps[instruction.step].winner.data() + input_.block.offset;
  W* a = at(0);
  for (std::uint32_t i = 0; i < count_; ++i) {
    const bool open = (input_.open >> i & 1U) != 0;
    if (!open || winners[i] == no_record) {
      a[i] = 0;
      continue;
    }
    const Line& line = input_.block.lines[i];
    const UnitFactor factor =
        unit_factor(*input_.snapshot, index.terms(index.record(winners[i])), line);
    const W numerator = a[i] * W(line.quantity.mantissa()) * W(factor.numerator) * left;
    a[i] = divide<W>(numerator, W(W(factor.denominator) * right), instruction.mode);
  }
}

template <class W>
void Kernel<W>::select(const BoundInstruction& instruction) {
  const W left = base::pow10<W>(instruction.shift_left);
  const W right = base::pow10<W>(instruction.shift_right);
  W* condition = at(2);
  const W* then = at(1);
  const W* otherwise = at(0);
  std::uint64_t taken = 0;
  for (std::uint32_t i = 0; i < count_; ++i) {
    const bool first = condition[i] != 0;
    if (first) taken |= std::uint64_t{1} << i;
    condition[i] = first ? W(then[i] * left) : W(otherwise[i] * right);
  }
  depth_ -= 2;
  undefined_[depth_ - 1] |= (undefined_[depth_] & taken) | (undefined_[depth_ + 1] & ~taken);
}

template <class W>
void Kernel<W>::load(const BoundInstruction& instruction) {
  const auto& steps = input_.columns->steps;
  switch (instruction.op) {
    case Op::constant: {
      W* to = push();
      std::fill_n(to, count_, W(instruction.constant));
      return;
    }
    case Op::quantity:
      return load_quantity();
    case Op::step_amount:
      return load_column(steps[instruction.step].amount);
    case Op::step_exact:
      return load_column(steps[instruction.step].exact);
    case Op::record_value:
      return load_record_value(instruction);
    default:
      return load_record_bits(instruction);
  }
}

template <class W>
void Kernel<W>::compute(const BoundInstruction& instruction) {
  const auto truth = [](bool value) { return W(value ? 1 : 0); };
  switch (instruction.op) {
    case Op::add:
      return binary(instruction, [](const W& a, const W& b) { return W(a + b); });
    case Op::subtract:
      return binary(instruction, [](const W& a, const W& b) { return W(a - b); });
    case Op::multiply:
      return binary(instruction, [](const W& a, const W& b) { return W(a * b); });
    case Op::minimum:
      return binary(instruction, [](const W& a, const W& b) { return b < a ? b : a; });
    case Op::maximum:
      return binary(instruction, [](const W& a, const W& b) { return a < b ? b : a; });
    case Op::less:
      return binary(instruction, [&](const W& a, const W& b) { return truth(a < b); });
    case Op::less_equal:
      return binary(instruction, [&](const W& a, const W& b) { return truth(a <= b); });
    case Op::equal:
      return binary(instruction, [&](const W& a, const W& b) { return truth(a == b); });
    case Op::not_equal:
      return binary(instruction, [&](const W& a, const W& b) { return truth(a != b); });
    case Op::logical_and:
      return logical(false);
    case Op::logical_or:
      return logical(true);
    case Op::logical_not:
      return unary([&](const W& a) { return truth(a == 0); });
    case Op::negate:
      return unary([](const W& a) { return W(-a); });
    case Op::select:
      return select(instruction);
    case Op::round:
      return round(instruction);
    case Op::divide_round:
      return divide_round(instruction);
    default:
      return extend_round(instruction);
  }
}

template <class W>
void Kernel<W>::execute(const BoundInstruction& instruction) {
  if (instruction.op <= Op::record_flag) {
    load(instruction);
  } else {
    compute(instruction);
  }
}

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

template <class W>
void store(const W* from, AmountColumn& to, const FormulaInput& input) {
  W* values = values_of<W>(to) + input.block.offset;
  for (std::uint32_t i = 0; i < input.block.count; ++i) {
    const bool open = (input.open >> i & 1U) != 0;
    values[i] = open ? from[i] : W(0);
  }
}

template <class W>
std::uint64_t run_amount_in(const FormulaInput& input, const snapshot::BoundStep& step,
                            StepColumns& to, W* stack) {
  Kernel<W> kernel{input, stack};
  kernel.run(step.amount, 0, step.amount.exact_length);
  if (input.keep_exact) store(kernel.top(), to.exact, input);
  kernel.run(step.amount, step.amount.exact_length, step.amount.code.size());
  store(kernel.top(), to.amount, input);
  return kernel.divided_by_zero() & input.open;
}

template <class W>
ConditionLines run_condition_in(const FormulaInput& input, const BoundFormula& formula, W* stack) {
  Kernel<W> kernel{input, stack};
  kernel.run(formula, 0, formula.code.size());
  ConditionLines lines{0, kernel.divided_by_zero() & input.open};
  for (std::uint32_t i = 0; i < input.block.count; ++i) {
    if (kernel.top()[i] != 0) lines.met |= std::uint64_t{1} << i;
  }
  return lines;
}

Int256* widest_stack(BlockScratch& scratch) {
  scratch.widest_stack.resize(base::limits::formula_depth * block_lines);
  return scratch.widest_stack.data();
}

}  // namespace

std::uint64_t run_amount(const FormulaInput& input, const snapshot::BoundStep& step,
                         StepColumns& to, BlockScratch& scratch) {
  switch (step.amount.width) {
    case base::Width::bits64:
      return run_amount_in(input, step, to, scratch.narrow_stack.data());
    case base::Width::bits128:
      return run_amount_in(input, step, to, scratch.wide_stack.data());
    case base::Width::bits256:
      break;
  }
  return run_amount_in(input, step, to, widest_stack(scratch));
}

ConditionLines run_condition(const FormulaInput& input, const BoundFormula& formula,
                             BlockScratch& scratch) {
  switch (formula.width) {
    case base::Width::bits64:
      return run_condition_in(input, formula, scratch.narrow_stack.data());
    case base::Width::bits128:
      return run_condition_in(input, formula, scratch.wide_stack.data());
    case base::Width::bits256:
      break;
  }
  return run_condition_in(input, formula, widest_stack(scratch));
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

}  // namespace engine::price

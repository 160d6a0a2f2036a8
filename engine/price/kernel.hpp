// The machine that runs a bound formula over a block: a stack of columns of up to 64 values in one
// of three widths, and of what can't be told of them. What its instructions load and how they round
// stands in kernel_loads.hpp and kernel_rounding.hpp. Only formula_kernel.cpp includes this.
#pragma once

#include "engine/price/choose.hpp"
#include "engine/price/formula_kernel.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <type_traits>

namespace engine::price::detail {

using base::Int128;
using base::Int256;
using rule::Op;
using snapshot::BoundFormula;
using snapshot::BoundInstruction;

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

// a * b * left / right, where both of these are powers of ten. What comes to 64 bits, as most amounts
// do, is computed in 64.
template <class W>
W multiply_divide(const W& a, std::int64_t b, const W& left, const W& right, base::Rounding mode) {
  if constexpr (std::is_same_v<W, Int128>) {
    const auto narrow_left = static_cast<std::int64_t>(left);
    const auto narrow_right = static_cast<std::int64_t>(right);
    std::int64_t product = 0;
    if (base::fits_int64(a) && left == narrow_left && right == narrow_right &&
        !__builtin_mul_overflow(static_cast<std::int64_t>(a), b, &product) &&
        !__builtin_mul_overflow(product, narrow_left, &product))
      return narrow_right == 1 ? product : base::round_quotient(product, narrow_right, mode);
  }
  return divide<W>(W(a * W(b) * left), right, mode);
}

// How many lines a formula runs over. Of one alone that is known when the kernel is compiled: it needs
// no loops, and a look-up runs most of its formulas' instructions over them.
struct OneLine {
  explicit OneLine(std::uint32_t /*count*/) {}

  static constexpr std::uint32_t count() { return 1; }
};

class ManyLines {
 public:
  explicit ManyLines(std::uint32_t count) : count_{count} {}

  std::uint32_t count() const { return count_; }

 private:
  std::uint32_t count_;
};

template <class W, class Lines>
class Kernel {
 public:
  Kernel(const FormulaInput& input, W* stack)
      : input_{input}, stack_{stack}, lines_{input.block.count} {}

  void run(const BoundFormula& formula, std::size_t from, std::size_t to) {
    formula_ = &formula;
    for (std::size_t i = from; i < to; ++i) execute(formula.code[i]);
  }

  const W* top() const { return stack_ + (depth_ - 1) * block_lines; }

  // Lines whose result depends on a division by 0, or on a number that is not there: one in the
  // branch that a condition does not take does no harm.
  Unknown unknown() const { return unknown_[depth_ - 1]; }

 private:
  W* push() {
    unknown_[depth_] = {};
    return stack_ + depth_++ * block_lines;
  }

  Unknown& unknown_on_top() { return unknown_[depth_ - 1]; }

  void drop_operand() {
    --depth_;
    unknown_[depth_ - 1] |= unknown_[depth_];
  }

  W* at(std::size_t from_top) { return stack_ + (depth_ - 1 - from_top) * block_lines; }

  template <class Function>
  void unary(Function function) {
    W* a = at(0);
    for (std::uint32_t i = 0; i < lines_.count(); ++i) a[i] = function(a[i]);
  }

  // a op b, with both brought to a common number of decimals.
  template <class Function>
  void binary(const BoundInstruction& instruction, Function function) {
    W* a = at(1);
    const W* b = at(0);
    const W left = base::pow10<W>(instruction.shift_left);
    const W right = base::pow10<W>(instruction.shift_right);
    for (std::uint32_t i = 0; i < lines_.count(); ++i)
      a[i] = function(W(a[i] * left), W(b[i] * right));
    drop_operand();
  }

  // A comparison with a number that is not there is false.
  template <class Function>
  void comparison(const BoundInstruction& instruction, Function function) {
    binary(instruction, [&](const W& a, const W& b) { return W(function(a, b) ? 1 : 0); });
    Unknown& unknown = unknown_on_top();
    W* result = at(0);
    for (std::uint64_t rest = unknown.missing; rest != 0; rest &= rest - 1)
      result[std::countr_zero(rest)] = 0;
    unknown.missing = 0;
  }

  // && and ||: an operand that decides alone makes the other one's division by 0 harmless, on
  // either side, as in CEL.
  void logical(bool deciding) {
    W* a = at(1);
    const W* b = at(0);
    std::uint64_t decided = 0;
    const std::uint64_t unknown_a = unknown_[depth_ - 2].any();
    const std::uint64_t unknown_b = unknown_[depth_ - 1].any();
    for (std::uint32_t i = 0; i < lines_.count(); ++i) {
      const bool by_a = (a[i] != 0) == deciding && (unknown_a >> i & 1U) == 0;
      const bool by_b = (b[i] != 0) == deciding && (unknown_b >> i & 1U) == 0;
      if (by_a || by_b) decided |= std::uint64_t{1} << i;
      a[i] = by_a || by_b ? W(deciding ? 1 : 0) : W(deciding ? 0 : 1);
    }
    drop_operand();
    unknown_on_top() = unknown_on_top().only(~decided);
  }

  template <class Function>
  void each_open(Function function) {
    for (std::uint32_t i = 0; i < lines_.count(); ++i) {
      if ((input_.open >> i & 1U) != 0) function(i);
    }
  }

  const std::uint32_t* winners_of(std::uint16_t step) const {
    return input_.columns->steps[step].winner.data() + input_.block.offset;
  }

  // Of the record that a step found on a line; 1 where it found none.
  UnitFactor factor_of(std::uint32_t record, const Line& line) const {
    if (record == no_record) return {};
    const auto& index = input_.snapshot->conditions();
    return unit_factor(*input_.snapshot, index.terms(index.record(record)), line);
  }

  // Whether its factor is 1 without any reckoning: so it is for most lines.
  bool is_per_unit(std::uint32_t record, const Line& line) const {
    if (record == no_record) return true;
    const auto& index = input_.snapshot->conditions();
    const model::Terms& terms = index.terms(index.record(record));
    return terms.unit.is_none() && terms.price_unit == 1 && line.numerator == 1 &&
           line.denominator == 1;
  }

  void load_column(const AmountColumn& column);
  void load_record_value(const BoundInstruction& instruction);
  void load_record_bits(const BoundInstruction& instruction);
  void load_parameter(const BoundInstruction& instruction);
  void load_quantity(bool in_base_units);
  void load_field(const BoundInstruction& instruction);
  void load_field_number(const BoundInstruction& instruction);
  void load_input(const BoundInstruction& instruction);
  void load_aggregate(const BoundInstruction& instruction);
  void load_inputs(const InputColumns& inputs, std::size_t index);
  void load_record(const BoundInstruction& instruction);
  void round(const BoundInstruction& instruction);
  void divide_round(const BoundInstruction& instruction);
  void extend_round(const BoundInstruction& instruction);
  void unit_round(const BoundInstruction& instruction);
  void scale_round(const BoundInstruction& instruction);
  void convert_round(const BoundInstruction& instruction);
  void ending(const BoundInstruction& instruction);
  void select(const BoundInstruction& instruction);
  void execute(const BoundInstruction& instruction);
  void load(const BoundInstruction& instruction);
  void compute(const BoundInstruction& instruction);

  const FormulaInput& input_;
  const BoundFormula* formula_ = nullptr;
  W* stack_;
  Lines lines_;
  std::size_t depth_ = 0;
  std::array<Unknown, base::limits::formula_depth> unknown_;  // by value on the stack
};

template <class W, class Lines>
void Kernel<W, Lines>::load_record(const BoundInstruction& instruction) {
  if (instruction.op == Op::record_value) return load_record_value(instruction);
  if (instruction.op == Op::record_parameter || instruction.op == Op::record_has_parameter)
    return load_parameter(instruction);
  load_record_bits(instruction);
}

template <class W, class Lines>
void Kernel<W, Lines>::load(const BoundInstruction& instruction) {
  const auto& steps = input_.columns->steps;
  switch (instruction.op) {
    case Op::constant:
      std::fill_n(push(), lines_.count(), W(instruction.constant));
      return;
    case Op::quantity:
    case Op::base_quantity:
      return load_quantity(instruction.op == Op::base_quantity);
    case Op::step_amount:
      return load_column(steps[instruction.step].amount);
    case Op::step_exact:
      return load_column(steps[instruction.step].exact);
    case Op::field_number:
      return load_field_number(instruction);
    case Op::field_among:
    case Op::field_test:
    case Op::field_given:
      return load_field(instruction);
    case Op::input:
      return load_input(instruction);
    case Op::aggregate:
      return load_aggregate(instruction);
    case Op::running: {
      W* to = push();
      for (std::uint32_t i = 0; i < lines_.count(); ++i)
        to[i] = static_cast<W>(input_.running->amounts[input_.block.offset + i]);
      return;
    }
    case Op::charge_left:
      std::fill_n(push(), lines_.count(),
                  static_cast<W>(steps[instruction.step].charges[instruction.index]));
      return;
    default:
      return load_record(instruction);
  }
}

template <class W, class Lines>
void Kernel<W, Lines>::compute(const BoundInstruction& instruction) {
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
      return comparison(instruction, [](const W& a, const W& b) { return a < b; });
    case Op::less_equal:
      return comparison(instruction, [](const W& a, const W& b) { return a <= b; });
    case Op::equal:
      return comparison(instruction, [](const W& a, const W& b) { return a == b; });
    case Op::not_equal:
      return comparison(instruction, [](const W& a, const W& b) { return a != b; });
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
    case Op::unit_round:
      return unit_round(instruction);
    case Op::scale_round:
      return scale_round(instruction);
    case Op::convert_round:
      return convert_round(instruction);
    case Op::ending:
      return ending(instruction);
    default:
      return extend_round(instruction);
  }
}

template <class W, class Lines>
void Kernel<W, Lines>::execute(const BoundInstruction& instruction) {
  if (instruction.op <= rule::last_load) {
    load(instruction);
  } else {
    compute(instruction);
  }
}

}  // namespace engine::price::detail

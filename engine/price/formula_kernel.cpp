#include "engine/price/formula_kernel.hpp"

#include "engine/price/choose.hpp"
#include "engine/price/field_values.hpp"
#include "engine/price/record_values.hpp"

#include <algorithm>
#include <array>
#include <bit>
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
    for (std::uint32_t i = 0; i < count_; ++i) {
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
    for (std::uint32_t i = 0; i < count_; ++i) {
      if ((input_.open >> i & 1U) != 0) function(i);
    }
  }

  const std::uint32_t* winners_of(std::uint16_t step) const {
    return input_.columns->steps[step].winner.data() + input_.block.offset;
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
  void load_line_aggregate(const BoundInstruction& instruction);
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
  std::uint32_t count_;
  std::size_t depth_ = 0;
  std::array<Unknown, base::limits::formula_depth> unknown_;  // by value on the stack
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
  if (input_.procedure->steps[instruction.step].has_more) {
    const auto* values = input_.columns->steps[instruction.step].value.data() + input_.block.offset;
    for (std::uint32_t i = 0; i < count_; ++i) to[i] = static_cast<W>(values[i]);
    return;
  }
  const auto& index = input_.snapshot->conditions();
  const std::uint32_t* winners = winners_of(instruction.step);
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
  const std::uint32_t* winners = winners_of(instruction.step);
  for (std::uint32_t i = 0; i < count_; ++i) {
    const bool found = winners[i] != no_record;
    const bool set =
        found && (instruction.op == Op::record_found ||
                  (index.terms(index.record(winners[i])).flags & instruction.flags) != 0);
    to[i] = set ? 1 : 0;
  }
}

// A named number of a record: of the one found, or of the one whose own text this is.
template <class W>
void Kernel<W>::load_parameter(const BoundInstruction& instruction) {
  W* to = push();
  const bool own = instruction.step == rule::no_step;
  const auto& index = input_.snapshot->conditions();
  std::uint64_t absent = 0;
  for (std::uint32_t i = 0; i < count_; ++i) {
    const model::RecordExtra* extra = own ? input_.own : nullptr;
    if (!own) extra = index.find_extra(winners_of(instruction.step)[i]);
    const base::Decimal* number = extra == nullptr ? nullptr : extra->parameter(instruction.index);
    const bool only_asks = instruction.op == Op::record_has_parameter;
    if (number == nullptr && !only_asks) absent |= std::uint64_t{1} << i;
    if (only_asks) {
      to[i] = number == nullptr ? 0 : 1;
    } else {
      to[i] = number == nullptr
                  ? W(0)
                  : W(number->mantissa) * base::pow10<W>(instruction.decimals - number->decimals);
    }
  }
  unknown_on_top().missing = absent;
}

template <class W>
void Kernel<W>::load_quantity(bool in_base_units) {
  W* to = push();
  std::fill_n(to, count_, W(0));
  each_open([&](std::uint32_t i) {  // a refused line's quantity has no bound
    const Line& line = input_.block.lines[i];
    to[i] = line.quantity.mantissa();
    if (!in_base_units || line.numerator == line.denominator) return;
    to[i] = divide<W>(W(to[i] * line.numerator), W(line.denominator), base::Rounding::half_up);
  });
}

template <class W>
void Kernel<W>::load_field(const BoundInstruction& instruction) {
  W* to = push();
  const auto& field = input_.snapshot->schema().field(instruction.field);
  const auto passes = [&](std::uint32_t value) {
    if (instruction.op == Op::field_given) return true;
    if (instruction.op == Op::field_among)
      return std::ranges::binary_search(formula_->sets[instruction.set], value);
    const std::string_view text = field_text(*input_.snapshot, *input_.header, field, value);
    const std::string& wanted = formula_->texts[instruction.set];
    switch (instruction.test) {
      case rule::TextTest::starts_with:
        return text.starts_with(wanted);
      case rule::TextTest::ends_with:
        return text.ends_with(wanted);
      default:
        return text.find(wanted) != std::string_view::npos;
    }
  };
  const bool number = instruction.op == Op::field_given && field.value == model::FieldValue::number;
  for (std::uint32_t i = 0; i < count_; ++i) {
    const Line& line = input_.block.lines[i];
    const bool met =
        number ? number_of(*input_.snapshot, *input_.header, line, instruction.field).has_value()
               : any_value(*input_.snapshot, *input_.header, line, instruction.field, passes);
    to[i] = met ? 1 : 0;
  }
}

template <class W>
void Kernel<W>::load_field_number(const BoundInstruction& instruction) {
  W* to = push();
  std::uint64_t absent = 0;
  for (std::uint32_t i = 0; i < count_; ++i) {
    const auto number =
        number_of(*input_.snapshot, *input_.header, input_.block.lines[i], instruction.field);
    to[i] = number ? W(number->mantissa) * base::pow10<W>(instruction.decimals - number->decimals)
                   : W(0);
    if (!number) absent |= std::uint64_t{1} << i;
  }
  unknown_on_top().missing = absent;
}

template <class W>
void Kernel<W>::load_input(const BoundInstruction& instruction) {
  if (instruction.index == rule::no_step) {
    std::fill_n(push(), count_, W(0));
    unknown_on_top().missing = ~std::uint64_t{0};
    return;
  }
  load_column(input_.inputs->values[instruction.index]);
  const std::size_t offset = input_.block.offset;
  const auto& missing = input_.inputs->missing[instruction.index];
  const std::uint64_t here = missing[offset / block_lines] >> (offset % block_lines);
  unknown_on_top().missing =
      count_ == block_lines ? here : here & ((std::uint64_t{1} << count_) - 1);
}

// In line scope, a sum over the lines is the line's own amount.
template <class W>
void Kernel<W>::load_line_aggregate(const BoundInstruction& instruction) {
  load_column(input_.columns->line_aggregates[instruction.index]);
}

template <class W>
void Kernel<W>::load_aggregate(const BoundInstruction& instruction) {
  if (input_.own_aggregates == nullptr && input_.line_scope)
    return load_line_aggregate(instruction);
  const auto& values =
      input_.own_aggregates != nullptr ? *input_.own_aggregates : input_.columns->aggregates;
  const AggregateValue& value = values[instruction.index];
  std::fill_n(push(), count_, static_cast<W>(value.value));
  if (value.missing) unknown_on_top().missing = ~std::uint64_t{0};
  if (value.divided_by_zero) unknown_on_top().divided_by_zero = ~std::uint64_t{0};
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
  // What is missing is not also a division by zero.
  unknown_on_top().divided_by_zero |= undefined & ~unknown_on_top().missing;
}

// Price times quantity, in the unit and price unit that the record of `step` is for; rounded once.
template <class W>
void Kernel<W>::extend_round(const BoundInstruction& instruction) {
  const W left = base::pow10<W>(instruction.shift_left);
  const W right = base::pow10<W>(instruction.shift_right);
  const auto& index = input_.snapshot->conditions();
  const std::uint32_t* winners = winners_of(instruction.step);
  W* a = at(0);
  for (std::uint32_t i = 0; i < count_; ++i) {
    const bool open = (input_.open >> i & 1U) != 0;
    if (!open) {
      a[i] = 0;
      continue;
    }
    const Line& line = input_.block.lines[i];
    UnitFactor factor;
    if (winners[i] != no_record)
      factor = unit_factor(*input_.snapshot, index.terms(index.record(winners[i])), line);
    const W numerator = a[i] * W(line.quantity.mantissa()) * W(factor.numerator) * left;
    a[i] = divide<W>(numerator, W(W(factor.denominator) * right), instruction.mode);
  }
}

// The price of one ordered unit.
template <class W>
void Kernel<W>::unit_round(const BoundInstruction& instruction) {
  const W left = base::pow10<W>(instruction.shift_left);
  const W right = base::pow10<W>(instruction.shift_right);
  const auto& index = input_.snapshot->conditions();
  const std::uint32_t* winners = winners_of(instruction.step);
  W* a = at(0);
  each_open([&](std::uint32_t i) {
    UnitFactor factor;
    if (winners[i] != no_record) {
      factor = unit_factor(*input_.snapshot, index.terms(index.record(winners[i])),
                           input_.block.lines[i]);
    }
    a[i] = divide<W>(W(a[i] * W(factor.numerator) * left), W(W(factor.denominator) * right),
                     instruction.mode);
  });
}

// What the line costs by the record's own scale, in all; a record without one: value x quantity.
template <class W>
void Kernel<W>::scale_round(const BoundInstruction& instruction) {
  const W left = base::pow10<W>(instruction.shift_left);
  const W right = base::pow10<W>(instruction.shift_right);
  const std::uint32_t* winners = winners_of(instruction.step);
  const auto& step = input_.procedure->steps[instruction.step];
  W* to = push();
  std::fill_n(to, count_, W(0));
  each_open([&](std::uint32_t i) {
    if (winners[i] == no_record) return;
    const Int256* value = nullptr;
    if (step.has_more)
      value = &input_.columns->steps[instruction.step].value[input_.block.offset + i];
    const ScaledAmount amount = scaled_amount(*input_.snapshot, winners[i], input_.block.lines[i],
                                              step.value_decimals, value);
    to[i] = divide<W>(W(static_cast<W>(amount.numerator) * left),
                      W(static_cast<W>(amount.denominator) * right), instruction.mode);
  });
}

template <class W>
void Kernel<W>::convert_round(const BoundInstruction& instruction) {
  const W left = base::pow10<W>(instruction.shift_left);
  const W right = base::pow10<W>(instruction.shift_right);
  const auto& index = input_.snapshot->conditions();
  const std::uint32_t* winners = winners_of(instruction.step);
  W* a = at(0);
  each_open([&](std::uint32_t i) {
    const model::CurrencyId from = winners[i] == no_record
                                       ? input_.header->currency
                                       : index.terms(index.record(winners[i])).currency;
    snapshot::RateFactor factor;
    if (!from.is_none() && from != input_.header->currency) {
      const auto rate = input_.snapshot->rates().find(
          from, input_.header->currency, input_.procedure->rate_kind,
          input_.procedure->rate_currency, input_.block.lines[i].date);
      if (!rate) {
        unknown_on_top().no_rate |= std::uint64_t{1} << i;
        return;
      }
      factor = *rate;
    }
    a[i] = divide<W>(W(a[i] * static_cast<W>(factor.numerator) * left),
                     W(static_cast<W>(factor.denominator) * right), instruction.mode);
  });
}

// The nearest price with one of the endings. A price that is not negative has no negative ending.
template <class W>
void Kernel<W>::ending(const BoundInstruction& instruction) {
  const W left = base::pow10<W>(instruction.shift_left);
  const W drop = base::pow10<W>(instruction.drop);
  const W step = static_cast<W>(instruction.constant);
  const auto& endings = formula_->lists[instruction.set];
  const auto nearest = [&](const W& price) {
    W best = 0;
    bool found = false;
    const auto take = [&](const W& candidate) {
      if (price >= 0 && candidate < 0) return;
      if (instruction.mode == base::Rounding::up && candidate < price) return;
      if (instruction.mode == base::Rounding::down && candidate > price) return;
      const W own = candidate < price ? W(price - candidate) : W(candidate - price);
      const W known = best < price ? W(price - best) : W(best - price);
      if (!found || own < known || (own == known && candidate > best)) best = candidate;
      found = true;
    };
    for (const Int128& end : endings) {
      const W first = static_cast<W>(end);
      const W rest = price - first;
      W times = rest / step;
      if (rest % step < 0) times = W(times - 1);
      take(W(first + times * step));
      take(W(first + (times + 1) * step));
    }
    return found ? best : price;
  };
  unary([&](const W& a) { return W(nearest(W(a * left)) / drop); });
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
  unknown_on_top() |= unknown_[depth_].only(taken);
  unknown_on_top() |= unknown_[depth_ + 1].only(~taken);
}

template <class W>
void Kernel<W>::load_record(const BoundInstruction& instruction) {
  if (instruction.op == Op::record_value) return load_record_value(instruction);
  if (instruction.op == Op::record_parameter || instruction.op == Op::record_has_parameter)
    return load_parameter(instruction);
  load_record_bits(instruction);
}

template <class W>
void Kernel<W>::load(const BoundInstruction& instruction) {
  const auto& steps = input_.columns->steps;
  switch (instruction.op) {
    case Op::constant:
      std::fill_n(push(), count_, W(instruction.constant));
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
      for (std::uint32_t i = 0; i < count_; ++i)
        to[i] = static_cast<W>(input_.running->amounts[input_.block.offset + i]);
      return;
    }
    case Op::charge_left:
      std::fill_n(push(), count_,
                  static_cast<W>(steps[instruction.step].charges[instruction.index]));
      return;
    default:
      return load_record(instruction);
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

template <class W>
void Kernel<W>::execute(const BoundInstruction& instruction) {
  if (instruction.op <= rule::last_load) {
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
void store(const W* from, AmountColumn& to, const FormulaInput& input, std::size_t offset) {
  W* values = values_of<W>(to) + offset;
  for (std::uint32_t i = 0; i < input.block.count; ++i) {
    const bool open = (input.open >> i & 1U) != 0;
    values[i] = open ? from[i] : W(0);
  }
}

template <class W>
Unknown run_amount_in(const FormulaInput& input, const snapshot::BoundStep& step, StepColumns& to,
                      W* stack) {
  Kernel<W> kernel{input, stack};
  kernel.run(step.amount, 0, step.amount.exact_length);
  if (input.keep_exact) store(kernel.top(), to.exact, input, input.block.offset);
  kernel.run(step.amount, step.amount.exact_length, step.amount.code.size());
  store(kernel.top(), to.amount, input, input.block.offset);
  return kernel.unknown().only(input.open);
}

template <class W>
ConditionLines run_condition_in(const FormulaInput& input, const BoundFormula& formula, W* stack) {
  Kernel<W> kernel{input, stack};
  kernel.run(formula, 0, formula.code.size());
  ConditionLines lines{0, kernel.unknown().only(input.open)};
  for (std::uint32_t i = 0; i < input.block.count; ++i) {
    if (kernel.top()[i] != 0) lines.met |= std::uint64_t{1} << i;
  }
  return lines;
}

template <class W>
Unknown run_column_in(const FormulaInput& input, const BoundFormula& formula, AmountColumn& to,
                      std::size_t offset, W* stack) {
  Kernel<W> kernel{input, stack};
  kernel.run(formula, 0, formula.code.size());
  store(kernel.top(), to, input, offset);
  return kernel.unknown().only(input.open);
}

Int256* widest_stack(BlockScratch& scratch) {
  scratch.widest_stack.resize(base::limits::formula_depth * block_lines);
  return scratch.widest_stack.data();
}

}  // namespace

namespace {

// Calls `run` with the stack of the width.
template <class Run>
auto in_width(base::Width width, BlockScratch& scratch, const Run& run) {
  switch (width) {
    case base::Width::bits64:
      return run(scratch.narrow_stack.data());
    case base::Width::bits128:
      return run(scratch.wide_stack.data());
    case base::Width::bits256:
      break;
  }
  return run(widest_stack(scratch));
}

}  // namespace

Unknown run_amount(const FormulaInput& input, const snapshot::BoundStep& step, StepColumns& to,
                   BlockScratch& scratch) {
  return in_width(step.amount.width, scratch,
                  [&](auto* stack) { return run_amount_in(input, step, to, stack); });
}

ConditionLines run_condition(const FormulaInput& input, const BoundFormula& formula,
                             BlockScratch& scratch) {
  return in_width(formula.width, scratch,
                  [&](auto* stack) { return run_condition_in(input, formula, stack); });
}

Unknown run_column(const FormulaInput& input, const BoundFormula& formula, AmountColumn& to,
                   BlockScratch& scratch) {
  return in_width(formula.width, scratch, [&](auto* stack) {
    return run_column_in(input, formula, to, input.block.offset, stack);
  });
}

Unknown run_cell(const FormulaInput& input, const BoundFormula& formula, AmountColumn& to,
                 BlockScratch& scratch) {
  return in_width(formula.width, scratch,
                  [&](auto* stack) { return run_column_in(input, formula, to, 0, stack); });
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

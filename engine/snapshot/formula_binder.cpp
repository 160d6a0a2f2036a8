#include "engine/snapshot/formula_binder.hpp"

#include "engine/base/limits.hpp"
#include "engine/model/scale.hpp"

#include <algorithm>

namespace engine::snapshot {

using base::BigInt;
using base::Fault;
using base::FaultCode;
using base::Result;
using rule::Instruction;
using rule::Op;

namespace {

constexpr int decimals_max = 60;  // of an exact intermediate result; 256 bits hold 76 digits
constexpr std::int64_t unit_factor_max =
    1'000'000'000;  // numerator of a unit's factor, see model::Facts

BigInt power_of_ten(int exponent) {
  BigInt power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

base::Width width_for(const BigInt& magnitude) {
  if (magnitude < BigInt{1} << 63) return base::Width::bits64;
  if (magnitude < BigInt{1} << 127) return base::Width::bits128;
  return base::Width::bits256;
}

class Binder {
 public:
  explicit Binder(const FormulaScope& scope) : scope_{scope} {}

  Result<BoundResult> bind(const rule::Formula& formula,
                           const std::vector<rule::RoundTo>& rounding) {
    for (const Instruction& instruction : formula) {
      if (auto ok = add(instruction); !ok) return ok.error();
    }
    bound_.exact_length = static_cast<std::uint16_t>(bound_.code.size());
    const Bound exact = stack_.back();
    for (const rule::RoundTo& to : rounding) {
      Instruction round;
      round.op = Op::round;
      round.decimals = to.decimals;
      round.mode = to.mode;
      if (auto ok = add(round); !ok) return ok.error();
    }
    if (auto ok = prove(); !ok) return ok.error();
    bound_.width = width_for(largest_);
    bound_.exact_decimals = static_cast<std::uint8_t>(exact.decimals);
    bound_.decimals = static_cast<std::uint8_t>(stack_.back().decimals);
    return BoundResult{std::move(bound_), exact, stack_.back()};
  }

 private:
  Result<void> prove() const {
    if (deepest_ > base::limits::formula_depth) {
      return Fault{FaultCode::too_deep, "",
                   "its formula keeps more than " + std::to_string(base::limits::formula_depth) +
                       " values at once; compute a part of it in a step of its own"};
    }
    if (largest_ >= BigInt{1} << 254) {
      return Fault{FaultCode::width_unprovable, "",
                   "its largest intermediate result can take more than 256 bits; round earlier or "
                   "lower a maximum"};
    }
    return {};
  }

  Result<void> add(const Instruction& from);
  void push_operand(const Instruction& from, BoundInstruction& to);
  void push_field(const Instruction& from, BoundInstruction& to);
  void push_step(const Instruction& from);
  void operate(const Instruction& from, BoundInstruction& to);
  void combine(const Instruction& from, BoundInstruction& to);
  void round(const Instruction& from, BoundInstruction& to);
  void divide(const Instruction& from, BoundInstruction& to);
  void extend(const Instruction& from, BoundInstruction& to, const BigInt& quantity,
              int quantity_decimals);
  void scale(const Instruction& from, BoundInstruction& to);
  void convert(const Instruction& from, BoundInstruction& to);
  void ending(const Instruction& from, BoundInstruction& to);
  void select(BoundInstruction& to);
  void align(Bound& a, Bound& b, BoundInstruction& to);
  void shift_result(const BigInt& product, int exponent, std::uint8_t decimals,
                    BoundInstruction& to);

  // The largest numerator or denominator of what one ordered unit is in a record's unit.
  BigInt unit_factor(std::uint16_t step) const {
    const auto& find = scope_.procedure->steps[step].find;
    const BigInt factor = unit_factor_max;
    return find && find->any_unit ? BigInt{factor * factor} : factor;
  }

  BigInt unit_divisor(std::uint16_t step) const {
    return unit_factor(step) * 1'000'000;  // times the price unit
  }

  BigInt largest_quantity() const { return scope_.procedure->quantity.maximum.mantissa(); }

  Bound pop() {
    ENSURE(!stack_.empty());
    Bound value = std::move(stack_.back());
    stack_.pop_back();
    return value;
  }

  void push(Bound value) {
    note(value.magnitude);
    too_long_ |= value.decimals > decimals_max;
    stack_.push_back(std::move(value));
    deepest_ = std::max(deepest_, stack_.size());
  }

  void note(const BigInt& magnitude) { largest_ = std::max(largest_, magnitude); }

  const FormulaScope& scope_;
  std::vector<Bound> stack_;
  BoundFormula bound_;
  BigInt largest_ = 0;
  std::size_t deepest_ = 0;
  bool too_long_ = false;
};

void Binder::push_step(const Instruction& from) {
  switch (from.op) {
    case Op::step_amount:
      return push(scope_.amounts[from.step]);
    case Op::step_exact:
      return push(scope_.exacts[from.step]);
    case Op::record_value:
      return push(scope_.records[from.step]);
    case Op::charge_left:
      return push(scope_.charges[from.step][from.index]);
    default: {
      const auto& known =
          from.step == rule::no_step ? scope_.own_parameters : scope_.parameters[from.step];
      const auto bound = known.find(from.index);
      return push(bound == known.end() ? Bound{} : bound->second);
    }
  }
}

void Binder::push_field(const Instruction& from, BoundInstruction& to) {
  if (from.op == Op::field_number) {
    const ValueBound& bound = scope_.data->fields[from.field.raw()];
    return push({bound.decimals, bound.magnitude});
  }
  if (from.op == Op::field_among) {
    to.set = static_cast<std::uint16_t>(bound_.sets.size());
    auto ids = scope_.codes->ids(from.field, from.codes);
    std::ranges::sort(ids);
    bound_.sets.push_back(std::move(ids));
  } else if (from.op == Op::field_test) {
    to.set = static_cast<std::uint16_t>(bound_.texts.size());
    bound_.texts.push_back(from.codes.front());
  }
  push({0, 1});
}

void Binder::push_operand(const Instruction& from, BoundInstruction& to) {
  switch (from.op) {
    case Op::constant:
      to.constant = from.constant.mantissa;
      return push({from.constant.decimals, abs(BigInt{from.constant.mantissa})});
    case Op::quantity:
      return push({base::Quantity::decimals, largest_quantity()});
    case Op::base_quantity:
      note(largest_quantity() * unit_factor_max * 2);
      return push({base::Quantity::decimals, largest_quantity() * unit_factor_max});
    case Op::step_amount:
    case Op::step_exact:
    case Op::record_value:
    case Op::charge_left:
    case Op::record_parameter:
      return push_step(from);
    case Op::field_among:
    case Op::field_test:
    case Op::field_given:
    case Op::field_number:
      return push_field(from, to);
    case Op::input:
      to.index = scope_.places[from.index];
      return push(scope_.inputs[from.index]);
    case Op::aggregate:
      to.index = scope_.aggregate_places[from.index];
      return push(scope_.aggregates[from.index]);
    case Op::running:
      ENSURE(scope_.running.has_value());
      return push(*scope_.running);
    default:
      to.flags = from.op == Op::record_flag ? model::flag_bit(from.flag) : std::uint32_t{0};
      return push({0, 1});
  }
}

// Brings two values to the same number of decimals.
void Binder::align(Bound& a, Bound& b, BoundInstruction& to) {
  const int decimals = std::max(a.decimals, b.decimals);
  to.shift_left = static_cast<std::uint8_t>(decimals - a.decimals);
  to.shift_right = static_cast<std::uint8_t>(decimals - b.decimals);
  a = {decimals, a.magnitude * power_of_ten(decimals - a.decimals)};
  b = {decimals, b.magnitude * power_of_ten(decimals - b.decimals)};
  note(a.magnitude);
  note(b.magnitude);
}

void Binder::combine(const Instruction& from, BoundInstruction& to) {
  Bound b = pop();
  Bound a = pop();
  if (from.op == Op::multiply) {
    return push({a.decimals + b.decimals, a.magnitude * b.magnitude});
  }
  if (from.op == Op::logical_and || from.op == Op::logical_or) return push({0, 1});
  align(a, b, to);
  switch (from.op) {
    case Op::add:
    case Op::subtract:
      return push({a.decimals, a.magnitude + b.magnitude});
    case Op::minimum:
    case Op::maximum:
      return push({a.decimals, std::max(a.magnitude, b.magnitude)});
    default:
      return push({0, 1});
  }
}

void Binder::round(const Instruction& from, BoundInstruction& to) {
  const Bound a = pop();
  if (a.decimals <= from.decimals) {
    to.shift_left = static_cast<std::uint8_t>(from.decimals - a.decimals);
    return push({from.decimals, a.magnitude * power_of_ten(to.shift_left)});
  }
  to.drop = static_cast<std::uint8_t>(a.decimals - from.decimals);
  push({from.decimals, a.magnitude / power_of_ten(to.drop) + 1});
}

// A result of `product` * 10^exponent at `decimals`.
void Binder::shift_result(const BigInt& product, int exponent, std::uint8_t decimals,
                          BoundInstruction& to) {
  to.shift_left = static_cast<std::uint8_t>(std::max(exponent, 0));
  to.shift_right = static_cast<std::uint8_t>(std::max(-exponent, 0));
  note(product * power_of_ten(to.shift_left));
  push({decimals, product * power_of_ten(to.shift_left) / power_of_ten(to.shift_right) + 1});
}

// a / b at n decimals is A * 10^(n + decimals of b - decimals of a) / B.
void Binder::divide(const Instruction& from, BoundInstruction& to) {
  const Bound b = pop();
  const Bound a = pop();
  const int exponent = from.decimals + b.decimals - a.decimals;
  note(b.magnitude * power_of_ten(std::max(-exponent, 0)) * 2);
  to.shift_left = static_cast<std::uint8_t>(std::max(exponent, 0));
  to.shift_right = static_cast<std::uint8_t>(std::max(-exponent, 0));
  push({from.decimals, a.magnitude * power_of_ten(to.shift_left) + 1});
}

void Binder::extend(const Instruction& from, BoundInstruction& to, const BigInt& quantity,
                    int quantity_decimals) {
  const Bound a = pop();
  const int exponent = from.decimals - a.decimals - quantity_decimals;
  note(power_of_ten(std::max(-exponent, 0)) * unit_divisor(from.step) * 2);
  shift_result(a.magnitude * quantity * unit_factor(from.step), exponent, from.decimals, to);
}

// Rates and flat amounts have the decimals of the step's values; no tier adds more than the whole
// quantity at the highest rate and the highest flat amount.
void Binder::scale(const Instruction& from, BoundInstruction& to) {
  const Bound& record = scope_.records[from.step];
  constexpr int tiers_max = static_cast<int>(model::scale_tiers_max);
  const BigInt product = record.magnitude * (largest_quantity() + power_of_ten(6)) *
                         unit_factor(from.step) * tiers_max;
  const int exponent = from.decimals - record.decimals - base::Quantity::decimals;
  note(power_of_ten(std::max(-exponent, 0)) * unit_divisor(from.step) * 2);
  to.drop = static_cast<std::uint8_t>(record.decimals);
  shift_result(product, exponent, from.decimals, to);
}

void Binder::convert(const Instruction& from, BoundInstruction& to) {
  const Bound a = pop();
  const int exponent = from.decimals - a.decimals;
  note(scope_.data->rate * power_of_ten(std::max(-exponent, 0)) * 2);
  shift_result(a.magnitude * scope_.data->rate, exponent, from.decimals, to);
}

void Binder::ending(const Instruction& from, BoundInstruction& to) {
  const Bound a = pop();
  int finest = from.constant.decimals;
  for (const base::Decimal& end : from.list) finest = std::max<int>(finest, end.decimals);
  const int common = std::max(finest, a.decimals);
  to.shift_left = static_cast<std::uint8_t>(common - a.decimals);
  to.drop = static_cast<std::uint8_t>(common - finest);
  const auto at_common = [common](const base::Decimal& value) {
    return value.mantissa * base::pow10<base::Int128>(common - value.decimals);
  };
  to.constant = at_common(from.constant);
  to.set = static_cast<std::uint16_t>(bound_.lists.size());
  auto& list = bound_.lists.emplace_back();
  for (const base::Decimal& end : from.list) list.push_back(at_common(end));
  const BigInt near = a.magnitude * power_of_ten(to.shift_left) + BigInt{to.constant} * 4;
  note(near);
  push({finest, near});
}

void Binder::select(BoundInstruction& to) {
  Bound otherwise = pop();
  Bound then = pop();
  pop();
  align(then, otherwise, to);
  push({then.decimals, std::max(then.magnitude, otherwise.magnitude)});
}

void Binder::operate(const Instruction& from, BoundInstruction& to) {
  switch (from.op) {
    case Op::negate:
      return push(pop());
    case Op::logical_not:
      pop();
      return push({0, 1});
    case Op::round:
      return round(from, to);
    case Op::divide_round:
      return divide(from, to);
    case Op::extend_round:
      return extend(from, to, largest_quantity(), base::Quantity::decimals);
    case Op::unit_round:
      return extend(from, to, 1, 0);
    case Op::scale_round:
      return scale(from, to);
    case Op::convert_round:
      return convert(from, to);
    case Op::ending:
      return ending(from, to);
    case Op::select:
      return select(to);
    default:
      return combine(from, to);
  }
}

Result<void> Binder::add(const Instruction& from) {
  BoundInstruction to;
  to.op = from.op;
  to.mode = from.mode;
  to.test = from.test;
  to.step = from.step;
  to.index = from.index;
  to.field = from.field;
  if (from.op <= rule::last_load) {
    push_operand(from, to);
  } else {
    operate(from, to);
  }
  if (too_long_) {
    return Fault{FaultCode::width_unprovable, "",
                 "an exact result would have more than " + std::to_string(decimals_max) +
                     " decimals; round earlier"};
  }
  // The powers of ten have to fit, too: beside a value that is always 0 they are the largest number
  // there is.
  note(power_of_ten(std::max({to.shift_left, to.shift_right, to.drop})));
  to.decimals = static_cast<std::uint8_t>(stack_.back().decimals);
  bound_.code.push_back(std::move(to));
  return {};
}

}  // namespace

Bound wider(const Bound& a, const Bound& b) {
  const int decimals = std::max(a.decimals, b.decimals);
  return {decimals, std::max(BigInt{a.magnitude * power_of_ten(decimals - a.decimals)},
                             BigInt{b.magnitude * power_of_ten(decimals - b.decimals)})};
}

void ValueBound::include(BigInt value, int value_decimals) {
  const Bound both = wider({decimals, magnitude}, {value_decimals, abs(value)});
  decimals = static_cast<std::uint8_t>(both.decimals);
  magnitude = both.magnitude;
}

Result<BoundResult> bind_formula(const rule::Formula& formula,
                                 const std::vector<rule::RoundTo>& rounding,
                                 const FormulaScope& scope) {
  return Binder{scope}.bind(formula, rounding);
}

}  // namespace engine::snapshot

#include "engine/snapshot/bind.hpp"

#include "engine/base/limits.hpp"
#include "engine/snapshot/type_bound.hpp"

#include <algorithm>
#include <array>

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

// What is known of a value before any line is priced.
struct Value {
  int decimals = 0;
  BigInt magnitude = 0;
};

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

class FormulaBinder {
 public:
  FormulaBinder(const rule::Procedure& procedure, std::vector<Value> records,
                std::vector<Value> amounts, std::vector<Value> exacts)
      : procedure_{procedure},
        records_{std::move(records)},
        amounts_{std::move(amounts)},
        exacts_{std::move(exacts)} {}

  Result<BoundFormula> bind(const rule::Formula& formula,
                            const std::vector<rule::RoundTo>& rounding) {
    for (const Instruction& instruction : formula) {
      if (auto ok = add(instruction); !ok) return ok.error();
    }
    bound_.exact_length = static_cast<std::uint16_t>(bound_.code.size());
    exact_ = stack_.back();
    for (const rule::RoundTo& to : rounding) {
      Instruction round;
      round.op = Op::round;
      round.decimals = to.decimals;
      round.mode = to.mode;
      if (auto ok = add(round); !ok) return ok.error();
    }
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
    bound_.width = width_for(largest_);
    bound_.exact_decimals = static_cast<std::uint8_t>(exact_.decimals);
    bound_.decimals = static_cast<std::uint8_t>(stack_.back().decimals);
    return std::move(bound_);
  }

  const Value& exact() const { return exact_; }

  const Value& result() const { return stack_.back(); }

 private:
  Result<void> add(const Instruction& from);
  void push_operand(const Instruction& from, BoundInstruction& to);
  void combine(const Instruction& from, BoundInstruction& to);
  void round(const Instruction& from, BoundInstruction& to);
  void divide(const Instruction& from, BoundInstruction& to);
  void extend(const Instruction& from, BoundInstruction& to);
  void select(BoundInstruction& to);
  void align(Value& a, Value& b, BoundInstruction& to);

  Value pop() {
    ENSURE(!stack_.empty());
    Value value = std::move(stack_.back());
    stack_.pop_back();
    return value;
  }

  void push(Value value) {
    note(value.magnitude);
    too_long_ |= value.decimals > decimals_max;
    stack_.push_back(std::move(value));
    deepest_ = std::max(deepest_, stack_.size());
  }

  void note(const BigInt& magnitude) { largest_ = std::max(largest_, magnitude); }

  const rule::Procedure& procedure_;
  std::vector<Value> records_;  // by step: of the records it can find
  std::vector<Value> amounts_;
  std::vector<Value> exacts_;
  std::vector<Value> stack_;
  BoundFormula bound_;
  Value exact_;
  BigInt largest_ = 0;
  std::size_t deepest_ = 0;
  bool too_long_ = false;
};

void FormulaBinder::push_operand(const Instruction& from, BoundInstruction& to) {
  switch (from.op) {
    case Op::constant:
      to.constant = from.constant.mantissa;
      push({from.constant.decimals, abs(BigInt{from.constant.mantissa})});
      return;
    case Op::quantity:
      push({base::Quantity::decimals, BigInt{procedure_.quantity.maximum.mantissa()}});
      return;
    case Op::step_amount:
      push(amounts_[from.step]);
      return;
    case Op::step_exact:
      push(exacts_[from.step]);
      return;
    case Op::record_value:
      push(records_[from.step]);
      return;
    default:
      to.flags = from.op == Op::record_flag ? model::flag_bit(from.flag) : std::uint16_t{0};
      push({0, 1});
  }
}

// Brings two values to the same number of decimals.
void FormulaBinder::align(Value& a, Value& b, BoundInstruction& to) {
  const int decimals = std::max(a.decimals, b.decimals);
  to.shift_left = static_cast<std::uint8_t>(decimals - a.decimals);
  to.shift_right = static_cast<std::uint8_t>(decimals - b.decimals);
  a = {decimals, a.magnitude * power_of_ten(decimals - a.decimals)};
  b = {decimals, b.magnitude * power_of_ten(decimals - b.decimals)};
  note(a.magnitude);
  note(b.magnitude);
}

void FormulaBinder::combine(const Instruction& from, BoundInstruction& to) {
  Value b = pop();
  Value a = pop();
  if (from.op == Op::multiply) {
    push({a.decimals + b.decimals, a.magnitude * b.magnitude});
    return;
  }
  if (from.op == Op::logical_and || from.op == Op::logical_or) {
    push({0, 1});
    return;
  }
  align(a, b, to);
  switch (from.op) {
    case Op::add:
    case Op::subtract:
      push({a.decimals, a.magnitude + b.magnitude});
      return;
    case Op::minimum:
    case Op::maximum:
      push({a.decimals, std::max(a.magnitude, b.magnitude)});
      return;
    default:
      push({0, 1});
  }
}

void FormulaBinder::round(const Instruction& from, BoundInstruction& to) {
  Value a = pop();
  if (a.decimals <= from.decimals) {
    to.shift_left = static_cast<std::uint8_t>(from.decimals - a.decimals);
    push({from.decimals, a.magnitude * power_of_ten(to.shift_left)});
    return;
  }
  to.drop = static_cast<std::uint8_t>(a.decimals - from.decimals);
  push({from.decimals, a.magnitude / power_of_ten(to.drop) + 1});
}

// a / b at n decimals is A * 10^(n + decimals of b - decimals of a) / B.
void FormulaBinder::divide(const Instruction& from, BoundInstruction& to) {
  const Value b = pop();
  const Value a = pop();
  const int exponent = from.decimals + b.decimals - a.decimals;
  to.shift_left = static_cast<std::uint8_t>(std::max(exponent, 0));
  to.shift_right = static_cast<std::uint8_t>(std::max(-exponent, 0));
  note(b.magnitude * power_of_ten(to.shift_right) * 2);
  push({from.decimals, a.magnitude * power_of_ten(to.shift_left) + 1});
}

void FormulaBinder::extend(const Instruction& from, BoundInstruction& to) {
  const Value a = pop();
  const BigInt product = a.magnitude * procedure_.quantity.maximum.mantissa() * unit_factor_max;
  const int exponent = from.decimals - a.decimals - base::Quantity::decimals;
  to.shift_left = static_cast<std::uint8_t>(std::max(exponent, 0));
  to.shift_right = static_cast<std::uint8_t>(std::max(-exponent, 0));
  constexpr std::int64_t divisor_max =
      unit_factor_max * 1'000'000;  // a unit's denominator times the price unit
  note(power_of_ten(to.shift_right) * divisor_max * 2);
  note(product * power_of_ten(to.shift_left));
  push({from.decimals, product * power_of_ten(to.shift_left) / power_of_ten(to.shift_right) + 1});
}

void FormulaBinder::select(BoundInstruction& to) {
  Value otherwise = pop();
  Value then = pop();
  pop();
  align(then, otherwise, to);
  push({then.decimals, std::max(then.magnitude, otherwise.magnitude)});
}

Result<void> FormulaBinder::add(const Instruction& from) {
  BoundInstruction to;
  to.op = from.op;
  to.mode = from.mode;
  to.step = from.step;
  switch (from.op) {
    case Op::negate:
      push(pop());
      break;
    case Op::logical_not:
      pop();
      push({0, 1});
      break;
    case Op::round:
      round(from, to);
      break;
    case Op::divide_round:
      divide(from, to);
      break;
    case Op::extend_round:
      extend(from, to);
      break;
    case Op::select:
      select(to);
      break;
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::minimum:
    case Op::maximum:
    case Op::less:
    case Op::less_equal:
    case Op::equal:
    case Op::not_equal:
    case Op::logical_and:
    case Op::logical_or:
      combine(from, to);
      break;
    default:
      push_operand(from, to);
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

bool refers_to_exact(const rule::Procedure& procedure, std::uint16_t step) {
  const auto uses = [step](const rule::Formula& formula) {
    return std::ranges::any_of(
        formula, [step](const Instruction& i) { return i.op == Op::step_exact && i.step == step; });
  };
  return std::ranges::any_of(procedure.steps,
                             [&](const rule::Step& s) { return uses(s.amount) || uses(s.when); });
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

rule::Formula value_of_record(std::uint16_t step) {
  Instruction value;
  value.op = Op::record_value;
  value.step = step;
  return {value};
}

class ProcedureBinder {
 public:
  ProcedureBinder(const rule::Procedure& procedure, const model::Schema& schema,
                  std::span<const TypeBound> types, const CodeResolver& codes)
      : procedure_{procedure},
        schema_{schema},
        types_{types},
        codes_{codes},
        records_(procedure.steps.size()),
        amounts_(procedure.steps.size()),
        exacts_(procedure.steps.size()) {}

  Result<BoundProcedure> bind() {
    bound_.rule = &procedure_;
    bound_.steps.resize(procedure_.steps.size());
    for (std::uint16_t i = 0; i < procedure_.steps.size(); ++i) bound_.order.push_back(i);
    std::ranges::stable_sort(bound_.order, {},
                             [this](std::uint16_t i) { return procedure_.steps[i].phase; });
    for (const std::uint16_t index : bound_.order) {
      if (auto ok = bind_step(index); !ok) {
        Fault fault = ok.error();
        fault.where = procedure_.name + ": step " + procedure_.steps[index].name;
        return fault;
      }
    }
    return std::move(bound_);
  }

 private:
  Result<void> bind_step(std::uint16_t index) {
    const rule::Step& step = procedure_.steps[index];
    BoundStep& bound = bound_.steps[index];
    bound.rule = &step;
    bound.exact_needed = refers_to_exact(procedure_, index);
    if (step.find) {
      records_[index] = value_of_records(*step.find);
      bound.value_decimals = static_cast<std::uint8_t>(records_[index].decimals);
      for (const rule::Access& access : step.find->accesses) {
        bound.accesses.push_back(bind_access(
            access, static_cast<std::uint16_t>(bound.accesses.size()), schema_, codes_));
        ++bound_.access_count;
      }
    }
    if (!step.when.empty()) {
      auto when = FormulaBinder{procedure_, records_, amounts_, exacts_}.bind(step.when, {});
      if (!when) return when.error();
      bound.when = *std::move(when);
    }
    FormulaBinder binder{procedure_, records_, amounts_, exacts_};
    auto amount =
        binder.bind(step.amount.empty() ? value_of_record(index) : step.amount, step.rounding);
    if (!amount) return amount.error();
    bound.amount = *std::move(amount);
    amounts_[index] = binder.result();
    exacts_[index] = binder.exact();
    return {};
  }

  const rule::Procedure& procedure_;
  const model::Schema& schema_;
  std::span<const TypeBound> types_;

  // The most decimals and the largest value of any record under any access.
  Value value_of_records(const rule::Find& find) const {
    Value value;
    for (const rule::Access& access : find.accesses) {
      const TypeBound& type = types_[schema_.table(access.table).type.raw()];
      const int decimals = std::max<int>(value.decimals, type.decimals);
      value.magnitude = std::max(BigInt{value.magnitude * power_of_ten(decimals - value.decimals)},
                                 BigInt{type.magnitude * power_of_ten(decimals - type.decimals)});
      value.decimals = decimals;
    }
    return value;
  }

  const CodeResolver& codes_;
  std::vector<Value> records_;
  std::vector<Value> amounts_;
  std::vector<Value> exacts_;
  BoundProcedure bound_;
};

}  // namespace

Result<BoundProcedure> bind_procedure(const rule::Procedure& procedure, const model::Schema& schema,
                                      std::span<const TypeBound> types, const CodeResolver& codes) {
  return ProcedureBinder{procedure, schema, types, codes}.bind();
}

}  // namespace engine::snapshot

#include "engine/price/bulk_formula.hpp"

#include "engine/base/int128.hpp"
#include "engine/base/rounding.hpp"

#include <algorithm>
#include <utility>

namespace engine::price {

using rule::Op;
using snapshot::BoundInstruction;

namespace {

// A divisor that the compiler knows costs a multiplication; one that it does not costs a division.
template <int Digits>
void round_half_up(std::int64_t* values, std::uint32_t count) {
  constexpr auto divisor = static_cast<std::uint64_t>(base::detail::pow10_64[Digits]);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::int64_t value = values[i];
    const std::uint64_t size =
        value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    const auto rounded = static_cast<std::int64_t>((size + divisor / 2) / divisor);
    values[i] = value < 0 ? -rounded : rounded;
  }
}

using RoundHalfUp = void (*)(std::int64_t*, std::uint32_t);

template <int... Digits>
constexpr std::array<RoundHalfUp, sizeof...(Digits)> roundings_of(
    std::integer_sequence<int, Digits...> /*digits*/) {
  return {&round_half_up<Digits>...};
}

constexpr auto roundings = roundings_of(std::make_integer_sequence<int, 19>{});

}  // namespace

void BulkFormulas::start(const BulkProcedure& procedure, std::span<const BulkColumns> columns,
                         std::uint32_t offset, std::uint32_t count, std::uint8_t* hard) {
  procedure_ = &procedure;
  columns_ = columns;
  offset_ = offset;
  count_ = count;
  hard_ = hard;
  depth_ = 0;
}

const std::int64_t* BulkFormulas::run(std::span<const BoundInstruction> code) {
  for (const BoundInstruction& one : code) {
    if (one.op <= rule::last_load) {
      load(one);
    } else {
      compute(one);
    }
  }
  return top();
}

void BulkFormulas::load(const BoundInstruction& one) {
  switch (one.op) {
    case Op::constant:
      std::fill_n(push(), count_, static_cast<std::int64_t>(one.constant));
      return;
    case Op::quantity:
    case Op::base_quantity:
      std::fill_n(push(), count_, quantity_);
      return;
    default:
      return load_step(one);
  }
}

void BulkFormulas::load_step(const BoundInstruction& one) {
  const BulkColumns& step = columns_[one.step];
  const BulkEntry* found = step.found.data() + offset_;
  std::int64_t* to = push();
  const bool is_amount = one.op == Op::step_amount || one.op == Op::step_exact;
  if (one.op == Op::record_value || (is_amount && procedure_->is_value[one.step])) {
    for (std::uint32_t i = 0; i < count_; ++i) to[i] = found[i].value;
  } else if (one.op == Op::step_amount) {
    std::copy_n(step.amount.data() + offset_, count_, to);
  } else if (one.op == Op::step_exact) {
    std::copy_n(step.exact.data() + offset_, count_, to);
  } else if (one.op == Op::record_found) {
    for (std::uint32_t i = 0; i < count_; ++i) to[i] = found[i].record == UINT32_MAX ? 0 : 1;
  } else {
    for (std::uint32_t i = 0; i < count_; ++i) to[i] = (found[i].flags & one.flags) == 0 ? 0 : 1;
  }
}

template <class Function>
void BulkFormulas::binary(const BoundInstruction& one, const Function& function) {
  std::int64_t* a = stack_[depth_ - 2].data();
  const std::int64_t* b = stack_[depth_ - 1].data();
  --depth_;
  if (one.shift_left == 0 && one.shift_right == 0) {
    for (std::uint32_t i = 0; i < count_; ++i) a[i] = function(a[i], b[i]);
    return;
  }
  const auto left = base::pow10<std::int64_t>(one.shift_left);
  const auto right = base::pow10<std::int64_t>(one.shift_right);
  for (std::uint32_t i = 0; i < count_; ++i) a[i] = function(a[i] * left, b[i] * right);
}

void BulkFormulas::compute(const BoundInstruction& one) {
  using Value = std::int64_t;
  switch (one.op) {
    case Op::add:
      return binary(one, [](Value a, Value b) { return a + b; });
    case Op::subtract:
      return binary(one, [](Value a, Value b) { return a - b; });
    case Op::multiply:
      return binary(one, [](Value a, Value b) { return a * b; });
    case Op::minimum:
      return binary(one, [](Value a, Value b) { return b < a ? b : a; });
    case Op::maximum:
      return binary(one, [](Value a, Value b) { return a < b ? b : a; });
    case Op::negate:
    case Op::logical_not: {
      const bool negates = one.op == Op::negate;
      std::int64_t* a = top();
      for (std::uint32_t i = 0; i < count_; ++i) a[i] = negates ? -a[i] : Value{a[i] == 0 ? 1 : 0};
      return;
    }
    case Op::select:
      return select(one);
    case Op::round:
      return round(one);
    case Op::divide_round:
      return divide(one);
    case Op::extend_round:
      return extend(one, quantity_);
    case Op::unit_round:
      return extend(one, 1);
    default:
      return compare(one);
  }
}

void BulkFormulas::compare(const BoundInstruction& one) {
  using Value = std::int64_t;
  switch (one.op) {
    case Op::less:
      return binary(one, [](Value a, Value b) { return Value{a < b ? 1 : 0}; });
    case Op::less_equal:
      return binary(one, [](Value a, Value b) { return Value{a <= b ? 1 : 0}; });
    case Op::equal:
      return binary(one, [](Value a, Value b) { return Value{a == b ? 1 : 0}; });
    case Op::not_equal:
      return binary(one, [](Value a, Value b) { return Value{a != b ? 1 : 0}; });
    case Op::logical_and:
      return binary(one, [](Value a, Value b) { return Value{a != 0 && b != 0 ? 1 : 0}; });
    default:
      return binary(one, [](Value a, Value b) { return Value{a != 0 || b != 0 ? 1 : 0}; });
  }
}

void BulkFormulas::select(const BoundInstruction& one) {
  const auto left = base::pow10<std::int64_t>(one.shift_left);
  const auto right = base::pow10<std::int64_t>(one.shift_right);
  depth_ -= 2;
  std::int64_t* condition = top();
  const std::int64_t* then = stack_[depth_].data();
  const std::int64_t* otherwise = stack_[depth_ + 1].data();
  for (std::uint32_t i = 0; i < count_; ++i)
    condition[i] = condition[i] != 0 ? then[i] * left : otherwise[i] * right;
}

void BulkFormulas::round(const BoundInstruction& one) {
  std::int64_t* a = top();
  if (one.drop == 0) {
    const auto factor = base::pow10<std::int64_t>(one.shift_left);
    for (std::uint32_t i = 0; i < count_; ++i) a[i] *= factor;
  } else if (one.mode == base::Rounding::half_up && one.drop < roundings.size()) {
    roundings[one.drop](a, count_);
  } else {
    const auto divisor = base::pow10<std::int64_t>(one.drop);
    for (std::uint32_t i = 0; i < count_; ++i)
      a[i] = base::round_quotient<std::int64_t>(a[i], divisor, one.mode);
  }
}

void BulkFormulas::divide(const BoundInstruction& one) {
  const auto left = base::pow10<std::int64_t>(one.shift_left);
  const auto right = base::pow10<std::int64_t>(one.shift_right);
  --depth_;
  std::int64_t* a = top();
  const std::int64_t* b = stack_[depth_].data();
  for (std::uint32_t i = 0; i < count_; ++i) {
    if (b[i] == 0) {
      hard_[offset_ + i] = 1;
      a[i] = 0;
      continue;
    }
    const std::int64_t numerator = a[i] * left;
    const bool negative = b[i] < 0;
    a[i] = base::round_quotient<std::int64_t>(negative ? -numerator : numerator,
                                              (negative ? -b[i] : b[i]) * right, one.mode);
  }
}

std::int64_t BulkFormulas::price_unit(std::uint32_t record) const {
  if (record >= UINT32_MAX - 1) return 1;
  const auto& index = snapshot_.conditions();
  return index.terms(index.record(record)).price_unit;
}

// Every line is ordered in its base unit, and so is what its record counts in.
void BulkFormulas::extend(const BoundInstruction& one, std::int64_t quantity) {
  const auto left = base::pow10<std::int64_t>(one.shift_left);
  const auto right = base::pow10<std::int64_t>(one.shift_right);
  const BulkEntry* found = columns_[one.step].found.data() + offset_;
  std::int64_t* a = top();
  for (std::uint32_t i = 0; i < count_; ++i)
    a[i] = base::round_quotient<std::int64_t>(a[i] * quantity * left,
                                              price_unit(found[i].record) * right, one.mode);
}

}  // namespace engine::price

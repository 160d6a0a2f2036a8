// What a formula rounds: numbers, quotients, prices by quantities and units, amounts by scales and
// exchange rates, prices to endings. Only formula_kernel.cpp includes this.
#pragma once

#include "engine/price/kernel.hpp"
#include "engine/price/record_values.hpp"

namespace engine::price::detail {

template <class W, class Lines>
void Kernel<W, Lines>::round(const BoundInstruction& instruction) {
  if (instruction.drop == 0) {
    const W factor = base::pow10<W>(instruction.shift_left);
    unary([&](const W& a) { return W(a * factor); });
    return;
  }
  const W divisor = base::pow10<W>(instruction.drop);
  unary([&](const W& a) { return divide<W>(a, divisor, instruction.mode); });
}

template <class W, class Lines>
void Kernel<W, Lines>::divide_round(const BoundInstruction& instruction) {
  const W left = base::pow10<W>(instruction.shift_left);
  const W right = base::pow10<W>(instruction.shift_right);
  W* a = at(1);
  const W* b = at(0);
  std::uint64_t undefined = 0;
  for (std::uint32_t i = 0; i < lines_.count(); ++i) {
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
template <class W, class Lines>
void Kernel<W, Lines>::extend_round(const BoundInstruction& instruction) {
  const W left = base::pow10<W>(instruction.shift_left);
  const W right = base::pow10<W>(instruction.shift_right);
  const std::uint32_t* winners = winners_of(instruction.step);
  W* a = at(0);
  for (std::uint32_t i = 0; i < lines_.count(); ++i) {
    const bool open = (input_.open >> i & 1U) != 0;
    if (!open) {
      a[i] = 0;
      continue;
    }
    const Line& line = input_.block.lines[i];
    if (is_per_unit(winners[i], line)) {
      a[i] = multiply_divide<W>(a[i], line.quantity.mantissa(), left, right, instruction.mode);
      continue;
    }
    const W quantity = W(line.quantity.mantissa());
    const UnitFactor factor = factor_of(winners[i], line);
    const W numerator = a[i] * quantity * W(factor.numerator) * left;
    a[i] = divide<W>(numerator, W(W(factor.denominator) * right), instruction.mode);
  }
}

// The price of one ordered unit.
template <class W, class Lines>
void Kernel<W, Lines>::unit_round(const BoundInstruction& instruction) {
  const W left = base::pow10<W>(instruction.shift_left);
  const W right = base::pow10<W>(instruction.shift_right);
  const std::uint32_t* winners = winners_of(instruction.step);
  W* a = at(0);
  each_open([&](std::uint32_t i) {
    const UnitFactor factor = factor_of(winners[i], input_.block.lines[i]);
    a[i] = divide<W>(W(a[i] * W(factor.numerator) * left), W(W(factor.denominator) * right),
                     instruction.mode);
  });
}

// What the line costs by the record's own scale, in all; a record without one: value x quantity.
template <class W, class Lines>
void Kernel<W, Lines>::scale_round(const BoundInstruction& instruction) {
  const W left = base::pow10<W>(instruction.shift_left);
  const W right = base::pow10<W>(instruction.shift_right);
  const std::uint32_t* winners = winners_of(instruction.step);
  const auto& step = input_.procedure->steps[instruction.step];
  W* to = push();
  std::fill_n(to, lines_.count(), W(0));
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

template <class W, class Lines>
void Kernel<W, Lines>::convert_round(const BoundInstruction& instruction) {
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
template <class W, class Lines>
void Kernel<W, Lines>::ending(const BoundInstruction& instruction) {
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
    if (found) return best;
    for (const Int128& end : endings) {  // below the lowest of them, which is then taken
      const W lowest = W(static_cast<W>(end) % step);
      if (!found || lowest < best) best = lowest;
      found = true;
    }
    return best;
  };
  unary([&](const W& a) { return W(nearest(W(a * left)) / drop); });
}

template <class W, class Lines>
void Kernel<W, Lines>::select(const BoundInstruction& instruction) {
  const W left = base::pow10<W>(instruction.shift_left);
  const W right = base::pow10<W>(instruction.shift_right);
  W* condition = at(2);
  const W* then = at(1);
  const W* otherwise = at(0);
  std::uint64_t taken = 0;
  for (std::uint32_t i = 0; i < lines_.count(); ++i) {
    const bool first = condition[i] != 0;
    if (first) taken |= std::uint64_t{1} << i;
    condition[i] = first ? W(then[i] * left) : W(otherwise[i] * right);
  }
  depth_ -= 2;
  unknown_on_top() |= unknown_[depth_].only(taken);
  unknown_on_top() |= unknown_[depth_ + 1].only(~taken);
}

}  // namespace engine::price::detail

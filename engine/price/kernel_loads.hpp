// What a formula reads: amounts, records, fields, inputs, sums. Only formula_kernel.cpp includes
// this.
#pragma once

#include "engine/price/field_values.hpp"
#include "engine/price/kernel.hpp"

namespace engine::price::detail {

// A column can be wider than this formula: its step needed the width on the way to an amount that
// is proved to be small.
template <class W, class Lines>
void Kernel<W, Lines>::load_column(const AmountColumn& column) {
  W* to = push();
  const auto copy = [&](const auto& values) {
    for (std::uint32_t i = 0; i < lines_.count(); ++i)
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

template <class W, class Lines>
void Kernel<W, Lines>::load_record_value(const BoundInstruction& instruction) {
  W* to = push();
  if (input_.procedure->steps[instruction.step].has_more) {
    const auto* values = input_.columns->steps[instruction.step].value.data() + input_.block.offset;
    for (std::uint32_t i = 0; i < lines_.count(); ++i) to[i] = static_cast<W>(values[i]);
    return;
  }
  const auto& index = input_.snapshot->conditions();
  const std::uint32_t* winners = winners_of(instruction.step);
  if (index.record_count() == 0) {
    std::fill_n(to, lines_.count(), W(0));
    return;
  }
  for (std::uint32_t i = 0; i < lines_.count(); ++i) {
    // Where none was found, the first record is read and counts for nothing: half of the lines have
    // no discount, and a jump that nobody can guess costs more than reading one in vain.
    const std::uint32_t found = winners[i] != no_record ? 1 : 0;
    const model::ConditionRecord& record = index.record(winners[i] & (0U - found));
    const int missing =
        (instruction.decimals - index.terms(record).decimals) * static_cast<int>(found);
    if constexpr (std::is_same_v<W, std::int64_t>) {
      to[i] = record.value * static_cast<std::int64_t>(found) * base::pow10<W>(missing);
    } else {
      to[i] =
          found != 0 ? W(W(input_.snapshot->record_value(record)) * base::pow10<W>(missing)) : W(0);
    }
  }
}

template <class W, class Lines>
void Kernel<W, Lines>::load_record_bits(const BoundInstruction& instruction) {
  W* to = push();
  const auto& index = input_.snapshot->conditions();
  const std::uint32_t* winners = winners_of(instruction.step);
  for (std::uint32_t i = 0; i < lines_.count(); ++i) {
    const bool found = winners[i] != no_record;
    const bool set =
        found && (instruction.op == Op::record_found ||
                  (index.terms(index.record(winners[i])).flags & instruction.flags) != 0);
    to[i] = set ? 1 : 0;
  }
}

// A named number of a record: of the one found, or of the one whose own text this is.
template <class W, class Lines>
void Kernel<W, Lines>::load_parameter(const BoundInstruction& instruction) {
  W* to = push();
  const bool own = instruction.step == rule::no_step;
  const auto& index = input_.snapshot->conditions();
  std::uint64_t absent = 0;
  for (std::uint32_t i = 0; i < lines_.count(); ++i) {
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

template <class W, class Lines>
void Kernel<W, Lines>::load_quantity(bool in_base_units) {
  W* to = push();
  std::fill_n(to, lines_.count(), W(0));
  each_open([&](std::uint32_t i) {  // a refused line's quantity has no bound
    const Line& line = input_.block.lines[i];
    to[i] = line.quantity.mantissa();
    if (!in_base_units || line.numerator == line.denominator) return;
    to[i] = divide<W>(W(to[i] * line.numerator), W(line.denominator), base::Rounding::half_up);
  });
}

template <class W, class Lines>
void Kernel<W, Lines>::load_field(const BoundInstruction& instruction) {
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
  for (std::uint32_t i = 0; i < lines_.count(); ++i) {
    const Line& line = input_.block.lines[i];
    const bool met =
        number ? number_of(*input_.snapshot, *input_.header, line, instruction.field).has_value()
               : any_value(*input_.snapshot, *input_.header, line, instruction.field, passes);
    to[i] = met ? 1 : 0;
  }
}

template <class W, class Lines>
void Kernel<W, Lines>::load_field_number(const BoundInstruction& instruction) {
  W* to = push();
  std::uint64_t absent = 0;
  for (std::uint32_t i = 0; i < lines_.count(); ++i) {
    const auto number =
        number_of(*input_.snapshot, *input_.header, input_.block.lines[i], instruction.field);
    to[i] = number ? W(number->mantissa) * base::pow10<W>(instruction.decimals - number->decimals)
                   : W(0);
    if (!number) absent |= std::uint64_t{1} << i;
  }
  unknown_on_top().missing = absent;
}

template <class W, class Lines>
void Kernel<W, Lines>::load_input(const BoundInstruction& instruction) {
  if (instruction.index == rule::no_step) {
    std::fill_n(push(), lines_.count(), W(0));
    unknown_on_top().missing = ~std::uint64_t{0};
    return;
  }
  load_inputs(*input_.inputs, instruction.index);
}

// A column with what can't be told of it. A formula runs over a block or over a single line.
template <class W, class Lines>
void Kernel<W, Lines>::load_inputs(const InputColumns& inputs, std::size_t index) {
  load_column(inputs.values[index]);
  const std::size_t offset = input_.block.offset;
  const std::uint64_t here =
      lines_.count() == block_lines ? ~std::uint64_t{0} : (std::uint64_t{1} << lines_.count()) - 1;
  unknown_on_top() =
      inputs.unknown[index][offset / block_lines].down(offset % block_lines).only(here);
}

template <class W, class Lines>
void Kernel<W, Lines>::load_aggregate(const BoundInstruction& instruction) {
  if (input_.own_aggregates == nullptr && input_.line_scope)
    return load_inputs(input_.columns->line_aggregates, instruction.index);
  const auto& values =
      input_.own_aggregates != nullptr ? *input_.own_aggregates : input_.columns->aggregates;
  const AggregateValue& value = values[instruction.index];
  std::fill_n(push(), lines_.count(), static_cast<W>(value.value));
  constexpr std::uint64_t all = ~std::uint64_t{0};
  if (value.outcome == model::Outcome::missing_value) unknown_on_top().missing = all;
  if (value.outcome == model::Outcome::division_by_zero) unknown_on_top().divided_by_zero = all;
  if (value.outcome == model::Outcome::no_exchange_rate) unknown_on_top().no_rate = all;
}

}  // namespace engine::price::detail

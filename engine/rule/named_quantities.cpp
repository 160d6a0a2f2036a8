#include "engine/rule/named_quantities.hpp"

#include <optional>

namespace engine::rule {

namespace {

bool sets_apart(Op op) {
  switch (op) {
    case Op::less:
    case Op::less_equal:
    case Op::equal:
    case Op::not_equal:
    case Op::minimum:
    case Op::maximum:
      return true;
    default:
      return false;
  }
}

bool is_quantity(const Instruction& load) {
  return load.op == Op::quantity || load.op == Op::base_quantity;
}

std::optional<base::Decimal> number_of(const Instruction& load, const model::RecordExtra* own) {
  if (load.op == Op::constant) return load.constant;
  if (load.op != Op::record_parameter || load.step != no_step || own == nullptr)
    return std::nullopt;
  const base::Decimal* number = own->parameter(load.index);
  return number == nullptr ? std::nullopt : std::optional{*number};
}

}  // namespace

std::vector<NamedQuantity> named_quantities(const Formula& formula, const model::RecordExtra* own) {
  std::vector<NamedQuantity> named;
  for (std::size_t i = 2; i < formula.size(); ++i) {
    if (!sets_apart(formula[i].op)) continue;
    const bool first = is_quantity(formula[i - 2]);
    const Instruction& quantity = formula[first ? i - 2 : i - 1];
    const auto number = number_of(formula[first ? i - 1 : i - 2], own);
    if (is_quantity(quantity) && number)
      named.push_back({*number, quantity.op == Op::base_quantity});
  }
  return named;
}

}  // namespace engine::rule

#include "engine/price/bulk_procedure.hpp"

#include "engine/base/int128.hpp"

#include <algorithm>
#include <span>

namespace engine::price {

using rule::Op;
using snapshot::BoundFormula;
using snapshot::BoundInstruction;
using snapshot::BoundProcedure;
using snapshot::BoundStep;

namespace {

constexpr int answer_bits = 112;  // take_answer.cpp lets amounts of so many bits pass

int bits_of(base::Int128 value) {
  int bits = 0;
  for (base::UInt128 rest = value < 0 ? -static_cast<base::UInt128>(value)
                                      : static_cast<base::UInt128>(value);
       rest != 0; rest >>= 1U)
    ++bits;
  return bits;
}

int shift_bits(int digits) { return digits * 10 / 3 + 1; }

bool refers_to_step(Op op) {
  switch (op) {
    case Op::step_amount:
    case Op::step_exact:
    case Op::record_value:
    case Op::record_found:
    case Op::record_flag:
    case Op::record_parameter:
    case Op::record_has_parameter:
    case Op::charge_left:
    case Op::extend_round:
    case Op::unit_round:
    case Op::scale_round:
    case Op::convert_round:
      return true;
    default:
      return false;
  }
}

// Whether the result can be unknown: then it closes lines.
bool is_always_told(const BoundFormula& formula) {
  return std::ranges::none_of(formula.code, [](const BoundInstruction& one) {
    switch (one.op) {
      case Op::record_parameter:
      case Op::field_number:
      case Op::input:
      case Op::aggregate:
      case Op::running:
      case Op::charge_left:
      case Op::divide_round:
      case Op::convert_round:
        return true;
      default:
        return false;
    }
  });
}

// What bulk_formula.cpp can run.
bool is_supported(const BoundFormula& formula) {
  if (formula.width != base::Width::bits64) return false;
  return std::ranges::all_of(formula.code, [](const BoundInstruction& one) {
    switch (one.op) {
      case Op::constant:
      case Op::quantity:
      case Op::base_quantity:
      case Op::step_amount:
      case Op::step_exact:
      case Op::record_value:
      case Op::record_found:
      case Op::record_flag:
      case Op::add:
      case Op::subtract:
      case Op::multiply:
      case Op::negate:
      case Op::minimum:
      case Op::maximum:
      case Op::less:
      case Op::less_equal:
      case Op::equal:
      case Op::not_equal:
      case Op::logical_and:
      case Op::logical_or:
      case Op::logical_not:
      case Op::select:
      case Op::round:
      case Op::divide_round:
      case Op::extend_round:
      case Op::unit_round:
        return true;
      default:
        return false;
    }
  });
}

bool is_aligned(Op op) {
  switch (op) {
    case Op::add:
    case Op::subtract:
    case Op::minimum:
    case Op::maximum:
    case Op::less:
    case Op::less_equal:
    case Op::equal:
    case Op::not_equal:
      return true;
    default:
      return false;
  }
}

// A constant operand that stands right before its operation, or before one load more, is scaled
// here and not on every line.
std::vector<BoundInstruction> with_scaled_constants(std::span<const BoundInstruction> from) {
  std::vector<BoundInstruction> code{from.begin(), from.end()};
  const auto scale = [&](BoundInstruction& constant, std::uint8_t& shift) {
    constant.constant *= base::pow10<base::Int128>(shift);
    shift = 0;
  };
  for (std::size_t i = 2; i < code.size(); ++i) {
    if (!is_aligned(code[i].op)) continue;
    if (code[i - 1].op == Op::constant) scale(code[i - 1], code[i].shift_right);
    if (code[i - 1].op <= rule::last_load && code[i - 2].op == Op::constant)
      scale(code[i - 2], code[i].shift_left);
  }
  return code;
}

bool same_code(const BoundFormula& a, const BoundFormula& b) {
  return std::ranges::equal(
      a.code, b.code, [](const BoundInstruction& x, const BoundInstruction& y) {
        return x.op == y.op && x.mode == y.mode && x.step == y.step && x.flags == y.flags &&
               x.shift_left == y.shift_left && x.shift_right == y.shift_right && x.drop == y.drop &&
               x.constant == y.constant;
      });
}

class Analysis {
 public:
  Analysis(const BoundProcedure& procedure, base::Quantity quantity)
      : procedure_{procedure},
        quantity_bits_{bits_of(quantity.mantissa())},
        kept_(procedure.steps.size(), false),
        computed_(procedure.steps.size(), false) {}

  std::optional<BulkProcedure> run(bool asks_until) {
    const rule::AnswerShape& answer = procedure_.rule->answer;
    if (!answer.order.empty()) return std::nullopt;
    if (!is_within_answer(answer.line_amount)) return std::nullopt;
    for (const rule::Component& component : answer.components) {
      if (!is_within_answer(component.step)) return std::nullopt;
    }
    keep(answer.price_step);
    compute(answer.unit_price);
    for (std::uint16_t number = 0; number < procedure_.steps.size(); ++number) {
      if (closes_lines(procedure_.steps[number]) || (asks_until && procedure_.steps[number].finds))
        keep(number);
      if (!is_always_told(procedure_.steps[number].amount)) compute(number);
    }
    return taken();
  }

 private:
  std::optional<BulkProcedure> taken() const {
    BulkProcedure made;
    made.is_value.resize(procedure_.steps.size(), false);
    made.exact.resize(procedure_.steps.size());
    made.rounding.resize(procedure_.steps.size());
    const BoundStep* before = nullptr;
    for (const std::uint16_t number : procedure_.order) {
      if (!kept_[number]) continue;
      const BoundStep& step = procedure_.steps[number];
      if (!is_simple(step) || !is_supported(step.when)) return std::nullopt;
      if (computed_[number] && (step.guards || !is_supported(step.amount))) return std::nullopt;
      BulkStep& one = made.steps.emplace_back();
      one.number = number;
      one.finds = step.finds;
      one.computes = computed_[number];
      one.is_value = is_value(number);
      one.same_when = before != nullptr && !before->guards &&
                      !(before->finds && before->rule->find->required) &&
                      same_code(before->when, step.when);
      before = &step;
      made.is_value[number] = one.is_value;
      if (!one.computes) continue;
      const std::span code{step.amount.code};
      made.exact[number] = with_scaled_constants(code.first(step.amount.exact_length));
      const auto rounding = code.subspan(step.amount.exact_length);
      made.rounding[number].assign(rounding.begin(), rounding.end());
    }
    return made;
  }

  static bool is_simple(const BoundStep& step) {
    if (step.applies || step.spread || step.rule->of_order) return false;
    if (!step.finds) return true;
    const rule::Find& find = *step.rule->find;
    return step.is_plain && step.below_lowest.code.empty() && find.find_next.empty();
  }

  static bool closes_lines(const BoundStep& step) {
    if (step.guards || step.applies || step.spread || step.rule->of_order) return true;
    if (!is_always_told(step.when)) return true;
    return step.finds &&
           (step.rule->find->required || step.rule->find->tie == rule::TiePolicy::refuse);
  }

  bool is_value(std::uint16_t number) const {
    const BoundStep& step = procedure_.steps[number];
    const auto& code = step.amount.code;
    return step.finds && code.size() == 1 && code.front().op == Op::record_value &&
           code.front().step == number && code.front().decimals == step.value_decimals;
  }

  void keep(std::uint16_t number) {
    if (kept_[number]) return;
    kept_[number] = true;
    follow(procedure_.steps[number].when);
  }

  void compute(std::uint16_t number) {
    keep(number);
    if (computed_[number]) return;
    computed_[number] = true;
    follow(procedure_.steps[number].amount);
  }

  void follow(const BoundFormula& formula) {
    for (const BoundInstruction& one : formula.code) {
      if (!refers_to_step(one.op)) continue;
      if (one.op == Op::step_amount || one.op == Op::step_exact) {
        compute(one.step);
      } else {
        keep(one.step);
      }
    }
  }

  // An amount of 64 bits is always let through; of others it is proved by their formula.
  bool is_within_answer(std::uint16_t number) const {
    const BoundFormula& amount = procedure_.steps[number].amount;
    if (amount.width == base::Width::bits64) return true;
    const auto bits = bits_of_result(amount);
    return bits && *bits <= answer_bits;
  }

  std::optional<int> bits_of_result(const BoundFormula& formula) const {
    std::vector<int> stack;
    for (const BoundInstruction& one : formula.code) {
      const std::size_t operands = rule::operand_count(one.op);
      const auto bits = bits_after(one, std::span{stack}.last(operands));
      if (!bits) return std::nullopt;
      stack.resize(stack.size() - operands);
      stack.push_back(*bits);
    }
    if (stack.empty()) return std::nullopt;  // of a step that applies records
    return stack.back();
  }

  std::optional<int> bits_after(const BoundInstruction& one, std::span<const int> operands) const {
    const int left = shift_bits(one.shift_left);
    const int right = shift_bits(one.shift_right);
    switch (one.op) {
      case Op::constant:
        return bits_of(one.constant);
      case Op::quantity:
      case Op::base_quantity:
        return quantity_bits_;
      case Op::step_amount:
      case Op::step_exact: {
        const BoundFormula& amount = procedure_.steps[one.step].amount;
        if (amount.width == base::Width::bits64) return 63;
        return bits_of_result(amount);
      }
      case Op::add:
      case Op::subtract:
      case Op::minimum:
      case Op::maximum:
        return std::max(operands[0] + left, operands[1] + right) + 1;
      case Op::multiply:
        return operands[0] + operands[1];
      case Op::negate:
        return operands[0];
      case Op::round:
        return operands[0] + left;
      case Op::unit_round:
        return operands[0] + left + 1;
      case Op::extend_round:
        return operands[0] + quantity_bits_ + left + 1;
      default:
        return std::nullopt;
    }
  }

  const BoundProcedure& procedure_;
  int quantity_bits_;
  std::vector<bool> kept_;
  std::vector<bool> computed_;
};

}  // namespace

std::optional<BulkProcedure> bulk_procedure(const BoundProcedure& procedure,
                                            base::Quantity quantity, bool asks_until) {
  return Analysis{procedure, quantity}.run(asks_until);
}

}  // namespace engine::price

#include "engine/rule/conjuncts.hpp"

#include <algorithm>

namespace engine::rule {

namespace {

// Where the operand that ends before `end` begins.
std::size_t begin_of(const Formula& formula, std::size_t end) {
  std::size_t at = end - 1;
  for (std::size_t wanted = operand_count(formula[at].op); wanted > 0; --wanted)
    at = begin_of(formula, at);
  return at;
}

void split(const Formula& formula, std::size_t begin, std::size_t end, std::vector<Formula>& to) {
  if (formula[end - 1].op == Op::logical_and) {
    const std::size_t right = begin_of(formula, end - 1);
    split(formula, begin, right, to);
    split(formula, right, end - 1, to);
    return;
  }
  const auto at = [&](std::size_t place) {
    return formula.begin() + static_cast<std::ptrdiff_t>(place);
  };
  to.emplace_back(at(begin), at(end));
}

bool is_test(Op op) {
  return op == Op::field_among || op == Op::field_test || op == Op::field_given ||
         op == Op::field_number;
}

// Truths and comparisons: nothing that could be out of range, or undefined.
bool is_plain(Op op) {
  switch (op) {
    case Op::constant:
    case Op::less:
    case Op::less_equal:
    case Op::equal:
    case Op::not_equal:
    case Op::logical_and:
    case Op::logical_or:
    case Op::logical_not:
      return true;
    default:
      return is_test(op);
  }
}

}  // namespace

std::vector<Formula> conjuncts(const Formula& condition) {
  std::vector<Formula> parts;
  if (!condition.empty()) split(condition, 0, condition.size(), parts);
  return parts;
}

Speaks speaks(const Formula& part, const model::Schema& schema) {
  bool article = false;
  bool party = false;
  for (const Instruction& instruction : part) {
    if (!is_plain(instruction.op)) return Speaks::of_line;
    if (!is_test(instruction.op)) continue;
    if (instruction.field == model::Schema::unit) return Speaks::of_line;
    const bool of_article = schema.field(instruction.field).side == model::FieldSide::article;
    (of_article ? article : party) = true;
  }
  if (article) return party ? Speaks::of_line : Speaks::of_article;
  return party ? Speaks::of_party : Speaks::of_line;
}

Formula part_of(const Formula& condition, Speaks wanted, const model::Schema& schema) {
  Formula made;
  for (const Formula& part : conjuncts(condition)) {
    if (speaks(part, schema) != wanted) continue;
    const bool first = made.empty();
    made.insert(made.end(), part.begin(), part.end());
    if (first) continue;
    Instruction both;
    both.op = Op::logical_and;
    made.push_back(both);
  }
  return made;
}

}  // namespace engine::rule

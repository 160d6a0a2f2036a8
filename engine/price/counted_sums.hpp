// Scales whose quantities are counted over several lines: over those with the same record, with one
// under the same key, of the same document, or over the whole order; where each line stands for
// itself, over that line. Not for use outside engine/price.
#pragma once

#include "engine/price/order_pass.hpp"

#include <map>
#include <set>

namespace engine::price::detail {

class CountedSums final : public CountedBasis {
 public:
  CountedSums(const RunContext& context, const snapshot::BoundStep& step)
      : context_{context}, step_{step}, over_{step.rule->find->counted} {}

  // Adds up what the active lines bring.
  template <class Trace>
  void count(OrderPass<Trace>& pass, std::uint16_t number, const std::vector<std::uint64_t>& active,
             const Running* running) {
    std::size_t at = 0;
    pass.each_block([&](auto& block) {
      block.search().begin(step_, number, active[at++] & block.lines().open(), running);
      std::set<std::pair<Key, std::uint8_t>> seen;  // a line counts once for a key
      for (const Candidate& found : block.search().find_countable()) {
        const std::size_t line = block.lines().block().offset + found.line;
        const Key key = key_of(found.record, found.position, line);
        if (!seen.emplace(key, found.line).second) continue;
        sums_[key] += step_.basis.code.empty()
                          ? base_units(line)
                          : pass.cell(step_.basis, line, nullptr, running).first;
      }
    });
  }

  // Counted quantities are base units, and are read in the record's unit.
  ScaleBasis basis_of(std::uint32_t record, std::uint32_t position,
                      std::size_t line) const override {
    const auto found = sums_.find(key_of(record, position, line));
    if (found == sums_.end()) return {};
    if (!step_.basis.code.empty()) return basis_from(found->second, step_.basis.decimals);
    ScaleBasis basis = basis_from(found->second, unit_decimals);
    const auto& index = context_.snapshot->conditions();
    const Line& ordered = context_.lines[line];
    const UnitFactor ratio =
        unit_ratio(*context_.snapshot, index.terms(index.record(record)), ordered);
    // ratio: record's units in one ordered unit; numerator / denominator: base units in it.
    basis.numerator *= base::Int256{ratio.numerator} * ordered.denominator;
    basis.denominator *= base::Int256{ratio.denominator} * ordered.numerator;
    return basis;
  }

 private:
  using Key = std::pair<std::uint32_t, std::uint32_t>;

  // Quantities have six decimals; a unit may be a third of the base unit.
  static constexpr int unit_decimals = base::Quantity::decimals + 6;

  Key key_of(std::uint32_t record, std::uint32_t position, std::size_t line) const {
    const std::uint32_t alone = context_.line_scope ? static_cast<std::uint32_t>(line) : no_line;
    switch (over_) {
      case rule::CountedOver::record:
        return {record, alone};
      case rule::CountedOver::key:
        return {position, alone};
      case rule::CountedOver::document:
        return {context_.snapshot->conditions().record(record).document.raw(), alone};
      default:
        return {0, alone};
    }
  }

  base::Int256 base_units(std::size_t line) const {
    const Line& ordered = context_.lines[line];
    const base::Int256 quantity =
        base::Int256{ordered.quantity.mantissa()} * ordered.numerator *
        base::pow10<base::Int256>(unit_decimals - base::Quantity::decimals);
    return base::round_quotient<base::Int256>(quantity, base::Int256{ordered.denominator},
                                              base::Rounding::half_up);
  }

  const RunContext& context_;
  const snapshot::BoundStep& step_;
  rule::CountedOver over_;
  std::map<Key, base::Int256> sums_;
};

}  // namespace engine::price::detail

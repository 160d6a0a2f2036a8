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

  // Adds up what the active lines bring that have a candidate; over the order, what all of
  // them bring.
  template <class Trace>
  void count(OrderPass<Trace>& pass, std::uint16_t number, const std::vector<std::uint64_t>& active,
             const Running* running) {
    if (over_ == rule::CountedOver::order) return count_all(pass, active, running);
    std::size_t at = 0;
    pass.each_block([&](auto& block) {
      block.search().begin(step_, number, active[at++] & block.lines().open(), running);
      std::set<std::pair<Key, std::uint8_t>> seen;  // a line counts once for a key
      for (const Candidate& found : block.search().find_countable()) {
        if ((block.lines().open() & bit(found.line)) == 0) continue;  // another one closed it
        const std::size_t line = block.lines().block().offset + found.line;
        const Key key = key_of(found.record, found.position, line);
        if (!seen.emplace(key, found.line).second) continue;
        add(key, brought(pass, line, running).first, line);
      }
    });
  }

  // Counted quantities are base units, and are read in the record's unit.
  ScaleBasis basis_of(std::uint32_t record, std::uint32_t position,
                      std::size_t line) const override {
    const auto found = sums_.find(key_of(record, position, line));
    if (found == sums_.end()) return {};
    const Fraction& sum = found->second;
    if (!step_.basis.code.empty())
      return basis_from(static_cast<base::Int256>(sum.numerator), step_.basis.decimals);
    const auto& index = context_.snapshot->conditions();
    const Line& ordered = context_.lines[line];
    const UnitFactor ratio =
        unit_ratio(*context_.snapshot, index.terms(index.record(record)), ordered);
    // ratio: record's units in one ordered unit; numerator / denominator: base units in it.
    const base::BigInt numerator =
        abs(sum.numerator) * base::BigInt{ratio.numerator} * ordered.denominator;
    const base::BigInt denominator =
        sum.denominator * base::BigInt{ratio.denominator} * ordered.numerator;
    return held(numerator, denominator);
  }

 private:
  using Key = std::pair<std::uint32_t, std::uint32_t>;

  template <class Trace>
  void count_all(OrderPass<Trace>& pass, const std::vector<std::uint64_t>& active,
                 const Running* running) {
    for (std::size_t line = 0; line < context_.lines.size(); ++line) {
      const bool runs = (active[line / block_lines] & bit(line % block_lines)) != 0;
      if (!runs || !pass.is_priced(line)) continue;
      const auto [value, unknown] = brought(pass, line, running);
      if (unknown.any() == 0) {
        add(key_of(0, 0, line), value, line);
      } else {
        context_.out->lines[line].outcome = outcome_of(unknown);
      }
    }
  }

  template <class Trace>
  std::pair<base::Int256, Unknown> brought(OrderPass<Trace>& pass, std::size_t line,
                                           const Running* running) {
    if (step_.basis.code.empty()) return {base_units(line), Unknown{}};
    return pass.cell(step_.basis, line, nullptr, running);
  }

  // Exact: a unit may be a third of the base unit.
  struct Fraction {
    base::BigInt numerator = 0;
    base::BigInt denominator = 1;
  };

  // A basis formula's value, or the line's quantity in millionths of a base unit.
  void add(const Key& key, const base::Int256& value, std::size_t line) {
    Fraction& sum = sums_[key];
    const bool counts_units = step_.basis.code.empty();
    const base::BigInt denominator = counts_units ? context_.lines[line].denominator : 1;
    if (sum.denominator == denominator) {
      sum.numerator += base::BigInt{value};
      return;
    }
    sum.numerator = sum.numerator * denominator + base::BigInt{value} * sum.denominator;
    sum.denominator *= denominator;
    const base::BigInt common = gcd(sum.numerator, sum.denominator);
    sum.numerator /= common;
    sum.denominator /= common;
  }

  // Within what a basis can be compared in. Only a sum over many units that have no divisor in
  // common has more digits; it then loses some beyond the 40th.
  static ScaleBasis held(base::BigInt numerator, base::BigInt denominator) {
    const base::BigInt common = gcd(numerator, denominator);
    numerator /= common;
    denominator /= common;
    static const base::BigInt most = base::pow10<base::BigInt>(55);
    while (numerator > most || denominator > most) {
      numerator /= 10;
      denominator = (denominator + 9) / 10;
    }
    return {static_cast<base::Int256>(numerator), static_cast<base::Int256>(denominator)};
  }

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

  // In millionths of a base unit, times the unit's denominator.
  base::Int256 base_units(std::size_t line) const {
    const Line& ordered = context_.lines[line];
    return base::Int256{ordered.quantity.mantissa()} * ordered.numerator;
  }

  const RunContext& context_;
  const snapshot::BoundStep& step_;
  rule::CountedOver over_;
  std::map<Key, Fraction> sums_;
};

}  // namespace engine::price::detail

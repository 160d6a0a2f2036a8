// Whether a record fits a line: its currency, unit, scale and agreement. Time and conditions are
// the search's to test. One object serves the step of a block run. Not for use outside
// engine/price.
#pragma once

#include "engine/price/open_lines.hpp"
#include "engine/price/record_values.hpp"

#include <algorithm>
#include <cstdlib>

namespace engine::price::detail {

// How scales are read in a step whose quantities are counted over several lines: the counted basis
// of a candidate, instead of the line's own.
class CountedBasis {
 public:
  virtual ~CountedBasis() = default;
  virtual ScaleBasis basis_of(std::uint32_t record, std::uint32_t position,
                              std::size_t line) const = 0;
};

// Which bounds of a scale hold. The lower ones fall away for lines below the lowest threshold,
// where a step says so; all of them while quantities are being counted.
enum class ScaleBounds : std::uint8_t { all, upper, none };

class RecordFit {
 public:
  RecordFit(const OpenLines& lines, const AmountColumn& basis)
      : snapshot_{*lines.context().snapshot},
        index_{snapshot_.conditions()},
        procedure_{*lines.context().procedure},
        header_{*lines.context().header},
        block_{lines.block()},
        basis_{basis} {}

  void start(const snapshot::BoundStep& step, const CountedBasis* counted, ScaleBounds bounds) {
    step_ = &step;
    counted_ = counted;
    bounds_ = bounds;
    by_basis_ = step.has_more || counted != nullptr || !step.basis.code.empty() ||
                step.rule->find->any_unit;
  }

  // Currency, unit, scale of a record that is no more than a number.
  Loss rule_out_plain(const model::ConditionRecord& record, const model::Terms& terms,
                      const Line& line) const {
    if (!terms.currency.is_none() && terms.currency != header_.currency) return Loss::currency;
    const bool bound = is_bound(terms, line);
    if (bound && terms.unit != line.unit) return Loss::unit;
    if (!reached(record.threshold, line, bound)) return Loss::threshold;
    if (terms.has_window && !within(index_.extra(record).window_to, line, bound))
      return Loss::window;
    return Loss::won;
  }

  // Whether records with these terms, of which one fits a line as it is told above, fit every other
  // line of the question whose quantity reaches their threshold.
  static bool fits_all_lines(const model::Terms& terms) {
    return terms.unit.is_none() && !terms.has_window;
  }

  // The same of any record. One in another currency that may be converted fits here; see
  // convertible().
  Loss rule_out(std::uint32_t number, const Hit& hit) const {
    const Line& line = block_.lines[hit.line];
    const model::ConditionRecord& record = index_.record(number);
    const model::Terms& terms = index_.terms(record);
    const rule::Find& find = *step_->rule->find;
    if (is_foreign(terms) && !find.any_currency) return Loss::currency;
    const bool bound = is_bound(terms, line);
    if (bound && terms.unit != line.unit && !(find.any_unit && is_unit_of(line, terms.unit)))
      return Loss::unit;
    if (by_basis_) return rule_out_by_basis(number, hit);
    if (bounds_ == ScaleBounds::none) return Loss::won;
    if (bounds_ == ScaleBounds::all && !reached(record.threshold, line, bound))
      return Loss::threshold;
    if (terms.has_window && !within(index_.extra(record).window_to, line, bound))
      return Loss::window;
    return Loss::won;
  }

  bool is_foreign(const model::Terms& terms) const {
    return !terms.currency.is_none() && terms.currency != header_.currency;
  }

  // Whether a record in another currency has an exchange rate on the line's day. Either way the
  // answer holds no longer than until the next rate starts.
  bool convertible(const model::Terms& terms, const Line& line, base::CivilMinutes& until) const {
    const auto& rates = snapshot_.rates();
    until =
        std::min(until, rates.holds_until(terms.currency, header_.currency, procedure_.rate_kind,
                                          procedure_.rate_currency, line.date));
    return rates
        .find(terms.currency, header_.currency, procedure_.rate_kind, procedure_.rate_currency,
              line.date)
        .has_value();
  }

  // What the scales of a record are read with on a line of the block.
  ScaleBasis basis_of(std::uint32_t number, std::uint32_t position, std::uint32_t line) const {
    if (counted_ != nullptr) return counted_->basis_of(number, position, block_.offset + line);
    if (step_->basis.code.empty())
      return quantity_basis(snapshot_, index_.terms(index_.record(number)), block_.lines[line]);
    return basis_from(widest_at(basis_, line), step_->basis.decimals);
  }

  bool agreement_fits(model::DocumentId document, const Line& line,
                      const rule::Access& rule) const {
    if (rule.agreement == rule::AgreementUse::any && document.is_none()) return true;
    if (rule.agreement == rule::AgreementUse::asked && document != line.agreement) return false;
    if (document.is_none()) return rule.agreement != rule::AgreementUse::allowed;
    if (rule.agreement == rule::AgreementUse::allowed && !snapshot_.is_agreement(document))
      return false;
    if (rule.agreement == rule::AgreementUse::none && snapshot_.is_agreement(document))
      return false;
    return snapshot_.may_use(document, header_.customer);
  }

 private:
  bool is_bound(const model::Terms& terms, const Line& line) const {
    return !terms.unit.is_none() && !line.article.is_none() &&
           terms.unit != snapshot_.articles().base_units[line.article.raw()];
  }

  bool is_unit_of(const Line& line, model::UnitId unit) const {
    const auto units = snapshot_.articles().units[line.article.raw()];
    return std::ranges::find(units, unit, &model::ArticleUnit::unit) != units.end();
  }

  Loss rule_out_by_basis(std::uint32_t number, const Hit& hit) const {
    if (bounds_ == ScaleBounds::none) return Loss::won;
    const bool lower = bounds_ == ScaleBounds::all;
    const model::ConditionRecord& record = index_.record(number);
    const model::Terms& terms = index_.terms(record);
    const ScaleBasis basis = basis_of(number, hit.position, hit.line);
    if (lower && !basis.reaches(record.threshold)) return Loss::threshold;
    if (terms.has_window && !basis.is_within(index_.extra(record).window_to)) return Loss::window;
    const model::RecordExtra* extra = index_.find_extra(number);
    if (extra == nullptr || extra->scale == model::nothing_there) return Loss::won;
    const model::Scale& scale = snapshot_.scales()[extra->scale];
    if (reached_tier(scale, basis)) return Loss::won;
    if (scale.upper_bounds) return Loss::window;
    return lower ? Loss::threshold : Loss::won;
  }

  // Scales count in the record's unit: the unit ordered where it is bound to that, else base units.
  // A return's scale is read by its absolute quantity.
  static bool reached(base::Quantity threshold, const Line& line, bool bound) {
    const std::int64_t quantity = std::abs(line.quantity.mantissa());
    if (bound || line.numerator == line.denominator) return threshold.mantissa() <= quantity;
    return static_cast<base::Int128>(threshold.mantissa()) * line.denominator <=
           static_cast<base::Int128>(quantity) * line.numerator;
  }

  static bool within(base::Quantity window_to, const Line& line, bool bound) {
    const std::int64_t quantity = std::abs(line.quantity.mantissa());
    if (bound || line.numerator == line.denominator) return quantity <= window_to.mantissa();
    return static_cast<base::Int128>(quantity) * line.numerator <=
           static_cast<base::Int128>(window_to.mantissa()) * line.denominator;
  }

  const snapshot::Snapshot& snapshot_;
  const snapshot::ConditionIndex& index_;
  const snapshot::BoundProcedure& procedure_;
  const Header& header_;
  const BlockView& block_;
  const AmountColumn& basis_;  // by line of the block
  const snapshot::BoundStep* step_ = nullptr;
  const CountedBasis* counted_ = nullptr;
  ScaleBounds bounds_ = ScaleBounds::all;
  bool by_basis_ = false;  // scales are read with more than the ordered quantity
};

}  // namespace engine::price::detail

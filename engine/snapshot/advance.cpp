#include "engine/snapshot/advance.hpp"

#include "engine/snapshot/stock_sums.hpp"

#include <algorithm>

namespace engine::snapshot {

using base::BigInt;
using base::Result;

namespace {

// Whether the rules, as they were bound, take in rows of one condition type.
class RowCheck {
 public:
  RowCheck(const Frame& frame, const model::Facts& facts, model::TableId table)
      : frame_{frame},
        facts_{facts},
        type_{facts.schema.table(table).type.raw()},
        bound_{frame.bounds.types[type_]} {}

  bool holds(const model::TableRows& rows) const {
    for (std::size_t row = 0; row < rows.records.size(); ++row) {
      if (!rows.is_removed(row) && !holds(rows.records[row])) return false;
    }
    return true;
  }

 private:
  bool holds(const model::ConditionRecord& row) const {
    const model::Terms& terms = facts_.terms()[row.terms];
    const model::RecordExtra* extra = facts_.pending_extra(row);
    if (!is_within(terms.wide ? extra->wide : base::Int128{row.value}, terms.decimals, bound_))
      return false;
    if (!row.document.is_none() && !is_bound(frame_.documents[row.document.raw()].when))
      return false;
    return !terms.has_more || (frame_.record_texts.has_more[type_] && holds_more(*extra));
  }

  bool holds_more(const model::RecordExtra& extra) const {
    if (!is_bound(extra.when) || !is_bound(extra.formula) || !is_bound(extra.buy_when))
      return false;
    if (extra.scale != model::nothing_there) {
      const model::Scale& scale = facts_.scales()[extra.scale];
      if (scale.tiers.size() > bound_.tiers) return false;
      for (const model::Tier& tier : scale.tiers) {
        if (!is_within(tier.rate, scale.decimals, bound_) ||
            !is_within(tier.flat, scale.decimals, bound_))
          return false;
      }
    }
    return std::ranges::all_of(extra.parameters, [this](const auto& parameter) {
      const auto known = bound_.parameters.find(parameter.first);
      return known != bound_.parameters.end() &&
             is_within(parameter.second.mantissa, parameter.second.decimals, known->second);
    });
  }

  static bool is_within(base::Int128 value, std::uint8_t decimals, const ValueBound& bound) {
    if (decimals > bound.decimals) return false;
    if (bound.narrow_by_decimals.size() > decimals)
      return (value < 0 ? -value : value) <= bound.narrow_by_decimals[decimals];
    return false;
  }

  // A text of a record or document that the steps of this type know.
  bool is_bound(std::uint32_t text) const {
    if (text == model::nothing_there) return true;
    return std::ranges::count(frame_.record_texts.of_type[type_], text) != 0;
  }

  const Frame& frame_;
  const model::Facts& facts_;
  std::uint32_t type_;
  const TypeBound& bound_;
};

}  // namespace

class SnapshotAdvance {
 public:
  SnapshotAdvance(const Snapshot& previous, model::Facts& facts)
      : previous_{previous}, facts_{facts} {}

  bool is_possible(const std::shared_ptr<const rule::RuleSet>& rules) const {
    const Frame& frame = *previous_.frame_;
    if (&previous_.conditions_.store() != &facts_.conditions() || frame.rules != rules ||
        frame.facts_version != facts_.frame_version() ||
        frame.facts_texts != facts_.share_texts()->size() ||
        frame.facts_units != facts_.units().size() ||
        frame.record_texts.texts.size() != facts_.record_texts().size())
      return false;
    const auto rows = facts_.pending_rows();
    for (std::uint32_t table = 0; table < rows.size(); ++table) {
      if (!RowCheck{frame, facts_, model::TableId{table}}.holds(rows[table])) return false;
    }
    return true;
  }

  Result<std::shared_ptr<const Snapshot>> make(std::uint64_t generation,
                                               std::vector<FeedStamp> stamps) {
    auto made = std::make_shared<Snapshot>(previous_);
    made->generation_ = generation;
    std::ranges::sort(stamps, {}, &FeedStamp::feed);
    made->feed_stamps_ = std::move(stamps);
    if (const auto overlay = facts_.overlay()) {
      made->conditions_ = previous_.conditions_.laid_over(overlay, facts_.terms());
      const auto known = static_cast<std::uint32_t>(previous_.conditions_.part_count_laid_over());
      made->customer_plans_ = previous_.customer_plans_.laid_over(made->conditions_, known,
                                                                  previous_.customers().parents);
    }
    if (facts_.scales().size() != previous_.scales_->size())
      made->scales_ = std::make_shared<std::vector<model::Scale>>(facts_.scales());
    made->record_keys_ = facts_.record_keys();
    if (facts_.record_origins().size() != previous_.record_origins_->size())
      made->record_origins_ = std::make_shared<model::RecordOrigins>(facts_.record_origins());
    const auto changed = facts_.take_stock_changes();
    if (auto ok = sum_stock(facts_, changed, made->stock_); !ok) return ok.error();
    return std::shared_ptr<const Snapshot>{std::move(made)};
  }

 private:
  const Snapshot& previous_;
  model::Facts& facts_;
};

Result<std::shared_ptr<const Snapshot>> advance(const Snapshot& previous, model::Facts& facts,
                                                const std::shared_ptr<const rule::RuleSet>& rules,
                                                std::uint64_t generation,
                                                std::vector<FeedStamp> stamps) {
  SnapshotAdvance step{previous, facts};
  if (!step.is_possible(rules) || !facts.lay_over()) return std::shared_ptr<const Snapshot>{};
  return step.make(generation, std::move(stamps));
}

}  // namespace engine::snapshot

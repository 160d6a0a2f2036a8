// A step that spreads an amount over the lines of the order, or of groups of them. Not for use
// outside engine/price.
#pragma once

#include "engine/price/order_pass.hpp"
#include "engine/price/spread.hpp"

#include <algorithm>
#include <map>

namespace engine::price::detail {

template <class Trace>
class OrderSpread {
 public:
  OrderSpread(OrderPass<Trace>& pass, const snapshot::BoundStep& step, std::uint16_t number)
      : pass_{pass},
        context_{pass.context},
        step_{step},
        column_{context_.columns->steps[number].amount.wide},
        number_{number} {}

  void run() {
    std::fill(column_.begin(), column_.end(), 0);
    const std::vector<std::uint64_t> active = pass_.active_lines(step_, number_);
    if (!context_.line_scope) {
      const auto groups = groups_of(active);
      if (step_.rule->spread->by) take_columns();
      for (const auto& [value, lines] : groups) spread_over(lines);
    }
    if constexpr (Trace::enabled) pass_.finish_step(step_, number_, active);
  }

 private:
  using Lines = std::vector<std::uint32_t>;

  std::map<base::Int256, Lines> groups_of(const std::vector<std::uint64_t>& active) const {
    std::map<base::Int256, Lines> groups;
    const auto by = step_.rule->spread->by;
    for (std::uint32_t line = 0; line < context_.lines.size(); ++line) {
      if (!pass_.is_priced(line) || (active[line / block_lines] & bit(line % block_lines)) == 0)
        continue;
      groups[by ? widest_at(context_.columns->steps[*by].amount, line) : base::Int256{0}].push_back(
          line);
    }
    return groups;
  }

  // What each line adds to the sums that `total` names: computed once, summed for each group.
  void take_columns() {
    const auto& aggregates = context_.procedure->aggregates;
    own_.values.resize(aggregates.size());
    own_.unknown.resize(aggregates.size());
    const RecordContext records = pass_.records(step_, number_, nullptr);
    for (const auto& instruction : step_.spread->total.code) {
      if (instruction.op != rule::Op::aggregate) continue;
      const std::size_t at = instruction.index;
      if (std::ranges::find(used_, at) != used_.end()) continue;
      used_.push_back(at);
      own_.values[at].resize(aggregates[at].of.width, context_.lines.size());
      own_.unknown[at].assign((context_.lines.size() + block_lines - 1) / block_lines, Unknown{});
      column_over(records, at, own_);
    }
  }

  void spread_over(const Lines& lines) {
    std::vector<AggregateValue> sums;
    if (step_.rule->spread->by) {
      sums.resize(context_.procedure->aggregates.size());
      for (const std::size_t at : used_)
        sums[at] = sum_of(own_, at, context_.procedure->aggregates[at].kind, lines);
    }
    const auto [total, unknown] = pass_.cell(step_.spread->total, lines.front(),
                                             step_.rule->spread->by ? &sums : nullptr, nullptr);
    if (unknown.any() != 0) return close(lines, outcome_of(unknown));
    if (abs(total) > base::Int256{base::int128_max})
      return close(lines, Outcome::amount_out_of_range);
    std::vector<base::Int256> weights;
    Lines weighed;
    for (const std::uint32_t line : lines) {
      base::Int256 weight = 1;
      if (!step_.spread->weight.code.empty()) {
        const auto [own, missing] = pass_.cell(step_.spread->weight, line, nullptr, nullptr);
        if (missing.any() != 0) {
          close({line}, outcome_of(missing));
          continue;
        }
        weight = own;
      }
      weighed.push_back(line);
      weights.push_back(weight);
    }
    const auto shares =
        spread(static_cast<base::Int128>(total), weights, {}, step_.rule->spread->rule);
    for (std::size_t i = 0; i < weighed.size(); ++i) column_[weighed[i]] = shares[i];
  }

  void close(const Lines& lines, Outcome outcome) {
    for (const std::uint32_t line : lines) context_.out->lines[line].outcome = outcome;
  }

  OrderPass<Trace>& pass_;
  const RunContext& context_;
  const snapshot::BoundStep& step_;
  std::vector<base::Int128>& column_;
  std::uint16_t number_;
  InputColumns own_;
  std::vector<std::size_t> used_;  // aggregates
};

}  // namespace engine::price::detail

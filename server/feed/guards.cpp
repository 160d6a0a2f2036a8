#include "server/feed/guards.hpp"

#include "engine/base/decimal.hpp"

#include <algorithm>
#include <utility>

namespace server::feed {

using engine::model::ConditionDraft;
using engine::model::PriceLadder;
using engine::model::PriceStep;
using engine::model::UnitValue;

namespace {

constexpr std::uint64_t examples_max = 3;

bool acts(const std::optional<ShareGuard>& guard) {
  return guard && guard->then != GuardAction::accept;
}

bool exceeds(std::uint64_t part, std::uint64_t all, std::int64_t percent) {
  return part != 0 && part * 100 > all * static_cast<std::uint64_t>(percent);
}

std::string text_of(const UnitValue& value) {
  std::string text = engine::base::to_string_short(value.value);
  if (value.price_unit != 1) text += " for " + std::to_string(value.price_unit);
  return text;
}

std::string percent_text(const UnitValue& fraction) {
  constexpr int decimals = engine::model::percent_decimals;
  engine::base::Decimal percent = fraction.value;
  while (percent.decimals < decimals) {
    percent.mantissa *= 10;
    ++percent.decimals;
  }
  percent.decimals = static_cast<std::uint8_t>(percent.decimals - decimals);
  return engine::base::to_string_short(percent) + " %";
}

// ", from 10" of a step of a scale; nothing of one that begins at 0.
std::string step_text(const PriceStep& step) {
  if (step.bound == engine::base::Quantity{}) return {};
  return (step.is_above ? ", above " : ", from ") +
         engine::base::to_string_short(step.bound.decimal());
}

// Where the prices of two ladders are to be compared: where a step of either begins.
std::vector<PriceStep> steps_of_both(const PriceLadder& a, const PriceLadder& b) {
  std::vector<PriceStep> steps = a.steps;
  steps.insert(steps.end(), b.steps.begin(), b.steps.end());
  std::ranges::stable_sort(steps, {}, [](const PriceStep& step) {
    return std::pair{step.bound, step.is_above};
  });
  return steps;
}

std::string share_text(std::uint64_t part, std::uint64_t all, std::string_view what,
                       std::int64_t percent) {
  return std::to_string(part) + " of " + std::to_string(all) + " " + std::string{what} +
         ", more than " + std::to_string(percent) + " %";
}

}  // namespace

bool GuardWatch::looks_at_records() const {
  const auto acts_on = [](const auto& guard) {
    return guard && guard->then != GuardAction::accept;
  };
  return acts_on(rules_->price_jump) || acts_on(rules_->below_cost) || acts(rules_->vanished) ||
         rules_->zero_price.value_or(GuardAction::accept) != GuardAction::accept;
}

void GuardWatch::note(Seen& seen, std::string example) {
  if (seen.count++ < examples_max) seen.examples += (seen.examples.empty() ? "" : "; ") + example;
}

void GuardWatch::see(const ConditionDraft& draft, std::string_view file, std::uint64_t line) {
  const std::string place = std::string{file} + ", line " + std::to_string(line);
  if (rules_->zero_price) {
    const PriceLadder price = price_of(*facts_, draft).value_or(PriceLadder{});
    const auto zero = std::ranges::find_if(
        price.steps, [](const PriceStep& step) { return step.price.value.mantissa == 0; });
    if (zero != price.steps.end()) note(GuardKind::zero_price, place + step_text(*zero));
  }
  if (rules_->price_jump || rules_->vanished) see_jump(draft, place);
  if (rules_->below_cost) see_cost(draft, place);
}

void GuardWatch::see_jump(const ConditionDraft& draft, const std::string& place) {
  if (!origin_ && !draft.key.empty()) origin_ = keyed_origin(*facts_, draft.feed);
  const auto before = record_before(*facts_, draft, origin_.value_or(std::nullopt));
  if (before && before->is_replaced) ++replaced_;
  if (!before || !rules_->price_jump) return;
  if (before->price) {
    if (const auto now = price_of(*facts_, draft)) see_price_jump(*before->price, *now, place);
  } else if (before->percent && rules_->price_jump->points) {
    if (const auto now = percent_of(*facts_, draft))
      see_percent_jump(*before->percent, *now, place);
  }
}

void GuardWatch::see_price_jump(const PriceLadder& before, const PriceLadder& now,
                                const std::string& place) {
  if (!have_like_bounds(before, now)) return;
  const JumpGuard& guard = *rules_->price_jump;
  for (const PriceStep& step : steps_of_both(before, now)) {
    const UnitValue* from = price_at(before, step);
    const UnitValue* to = price_at(now, step);
    if (from == nullptr || to == nullptr) continue;
    const auto beyond = [&](std::int64_t percent, int side) {
      const auto order = compare(*from, percent, *to);
      return order && (*order < 0 ? -1 : (*order > 0 ? 1 : 0)) == side;
    };
    const bool jumps =
        (guard.up && beyond(100 + *guard.up, -1)) || (guard.down && beyond(100 - *guard.down, 1));
    if (!jumps) continue;
    note(GuardKind::price_jump,
         place + step_text(step) + ": " + text_of(*from) + " to " + text_of(*to));
    return;
  }
}

// Whether a percent is taken off or put on is the procedure's: a way that is harmless there can't be
// told from one that is not.
void GuardWatch::see_percent_jump(const PriceLadder& before, const PriceLadder& now,
                                  const std::string& place) {
  for (const PriceStep& step : steps_of_both(before, now)) {
    const UnitValue* from = price_at(before, step);
    const UnitValue* to = price_at(now, step);
    if (from == nullptr || to == nullptr) continue;
    if (!lie_apart(*from, *to, *rules_->price_jump->points).value_or(false)) continue;
    note(percents_,
         place + step_text(step) + ": " + percent_text(*from) + " to " + percent_text(*to));
    return;
  }
}

void GuardWatch::see_cost(const ConditionDraft& draft, const std::string& place) {
  if (draft.type == rules_->below_cost->cost) return;
  const auto price = price_of(*facts_, draft);
  if (!price) return;
  const auto article =
      std::ranges::find(draft.keys, engine::model::Schema::article, &engine::model::KeyText::first);
  const auto cost = newest_value(*facts_, rules_->below_cost->cost, article->second,
                                 price->steps.front().price.currency, draft.validity);
  if (!cost) return;
  for (const PriceStep& step : price->steps) {
    const auto order = compare(step.price, 100, *cost);
    if (!order || *order >= 0) continue;
    note(GuardKind::below_cost,
         place + step_text(step) + ": " + text_of(step.price) + ", cost " + text_of(*cost));
    return;
  }
}

void GuardWatch::see_rows(std::uint64_t read, std::uint64_t refused) {
  rows_ += read;
  refused_ += refused;
}

void GuardWatch::see_vanished(std::uint64_t vanished, std::uint64_t before) {
  vanished_ = vanished;
  before_ = before;
}

// "2 prices jump: ...", with the first of them.
std::string GuardWatch::told(const Seen& seen, const Wording& what) {
  std::string text = std::to_string(seen.count) + " " +
                     std::string{seen.count == 1 ? what.one : what.several} + ": " + seen.examples;
  if (seen.count > examples_max)
    text += "; and " + std::to_string(seen.count - examples_max) + " more";
  return text;
}

void GuardWatch::add(GuardKind guard, GuardAction then, const Wording& what,
                     std::vector<Finding>& findings) const {
  const Seen& seen = seen_[static_cast<std::size_t>(guard)];
  if (seen.count == 0 || then == GuardAction::accept) return;
  findings.push_back({feed_, guard, then, seen.count, told(seen, what)});
}

void GuardWatch::add_jumps(std::vector<Finding>& findings) const {
  const Seen& prices = seen_[static_cast<std::size_t>(GuardKind::price_jump)];
  const std::uint64_t count = prices.count + percents_.count;
  if (count == 0 || rules_->price_jump->then == GuardAction::accept) return;
  std::string detail;
  if (prices.count > 0) detail = told(prices, {"price jumps", "prices jump"});
  if (percents_.count > 0) {
    detail +=
        (detail.empty() ? "" : "; ") + told(percents_, {"percentage jumps", "percentages jump"});
  }
  findings.push_back(
      {feed_, GuardKind::price_jump, rules_->price_jump->then, count, std::move(detail)});
}

std::vector<Finding> GuardWatch::findings() const {
  std::vector<Finding> findings;
  const auto& refused = rules_->refused_rows;
  if (acts(refused) && exceeds(refused_, rows_, refused->percent)) {
    findings.push_back({feed_, GuardKind::refused_rows, refused->then, refused_,
                        share_text(refused_, rows_, "rows can't be used", refused->percent)});
  }
  const auto& vanished = rules_->vanished;
  if (acts(vanished) && exceeds(vanished_, before_, vanished->percent)) {
    findings.push_back({feed_, GuardKind::vanished, vanished->then, vanished_,
                        share_text(vanished_, before_, "records vanish", vanished->percent)});
  }
  if (rules_->price_jump) add_jumps(findings);
  if (rules_->zero_price)
    add(GuardKind::zero_price, *rules_->zero_price, {"price is zero", "prices are zero"}, findings);
  if (const auto& cost = rules_->below_cost)
    add(GuardKind::below_cost, cost->then, {"price lies below cost", "prices lie below cost"},
        findings);
  const std::uint64_t tied = ties_.found + ties_.left_out;
  if (looks_at_ties() && tied > 0)
    findings.push_back({feed_, GuardKind::ties, *rules_->ties, tied, ties_text()});
  return findings;
}

bool GuardWatch::looks_at_ties() const {
  return rules_->ties.value_or(GuardAction::accept) != GuardAction::accept;
}

std::string GuardWatch::ties_text() const {
  std::string text = std::to_string(ties_.found) + (ties_.found == 1 ? " tie" : " ties");
  for (std::size_t i = 0; i < ties_.told.size(); ++i)
    text += (i == 0 ? ": " : "; ") + ties_.told[i];
  if (ties_.found > ties_.told.size())
    text += "; and " + std::to_string(ties_.found - ties_.told.size()) + " more";
  if (ties_.left_out > 0)
    text += "; " + std::to_string(ties_.left_out) + " pairs of records were not looked at";
  return text;
}

std::string describe(const Finding& finding) {
  return finding.feed + ": " + std::string{guard_name(finding.guard)} + " (" +
         std::string{guard_action_name(finding.then)} + "): " + finding.detail;
}

}  // namespace server::feed

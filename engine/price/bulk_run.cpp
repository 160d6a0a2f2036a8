#include "engine/price/bulk_run.hpp"

#include <algorithm>
#include <cstring>

namespace engine::price {

using base::CivilMinutes;
using model::Outcome;
using snapshot::BoundStep;
using snapshot::Snapshot;

BulkRun::BulkRun(const BulkTerms& terms, const BulkProcedure& procedure,
                 std::span<const BulkArticleKeys> keys)
    : terms_{terms},
      procedure_{procedure},
      snapshot_{*terms.snapshot},
      bound_{snapshot_.procedures()[terms.procedure]},
      formulas_{snapshot_, terms.quantity},
      columns_(bound_.steps.size()),
      search_{terms, procedure, keys, lines_at_once},
      active_(lines_at_once),
      outcomes_(lines_at_once),
      unit_prices_(lines_at_once),
      records_(lines_at_once) {
  for (const BulkStep& step : procedure.steps) {
    BulkColumns& columns = columns_[step.number];
    if (step.finds) columns.found.resize(lines_at_once);
    if (!step.computes || step.is_value) continue;
    columns.amount.resize(lines_at_once);
    if (bound_.steps[step.number].exact_needed) columns.exact.resize(lines_at_once);
  }
}

void BulkRun::start(const BulkCustomer& customer, std::uint32_t first) {
  customer_ = &customer;
  first_ = first;
  count_ = 0;
  search_.start(customer, first);
}

BulkPrices BulkRun::run(std::uint32_t count) {
  first_ += count_;
  count_ = count;
  std::fill_n(outcomes_.begin(), count, Outcome::priced);
  std::fill_n(search_.hard.begin(), count, std::uint8_t{0});
  if (terms_.asks_until) std::fill_n(search_.untils.begin(), count, CivilMinutes::latest());
  all_priced_ = true;
  for (std::size_t i = 0; i < procedure_.steps.size(); ++i) {
    const BulkStep& step = procedure_.steps[i];
    const BoundStep& bound = bound_.steps[step.number];
    set_active(step);
    if (bound.guards) {
      if (bound.rule->guard->action != rule::GuardAction::refuse) continue;
      for (std::uint32_t line = 0; line < count; ++line) {
        if (search_.taken[line] == 0) outcomes_[line] = Outcome::refused;
      }
      all_priced_ = false;
      continue;
    }
    if (step.finds) {
      BulkColumns& columns = columns_[step.number];
      search_.find(bound, customer_->steps[i], columns, first_, count);
      if (bound.rule->find->required) close_unfound(columns);
    }
    if (step.computes && !step.is_value) compute(step);
  }
  return prices();
}

// Lines where the step does not run are shut. Columns of bytes are taken by span: the store of a
// byte may be to any member, so that a loop over members would read all of them again.
void BulkRun::set_active(const BulkStep& step) {
  const snapshot::BoundFormula& when = bound_.steps[step.number].when;
  const std::span active{active_.data(), count_};
  if (!step.same_when) {
    all_active_ = all_priced_ && when.code.empty();
    if (!all_active_) {
      const std::span outcomes{outcomes_.data(), count_};
      for (std::size_t line = 0; line < outcomes.size(); ++line)
        active[line] = outcomes[line] == Outcome::priced ? 1 : 0;
    }
    if (!when.code.empty()) test(when);
  }
  const std::span taken{search_.taken.data(), count_};
  if (all_active_) {
    std::ranges::fill(taken, std::uint8_t{0});
  } else {
    for (std::size_t line = 0; line < taken.size(); ++line)
      taken[line] = active[line] != 0 ? std::uint8_t{0} : BulkSearch::shut;
  }
}

// Leaves the lines active on which the condition is met. Most ask for a flag of a record.
void BulkRun::test(const snapshot::BoundFormula& when) {
  const snapshot::BoundInstruction& one = when.code.front();
  const std::span active{active_.data(), count_};
  if (when.code.size() == 1 && one.op == rule::Op::record_flag) {
    const BulkEntry* found = columns_[one.step].found.data();
    const std::uint32_t flags = one.flags;
    for (std::size_t line = 0; line < active.size(); ++line)
      active[line] = static_cast<std::uint8_t>(
          active[line] & static_cast<std::uint8_t>((found[line].flags & flags) != 0 ? 1 : 0));
    return;
  }
  for (std::uint32_t offset = 0; offset < count_; offset += BulkFormulas::lines_at_once) {
    const std::uint32_t lines = std::min(BulkFormulas::lines_at_once, count_ - offset);
    formulas_.start(procedure_, columns_, offset, lines, search_.hard.data());
    const std::int64_t* met = formulas_.run(when.code);
    for (std::uint32_t i = 0; i < lines; ++i) {
      if (met[i] == 0) active[offset + i] = 0;
    }
  }
}

void BulkRun::close_unfound(const BulkColumns& columns) {
  constexpr std::uint32_t on_request = model::flag_bit(model::Schema::price_on_request);
  const std::span all{columns.found.data(), count_};
  std::uint32_t flags = 0;
  for (const BulkEntry& found : all) flags |= found.flags;
  if ((flags & on_request) == 0 && std::memchr(search_.taken.data(), 0, count_) == nullptr) return;
  for (std::uint32_t line = 0; line < count_; ++line) {
    const BulkEntry& found = columns.found[line];
    if (found.record != no_record && (found.flags & on_request) == 0) continue;
    // Shut from the start: the step does not run here, or the line is closed already.
    if (found.record == no_record && search_.taken[line] == BulkSearch::shut) continue;
    outcomes_[line] = found.record == no_record ? Outcome::no_price : Outcome::price_on_request;
    all_priced_ = false;
  }
}

void BulkRun::compute(const BulkStep& step) {
  BulkColumns& columns = columns_[step.number];
  for (std::uint32_t offset = 0; offset < count_; offset += BulkFormulas::lines_at_once) {
    const std::uint32_t lines = std::min(BulkFormulas::lines_at_once, count_ - offset);
    formulas_.start(procedure_, columns_, offset, lines, search_.hard.data());
    const auto store = [&](const std::int64_t* from, std::vector<std::int64_t>& to) {
      if (all_active_) {
        std::copy_n(from, lines, to.data() + offset);
        return;
      }
      for (std::uint32_t i = 0; i < lines; ++i)
        to[offset + i] = active_[offset + i] != 0 ? from[i] : 0;
    };
    const std::int64_t* exact = formulas_.run(procedure_.exact[step.number]);
    if (!columns.exact.empty()) store(exact, columns.exact);
    store(formulas_.run(procedure_.rounding[step.number]), columns.amount);
  }
}

// Lines that are not as simple as that, by the evaluator.
void BulkRun::price_hard() {
  hard_lines_.clear();
  if (std::memchr(search_.hard.data(), 1, count_) == nullptr) return;
  for (std::uint32_t i = 0; i < count_; ++i) {
    if (search_.hard[i] == 0) continue;
    Line& line = hard_lines_.emplace_back();
    line.article = model::ArticleId{first_ + i};
    line.quantity = terms_.quantity;
    line.unit = snapshot_.articles().base_units[line.article.raw()];
    line.date = terms_.date;
  }
  static_assert(lines_at_once <= base::limits::lines_parallel_from);
  const Task task{&snapshot_, terms_.procedure, customer_->header, hard_lines_, true};
  evaluate(task, scratch_, hard_priced_);
  for (std::size_t i = 0; i < hard_lines_.size(); ++i) {
    const PricedLine& priced = hard_priced_.lines[i];
    const std::uint32_t line = hard_lines_[i].article.raw() - first_;
    outcomes_[line] = priced.outcome;
    unit_prices_[line] = static_cast<std::int64_t>(priced.unit_price.mantissa);
    records_[line] = priced.record;
    if (terms_.asks_until) search_.untils[line] = priced.valid_until;
  }
}

BulkPrices BulkRun::prices() {
  const rule::AnswerShape& answer = bound_.rule->answer;
  const BulkColumns& price = columns_[answer.unit_price];
  const auto& source = columns_[answer.price_step].found;
  if (terms_.asks_records) {
    for (std::uint32_t i = 0; i < count_; ++i) records_[i] = source[i].record;
  }
  if (procedure_.is_value[answer.unit_price]) {
    const std::span values{unit_prices_.data(), count_};
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = price.found[i].value;
  } else {
    std::copy_n(price.amount.begin(), count_, unit_prices_.begin());
  }
  price_hard();
  BulkPrices made;
  made.first_article = first_;
  made.outcomes = std::span{outcomes_}.first(count_);
  made.unit_prices = std::span{unit_prices_}.first(count_);
  if (terms_.asks_records) made.records = std::span{records_}.first(count_);
  if (terms_.asks_until) made.untils = std::span{search_.untils}.first(count_);
  return made;
}

}  // namespace engine::price

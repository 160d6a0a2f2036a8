#include "tests/oracle/order.hpp"

#include "tests/oracle/apply.hpp"
#include "tests/oracle/masters.hpp"
#include "tests/oracle/names.hpp"
#include "tests/oracle/rates.hpp"
#include "tests/oracle/search.hpp"
#include "tests/oracle/spread.hpp"

#include <algorithm>

namespace oracle {

namespace {

class OrderRun {
 public:
  OrderRun(OrderState& order, Said& said) : order_{order}, said_{said} {}

  void run(const StepRule& step) {
    for (LineState& line : order_.lines) line.counts = line.is_priced();
    if (step.of_order) {
      run_of_order(step);
    } else if (step.guard) {
      run_guard(step);
    } else if (step.apply) {
      run_apply(step);
    } else if (step.spread) {
      run_spread(step);
    } else {
      run_on_lines(step);
    }
    for (LineState& line : order_.lines) {
      if (!was_open_.contains(&line)) continue;
      StepSaid told = step.of_order ? order_.whole.results[step.name] : line.results[step.name];
      told.name = step.name;
      told.skipped = step.of_order ? whole_skipped_ : !runs_on_.contains(&line);
      line.said->steps.push_back(told);
    }
  }

  // The lines that are priced, of which those are returned on which the step runs.
  std::vector<LineState*> begin(const StepRule& step) {
    was_open_.clear();
    runs_on_.clear();
    std::vector<LineState*> active;
    for (LineState& line : order_.lines) {
      if (!line.is_priced()) continue;
      was_open_.insert(&line);
      line.results[step.name] = {};
      if (step.of_order || !is_met(step, line)) continue;
      active.push_back(&line);
      runs_on_.insert(&line);
    }
    close_lines();
    std::erase_if(active, [](const LineState* line) { return !line->is_priced(); });
    return active;
  }

 private:
  bool is_met(const StepRule& step, LineState& line) {
    if (step.when.empty()) return true;
    const Value met = evaluate_at(step.when, {order_, &line});
    settle(line, met.unknown);
    return met.number != 0 && !met.unknown.any();
  }

  // All lines see the same order: what becomes of one within a part of a step, the others learn
  // when that part is over.
  void settle(LineState& line, const Unknown& unknown) {
    if (unknown.any()) settle(line, outcome_of(unknown));
  }

  void settle(LineState& line, const std::string& outcome) { closing_.emplace(&line, outcome); }

  void close_lines() {
    for (const auto& [line, outcome] : closing_) line->said->outcome = outcome;
    closing_.clear();
  }

  void run_on_lines(const StepRule& step) {
    const auto active = begin(step);
    if (step.find) {
      const Finder finder{order_, step, {active.begin(), active.end()}};
      for (LineState* line : active) settle(*line, finder.begin(*line));
      close_lines();
      for (LineState* line : active) {
        if (line->is_priced()) find(finder, step, *line);
      }
      close_lines();
    }
    for (LineState* line : active) {
      if (line->is_priced()) compute(step, {order_, line}, *line);
    }
    close_lines();
  }

  void find(const Finder& finder, const StepRule& step, LineState& line) {
    StepSaid& result = line.results[step.name];
    const Search found = finder.search(line);
    if (found.unknown.any()) return settle(line, found.unknown);
    if (found.ambiguous) return settle(line, "ambiguous");
    result.record = found.winner;
    if (found.winner != nullptr) {
      const Value value = finder.value_of(line, *found.winner);
      result.value = value.number;
      if (value.unknown.any()) return settle(line, value.unknown);
    }
    if (!step.find->required) return;
    if (found.shut) {
      settle(line, "not_on_agreement");
    } else if (found.winner == nullptr) {
      settle(line, "no_price");
    } else if (has_flag(line.open, *found.winner, "price_on_request")) {
      settle(line, "price_on_request");
    }
  }

  void compute(const StepRule& step, const Place& place, LineState& line) {
    StepSaid& result = line.results[step.name];
    result.exact = result.value;
    if (step.amount) {
      const Value amount = evaluate_at(*step.amount, place);
      result.exact = amount.number;
      settle(line, amount.unknown);
    }
    result.amount = result.exact;
    for (const RoundingRule& to : step.rounding)
      result.amount = rounded(result.amount, to.decimals, to.mode);
  }

  // ---- of the order
  // -------------------------------------------------------------------------------

  void run_of_order(const StepRule& step) {
    begin(step);
    LineState& whole = order_.whole;
    LineSaid told;
    told.outcome = "priced";
    whole.said = &told;
    whole.results[step.name] = {};
    if (!order_.line_scope) price_whole(step, whole);
    for (LineState& line : order_.lines) {
      if (line.is_priced()) {
        line.said->outcome = told.outcome;
        line.said->reason = told.reason;
        line.said->notes.insert(told.notes.begin(), told.notes.end());
        line.said->valid_until = std::min(line.said->valid_until, told.valid_until);
        line.said->valid_until_most = std::min(line.said->valid_until_most, told.valid_until_most);
      }
    }
    whole.said = nullptr;
  }

  void price_whole(const StepRule& step, LineState& whole) {
    const Place place{order_};
    whole_skipped_ = false;
    if (!step.when.empty()) {
      const Value met = evaluate_at(step.when, place);
      settle(whole, met.unknown);
      close_lines();
      whole_skipped_ = met.number == 0 || !whole.is_priced();
      if (whole_skipped_) return;
    }
    if (step.guard) return warn(*step.guard, whole);
    if (step.find) find_for_order(step, whole);
    if (whole.is_priced()) compute(step, place, whole);
    close_lines();
  }

  void find_for_order(const StepRule& step, LineState& whole) {
    const Finder finder{order_, step, {&whole}};
    settle(whole, finder.begin(whole));
    close_lines();
    if (whole.is_priced()) find(finder, step, whole);
    close_lines();
  }

  // ---- guards
  // -------------------------------------------------------------------------------------

  static void warn(const GuardRule& guard, LineState& line) {
    if (!guard.refuses) {
      line.said->notes.insert(guard.reason);
      return;
    }
    line.said->outcome = "refused";
    line.said->reason = guard.reason;
  }

  void run_guard(const StepRule& step) {
    for (LineState* line : begin(step)) warn(*step.guard, *line);
  }

  // ---- applying and spreading
  // ---------------------------------------------------------------------

  void run_apply(const StepRule& step) {
    const auto active = begin(step);
    Applier{order_, step, active, said_}.run();
  }

  void run_spread(const StepRule& step) {
    std::map<Rational, std::vector<LineState*>> groups;
    for (LineState* line : begin(step)) {
      const Place place{order_, line};
      groups[step.spread->by.empty() ? Rational{0} : result_of(place, step.spread->by).amount]
          .push_back(line);
    }
    if (order_.line_scope) return;
    for (const auto& [amount, lines] : groups) spread_over(step, lines);
    close_lines();
  }

  void spread_over(const StepRule& step, const std::vector<LineState*>& lines) {
    const std::set<const LineState*> among{lines.begin(), lines.end()};
    Place place{order_};
    if (!step.spread->by.empty()) place.among = &among;
    const Value total = evaluate_at(step.spread->total, place);
    const RoundingRule& to = step.rounding.front();
    const Rational smallest{1, power_of_ten(to.decimals)};
    std::vector<Rational> weights;
    std::vector<LineState*> takers;  // whose weight is known
    for (LineState* line : lines) {
      const Value weight = evaluate_at(step.spread->weight, {order_, line});
      settle(*line, total.unknown);
      settle(*line, weight.unknown);
      if (weight.unknown.any()) continue;
      takers.push_back(line);
      weights.push_back(weight.number);
    }
    const Rational units = rounded(total.number, to.decimals, to.mode) / smallest;
    const auto shares = spread(numerator(units), weights, {}, *step.spread);
    for (std::size_t i = 0; i < takers.size(); ++i) {
      StepSaid& result = takers[i]->results[step.name];
      result.amount = result.exact = Rational{shares[i]} * smallest;
    }
  }

  OrderState& order_;
  Said& said_;
  std::set<const LineState*> was_open_;
  std::set<const LineState*> runs_on_;
  std::map<LineState*, std::string> closing_;
  bool whole_skipped_ = false;
};

void answer_line(const OrderState& order, const LineState& line) {
  LineSaid& said = *line.said;
  const ProcedureRule& procedure = order.procedure;
  const Place place{order, &line};
  said.unit_price = result_of(place, procedure.unit_price).amount;
  said.line_amount = result_of(place, procedure.line_amount).amount;
  for (const auto& [name, step] : procedure.components)
    said.components.push_back(result_of(place, step).amount);
  said.source = result_of(place, procedure.price_step).record;
  if (said.source == nullptr) return;
  said.unit = said.source->unit.empty() ? line.open.article.base_unit : said.source->unit;
  said.price_unit = said.source->price_unit;
}

}  // namespace

void price_order(OrderState& order, Said& said) {
  OrderRun run{order, said};
  for (const StepRule& step : order.procedure.steps) run.run(step);
  for (const LineState& line : order.lines) {
    if (line.is_priced()) answer_line(order, line);
  }
  said.order.clear();
  for (const auto& [name, step] : order.procedure.order)
    said.order.push_back(order.whole.results[step].amount);
}

}  // namespace oracle

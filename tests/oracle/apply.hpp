// Records applied to amounts of lines and charges: what a step with `apply` does. Everything is
// tried on copies, so that a deal can be seen alone.
#pragma once

#include "tests/oracle/search.hpp"
#include "tests/oracle/state.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace oracle {

// What is left, while the deals of a step act.
struct ApplyState {
  Running running;
  std::map<std::string, Rational> charges;
  std::map<const LineState*, Rational> pool;  // whole units that no buy_get has used
};

// A record with the lines it is for.
struct Deal {
  Candidate candidate;
  std::vector<LineState*> lines;
};

// Deals that act together: those of one promotion, or one alone.
using DealGroup = std::vector<Deal>;

struct Effect {
  const RecordRow* record = nullptr;
  LineState* line = nullptr;  // null: of the charge
  std::string charge;
  Rational amount;  // off
};

struct Effects {
  std::vector<Effect> on;
  std::vector<FreeLineSaid> free_lines;
  std::vector<std::pair<LineState*, const RecordRow*>> acted;  // on which line, in order

  bool any() const { return !on.empty() || !free_lines.empty(); }
};

// What a line brings to the step.
struct ApplyLine {
  Rational original;
  Rational floor;
  Rational units;

  int sign() const { return original < 0 ? -1 : 1; }
};

// One step on one order. `active` are the lines on which its `when` is true.
class Applier {
 public:
  Applier(OrderState& order, const StepRule& step, std::vector<LineState*> active, Said& said);

  // Leaves the step's results on all lines that are priced.
  void run();

 private:
  // ---- deals and their order
  void take_lines();
  void take_charges();
  std::vector<Deal> deals_for(const std::vector<LineState*>& lines);
  std::vector<DealGroup> groups_of(const std::vector<Deal>& deals);
  void run_groups(std::vector<DealGroup> groups);
  void run_best(const std::vector<DealGroup>& groups, bool on_charges);
  bool is_tied(const DealGroup& chosen, const std::vector<DealGroup>& among);
  bool equal_by_choice(const DealGroup& a, const DealGroup& b) const;
  bool has(const DealGroup& group, const std::string& flag);
  bool all_have(const DealGroup& group, const std::string& flag);
  bool aims_at_charge(const DealGroup& group);
  bool can_act(const DealGroup& group);
  void write_down(const Effects& effects);

  // ---- what they do
  Effects act(const DealGroup& group, ApplyState& state);
  Effects effects_of(const Deal& deal, ApplyState& state);
  std::vector<LineState*> targets(const Deal& deal, const ApplyState& state);
  void each_line(const Deal& deal, const std::vector<LineState*>& lines, const ApplyState& state,
                 Effects& to);
  Rational off_line(const Deal& deal, LineState& line, const ApplyState& state);
  void over_order(const Deal& deal, const std::vector<LineState*>& lines, const ApplyState& state,
                  Effects& to);
  void off_sum(const Deal& deal, const std::vector<LineState*>& lines, const Rational& beside,
               const ApplyState& state, Effects& to);
  void on_charge(const Deal& deal, const std::vector<LineState*>& lines, const ApplyState& state,
                 Effects& to);
  Rational buy_get_on_line(const Deal& deal, LineState& line, const ApplyState& state);
  void buy_get_pooled(const Deal& deal, const std::vector<LineState*>& lines, ApplyState& state,
                      Effects& to);
  void buy_get_in_pool(const Deal& deal, const std::vector<LineState*>& buyers,
                       const std::vector<LineState*>& lines, ApplyState& state, Effects& to);
  std::vector<LineState*> bought_lines(const Deal& deal, const std::vector<LineState*>& lines,
                                       const ApplyState& state);
  Rational reward(const Deal& deal, LineState& line, const ApplyState& state, const Rational& units,
                  const Rational& times);
  void free_goods(const Deal& deal, const std::vector<LineState*>& lines, const ApplyState& state,
                  Effects& to);

  const TypeRule& type_of(const Deal& deal) const;
  std::optional<Rational> parameter(const Deal& deal, const std::string& name) const;
  Rational whole_parameter(const Deal& deal, const std::string& name) const;
  Rational value_of(const Deal& deal, LineState& line, const ApplyState& state);
  Finder finder(const ApplyState& state) const;
  bool on_original(const Deal& deal) const;
  Rational left_of(const LineState& line, const ApplyState& state) const;
  Rational reference(const Deal& deal, const LineState& line, const ApplyState& state) const;
  Rational limit_of(const LineState& line, const ApplyState& state) const;
  Rational round(const Rational& amount) const;

  OrderState& order_;
  const StepRule& step_;
  const ApplyRule& rule_;
  std::vector<LineState*> active_;
  Said& said_;
  ApplyState state_;
  std::map<const LineState*, ApplyLine> lines_;
  std::map<std::string, Rational> original_charges_;
};

}  // namespace oracle

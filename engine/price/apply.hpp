// Applies records - discounts, promotions, surcharges - to amounts of lines and charges: what a
// step with rule::Apply does once its candidates are found. Amounts are whole numbers of the
// smallest unit that the step's rounding names; every single effect is rounded once, by its mode.
// One Applier serves one step on one question; not shared between threads.
//
// Deals are the records with the lines they are for, in the order in which they act. Records of one
// promotion act together, at the place of the first of them that can act. Before anything acts:
//   - where one that can act is exclusive, only the first exclusive one is left;
//   - where the step says so and one that can act is not stackable, only the first one is left.
// Then all act one after the other, each seeing what those before it left (a condition is tested
// again), until one that took effect says stop; or the first one acts; or the one that alone takes
// most off. A record that changes nothing has not been applied. Where one is to be taken and the
// comparators leave several that would come out differently, the step's `tie` decides: their lines
// are ambiguous, or the one of the smaller document and key is taken.
#pragma once

#include "engine/price/deal_listener.hpp"
#include "engine/price/record_values.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace engine::price {

struct Deal {
  Candidate candidate;
  std::vector<std::uint32_t> lines;  // of the question, rising
};

// Where effects are told.
struct ApplyOutput {
  std::vector<PricedLine>* lines = nullptr;
  std::vector<Adjustment>* adjustments = nullptr;
  std::vector<FreeLine>* free_lines = nullptr;
};

class Applier {
 public:
  // `basis_of` says what a record's scale is read with; `refresh` brings the inputs of the records'
  // own texts up to date with the state, and is called after every change. `weight_of` gives the
  // weight of a line in a spread. `are_tied` says whether the comparators leave two deals equal.
  // `listener`, of an explained run, is told what becomes of every deal that is in no tie.
  struct Hooks {
    std::function<ScaleBasis(const Candidate&, std::size_t line)> basis_of;
    std::function<void()> refresh;
    std::function<base::Int256(std::size_t line)> weight_of;
    std::function<bool(const Deal&, const Deal&)> are_tied;
    std::function<bool(std::size_t line)> runs_on;  // of a step over the order
    DealListener* listener = nullptr;
  };

  Applier(const RecordContext& records, std::uint16_t step, ApplyState& state,
          const ApplyOutput& out, Hooks hooks);

  // After run(): the deals among which none could be taken, since their tie is refused.
  const std::vector<const Deal*>& tied() const { return tied_; }

  // Lets the deals act on the state. `found` is told the first record that acted on a line.
  void run(const std::vector<Deal>& deals,
           const std::function<void(std::size_t, std::uint32_t)>& found);

 private:
  struct Group {
    std::vector<const Deal*> deals;
    std::vector<const Deal*> acting;  // those that can act when the step begins
    const Deal* leader = nullptr;     // the first of these by the comparators
    bool aims_at_charge = false;
  };

  struct Effect {
    std::uint32_t line = no_line;
    std::uint16_t charge = 0;
    base::Int128 amount = 0;  // off
  };

  // Units at as many decimals as they need: `per_unit` of them are one at the state's.
  struct Units {
    base::Int256 number = 0;
    base::Int256 per_unit = 1;
  };

  // What a group would do.
  struct Trial {
    base::Int128 taken = 0;
    std::map<std::pair<std::uint32_t, std::uint16_t>, base::Int128> off;  // by line, charge
    std::vector<std::tuple<std::uint32_t, std::uint32_t, std::int64_t, base::Int128>> free;

    friend bool operator==(const Trial&, const Trial&) = default;
  };

  // What a pooled buy_get takes out of the pool. Lines stand in the order in which they are used.
  struct Pooled {
    const std::vector<std::uint32_t>& bought;
    const std::vector<std::uint32_t>& rewarded;
    base::Int128 buy = 0;
    base::Int128 get = 0;
    std::optional<base::Int128> most;  // groups
    bool partial = false;              // a last group may get less
  };

  struct Effects {
    std::uint32_t record = no_record;
    std::vector<std::uint32_t> lines;  // on which its conditions are met
    std::vector<Effect> on;
    std::vector<std::uint32_t> gives_units;  // free goods: the lines that earn them
  };

  using LineRecord = std::pair<std::uint32_t, std::uint32_t>;

  std::vector<Group> groups_of(const std::vector<Deal>& deals);
  model::DocumentId promotion_of(const Deal& deal) const;
  bool keep_exclusive(std::vector<Group>& groups);
  bool keep_first(std::vector<Group>& groups, Loss others);
  void act(const std::vector<Group>& groups);
  void act_best(const std::vector<Group>& groups, bool on_charges);
  void act(const Group& group);
  Trial try_out(const Group& group);
  bool refuses_tie(const Group& first, const Group& other, bool differ);
  std::vector<std::uint32_t> targets(const Deal& deal);

  Effects effects_of(const Deal& deal);
  void line_effects(const Deal& deal, const std::vector<std::uint32_t>& lines, Effects& to);
  void order_effects(const Deal& deal, const std::vector<std::uint32_t>& lines, Effects& to);
  void spread_effect(const Deal& deal, const std::vector<std::uint32_t>& lines, base::Int128 beside,
                     Effects& to);
  base::Int128 total_of(const std::vector<std::uint32_t>& lines) const;
  void charge_effects(const Deal& deal, const std::vector<std::uint32_t>& lines, Effects& to);
  void buy_get_line(const Deal& deal, std::uint32_t line, Effects& to);
  void buy_get_pooled(const Deal& deal, const std::vector<std::uint32_t>& lines, Effects& to);
  void buy_get_in_pool(const Deal& deal, std::vector<std::uint32_t> bought,
                       const std::vector<std::uint32_t>& lines, Effects& to);
  std::vector<std::uint32_t> bought_lines(const Deal& deal,
                                          const std::vector<std::uint32_t>& lines);
  std::vector<base::Int128> get_units(const Pooled& wanted, std::vector<base::Int128>& pool);
  static base::Int128 groups_in_front(const Pooled& wanted, const std::vector<base::Int128>& pool,
                                      std::uint32_t& bought, std::uint32_t& rewarded);
  void free_goods(const Deal& deal, const std::vector<std::uint32_t>& lines, Effects& to);
  base::Int128 line_effect(const Deal& deal, std::uint32_t line, const Units& of_record);
  base::Int128 worth_of(std::uint32_t line, const Units& of_record);
  base::Int128 reward(const Deal& deal, std::uint32_t line, base::Int128 units,
                      base::Int128 of_units, base::Int128 times);
  void take(const Effects& effects);

  // ---- what is told of an explained run; each does nothing in a plain one
  void remember_met(const Deal& deal, const std::vector<std::uint32_t>& lines);
  void tell_unmet(const Deal& deal, std::uint32_t line);
  void tell_lost(const Group& group, Loss why);
  void tell_effects(const Deal& deal, const Effects& effects);
  void note_cut(const Deal& deal, std::uint32_t line, Cap cap, base::Int128 instead_of,
                base::Int128 amount);
  void note_counted(const Deal& deal, std::uint32_t line, base::Int128 amount);
  void note_raise(const Deal& deal, std::uint32_t line, Cap cap, base::Int128 instead_of,
                  base::Int128 amount);
  void note_pooled(const Deal& deal, const std::vector<std::uint32_t>& lines, const Pooled& wanted,
                   const std::vector<base::Int128>& all, const std::vector<base::Int128>& got);
  void note_floors(const Deal& deal, const std::vector<std::uint32_t>& lines,
                   const std::vector<base::Int128>& uncut, const std::vector<base::Int128>& shares);

  // `amount` or, where that is less, `most`.
  base::Int128 capped(const Deal& deal, std::uint32_t line, Cap cap, base::Int128 amount,
                      base::Int128 most) {
    if (amount <= most) return amount;
    if (told_ != nullptr) note_cut(deal, line, cap, amount, most);
    return most;
  }

  // What would have come out, without a consequence; nothing where it can't be told.
  template <class Compute>
  std::optional<base::Int128> supposed(const Compute& compute) {
    supposing_ = true;
    supposition_holds_ = true;
    const base::Int128 amount = compute();
    supposing_ = false;
    return supposition_holds_ ? std::optional{amount} : std::nullopt;
  }

  void close(std::size_t line, model::Outcome outcome) {
    supposition_holds_ = false;
    if (!supposing_) (*out_.lines)[line].outcome = outcome;
  }

  const model::ConditionType& type_of(const Deal& deal) const;
  std::uint32_t flags_of(const Deal& deal) const;
  bool has(const Deal& deal, model::FlagId flag) const;
  std::optional<base::Decimal> parameter(const Deal& deal, std::string_view name) const;
  std::optional<base::Int128> whole_parameter(const Deal& deal, std::string_view name) const;
  base::Int256 value_of(const Deal& deal, std::size_t line);
  Units counted_units(const Deal& deal, std::uint32_t line) const;
  Units units_within(std::uint32_t line, const std::optional<base::Decimal>& most,
                     const std::optional<base::Decimal>& step) const;
  base::Int128 rounded(const base::BigInt& numerator, const base::BigInt& denominator,
                       std::size_t line);

  base::Int128 sign_of(std::size_t line) const { return state_.original[line] < 0 ? -1 : 1; }

  base::Int128 left_of(std::size_t line) const {
    return state_.running.amounts[line] * sign_of(line);
  }

  base::Int128 limit_of(std::size_t line) const;
  base::Int128 reference(const Deal& deal, std::size_t line) const;
  bool on_original(const Deal& deal) const;

  const RecordContext& records_;
  std::uint16_t step_;
  const rule::Apply& rule_;
  const snapshot::BoundApply& bound_;
  ApplyState& state_;
  ApplyOutput out_;
  Hooks hooks_;
  const std::function<void(std::size_t, std::uint32_t)>* found_ = nullptr;
  std::vector<const Deal*> tied_;
  bool stopped_ = false;  // a record that says stop took effect
  DealListener* told_;    // null in a plain run, and while something is tried out
  std::set<LineRecord> met_when_begun_;
  std::vector<std::pair<std::uint32_t, Cut>> cuts_;  // by line, of the deal that is acting
  std::vector<base::Int128> pool_when_begun_;
  bool supposing_ = false;
  bool supposition_holds_ = true;
};

// Whether amounts stay within what apply steps can hold.
bool is_applicable(const base::Int256& amount);

}  // namespace engine::price

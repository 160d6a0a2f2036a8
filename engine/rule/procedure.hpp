// Procedure: the pricing recipe in the small closed form that the hot path runs, compiled from JSON
// by rules/compiler. Steps run in order within their phase; phases are separated by barriers: a
// phase starts when every line has finished the one before. Names of fields and condition types are
// ids already; codes of data (a group, an offer category) stay text until a snapshot is built,
// since data comes and goes. Immutable once compiled; shared by all threads.
#pragma once

#include "engine/base/fixed.hpp"
#include "engine/model/outcome.hpp"
#include "engine/model/schema.hpp"
#include "engine/rule/comparator.hpp"
#include "engine/rule/formula.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace engine::rule {

// First comparator first.
struct Choice {
  Comparator by = Comparator::rank;
  model::FlagId flag;
};

enum class TiePolicy : std::uint8_t {
  refuse,  // the line has the outcome `ambiguous`, without a price
  report,  // settled by document and external key, and told in explain
};

// Which records an access takes, by the framework agreement they came from. Whatever it says,
// records of an agreement that names its customers are for those only.
enum class AgreementUse : std::uint8_t {
  any,      // whatever document they came from
  asked,    // only those of the agreement that the line names; no candidate where it names none
  allowed,  // only those of agreements, of any that the customer may call off
  none,     // only those of no agreement
};

// By which assignments a price list may reach the customer.
enum class ListsOf : std::uint8_t { any, customer, group, everyone };

struct KeyConstants {
  model::FieldId field;
  std::vector<std::string> codes;  // instead of the question's own value; any of them matches
};

struct Access {
  std::string name;
  model::TableId table;
  std::uint16_t level = 0;  // all accesses of a level compete; the next level is asked only where
                            // none had a candidate
  AgreementUse agreement = AgreementUse::any;
  ListsOf lists = ListsOf::any;
  bool exclusive = false;  // asked-for agreement without a record: the search ends here, empty
  bool group_ancestors =
      true;  // a group field matches ancestors of the customer's or article's groups
  bool customer_parents = false;  // a customer field matches the customer's parents
  bool list_bases = false;        // a price list field matches the lists that a list is based on
  std::vector<KeyConstants> constants;
};

// Over what the quantity (or basis) that a scale is read with is counted.
enum class CountedOver : std::uint8_t {
  line,
  record,    // the lines that have the same record among their candidates
  key,       // ... a record under the same key
  document,  // ... a record of the same document
  order,     // all lines
};

// What a name that the records' own conditions and formulas use stands for in this step.
struct Input {
  std::string name;
  Formula value;
};

struct Find {
  std::vector<Access>
      accesses;  // by level; tables of several condition types with one kind of value
  std::vector<Choice> choose;
  TiePolicy tie = TiePolicy::refuse;
  bool required = false;  // where nothing is found the line has the outcome `no_price`
  // Price lists are merged slot by slot (unit, currency, threshold) in the order of their rank: a
  // slot that an earlier list fills is not filled again. A list that refuses to be merged counts
  // only where no earlier list has any price for the article, and then ends the search.
  bool merge = false;
  // A winner that carries the flag find_next does not end the search: the winners of the levels
  // that follow compete with it by these comparators.
  std::vector<Choice> find_next;
  bool any_unit = false;      // records of other units of the article count, too; else only those
                              // of the unit ordered and of the base unit
  bool any_currency = false;  // records in other currencies count, too, converted
  Formula basis;              // what scales are read with; empty: the quantity
  CountedOver counted = CountedOver::line;
  Formula below_lowest;  // lines below the lowest threshold take the lowest one where this is true
  std::vector<Input> inputs;
  RoundTo formula_value{6,
                        base::Rounding::half_up};  // of a record whose formula computes its value
};

// How several records act on one amount.
enum class Combine : std::uint8_t {
  all,    // one after the other, each on what the one before left, or on the original
  best,   // each alone; the one that takes most off
  first,  // the first one in the order of the comparators
};

enum class ApplyOver : std::uint8_t { line, order };

// By what an amount is spread over lines, and who gets what rounding leaves over.
enum class Leftover : std::uint8_t {
  largest_remainder,  // one smallest unit each, to those whose share was cut most
  largest_amount,     // all of it, to the line with the largest weight; the first of equals
  first_line,
  last_line,
  in_order,  // one smallest unit each, from the first line on
};

struct SpreadRule {
  Formula weight;  // empty: what is left of the line
  Leftover leftover = Leftover::largest_remainder;
  bool redistribute = true;  // what a line's floor keeps off goes to the others; else it is lost
};

// Applies records - discounts, promotions - to an amount of the lines. Where records come from
// promotions, all records of one promotion act together.
struct Apply {
  Formula base;   // the line's amount before
  Formula units;  // how many units that is for; empty: the quantity ordered
  Formula floor;  // of the line's amount; empty: 0
  ApplyOver over = ApplyOver::line;
  Combine combine = Combine::all;
  bool on_original = false;  // unless a record says otherwise: on_running, on_original
  bool only_first_unless_stackable = false;  // a record without the flag `stackable` among the
                                             // candidates leaves only the first one
  bool price_if_lower = false;               // a new price counts only where it is lower
  SpreadRule spread;
  std::vector<std::uint16_t> charges;  // steps whose amounts the records may act on
};

// Spreads an amount over the lines, for all of them together or for those of each group.
struct Spread {
  Formula total;                    // of the order, or of a group: refers to aggregates
  std::optional<std::uint16_t> by;  // lines with the same amount in this step are a group
  SpreadRule rule;
};

enum class GuardAction : std::uint8_t { refuse, note };

// What a guardrail finds wrong: the line has the outcome of the reason, or carries it as a note.
struct Guard {
  GuardAction action = GuardAction::refuse;
  model::Reason reason = model::Reason::refused;
};

enum class Phase : std::uint8_t { line, aggregate, line_again, document, tax };

struct Step {
  std::string name;
  std::string title;
  Phase phase = Phase::line;
  bool of_order = false;  // one amount for the order, not one a line
  Formula when;           // empty: always; else the step is skipped on lines where it is 0
  std::optional<Find> find;
  std::optional<Apply> apply;
  std::optional<Spread> spread;
  std::optional<Guard> guard;     // acts where `when` is true
  Formula amount;                 // empty: the value of the record found
  std::vector<RoundTo> rounding;  // in order; none: exact
  bool statistical = false;       // shown, never part of an amount
};

struct Component {
  std::string name;
  std::uint16_t step = 0;
};

// What a line's answer is made of. The unit price is per the price unit and unit of `price_step`'s
// record.
struct AnswerShape {
  std::uint16_t price_step = 0;
  std::uint16_t unit_price = 0;
  std::uint16_t line_amount = 0;
  std::vector<Component> components;  // further named amounts: discount, tax, freight ... one of
                                      // the order is the same on each line
  std::vector<std::uint16_t> totals;  // indices into components that are summed over the document
  std::vector<Component> order;       // named amounts of the order: shipping ...
};

struct QuantityPolicy {
  bool zero_allowed = false;
  base::Quantity maximum = base::Quantity::whole(1'000'000'000);
  std::vector<std::string> return_kinds;  // document kinds whose lines may be negative
};

struct Procedure {
  std::string name;
  std::string variant;  // the values that a look-up gives its parameters: "mode up, share 0.6";
                        // empty: its own. With the name it tells procedures apart
  std::string title;
  std::string time_zone = "UTC";
  std::vector<Step> steps;
  std::vector<Aggregate> aggregates;
  AnswerShape answer;
  QuantityPolicy quantity;
  std::string deciding_date;  // field of the question that dates a line; empty: its `date`
  std::string rate_kind;      // of exchange rates; empty: those without a kind
  std::string rate_currency;  // currency that rates are triangulated through; empty: none
};

}  // namespace engine::rule

// Procedure: the pricing recipe in the small closed form that the hot path runs, compiled from JSON
// by rules/compiler. Steps run in order within their phase; phases are separated by barriers: a
// phase starts when every line has finished the one before. Names of fields and condition types are
// ids already; codes of data (a group, an offer category) stay text until a snapshot is built,
// since data comes and goes. Immutable once compiled; shared by all threads.
#pragma once

#include "engine/base/fixed.hpp"
#include "engine/model/schema.hpp"
#include "engine/rule/formula.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace engine::rule {

// How candidates that an access lets through are brought down to one, first comparator first.
enum class Comparator : std::uint8_t {
  rank,            // smaller first: of the list's assignment, then of the record
  nearest,         // fewer steps up the tree of groups, or up the customer's parents
  most_fields,     // more key fields
  dated,           // records with a start or an end before open ones
  currency_bound,  // records with a currency before those without
  unit_bound,      // records with a unit before those without
  highest_threshold,
  newest_start,     // of the record
  newest_document,  // start of its document
  lowest_value,     // the price of this quantity's unit, not the bare number
  highest_value,
  flag_set,         // records with the flag first
  flag_clear,       // records without it first
  document_number,  // smaller document code, compared as numbers where both are, else as text
  document_text,
  record_number,  // smaller external key of the record, or row
  record_text,
};

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
  std::vector<KeyConstants> constants;
};

struct Find {
  std::vector<Access>
      accesses;  // by level; tables of several condition types with one kind of value
  std::vector<Choice> choose;
  TiePolicy tie = TiePolicy::refuse;
  bool required = false;  // where nothing is found the line has the outcome `no_price`
};

enum class Phase : std::uint8_t { line, aggregate, line_again, document, tax };

struct Step {
  std::string name;
  std::string title;
  Phase phase = Phase::line;
  Formula when;  // empty: always; else the step is skipped on lines where it is 0
  std::optional<Find> find;
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
  std::vector<Component> components;  // further named amounts: discount, tax, freight ...
  std::vector<std::uint16_t> totals;  // indices into components that are summed over the document
};

struct QuantityPolicy {
  bool zero_allowed = false;
  base::Quantity maximum = base::Quantity::whole(1'000'000'000);
  std::vector<std::string> return_kinds;  // document kinds whose lines may be negative
};

struct Procedure {
  std::string name;
  std::string title;
  std::string time_zone = "UTC";
  std::vector<Step> steps;
  AnswerShape answer;
  QuantityPolicy quantity;
};

}  // namespace engine::rule

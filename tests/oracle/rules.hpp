// Rules as the oracle takes them: procedures, look-ups and bands read from their JSON text into
// plain text and numbers. Only names are read; expressions stay text until a line needs them.
// Throws std::invalid_argument where a document is not what the rules accept: tests are to feed
// both sides the same documents.
#pragma once

#include "tests/oracle/numbers.hpp"
#include "tests/oracle/world.hpp"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace oracle {

struct RoundingRule {
  int decimals = 0;
  std::string mode;
};

struct AccessRule {
  std::string type;
  Texts keys;
  int level = 0;
  int number = 0;  // among the step's accesses
  std::string agreement = "any";
  std::string lists = "any";
  bool exclusive = false;
  bool ancestors = true;
  bool parents = false;
  bool bases = false;
  std::map<std::string, Texts> constants;
};

struct ChoiceRule {
  std::string by;
  std::string flag;
};

using Choices = std::vector<ChoiceRule>;

struct FindRule {
  std::vector<AccessRule> accesses;
  Choices choose;
  bool refuses_ties = true;
  bool required = false;
  bool merge = false;
  bool looks_further = false;  // there is a `find_next`
  Choices find_next;
  bool any_unit = false;
  bool any_currency = false;
  std::string basis;  // empty: the quantity
  std::string counted = "line";
  std::string below_lowest;
  std::map<std::string, std::string> inputs;
  RoundingRule formula_value{6, "half_up"};
};

struct SpreadRule {
  std::string weight;
  std::string leftover = "largest_remainder";
  bool redistribute = true;
  std::string total;  // of a step that spreads
  std::string by;
};

struct ApplyRule {
  std::string on;
  std::string units;
  std::string floor;
  bool over_order = false;
  std::string combine = "all";
  bool on_original = false;
  bool only_first_unless_stackable = false;
  bool price_if_lower = false;
  Texts charges;
  SpreadRule spread;
};

struct GuardRule {
  bool refuses = true;
  std::string reason = "refused";
};

struct StepRule {
  std::string name;
  bool of_order = false;
  std::string when;
  std::optional<FindRule> find;
  std::optional<ApplyRule> apply;
  std::optional<SpreadRule> spread;
  std::optional<GuardRule> guard;
  std::optional<std::string> amount;
  std::vector<RoundingRule> rounding;
};

struct TypeRule {
  std::string value;  // price, percent, amount, factor
  std::set<std::string> flags;
  std::string calculation = "none";
  std::string charge;
  Texts inputs;
  Texts parameters;
};

struct ParameterRule {
  std::string type = "decimal";
  Rational number;  // a bool is 1 or 0
  Texts texts;
  std::vector<Rational> numbers;
};

struct FieldRule {
  std::string side = "question";
  std::string value = "text";  // decimal, bool
};

struct ProcedureRule {
  std::string name;
  std::map<std::string, ParameterRule> parameters;
  std::string deciding_date;
  std::string rate_kind;
  std::string rates_through;
  std::vector<StepRule> steps;
  std::string price_step;
  std::string unit_price;
  std::string line_amount;
  Pairs components;  // name, step
  Texts totals;      // names of components
  Pairs order;       // name, step
  bool zero_allowed = false;
  Rational maximum = 1'000'000'000;
  Texts returns;
};

struct LookupRule {
  std::map<std::string, Texts> when;
  std::string result;
  std::size_t procedure = 0;  // among all; variants stand beside the procedures as they are
};

struct BandRule {
  std::string code;
  Rational from;
};

struct BandSetRule {
  std::string name;
  std::vector<BandRule> bands;
  bool last_is_expected = false;
};

struct Rules {
  std::map<std::string, TypeRule> types;
  std::map<std::string, FieldRule> fields;  // of their own and built in
  std::set<std::string> article_fields{"article", "article_group"};
  Texts field_order{"customer", "customer_group", "price_list",    "country", "sales_organisation",
                    "site",     "channel",        "document_kind", "article", "article_group"};
  std::vector<ProcedureRule> procedures;  // as they are, then variants
  std::size_t plain_procedures = 0;       // those that are no variants
  std::vector<LookupRule> procedure_lookup;
  std::vector<BandSetRule> band_sets;
  std::vector<LookupRule> band_lookup;
};

Rules read_rules(std::span<const std::string> documents);

}  // namespace oracle

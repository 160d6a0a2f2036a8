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
  std::string agreement = "any";
  std::string lists = "any";
  bool exclusive = false;
  bool ancestors = true;
  bool parents = false;
  std::map<std::string, Texts> constants;
};

struct ChoiceRule {
  std::string by;
  std::string flag;
};

struct FindRule {
  std::vector<AccessRule> accesses;
  std::vector<ChoiceRule> choose;
  bool refuses_ties = true;
  bool required = false;
};

struct StepRule {
  std::string name;
  std::string when;
  std::optional<FindRule> find;
  std::optional<std::string> amount;
  std::vector<RoundingRule> rounding;
};

struct TypeRule {
  std::string value;  // price, percent, amount, factor
  std::set<std::string> flags;
};

struct ProcedureRule {
  std::string name;
  std::map<std::string, Rational> parameters;
  std::vector<StepRule> steps;
  std::string price_step;
  std::string unit_price;
  std::string line_amount;
  Pairs components;  // name, step
  Texts totals;      // names of components
  bool zero_allowed = false;
  Rational maximum = 1'000'000'000;
  Texts returns;
};

struct LookupRule {
  std::map<std::string, Texts> when;
  std::string result;
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
  std::set<std::string> article_fields{"article", "article_group"};
  Texts field_order{"customer", "customer_group", "price_list",    "country", "sales_organisation",
                    "site",     "channel",        "document_kind", "article", "article_group"};
  std::vector<ProcedureRule> procedures;
  std::vector<LookupRule> procedure_lookup;
  std::vector<BandSetRule> band_sets;
  std::vector<LookupRule> band_lookup;
};

Rules read_rules(std::span<const std::string> documents);

}  // namespace oracle

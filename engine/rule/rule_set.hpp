// RuleSet: all procedures of a data folder, the look-up that says which of them prices a question,
// and the sets of availability bands with the look-up that says which of them an article is shown
// by. Immutable once compiled.
#pragma once

#include "engine/base/fixed.hpp"
#include "engine/rule/procedure.hpp"

#include <string>
#include <utility>
#include <vector>

namespace engine::rule {

// One row of a look-up: matches when every field named has one of the codes; the first row that
// matches wins.
struct LookupRow {
  std::vector<KeyConstants> when;
  std::string result;
  std::string variant = {};  // of the procedure, see Procedure::variant
};

struct LanguageText {
  std::string language;  // BCP 47: en, sv, de
  std::string text;      // {quantity} is the band's lower bound, {date} the expected date
};

struct Band {
  std::string code;
  base::Quantity from;  // this band shows from here on, up to the next band
  std::string symbol;
  std::string colour;
  std::string schema_org;  // InStock, LimitedAvailability, OutOfStock, BackOrder ...
  std::vector<LanguageText> texts;
};

struct BandSet {
  std::string name;
  std::vector<Band> bands;  // by `from`, rising; the first one has no lower bound
  // The last band may be one without a threshold, shown instead of the lowest one where goods are
  // on their way.
  bool last_is_expected = false;

  std::size_t threshold_count() const { return bands.size() - (last_is_expected ? 1 : 0); }
};

struct RuleSet {
  std::vector<Procedure> procedures;
  std::vector<LookupRow> procedure_lookup;  // empty: the only procedure there is
  std::vector<BandSet> band_sets;
  std::vector<LookupRow> band_lookup;
};

}  // namespace engine::rule

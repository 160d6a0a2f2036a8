#include "rules/lookup_reader.hpp"

#include "engine/base/limits.hpp"
#include "rules/declaration_reader.hpp"
#include "rules/parameters.hpp"

#include <algorithm>

namespace rules {

namespace limits = engine::base::limits;
namespace rule = engine::rule;
using engine::base::FaultCode;
using engine::model::FieldSide;
using engine::model::Schema;

namespace {

// What a row can ask for: a header field only, or one of the article, too.
enum class Reach { header, article };

void read_when(const Json& row, Reach reach, DocumentReader& reader, const Schema& schema,
               rule::LookupRow& made) {
  for (const JsonMember& member : reader.entries(row, "when")) {
    const auto field = schema.find_field(member.name);
    if (!field) {
      reader.fault(member.value, FaultCode::unknown_field,
                   "field '" + member.name + "' is neither built in nor declared");
      continue;
    }
    const bool of_article = schema.field(*field).side == FieldSide::article;
    const bool unasked = *field == Schema::price_list || *field == Schema::currency ||
                         *field == Schema::unit || (of_article && reach == Reach::header);
    if (unasked) {
      reader.fault(member.value, FaultCode::bad_document,
                   "'" + member.name + "' can't be asked for in this look-up");
      continue;
    }
    made.when.push_back({*field, reader.texts(member.value)});
  }
}

// Of which type a value must be, only its procedure knows.
void check_value(const Json& value, DocumentReader& reader) {
  const auto is_plain = [](const Json& json) {
    return json.is(Json::Kind::number) || json.is(Json::Kind::string);
  };
  const bool list = value.is(Json::Kind::array) && std::ranges::all_of(value.items(), is_plain);
  if (list || is_plain(value) || value.is(Json::Kind::boolean)) return;
  reader.fault(value, FaultCode::bad_document,
               "a number, true or false, a text or a list of these is wanted here");
}

rule::LookupRow read_procedure_row(const Json& row, DocumentReader& reader, const Schema& schema) {
  rule::LookupRow made;
  if (!reader.members(row, {"when", "procedure", "parameters"})) return made;
  made.result = reader.required_text(row, "procedure");
  for (const JsonMember& member : reader.entries(row, "parameters"))
    check_value(member.value, reader);
  made.variant = variant_text(row.find("parameters"));
  read_when(row, Reach::header, reader, schema, made);
  return made;
}

rule::LookupRow read_set_row(const Json& row, DocumentReader& reader, const Schema& schema) {
  rule::LookupRow made;
  if (!reader.members(row, {"when", "set"})) return made;
  made.result = reader.required_text(row, "set");
  read_when(row, Reach::article, reader, schema, made);
  return made;
}

rule::Band read_band(const Json& json, DocumentReader& reader) {
  rule::Band band;
  if (!reader.members(json, {"band", "from", "symbol", "colour", "schema_org", "texts"}))
    return band;
  band.code = reader.required_text(json, "band");
  band.symbol = reader.text(json, "symbol");
  band.colour = reader.text(json, "colour");
  band.schema_org = reader.text(json, "schema_org");
  if (const auto from = reader.decimal(json, "from")) {
    const auto exact = engine::base::Quantity::exactly(*from);
    if (exact) {
      band.from = *exact;
    } else {
      reader.fault(*json.find("from"), FaultCode::out_of_range,
                   "a threshold has at most 6 decimals and twelve digits before them");
    }
  }
  const auto texts = reader.entries(json, "texts");
  for (const JsonMember& member : texts) {
    if (member.name.empty())
      reader.fault(member.value, FaultCode::bad_text, "a text stands under its language");
    if (const auto text = reader.text_of(member.value)) band.texts.push_back({member.name, *text});
  }
  if (texts.empty())
    reader.fault(json, FaultCode::missing_value, "a band needs a text in at least one language");
  return band;
}

void read_set(const Json& json, DocumentReader& reader, rule::RuleSet& rules) {
  if (!reader.members(json, {"set", "bands", "expected_band"})) return;
  rule::BandSet set;
  set.name = reader.required_text(json, "set");
  const std::string expected = reader.text(json, "expected_band");
  for (const Json& band : reader.items(json, "bands", true))
    set.bands.push_back(read_band(band, reader));
  if (set.bands.empty() || set.bands.size() > limits::bands_per_set) {
    reader.fault(json, FaultCode::out_of_range,
                 "a set has 1 to " + std::to_string(limits::bands_per_set) + " bands");
    return;
  }
  if (!expected.empty()) {
    set.last_is_expected = set.bands.size() > 1 && set.bands.back().code == expected;
    if (!set.last_is_expected) {
      reader.fault(
          json, FaultCode::bad_document,
          "the expected band '" + expected + "' must be the set's last band; it has no threshold");
    }
  }
  const auto bands = reader.items(json, "bands", false);
  for (std::size_t i = 1; i < set.threshold_count();
       ++i) {  // the lowest band has no threshold either
    if (bands[i].find("from") == nullptr) {
      reader.fault(
          bands[i], FaultCode::missing_value,
          "'from' is missing: only the lowest band and the expected one have no threshold");
      continue;
    }
    if (i == 1 || set.bands[i].from > set.bands[i - 1].from) continue;
    reader.fault(json, FaultCode::contradicting_values,
                 "bands stand by rising 'from'; '" + set.bands[i].code + "' does not");
  }
  if (std::ranges::find(rules.band_sets, set.name, &rule::BandSet::name) != rules.band_sets.end()) {
    reader.fault(*json.find("set"), FaultCode::contradicting_values,
                 "'" + set.name + "' is the name of an earlier set");
  }
  rules.band_sets.push_back(std::move(set));
}

}  // namespace

void read_procedure_lookup(const Json& document, DocumentReader& reader, Schema& schema,
                           rule::RuleSet& rules) {
  if (!reader.members(document, {"procedure_lookup", "fields", "title"})) return;
  reader.text(document, "title");
  read_fields(document, reader, schema);
  for (const Json& row : reader.items(document, "procedure_lookup", true)) {
    rules.procedure_lookup.push_back(read_procedure_row(row, reader, schema));
  }
}

void read_availability_bands(const Json& document, DocumentReader& reader, Schema& schema,
                             rule::RuleSet& rules) {
  if (!reader.members(document, {"availability_bands", "lookup", "fields", "title"})) return;
  reader.text(document, "title");
  read_fields(document, reader, schema);
  for (const Json& set : reader.items(document, "availability_bands", true))
    read_set(set, reader, rules);
  for (const Json& row : reader.items(document, "lookup", false)) {
    rules.band_lookup.push_back(read_set_row(row, reader, schema));
  }
}

}  // namespace rules

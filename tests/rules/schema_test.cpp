// The schemas beside rules/ and the readers in it say the same: every shipped document fits both,
// both know the same members and the same values, and what one refuses, the other does too.
#include "engine/model/schema.hpp"

#include "rules/rule_book.hpp"

#include "tests/catch.hpp"
#include "tests/rules/json_schema.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using rules::Json;
using rules::JsonMember;
using tests::schema_at;
using Names = std::set<std::string>;

const fs::path project = NETTO_SOURCE_DIR;

std::string read(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  INFO(file);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>{in}, {}};
}

Json tree(const std::string& text) {
  auto parsed = rules::parse_json(text);
  INFO(text.substr(0, 200));
  if (!parsed) FAIL(parsed.error().where << ": " << parsed.error().detail);
  return *std::move(parsed);
}

std::string kind_of(const Json& document) {
  for (const char* kind : {"procedure", "procedure_lookup", "availability_bands"}) {
    if (document.find(kind) != nullptr) return kind;
  }
  FAIL("no rules document");
  return {};
}

Json schema_of(const std::string& kind) {
  return tree(read(project / "rules" / (kind + ".schema.json")));
}

std::vector<fs::path> rule_files() {
  std::vector<fs::path> files;
  for (const char* folder : {"rules/procedures", "docs/examples"}) {
    for (const auto& entry : fs::recursive_directory_iterator{project / folder}) {
      const bool in_rules = entry.path().parent_path().filename() == "rules" ||
                            std::string{folder} == "rules/procedures";
      if (in_rules && entry.path().extension() == ".json") files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  return files;
}

std::string fault_text(const std::vector<engine::base::Fault>& faults) {
  std::string text;
  for (const auto& fault : faults) text += fault.where + ": " + fault.detail + "\n";
  return text;
}

// Faults of the document alone, without those about what other documents should have said.
std::vector<engine::base::Fault> faults_of(const std::string& text) {
  engine::model::Schema schema;
  auto faults = rules::compile(std::vector<rules::RuleDocument>{{"it.json", text}}, schema).faults;
  // What only shows between documents is no matter of one document's schema.
  std::erase_if(faults, [](const engine::base::Fault& fault) {
    return fault.detail.find("which no document defines") != std::string::npos;
  });
  return faults;
}

bool fits_schema(const std::string& text) {
  const Json document = tree(text);
  return tests::validate(document, schema_of(kind_of(document))).empty();
}

// "a, b, c" after `before` in the text of the only fault at `pointer`.
Names names_told(const std::string& text, const std::string& pointer, const std::string& before) {
  for (const auto& fault : faults_of(text)) {
    const auto at = fault.detail.find(before);
    if (fault.where != "it.json#" + pointer || at == std::string::npos) continue;
    Names names;
    const std::string list = fault.detail.substr(at + before.size());
    const std::regex name{"[a-z_]+"};
    for (std::sregex_iterator it{list.begin(), list.end(), name}; it != std::sregex_iterator{};
         ++it)
      names.insert(it->str());
    return names;
  }
  FAIL("no fault at " << pointer << " says '" << before << "': " << fault_text(faults_of(text)));
  return {};
}

Names properties_of(const Json& schema) {
  Names names;
  for (const JsonMember& property : schema.find("properties")->members())
    names.insert(property.name);
  return names;
}

// Where the schema says which members an object has.
void collect_objects(const Json& schema, std::set<std::string>& pointers) {
  const Json* additional = schema.find("additionalProperties");
  if (additional != nullptr && additional->is(Json::Kind::boolean))
    pointers.insert("#" + schema.pointer());
  for (const JsonMember& member : schema.members()) collect_objects(member.value, pointers);
  for (const Json& item : schema.items()) collect_objects(item, pointers);
}

void collect_choices(const Json& schema, std::set<std::string>& pointers) {
  if (schema.find("enum") != nullptr) pointers.insert("#" + schema.pointer());
  for (const JsonMember& member : schema.members()) collect_choices(member.value, pointers);
  for (const Json& item : schema.items()) collect_choices(item, pointers);
}

// Documents with everything in them; the marks (@step@) are the ends of objects, where a test can
// put a member.
const std::string full_procedure = R"json({
  "$schema": "x", "comment": ["any", "thing"], "procedure": "p", "title": "P", "time_zone": "UTC",
  "parameters": {"share": {"type": "decimal", "value": "0.60", "title": "t" @parameter@},
                 "strict": {"type": "bool", "value": true},
                 "search": {"type": "string", "value": "levels"},
                 "groups": {"type": "strings", "value": ["a", "b"]},
                 "endings": {"type": "decimals", "value": ["0.49", 0.99]}},
  "fields": {"offer_category": {"side": "question", "value": "text", "title": "t" @field@}},
  "flags": ["mine"],
  "condition_types": {
    "list_price": {"value": "price", "flags": ["discountable", "mine"], "inputs": ["paid"], "parameters": ["cost"], "title": "t" @type@},
    "promotion": {"value": "percent", "calculation": "order_percent"},
    "free_freight": {"value": "percent", "calculation": "charge_percent", "charge": "freight"}},
  "deciding_date": "offer_category",
  "exchange_rates": {"kind": "monthly", "through": "EUR" @exchange_rates@},
  "quantity": {"zero_allowed": true, "maximum": 1000, "returns": ["credit_note"] @quantity@},
  "steps": [
    {"step": "price", "title": "t", "phase": "line", "of": "line", "when": "quantity > 0", "statistical": false,
     "round": [{"decimals": 4, "mode": "half_up" @rounding@}],
     "find": {"type": "list_price", "search": "levels", "tie": "report", "required": true,
              "accesses": [{"access": "a", "type": "list_price", "keys": ["offer_category", "article"], "level": 1,
                            "agreement": "any", "exclusive": true, "lists": "any", "ancestors": true, "parents": false, "based_on": false,
                            "constants": {"offer_category": ["Reseller", "No Discount"]} @access@}],
              "choose": ["nearest", {"by": "rank" @comparator@}, {"by": "flag_set", "flag": "mine" @flag_comparator@}],
              "find_next": ["lowest_value"], "units": "ordered", "currencies": "own", "basis": "quantity", "counted": "line",
              "below_lowest": "false", "inputs": {"paid": "quantity * share"},
              "formula_value": {"decimals": 2, "mode": "up"} @find@} @step@},
    {"step": "amount", "amount": "round(extended(price), 2, 'half_up')"},
    {"step": "low", "when": "amount < 0", "guard": {"then": "refuse", "reason": "below_floor" @guard@}},
    {"step": "freight", "phase": "aggregate", "of": "order", "amount": "lines.sum(l, l.amount) > 100 ? 0 : 5"},
    {"step": "promotions", "phase": "aggregate", "round": [{"decimals": 2, "mode": "half_up"}],
     "find": {"accesses": [{"type": "promotion", "keys": []}, {"type": "free_freight", "keys": []}]},
     "apply": {"on": "amount", "units": "quantity", "floor": "0", "over": "order", "combine": "all", "base": "running",
               "only_first_unless_stackable": true, "price_if_lower": false, "charges": ["freight"],
               "spread": {"weight": "running", "leftover": "largest_amount", "redistribute": true @apply_spread@} @apply@}},
    {"step": "share_of_freight", "phase": "document", "round": [{"decimals": 2, "mode": "half_up"}],
     "spread": {"total": "freight", "by": "amount", "weight": "promotions", "leftover": "first_line", "redistribute": false @spread@}}
  ],
  "answer": {"price": "price", "unit_price": "price", "line_amount": "amount", "components": {"gross": "price"}, "totals": ["gross"],
             "order": {"freight": "freight"} @answer@}
  @document@})json";

const std::string full_lookup =
    R"({"procedure_lookup": [{"when": {"channel": ["a", "b"], "site": "c"}, "procedure": "p", "parameters": {"share": 0.5, "strict": false, "groups": ["a", 1]} @row@}],
        "fields": {"tier": {"side": "question", "value": "text", "title": "t" @field@}}, "title": "t" @document@})";

const std::string full_bands = R"({
  "availability_bands": [{"set": "s", "expected_band": "due", "bands": [
    {"band": "none", "symbol": "x", "colour": "red", "schema_org": "OutOfStock", "texts": {"en": "none"} @band@},
    {"band": "many", "from": "10.5", "texts": {"en": "{quantity} or more"}}, {"band": "due", "texts": {"en": "{date}"}}] @set@}],
  "lookup": [{"when": {"article_group": "g"}, "set": "s" @row@}],
  "fields": {"profile": {"side": "article", "value": "text", "title": "t" @field@}}, "title": "t" @document@})";

// The document with `what` at the mark, and the other marks taken out.
std::string marked(std::string text, const std::string& mark, const std::string& what) {
  const std::string wanted = "@" + mark + "@";
  if (const auto at = text.find(wanted); at != std::string::npos)
    text.replace(at, wanted.size(), what);
  return std::regex_replace(text, std::regex{"@[a-z_]+@"}, "");
}

struct Place {
  std::string mark;
  std::string in_document;
  // Several where the reader knows one object and the schema two forms of it.
  std::vector<std::string> in_schema;
};

void check_members(const std::string& full, const std::vector<Place>& places) {
  const std::string kind = kind_of(tree(marked(full, "", "")));
  const Json schema = schema_of(kind);
  std::set<std::string> unseen;
  collect_objects(schema, unseen);
  for (const Place& place : places) {
    INFO(kind << " " << place.in_document);
    const std::string text = marked(full, place.mark, R"(, "wrong": 1)");
    Names known =
        names_told(text, place.in_document + "/wrong", "'wrong' has no meaning here; known are ");
    known.insert("comment");
    if (place.in_document.empty()) known.insert("$schema");
    Names in_schema;
    for (const std::string& pointer : place.in_schema) {
      REQUIRE(schema_at(schema, pointer) != nullptr);
      in_schema.merge(properties_of(*schema_at(schema, pointer)));
      unseen.erase(pointer);
    }
    CHECK(known == in_schema);
    CHECK_FALSE(fits_schema(text));
  }
  CHECK(unseen == std::set<std::string>{});
}

// Members that take one of a few values: where one stands in the full procedure, and in the schema.
struct Choice {
  std::string from;  // in the full procedure
  std::string pointer;
  std::vector<std::string> in_schema;
  std::string before = "'wrong' is none of ";
};

const std::vector<Choice> choices{
    {R"("type": "decimal")", "/parameters/share/type", {"#/$defs/parameter/properties/type"}},
    {R"("side": "question")",
     "/fields/offer_category/side",
     {"#/$defs/field/properties/side/anyOf/0"}},
    {R"("value": "text")",
     "/fields/offer_category/value",
     {"#/$defs/field/properties/value/anyOf/0"}},
    {R"("value": "price")",
     "/condition_types/list_price/value",
     {"#/$defs/condition_type/properties/value/anyOf/0"}},
    {R"("calculation": "order_percent")",
     "/condition_types/promotion/calculation",
     {"#/$defs/condition_type/properties/calculation/anyOf/0"}},
    {R"("phase": "line")", "/steps/0/phase", {"#/$defs/step/properties/phase/anyOf/0"}},
    {R"("of": "line")", "/steps/0/of", {"#/$defs/step/properties/of/anyOf/0"}},
    {R"("mode": "half_up")",
     "/steps/0/round/0",
     {"#/$defs/rounding/properties/mode/anyOf/0"},
     "a rounding names its mode: "},
    {R"("search": "levels", "tie")",
     "/steps/0/find/search",
     {"#/$defs/find/properties/search/anyOf/0"}},
    {R"("tie": "report")", "/steps/0/find/tie", {"#/$defs/find/properties/tie/anyOf/0"}},
    {R"("units": "ordered")", "/steps/0/find/units", {"#/$defs/find/properties/units/anyOf/0"}},
    {R"("currencies": "own")",
     "/steps/0/find/currencies",
     {"#/$defs/find/properties/currencies/anyOf/0"}},
    {R"("counted": "line")", "/steps/0/find/counted", {"#/$defs/find/properties/counted/anyOf/0"}},
    {R"("agreement": "any")",
     "/steps/0/find/accesses/0/agreement",
     {"#/$defs/access/properties/agreement/anyOf/0"}},
    {R"("lists": "any")",
     "/steps/0/find/accesses/0/lists",
     {"#/$defs/access/properties/lists/anyOf/0"}},
    {R"("nearest")",
     "/steps/0/find/choose/0",
     {"#/$defs/comparator_name/anyOf/0", "#/$defs/comparator/oneOf/1/properties/by/anyOf/0"}},
    {R"("then": "refuse")", "/steps/2/guard/then", {"#/$defs/guard/properties/then/anyOf/0"}},
    {R"("reason": "below_floor")",
     "/steps/2/guard/reason",
     {"#/$defs/guard/properties/reason/anyOf/0"}},
    {R"("over": "order")", "/steps/4/apply/over", {"#/$defs/apply/properties/over/anyOf/0"}},
    {R"("combine": "all")", "/steps/4/apply/combine", {"#/$defs/apply/properties/combine/anyOf/0"}},
    {R"("base": "running")", "/steps/4/apply/base", {"#/$defs/apply/properties/base/anyOf/0"}},
    {R"("leftover": "largest_amount")",
     "/steps/4/apply/spread/leftover",
     {"#/$defs/leftover/anyOf/0"}},
};

// A full document with one thing changed, and whether reader and schema both take it, or both
// refuse it.
struct Change {
  std::string from, to;
  bool taken;
};

const std::vector<Change> of_procedure{
    {R"("value": "0.60")", R"("value": 0.60)", true},
    {R"("value": "0.60")", R"("value": ".0200")", true},
    {R"("value": "0.60")", R"("value": "-7.")", true},
    {R"("value": "0.60")", R"("value": "1e3")", false},
    {R"("value": "0.60")", R"("value": "")", false},
    {R"("value": "0.60")", R"("value": ".")", false},
    {R"("value": "0.60")", R"("value": true)", false},
    {R"("value": "0.60", )", "", false},
    {R"("type": "decimal", "value")", R"("type": "text", "value")", false},
    {R"("type": "decimal", "value")", R"("type": "bool", "value")", false},
    {R"("type": "bool", "value": true)", R"("type": "bool", "value": "true")", false},
    {R"("type": "bool", "value": true)", R"("value": true)", false},
    {R"("type": "string", "value": "levels")", R"("type": "string", "value": 5)", false},
    {R"("type": "strings", "value": ["a", "b"])", R"("type": "strings", "value": [])", true},
    {R"("type": "strings", "value": ["a", "b"])", R"("type": "strings", "value": "a")", false},
    {R"("type": "strings", "value": ["a", "b"])", R"("type": "strings", "value": ["a", 5])", false},
    {R"("type": "decimals", "value": ["0.49", 0.99])",
     R"("type": "decimals", "value": ["0.49", "x"])", false},
    {R"("type": "decimals", "value": ["0.49", 0.99])", R"("type": "decimals", "value": 0.49)",
     false},
    // The text "$name" stands for a parameter's value.
    {R"("search": "levels", "tie")", R"("search": "$search", "tie")", true},
    {R"("required": true)", R"("required": "$strict")", true},
    {R"("maximum": 1000)", R"("maximum": "$share")", true},
    {R"("constants": {"offer_category": ["Reseller", "No Discount"]})",
     R"("constants": {"offer_category": "$groups"})", true},
    {R"("inputs": ["paid"])", R"("inputs": ["paid", 5])", false},
    {R"("parameters": ["cost"])", R"("parameters": [])", true},
    {R"("parameters": ["cost"])", R"("parameters": ["cost", ""])", false},
    {R"("charge": "freight")", R"("charge": "")", false},
    {R"("deciding_date": "offer_category")", R"("deciding_date": "")", false},
    {R"("deciding_date": "offer_category")", R"("deciding_date": ["offer_category"])", false},
    {R"("kind": "monthly")", R"("kind": 5)", false},
    {R"("find_next": ["lowest_value"])", R"("find_next": "lowest_value")", false},
    {R"("basis": "quantity")", R"("basis": 1)", false},
    {R"("inputs": {"paid": "quantity * share"})", R"("inputs": {"paid": ""})", false},
    {R"("inputs": {"paid": "quantity * share"})", R"("inputs": ["paid"])", false},
    {R"("formula_value": {"decimals": 2, "mode": "up"})", R"("formula_value": {"decimals": 2})",
     false},
    {R"("on": "amount", )", "", false},
    {R"("charges": ["freight"])", R"("charges": "freight")", false},
    {R"("only_first_unless_stackable": true)", R"("only_first_unless_stackable": 1)", false},
    {R"("total": "freight", )", "", false},
    {R"("weight": "promotions", )", "", false},
    {R"("weight": "running", )", "", true},
    {R"("redistribute": false)", R"("redistribute": "no")", false},
    {R"("order": {"freight": "freight"})", R"("order": {"": "freight"})", false},
    {R"("order": {"freight": "freight"})", R"("order": ["freight"])", false},
    {R"("type": "decimal", "value")", R"("value")", true},
    {R"({"share":)", R"({"Share":)", false},
    {R"({"share":)", R"({"0share":)", false},
    {R"("title": "P")", R"("title": 5)", false},
    {R"("side": "question", "value": "text", "title": "t")",
     R"("side": "question", "title": ["t"])", false},
    {R"("flags": ["mine"])", R"("flags": ["mine", 5])", false},
    {R"("flags": ["mine"])", R"("flags": ["mine", ""])", false},
    {R"("flags": ["mine"])", R"("flags": "mine")", false},
    {R"("condition_types": {)", R"("condition_types": {"": {"value": "price"}, )", false},
    {R"("zero_allowed": true)", R"("zero_allowed": "true")", false},
    {R"("maximum": 1000)", R"("maximum": "1000.5")", true},
    {R"("maximum": 1000)", R"("maximum": 1000000000)", true},
    {R"("maximum": 1000)", R"("maximum": 1000000001)", false},
    {R"("maximum": 1000)", R"("maximum": 0)", false},
    {R"("maximum": 1000)", R"("maximum": -1)", false},
    {R"("returns": ["credit_note"])", R"("returns": "credit_note")", true},
    {R"("returns": ["credit_note"])", R"("returns": [1])", false},
    {R"("decimals": 4)", R"("decimals": "4")", true},
    {R"("decimals": 4)", R"("decimals": 0)", true},
    {R"("decimals": 4)", R"("decimals": 18)", true},
    {R"("decimals": 4)", R"("decimals": 19)", false},
    {R"("decimals": 4)", R"("decimals": -1)", false},
    {R"("decimals": 4)", R"("decimals": 4.5)", false},
    {R"("decimals": 4, )", "", false},
    {R"(, "mode": "half_up")", "", false},
    {R"("when": "quantity > 0")", R"("when": "")", false},
    {R"("when": "quantity > 0")", R"("when": true)", false},
    {R"("step": "amount", )", "", false},
    {R"("step": "amount", "amount")", R"("step": "Amount", "amount")", false},
    {R"json({"step": "amount", "amount": "round(extended(price), 2, 'half_up')"})json",
     R"({"step": "amount"})", false},
    {R"("level": 1)", R"("level": "32")", true},
    {R"("level": 1)", R"("level": 33)", false},
    {R"("keys": ["offer_category", "article"])",
     R"("keys": ["offer_category", "article", "article"])", false},
    {R"("keys": ["offer_category", "article"])", R"("keys": "article")", false},
    {R"("keys": ["offer_category", "article"], )", "", false},
    {R"("exclusive": true)", R"("exclusive": 1)", false},
    {R"("constants": {"offer_category": ["Reseller", "No Discount"]})",
     R"("constants": {"offer_category": "Reseller"})", true},
    {R"("constants": {"offer_category": ["Reseller", "No Discount"]})",
     R"("constants": ["offer_category"])", false},
    {R"("choose": ["nearest")", R"("choose": ["flag_set")", false},
    {R"({"by": "rank")", R"({"by": "rank", "flag": "mine")", false},
    {R"({"by": "rank")", R"({"by": "")", false},
    {R"({"by": "flag_set", "flag": "mine")", R"({"by": "flag_set")", false},
    {R"("choose": ["nearest")", R"("choose": [null)", false},
    {R"("price": "price", "unit_price")", R"("unit_price")", false},
    {R"("line_amount": "amount")", R"("line_amount": "")", false},
    {R"({"gross": "price"})", R"({"gross": "price", "": "price"})", false},
    {R"("totals": ["gross"])", R"("totals": [])", true},
    {R"("procedure": "p")", R"("procedure": "")", false},
    {R"("$schema": "x", )", "", true},
    {R"("step": "price")", R"("$schema": "x", "step": "price")", false},
    {R"("step": "price")", R"("comment": 5, "step": "price")", true},
};

const std::vector<Change> of_lookup{
    {R"("title": "t")", R"("title": 5)", false},
    {R"(, "procedure": "p")", "", false},
    {R"("site": "c")", R"("site": [])", true},
    {R"("site": "c")", R"("site": null)", false},
    {R"("share": 0.5)", R"("share": {})", false},
    {R"("groups": ["a", 1])", R"("groups": [[]])", false},
    {R"({"share": 0.5, "strict": false, "groups": ["a", 1]})", "[]", false},
    {R"({"share": 0.5, "strict": false, "groups": ["a", 1]})", "{}", true},
    {R"("when": {"channel": ["a", "b"], "site": "c"}, )", "", true},
    {R"("when": {"channel": ["a", "b"], "site": "c"})", R"("when": [])", false},
    {R"("procedure_lookup": [)", R"("procedure_lookup": ["p", )", false},
};

const std::vector<Change> of_bands{
    {R"("texts": {"en": "none"})", R"("texts": {})", false},
    {R"("texts": {"en": "none"})", R"("texts": {"en": ""})", false},
    {R"("texts": {"en": "none"})", R"("texts": {"en": 5})", false},
    {R"("texts": {"en": "none"})", R"("texts": {"": "none"})", false},
    {R"(, "texts": {"en": "none"})", "", false},
    {R"("band": "none", )", "", false},
    {R"("from": "10.5")", R"("from": 10.5)", true},
    {R"("from": "10.5")", R"("from": "ten")", false},
    {R"("symbol": "x")", R"("symbol": 1)", false},
    {R"("set": "s", "expected_band": "due", )", R"("expected_band": "due", )", false},
    {R"(, "set": "s" )", "", false},
    {R"("title": "t")", R"("title": {})", false},
};

}  // namespace

TEST_CASE("rules schemas: every shipped rules document compiles and fits its schema",
          "[rules][schema]") {
  const auto files = rule_files();
  CHECK(files.size() >= 8);
  std::set<fs::path> folders;
  for (const fs::path& file : files) {
    INFO(file);
    const Json document = tree(read(file));
    CHECK(tests::describe(tests::validate(document, schema_of(kind_of(document)))).empty());
    const Json* schema = document.find("$schema");
    REQUIRE(schema != nullptr);
    CHECK(fs::weakly_canonical(file.parent_path() / schema->text()) ==
          fs::weakly_canonical(project / "rules" / (kind_of(document) + ".schema.json")));
    folders.insert(file.parent_path());
  }
  for (const fs::path& folder : folders) {
    std::vector<rules::RuleDocument> documents;
    for (const fs::path& file : files) {
      if (file.parent_path() == folder) documents.push_back({file.filename().string(), read(file)});
    }
    engine::model::Schema schema;
    // The world's feeds declare it; its bands ask for it.
    REQUIRE(schema.declare_field("band_profile", engine::model::FieldSide::article,
                                 engine::model::Domain::text));
    // The procedures that ship in one folder are each for a company of its own.
    if (folder == project / "rules/procedures") {
      for (const rules::RuleDocument& document : documents)
        CHECK(fault_text(faults_of(document.text)).empty());
    } else {
      INFO(folder);
      CHECK(fault_text(rules::compile(documents, schema).faults).empty());
    }
  }
}

TEST_CASE("rules schemas: documents with everything in them are taken by reader and schema",
          "[rules][schema]") {
  for (const std::string& full : {full_procedure, full_lookup, full_bands}) {
    const std::string text = marked(full, "", "");
    INFO(text);
    CHECK(fault_text(faults_of(text)).empty());
    const Json document = tree(text);
    CHECK(tests::describe(tests::validate(document, schema_of(kind_of(document)))).empty());
  }
}

TEST_CASE("rules schemas: they know the members that the readers know", "[rules][schema]") {
  check_members(full_procedure,
                {{"document", "", {"#"}},
                 {"parameter", "/parameters/share", {"#/$defs/parameter"}},
                 {"field", "/fields/offer_category", {"#/$defs/field"}},
                 {"type", "/condition_types/list_price", {"#/$defs/condition_type"}},
                 {"exchange_rates", "/exchange_rates", {"#/$defs/exchange_rates"}},
                 {"quantity", "/quantity", {"#/$defs/quantity"}},
                 {"guard", "/steps/2/guard", {"#/$defs/guard"}},
                 {"apply", "/steps/4/apply", {"#/$defs/apply"}},
                 {"apply_spread", "/steps/4/apply/spread", {"#/$defs/apply/properties/spread"}},
                 {"spread", "/steps/5/spread", {"#/$defs/spread"}},
                 {"step", "/steps/0", {"#/$defs/step"}},
                 {"rounding", "/steps/0/round/0", {"#/$defs/rounding"}},
                 {"find", "/steps/0/find", {"#/$defs/find"}},
                 {"access", "/steps/0/find/accesses/0", {"#/$defs/access"}},
                 {"flag_comparator",
                  "/steps/0/find/choose/2",
                  {"#/$defs/comparator/oneOf/1", "#/$defs/comparator/oneOf/2"}},
                 {"answer", "/answer", {"#/$defs/answer"}}});
  check_members(full_lookup, {{"document", "", {"#"}},
                              {"field", "/fields/tier", {"#/$defs/field"}},
                              {"row", "/procedure_lookup/0", {"#/$defs/row"}}});
  check_members(full_bands, {{"document", "", {"#"}},
                             {"field", "/fields/profile", {"#/$defs/field"}},
                             {"set", "/availability_bands/0", {"#/$defs/set"}},
                             {"band", "/availability_bands/0/bands/0", {"#/$defs/band"}},
                             {"row", "/lookup/0", {"#/$defs/row"}}});
}

TEST_CASE("rules schemas: they know the values that the readers know", "[rules][schema]") {
  const Json schema = schema_of("procedure");
  std::set<std::string> unseen;
  collect_choices(schema, unseen);
  const std::string good = marked(full_procedure, "", "");
  for (const Choice& choice : choices) {
    INFO(choice.pointer);
    const auto at = good.find(choice.from);
    REQUIRE(at != std::string::npos);
    const auto with = [&](const std::string& value) {
      const auto colon = choice.from.find(": ");
      const std::size_t begin = colon == std::string::npos ? 0 : colon + 2;
      const std::size_t length = choice.from.find('"', begin + 1) + 1 - begin;
      return std::string{good}.replace(at + begin, length, "\"" + value + "\"");
    };
    Names told = names_told(with("wrong"), choice.pointer, choice.before);
    told.erase("or");
    Names in_schema;
    for (const std::string& pointer : choice.in_schema) {
      for (const Json& value : schema_at(schema, pointer)->find("enum")->items())
        in_schema.insert(value.text());
      unseen.erase(pointer);
    }
    CHECK(told == in_schema);
    CHECK_FALSE(fits_schema(with("wrong")));
    CHECK_FALSE(fits_schema(with("")));
    CHECK_FALSE(faults_of(with("")).empty());
  }
  CHECK(unseen == std::set<std::string>{});
}

TEST_CASE("rules schemas: what one refuses, the other does too", "[rules][schema]") {
  const auto check = [](const std::string& full, const std::vector<Change>& changes) {
    std::string good = marked(full, "", "");
    for (const Change& change : changes) {
      const auto at = good.find(change.from);
      INFO(change.from << " becomes " << change.to);
      REQUIRE(at != std::string::npos);
      const std::string text = std::string{good}.replace(at, change.from.size(), change.to);
      const auto faults = faults_of(text);
      INFO(fault_text(faults));
      CHECK(faults.empty() == change.taken);
      CHECK(fits_schema(text) == change.taken);
    }
  };
  check(full_procedure, of_procedure);
  check(full_lookup, of_lookup);
  check(full_bands, of_bands);
}

TEST_CASE("feed schema: every shipped feed description fits it", "[server][feed][schema]") {
  const Json schema = tree(read(project / "server/feed/feed.schema.json"));
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator{project / "docs/examples"}) {
    if (entry.path().extension() != ".json" || entry.path().parent_path().filename() != "feeds")
      continue;
    ++files;
    INFO(entry.path());
    CHECK(tests::describe(tests::validate(tree(read(entry.path())), schema)).empty());
  }
  CHECK(files >= 10);
}

TEST_CASE("schema validator: it finds what each keyword forbids, and keywords it does not know",
          "[rules][schema]") {
  const auto findings = [](const std::string& schema, const std::string& document) {
    return tests::validate(tree(document), tree(schema)).size();
  };
  CHECK(
      findings(
          R"({"type": "object", "required": ["a"], "additionalProperties": false, "properties": {"a": {}}})",
          R"({"b": 1})") == 2);
  CHECK(findings(R"({"type": "integer", "minimum": 1, "maximum": 3})", "2.0") == 0);
  CHECK(findings(R"({"type": "integer", "minimum": 1, "maximum": 3})", "3.5") == 2);
  CHECK(findings(R"({"exclusiveMinimum": 0})", "0.0") == 1);
  CHECK(findings(R"({"oneOf": [{"type": "string"}, {"minLength": 1}]})", R"("a")") == 1);
  CHECK(
      findings(R"({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})",
               R"(["a", 1])") == 1);
  CHECK(findings(R"({"items": {"$ref": "#/$defs/n"}, "$defs": {"n": {"enum": [1, "a"]}}})",
                 R"([1.0, "a", 2])") == 1);
  CHECK(findings(R"({"$ref": "#/$defs/none"})", "1") == 1);
  CHECK(findings(R"({"propertyNames": {"pattern": "^[a-z]+$"}, "minProperties": 3})",
                 R"({"a": 1, "B\"": 2})") == 2);
  CHECK(findings(R"({"uniqueItems": true, "minItems": 4, "maxItems": 2})",
                 R"([{"a": 1}, 2, {"a": 1.0}])") == 3);
  CHECK(findings(R"({"minLength": 2, "maxLength": 2})", R"("åä")") == 0);
  CHECK(findings(R"({"const": "decimal"})", R"("text")") == 1);
  CHECK(findings(R"({"multipleOf": 2})", "1") == 1);
}

// Rules documents: what is right compiles to the closed form, and every mistake names its file and
// JSON pointer.
#include "rules/rule_book.hpp"

#include "engine/base/limits.hpp"
#include "rules/expression.hpp"

#include "tests/catch.hpp"
#include "tests/rules/procedure_text.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace limits = engine::base::limits;
using engine::model::Schema;
using rules::compile;
using rules::Compiled;
using rules::RuleDocument;
using tests::access;
using tests::compiled;
using tests::fault;
using tests::faults;
using tests::find;
using tests::procedure;
using tests::step;

namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

TEST_CASE("rules: the shipped procedures and examples compile without a fault", "[rules]") {
  const std::filesystem::path root = NETTO_SOURCE_DIR;
  std::size_t folders = 0;
  for (const char* top : {"rules/procedures", "docs/examples"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator{root / top}) {
      const bool folder_of_rules = entry.is_directory() && entry.path().filename() == "rules";
      const bool shipped =
          top == std::string{"rules/procedures"} && entry.path().extension() == ".json";
      if (!folder_of_rules && !shipped) continue;
      std::vector<RuleDocument> documents;
      if (shipped) {
        documents.push_back({entry.path().filename().string(), read_file(entry.path())});
      } else {
        for (const auto& file : std::filesystem::directory_iterator{entry.path()}) {
          if (file.path().extension() == ".json")
            documents.push_back({file.path().filename().string(), read_file(file.path())});
        }
      }
      Schema schema;
      const Compiled made = compile(documents, schema);
      for (const auto& each : made.faults)
        FAIL_CHECK(entry.path().string() << ": " << each.where << ": " << each.detail);
      ++folders;
    }
  }
  CHECK(folders >= 4);
}

TEST_CASE("rules: a procedure's text becomes its closed form", "[rules]") {
  const Compiled made =
      compiled({R"({"procedure": "p", "title": "P", "time_zone": "Europe/Stockholm",
    "parameters": {"share": {"value": "0.6"}}, "fields": {"tier": {"side": "question"}}, "flags": ["bonus"],
    "condition_types": {"price": {"value": "price", "flags": ["discountable", "bonus"]}},
    "quantity": {"zero_allowed": true, "maximum": "12.5", "returns": "return"},
    "steps": [{"step": "price", "find": {"type": "price", "search": "levels", "tie": "report", "required": true,
        "accesses": [{"keys": ["article"], "level": 2}, {"access": "own", "keys": ["tier", "article"], "level": 1, "agreement": "asked",
          "exclusive": true, "lists": "group", "ancestors": false, "parents": true, "constants": {"tier": ["gold", "silver"]}}],
        "choose": ["rank", {"by": "flag_set", "flag": "bonus"}]}},
      {"step": "net", "phase": "tax", "when": "price.bonus", "amount": "price * share",
        "round": [{"decimals": 4, "mode": "half_even"}, {"decimals": 2, "mode": "up"}], "statistical": true}],
    "answer": {"price": "price", "unit_price": "net", "line_amount": "net", "components": {"a": "price", "b": "net"}, "totals": ["b"]}})"});
  REQUIRE(made.faults.empty());
  const engine::rule::Procedure& p = made.rules->procedures.at(0);
  CHECK(p.title == "P");
  CHECK(p.time_zone == "Europe/Stockholm");
  CHECK(p.quantity.zero_allowed);
  CHECK(p.quantity.maximum.mantissa() == 12'500'000);
  CHECK(p.quantity.return_kinds == std::vector<std::string>{"return"});
  REQUIRE(p.steps.size() == 2);
  const engine::rule::Find& search = p.steps[0].find.value();
  REQUIRE(search.accesses.size() == 2);
  CHECK(search.accesses[0].name == "own");  // by level
  CHECK(search.accesses[0].agreement == engine::rule::AgreementUse::asked);
  CHECK(search.accesses[0].lists == engine::rule::ListsOf::group);
  CHECK(search.accesses[0].exclusive);
  CHECK_FALSE(search.accesses[0].group_ancestors);
  CHECK(search.accesses[0].customer_parents);
  REQUIRE(search.accesses[0].constants.size() == 1);
  CHECK(search.accesses[0].constants[0].codes == std::vector<std::string>{"gold", "silver"});
  CHECK(search.accesses[1].level == 2);
  CHECK(search.accesses[1].name == "price by article");
  CHECK(search.choose.size() == 2);
  CHECK(search.choose[1].by == engine::rule::Comparator::flag_set);
  CHECK(search.choose[1].flag.raw() == 11);  // the first one after those built in
  CHECK(search.tie == engine::rule::TiePolicy::report);
  CHECK(search.required);
  CHECK(p.steps[1].phase == engine::rule::Phase::tax);
  CHECK(p.steps[1].when.size() == 1);
  CHECK(p.steps[1].rounding ==
        std::vector<engine::rule::RoundTo>{{4, engine::base::Rounding::half_even},
                                           {2, engine::base::Rounding::up}});
  CHECK(p.steps[1].statistical);
  CHECK(p.answer.price_step == 0);
  CHECK(p.answer.unit_price == 1);
  CHECK(p.answer.components.size() == 2);
  CHECK(p.answer.totals == std::vector<std::uint16_t>{1});
}

TEST_CASE("rules: a text that is no JSON, or no rules document, names its file", "[rules]") {
  CHECK(fault("{") == "bad_json at file_0.json: line 1, column 1");
  CHECK(fault(R"({"a": 1})") == "bad_document at file_0.json#");
  CHECK(fault("[]") == "bad_document at file_0.json#");
  CHECK_FALSE(rules::is_rule_document("{"));
  CHECK_FALSE(rules::is_rule_document(R"({"feed": "x"})"));
  for (const char* kind : {"procedure", "procedure_lookup", "availability_bands"}) {
    CHECK(rules::is_rule_document("{\"" + std::string{kind} + "\": 1}"));
  }
}

TEST_CASE("rules: members that mean nothing, are missing or are of the wrong kind", "[rules]") {
  CHECK(fault(procedure("more", R"(, "colour": "red")")) == "bad_document at file_0.json#/colour");
  CHECK(fault(procedure("more", R"(, "comment": "kept for people", "$schema": "x")")).empty());
  CHECK(fault(procedure("more", R"(, "title": 5)")) == "bad_document at file_0.json#/title");
  CHECK(fault(procedure("more", R"(, "parameters": [])")) ==
        "bad_document at file_0.json#/parameters");
  CHECK(fault(procedure("more", R"(, "parameters": {"Share": {"value": 1}})")) ==
        "bad_text at file_0.json#/parameters/Share");
  CHECK(fault(procedure("more", R"(, "parameters": {"share": {}})")) ==
        "missing_value at file_0.json#/parameters/share");
  CHECK(fault(procedure("more", R"(, "parameters": {"share": {"value": "a"}})")) ==
        "bad_number at file_0.json#/parameters/share/value");
  CHECK(fault(procedure("more", R"(, "parameters": {"share": {"value": true}})")) ==
        "bad_number at file_0.json#/parameters/share/value");
  CHECK(fault(procedure("more", R"(, "parameters": {"share": {"value": 1, "type": "text"}})")) ==
        "bad_document at file_0.json#/parameters/share/type");
  CHECK(fault(procedure("more", R"(, "fields": {"1st": {}})")) ==
        "bad_text at file_0.json#/fields/1st");
  CHECK(fault(procedure("more", R"(, "fields": {"article": {"side": "party"}})")) ==
        "contradicting_values at file_0.json#/fields/article");
  CHECK(fault(procedure("more", R"(, "fields": {"tier": {"side": "left"}})")) ==
        "bad_document at file_0.json#/fields/tier/side");
  CHECK(fault(procedure("more", R"(, "flags": [5])")) == "bad_document at file_0.json#/flags/0");
  CHECK(fault(procedure("more", R"(, "flags": ["not a name"])")) ==
        "bad_text at file_0.json#/flags/0");
  std::string flags;
  for (std::size_t i = 11; i <= engine::model::flag_count_max; ++i)
    flags += (flags.empty() ? "\"f" : ", \"f") + std::to_string(i) + "\"";
  CHECK(fault(procedure("more", R"(, "flags": [)" + flags + "]")) ==
        "too_many at file_0.json#/flags/21");
  CHECK(
      fault(R"({"procedure": "", "condition_types": {}, "steps": []})") ==
      "missing_value at file_0.json#\nmissing_value at file_0.json#");  // its name, and the answer
  CHECK(fault(R"({"procedure": "p"})") ==
        "missing_value at file_0.json#\nmissing_value at file_0.json#");  // steps, and the answer
}

TEST_CASE("rules: quantities and condition types", "[rules]") {
  CHECK(fault(procedure("more", R"(, "quantity": {"maximum": 0})")) ==
        "out_of_range at file_0.json#/quantity/maximum");
  CHECK(fault(procedure("more", R"(, "quantity": {"maximum": 1000000001})")) ==
        "out_of_range at file_0.json#/quantity/maximum");
  CHECK(fault(procedure("more", R"(, "quantity": {"maximum": "0.0000001"})")) ==
        "out_of_range at file_0.json#/quantity/maximum");
  CHECK(fault(procedure("more", R"(, "quantity": {"maximum": 1000000000})")).empty());
  CHECK(fault(procedure("more", R"(, "quantity": {"returns": 5})")) ==
        "bad_document at file_0.json#/quantity/returns");
  CHECK(fault(procedure("more", R"(, "quantity": {"returns": ["a", 5]})")) ==
        "bad_document at file_0.json#/quantity/returns/1");
  CHECK(fault(procedure("more", R"(, "quantity": {"least": 5})")) ==
        "bad_document at file_0.json#/quantity/least");
  const std::string price = R"("price": {"value": "price"})";
  CHECK(fault(procedure("types", price + R"(, "x": {})")) ==
        "missing_value at file_0.json#/condition_types/x");
  CHECK(fault(procedure("types", price + R"(, "x": {"value": "amounts"})")) ==
        "bad_document at file_0.json#/condition_types/x/value");
  CHECK(fault(procedure("types", price + R"(, "x": {"value": "price", "flags": ["red"]})")) ==
        "unknown_field at file_0.json#/condition_types/x/flags/0");
  CHECK(
      faults(
          {procedure(),
           R"({"procedure": "q", "condition_types": {"price": {"value": "percent"}}, "steps": [{"step": "price",
      "find": {"type": "price", "accesses": [{"keys": []}]}}], "answer": {"price": "price", "unit_price": "price", "line_amount": "price"}})",
           R"({"procedure_lookup": [{"procedure": "p"}]})"}) ==
      "contradicting_values at file_1.json#/condition_types/price");
}

TEST_CASE("rules: steps", "[rules]") {
  const std::string one =
      R"({"step": "price", "find": {"type": "price", "accesses": [{"keys": ["article"]}]}})";
  CHECK(fault(procedure("steps", one + R"(, {"amount": "1"})")) ==
        "missing_value at file_0.json#/steps/1");
  CHECK(fault(procedure("steps", one + R"(, {"step": "Net", "amount": "1"})")) ==
        "bad_text at file_0.json#/steps/1");
  CHECK(fault(procedure("steps", one + ", " + one)) ==
        "contradicting_values at file_0.json#/steps/1");
  CHECK(fault(procedure("steps", one + R"(, {"step": "x"})")) ==
        "missing_value at file_0.json#/steps/1");
  CHECK(
      fault(procedure(
          "steps",
          one +
              R"(, {"step": "a", "amount": "1", "phase": "tax"}, {"step": "b", "amount": "1"})")) ==
      "bad_document at file_0.json#/steps/2");
  CHECK(fault(step(R"("amount": "1", "phase": "later")")) ==
        "bad_document at file_0.json#/steps/1/phase");
  CHECK(fault(step(R"("amount": "1 +")")) == "bad_expression at file_0.json#/steps/1/amount");
  CHECK(fault(step(R"("amount": 1)")) == "bad_document at file_0.json#/steps/1/amount");
  CHECK(fault(step(R"("amount": "x")")) == "bad_expression at file_0.json#/steps/1/amount");
  CHECK(fault(step(R"("amount": "1", "when": "x.found")")) ==
        "bad_expression at file_0.json#/steps/1/when");
  CHECK(fault(step(R"("amount": "1", "when": "price")")) ==
        "bad_expression at file_0.json#/steps/1/when");
  CHECK(fault(step(R"("amount": "1", "statistical": "yes")")) ==
        "bad_document at file_0.json#/steps/1/statistical");
  CHECK(fault(step(R"("amount": "1", "round": [{"decimals": 2}])")) ==
        "bad_document at file_0.json#/steps/1/round/0");
  CHECK(fault(step(R"("amount": "1", "round": [{"mode": "up"}])")) ==
        "missing_value at file_0.json#/steps/1/round/0");
  CHECK(fault(step(R"("amount": "1", "round": [{"decimals": 19, "mode": "up"}])")) ==
        "out_of_range at file_0.json#/steps/1/round/0/decimals");
  CHECK(fault(step(R"("amount": "1", "round": [{"decimals": 1.5, "mode": "up"}])")) ==
        "out_of_range at file_0.json#/steps/1/round/0/decimals");
  CHECK(fault(step(R"("amount": "1", "round": [{"decimals": 2, "mode": "nearest"}])")) ==
        "bad_document at file_0.json#/steps/1/round/0");
  CHECK(fault(step(R"("amount": "1", "round": 2)")) ==
        "bad_document at file_0.json#/steps/1/round");
  std::string many = one;
  for (std::size_t i = 1; i <= limits::steps_per_procedure; ++i)
    many += R"(, {"step": "s)" + std::to_string(i) + R"(", "amount": "1"})";
  CHECK(fault(procedure("steps", many)).find("too_many at file_0.json#") == 0);
  CHECK(fault(procedure("more", R"(, "parameters": {"price": {"value": 1}})")) ==
        "contradicting_values at file_0.json#/steps/0");
}

TEST_CASE("rules: a step or parameter can't take a word of the language", "[rules]") {
  for (const std::string_view word : rules::words_of_expressions) {
    CHECK(
        fault(procedure(
            "steps",
            R"({"step": "price", "find": {"type": "price", "accesses": [{"keys": ["article"]}]}}, {"step": ")" +
                std::string{word} + R"(", "amount": "1"})")) == "bad_text at file_0.json#/steps/1");
    CHECK(fault(procedure("more",
                          R"(, "parameters": {")" + std::string{word} + R"(": {"value": 1}})")) ==
          "bad_text at file_0.json#/parameters/" + std::string{word});
  }
}

TEST_CASE("rules: searches and accesses", "[rules]") {
  const std::string answer_too = "";
  CHECK(fault(find(R"("type": "price", "accesses": [])")) ==
        "missing_value at file_0.json#/steps/0/find");
  CHECK(fault(find(R"("type": "price")")) ==
        "missing_value at file_0.json#/steps/0/find\nmissing_value at file_0.json#/steps/0/find");
  CHECK(fault(find(R"("type": "cost", "accesses": [{"keys": []}])")) ==
        "unknown_condition_type at file_0.json#/steps/0/find/accesses/0");
  CHECK(fault(find(R"("accesses": [{"keys": []}])")) ==
        "unknown_condition_type at file_0.json#/steps/0/find/accesses/0");
  CHECK(fault(find(
            R"("accesses": [{"type": "price", "keys": []}, {"type": "discount", "keys": []}])")) ==
        "contradicting_values at file_0.json#/steps/0/find/accesses/1");
  CHECK(fault(find(R"("type": "price", "search": "best", "accesses": [{"keys": []}])")) ==
        "bad_document at file_0.json#/steps/0/find/search");
  CHECK(fault(find(R"("type": "price", "tie": "toss", "accesses": [{"keys": []}])")) ==
        "bad_document at file_0.json#/steps/0/find/tie");
  CHECK(fault(access(R"("keys": ["colour"])")) ==
        "unknown_field at file_0.json#/steps/0/find/accesses/0/keys/0");
  CHECK(fault(access(R"("keys": [5])")) ==
        "unknown_field at file_0.json#/steps/0/find/accesses/0/keys/0");
  CHECK(fault(access(R"("keys": ["article", "article"])")) ==
        "contradicting_values at file_0.json#/steps/0/find/accesses/0/keys/1");
  CHECK(fault(access("")) == "missing_value at file_0.json#/steps/0/find/accesses/0");
  CHECK(fault(access(R"("keys": [], "level": 1)")) ==
        "bad_document at file_0.json#/steps/0/find/accesses/0/level");
  CHECK(fault(find(
            R"("type": "price", "search": "levels", "accesses": [{"keys": [], "level": 33}])")) ==
        "out_of_range at file_0.json#/steps/0/find/accesses/0/level");
  CHECK(fault(access(R"("keys": [], "agreement": "some")")) ==
        "bad_document at file_0.json#/steps/0/find/accesses/0/agreement");
  CHECK(fault(access(R"("keys": [], "lists": "mine")")) ==
        "bad_document at file_0.json#/steps/0/find/accesses/0/lists");
  CHECK(fault(access(R"("keys": [], "parents": 1)")) ==
        "bad_document at file_0.json#/steps/0/find/accesses/0/parents");
  CHECK(fault(access(R"("keys": ["article"], "constants": {"article": "A"})")) ==
        "bad_document at file_0.json#/steps/0/find/accesses/0/constants/article");
  CHECK(fault(access(R"("keys": ["article"], "constants": {"channel": "A"})")) ==
        "bad_document at file_0.json#/steps/0/find/accesses/0/constants/channel");
  CHECK(fault(access(R"("keys": ["channel"], "constants": {"colour": "A"})")) ==
        "unknown_field at file_0.json#/steps/0/find/accesses/0/constants/colour");
  CHECK(fault(access(R"("keys": ["channel"], "constants": {"channel": 5})")) ==
        "bad_document at file_0.json#/steps/0/find/accesses/0/constants/channel");
  CHECK(
      fault(access(
          R"("keys": ["customer", "customer_group", "price_list", "country", "site", "channel", "article"])")) ==
      "too_many at file_0.json#/steps/0/find/accesses/0");
  std::string many;
  for (std::size_t i = 0; i <= limits::accesses_per_step; ++i)
    many += std::string{many.empty() ? "" : ", "} + R"({"keys": []})";
  CHECK(fault(find(R"("type": "price", "accesses": [)" + many + "]")) ==
        "too_many at file_0.json#/steps/0/find");
}

TEST_CASE("rules: comparators", "[rules]") {
  const auto choose = [](const std::string& items) {
    return fault(find(R"("type": "price", "accesses": [{"keys": []}], "choose": )" + items));
  };
  CHECK(choose(R"(["cheapest"])") == "bad_document at file_0.json#/steps/0/find/choose/0");
  CHECK(choose(R"([5])") == "bad_document at file_0.json#/steps/0/find/choose/0");
  CHECK(choose(R"(["flag_set"])") == "unknown_field at file_0.json#/steps/0/find/choose/0");
  CHECK(choose(R"([{"by": "flag_clear", "flag": "red"}])") ==
        "unknown_field at file_0.json#/steps/0/find/choose/0");
  CHECK(choose(R"([{"by": "rank", "flag": "discountable"}])") ==
        "bad_document at file_0.json#/steps/0/find/choose/0/flag");
  CHECK(choose(R"([{"flag": "discountable"}])")
            .find("missing_value at file_0.json#/steps/0/find/choose/0") == 0);
  CHECK(choose(R"([{"by": "rank", "order": "down"}])") ==
        "bad_document at file_0.json#/steps/0/find/choose/0/order");
  CHECK(choose(R"("rank")") == "bad_document at file_0.json#/steps/0/find/choose");
  std::string many;
  for (std::size_t i = 0; i <= limits::comparators_per_step; ++i)
    many += std::string{many.empty() ? "" : ", "} + "\"rank\"";
  CHECK(choose("[" + many + "]") == "too_many at file_0.json#/steps/0/find");
}

TEST_CASE("rules: the answer's shape", "[rules]") {
  CHECK(fault(procedure("answer",
                        R"("price": "x", "unit_price": "price", "line_amount": "price")")) ==
        "bad_document at file_0.json#/answer/price");
  CHECK(fault(procedure("answer", R"("price": "price", "unit_price": "price")")) ==
        "missing_value at file_0.json#/answer");
  CHECK(fault(procedure("answer", R"("price": "price", "unit_price": 5, "line_amount": "price")"))
            .find("bad_document at file_0.json#/answer/unit_price") == 0);
  CHECK(
      fault(procedure(
          "answer",
          R"("price": "price", "unit_price": "price", "line_amount": "price", "components": {"a": "x"})")) ==
      "bad_document at file_0.json#/answer/components/a");
  CHECK(
      fault(procedure(
          "answer",
          R"("price": "price", "unit_price": "price", "line_amount": "price", "totals": ["a"])")) ==
      "bad_document at file_0.json#/answer/totals/0");
  const std::string amount_only =
      R"({"procedure": "p", "steps": [{"step": "x", "amount": "1"}], "answer": {"price": "x", "unit_price": "x", "line_amount": "x"}})";
  CHECK(fault(amount_only) == "bad_document at file_0.json#/answer");
}

TEST_CASE("rules: several faults of several files are told at once", "[rules]") {
  const std::string all = faults({procedure("more", R"(, "colour": "red", "title": 5)"), "{",
                                  access(R"("keys": ["colour"])")});
  CHECK(std::ranges::count(all, '\n') >= 3);
  for (const char* place : {"file_0.json#/colour", "file_0.json#/title", "file_1.json",
                            "file_2.json#/steps/0/find/accesses/0/keys/0"}) {
    CHECK(all.find(place) != std::string::npos);
  }
}

TEST_CASE("rules: look-ups between documents name the file and the row", "[rules]") {
  CHECK(
      faults({procedure(), R"({"procedure_lookup": [{"procedure": "p"}, {"procedure": "q"}]})"}) ==
      "no_procedure at file_1.json#/procedure_lookup/1/procedure");
  CHECK(faults({procedure(), procedure(), R"({"procedure_lookup": [{"procedure": "p"}]})"}) ==
        "contradicting_values at file_1.json#/procedure");
  std::string other = procedure();
  other.replace(other.find("\"p\""), 3, "\"q\"");
  CHECK(faults({procedure(), other}) ==
        "no_procedure at file_1.json#/procedure");  // nothing says which of them
  CHECK(
      faults(
          {procedure(), other,
           R"({"procedure_lookup": [{"when": {"channel": "web"}, "procedure": "q"}, {"procedure": "p"}]})"})
          .empty());
  CHECK(faults({R"({"procedure_lookup": [{"when": {"colour": "red"}, "procedure": "p"}]})",
                procedure()}) == "unknown_field at file_0.json#/procedure_lookup/0/when/colour");
  CHECK(faults({R"({"procedure_lookup": [{"when": {"article": "A"}, "procedure": "p"}]})",
                procedure()}) == "bad_document at file_0.json#/procedure_lookup/0/when/article");
  CHECK(faults({R"({"procedure_lookup": [{"when": {"price_list": "L"}, "procedure": "p"}]})",
                procedure()}) == "bad_document at file_0.json#/procedure_lookup/0/when/price_list");
  CHECK(faults({R"({"procedure_lookup": [{"when": {"channel": 5}, "procedure": "p"}]})",
                procedure()}) == "bad_document at file_0.json#/procedure_lookup/0/when/channel");
  CHECK(faults({R"({"procedure_lookup": [{"when": {}}]})", procedure()})
            .find("missing_value at file_0.json#/procedure_lookup/0") == 0);
}

TEST_CASE("rules: a look-up declares the fields that its rows ask for", "[rules]") {
  const std::string asks = R"("procedure_lookup": [{"when": {"colour": "red"}, "procedure": "p"}])";
  CHECK(faults({"{\"fields\": {\"colour\": {}}, " + asks + "}", procedure()}).empty());
  CHECK(faults({"{\"fields\": {\"colour\": {\"side\": \"article\"}}, " + asks + "}",
                procedure()}) == "bad_document at file_0.json#/procedure_lookup/0/when/colour");
  CHECK(faults({"{\"fields\": {\"Colour\": {}}, " + asks + "}", procedure()})
            .find("bad_text at file_0.json#/fields/Colour") == 0);
  const std::string bands =
      R"("availability_bands": [{"set": "s", "bands": [{"band": "b", "texts": {"en": "b"}}]}],
         "lookup": [{"when": {"profile": "1"}, "set": "s"}])";
  CHECK(fault("{" + bands + "}") == "unknown_field at file_0.json#/lookup/0/when/profile");
  CHECK(fault("{\"fields\": {\"profile\": {\"side\": \"article\"}}, " + bands + "}").empty());
}

TEST_CASE("rules: availability bands", "[rules]") {
  const auto bands = [](const std::string& sets, const std::string& more = "") {
    return fault("{\"availability_bands\": [" + sets + "]" + more + "}");
  };
  const std::string none = R"({"band": "none", "texts": {"en": "none"}})";
  const auto set = [&](const std::string& others, const std::string& members = "") {
    return R"({"set": "s")" + members + ", \"bands\": [" + none + (others.empty() ? "" : ", ") +
           others + "]}";
  };
  CHECK(bands(set("")).empty());
  CHECK(
      bands(
          set(R"({"band": "some", "from": 1, "texts": {"en": "x"}}, {"band": "many", "from": "9.5", "texts": {"en": "x"}})"))
          .empty());
  CHECK(
      bands(set(
          R"({"band": "some", "from": 5, "texts": {"en": "x"}}, {"band": "many", "from": 5, "texts": {"en": "x"}})")) ==
      "contradicting_values at file_0.json#/availability_bands/0");
  CHECK(bands(set(R"({"band": "some", "from": "0.0000001", "texts": {"en": "x"}})")) ==
        "out_of_range at file_0.json#/availability_bands/0/bands/1/from");
  CHECK(bands(set(R"({"band": "some", "from": "x", "texts": {"en": "x"}})")) ==
        "bad_number at file_0.json#/availability_bands/0/bands/1/from");
  CHECK(bands(set(R"({"band": "some", "from": 1})")) ==
        "missing_value at file_0.json#/availability_bands/0/bands/1");
  CHECK(bands(set(R"({"band": "some", "texts": {"en": "x"}})")) ==
        "missing_value at file_0.json#/availability_bands/0/bands/1");  // no threshold
  CHECK(bands(set(R"({"band": "some", "from": 1, "texts": {"en": 5}})")) ==
        "bad_document at file_0.json#/availability_bands/0/bands/1/texts/en");
  CHECK(bands(set(R"({"band": "soon", "texts": {"en": "x"}})", R"(, "expected_band": "soon")"))
            .empty());
  CHECK(bands(set(R"({"band": "soon", "texts": {"en": "x"}})", R"(, "expected_band": "later")"))
            .find("bad_document at file_0.json#/availability_bands/0") == 0);
  CHECK(bands(R"({"set": "s", "bands": []})") ==
        "out_of_range at file_0.json#/availability_bands/0");
  CHECK(bands(set("") + ", " + set("")) ==
        "contradicting_values at file_0.json#/availability_bands/1/set");
  CHECK(bands(set(""), R"(, "lookup": [{"set": "t"}])") ==
        "bad_document at file_0.json#/lookup/0/set");
  CHECK(bands(set(""),
              R"(, "lookup": [{"when": {"article_group": ["G"], "customer": "C"}, "set": "s"}])")
            .empty());
  CHECK(bands(set(""), R"(, "lookup": [{"when": {"colour": "red"}, "set": "s"}])") ==
        "unknown_field at file_0.json#/lookup/0/when/colour");
  std::string many = none;
  for (std::size_t i = 1; i <= limits::bands_per_set; ++i)
    many += R"(, {"band": "b)" + std::to_string(i) + R"(", "from": )" + std::to_string(i) +
            R"(, "texts": {"en": "x"}})";
  CHECK(bands("{\"set\": \"s\", \"bands\": [" + many + "]}") ==
        "out_of_range at file_0.json#/availability_bands/0");
}

TEST_CASE("rules: compiling the same documents again changes nothing in the schema", "[rules]") {
  Schema schema;
  const std::vector<RuleDocument> documents{{"p.json", procedure()}};
  CHECK(compile(documents, schema).faults.empty());
  const auto fields = schema.field_count();
  const auto tables = schema.table_count();
  const auto types = schema.type_count();
  CHECK(compile(documents, schema).faults.empty());
  CHECK(schema.field_count() == fields);
  CHECK(schema.table_count() == tables);
  CHECK(schema.type_count() == types);
}

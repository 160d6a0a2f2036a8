// Parameters: of every type, in expressions and as "$name", and with the values of a look-up.
#include "rules/rule_book.hpp"

#include "tests/catch.hpp"
#include "tests/rules/procedure_text.hpp"

#include <algorithm>

using engine::rule::Procedure;
using tests::fault;
using tests::faults;
using tests::procedure;

namespace {

const std::string parameters = R"(, "parameters": {
  "precision": {"value": 2}, "rounding": {"type": "string", "value": "half_up"},
  "search": {"type": "string", "value": "all"}, "strict": {"type": "bool", "value": true},
  "keys": {"type": "strings", "value": ["channel", "article"]},
  "share": {"value": "0.5", "title": "kept"}, "ends": {"type": "decimals", "value": [0.49, "0.99"]}})";

const std::string steps = R"json({"step": "price", "find": {"type": "price", "search": "$search",
    "accesses": [{"keys": "$keys"}], "required": "$strict"}},
  {"step": "net", "amount": "ending(price * share, ends, 1, 'up')",
                  "round" : [ {"decimals" : "$precision", "mode" : "$rounding"} ]
})json";

// With parameters, and these steps.
std::string parametric(const std::string& of_steps = steps) {
  std::string text = procedure("steps", of_steps);
  return text.replace(text.find(R"("p")"), 3, R"("p")" + parameters);
}

std::string lookup(const std::string& rows) { return R"({"procedure_lookup": [)" + rows + "]}"; }

}  // namespace

TEST_CASE("parameters: \"$name\" stands for a value of any type", "[rules]") {
  const auto made = tests::compiled({parametric()});
  REQUIRE(made.faults.empty());
  const Procedure& p = made.rules->procedures.at(0);
  CHECK(p.variant.empty());
  CHECK(p.steps[0].find->required);
  CHECK(p.steps[0].find->accesses[0].name == "price by channel, article");
  CHECK(p.steps[0].find->accesses[0].level == 0);
  REQUIRE(p.steps[1].rounding.size() == 1);
  CHECK(p.steps[1].rounding[0] == engine::rule::RoundTo{2, engine::base::Rounding::half_up});
  CHECK(p.steps[1].amount.back().list.size() == 2);
}

TEST_CASE("parameters: faults stand where the value is used, or declared", "[rules]") {
  const auto one = [](const std::string& member) {
    return fault(procedure("more", R"(, "parameters": {"x": {)" + member + "}}"));
  };
  CHECK(one(R"("type": "bool", "value": "true")") ==
        "bad_document at file_0.json#/parameters/x/value");
  CHECK(one(R"("type": "string", "value": 5)") ==
        "bad_document at file_0.json#/parameters/x/value");
  CHECK(one(R"("type": "strings", "value": "a")") ==
        "bad_document at file_0.json#/parameters/x/value");
  CHECK(one(R"("type": "strings", "value": ["a", 5])") ==
        "bad_document at file_0.json#/parameters/x/value/1");
  CHECK(one(R"("type": "decimals", "value": 5)") ==
        "bad_document at file_0.json#/parameters/x/value");
  CHECK(one(R"("type": "decimals", "value": [5, "a"])") ==
        "bad_number at file_0.json#/parameters/x/value/1");
  CHECK(one(R"("type": "bool")") == "missing_value at file_0.json#/parameters/x");
  const std::string unknown = faults({parametric(
      R"({"step": "price", "find": {"type": "price", "accesses": [{"keys": "$places"}]}})")});
  CHECK(unknown.find("bad_document at file_0.json#/steps/0/find/accesses/0/keys") == 0);
  CHECK(
      fault(parametric(
          R"({"step": "price", "find": {"type": "price", "tie": "$search", "accesses": [{"keys": []}]}})")) ==
      "bad_document at file_0.json#/steps/0/find/tie");
  CHECK(
      fault(parametric(
          R"({"step": "price", "find": {"type": "price", "required": "$share", "accesses": [{"keys": []}]}})")) ==
      "bad_document at file_0.json#/steps/0/find/required");
  CHECK(fault(parametric(
            R"({"step": "price", "find": {"type": "price", "accesses": [{"keys": "$ends"}]}})")) ==
        "unknown_field at file_0.json#/steps/0/find/accesses/0/keys\n"
        "unknown_field at file_0.json#/steps/0/find/accesses/0/keys");
}

TEST_CASE("parameters: what only looks like one is left as it is", "[rules]") {
  CHECK(fault(procedure("more", R"(, "title": "$ 5 off", "comment": {"a": "$nothing"})")).empty());
  CHECK(fault(procedure("more", R"(, "title": "$nothing")")) ==
        "bad_document at file_0.json#/title");
}

TEST_CASE("parameters: a row of a look-up makes a variant of the procedure", "[rules]") {
  const std::string rows =
      R"({"when": {"channel": "web"}, "procedure": "p", "parameters": {"precision": 4, "rounding": "up"}},
         {"when": {"channel": "app"}, "procedure": "p", "parameters": {"rounding": "up", "precision": 4}},
         {"when": {"channel": "phone"}, "procedure": "p", "parameters": {"strict": false, "keys": ["article"], "ends": [0.9]}},
         {"when": {"channel": "shop"}, "procedure": "p", "parameters": {}},
         {"procedure": "p"})";
  const auto made = tests::compiled({lookup(rows), parametric()});
  REQUIRE(made.faults.empty());
  const auto& procedures = made.rules->procedures;
  REQUIRE(procedures.size() == 3);
  CHECK(std::ranges::all_of(procedures, [](const Procedure& p) { return p.name == "p"; }));
  CHECK(procedures[0].variant.empty());
  CHECK(procedures[1].variant == "precision 4, rounding up");
  CHECK(procedures[2].variant == "ends 0.9, keys article, strict false");
  CHECK(procedures[1].steps[1].rounding[0] == engine::rule::RoundTo{4, engine::base::Rounding::up});
  CHECK_FALSE(procedures[2].steps[0].find->required);
  CHECK(procedures[2].steps[0].find->accesses[0].name == "price by article");
  const auto& found = made.rules->procedure_lookup;
  CHECK(found[0].variant == procedures[1].variant);
  CHECK(found[1].variant == procedures[1].variant);
  CHECK(found[2].variant == procedures[2].variant);
  CHECK(found[3].variant.empty());
  CHECK(found[4].variant.empty());
  CHECK(found[0].result == "p");
}

TEST_CASE("parameters: what a look-up gives wrongly is told at its row", "[rules]") {
  const auto row = [](const std::string& values) {
    return faults({parametric(), lookup(R"({"procedure": "p", "parameters": )" + values + "}")});
  };
  const std::string at = "file_1.json#/procedure_lookup/0/parameters";
  CHECK(row(R"({"colour": 1})") == "bad_document at " + at + "/colour");
  CHECK(row(R"({"precision": "x"})").find("bad_number at " + at + "/precision") == 0);
  CHECK(row(R"({"strict": 1})").find("bad_document at " + at + "/strict") == 0);
  CHECK(row(R"({"keys": "article"})").find("bad_document at " + at + "/keys") == 0);
  CHECK(row(R"({"keys": null})").find("bad_document at " + at + "/keys") == 0);
  CHECK(row("[]") == "bad_document at " + at);
  CHECK(row(R"({"rounding": "nearest"})") == "bad_document at " + at);
  CHECK(tests::details(
            {parametric(), lookup(R"({"procedure": "p", "parameters": {"precision": 19}})")})
            .find("with these values file_0.json#/steps/1/round/0/decimals is wrong") == 0);
  CHECK(faults({parametric(), lookup(R"({"procedure": "q", "parameters": {"precision": 4}})")}) ==
        "no_procedure at file_1.json#/procedure_lookup/0/procedure");
}

// Fields, condition types and searches of a procedure: what they compile to, and their faults.
#include "rules/rule_book.hpp"

#include "tests/catch.hpp"
#include "tests/rules/procedure_text.hpp"

using engine::model::Calculation;
using engine::model::FieldValue;
using engine::rule::Comparator;
using engine::rule::Op;
using tests::fault;
using tests::procedure;

namespace {

const std::string types =
    R"json({"value": "price", "inputs": ["paid", "spent"], "parameters": ["cost"]},
  "offer": {"value": "price", "inputs": ["paid"]}, "stock": {"value": "amount"},
  "bonus": {"value": "amount", "calculation": "per_line"},
  "present": {"value": "percent", "calculation": "buy_get", "parameters": ["buy", "get"]})json";

// A procedure whose first step searches so.
std::string search(const std::string& members, const std::string& of_step = "") {
  std::string text = procedure("types", R"("price": )" + types);
  const std::string from =
      R"("find": {"type": "price", "accesses": [{"keys": ["article"]}], "required": true})";
  return text.replace(text.find(from), from.size(), R"("find": {)" + members + "}" + of_step);
}

const std::string accesses = R"("type": "stock", "accesses": [{"keys": ["article"]}], )";

std::string at(const std::string& pointer) { return " at file_0.json#/steps/0" + pointer; }

std::string type_fault(const std::string& type) {
  return fault(procedure("types", R"("price": {"value": "price"}, "x": )" + type));
}

}  // namespace

TEST_CASE("rules: a search says units, currencies, scales and what records may name", "[rules]") {
  const auto made = tests::compiled({search(
      R"json("type": "price", "search": "levels", "accesses": [{"keys": ["article"]}, {"type": "offer", "keys": [], "level": 1}],
         "choose": ["document_rank", "highest_rank", "highest_document_rank", "access", "lowest_threshold"],
         "find_next": ["lowest_value", {"by": "flag_set", "flag": "exclusive"}], "units": "any", "currencies": "any",
         "basis": "quantity * 2", "counted": "document", "below_lowest": "quantity < 0",
         "inputs": {"spent": "lines.sum(l, l.quantity)", "paid": "quantity"}, "formula_value": {"decimals": 3, "mode": "down"})json")});
  for (const auto& each : made.faults) FAIL(each.where << ": " << each.detail);
  const engine::rule::Procedure& p = made.rules->procedures[0];
  const engine::rule::Find& find = *p.steps[0].find;
  CHECK(find.choose.size() == 5);
  CHECK(find.choose[0].by == Comparator::document_rank);
  CHECK(find.choose[1].by == Comparator::highest_rank);
  CHECK(find.choose[2].by == Comparator::highest_document_rank);
  CHECK(find.choose[3].by == Comparator::access);
  CHECK(find.choose[4].by == Comparator::lowest_threshold);
  CHECK(find.find_next.size() == 2);
  CHECK(find.any_unit);
  CHECK(find.any_currency);
  CHECK(find.basis.size() == 3);
  CHECK(find.counted == engine::rule::CountedOver::document);
  CHECK(find.below_lowest.size() == 3);
  REQUIRE(find.inputs.size() == 2);
  CHECK(find.inputs[0].name == "spent");
  CHECK(find.inputs[0].value[0].op == Op::aggregate);
  CHECK(find.inputs[1].value[0].op == Op::quantity);
  CHECK(find.formula_value == engine::rule::RoundTo{3, engine::base::Rounding::down});
  CHECK_FALSE(find.merge);
  CHECK(p.aggregates.size() == 1);
}

TEST_CASE("rules: merged price lists are all of one level", "[rules]") {
  const auto made = tests::compiled({search(
      R"("type": "offer", "search": "merge", "inputs": {"paid": "1"},
         "accesses": [{"keys": ["price_list", "article"]}, {"keys": ["price_list", "article_group"]}])")});
  REQUIRE(made.faults.empty());
  const engine::rule::Find& find = *made.rules->procedures[0].steps[0].find;
  CHECK(find.merge);
  CHECK(find.accesses[0].level == 0);
  CHECK(find.accesses[1].level == 0);
  CHECK(
      fault(search(R"("type": "stock", "search": "merge", "accesses": [{"keys": ["article"]}])")) ==
      "bad_document" + at("/find/accesses/0"));
}

TEST_CASE("rules: members of a search that mean nothing together", "[rules]") {
  const auto one = [](const std::string& members) { return fault(search(accesses + members)); };
  CHECK(one(R"("units": "all")") == "bad_document" + at("/find/units"));
  CHECK(one(R"("currencies": "EUR")") == "bad_document" + at("/find/currencies"));
  CHECK(one(R"("counted": "basket")") == "bad_document" + at("/find/counted"));
  CHECK(one(R"("basis": "quantity > 1")") == "bad_expression" + at("/find/basis"));
  CHECK(one(R"("basis": 1)") == "bad_document" + at("/find/basis"));
  CHECK(one(R"("below_lowest": "quantity")") == "bad_expression" + at("/find/below_lowest"));
  CHECK(one(R"("formula_value": {"decimals": 2})") == "bad_document" + at("/find/formula_value"));
  CHECK(one(R"("find_next": ["cheapest"])") == "bad_document" + at("/find/find_next/0"));
  CHECK(one(R"("search": "all", "find_next": ["rank"])") == "bad_document" + at("/find/find_next"));
  CHECK(one(R"("inputs": {"paid": "1"})") == "unknown_field" + at("/find/inputs/paid"));
  CHECK(one(R"("inputs": [])") == "bad_document" + at("/find/inputs"));
  const auto two = [](const std::string& inputs) {
    return fault(search(R"("type": "price", "accesses": [{"keys": []}], "inputs": )" + inputs));
  };
  CHECK(two(R"({"paid": "1"})") == "missing_value" + at("/find"));
  CHECK(two(R"({"paid": "1", "spent": "price"})") == "bad_expression" + at("/find/inputs/spent"));
  CHECK(two(R"({"paid": "1", "spent": "running"})") == "bad_expression" + at("/find/inputs/spent"));
  CHECK(two(R"({"paid": "1", "spent": "quantity > 1"})") ==
        "bad_expression" + at("/find/inputs/spent"));
  CHECK(tests::details({search(R"("type": "price", "accesses": [{"keys": []}])")})
            .find("'inputs' does not say what 'paid' is") == 0);
}

TEST_CASE("rules: currency and unit are terms of a record, not keys of it", "[rules]") {
  for (const char* field : {"currency", "unit"}) {
    const std::string name = field;
    CHECK(fault(search(R"("type": "stock", "accesses": [{"keys": [")" + name + R"("]}])")) ==
          "unknown_field" + at("/find/accesses/0/keys/0"));
    CHECK(tests::faults(
              {R"({"procedure_lookup": [{"when": {")" + name + R"(": "EUR"}, "procedure": "p"}]})",
               procedure()}) == "bad_document at file_0.json#/procedure_lookup/0/when/" + name);
  }
}

TEST_CASE("rules: what only acts where it is applied can't be found", "[rules]") {
  CHECK(fault(search(R"("type": "present", "accesses": [{"keys": []}])")) ==
        "bad_document" + at("/find/accesses/0"));
  CHECK(fault(search(R"("type": "bonus", "accesses": [{"keys": []}])")).empty());
}

TEST_CASE("rules: a search of the order has no article and no lines", "[rules]") {
  const auto order = [&](const std::string& members) {
    const std::string text =
        procedure("types", R"("price": {"value": "price"}, "stock": {"value": "amount"})");
    const std::string last = R"("required": true}})";
    return fault(std::string{text}.replace(
        text.find(last), last.size(),
        last + R"(, {"step": "fee", "of": "order", "find": {"type": "stock", )" + members + "}}"));
  };
  const std::string there = " at file_0.json#/steps/1/find";
  CHECK(order(R"("accesses": [{"keys": ["customer", "country"]}])").empty());
  CHECK(order(R"("accesses": [{"keys": ["customer", "article"]}])") ==
        "bad_document" + there + "/accesses/0/keys/1");
  CHECK(order(R"("accesses": [{"keys": []}], "basis": "quantity")") ==
        "bad_expression" + there + "/basis");
  CHECK(
      order(R"json("accesses": [{"keys": []}], "basis": "lines.sum(l, l.quantity)")json").empty());
  CHECK(order(R"("accesses": [{"keys": []}], "counted": "line")") ==
        "bad_document" + there + "/counted");
}

TEST_CASE("rules: fields have a kind of value", "[rules]") {
  engine::model::Schema schema;
  const std::vector<rules::RuleDocument> documents{
      {"p.json",
       procedure(
           "more",
           R"(, "fields": {"weight": {"side": "article", "value": "decimal"}, "heavy": {"side": "article", "value": "bool"},
            "tier": {"value": "text"}, "brand": {}})")}};
  CHECK(rules::compile(documents, schema).faults.empty());
  CHECK(schema.field(*schema.find_field("weight")).value == FieldValue::number);
  CHECK(schema.field(*schema.find_field("heavy")).value == FieldValue::truth);
  CHECK(schema.field(*schema.find_field("tier")).value == FieldValue::text);
  CHECK(schema.field(*schema.find_field("brand")).value == FieldValue::text);
  CHECK(fault(procedure("more", R"(, "fields": {"weight": {"value": "number"}})")) ==
        "bad_document at file_0.json#/fields/weight/value");
}

TEST_CASE("rules: condition types say what their records do", "[rules]") {
  engine::model::Schema schema;
  const std::vector<rules::RuleDocument> documents{
      {"p.json",
       procedure(
           "types",
           R"("price": {"value": "price", "inputs": ["paid"], "parameters": ["cost", "margin"]},
            "freight_off": {"value": "percent", "calculation": "charge_percent", "charge": "freight"})")}};
  // The step of the standard procedure gives no inputs: only that is wrong.
  CHECK(rules::compile(documents, schema).faults.size() == 1);
  const auto& price = schema.type(*schema.find_type("price"));
  CHECK(price.inputs == std::vector<std::string>{"paid"});
  CHECK(price.parameters == std::vector<std::string>{"cost", "margin"});
  const auto& off = schema.type(*schema.find_type("freight_off"));
  CHECK(off.calculation == Calculation::charge_percent);
  CHECK(off.charge == "freight");
}

TEST_CASE("rules: lists that a list is based on are searched where the access says so", "[rules]") {
  const auto with = [](const std::string& search_and_access) {
    return search(R"("type": "stock", )" + search_and_access);
  };
  const auto made =
      tests::compiled({with(R"("accesses": [{"keys": ["price_list", "article"], "based_on": true},
                            {"keys": ["price_list", "article"]}])")});
  for (const auto& each : made.faults) FAIL(each.where << ": " << each.detail);
  const auto& accesses = made.rules->procedures[0].steps[0].find->accesses;
  CHECK(accesses[0].list_bases);
  CHECK_FALSE(accesses[1].list_bases);
  CHECK(fault(with(R"("accesses": [{"keys": ["article"], "based_on": true}])")) ==
        "bad_document" + at("/find/accesses/0/based_on"));
  CHECK(fault(with(
            R"("search": "merge", "accesses": [{"keys": ["price_list"], "based_on": true}])")) ==
        "bad_document" + at("/find/accesses/0/based_on"));
}

TEST_CASE("rules: condition types that contradict themselves", "[rules]") {
  const std::string there = " at file_0.json#/condition_types/x";
  CHECK(type_fault(R"({"value": "percent", "calculation": "half"})") ==
        "bad_document" + there + "/calculation");
  const std::pair<const char*, const char*> wrong[]{
      {"amount", "percent"},     {"price", "order_percent"}, {"percent", "per_unit"},
      {"percent", "per_line"},   {"percent", "new_price"},   {"amount", "new_price"},
      {"price", "order_amount"}, {"percent", "order_total"}, {"factor", "buy_get"},
      {"percent", "free_goods"}};
  for (const auto& [value, calculation] : wrong) {
    const std::string more =
        calculation == std::string{"buy_get"} ? R"(, "parameters": ["buy", "get"])" : "";
    CHECK(type_fault(R"({"value": ")" + std::string{value} + R"(", "calculation": ")" +
                     calculation + "\"" + more + "}") ==
          "contradicting_values" + there + "/calculation");
  }
  CHECK(type_fault(R"({"value": "percent", "calculation": "buy_get", "parameters": ["buy"]})") ==
        "missing_value" + there);
  // Numbers that only other calculations count units by.
  for (const char* type :
       {R"({"value": "amount", "calculation": "per_line", "parameters": ["max_units"]})",
        R"({"value": "percent", "calculation": "order_percent", "parameters": ["unit_step"]})",
        R"({"value": "price", "calculation": "free_goods", "parameters": ["groups"]})",
        R"({"value": "price", "calculation": "new_price", "parameters": ["every"]})"}) {
    CHECK(type_fault(type) == "contradicting_values" + there + "/parameters/0");
  }
  CHECK(type_fault(R"({"value": "price", "parameters": ["max_units", "every"]})").empty());
  CHECK(type_fault(R"({"value": "percent", "calculation": "charge_percent"})") ==
        "missing_value" + there);
  CHECK(type_fault(R"({"value": "percent", "calculation": "percent", "charge": "freight"})") ==
        "bad_document" + there + "/charge");
  CHECK(type_fault(R"({"value": "price", "inputs": ["Paid"]})") ==
        "bad_text" + there + "/inputs/0");
  CHECK(type_fault(R"({"value": "price", "inputs": ["quantity"]})") ==
        "bad_text" + there + "/inputs/0");
  CHECK(type_fault(R"({"value": "price", "inputs": ["paid", "paid"]})") ==
        "contradicting_values" + there + "/inputs/1");
  CHECK(type_fault(R"({"value": "price", "inputs": "paid"})") ==
        "bad_document" + there + "/inputs");
  CHECK(type_fault(R"({"value": "price", "parameters": ["discountable"]})")
            .find("contradicting_values" + there) == 0);
  CHECK(type_fault(R"({"value": "price", "parameters": ["exact"]})") ==
        "contradicting_values" + there + "/parameters/0");
  CHECK(type_fault(R"({"value": "price", "inputs": ["a"], "parameters": ["a"]})") ==
        "contradicting_values" + there + "/parameters/0");
}

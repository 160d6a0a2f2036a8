// Columns of what few records have: scales, conditions, formulas, numbers of a type; lists made from
// each other; exchange rates; attributes with numbers.
#include "rules/record_texts.hpp"
#include "server/feed/batch.hpp"
#include "server/feed/canonical_table.hpp"

#include "tests/server/feed/feed_fixture.hpp"

using namespace tests::feed;
using engine::model::DocumentKind;
using engine::model::FieldValue;
using engine::model::ScaleKind;
using server::feed::check_header;
using server::feed::Kind;

namespace {

using Header = std::vector<std::string>;

// Declares the condition type "deal" (percents by article) with the numbers "buy" and "get", and
// attributes of articles that are a number and a truth.
Facts declared() {
  Facts facts = example_facts();
  facts.set_compiler(std::make_shared<rules::RecordTexts>());
  engine::model::ConditionType deal;
  deal.name = "deal";
  deal.value = ValueKind::percent;
  deal.calculation = engine::model::Calculation::buy_get;
  deal.parameters = {"buy", "get"};
  const auto type = facts.schema.declare_type(deal);
  REQUIRE(type);
  REQUIRE(facts.schema.declare_table(*type, {Schema::article}));
  REQUIRE(
      facts.schema.declare_field("weight", FieldSide::article, Domain::text, FieldValue::number));
  REQUIRE(
      facts.schema.declare_field("fragile", FieldSide::article, Domain::text, FieldValue::truth));
  return facts;
}

Import world(Facts& facts) {
  Import read = import(facts, {file("currencies.csv", "code,decimals\nEUR,2\nUSD,2\n"),
                               file("articles.csv", "code\nA\n"),
                               file("price_lists.csv", "code,currency\nPL,EUR\n")});
  INFO(troubles(read));
  REQUIRE(read.report.rows_refused() == 0);
  return read;
}

// The row's refusal as "column: code", or "" when it goes in.
std::string put(Facts& facts, Kind kind, const std::string& header, const std::string& row) {
  const Import read = import(facts, {file(std::string{server::feed::kind_name(kind)} + ".csv",
                                          header + "\n" + row + "\n")});
  INFO(troubles(read));
  REQUIRE_FALSE(read.report.has_fault());
  REQUIRE(read.report.rows_read() == 1);
  if (read.report.rows_refused() == 0) return "";
  const auto& refused = read.report.files.front().refused_rows.front();
  return refused.column + ": " + engine::base::fault_name(refused.code);
}

std::string put(Kind kind, const std::string& header, const std::string& row) {
  Facts facts = declared();
  world(facts);
  return put(facts, kind, header, row);
}

const engine::model::Document& list(const Facts& facts, const char* code) {
  const auto id = facts.find_document(DocumentKind::price_list, code);
  REQUIRE(id);
  return facts.documents()[id->raw()];
}

}  // namespace

TEST_CASE("canonical: a condition has one of value, scale and formula",
          "[server][feed][canonical]") {
  const std::string header = "type,article,currency,value,scale,scale_kind,formula";
  const auto put_row = [&](const char* row) { return put(Kind::conditions, header, row); };
  CHECK(put_row("price,A,EUR,,10; 9 from 10,,") == "");
  CHECK(put_row("price,A,EUR,,10 to 5; 12 to 20,graduated,") == "");
  CHECK(put_row("price,A,EUR,,4.50 per 10 after 2,package,") == "");
  CHECK(put_row("price,A,EUR,,,,quantity * 2") == "");
  CHECK(put_row("price,A,EUR,,,,") == "value: missing_value");
  CHECK(put_row("price,A,EUR,1,10,,") == "scale: contradicting_values");
  CHECK(put_row("price,A,EUR,1,,,quantity * 2") == "formula: contradicting_values");
  CHECK(put_row("price,A,EUR,,10,,quantity * 2") == "scale: contradicting_values");
  CHECK(put_row("price,A,EUR,,10; nine from 10,,") == "scale: bad_number");
  CHECK(put_row("price,A,EUR,,10; 9,,") == "scale: contradicting_values");
  CHECK(put_row("price,A,EUR,,10,sliding,") == "scale_kind: bad_text");
  CHECK(put_row("price,A,EUR,1,,whole,") == "scale_kind: contradicting_values");
  CHECK(put_row("price,A,,,10,,") == "currency: missing_value");
  CHECK(put_row("price,A,EUR,,,,quantity *") == "formula: bad_expression");
}

TEST_CASE("canonical: a header of conditions has a value, a scale or a formula",
          "[server][feed][canonical]") {
  const Facts facts = declared();
  CHECK(check_header(Kind::conditions, Header{"type", "article", "scale"}, facts.schema));
  CHECK(check_header(Kind::conditions, Header{"type", "article", "formula"}, facts.schema));
  const auto none = check_header(Kind::conditions, Header{"type", "article"}, facts.schema);
  REQUIRE_FALSE(none);
  CHECK(none.error().where == "value");
}

TEST_CASE("canonical: a condition's own text is compiled, and a bad one is refused",
          "[server][feed][canonical]") {
  const std::string header = "type,article,currency,value,when";
  CHECK(put(Kind::conditions, header, "price,A,EUR,1,quantity >= 10") == "");
  CHECK(put(Kind::conditions, header, "price,A,EUR,1,quantity >=") == "when: bad_expression");
  CHECK(put(Kind::conditions, header, "price,A,EUR,1,nobody == 'x'") == "when: bad_expression");
  Facts without = example_facts();
  without.set_compiler(nullptr);
  world(without);
  CHECK(put(without, Kind::conditions, header, "price,A,EUR,1,quantity >= 10") ==
        "when: unsupported");
}

TEST_CASE("canonical: numbers that a type declares are columns of conditions",
          "[server][feed][canonical]") {
  const std::string header = "type,article,value,currency,buy,get";
  CHECK(put(Kind::conditions, header, "deal,A,100,,3,1") == "");
  CHECK(put(Kind::conditions, header, "deal,A,100,,3,") == "get: missing_value");
  CHECK(put(Kind::conditions, header, "deal,A,100,,-3,1") == "buy: out_of_range");
  CHECK(put(Kind::conditions, header, "deal,A,100,,3,0.5") == "get: out_of_range");
  CHECK(put(Kind::conditions, header, "deal,A,100,,0,0") == "buy: out_of_range");
  CHECK(put(Kind::conditions, header, "deal,A,100,,three,1") == "buy: bad_number");
  CHECK(put(Kind::conditions, header, "price,A,1,EUR,,1") == "get: unknown_field");
  CHECK(put(Kind::conditions, header, "price,A,1,EUR,,") == "");
  const Facts facts = declared();
  const auto unknown =
      check_header(Kind::conditions, Header{"type", "value", "give"}, facts.schema);
  REQUIRE_FALSE(unknown);
  CHECK_THAT(unknown.error().detail, Catch::Matchers::EndsWith(", buy, get"));
  CHECK_THAT(unknown.error().detail,
             Catch::Matchers::Contains("when, formula, scale, scale_kind, buy_when, free_article"));
}

TEST_CASE("canonical: what is bought and what comes free", "[server][feed][canonical]") {
  CHECK(put(Kind::conditions, "type,article,value,buy,get,buy_when",
            "deal,A,100,3,1,quantity > 1") == "");
  CHECK(put(Kind::conditions, "type,article,value,buy,get,buy_when", "deal,A,100,3,1,quantity >") ==
        "buy_when: bad_expression");
  CHECK(put(Kind::conditions, "type,article,value,buy,get,free_article", "deal,A,100,3,1,A") ==
        "free_article: contradicting_values");
}

TEST_CASE("canonical: a price list may be under a condition, made from another, and stand alone",
          "[server][feed][canonical]") {
  Facts facts = declared();
  world(facts);
  CHECK(put(facts, Kind::price_lists, "code,when,based_on,merge", "PW,channel == 'web',PL,false") ==
        "");
  CHECK(list(facts, "PW").refuses_merge);
  CHECK(list(facts, "PW").based_on == facts.find_document(DocumentKind::price_list, "PL"));
  CHECK(list(facts, "PW").when == 0);
  CHECK_FALSE(list(facts, "PL").refuses_merge);
  CHECK(put(facts, Kind::price_lists, "code,when", "PX,channel ==") == "when: bad_expression");
  CHECK(put(facts, Kind::price_lists, "code,based_on", "PX,PY") == "based_on: unknown_document");
  CHECK(put(facts, Kind::price_lists, "code,merge", "PX,perhaps") == "merge: bad_text");
  CHECK(put(facts, Kind::promotions, "code,when,rank", "P1,quantity > 2,-3") == "");
  const auto promotion = facts.find_document(DocumentKind::promotion, "P1");
  REQUIRE(promotion);
  CHECK(facts.documents()[promotion->raw()].rank == -3);
  CHECK(facts.documents()[promotion->raw()].when == 1);
}

TEST_CASE("canonical: a price list may stand in the file before the one that it is based on",
          "[server][feed][canonical]") {
  Facts facts = declared();
  const Import read =
      import(facts, {file("price_lists.csv", "code,based_on\nP3,P2\nP2,P1\nP1,\nP4,P9\n")});
  CHECK(read.report.rows_accepted() == 3);
  REQUIRE(read.report.rows_refused() == 1);
  CHECK(read.report.files.front().refused_rows.front().line == 5);
  CHECK(list(facts, "P3").based_on == facts.find_document(DocumentKind::price_list, "P2"));
}

TEST_CASE("canonical: exchange rates", "[server][feed][canonical]") {
  const std::string header = "from,to,kind,rate,per,valid_from";
  const auto put_row = [&](const char* row) { return put(Kind::exchange_rates, header, row); };
  CHECK(put_row("USD,EUR,M,92.54,100,2026-01-01") == "");
  CHECK(put_row("USD,EUR,,0.9254,,") == "");
  CHECK(put_row("USD,SEK,,1,,") == "to: unknown_currency");
  CHECK(put_row("USD,EUR,,,,") == "rate: missing_value");
  CHECK(put_row("USD,EUR,,0,,") == "rate: out_of_range");
  CHECK(put_row("USD,EUR,,x,,") == "rate: bad_number");
  CHECK(put_row("USD,EUR,,1,0,") == "per: out_of_range");
  CHECK(put_row("USD,EUR,,1,1.5,") == "per: bad_number");
  CHECK(put_row("USD,EUR,,1,1,yesterday") == "valid_from: bad_date");
  CHECK(put_row("USD,USD,,1,1,") == "to: contradicting_values");
}

TEST_CASE("canonical: attributes of a number or a truth are read as such",
          "[server][feed][canonical]") {
  CHECK(put(Kind::articles, "code,attribute:weight,attribute:fragile", "B,0.125,true") == "");
  CHECK(put(Kind::articles, "code,attribute:weight", "B,heavy") == "attribute:weight: bad_number");
  CHECK(put(Kind::articles, "code,attribute:weight", "B,") == "");
  CHECK(put(Kind::articles, "code,attribute:fragile", "B,yes") == "attribute:fragile: bad_text");
  CHECK(put(Kind::articles, "code,max_quantity", "B,500") == "");
  CHECK(put(Kind::articles, "code,max_quantity", "B,many") == "max_quantity: bad_number");
}

TEST_CASE("a feed description reaches the columns of scales, numbers and attributes",
          "[server][feed][feed_description]") {
  Facts facts = declared();
  world(facts);
  const auto described = description(R"json({
    "feed": "deals", "files": "deals.txt",
    "format": {"separator": ";"},
    "numbers": {"decimal_point": ","},
    "records": [
      {"kind": "articles", "fields": {"code": "Nr", "attribute:weight": "Gewicht",
                                      "max_quantity": "Max"}},
      {"kind": "conditions", "when": {"value": "Staffel", "empty": true},
       "fields": {"type": {"constant": "deal"}, "article": "Nr", "value": "Prozent", "buy": "Kauf",
                  "get": "Frei", "when": {"constant": "quantity > 1"}}},
      {"kind": "conditions", "when": {"value": "Staffel", "empty": false},
       "fields": {"type": {"constant": "deal"}, "article": "Nr", "scale": "Staffel",
                  "buy": {"constant": "2"}, "get": {"constant": "1"},
                  "scale_kind": {"constant": "graduated"}}}
    ]})json");
  const Import read = import(facts,
                             {file("deals.txt",
                                   "Nr;Gewicht;Max;Prozent;Kauf;Frei;Staffel\nB;1,5;10;12,5;3;1;\n"
                                   "C;;;;;;5 to 10\nD;1.5;;;;;5 to 10\n")},
                             {described});
  INFO(troubles(read));
  CHECK(read.report.rows_accepted() == 2);
  REQUIRE(read.report.rows_refused() == 1);
  CHECK(read.report.files.front().refused_rows.front().column == "Gewicht");
  const auto article = facts.articles().codes->find("B");
  REQUIRE(article);
  const auto& attributes = facts.articles().items[*article].attributes;
  REQUIRE(attributes.size() == 2);
  CHECK(facts.share_texts()->text(attributes.front().value.raw()) == "1.5");
  CHECK(facts.articles().items[*article].maximum_quantity == engine::base::Quantity::whole(10));
  facts.settle();
  const auto& extras = facts.conditions().extras();
  REQUIRE(extras.size() == 2);
  CHECK(extras[0].parameters.at(1).second == engine::base::Decimal{1, 0});
  CHECK(facts.scales().at(extras[1].scale).kind == ScaleKind::graduated);
}

TEST_CASE("batch: scales, conditions, numbers, lists and rates come back by replay",
          "[server][feed][batch]") {
  Facts facts = declared();
  const std::string first = world(facts).batch;
  const Import read = import(
      facts, {file("price_lists.csv", "code,based_on,when,merge\nPW,PL,channel == 'web',false\n"),
              file("exchange_rates.csv", "from,to,rate\nUSD,EUR,0.9254\n"),
              file("conditions.csv",
                   "type,article,currency,value,scale,scale_kind,formula,when,buy,get\n"
                   "price,A,EUR,,10; 9 from 10,,,,,\n"
                   "price,A,EUR,,10; 9 from 10,graduated,,quantity > 5,,\n"
                   "price,A,USD,,,,quantity * 2,,,\n"
                   "deal,A,,100,,,,,3,1\n")});
  INFO(troubles(read));
  REQUIRE(read.report.rows_refused() == 0);
  Facts again = declared();
  REQUIRE(server::feed::replay_batch(again, first));
  REQUIRE(server::feed::replay_batch(again, read.batch));
  CHECK(dump(again) == dump(facts));
  CHECK(again.scales().size() == 2);
  CHECK(again.record_texts().size() == 3);
  CHECK(again.exchange_rates().size() == 1);
  again.settle();
  CHECK(again.conditions().extras().size() == 4);
}

#include "server/json/quote_body.hpp"

#include "engine/base/limits.hpp"

#include "tests/catch.hpp"

#include <simdjson.h>

#include <random>
#include <string>

using engine::base::Fault;
using engine::base::FaultCode;
using server::json::BodyReader;
using server::json::QuoteBody;

namespace {

constexpr const char* full_body = R"({
  "customer": "C1", "currency": "EUR", "date": "2026-02-01T14:30", "language": "sv",
  "sales_organisation": "SO", "site": "S", "channel": "web", "document_kind": "order",
  "attributes": {"campaign": "spring", "a/b": "x"},
  "lines": [
    {"id": "first", "article": "A1", "quantity": "1.50", "unit": "BOX", "date": "2026-03-01", "agreement": "AG-1"},
    {"id": 7, "article": "A2", "quantity": 12.50},
    {"article": "A\"\u00e5"}
  ],
  "explain": true, "ladder": true, "availability": false
})";

struct Reading {
  BodyReader reader;
  QuoteBody body;

  bool quote(std::string_view text) { return reader.read_quote(text, body).has_value(); }

  Fault quote_fault(std::string_view text) {
    INFO(text);
    const auto read = reader.read_quote(text, body);
    REQUIRE_FALSE(read);
    return read.error();
  }
};

}  // namespace

TEST_CASE("quote body: every member arrives where it belongs", "[server]") {
  Reading reading;
  REQUIRE(reading.quote(full_body));
  const auto& request = reading.body.request;
  CHECK(request.customer == "C1");
  CHECK(request.currency == "EUR");
  CHECK(request.language == "sv");
  CHECK(request.date == *engine::base::civil(2026, 2, 1, 14, 30));
  using Field = std::pair<std::string_view, std::string_view>;
  CHECK(request.fields == std::vector<Field>{{"sales_organisation", "SO"},
                                             {"site", "S"},
                                             {"channel", "web"},
                                             {"document_kind", "order"},
                                             {"campaign", "spring"},
                                             {"a/b", "x"}});
  REQUIRE(request.lines.size() == 3);
  CHECK(request.lines[0].article == "A1");
  CHECK(request.lines[0].quantity == "1.50");
  CHECK(request.lines[0].unit == "BOX");
  CHECK(request.lines[0].date == *engine::base::civil(2026, 3, 1));
  CHECK(request.lines[0].agreement == "AG-1");
  CHECK(request.lines[1].quantity == "12.50");
  CHECK(request.lines[2].article == "A\"å");
  CHECK(request.lines[2].quantity == "1");
  CHECK_FALSE(request.lines[2].date.has_value());
  CHECK(reading.body.line_ids == std::vector<std::string_view>{"first", "7", ""});
  CHECK(reading.body.explain);
  CHECK(reading.body.ladder);
  CHECK_FALSE(reading.body.availability);
}

TEST_CASE("quote body: nothing of the last one is left in the next", "[server]") {
  Reading reading;
  REQUIRE(reading.quote(full_body));
  REQUIRE(reading.quote(R"({"customer":"C2","lines":[]})"));
  CHECK(reading.body.request.customer == "C2");
  CHECK(reading.body.request.currency.empty());
  CHECK(reading.body.request.language == "en");
  CHECK_FALSE(reading.body.request.date.has_value());
  CHECK(reading.body.request.fields.empty());
  CHECK(reading.body.request.lines.empty());
  CHECK(reading.body.line_ids.empty());
  CHECK_FALSE(reading.body.explain);
  CHECK_FALSE(reading.body.ladder);
  CHECK(reading.body.availability);
}

TEST_CASE("quote body: null is absent", "[server]") {
  Reading reading;
  REQUIRE(reading.quote(
      R"({"customer":"C","currency":null,"attributes":{"x":null},"date":null,"explain":null,
                            "lines":[{"article":"A","quantity":null,"unit":null}]})"));
  CHECK(reading.body.request.fields.empty());
  CHECK(reading.body.request.lines[0].quantity == "1");
  CHECK(reading.quote_fault(R"({"lines":null})").code == FaultCode::missing_value);
  CHECK(reading.quote_fault(R"({"lines":[null]})").where == "/lines/0");
}

TEST_CASE("quote body: a quantity is the token's own text, digit by digit", "[server]") {
  const auto [token, read] = GENERATE(table<std::string, std::string>({
      {"0.1", "0.1"},
      {"\"0.1\"", "0.1"},
      {"0.30000000000000004", "0.30000000000000004"},
      {"123456789012345678901234567890", "123456789012345678901234567890"},
      {"1.10", "1.10"},
      {"-0", "-0"},
      {"1e3", "1000"},
      {"1.25E+1", "12.5"},
      {"-12.5e-3", "-0.0125"},
      {"5e0", "5"},
      {"0.001e2", "000.1"},
      {"1e999", "1e999"},
      {"\"1e3\"", "1e3"},
      {"\"abc\"", "abc"},
      {"\"\"", ""},
  }));
  Reading reading;
  REQUIRE(
      reading.quote(R"({"customer":"C","lines":[{"article":"A","quantity": )" + token + " }]}"));
  CHECK(reading.body.request.lines[0].quantity == read);
}

TEST_CASE("quote body: attributes are texts, numbers digit by digit, and truths", "[server]") {
  using Fields = std::vector<std::pair<std::string_view, std::string_view>>;
  Reading reading;
  REQUIRE(reading.quote(
      R"({"customer":"C","attributes":{"a":"x","b":1.50,"c":true,"d":null,"e":12e-1},
          "lines":[{"article":"A","attributes":{"b":-2,"c":false,"a":""}},{"article":"B"},
                   {"attributes":{"z":0.10},"article":"C"}]})"));
  const auto& request = reading.body.request;
  CHECK(request.fields == Fields{{"a", "x"}, {"b", "1.50"}, {"c", "true"}, {"e", "1.2"}});
  CHECK(request.lines[0].fields == Fields{{"b", "-2"}, {"c", "false"}, {"a", ""}});
  CHECK(request.lines[1].fields.empty());
  CHECK(request.lines[2].fields == Fields{{"z", "0.10"}});
  REQUIRE(reading.quote(R"({"lines":[{"article":"A","attributes":null}]})"));
  CHECK(reading.body.request.lines[0].fields.empty());
}

TEST_CASE("quote body: what is wrong is named with its pointer", "[server]") {
  struct Case {
    std::string text;
    FaultCode code;
    std::string pointer;
    std::string detail;
  };

  const auto wrong = GENERATE(values<Case>({
      {R"([1])", FaultCode::bad_request, "", "expected an object, found an array"},
      {R"("x")", FaultCode::bad_request, "", "expected an object, found a string"},
      {R"(12)", FaultCode::bad_request, "", "expected an object, found a number"},
      {R"({"customer":"C"})", FaultCode::missing_value, "/lines", "missing"},
      {R"({"lines":{}})", FaultCode::bad_request, "/lines", "expected an array, found an object"},
      {R"({"lines":[[]]})", FaultCode::bad_request, "/lines/0",
       "expected an object, found an array"},
      {R"({"lines":[{}]})", FaultCode::missing_value, "/lines/0/article", "missing"},
      {R"({"lines":[{"article":""}]})", FaultCode::missing_value, "/lines/0/article", "missing"},
      {R"({"lines":[{"article":"A"},{"article":5}]})", FaultCode::bad_request, "/lines/1/article",
       "found a number"},
      {R"({"lines":[{"artcle":"A"}]})", FaultCode::unknown_field, "/lines/0/artcle", "agreement"},
      {R"({"lines":[{"article":"A","quantity":true}]})", FaultCode::bad_request,
       "/lines/0/quantity", "true or false"},
      {R"({"lines":[{"article":"A","quantity":[1]}]})", FaultCode::bad_request, "/lines/0/quantity",
       "an array"},
      {R"({"lines":[{"article":"A","date":"2026-02-30"}]})", FaultCode::bad_date, "/lines/0/date",
       "calendar"},
      {R"({"lines":[{"article":"A","article":"B"}]})", FaultCode::duplicate_key, "/lines/0/article",
       "twice"},
      {R"({"date":"tomorrow"})", FaultCode::bad_date, "/date", "tomorrow"},
      {R"({"customer":1})", FaultCode::bad_request, "/customer",
       "expected a string, found a number"},
      {R"({"customer":{"code":"C"}})", FaultCode::bad_request, "/customer", "an object"},
      {R"({"explain":"yes"})", FaultCode::bad_request, "/explain", "true or false"},
      {R"({"ladder":1})", FaultCode::bad_request, "/ladder", "true or false"},
      {R"({"attributes":[]})", FaultCode::bad_request, "/attributes", "an object"},
      {R"({"attributes":{"a/b":[1]}})", FaultCode::bad_request, "/attributes/a~1b",
       "a string, a number, true or false"},
      {R"({"lines":[{"article":"A","attributes":"x"}]})", FaultCode::bad_request,
       "/lines/0/attributes", "an object"},
      {R"({"lines":[{"article":"A"},{"article":"A","attributes":{"a/b":{}}}]})",
       FaultCode::bad_request, "/lines/1/attributes/a~1b", "an object"},
      {R"({"lines":[{"article":"A","attributes":{"x":1,"x":2}}]})", FaultCode::duplicate_key,
       "/lines/0/attributes/x", "twice"},
      {R"({"site":5})", FaultCode::bad_request, "/site", "a string"},
      {R"({"channel":"a","attributes":{"channel":"b"}})", FaultCode::duplicate_key,
       "/attributes/channel", "twice"},
      {R"({"a~/b":1})", FaultCode::unknown_field, "/a~0~1b", "customer"},
      {R"({"Customer":"C"})", FaultCode::unknown_field, "/Customer", "customer"},
  }));
  Reading reading;
  const auto fault = reading.quote_fault(wrong.text);
  INFO(wrong.text << " -> " << fault.detail);
  CHECK(fault.code == wrong.code);
  CHECK(fault.where == wrong.pointer);
  CHECK(fault.detail.find(wrong.detail) != std::string::npos);
}

TEST_CASE("quote body: what is no JSON is refused as such", "[server]") {
  const std::string text = GENERATE(values<std::string>({
      "",
      " ",
      "{",
      "}",
      "{\"lines\":[}",
      "{\"lines\":[]",
      "{\"lines\":[]]",
      "{\"lines\":[]}}",
      "{\"lines\":[]} x",
      "{\"lines\":[],}",
      "{\"lines\" []}",
      "{lines:[]}",
      "{\"lines\":[,]}",
      "{\"customer\":\"a}",
      "{\"customer\":nul}",
      "{\"customer\":nulll}",
      "{\"explain\":tru}",
      "{\"explain\":truee}",
      "{\"customer\":\"\\x\"}",
      "{\"customer\":\"a\nb\"}",
      "{\"lines\":[{\"article\":\"A\",\"quantity\":01}]}",
      "{\"lines\":[{\"article\":\"A\",\"quantity\":1.}]}",
      "{\"lines\":[{\"article\":\"A\",\"quantity\":.5}]}",
      "{\"lines\":[{\"article\":\"A\",\"quantity\":+1}]}",
      "{\"lines\":[{\"article\":\"A\",\"quantity\":1e}]}",
      "{\"lines\":[{\"article\":\"A\",\"quantity\":1 2}]}",
      "{\"lines\":[{\"article\":\"A\",\"quantity\":0x1}]}",
      "{\"lines\":[{\"article\":\"A\",\"quantity\":NaN}]}",
      "{\"lines\":[{\"article\":\"A\"}{\"article\":\"B\"}]}",
      "{\"customer\":\"\xff\",\"lines\":[]}",
      "\xef\xbb\xbf",
  }));
  Reading reading;
  const auto fault = reading.quote_fault(text);
  CHECK(fault.code == FaultCode::bad_json);
  CHECK(fault.where.empty());
}

TEST_CASE("quote body: limits are told by name, at the border and beyond it", "[server]") {
  Reading reading;
  const auto with_lines = [](std::size_t count) {
    std::string text = R"({"customer":"C","lines":[)";
    for (std::size_t i = 0; i < count; ++i)
      text += i == 0 ? R"({"article":"A"})" : R"(,{"article":"A"})";
    return text + "]}";
  };
  CHECK(reading.quote(with_lines(engine::base::limits::lines_per_question)));
  const auto too_many =
      reading.quote_fault(with_lines(engine::base::limits::lines_per_question + 1));
  CHECK(too_many.code == FaultCode::too_many);
  CHECK(too_many.where == "/lines");
  CHECK(too_many.detail.find("lines_per_question") != std::string::npos);

  const auto with_code = [](std::size_t bytes) {
    return R"({"lines":[],"customer":")" + std::string(bytes, 'x') + "\"}";
  };
  CHECK(reading.quote(with_code(engine::base::limits::code_length)));
  const auto too_long = reading.quote_fault(with_code(engine::base::limits::code_length + 1));
  CHECK(too_long.code == FaultCode::too_large);
  CHECK(too_long.where == "/customer");

  const auto with_digits = [](std::size_t digits) {
    return R"({"lines":[{"article":"A","quantity":)" + std::string(digits, '1') + "}]}";
  };
  CHECK(reading.quote(with_digits(server::json::number_length)));
  CHECK(reading.quote_fault(with_digits(server::json::number_length + 1)).where ==
        "/lines/0/quantity");

  std::string attributes;
  for (std::size_t i = 0; i <= server::json::attributes_max; ++i) {
    attributes += (i == 0 ? "\"f" : ",\"f") + std::to_string(i) + "\":\"x\"";
  }
  const auto of_question = reading.quote_fault(R"({"lines":[],"attributes":{)" + attributes + "}}");
  CHECK(of_question.code == FaultCode::too_many);
  CHECK(of_question.where == "/attributes");
  const auto of_line =
      reading.quote_fault(R"({"lines":[{"article":"A","attributes":{)" + attributes + "}}]}");
  CHECK(of_line.code == FaultCode::too_many);
  CHECK(of_line.where == "/lines/0/attributes");
}

TEST_CASE("quote body: no depth of nesting hurts", "[server]") {
  Reading reading;
  for (const std::string& open : {std::string{"["}, std::string{"{\"a\":"}}) {
    std::string deep = R"({"customer":)";
    for (int i = 0; i < 100'000; ++i) deep += open;
    reading.quote_fault(deep);
    std::string closed =
        R"({"lines":[],"x":)" + std::string(50'000, '[') + std::string(50'000, ']') + "}";
    CHECK(reading.quote_fault(closed).where == "/x");
  }
}

TEST_CASE("quote body: an availability question has articles and may leave the customer out",
          "[server]") {
  Reading reading;
  REQUIRE(reading.reader.read_availability(
      R"({"articles":[{"article":"A","quantity":2,"date":"2026-01-02"},{"article":"B","id":"b"}],"channel":"web"})",
      reading.body));
  CHECK(reading.body.request.customer.empty());
  CHECK(reading.body.request.lines.size() == 2);
  CHECK(reading.body.line_ids[1] == "b");
  const auto fault = [&](std::string_view text) {
    const auto read = reading.reader.read_availability(text, reading.body);
    REQUIRE_FALSE(read);
    return read.error().where;
  };
  CHECK(fault(R"({})") == "/articles");
  CHECK(fault(R"({"lines":[]})") == "/lines");
  CHECK(fault(R"({"articles":[{"article":"A","agreement":"X"}]})") == "/articles/0/agreement");
  CHECK(fault(R"({"articles":[{"article":"A","attributes":{}}]})") == "/articles/0/attributes");
  CHECK(fault(R"({"articles":[{}]})") == "/articles/0/article");
}

TEST_CASE("quote body: whatever is done to a body, it is read as JSON or refused",
          "[server][property]") {
  // A second opinion: what the strict parser refuses, the reader must not take.
  std::mt19937 random{20260201};
  const std::string whole = full_body;
  const std::string characters = "{}[]\",:\\ \n0123456789.eE+-tfnul/ax\xc3\xa5\x01\xff";
  Reading reading;
  simdjson::dom::parser strict;
  std::size_t taken = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = whole;
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      const auto at = random() % text.size();
      switch (random() % 4) {
        case 0:
          text[at] = characters[random() % characters.size()];
          break;
        case 1:
          text.insert(at, 1, characters[random() % characters.size()]);
          break;
        case 2:
          text.erase(at, 1 + random() % 5);
          break;
        default:
          text.insert(at, text.substr(random() % text.size(), random() % 20));
          break;
      }
    }
    if (!reading.quote(text)) continue;
    ++taken;
    simdjson::dom::element element;
    const auto error = strict.parse(text).get(element);
    INFO(text);
    // The strict parser reads numbers into 64 bits; ours keep their digits.
    REQUIRE((error == simdjson::SUCCESS || error == simdjson::NUMBER_ERROR));
  }
  CHECK(taken > 100);
}

TEST_CASE("quote body: at most so many lines get a ladder, told with the limit's name",
          "[server]") {
  const auto asked = [](std::size_t lines) {
    std::string text = R"({"customer":"C","ladder":true,"lines":[)";
    for (std::size_t i = 0; i < lines; ++i)
      text += i == 0 ? R"({"article":"A"})" : R"(,{"article":"A"})";
    return text + "]}";
  };
  Reading reading;
  CHECK(reading.quote(asked(engine::base::limits::ladder_lines)));
  const auto too_many = reading.quote_fault(asked(engine::base::limits::ladder_lines + 1));
  CHECK(too_many.code == FaultCode::too_many);
  CHECK(too_many.where == "/ladder");
  CHECK(too_many.detail.find("ladder_lines") != std::string::npos);
}

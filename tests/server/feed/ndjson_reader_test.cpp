#include "server/feed/ndjson_reader.hpp"

#include "tests/server/feed/feed_fixture.hpp"

using namespace tests::feed;
using server::feed::NdjsonReader;

TEST_CASE("ndjson: columns are the members in order of first use", "[server][feed][ndjson]") {
  NdjsonReader rows{"{\"b\":1,\"a\":\"x\"}\n\n{\"c\":null,\"a\":true}\r\n"};
  CHECK(rows.columns() == std::vector<std::string>{"b", "a", "c"});
  REQUIRE(rows.next());
  CHECK(rows.fields()[0] == "1");
  CHECK(rows.fields()[1] == "x");
  CHECK(rows.fields()[2].empty());
  REQUIRE(rows.next());
  CHECK(rows.line() == 3);
  CHECK(rows.fields()[0].empty());
  CHECK(rows.fields()[1] == "true");
  CHECK_FALSE(rows.next());
}

TEST_CASE("ndjson: numbers keep their text and arrays are lists", "[server][feed][ndjson]") {
  NdjsonReader rows{R"({"n": 12.500, "big": 123456789012345678901.5, "l": ["a", 1], "e": []})"};
  REQUIRE(rows.next());
  CHECK(rows.fields()[0] == "12.500");
  CHECK(rows.fields()[1] == "123456789012345678901.5");
  CHECK(rows.fields()[2] == "a;1");
  CHECK(rows.fields()[3].empty());
}

TEST_CASE("ndjson: a line that is no object of cells has a problem, the next one not",
          "[server][feed][ndjson]") {
  NdjsonReader rows{"{\"a\":1\n[1]\n{\"a\":{}}\n{\"a\":[[]]}\n{\"a\":[\"x;y\"]}\n{\"a\":2}"};
  std::vector<std::string> seen;
  while (rows.next()) {
    seen.push_back(rows.problem() ? engine::base::fault_name(rows.problem()->code)
                                  : std::string{rows.fields()[0]});
  }
  CHECK(seen ==
        std::vector<std::string>{"bad_json", "bad_json", "bad_text", "bad_text", "bad_text", "2"});
}

TEST_CASE("ndjson: canonical files go in like CSV", "[server][feed][ndjson]") {
  Facts facts = example_facts();
  const Import read = import(
      facts,
      {file("currencies.ndjson", "{\"code\":\"EUR\",\"decimals\":2}\n"),
       file("articles.ndjson",
            "{\"code\":\"A\",\"name\":\"An\\nvil\"}\n{\"code\":\"B\"}\nnonsense\n"),
       file("conditions.ndjson",
            "{\"type\":\"price\",\"article\":\"A\",\"value\":1.50,\"currency\":\"EUR\"}\n"
            "{\"type\":\"price\",\"article\":\"Z\",\"value\":\"2\",\"currency\":\"EUR\"}\n")});
  INFO(troubles(read));
  REQUIRE_FALSE(read.report.has_fault());
  CHECK(read.report.rows_accepted() == 4);
  CHECK(read.report.files[1].refused_rows.front().code == FaultCode::bad_json);
  CHECK(read.report.files[1].refused_rows.front().line == 3);
  CHECK(describe(read.report.files[2].refused_rows.front()) ==
        "conditions.ndjson, line 2, column article, value 'Z': 'Z' is not known; import it first "
        "(unknown_article)");
  Facts again = example_facts();
  REQUIRE(server::feed::replay_batch(again, read.batch));
  CHECK(dump(again) == dump(facts));
}

TEST_CASE("ndjson: a description may read it too", "[server][feed][ndjson]") {
  Facts facts = example_facts();
  const auto items =
      description(R"({"feed": "x", "files": "x.ndjson", "format": {"layout": "ndjson"},
      "numbers": {"decimal_point": ","},
      "records": [{"kind": "articles", "fields": {"code": "id", "safety_stock": "stock"}}]})");
  const Import read =
      import(facts, {file("x.ndjson", "{\"id\": \"A\", \"stock\": \"1,5\"}\n")}, {items});
  INFO(troubles(read));
  CHECK(read.report.rows_accepted() == 1);
  const Import lacking = import(facts, {file("x.ndjson", "{\"id\": \"A\"}\n")}, {items});
  CHECK(lacking.report.files.front().fault->code == FaultCode::wrong_header);
}

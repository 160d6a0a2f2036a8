#include "server/feed/feed_description.hpp"

#include "rules/json_tree.hpp"

#include "tests/catch.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

using engine::base::FaultCode;
using namespace server::feed;

namespace {

// The smallest description with `more` members put into it.
std::string with(const std::string& more, const std::string& fields = R"("code": "A")") {
  return R"({"feed": "x", "files": "x.csv", "records": [{"kind": "articles", "fields": {)" +
         fields + "}}]" + (more.empty() ? "" : ", " + more) + "}";
}

engine::base::Fault refusal(const std::string& json) {
  INFO(json);
  const auto read = parse_feed_description(json);
  REQUIRE_FALSE(read);
  return read.error();
}

void check_refused(const std::string& json, const std::string& pointer, const std::string& reason) {
  const auto fault = refusal(json);
  INFO(json);
  CHECK(fault.code == FaultCode::bad_feed_description);
  CHECK(fault.where == pointer);
  CHECK_THAT(fault.detail, Catch::Matchers::Contains(reason));
}

}  // namespace

TEST_CASE("feed description: what is left out has the default",
          "[server][feed][feed_description]") {
  const auto read = parse_feed_description(with(""));
  REQUIRE(read);
  CHECK(read->name == "x");
  CHECK(read->format.csv.separator == ",");
  CHECK(read->format.csv.quote == '"');
  CHECK(read->format.header);
  CHECK(read->format.trim);
  CHECK(read->numbers.is_canonical());
  CHECK(read->records.front().fields.front().source.text == "A");
}

TEST_CASE("feed description: every member is read", "[server][feed][feed_description]") {
  const auto read = parse_feed_description(R"({
    "$schema": "s", "feed": "full", "description": "all of it", "files": ["a*.csv", "b?.txt"],
    "format": {"separator": "+|", "row_end": "&|\n", "quote": "'", "encoding": "latin-1", "header": false, "columns": ["A", "-", "-", "B"],
               "extra_columns": "ignore_empty", "missing_columns": "empty", "trim": false, "empty_values": ["NULL"]},
    "numbers": {"decimal_point": ",", "thousands_separator": ".", "trailing_minus": true},
    "dates": {"formats": ["%d.%m.%Y %H:%M"], "open": "31.12.9999 00:00", "end": "exclusive"},
    "joins": {"j": {"file": "j.csv", "format": {"columns": ["k", "v"]}, "key": "k", "on": "A", "rows": "all", "missing": "empty"}},
    "skip": [{"when": {"any": [{"value": "A", "in": ["1", "2"]}, {"not": {"found": "j"}}]}, "reason": {"column": "j.v"}}],
    "records": [{"kind": "articles", "distinct": "first", "when": {"all": [{"value": "A", "empty": false}, {"value": "B", "equals": ""}]},
                 "fields": {"code": {"first": [{"join": ["A", {"constant": "z"}], "separator": "/"}, "B"]},
                            "safety_stock": {"add": ["A", {"subtract": ["B", {"multiply": ["A", "B"]}]}]},
                            "status": {"map": "A", "values": {"1": "x"}, "else": "B"},
                            "name": {"date": "A", "formats": "%Y-%m-%d", "end": "last_day"}}}]
  })");
  if (!read) FAIL(read.error().where + ": " + read.error().detail);
  CHECK(read->format.encoding == Encoding::latin1);
  CHECK(read->format.columns.size() == 4);
  CHECK(read->joins.front().format.csv.separator == "+|");
  CHECK(read->joins.front().rows == Join::Rows::all);
  CHECK(read->joins.front().may_miss);
  CHECK(read->end == EndMeaning::exclusive);
  CHECK(read->records.front().distinct);
  CHECK(read->reads("a2026.csv"));
  CHECK(read->reads("bx.txt"));
  CHECK_FALSE(read->reads("b.txt"));
}

TEST_CASE("feed description: an unknown member is refused with the known ones",
          "[server][feed][feed_description]") {
  check_refused(with(R"("recods": [])"), "/recods", "records");
  check_refused(with(R"("format": {"seperator": ";"})"), "/format/seperator", "separator");
  check_refused(with("", R"("code": {"column": "A", "trim": true})"), "/records/0/fields/code/trim",
                "column");
  check_refused(with("", R"("code": {"lookup": "A"})"), "/records/0/fields/code", "a source is");
  check_refused(with(R"("skip": [{"when": {"column": "A"}, "reason": "r"}])"),
                "/skip/0/when/column", "all, any");
}

TEST_CASE("feed description: missing and ill-typed members are refused",
          "[server][feed][feed_description]") {
  check_refused("[]", "", "an object is expected here, not an array");
  check_refused(R"({"feed": "x", "files": "x.csv"})", "", "'records' is missing");
  check_refused(R"({"feed": "x", "files": [], "records": []})", "/files", "at least one");
  check_refused(R"({"feed": "x y", "files": "x", "records": []})", "/feed", "a name");
  check_refused(R"({"feed": "x", "files": "x", "records": []})", "/records", "at least one record");
  check_refused(R"({"feed": "x", "files": "x", "records": [{"kind": "prices", "fields": {}}]})",
                "/records/0/kind", "no such kind");
  check_refused(with(R"("format": {"header": "yes"})"), "/format/header",
                "true or false is expected here, not a string");
  check_refused(with(R"("format": {"encoding": "utf-16"})"), "/format/encoding",
                "utf-8, latin-1, windows-1252");
  check_refused(with(R"("format": {"quote": "''"})"), "/format/quote", "one character");
  check_refused(with("", R"("code": 5)"), "/records/0/fields/code",
                "an object is expected here, not a number");
  CHECK(refusal("{").code == FaultCode::bad_json);
  CHECK(refusal("{").where == "line 1, column 1");
}

TEST_CASE("feed description: formats that contradict themselves are refused",
          "[server][feed][feed_description]") {
  check_refused(with(R"("format": {"separator": ""})"), "/format", "separator");
  check_refused(with(R"("format": {"separator": "\""})"), "/format", "separator");
  check_refused(with(R"("format": {"separator": "|", "row_end": "|"})"), "/format", "separator");
  check_refused(with(R"("format": {"header": false})"), "", "must name the columns");
  check_refused(with(R"("format": {"columns": ["A"]})"), "", "without a header");
  check_refused(with(R"("format": {"header": false, "columns": ["A", "-", "-", "A"]})"),
                "/format/columns", "'A' stands twice");
  check_refused(with(R"("numbers": {"decimal_point": ",", "thousands_separator": ","})"),
                "/numbers", "must differ");
  check_refused(with(R"("numbers": {"decimal_point": "1"})"), "/numbers", "neither digit");
  check_refused(with(R"("dates": {"formats": "%Y"})"), "/dates/formats",
                "a year, a month and a day");
  check_refused(with(R"("dates": {"formats": "%Y-%m-%d %H:%M"})"), "/dates", "'end' must say");
}

TEST_CASE("feed description: joins, tests and records are checked",
          "[server][feed][feed_description]") {
  check_refused(with(R"("joins": {"j": {"file": "j.csv", "key": ["a", "b"], "on": "A"}})"),
                "/joins/j", "same number");
  check_refused(with(R"("joins": {"j": {"file": "j.csv", "key": "a", "on": "A", "rows": "some"}})"),
                "/joins/j/rows", "one, first, all");
  check_refused(with(R"("skip": [{"when": {"value": "A"}, "reason": "r"}])"), "/skip/0/when",
                "one of: equals");
  check_refused(
      with(R"("skip": [{"when": {"value": "A", "equals": "1", "in": ["2"]}, "reason": "r"}])"),
      "/skip/0/when", "one of: equals");
  check_refused(with(R"("skip": [{"when": {"all": []}, "reason": "r"}])"), "/skip/0/when/all",
                "at least one test");
  check_refused(with(R"("skip": [{"when": {"all": [], "any": []}, "reason": "r"}])"),
                "/skip/0/when", "one of");
  check_refused(
      R"({"feed": "x", "files": "x", "records": [{"kind": "stock", "distinct": "first", "fields": {"article": "A"}}]})",
      "/records/0", "with a code");
}

TEST_CASE("feed description: sources and tests stand at most 16 deep",
          "[server][feed][feed_description]") {
  const auto nested = [](int depth) {
    std::string source = R"("A")";
    for (int i = 0; i < depth; ++i) source = R"({"first": [)" + source + "]}";
    return with("", R"("code": )" + source);
  };
  CHECK(parse_feed_description(nested(15)));
  CHECK_THAT(refusal(nested(16)).detail, Catch::Matchers::Contains("too deep"));
}

TEST_CASE("feed description: file patterns", "[server][feed][feed_description]") {
  CHECK(fits_pattern("prices_2026.csv", "prices*.csv"));
  CHECK(fits_pattern("prices.csv", "prices*.csv"));
  CHECK(fits_pattern("a.b.csv", "*.csv"));
  CHECK(fits_pattern("abcabc", "*abc"));
  CHECK(fits_pattern("x", "?"));
  CHECK(fits_pattern("", "*"));
  CHECK_FALSE(fits_pattern("prices.csv.bak", "prices*.csv"));
  CHECK_FALSE(fits_pattern("", "?"));
  CHECK_FALSE(fits_pattern("Prices.csv", "prices.csv"));
}

TEST_CASE("feed description: a folder is read in order of name, and a name stands once",
          "[server][feed][feed_description]") {
  const auto folder =
      std::filesystem::temp_directory_path() / ("netto_descriptions_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto write = [&](const char* name, const std::string& text) {
    std::ofstream{folder / name} << text;
  };
  write("b.json", with(""));
  write("notes.txt", "not read");
  CHECK(read_feed_descriptions(folder.string())->size() == 1);
  CHECK(read_feed_descriptions((folder / "b.json").string())->size() == 1);
  write("c.json", with(""));
  auto twice = read_feed_descriptions(folder.string());
  REQUIRE_FALSE(twice);
  CHECK(twice.error().where == (folder / "c.json").string() + ", /feed");
  write("c.json", with(R"("wrong": 1)"));
  CHECK(read_feed_descriptions(folder.string()).error().where ==
        (folder / "c.json").string() + ", /wrong");
  CHECK(read_feed_descriptions((folder / "none.json").string()).error().code ==
        FaultCode::file_missing);
  std::filesystem::remove_all(folder);
}

TEST_CASE("feed description: the published schema is JSON and knows every kind of record",
          "[server][feed][feed_description]") {
  const auto text = read_file(std::string{NETTO_SOURCE_DIR} + "/server/feed/feed.schema.json");
  REQUIRE(text);
  const auto schema = rules::parse_json(*text);
  REQUIRE(schema);
  const auto* record = schema->find("$defs")->find("record");
  const auto kinds = record->find("properties")->find("kind")->find("enum")->items();
  REQUIRE(kinds.size() == kind_count);
  for (std::size_t i = 0; i < kind_count; ++i) {
    CHECK(kinds[i].text() == kind_name(static_cast<Kind>(i)));
  }
}

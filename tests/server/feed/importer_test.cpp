#include "server/feed/importer.hpp"

#include "tests/server/feed/feed_fixture.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>

using namespace tests::feed;
using server::feed::FileUse;
using server::feed::Kind;

namespace {

const FeedFile currencies = file("currencies.csv", "code,decimals\nEUR,2\nUSD,2\n");
const FeedFile two_articles = file("articles.csv", "code,name\nA,Anvil\nB,Bolt\n");

const FileReport& first(const Import& import) { return import.report.files.front(); }

std::uint64_t records(const Import& import, Kind kind) {
  return import.report.records[static_cast<std::size_t>(kind)];
}

// The fault of the first file, after a check that nothing was put.
engine::base::Fault file_fault(std::vector<FeedFile> files,
                               const std::vector<FeedDescription>& descriptions = {}) {
  Facts facts = example_facts();
  const Import read = import(facts, std::move(files), descriptions);
  REQUIRE(read.report.has_fault());
  CHECK(read.batch.empty());
  CHECK(dump(facts) == dump(example_facts()));
  for (const FileReport& report : read.report.files) CHECK(report.rows_read == 0);
  CHECK_FALSE(describe(first(read)).empty());
  return first(read).fault.value_or(engine::base::Fault{});
}

// Prices with a German way of writing.
const char* const german = R"({
  "feed": "german", "files": "preise*.csv",
  "format": {"separator": ";", "encoding": "latin-1", "extra_columns": "ignore_empty", "empty_values": ["-", "NULL"]},
  "numbers": {"decimal_point": ",", "thousands_separator": "."},
  "dates": {"formats": ["%d.%m.%Y", "%Y%m%d"], "open": "31.12.9999"},
  "records": [
    {"kind": "articles", "distinct": "first", "fields": {"code": "Artikel", "name": "Bezeichnung"}},
    {"kind": "conditions", "when": {"not": {"value": "Preis", "empty": true}},
     "fields": {"type": {"constant": "price"}, "article": "Artikel", "value": "Preis", "currency": {"constant": "EUR"},
                "from_quantity": "ab Menge", "valid_from": "von", "valid_to": "bis"}}
  ]
})";

Import import_german(Facts& facts, const std::string& rows) {
  return import(
      facts,
      {file("preise.csv", "Artikel;Bezeichnung;Preis;ab Menge;von;bis\n" + rows), currencies},
      {description(german)});
}

}  // namespace

TEST_CASE("importer: files go in by the order of their kinds, whatever their own order",
          "[server][feed][importer]") {
  Facts facts = example_facts();
  const Import read =
      import(facts, {file("conditions.csv", "type,article,value,currency\nprice,A,1.5,EUR\n"),
                     two_articles, currencies});
  INFO(troubles(read));
  CHECK(read.report.rows_read() == 5);
  CHECK(read.report.rows_accepted() == 5);
  CHECK(facts.record_count() == 1);
  CHECK(records(read, Kind::articles) == 2);
}

TEST_CASE("importer: a parent may come after its child, in the same file or another",
          "[server][feed][importer]") {
  Facts facts = example_facts();
  const Import read = import(facts, {file("article_groups.csv", "code,parent\nD,C\nC,B\nB,A\nA,\n"),
                                     file("customer_groups.csv", "code,parent,rank\ny,x,1\nx,,2\n"),
                                     file("customers.csv", "code,parent\nP,Q\nQ,\n")});
  INFO(troubles(read));
  CHECK(read.report.rows_refused() == 0);
  CHECK(records(read, Kind::article_groups) == 4);
  Facts again = example_facts();
  REQUIRE(server::feed::replay_batch(again, read.batch));
  CHECK(dump(again) == dump(facts));
}

TEST_CASE("importer: a parent that never comes, and parents in a circle, refuse their rows",
          "[server][feed][importer]") {
  Facts facts = example_facts();
  const Import read =
      import(facts, {file("article_groups.csv", "code,parent\nA,B\nB,A\nC,none\nD,\nE,D\n")});
  CHECK(first(read).rows_accepted == 2);
  REQUIRE(first(read).rows_refused == 3);
  CHECK(describe(first(read).refused_rows[2]) ==
        "article_groups.csv, line 4, column parent, value 'none': 'none' is not known; import it "
        "first (unknown_article_group)");
}

TEST_CASE("importer: a duplicate within an import is refused, the first one kept",
          "[server][feed][importer]") {
  Facts facts = example_facts();
  const Import read =
      import(facts, {file("articles.csv", "code,name\nA,Anvil\nA,Axe\n"), currencies,
                     file("conditions.csv",
                          "type,article,value,currency,key\nprice,A,1,EUR,\nprice,A,2,EUR,\n"
                          "price,A,3,EUR,K\nprice,A,4,EUR,K\n")});
  CHECK(read.report.rows_refused() == 3);
  CHECK(facts.articles().items.front().name == "Anvil");
  const auto& refused = read.report.files[2].refused_rows;
  REQUIRE(refused.size() == 2);
  CHECK(refused[0].code == FaultCode::duplicate_key);
  CHECK(refused[0].line == 3);
  CHECK(refused[0].value == "price,A,2,EUR,");
  CHECK(refused[1].line == 5);
}

TEST_CASE("importer: a later import replaces what an earlier one has put",
          "[server][feed][importer]") {
  Facts facts = example_facts();
  const FeedFile price = file("conditions.csv", "type,article,value,currency\nprice,A,1.5,EUR\n");
  import(facts, {two_articles, currencies, price});
  const Import again = import(facts, {price, file("articles.csv", "code,name\nA,Axe\n")});
  CHECK(again.report.rows_refused() == 0);
  CHECK(facts.record_count() == 1);
  CHECK(facts.articles().items.front().name == "Axe");
}

TEST_CASE("importer: a German export is read by its description", "[server][feed][importer]") {
  Facts facts = example_facts();
  const Import read = import_german(facts,
                                    "A1;K\xF6nigskrone;1.234,50;1.000;01.02.2026;31.12.9999\n"
                                    " A1 ;Krone;  99,9  ;-;20260201;31.12.2026;;\n"
                                    "A2;ohne Preis;NULL;-;-;-;\n");
  INFO(troubles(read));
  CHECK(first(read).rows_accepted == 3);
  CHECK(records(read, Kind::articles) == 2);
  CHECK(records(read, Kind::conditions) == 2);
  CHECK(facts.articles().items.front().name == "K\xC3\xB6nigskrone");
  CHECK(read.batch.find("2,price,A1,1234.50,EUR,1000,2026-02-01,\n") != std::string::npos);
  CHECK(read.batch.find("3,price,A1,99.9,EUR,,2026-02-01,2026-12-31\n") != std::string::npos);
}

TEST_CASE("importer: refused rows name file, line, source column, value, code and reason",
          "[server][feed][importer]") {
  Facts facts = example_facts();
  const Import read = import_german(facts,
                                    "A1;x;12.34;1;01.02.2026;-\n"
                                    "A1;x;12,34;1;29.02.2026;-\n"
                                    "A1;x;12,34;1;-\n"
                                    "A1;x;12,34;1;-;-;more\n"
                                    "A1;\"x\ny;12,34\n"
                                    ";x;12,34;1;-;-\n"
                                    "A1;x;12,34;1;-;-\n");
  const auto& refused = first(read).refused_rows;
  CHECK(first(read).rows_read == 8);  // the broken quote's second line stands alone
  CHECK(first(read).rows_accepted == 1);
  REQUIRE(refused.size() == 7);
  CHECK(describe(refused[0]) ==
        "preise.csv, line 2, column Preis, value '12.34': '12.34' has a thousands separator in the "
        "wrong place (bad_number)");
  CHECK(describe(refused[1]) ==
        "preise.csv, line 3, column von, value '29.02.2026': '29.02.2026' is refused: the calendar "
        "has no such day (bad_date)");
  CHECK(describe(refused[2]) ==
        "preise.csv, line 4, value 'A1;x;12,34;1;-': the row has 5 columns instead of 6 "
        "(wrong_columns)");
  CHECK(refused[3].code == FaultCode::wrong_columns);
  CHECK(refused[4].code == FaultCode::bad_text);
  CHECK(refused[5].code == FaultCode::wrong_columns);
  CHECK(refused[6].code == FaultCode::missing_value);
  CHECK(refused[6].column == "Artikel");
}

TEST_CASE(
    "importer: a row refused over one record leaves out what would follow, and keeps the masters",
    "[server][feed][importer]") {
  Facts facts = example_facts();
  const Import read = import_german(facts, "A1;x;kostenlos;1;-;-\n");
  CHECK(first(read).rows_refused == 1);
  CHECK(facts.articles().items.size() == 1);
  CHECK(facts.record_count() == 0);
  Facts again = example_facts();
  REQUIRE(server::feed::replay_batch(again, read.batch));
  CHECK(dump(again) == dump(facts));
}

TEST_CASE("importer: a file as a whole that can't be read stops the import before the first row",
          "[server][feed][importer]") {
  CHECK(file_fault({FeedFile{"x.csv", "/nonexistent/x.csv", "", ""}, two_articles}).code ==
        FaultCode::file_missing);
  CHECK(file_fault({FeedFile{"x.csv", NETTO_SOURCE_DIR, "", ""}}).code ==
        FaultCode::file_unreadable);
  CHECK(file_fault({file("x.csv",
                         "\xFD"
                         "7zXZ" +
                             std::string{"\0broken", 7})})
            .code == FaultCode::file_unreadable);
  CHECK(file_fault({file("articles.csv", "")}).code == FaultCode::wrong_header);
  CHECK(file_fault({file("articles.csv", "code,nmae\n")}).where == "nmae");
  CHECK(file_fault({file("prices.csv", "a,b\n1,2\n")}).code == FaultCode::wrong_header);
  CHECK(file_fault({file("articles.csv", std::string{"\xFF\xFE"
                                                     "c\0",
                                                     4})})
            .code == FaultCode::bad_encoding);
  CHECK(file_fault({file("articles.csv", "code,K\xF6ln\n")}).code == FaultCode::bad_encoding);
  FeedFile misled = two_articles;
  misled.feed = "no_such_feed";
  CHECK(file_fault({misled}).code == FaultCode::bad_feed_description);
}

TEST_CASE("importer: a wrong separator is told, with the one it seems to be",
          "[server][feed][importer]") {
  const auto semicolons = file_fault({file("articles.csv", "code;name\nA;Anvil\n")});
  CHECK(semicolons.code == FaultCode::wrong_delimiter);
  CHECK_THAT(semicolons.detail, Catch::Matchers::Contains("seems to be ';'"));
  const auto tabs =
      file_fault({file("preise.csv", "Artikel\tPreis\nA\t1\n")}, {description(german)});
  CHECK(tabs.code == FaultCode::wrong_delimiter);
  CHECK_THAT(tabs.detail,
             Catch::Matchers::Contains("not separated by ';'; the separator seems to be a tab"));
  const auto headerless = description(
      R"({"feed": "x", "files": "x.txt", "format": {"separator": "\t", "header": false, "columns": ["a", "b"]},
      "records": [{"kind": "articles", "fields": {"code": "a", "name": "b"}}]})");
  CHECK(file_fault({file("x.txt", "A+|Anvil\nB+|Bolt\n")}, {headerless}).code ==
        FaultCode::wrong_delimiter);
}

TEST_CASE("importer: a column that the description names and the file lacks is a wrong header",
          "[server][feed][importer]") {
  const auto fault = file_fault({file("preise.csv", "Artikel;Bezeichnung;Preis;ab Menge;von\n")},
                                {description(german)});
  CHECK(fault.code == FaultCode::wrong_header);
  CHECK(fault.where == "bis");
  CHECK_THAT(fault.detail, Catch::Matchers::Contains("it has Artikel, Bezeichnung"));
  CHECK(file_fault({file("preise.csv", "Artikel;Bezeichnung;Preis;ab Menge;von;bis;von\n")},
                   {description(german)})
            .code == FaultCode::wrong_header);
}

TEST_CASE("importer: a description with a column that its kind lacks is a fault",
          "[server][feed][importer]") {
  const auto wrong = description(
      R"({"feed": "x", "files": "x.csv", "records": [{"kind": "articles", "fields": {"code": "a", "colour": "a"}}]})");
  const auto fault = file_fault({file("x.csv", "a\nA\n")}, {wrong});
  CHECK(fault.code == FaultCode::bad_feed_description);
  CHECK(fault.where == "/records/0/fields");
  CHECK_THAT(fault.detail, Catch::Matchers::Contains("'colour' is no column of articles"));
}

TEST_CASE("importer: two descriptions that read one file are a fault", "[server][feed][importer]") {
  const char* const json =
      R"(", "files": "x.csv", "records": [{"kind": "articles", "fields": {"code": "a"}}]})";
  const std::vector<FeedDescription> both{description(std::string{R"({"feed": "one)"} + json),
                                          description(std::string{R"({"feed": "two)"} + json)};
  CHECK(file_fault({file("x.csv", "a\nA\n")}, both).code == FaultCode::bad_feed_description);
  Facts facts = example_facts();
  FeedFile chosen = file("x.csv", "a\nA\n");
  chosen.feed = "two";
  CHECK(first(import(facts, {chosen}, both)).feed == "two");
}

namespace {

const char* const joined = R"({
  "feed": "joined", "files": "prices.csv",
  "joins": {
    "articles": {"file": "items.csv", "key": "id", "on": "item"},
    "groups": {"file": "groups.csv", "key": ["kind", "id"], "on": [{"constant": "g"}, "articles.group"], "rows": "first"},
    "stops": {"file": "stops.csv", "key": "item", "on": "item", "missing": "empty"}
  },
  "skip": [
    {"when": {"found": "stops"}, "reason": {"column": "stops.why"}},
    {"when": {"all": [{"value": "price", "empty": true}, {"value": "articles.group", "in": ["1"]}]}, "reason": "no price"}
  ],
  "records": [
    {"kind": "articles", "distinct": "first", "fields": {"code": "articles.code", "name": "groups.name"}},
    {"kind": "conditions", "when": {"value": "kind", "equals": "p"},
     "fields": {"type": {"constant": "price"}, "article": "articles.code", "value": "price", "currency": {"constant": "EUR"}}}
  ]
})";

std::vector<FeedFile> joined_files(
    const std::string& prices, const std::string& items = "id,code,group\n1,A,1\n2,B,1\n3,C,\n") {
  return {file("prices.csv", "item,price,kind\n" + prices), file("items.csv", items),
          file("groups.csv", "kind,id,name\ng,1,Tools\ng,1,Other\n"),
          file("stops.csv", "item,why\n2,not sold\n"), currencies};
}

}  // namespace

TEST_CASE("importer: rows are joined, set aside with a reason and counted",
          "[server][feed][importer]") {
  Facts facts = example_facts();
  const Import read = import(facts, joined_files("1,1.5,p\n2,2.5,p\n1,,p\n3,4,x\n9,1,p\n,1,p\n"),
                             {description(joined)});
  INFO(troubles(read));
  const FileReport& report = first(read);
  CHECK(report.rows_read == 6);
  CHECK(report.rows_accepted == 2);
  CHECK(report.rows_set_aside == 2);
  CHECK(report.set_aside_reasons ==
        std::map<std::string, std::uint64_t>{{"no price", 1}, {"not sold", 1}});
  REQUIRE(report.rows_refused == 2);
  CHECK(describe(report.refused_rows[0]) ==
        "prices.csv, line 6, column articles.code: no row of items.csv has the key '9' "
        "(missing_value)");
  CHECK(report.refused_rows[1].line == 7);
  CHECK(facts.articles().items[0].name == "Tools");
  CHECK(facts.articles().items[1].name.empty());
  CHECK(facts.record_count() == 1);
  CHECK(read.report.files[1].use == FileUse::look_up);
  CHECK(read.report.rows_read() == 8);
}

TEST_CASE("importer: a row that no record applies to is set aside, never dropped",
          "[server][feed][importer]") {
  Facts facts = example_facts();
  const auto only_p = description(R"({"feed": "x", "files": "x.csv",
      "records": [{"kind": "articles", "when": {"value": "t", "equals": "p"}, "fields": {"code": "a"}}]})");
  const Import read = import(facts, {file("x.csv", "a,t\nA,p\nB,q\n")}, {only_p});
  CHECK(first(read).rows_accepted == 1);
  CHECK(first(read).set_aside_reasons.at("no record of the feed description applies") == 1);
}

TEST_CASE("importer: a look-up that is missing, ambiguous or broken is a fault of its file",
          "[server][feed][importer]") {
  auto files = joined_files("1,1,p\n");
  files.erase(files.begin() + 1);
  const auto missing = file_fault(std::move(files), {description(joined)});
  CHECK(missing.code == FaultCode::file_missing);
  CHECK(missing.where == "articles");
  Facts facts = example_facts();
  const auto second = [&](std::vector<FeedFile> inputs) {
    const Import read = import(facts, std::move(inputs), {description(joined)});
    return read.report.files[1].fault.value_or(engine::base::Fault{});
  };
  CHECK(second(joined_files("1,1,p\n", "id,code,group\n1,A,1\n1,B,1\n")).code ==
        FaultCode::duplicate_key);
  CHECK(second(joined_files("1,1,p\n", "id,code,group\n1,A,1\n1,B,1\n")).where == "line 3");
  CHECK(second(joined_files("1,1,p\n", "id,code\n1,A\n")).code == FaultCode::wrong_header);
  CHECK(second(joined_files("1,1,p\n", "id,code,group\n1,A\n")).code == FaultCode::wrong_columns);
}

TEST_CASE("importer: all rows of a key come as a list", "[server][feed][importer]") {
  Facts facts = example_facts();
  const auto members = description(R"({"feed": "x", "files": "customer.csv",
      "joins": {"m": {"file": "member.csv", "key": "customer", "on": "id", "rows": "all", "missing": "empty"}},
      "records": [{"kind": "customers", "fields": {"code": "id", "groups": "m.group"}}]})");
  const Import read = import(
      facts,
      {file("customer.csv", "id\nC1\nC2\n"), file("member.csv", "customer,group\nC1,x\nC1,y\n"),
       file("customer_groups.csv", "code\nx\ny\n")},
      {members});
  INFO(troubles(read));
  CHECK(facts.customers().items[0].groups.size() == 2);
  CHECK(facts.customers().items[1].groups.empty());
}

TEST_CASE("importer: sources calculate exactly, and say what they can't",
          "[server][feed][importer]") {
  Facts facts = example_facts();
  const auto sums =
      description(R"({"feed": "x", "files": "x.csv", "numbers": {"decimal_point": ","},
      "records": [{"kind": "articles", "fields": {"code": "id",
        "safety_stock": {"subtract": [{"add": ["a", {"constant": "0.30"}]}, {"multiply": ["b", {"constant": "100"}]}]},
        "status": {"map": "id", "values": {"A": "first", "B": "second"}}}}]})");
  const Import read = import(facts, {file("x.csv", "id;a;b\n")}, {sums});
  CHECK(first(read).fault.has_value());  // the separator is a comma here
  const Import again =
      import(facts, {file("x.csv", "id,a,b\nA,\"10,00\",\"0,02\"\nB,,1\nC,1,1\nA2,x,1\n")}, {sums});
  REQUIRE(first(again).rows_accepted == 2);
  CHECK(to_string_short(facts.articles().items[0].safety_stock.decimal()) == "8.3");
  CHECK(facts.articles().items[1].safety_stock == engine::base::Quantity{});
  const auto& refused = first(again).refused_rows;
  REQUIRE(refused.size() == 2);
  CHECK(describe(refused[0]) ==
        "x.csv, line 4, column id, value 'C': 'C' is none of the values that the feed description "
        "maps (bad_text)");
  CHECK(refused[1].column == "a");
  CHECK(refused[1].code == FaultCode::bad_number);
  const std::string huge(38, '9');
  const Import too_large =
      import(facts, {file("x.csv", "id,a,b\nA," + huge + "," + huge + "\n")}, {sums});
  CHECK(first(too_large).refused_rows.front().code == FaultCode::out_of_range);
}

TEST_CASE("importer: invalid UTF-8 refuses its row only", "[server][feed][importer]") {
  Facts facts = example_facts();
  const Import read =
      import(facts, {file("articles.csv", "code,name\nA,Anvil\nB,K\xF6nig\nC,K\xC3\xB6nig\n")});
  CHECK(first(read).rows_accepted == 2);
  REQUIRE(first(read).rows_refused == 1);
  CHECK(first(read).refused_rows[0].line == 3);
  CHECK(first(read).refused_rows[0].code == FaultCode::bad_encoding);
}

TEST_CASE("importer: a byte order mark does not hide the first column",
          "[server][feed][importer]") {
  Facts facts = example_facts();
  CHECK(import(facts, {file("articles.csv",
                            "\xEF\xBB\xBF"
                            "code,name\nA,Anvil\n")})
            .report.rows_accepted() == 1);
}

TEST_CASE("importer: a file that nothing reads is told, not refused, where descriptions are given",
          "[server][feed][importer]") {
  Facts facts = example_facts();
  const Import read = import(facts,
                             {file("preise.csv", "Artikel;Bezeichnung;Preis;ab Menge;von;bis\n"),
                              file("notes.csv", "what,ever\n"), file("more.csv", "a;b\n1;2\n")},
                             {description(german)});
  CHECK_FALSE(read.report.has_fault());
  CHECK(read.report.files[1].use == FileUse::not_read);
  CHECK(read.report.files[2].use == FileUse::not_read);
  const Import broken = import(facts, {file("articles.csv", "kode\nA\n")}, {description(german)});
  CHECK(broken.report.has_fault());  // its name says what it should be
}

TEST_CASE("importer: refused rows are kept up to a limit and counted beyond it",
          "[server][feed][importer]") {
  Facts facts = example_facts();
  std::string text = "code,groups\n";
  for (int i = 0; i < 100; ++i) text += "A" + std::to_string(i) + ",none\n";
  server::feed::ImportOptions options;
  options.refused_kept_max = 10;
  const Import read = server::feed::read_feed(facts, {file("articles.csv", text)}, {}, options);
  CHECK(first(read).rows_refused == 100);
  CHECK(first(read).refused_rows.size() == 10);
  CHECK(read.report.rows_refused() == 100);
}

TEST_CASE("importer: reasons for setting aside are told up to a limit and counted beyond it",
          "[server][feed][importer]") {
  Facts facts = example_facts();
  const auto all = description(
      R"({"feed": "x", "files": "x.csv", "skip": [{"when": {"value": "a", "empty": false}, "reason": {"column": "a"}}],
      "records": [{"kind": "articles", "fields": {"code": "a"}}]})");
  std::string text = "a\n";
  for (int i = 0; i < 500; ++i) text += std::to_string(i) + "\n";
  const Import read = import(facts, {file("x.csv", text)}, {all});
  CHECK(first(read).rows_set_aside == 500);
  CHECK(first(read).set_aside_reasons.size() == server::feed::set_aside_reasons_max);
  CHECK(first(read).set_aside_reasons.at("further reasons") ==
        500 - (server::feed::set_aside_reasons_max - 1));
}

TEST_CASE("importer: progress is told", "[server][feed][importer]") {
  Facts facts = example_facts();
  std::size_t calls = 0;
  server::feed::ImportOptions options;
  options.progress = [&](const server::feed::ImportProgress& progress) {
    ++calls;
    CHECK(progress.bytes_done <= progress.bytes_all);
    CHECK(progress.file == "articles.csv");
  };
  server::feed::read_feed(facts, {two_articles}, {}, options);
  CHECK(calls == 1);
}

TEST_CASE("importer: the files of a folder, one file, and what is not there",
          "[server][feed][importer]") {
  const auto folder =
      std::filesystem::temp_directory_path() / ("netto_files_at_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder / "deeper");
  for (const char* name : {"b.csv", "a.csv.xz", "c.tsv", "notes.md"})
    std::ofstream{folder / name} << "x";
  const auto files = server::feed::files_at(folder.string());
  REQUIRE(files);
  REQUIRE(files->size() == 3);
  CHECK(files->front().name == (folder / "a.csv.xz").string());
  CHECK(server::feed::files_at((folder / "notes.md").string())->size() == 1);
  CHECK(server::feed::files_at("-")->front().path == "-");
  CHECK(server::feed::files_at((folder / "none").string()).error().code == FaultCode::file_missing);
  std::filesystem::remove_all(folder);
}

TEST_CASE(
    "importer: mutated files never break it, every row is counted, and its batch always replays",
    "[server][feed][importer][property]") {
  std::mt19937 random{42};
  const std::string alphabet = ",;\"\n\r-.0A \x80\xC3\xA4";
  const auto mutated = [&](std::string text) {
    for (int change = static_cast<int>(random() % 6); change > 0 && !text.empty(); --change) {
      text[random() % text.size()] = alphabet[random() % alphabet.size()];
    }
    return text;
  };
  const auto descriptions = std::vector<FeedDescription>{description(joined), description(german)};
  int imported = 0;
  for (int round = 0; round < 3'000; ++round) {
    Facts facts = example_facts();
    auto files = joined_files("1,1.5,p\n2,2.5,p\n1,,p\n3,4,x\n");
    files.push_back(file("preise.csv",
                         "Artikel;Bezeichnung;Preis;ab "
                         "Menge;von;bis\nA1;x;1.234,50;1;01.02.2026;-\nA2;\"y\n\";3;;;\n"));
    files.push_back(file(
        "conditions.csv",
        "type,article,value,currency,valid_to,key\nprice,A,1,EUR,2026-01-01,k\nprice,B,2,EUR,,\n"));
    FeedFile& input = files[random() % files.size()];
    input.bytes = mutated(input.bytes);
    const Import read = import(facts, std::move(files), descriptions);
    for (const FileReport& report : read.report.files) {
      REQUIRE(report.rows_read ==
              report.rows_accepted + report.rows_set_aside + report.rows_refused);
      REQUIRE(report.refused_rows.size() == report.rows_refused);
    }
    if (read.report.has_fault()) continue;
    ++imported;
    Facts again = example_facts();
    const auto replayed = server::feed::replay_batch(again, read.batch);
    INFO(read.batch);
    REQUIRE(replayed);
    REQUIRE(dump(again) == dump(facts));
  }
  CHECK(imported > 100);
}

// The commands that answer - quote, explain, pricelist, serve - on the AdventureWorks example.
#include "rules/json_tree.hpp"
#include "server/cli/answer_view.hpp"
#include "server/cli/ask.hpp"
#include "server/cli/columns.hpp"
#include "server/cli/command.hpp"
#include "server/http/client.hpp"

#include "tests/catch.hpp"
#include "tests/server/cli/netto_run.hpp"
#include "tests/server/store/temporary_folder.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

using server::cli::Exit;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

using tests::Ran;

std::string text_of(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

Ran netto(const std::string& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"--data", folder});
  return tests::netto_run(arguments);
}

// The example, imported once for all cases.
const std::string& adventureworks() {
  static const tests::TemporaryFolder folder;
  static const std::string data = [] {
    const auto example = fs::path{NETTO_SOURCE_DIR} / "docs/examples";
    std::vector<std::string> arguments{"import"};
    for (const char* part : {"rules", "feeds", "masters", "charges.csv", "offer_exceptions.csv"}) {
      arguments.push_back(example / "adventureworks" / part);
    }
    arguments.push_back(example / "canonical/currencies.csv");
    const auto imported = netto(folder.path() + "/data", arguments);
    INFO(imported.err);
    REQUIRE(imported.exit == Exit::ok);
    return folder.path() + "/data";
  }();
  return data;
}

Ran dealer(const std::string& verb, std::vector<std::string> more) {
  more.insert(more.begin(),
              {verb, "--customer", "AW00000634", "--channel", "reseller", "--date", "2024-06-12"});
  return netto(adventureworks(), more);
}

}  // namespace

TEST_CASE("ask: a line is article, quantity, unit; a code may have colons of its own", "[server]") {
  const auto [argument, article, quantity, unit] =
      GENERATE(table<std::string, std::string, std::string, std::string>({
          {"A1", "A1", "", ""},
          {"A1:5", "A1", "5", ""},
          {"A1:2.5:KGM", "A1", "2.5", "KGM"},
          {"A1:-1", "A1", "-1", ""},
          {"A:B", "A:B", "", ""},
          {"A:B:12", "A:B", "12", ""},
          {"A:B:12:BOX", "A:B", "12", "BOX"},
          {"A1:", "A1:", "", ""},
          {":5", ":5", "", ""},
          {"4711:12", "4711", "12", ""},
      }));
  const auto line = server::cli::parse_line(argument);
  CHECK(line.article == article);
  CHECK(line.quantity == quantity);
  CHECK(line.unit == unit);
}

TEST_CASE("columns: widths count characters, and a column that nobody uses takes no room",
          "[server]") {
  using server::cli::Align;
  using server::cli::Colour;
  server::cli::Columns columns{{Align::left, Align::left, Align::right}};
  columns.add({{"å", Colour::red}, "", "1"});
  columns.add({"abc", "", "22"});
  CHECK(columns.text("  ", false) == "  å     1\n  abc  22\n");
  CHECK(columns.text("", true) == "\x1b[31må\x1b[0m     1\nabc  22\n");
  CHECK(server::cli::shortened("åäöåäö", 6) == "åäöåäö");
  CHECK(server::cli::shortened("åäöåäöx", 6) == "åäöåä…");
}

TEST_CASE("quote: a table for people, CSV for spreadsheets, JSON for programs", "[server]") {
  const auto table = dealer("quote", {"CA-1098:12", "BK-T79Y-60"});
  CHECK(table.exit == Exit::ok);
  CHECK(table.err.empty());
  CHECK(table.says("reseller"));
  CHECK(table.says("AWC Logo Cap"));
  CHECK(table.says("5.2142"));
  CHECK(table.says("61.3190"));
  CHECK(table.says("100 or more"));
  CHECK(table.says("824.2214"));  // the total: 61.3190 + 762.9024
  CHECK_FALSE(table.says("\x1b["));

  const auto csv = dealer("quote", {"CA-1098:12", "--format", "csv"});
  CHECK(csv.out ==
        "line,id,article,name,quantity,unit,outcome,unit_price,price_unit,price_unit_of_measure,"
        "line_amount,currency,"
        "list_price,unit_price_discount,extended_amount,tax,freight,band,expected,source,document_"
        "kind,document,record,"
        "valid_until,reason,reason_code,notes\r\n"
        "1,,CA-1098,AWC Logo "
        "Cap,12,,priced,5.2142,1,,61.3190,USD,8.9900,0.02,62.5704,4.9055,1.5330,some,,list_price,"
        ",,row 14 (import 1 of aw_list_prices),2025-05-30,,,\r\n");

  const auto json = dealer("quote", {"CA-1098:12", "--format", "json"});
  const auto tree = rules::parse_json(json.out);
  REQUIRE(tree);
  CHECK(server::cli::text_at(tree->find("lines")->items()[0], "line_amount") == "61.3190");
  CHECK(json.out.back() == '\n');
}

TEST_CASE("quote: a line without a price is told with its reason, and by the exit code",
          "[server]") {
  const auto table = dealer("quote", {"CA-1098", "NO-SUCH"});
  CHECK(table.exit == Exit::findings);
  CHECK(table.says("No article has this code."));
  CHECK(table.says("5.3940"));
}

TEST_CASE("quote: what can't be answered is one line on stderr", "[server]") {
  const auto folder = adventureworks();
  const auto refused = [&](const std::vector<std::string>& arguments,
                           const std::string& complaint) {
    const auto outcome = netto(folder, arguments);
    INFO(outcome.err);
    CHECK(outcome.exit == Exit::bad_input);
    CHECK(outcome.out.empty());
    CHECK(outcome.complains(complaint));
  };
  refused({"quote", "--customer", "AW0000063", "CA-1098"}, "did you mean 'AW00000063'");
  refused({"quote", "--customer", "AW00000634", "CA-1098"}, "no pricing procedure applies");
  refused({"quote", "--customer", "AW00000634", "--channel", "reseller", "--currency", "QQQ",
           "CA-1098"},
          "currency");
  refused({"quote", "--customer", "AW00000634", "--date", "tomorrow", "CA-1098"}, "tomorrow");
  refused({"quote", "--customer", "AW00000634", "--field", "colour", "CA-1098"}, "NAME=VALUE");
  refused({"quote", "--customer", "AW00000634", "--field", "colour=red", "CA-1098"}, "colour");
  refused({"quote", "CA-1098"}, "--customer");
  refused({"quote", "--customer", "AW00000634"}, "ARTICLE");
  refused({"quote", "--json", "/nowhere.json"}, "can't be opened");
  refused({"quote", "--json", "/nowhere.json", "CA-1098"}, "says everything itself");
  CHECK(netto("/nowhere", {"quote", "--customer", "X", "Y"}).exit != Exit::ok);
}

TEST_CASE("quote: a question may come as a file", "[server]") {
  const tests::TemporaryFolder folder;
  const auto file = folder.path() + "/basket.json";
  std::ofstream{file} << R"({"customer":"AW00000634","channel":"reseller","date":"2024-06-12",
                             "lines":[{"id":"x","article":"CA-1098","quantity":12.0}]})";
  const auto table = netto(adventureworks(), {"quote", "--json", file});
  CHECK(table.exit == Exit::ok);
  CHECK(table.says("61.3190"));
  const auto explained = netto(adventureworks(), {"explain", "--json", file});
  CHECK(explained.exit == Exit::ok);
  CHECK(explained.says("promotion 2 (Volume Discount 11 to 14)"));
  std::ofstream{file} << "{";
  CHECK(netto(adventureworks(), {"quote", "--json", file}).complains("not valid JSON"));
  CHECK(netto(adventureworks(), {"explain", "--json", file}).complains("line 1"));
}

TEST_CASE("explain: steps, winners with document and row, losers with the reason, roundings",
          "[server]") {
  const auto text = dealer("explain", {"BK-T18Y-44:12", "NO-SUCH"});
  CHECK(text.exit == Exit::findings);
  for (const char* said :
       {"line 1  BK-T18Y-44  Touring-3000 Yellow, 44  x 12", "List price of the day",
        "promotion 13 (Touring-3000 Promotion)", "loses by highest value", "11 to 14",
        "2024-05-29 to 2024-08-28", "15 %", "rounded from 272.59092",
        "unit price 334.0575, amount 3407.3865 USD", "No article has this code."}) {
    INFO(said);
    CHECK(text.says(said));
  }
  const auto csv = dealer("explain", {"BK-T18Y-44:12", "--format", "csv"});
  CHECK(csv.out.starts_with("line,article,step,title,skipped,amount,before_rounding,outcome,why,"));
  CHECK(
      csv.says("1,BK-T18Y-44,offer,Best offer for resellers at this "
               "quantity,,0.15,,lost,comparator highest_value,"));
  CHECK(dealer("explain", {"CA-1098", "--format", "json"}).says("\"waterfall\":["));
}

TEST_CASE("quote: --ladder tells from which quantity on a line costs what", "[server][ladder]") {
  const auto table = dealer("quote", {"--ladder", "CA-1098:12", "NO-SUCH"});
  CHECK(table.exit == Exit::findings);
  CHECK(table.says("line 1  CA-1098 from"));
  CHECK(table.says("of promotion 3"));
  CHECK_FALSE(table.says("line 2  NO-SUCH from"));
  CHECK_FALSE(dealer("quote", {"CA-1098:12"}).says("CA-1098 from"));
  const auto csv = dealer("quote", {"--ladder", "CA-1098:12", "--format", "csv"});
  CHECK(csv.out.starts_with("line,article,unit,from,outcome,unit_price,price_unit,"));
  CHECK(csv.says("\r\n1,CA-1098,,1,priced,5.3940,1,,5.3940,USD,list_price,"));
  CHECK(csv.says("\r\n1,CA-1098,,11,priced,5.2142,"));
  CHECK(csv.says("\r\n1,CA-1098,,15,priced,4.9445,"));
  CHECK(dealer("quote", {"--ladder", "CA-1098", "--format", "json"}).says("\"ladder\":{"));
  const tests::TemporaryFolder folder;
  const auto file = folder.path() + "/basket.json";
  std::ofstream{file} << R"({"customer":"AW00000634","channel":"reseller","date":"2024-06-12",
                             "ladder":false,"lines":[{"article":"CA-1098"}]})";
  CHECK(netto(adventureworks(), {"quote", "--ladder", "--json", file}).says("CA-1098 from"));
}

TEST_CASE("pricelist: every article, the same prices as one by one", "[server]") {
  const auto list = dealer("pricelist", {});
  CHECK(list.exit == Exit::ok);
  CHECK(list.out.starts_with(
      "article,name,quantity,unit,currency,price_unit,unit_price,price_unit_of_measure,outcome,"
      "document,valid_until,band,expected\r\n"));
  CHECK(std::count(list.out.begin(), list.out.end(), '\n') == 505);
  CHECK(list.says("\r\nCA-1098,AWC Logo Cap,1,,USD,1,5.3940,,priced,,2025-11-30,some,\r\n"));
  CHECK(list.says("\r\nCN-6137,Chainring Nut,1,,,,,,no_price,,,many,\r\n"));
  const auto priced = dealer("pricelist", {"--only-priced", "--quantity", "12"});
  CHECK_FALSE(priced.says("no_price"));
  CHECK(priced.says("\r\nCA-1098,AWC Logo Cap,12,,USD,1,5.2142,"));
  const auto lines = dealer("pricelist", {"--format", "json"});
  CHECK(lines.out.starts_with("{\"article\":"));
  CHECK(lines.says(
      R"({"article":"CA-1098","name":"AWC Logo Cap","quantity":"1","currency":"USD","price_unit":1,"unit_price":"5.3940")"));
}

TEST_CASE("pricelist: a file is complete or not there", "[server]") {
  const tests::TemporaryFolder folder;
  const auto file = folder.path() + "/list.csv";
  std::ofstream{file} << "old";
  const auto written = dealer("pricelist", {"--output", file});
  CHECK(written.exit == Exit::ok);
  CHECK(written.out.empty());
  CHECK(written.complains("504 articles"));
  CHECK(text_of(fs::path{file}) == dealer("pricelist", {}).out);
  CHECK(std::distance(fs::directory_iterator{folder.path()}, fs::directory_iterator{}) == 1);

  const auto nowhere = dealer("pricelist", {"--output", folder.path() + "/none/list.csv"});
  CHECK(nowhere.exit == Exit::world_failed);
  CHECK(dealer("pricelist", {"--quantity", "0"}).exit == Exit::bad_input);
  CHECK(dealer("pricelist", {"--quantity", "x"}).complains("--quantity"));
  CHECK(dealer("pricelist", {"--format", "table"}).exit == Exit::bad_input);
  CHECK(netto(adventureworks(), {"pricelist", "--customer", "X"}).exit == Exit::bad_input);
  // A device that is always full.
  if (fs::exists("/dev/full")) {
    server::cli::Run run;
    run.out = std::fopen("/dev/full", "w");
    run.err = std::tmpfile();
    const std::vector<std::string> arguments{"--data",     adventureworks(), "pricelist",
                                             "--customer", "AW00000634",     "--channel",
                                             "reseller"};
    CHECK(server::cli::run_netto(arguments, run) == Exit::world_failed);
    std::fclose(run.out);
    std::fclose(run.err);
  }
}

TEST_CASE(
    "serve: a node answers over HTTP, takes up what is imported beside it, and stops when told",
    "[http]") {
  const char* binary = std::getenv("NETTO");
  if (binary == nullptr) {
    WARN("skipped: NETTO does not name the binary");
    return;
  }
  const tests::TemporaryFolder folder;
  fs::copy(adventureworks(), folder.path() + "/data", fs::copy_options::recursive);
  const auto command = "exec '" + std::string{binary} + "' --data '" + folder.path() +
                       "/data' serve --follow --port 0 2>'" + folder.path() + "/messages'";
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const auto child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[0]);
    ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(ends[1]);
  std::FILE* said = ::fdopen(ends[0], "r");
  char line[200] = {};
  REQUIRE(std::fgets(line, sizeof line, said) != nullptr);
  std::string url{line};
  REQUIRE(url.starts_with("listening on http://127.0.0.1:"));
  url = url.substr(13, url.size() - 14);

  const auto ask = [&](const std::string& article) {
    return netto("/nowhere", {"quote", "--url", url, "--customer", "AW00000634", "--channel",
                              "reseller", "--date", "2024-06-12", article});
  };
  Ran first;
  for (int i = 0; i < 200 && !(first = ask("CA-1098:12")).says("61.3190"); ++i)
    std::this_thread::sleep_for(10ms);
  CHECK(first.says("61.3190"));
  CHECK(ask("NEW-1").says("No article has this code."));

  std::ofstream{folder.path() + "/articles.csv"} << "code,name\nNEW-1,A novelty\n";
  CHECK(netto(folder.path() + "/data", {"import", folder.path() + "/articles.csv"}).exit ==
        Exit::ok);
  Ran second;
  for (int i = 0; i < 300 && !(second = ask("NEW-1")).says("A novelty"); ++i)
    std::this_thread::sleep_for(10ms);
  CHECK(second.says("No price was found"));

  ::kill(child, SIGTERM);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  std::fclose(said);
  CHECK(text_of(fs::path{folder.path() + "/messages"}).find("stopped") != std::string::npos);
  const auto gone = ask("CA-1098");
  CHECK(gone.exit == Exit::world_failed);
  CHECK(gone.complains("no node answers there"));
}

TEST_CASE("serve: an address or a folder that can't be used is told at once", "[server]") {
  const auto outside = netto(adventureworks(), {"serve", "--host", "0.0.0.0"});
  CHECK(outside.exit == Exit::bad_input);
  CHECK(outside.complains("loopback"));
  const auto nothing = netto("/nowhere", {"serve", "--port", "0"});
  CHECK(nothing.exit != Exit::ok);
  CHECK(nothing.complains("/nowhere"));
  CHECK(netto(adventureworks(), {"serve", "--port", "70000"}).exit == Exit::bad_input);
}

TEST_CASE("client: what is no address of a node", "[server]") {
  for (const char* bad :
       {"", "http://", "https://127.0.0.1:8080", "http://x:y", "http://:80", "ftp://x:123456"}) {
    INFO(bad);
    CHECK_FALSE(server::http::post_json(bad, "/", "{}"));
  }
}

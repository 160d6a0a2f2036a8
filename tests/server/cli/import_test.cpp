#include "tests/catch.hpp"
#include "tests/server/cli/netto_run.hpp"
#include "tests/server/node/small_company.hpp"
#include "tests/server/store/temporary_folder.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

namespace fs = std::filesystem;
using server::cli::Exit;
using tests::netto_run;
using tests::Ran;
using tests::write_file;

struct Company {
  tests::TemporaryFolder folder;
  std::string files = folder.path() + "/files";
  std::string data = folder.path() + "/data";

  Company() { tests::write_small_company(files); }

  Ran import(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--data", data, "import"});
    return netto_run(arguments);
  }
};

std::string text_of(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

TEST_CASE("netto import: files and folders go in, and the report counts every row",
          "[server][cli]") {
  const Company company;
  const Ran ran = company.import({company.files});
  INFO(ran.err);
  CHECK(ran.exit == Exit::ok);
  CHECK(ran.err.empty());
  CHECK(ran.says("result      imported\nsequence    1\ngeneration  1\nrules       base.json\n"));
  CHECK(ran.says("conditions.csv      conditions         4         4          0        0"));
  CHECK(ran.says("all                                   13        13          0        0"));
  CHECK(fs::exists(company.data + "/netto.db"));
}

TEST_CASE("netto import: refused rows are shown by place and reason, and can be written to a file",
          "[server][cli]") {
  const Company company;
  std::string stock = "article,warehouse,on_hand,reserved\nS-10,HQ,1x,0\nS-99,HQ,1,0\n";
  write_file(company.files + "/stock.csv", stock + "S-20,HQ,7,0\n");
  const std::string refused = company.folder.path() + "/refused.csv";
  const Ran ran = company.import({company.files, "--max-refused", "70", "--refused", refused});
  INFO(ran.err);
  CHECK(ran.exit == Exit::findings);
  CHECK(ran.says("stock.csv:2  on_hand  '1x'    bad_number"));
  CHECK(ran.says("stock.csv:3  article  'S-99'  unknown_article"));
  const std::string written = text_of(refused);
  CHECK(written.find("file,line,column,value,code,reason\r\n") == 0);
  CHECK(written.find(company.files + "/stock.csv,3,article,S-99,unknown_article,") !=
        std::string::npos);
}

TEST_CASE("netto import: too many refused rows change nothing and say so", "[server][cli]") {
  const Company company;
  write_file(company.files + "/stock.csv", "article,warehouse,on_hand\nS-10,HQ,1x\nS-20,HQ,7\n");
  const Ran ran = company.import({company.files});
  CHECK(ran.exit == Exit::bad_input);
  CHECK(
      ran.complains("stock.csv: 1 of 2 rows can't be used (50.0 %), more than the 10 % let "
                    "through; nothing was changed"));
  CHECK(ran.says("not imported; nothing was changed"));
  CHECK_FALSE(fs::exists(company.data));
}

TEST_CASE("netto import: all or nothing lets nothing in when one row can't be used",
          "[server][cli]") {
  const Company company;
  std::string stock = "article,warehouse,on_hand\nS-10,HQ,1x\n";
  write_file(company.files + "/stock.csv", stock + "S-20,HQ,7\n");
  const Ran ran = company.import({company.files, "--all-or-nothing", "--max-refused", "90"});
  CHECK(ran.exit == Exit::bad_input);
  CHECK(ran.complains("nothing was changed"));
  CHECK_FALSE(fs::exists(company.data));
}

TEST_CASE("netto import: CSV is one table, of the files; what guards found is told beside it",
          "[server][cli]") {
  const Company company;
  REQUIRE(company.import({company.files, "--format", "csv"}).out.starts_with("file,feed,read,"));
  write_file(company.folder.path() + "/guards.json", R"json({"feed": "conditions", "guards": {
    "price_jump": {"up": 50, "down": 30, "then": "flag"}}})json");
  REQUIRE(company.import({company.folder.path() + "/guards.json"}).exit == Exit::ok);
  write_file(company.files + "/conditions.csv",
             "type,article,value,currency,key\nbase_price,S-20,98.00,EUR,B-3\n");
  const Ran ran = company.import({company.files + "/conditions.csv", "--format", "csv"});
  INFO(ran.err);
  CHECK(ran.out.starts_with("file,feed,read,"));
  CHECK_FALSE(ran.says("price_jump"));
  CHECK(ran.complains("netto: conditions: price_jump (flag): "));
}

TEST_CASE("netto import: alike refused rows make room for others", "[server][cli]") {
  const Company company;
  std::string stock = "article,warehouse,on_hand\n";
  for (int i = 0; i < 20; ++i) stock += "S-10,HQ,x\n";
  write_file(company.files + "/stock.csv", stock + "S-99,HQ,1\n");
  const Ran ran = company.import({company.files});
  CHECK(ran.says("stock.csv:4 "));
  CHECK_FALSE(ran.says("stock.csv:5 "));
  CHECK(ran.says("stock.csv:22 "));
  CHECK(ran.says("and 17 more (--refused FILE.csv writes all of them)"));
}

TEST_CASE("netto import: what can't be read is named, with what to do", "[server][cli]") {
  const Company company;
  Ran ran = company.import({company.files + "/none.csv"});
  CHECK(ran.exit == Exit::bad_input);
  CHECK(ran.complains("none.csv: there is no such file or folder (file_missing)"));
  CHECK(ran.out.empty());
  write_file(company.files + "/stock.csv", "article;warehouse;on_hand\nS-10;HQ;1\n");
  ran = company.import({company.files});
  CHECK(ran.exit == Exit::bad_input);
  CHECK(ran.complains("stock.csv"));
  CHECK(ran.complains("(wrong_delimiter)"));
  CHECK_FALSE(fs::exists(company.data));
}

TEST_CASE("netto import: JSON has counts as numbers", "[server][cli]") {
  const Company company;
  const Ran ran = company.import({company.files, "--format", "json"});
  CHECK(ran.exit == Exit::ok);
  CHECK(ran.says("\"result\":\"imported\",\"sequence\":1,\"generation\":1"));
  CHECK(
      ran.says("\"file\":\"stock.csv\",\"feed\":\"stock\",\"read\":1,\"accepted\":1,\"set_aside\":"
               "0,\"refused\":0"));
}

TEST_CASE("netto: a wrong command line is told with what would be right", "[server][cli]") {
  CHECK(netto_run({}).exit == Exit::bad_input);
  CHECK(netto_run({}).complains("a command is missing"));
  const Ran typo = netto_run({"imprt"});
  CHECK(typo.exit == Exit::bad_input);
  CHECK(typo.complains("there is no command 'imprt'; did you mean 'import'"));
  CHECK(netto_run({"import"}).exit == Exit::bad_input);
  CHECK(netto_run({"import", "x", "--max-refused", "101"}).exit == Exit::bad_input);
  CHECK(netto_run({"check", "--format", "xml"}).exit == Exit::bad_input);
  const Ran help = netto_run({"import", "--help"});
  CHECK(help.exit == Exit::ok);
  CHECK(help.says("Examples:"));
  CHECK(help.err.empty());
  CHECK(netto_run({"version"}).says("netto "));
}

TEST_CASE("netto: the program takes its folder from NETTO_DATA and returns the exit code",
          "[server][cli]") {
  const char* program = std::getenv("NETTO");
  if (program == nullptr) {
    WARN("skipped: NETTO does not name the program");
    return;
  }
  const Company company;
  const auto exit_of = [&](const std::string& arguments) {
    const std::string command = "NETTO_DATA='" + company.data + "' '" + program + "' " + arguments;
    const int status = std::system((command + " 2>/dev/null").c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  CHECK(exit_of("check >/dev/null") == 3);
  CHECK(exit_of("import '" + company.files + "' >/dev/null") == 0);
  CHECK(exit_of("check >/dev/null") == 0);
  CHECK(exit_of("show article S-11") == 2);
  CHECK(exit_of("version >/dev/null") == 0);
  CHECK(exit_of("show article S-10 >/dev/full") == 3);
}

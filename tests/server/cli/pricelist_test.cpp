// Price lists of one customer and of many, on the AdventureWorks example: what is in them, that they
// are complete or not there, and the same whatever the number of threads.
#include "engine/base/decimal.hpp"
#include "server/cli/command.hpp"
#include "server/cli/price_list_digits.hpp"
#include "server/cli/price_list_output.hpp"

#include "tests/catch.hpp"
#include "tests/server/cli/netto_run.hpp"
#include "tests/server/store/temporary_folder.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

using server::cli::Exit;
using tests::Ran;

namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::size_t entries_of(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator{folder}, fs::directory_iterator{}));
}

Ran netto(const std::string& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"--data", folder});
  return tests::netto_run(arguments);
}

// Three customers in a tree of groups, three articles in two, prices at several thresholds.
const std::string& shop() {
  static const tests::TemporaryFolder folder;
  static const std::string data = [] {
    const auto put = [&](const char* name, const char* text) {
      std::ofstream{folder.path() + "/" + name} << text;
      return folder.path() + "/" + name;
    };
    const std::vector<std::string> arguments{
        "import",
        put("rules.json",
            R"rules({"procedure": "p", "condition_types": {"price": {"value": "price"}},
                "steps": [{"step": "price", "find": {"type": "price", "search": "first",
                  "accesses": [{"keys": ["customer", "article"]}, {"keys": ["article"]}],
                  "choose": ["highest_threshold", "lowest_value"], "required": true},
                  "round": [{"decimals": 2, "mode": "half_up"}]},
                 {"step": "line_amount", "amount": "round(extended(price, price), 2, 'half_up')"}],
                "answer": {"price": "price", "unit_price": "price", "line_amount": "line_amount"}})rules"),
        put("currencies.csv", "code,decimals,name\nEUR,2,Euro\n"),
        put("customer_groups.csv", "code,parent\nTOP,\nGOLD,TOP\n"),
        put("customers.csv", "code,groups,currency\nA,GOLD,EUR\nB/1,TOP,EUR\nC,,\n"),
        put("article_groups.csv", "code,parent\nALL,\nNUTS,ALL\n"),
        put("articles.csv",
            "code,name,groups\nN1,\"Nut, \"\"small\"\"\",NUTS\nN2,Nut,NUTS\nX,Other,ALL\n"),
        put("conditions.csv",
            "type,customer,article,value,currency,from_quantity\n"
            "price,,N1,1.00,EUR,\nprice,,N1,0.90,EUR,100\nprice,A,N1,0.95,EUR,10\n"
            "price,,N2,12345.67,EUR,\n")};
    const auto imported = netto(folder.path() + "/data", arguments);
    INFO(imported.err);
    REQUIRE(imported.exit == Exit::ok);
    return folder.path() + "/data";
  }();
  return data;
}

Ran listed(std::vector<std::string> more) {
  more.insert(more.begin(), {"pricelist", "--date", "2026-07-01"});
  return netto(shop(), more);
}

}  // namespace

TEST_CASE("pricelist: rows stand customer by customer, article by article", "[server]") {
  const auto list = listed({"--all", "--columns", "customer,article,unit_price,outcome"});
  CHECK(list.exit == Exit::findings);
  CHECK(list.complains("1 customers have no list"));
  CHECK(list.complains("C: the customer has no currency of its own"));
  CHECK(list.out ==
        "customer,article,unit_price,outcome\r\n"
        "A,N1,1.00,priced\r\nA,N2,12345.67,priced\r\nA,X,,no_price\r\n"
        "B/1,N1,1.00,priced\r\nB/1,N2,12345.67,priced\r\nB/1,X,,no_price\r\n");
}

TEST_CASE("pricelist: a group's customers are those of the groups below it, too", "[server]") {
  const auto top = listed({"--group", "TOP", "--columns", "customer,article", "--only-priced"});
  CHECK(top.exit == Exit::ok);
  CHECK(top.out == "customer,article\r\nA,N1\r\nA,N2\r\nB/1,N1\r\nB/1,N2\r\n");
  const auto gold = listed({"--group", "GOLD", "--article-group", "NUTS", "--quantity", "10",
                            "--columns", "quantity,article,unit_price"});
  CHECK(gold.out == "quantity,article,unit_price\r\n10,N1,0.95\r\n10,N2,12345.67\r\n");
  CHECK(listed({"--group", "NONE"}).exit == Exit::bad_input);
  CHECK(listed({"--group", "TOP", "--all"}).exit == Exit::bad_input);
  CHECK(listed({"--customer", "A", "--article-group", "NONE"}).exit == Exit::bad_input);
  CHECK(listed({"--customer", "A", "--columns", "prize"}).complains("'prize'"));
  CHECK(listed({"--customer", "C"}).exit == Exit::bad_input);
}

TEST_CASE("pricelist: ladders have a row per tier", "[server]") {
  const auto list =
      listed({"--customer", "A", "--ladder", "--columns", "article,quantity,unit_price,outcome"});
  CHECK(list.exit == Exit::ok);
  CHECK(list.out ==
        "article,quantity,unit_price,outcome\r\nN1,1,1.00,priced\r\nN1,10,0.95,priced\r\n"
        "N2,1,12345.67,priced\r\nX,1,,no_price\r\n");
}

TEST_CASE("pricelist: NDJSON says the same and leaves out what is empty", "[server]") {
  const auto list = listed({"--customer", "A", "--format", "json"});
  CHECK(list.out.starts_with(
      R"({"article":"N1","name":"Nut, \"small\"","quantity":"1","currency":"EUR","price_unit":1,"unit_price":"1.00","outcome":"priced"})"
      "\n"));
  CHECK(list.says(
      "{\"article\":\"X\",\"name\":\"Other\",\"quantity\":\"1\",\"outcome\":\"no_price\"}\n"));
  CHECK(listed({"--customer", "A"})
            .says("\r\nN1,\"Nut, \"\"small\"\"\",1,,EUR,1,1.00,,priced,,,,\r\n"));
}

TEST_CASE("pricelist: a folder has a file per customer, and is there when all of them are",
          "[server]") {
  const tests::TemporaryFolder folder;
  const std::string lists = folder.path() + "/lists";
  const auto written = listed({"--group", "TOP", "--folder", lists});
  CHECK(written.exit == Exit::ok);
  CHECK(entries_of(folder.path()) == 1);
  CHECK(entries_of(lists) == 2);
  const std::string alone = listed({"--customer", "B/1"}).out;
  const std::string heading = alone.substr(0, alone.find('\n') + 1);
  CHECK(text_of(lists + "/B%2F1.csv").starts_with("customer," + heading + "B/1,N1,"));
  const auto again = listed({"--group", "TOP", "--folder", lists});
  CHECK(again.exit == Exit::world_failed);
  CHECK(again.complains("name a new folder"));
  CHECK(listed({"--all", "--folder", folder.path() + "/none/lists"}).exit == Exit::world_failed);
  CHECK(entries_of(folder.path()) == 1);
}

TEST_CASE("pricelist: what can't be written is told with its reason, and leaves what was there",
          "[server]") {
  const tests::TemporaryFolder folder;
  const std::string file = folder.path() + "/list.csv";
  CHECK(listed({"--customer", "A", "--output", folder.path() + "/none/list.csv"})
            .complains("No such file or directory"));
  CHECK(entries_of(folder.path()) == 0);
  if (fs::exists("/dev/full")) {
    const auto full = listed({"--customer", "A", "--output", "/dev/full"});
    CHECK(full.exit == Exit::world_failed);
    CHECK(full.complains("/dev/full: it can't be written: No space left on device"));
    CHECK(fs::is_character_file("/dev/full"));
  }
  fs::create_directory(file);  // a folder stands where the file should
  CHECK(listed({"--customer", "A", "--output", file}).exit == Exit::world_failed);
  CHECK(entries_of(folder.path()) == 1);
}

TEST_CASE("pricelist: a new file that is not kept is not there", "[server]") {
  const tests::TemporaryFolder folder;
  const std::string path = folder.path() + "/list.csv";
  {
    auto file = server::cli::NewFile::create(path);
    REQUIRE(file);
    CHECK(file->write("half"));
    CHECK_FALSE(fs::exists(path));
  }
  CHECK(entries_of(folder.path()) == 0);
  {
    auto lists = server::cli::NewFolder::create(folder.path() + "/lists");
    REQUIRE(lists);
    std::ofstream{lists->path_of("a.csv")} << "half";
    CHECK_FALSE(fs::exists(folder.path() + "/lists"));
  }
  CHECK(entries_of(folder.path()) == 0);
  CHECK(server::cli::file_name_of("..") == "%2E.");
  CHECK(server::cli::file_name_of("a/b c.D-1_") == "a%2Fb%20c.D-1_");
}

TEST_CASE("pricelist: one thread and two write the same bytes", "[server]") {
  for (const char* format : {"csv", "json"}) {
    const auto one = listed({"--group", "TOP", "--threads", "1", "--format", format});
    const auto two = listed({"--group", "TOP", "--threads", "2", "--format", format});
    CHECK(one.exit == Exit::ok);
    CHECK(one.out == two.out);
  }
}

// A thousand customers times two thousand articles: long enough to be stopped on the way.
TEST_CASE("pricelist: stopped in the middle, nothing is left", "[server]") {
  const char* binary = std::getenv("NETTO");
  if (binary == nullptr) {
    WARN("skipped: NETTO does not name the binary");
    return;
  }
  const tests::TemporaryFolder folder;
  const auto put = [&](const char* name, const auto& fill) {
    std::ofstream file{folder.path() + "/" + name};
    fill(file);
    return folder.path() + "/" + name;
  };
  const auto customers = put("customers.csv", [](std::ofstream& file) {
    file << "code,groups,currency\n";
    for (int i = 0; i < 2'000; ++i) file << "C" << i << ",,EUR\n";
  });
  const auto articles = put("articles.csv", [](std::ofstream& file) {
    file << "code,name,groups\n";
    for (int i = 0; i < 20'000; ++i) file << "N" << i << ",Nut,\n";
  });
  const std::string data = folder.path() + "/data";
  fs::copy(shop(), data, fs::copy_options::recursive);
  REQUIRE(netto(data, {"import", customers, articles}).exit == Exit::ok);
  const std::string lists = folder.path() + "/lists";
  fs::create_directory(lists);
  for (const int signal : {SIGINT, SIGTERM, SIGKILL}) {
    const auto child = ::fork();
    if (child == 0) {
      const std::string output = lists + "/all.csv";
      ::close(STDERR_FILENO);
      ::execl(binary, binary, "--data", data.c_str(), "pricelist", "--all", "--date", "2026-07-01",
              "--output", output.c_str(), nullptr);
      ::_exit(127);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{600});
    REQUIRE(::kill(child, signal) == 0);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(entries_of(lists) == 0);
    if (signal == SIGKILL) continue;
    if (WIFEXITED(status)) CHECK(WEXITSTATUS(status) == static_cast<int>(Exit::world_failed));
  }
}

TEST_CASE("pricelist: digits found side by side are those of the decimal", "[server]") {
  std::vector<std::int64_t> numbers{0, 5, 99, 100, 101, (1 << 26) - 1};
  for (std::int64_t power = 1; power < 1 << 26; power *= 10) {
    for (const std::int64_t factor : {1, 3, 6})
      numbers.insert(numbers.end(), {power * factor, power * factor - 1, power * factor + 1});
  }
  numbers.insert(numbers.end(), {12'345'678, 60'606'060, 10'000'900, 990'099});
  std::erase_if(numbers, [](std::int64_t number) { return number >= 1 << 26; });
  server::cli::ShortDecimals digits;
  for (int decimals = 1; decimals <= 7; ++decimals) {
    for (std::size_t begin = 0; begin < numbers.size(); begin += 7) {
      const auto some = std::span<const std::int64_t>{numbers}.subspan(
          begin, std::min<std::size_t>(7, numbers.size() - begin));
      REQUIRE(digits.set(some, decimals));
      for (std::size_t i = 0; i < some.size(); ++i) {
        std::array<char, 64> buffer{};
        const char* end = digits.put(buffer.data(), i);
        std::string wanted;
        engine::base::append_decimal(wanted, some[i], decimals);
        REQUIRE(std::string_view(buffer.data(), static_cast<std::size_t>(end - buffer.data())) ==
                wanted);
      }
    }
  }
  for (const std::int64_t long_one : {std::int64_t{1} << 26, std::int64_t{-1}, INT64_MIN})
    REQUIRE_FALSE(digits.set(std::array{std::int64_t{100}, long_one}, 2));
  REQUIRE_FALSE(digits.set(std::array{std::int64_t{100}}, 0));
  REQUIRE_FALSE(digits.set(std::array{std::int64_t{100}}, 8));
}

TEST_CASE("pricelist: digits are those of the decimal", "[server]") {
  std::vector<std::int64_t> numbers{0, INT64_MAX, INT64_MIN, INT64_MIN + 1};
  for (std::int64_t power = 1; power < INT64_MAX / 10; power *= 10) {
    for (const std::int64_t near : {power - 1, power, power + 1, power * 5})
      numbers.insert(numbers.end(), {near, -near});
  }
  for (const std::int64_t number : numbers) {
    for (int decimals = 0; decimals <= 18; ++decimals) {
      std::array<char, 64> buffer{};
      const char* end = server::cli::put_decimal(buffer.data(), number, decimals);
      std::string wanted;
      engine::base::append_decimal(wanted, number, decimals);
      REQUIRE(std::string_view(buffer.data(), static_cast<std::size_t>(end - buffer.data())) ==
              wanted);
    }
  }
}

#include "server/cli/report.hpp"

#include "tests/catch.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

using server::cli::Align;
using server::cli::Format;
using server::cli::Report;
using server::cli::Run;
using server::cli::Table;

std::string written(const Report& report, Format format) {
  char* text = nullptr;
  std::size_t size = 0;
  Run run;
  run.format = format;
  run.out = ::open_memstream(&text, &size);
  report.write(run);
  std::fclose(run.out);
  std::string copy{text, size};
  std::free(text);
  return copy;
}

Report sample() {
  Report report;
  report.fact("article", "article", "S-10");
  report.fact("name", "name", "");
  report.fact("safety_stock", "safety stock", std::uint64_t{1200});
  Table& prices =
      report.table("prices", "Prices", {{"text", "text"}, {"value", "value", Align::right}});
  prices.add({"Grüße", std::uint64_t{1234567}});
  prices.add({"a \"b\", c", "9.80"});
  prices.note("and 2 more");
  report.table("nothing", "Nothing", {{"x", "x"}});
  return report;
}

}  // namespace

TEST_CASE("report: a table for people is aligned by characters and leaves out what is empty",
          "[server][cli]") {
  CHECK(written(sample(), Format::table) ==
        "article       S-10\n"
        "safety stock  1,200\n"
        "\n"
        "Prices\n"
        "  text          value\n"
        "  Grüße     1,234,567\n"
        "  a \"b\", c       9.80\n"
        "  and 2 more\n");
}

TEST_CASE("report: JSON has every member, counts as numbers and decimals as texts",
          "[server][cli]") {
  CHECK(
      written(sample(), Format::json) ==
      R"({"article":"S-10","name":"","safety_stock":1200,"prices":[{"text":"Grüße","value":1234567},)"
      R"({"text":"a \"b\", c","value":"9.80"}],"nothing":[]})"
      "\n");
}

TEST_CASE("report: CSV is the main table alone, quoted as RFC 4180 says", "[server][cli]") {
  CHECK(written(sample(), Format::csv) ==
        "text,value\r\nGrüße,1234567\r\n\"a \"\"b\"\", c\",9.80\r\n");
}

TEST_CASE("report: a table without rows shows its note alone", "[server][cli]") {
  Report report;
  report.table("findings", "Findings", {{"x", "x"}}).note("Nothing to complain of.");
  CHECK(written(report, Format::table) == "Nothing to complain of.\n");
}

TEST_CASE("report: thousands are set apart by commas", "[server][cli]") {
  CHECK(server::cli::grouped(0) == "0");
  CHECK(server::cli::grouped(999) == "999");
  CHECK(server::cli::grouped(1'000) == "1,000");
  CHECK(server::cli::grouped(123'456'789) == "123,456,789");
}

TEST_CASE("report: colours and the bytes within a character take no room", "[server][cli]") {
  CHECK(server::cli::shown_width("") == 0);
  CHECK(server::cli::shown_width("åäö") == 3);
  CHECK(server::cli::shown_width("\x1b[31merror\x1b[0m") == 5);
  CHECK(server::cli::shown_width("\x1b[31") == 0);
}

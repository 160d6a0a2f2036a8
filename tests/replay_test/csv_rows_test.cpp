#include "tests/replay/parts/csv_rows.hpp"

#include "tests/catch.hpp"

using namespace tests::replay;
using Cells = std::vector<std::string>;

TEST_CASE("replay csv: quotes, line ends, a byte order mark and blank lines", "[replay]") {
  const auto rows = csv_rows(
      "\xEF\xBB\xBF"
      "a,b\r\n\r\n\"x, \"\"y\"\"\",\"\"\n\nlast,\"end\"",
      QuotedCells::one_line);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].cells == Cells{"a", "b"});
  CHECK(rows[1].cells == Cells{"x, \"y\"", ""});
  CHECK(rows[1].line == 3);
  CHECK(rows[2].cells == Cells{"last", "end"});
  CHECK(rows[2].line == 5);
  CHECK(csv_rows("", QuotedCells::one_line).empty());
}

TEST_CASE("replay csv: a row that can't be split costs itself only", "[replay]") {
  for (const char* broken : {"1,\"open\n", "1,a\"b\n", "1,\"a\"b\n", "1,\xFF\n"}) {
    INFO(broken);
    const auto rows = csv_rows(std::string{"a,b\n"} + broken + "2,c\n", QuotedCells::one_line);
    REQUIRE(rows.size() == 3);
    CHECK_FALSE(rows[1].problem.empty());
    CHECK(rows[1].line == 2);
    CHECK(rows[2].cells == Cells{"2", "c"});
    CHECK(rows[2].line == 3);
  }
}

TEST_CASE("replay csv: a cell may span lines only where it is said to", "[replay]") {
  const std::string text = "1,\"a\nb\"\n2,c\n";
  const auto several = csv_rows(text, QuotedCells::several_lines);
  REQUIRE(several.size() == 2);
  CHECK(several[0].cells == Cells{"1", "a\nb"});
  CHECK(several[1].line == 3);
  const auto one = csv_rows(text, QuotedCells::one_line);
  REQUIRE(one.size() == 3);
  CHECK_FALSE(one[0].problem.empty());
  CHECK_FALSE(one[1].problem.empty());
  CHECK(one[2].cells == Cells{"2", "c"});
}
